#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
#
# Policy files: what is read, and each way to be wrong with its own message.

umask 022
number=0
failed=0

# result STATUS NAME - a line of TAP
result()
{
	number=$((number + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $number - $2"
	else
		failed=$((failed + 1))
		echo "not ok $number - $2"
		sed 's/^/# /' out
	fi
}

# check PATH [ADDRESS] - its output in the file out, its exit status in $status
check()
{
	status=0
	"$PCITSM" --sysfs "$PWD/sys" policy check "$@" >out 2>&1 || status=$?
}

# good NAME TEXT - "policy check" of the file policy.json succeeds and says TEXT
good()
{
	check policy.json
	[ $status -eq 0 ] && grep -qF -- "$2" out
	result $? "$1"
}

# bad NAME TEXT [PATH] - it fails as a wrong policy does, with one line that says TEXT
bad()
{
	check "${3:-policy.json}"
	[ $status -eq 2 ] && [ "$(wc -l <out)" -eq 1 ] && grep -qF -- "$2" out
	result $? "$1"
}

# measurements - what a rule says of them
measurements()
{
	printf '{ "required": [ %s ]%s }' "$required" "${measured:-}"
}

# write - the policy, with what the variables say; each is reset then
write()
{
	cat >policy.json <<END
{
	"version": ${version:-1}${top:-},
	"rules": [ {
		"name": ${name:-\"one\"},
		"match": ${match:-{ \"vendor\": \"0x1b36\" \}},
		"roots": ${roots:-\"root.pem\"},
		"measurements": ${measurements:-$(measurements)}${rule:-}
	} ]
}${end:-}
END
	version='' top='' name='' match='' roots='' measurements='' required=$one measured=''
	rule='' end=''
}

one='{ "index": "0x01", "type": "0x00", "value": "00ff" }'
required=$one

openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout /dev/null \
	-subj "/CN=root" -out root.pem 2>log || { cat log >&2; exit 1; }

# --- what is right ---

write
good "a rule" 'policy.json: rule "one": 1 measurements, roots in root.pem, restored after resets'
rule=', "restore": false' write
good "not restored" "not restored after resets"
measured=', "others": "allow"' write
good "other measurements are told" "; allows other measurements"
rule=', "device_mode": "any", "certificate_name": "any"' write
good "all that is allowed is told" "; allows any name in the certificate, debug mode"
rule=', "report": { "firmware_update": "allow", "ats": "allow", "prs": "allow" }' write
good "what the report may say" "; allows firmware updates in run, ATS, PRS"
match='{ "device": "0x0010", "subsystem_vendor": "0x1af4", "subsystem_device": "0x1100",
	"revision": "0x02", "class": "0x0108", "slot": "0000:00:01.0" }'
rule=', "minimum_svn": 7, "tsm": "tsm0", "comment": "a comment"' measured=', "ignored": [ "0x05" ]'
top=', "comment": "of the file"' write
good "every key" 'rule "one"'
roots="\"$PWD/root.pem\"" write
good "roots with a whole path" "roots in $PWD/root.pem"
required='{ "index": "0x01", "type": "0x00", "value": "" }' write
good "a measurement of nothing" "1 measurements"
printf '{ "version": 1, "rules": [] }' >policy.json
good "no rules" "every function stays held"

# --- what is wrong with the text ---

end=x write
bad "something after the end" "policy.json: line 9: "
end='{}' write
bad "a second object" "policy.json: line 9: "
write
head -c 60 policy.json >part && cat part >policy.json
bad "cut off" "no JSON"
: >policy.json
bad "empty" "policy.json: "
write
printf '\0' >>policy.json
bad "a zero byte at the end" "a zero byte"
rule=', "restore": true, "restore": false' write
bad "a key twice" 'is there twice in one object: "restore"'
rule=', "restor\u0065": false' write
bad "a key with an escape" 'has an escape: "restor\u0065"'
rule=', /* because */ "restore": false' write
bad "a comment as in C" "no JSON"
rule=", 'restore': false" write
bad "single quotes" "no JSON: a single quote"
rule=", \"restore\": true, 'restore': false" write
bad "a key twice, once in single quotes" "no JSON: a single quote"
rule=', "comment": "it'"'"'s"' write
good "an apostrophe" 'rule "one"'
rule=',' write
bad "a comma too many" "no JSON"
name="\"$(printf '\377\376')\"" write
bad "no UTF-8" "no JSON"
printf '%030d' 0 | tr 0 '[' >policy.json
bad "too deep" "no JSON"
printf '[ 1 ]' >policy.json
bad "an array" "must be an object"
printf 'null' >policy.json
bad "null" "policy.json: must be an object"
printf '7' >policy.json
bad "a number" "policy.json"
head -c 1100000 /dev/zero | tr '\0' ' ' >policy.json
bad "too large" "File too large"

# --- what is wrong with a value ---

version=2 write
bad "another version" "policy.json: version: must be 1"
version='"1"' write
bad "a version that is a string" "version: must be 1"
version=1.0 write
bad "a version that is no whole number" "version: must be 1"
top=', "rule": []' write
bad "an unknown key" "policy.json: rule: there is no such key"
printf '{ "version": 1 }' >policy.json
bad "no rules key" '"rules" is missing'
printf '{ "version": 1, "rules": {} }' >policy.json
bad "rules that are no array" "rules: must be an array"
printf '{ "version": 1, "rules": [ null ] }' >policy.json
bad "a rule that is null" "rules[0]: must be an object"
printf '{ "version": 1, "rules": [ {} ] }' >policy.json
bad "an empty rule" 'rules[0]: "name" is missing'
name='""' write
bad "no name" "rules[0].name: must have 1 to 64 characters, not 0"
name="\"$(printf '%065d' 0)\"" write
bad "a long name" "must have 1 to 64 characters, not 65"
# shellcheck disable=SC2089
name='"a\nb"' write
bad "a line break in a name" "rules[0].name: must have printable ASCII"
name='"a\u0000b"' write
bad "a zero in a name" "rules[0].name: must have printable ASCII"
name='7' write
bad "a name that is a number" "rules[0].name: must be a string"
match='{}' write
bad "an empty match" "rules[0].match: must not be empty"
match='{ "vendor": 6966 }' write
bad "a vendor that is a number" "rules[0].match.vendor: must be a string"
match='{ "vendor": "1b36" }' write
bad "a vendor without 0x" 'must be "0x" and 4 hexadecimal digits, not "1b36"'
match='{ "vendor": "0x01b36" }' write
bad "a vendor with five digits" 'must be "0x" and 4 hexadecimal digits'
match='{ "class": "0x010" }' write
bad "a class with three digits" '2, 4 or 6 hexadecimal digits'
match='{ "slot": "00:01.0" }' write
bad "a slot without its domain" 'must be an address, as in "0000:00:01.0"'
match='{ "slot": "0000:00:01.8" }' write
bad "a slot that cannot be" 'must be an address'
match='{ "slot": "0000:00:01.0 " }' write
bad "a slot with a space" 'must be an address'
match='{ "bus": "0x00" }' write
bad "an unknown key in match" "rules[0].match.bus: there is no such key"
roots='"nowhere.pem"' write
bad "no such roots" "nowhere.pem: No such file"
roots='"policy.json"' write
check policy.json
[ $status -eq 2 ] && grep -q policy.json out
result $? "roots that are none"
roots='["root.pem"]' write
bad "roots that are an array" "rules[0].roots: must be a string"
measurements='{}' write
bad "nothing required" '"required" is missing'
required='{ "index": "0x00", "type": "0x00", "value": "00" }' write
bad "measurement 0" "there is no measurement 0x00"
required='{ "index": "0xff", "type": "0x00", "value": "00" }' write
bad "measurement 255" "there is no measurement 0xff"
required='{ "index": "0x01", "type": "0x00" }' write
bad "no value" '"value" is missing'
required='{ "index": "0x01", "type": "0x00", "value": "123" }' write
bad "half a byte" "rules[0].measurements.required[0].value: must be an even number"
required='{ "index": "0x01", "type": "0x00", "value": "0x12" }' write
bad "a value with 0x" "must be an even number of hexadecimal digits"
required="$one, $one" write
bad "a measurement twice" "required[1].index: measurement 0x01 is required twice"
measured=', "ignored": [ "0x01" ]' write
bad "required and ignored" "measurement 0x01 is required and ignored"
measured=', "ignored": [ 1 ]' write
bad "an index that is a number" "ignored[0]: must be a string"
measured=', "others": true' write
bad "others that is a boolean" "others: must be a string"
measured=', "others": "accept"' write
bad "others with another word" 'must be "refuse" or "allow", not "accept"'
rule=', "minimum_svn": 0' write
bad "SVN 0" "minimum_svn: must be from 1 to 2^53"
rule=', "minimum_svn": -7' write
bad "a negative SVN" "minimum_svn: must be from 1 to 2^53"
rule=', "minimum_svn": 99999999999999999999' write
bad "an SVN that is too large" "minimum_svn: must be from 1 to 2^53"
rule=', "minimum_svn": 7.5' write
bad "an SVN with a fraction" "minimum_svn: must be a whole number"
rule=', "minimum_svn": "7"' write
bad "an SVN that is a string" "minimum_svn: must be a whole number"
rule=', "device_mode": "debug"' write
bad "another device mode" 'device_mode: must be "normal" or "any"'
rule=', "report": { "ats": true }' write
bad "ATS with a boolean" "report.ats: must be a string"
rule=', "report": { "pasid": "allow" }' write
bad "an unknown key in report" "report.pasid: there is no such key"
rule=', "restore": "yes"' write
bad "restore with a string" "restore: must be true or false"
rule=', "restore": 1' write
bad "restore with a number" "restore: must be true or false"
rule=', "tsm": "tsm"' write
bad "a TSM without a number" "tsm: must be the name of a TSM"
rule=', "tsm": "../tsm0"' write
bad "a TSM with a path" "tsm: must be the name of a TSM"
rule=', "certificate_name": "none"' write
bad "another certificate name" 'must be "function" or "any"'

# --- who may write to files, and which are read ---

write
chmod g+w policy.json
bad "the group may write to it" "policy.json may be written to by others"
chmod g-w policy.json
chmod o+w root.pem
bad "others may write to the roots" "root.pem may be written to by others"
chmod o-w root.pem
mkdir open
cp policy.json root.pem open
chmod o+w open
bad "others may write to the directory" "open may be written to by others" open/policy.json
chmod +t open
check open/policy.json
[ $status -eq 0 ]
result $? "a sticky directory, such as /tmp"
bad "no such file" "no policy in nowhere: No such file" nowhere
mkdir policy.d
bad_directory()
{
	bad "$1" "$2" policy.d
}
check policy.d
[ $status -eq 0 ] && grep -q "there are no rules" out
result $? "an empty directory"
cp root.pem policy.d
name='"b"' write; cp policy.json policy.d/20-b.json
name='"a"' write; cp policy.json policy.d/10-a.json
echo nonsense >policy.d/README
echo nonsense >policy.d/30-b.json.bak
echo nonsense >policy.d/5-b.json
check policy.d
[ $status -eq 0 ] && [ "$(sed -n 's/.*rule "\([a-z]*\)".*/\1/p' out | tr -d '\n')" = ab ]
result $? "files of a directory, in order and by name"
echo nonsense >policy.d/30-c.json
bad_directory "one wrong file is enough" "policy.d/30-c.json: "
rm policy.d/30-c.json
chmod o+w policy.d
bad_directory "others may write to the policy directory" "policy.d may be written to by others"
chmod o-w policy.d
mkdir far
cp policy.json root.pem far
ln -s ../far/policy.json policy.d/40-d.json
cp root.pem policy.d
check policy.d
[ $status -eq 0 ] && grep -q 'policy.d/40-d.json: rule' out
result $? "a link"
chmod o+w far
bad_directory "others may write to where a link leads" "far may be written to by others"
chmod o-w far
rm policy.d/40-d.json
ln -s "$PWD/far/root.pem" link.pem
roots='"link.pem"' write
chmod o+w far
bad "others may write to where the roots are" "far may be written to by others"
chmod o-w far
if chown -h nobody link.pem 2>/dev/null; then
	bad "the link is somebody else's" "link.pem belongs to user"
else
	result 0 "the link is somebody else's # SKIP needs root"
fi
mkfifo fifo
bad "a FIFO" "fifo: Invalid argument" fifo

write
"$PCITSM" policy verify policy.json >out 2>&1
[ $? -eq 2 ] && grep -q 'expected "check"' out
result $? "another word than check"

echo "1..$number"
[ $failed -eq 0 ]
