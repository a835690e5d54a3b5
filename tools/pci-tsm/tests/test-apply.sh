#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
#
# pcitsm apply and enroll: what policy lets in, what it keeps out, and what is said of it.

. "$(dirname "$(realpath "$0")")/tap.sh"
. "$(dirname "$(realpath "$0")")/tree.sh"

umask 022

# device ADDRESS [SETTINGS] - a function with a device behind it that can prove what it is
device()
{
	new_function "$1"
	if [ ! -d ../made ]; then
		mkdir ../made
		python3 "$here/fake-device.py" new ../made
	fi
	cp ../made/* "$fn/fake"
	cat >"$fn/fake/collect" <<-END
	#!/bin/sh
	exec python3 $here/fake-device.py collect . "\$1"
	END
	chmod +x "$fn/fake/collect"
	[ -z "${2:-}" ] || echo "$2" >"$fn/fake/device.json"
	cp ../made/root.pem .
}

# policy [KEY...] - one rule for such devices, with more keys
policy()
{
	cat >policy.json <<-END
	{ "version": 1, "rules": [ {
		"name": "one", "match": { "vendor": "0x1b36" }, "roots": "root.pem",
		"measurements": { "required": [
			{ "index": "0x05", "type": "0x86", "value": "312e302e30" }
		], "ignored": [ "0x01", "0x02", "0x03", "0x04", "0xfd", "0xfe" ] },
		"minimum_svn": 7${1:+, $1}
	} ] }
	END
}

apply()
{
	tool apply --policy policy.json "$@"
}

# held TEXT... - apply refused it with one line that says this, and it is as it was
held()
{
	is lines "$(wc -l <err)" 1
	has err '^pcitsm: 0000:00:01.0: held: ' "$@"
	is state "$(attr state)" unlocked
	is TSM "$(attr lock)" ""
}

one()
{
	new_tree
	device 0000:00:01.0 "${1:-}"
	policy
}

test_accept()
{
	one
	status 0 apply 00:01.0
	is state "$(attr state)" run
	is restore "$(attr restore)" 1
	is lines "$(wc -l <err)" 1
	has err '^pcitsm: 0000:00:01.0: run: accepted by rule "one" of policy.json, ' \
		"$(attr evidence_digest)$"
	[ ! -s out ]
}

test_json()
{
	one
	status 0 apply --json 00:01.0
	json out 'len(o) == 1 and o[0]["address"] == "0000:00:01.0" and o[0]["rule"] == "one"'
	json out 'o[0]["outcome"] == "accepted" and o[0]["state"] == "run"'
	json out "o[0]['digest'] == '$(attr evidence_digest)'"
	status 0 apply --json 00:01.0
	json out 'o[0]["outcome"] == "already"'
}

test_without_restore()
{
	one
	policy '"restore": false'
	status 0 apply 00:01.0
	is state "$(attr state)" run
	is restore "$(attr restore)" 0
}

test_all_of_them()
{
	new_tree
	device 0000:00:01.0
	good=$fn
	device 0000:00:02.0 '{ "change": 5 }'
	bad=$fn
	device 0000:00:03.0
	echo 0x1b37 >"$fn/vendor"
	policy
	status 3 apply --all --json
	json out '[f["outcome"] for f in o] == ["accepted", "refused", "no-rule"]'
	is lines "$(wc -l <err)" 3
	is state "$(attr state)" unlocked
	fn=$good
	is state "$(attr state)" run
	fn=$bad
	is state "$(attr state)" unlocked
	# Those without a rule are no failure then
	rm "$bad/fake/device.json"
	status 0 apply --all
}

test_no_rule()
{
	one
	echo 0x1b37 >"$fn/vendor"
	status 3 apply 00:01.0
	held 'no rule of the policy matches it$'
}

test_the_first_rule_decides()
{
	one
	sed 's/"one"/"second"/' policy.json >second.json
	sed 's/312e302e30/312e302e31/' policy.json >first.json
	mkdir policy.d
	mv first.json policy.d/10-first.json
	mv second.json policy.d/20-second.json
	cp root.pem policy.d
	status 3 tool apply --policy policy.d 00:01.0
	held 'rule "one" of policy.d/10-first.json: measurements: index 0x05 differs'
}

test_measurement_differs()
{
	one '{ "change": 5 }'
	status 3 apply 00:01.0
	held 'measurements: index 0x05 differs: expected 312e302e30 .* found 302e302e30'
}

test_measurement_is_ignored()
{
	one '{ "change": 2 }'
	status 0 apply 00:01.0
	is state "$(attr state)" run
}

test_measurement_is_neither()
{
	one
	sed 's/"0x02", //' policy.json >new
	cat new >policy.json
	status 3 apply 00:01.0
	held 'measurements: index 0x02 is not expected'
	sed 's/"ignored"/"others": "allow", "ignored"/' new >policy.json
	status 0 apply 00:01.0
}

test_security_version()
{
	one '{ "svn": 6 }'
	status 3 apply 00:01.0
	held 'svn: '
	echo '{ "svn": 8 }' >"$fn/fake/device.json"
	status 0 apply 00:01.0
}

test_debug_mode()
{
	one '{ "debug": 2 }'
	status 3 apply 00:01.0
	held 'device-mode: '
	policy '"device_mode": "any"'
	status 0 apply 00:01.0
}

test_report_allows_firmware_updates()
{
	one '{ "info": 2 }'
	status 3 apply 00:01.0
	held 'report: '
	policy '"report": { "ats": "allow", "prs": "allow" }'
	status 3 apply 00:01.0
	policy '"report": { "firmware_update": "allow" }'
	status 0 apply 00:01.0
}

test_report_allows_ats()
{
	one '{ "info": 11 }'
	status 3 apply 00:01.0
	held 'report: '
	policy '"report": { "ats": "allow" }'
	status 0 apply 00:01.0
}

test_report_allows_prs()
{
	one '{ "info": 19 }'
	status 3 apply 00:01.0
	held 'report: '
	policy '"report": { "prs": "allow" }'
	status 0 apply 00:01.0
}

test_signature_is_none()
{
	one '{ "forge": true }'
	status 3 apply 00:01.0
	held 'signature: '
}

# As a host would replay what a good device said once
test_measured_for_another_nonce()
{
	one '{ "replay": true }'
	status 4 apply 00:01.0
	has err 'held: .*its evidence could not be collected'
	is state "$(attr state)" unlocked
	status 4 tool enroll 00:01.0 10-new.json
	is files "$(ls 10-new* 2>/dev/null)" ""
}

test_certificate_for_another_function()
{
	one
	echo 0x1101 >"$fn/subsystem_device"
	status 3 apply 00:01.0
	held 'name: .*SSID=1101'
	policy '"certificate_name": "any"'
	status 0 apply 00:01.0
}

test_another_root()
{
	one
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout /dev/null \
		-subj "/CN=root" -out root.pem 2>log
	status 3 apply 00:01.0
	held 'certificates: '
}

test_malformed_address()
{
	one
	status 2 apply nonsense
	has err 'expected the address of a PCI function'
	status 2 apply 00:01.8 00:01.0
	is state "$(attr state)" run
}

test_tsm_of_the_rule()
{
	new_tree tsm0 tsm1
	device 0000:00:01.0
	policy
	status 1 apply 00:01.0
	has err 'held: .*it could not be locked: there are several TSMs; name one in the rule: ' \
		'"tsm": "tsm0"'
	policy '"tsm": "tsm1"'
	status 0 apply 00:01.0
	is TSM "$(attr lock)" tsm1
}

test_no_tsm()
{
	one
	rm -r sys/class/tsm/tsm0
	status 5 apply 00:01.0
	has err 'held: .*it could not be locked: there is no TSM with pci_mode devsec'
	policy '"tsm": "tsm1"'
	status 5 apply 00:01.0
	has err 'held: .*it could not be locked: there is no tsm1 with pci_mode devsec'
	is state "$(attr state)" unlocked
}

# Whatever fails on the way, the function is given back. 74 is EBADMSG, 116 ESTALE, 5 EIO.
test_each_step_fails()
{
	one
	for _step in lock nonce accept; do
		echo 74 >"$fn/fake/fail-$_step"
		status 1 apply 00:01.0
		has err '^pcitsm: 0000:00:01.0: held: rule "one" of policy.json: it' \
			'could not be .*ed'
		has err 'held: .*: .* failed, EBADMSG: .*delivered is malformed'
		is state "$(attr state)" unlocked
	done
	status 0 apply 00:01.0
}

# Somebody else may have collected evidence, and that is not to be the end
test_stale_once()
{
	one
	for _step in lock nonce accept; do
		echo 116 >"$fn/fake/fail-$_step"
		status 0 apply 00:01.0
		is state "$(attr state)" run
		is lines "$(grep -c 'it is tried again$' err)" 1
		has err '^pcitsm: 0000:00:01.0: run: accepted by rule "one" of policy.json, ' \
			"$(attr evidence_digest)$"
		status 0 tool unlock 00:01.0
	done
}

test_it_is_another_one_whenever_it_is_accepted()
{
	one
	sed -i '2i echo 116 >fail-accept; echo >>accepts' "$fn/fake/collect"
	status 4 apply 00:01.0
	has err 'held: .*it was verified, but could not be accepted: accept failed, ESTALE: '
	is "tries to accept" "$(grep -c '^pcitsm: 0000:00:01.0: accept failed' err)" 3
	is state "$(attr state)" unlocked
	# Once for the lock, and for each nonce
	is collections "$(wc -l <"$fn/fake/accepts")" 4
}

test_it_cannot_be_given_back()
{
	one '{ "change": 5 }'
	echo '5 error' >"$fn/fake/fail-unlock"
	status 1 apply 00:01.0
	has err 'in error: .*index 0x05 differs.*; and it could not be unlocked'
	is state "$(attr state)" error
}

test_in_error()
{
	one
	echo error >"$fn/tsm/state"
	status 1 apply 00:01.0
	has err 'in error: .*unlock it first: pcitsm unlock 0000:00:01.0'
	is state "$(attr state)" error
}

test_locked_by_somebody_else()
{
	one '{ "change": 5 }'
	status 0 tool lock 00:01.0
	status 3 apply 00:01.0
	is state "$(attr state)" locked
}

test_driver_is_bound()
{
	one
	mkdir -p sys/bus/pci/drivers/nvme
	ln -s ../../drivers/nvme "$fn/driver"
	status 1 apply 00:01.0
	has err 'driver nvme is bound to it'
	is state "$(attr state)" unlocked
}

test_wrong_policy_locks_nothing()
{
	one
	policy '"minimum_svn": 1'
	status 2 apply 00:01.0
	is generation "$(attr evidence_generation)" 0
	status 2 tool apply --policy nowhere 00:01.0
	has err 'no policy in nowhere'
	is generation "$(attr evidence_generation)" 0
}

test_command_line()
{
	one
	status 2 apply
	status 2 apply --all 00:01.0
	status 5 apply 00:02.0
}

test_policy_check()
{
	one
	status 0 tool policy check policy.json 00:01.0
	has out 'rule "one" of policy.json matches it' 'it is unlocked: lock it to see what it is'
	tool lock 00:01.0 >/dev/null
	status 0 tool policy check policy.json 00:01.0
	has out 'apply would accept it'
	is generation "$(attr evidence_generation)" 1
	echo '{ "change": 5 }' >"$fn/fake/device.json"
	tool unlock 00:01.0 >/dev/null
	tool lock 00:01.0 >/dev/null
	status 3 tool policy check policy.json 00:01.0 --json
	json out 'o["rule"]["name"] == "one" and o["verdict"]["good"] is False'
	is state "$(attr state)" locked
}

test_enroll()
{
	one
	status 0 tool enroll 00:01.0 10-new.json --name new
	is state "$(attr state)" unlocked
	cmp root.pem 10-new.pem
	has err "SHA-256 $(openssl x509 -in root.pem -outform DER | sha256sum | cut -d ' ' -f 1)"
	json 10-new.json 'o["version"] == 1 and o["rules"][0]["name"] == "new"'
	json 10-new.json 'o["rules"][0]["match"]["subsystem_device"] == "0x1100"'
	json 10-new.json '" ".join(m["index"] for m in
		o["rules"][0]["measurements"]["required"]) == "0x01 0x02 0x03 0x04 0x05 0xfd 0xfe"'
	json 10-new.json 'o["rules"][0]["minimum_svn"] == 7 and o["rules"][0]["restore"] is True'
	status 0 tool policy check 10-new.json
	status 0 tool apply --policy 10-new.json 00:01.0
}

test_enroll_keeps_files()
{
	one
	echo mine >10-new.json
	status 1 tool enroll 00:01.0 10-new.json
	has err '10-new.json: File exists; --force replaces it'
	is "the file" "$(cat 10-new.json)" mine
	[ ! -e 10-new.pem ]
	status 0 tool enroll 00:01.0 10-new.json --force
	status 0 tool policy check 10-new.json
	is "parts left" "$(ls 10-new.*.?????? 2>/dev/null)" ""
}

test_enroll_with_roots_and_more()
{
	one '{ "info": 26 }'
	status 0 tool enroll 00:01.0 10-new.json --roots root.pem --ignore 0x05 --no-restore --slot
	has err 'may update its firmware in run' 'may use ATS' 'may use PRS'
	json 10-new.json 'o["rules"][0]["roots"] == "10-new.pem"'
	json 10-new.json 'o["rules"][0]["match"]["slot"] == "0000:00:01.0"'
	json 10-new.json 'o["rules"][0]["measurements"]["ignored"] == ["0x05"]'
	echo '{ "info": 26, "change": 5 }' >"$fn/fake/device.json"
	status 0 tool apply --policy 10-new.json 00:01.0
	is restore "$(attr restore)" 0
}

test_enroll_refuses_what_is_not_good()
{
	one '{ "forge": true }'
	status 3 tool enroll 00:01.0 10-new.json
	has err 'not enrolled: signature: '
	echo '{ "debug": 1 }' >"$fn/fake/device.json"
	status 3 tool enroll 00:01.0 10-new.json
	has err 'not enrolled: device-mode: '
	is state "$(attr state)" unlocked
	is files "$(ls 10-new* 2>/dev/null)" ""
	status 2 tool enroll 00:01.0 10-new.json --ignore 0x00
	status 2 tool enroll 00:01.0 10-new.json --ignore 5
	status 2 tool enroll 00:01.0 10-new.json --name ''
	status 2 tool enroll 00:01.0
}

# What was trusted before is trusted until there is something better
test_enroll_fails_and_nothing_is_replaced()
{
	one
	mkdir policy.d
	status 0 tool enroll 00:01.0 policy.d/10-new.json
	cp -r policy.d before
	mkdir other
	python3 "$here/fake-device.py" new other
	cp other/* "$fn/fake"
	for _what in '"forge": true' '"debug": 1' '"svn": 18446744073709551615'; do
		echo "{ $_what }" >"$fn/fake/device.json"
		status 3 tool enroll 00:01.0 policy.d/10-new.json --force
		diff -r before policy.d
	done
	rm "$fn/fake/device.json"
	status 0 tool enroll 00:01.0 policy.d/10-new.json --force
	cmp other/root.pem policy.d/10-new.pem
	is files "$(echo policy.d/*)" "policy.d/10-new.json policy.d/10-new.pem"
	status 0 tool apply --policy policy.d 00:01.0
}

test_enroll_replaces_both_files_or_none()
{
	one
	echo mine >10-new.pem
	mkdir 10-new.json
	status 1 tool enroll 00:01.0 10-new.json --force
	is "the roots" "$(cat 10-new.pem)" mine
	rmdir 10-new.json
	status 1 tool enroll 00:01.0 10-new.json
	has err '10-new.pem: File exists; --force replaces it'
	is files "$(ls -d 10-new*)" 10-new.pem
}

test_enroll_is_ended_by_a_signal()
{
	one
	# shellcheck disable=SC2016
	sed -i '2i kill -TERM $(pgrep -P $PPID -x pcitsm)' "$fn/fake/collect"
	tool enroll 00:01.0 10-new.json >out 2>err </dev/null && fail "nothing ended it"
	is state "$(attr state)" unlocked
	is files "$(echo 10-new*)" "10-new.json 10-new.pem"
	status 0 tool policy check 10-new.json
}

# The directory that they are in may be one that the service cannot see
test_enroll_copies_the_roots()
{
	one
	_home=$(printf 'h\303\266me')
	mkdir "$_home" policy.d
	mv root.pem "$_home/maker.pem"
	{ cat "$_home/maker.pem"; echo secret; } >"$_home/key.pem"
	status 0 tool enroll 00:01.0 policy.d/10-new.json --roots "$_home/key.pem"
	cmp "$_home/maker.pem" policy.d/10-new.pem
	ln -s "../$_home/maker.pem" policy.d/20-new.pem
	status 1 tool enroll 00:01.0 policy.d/20-new.json --roots policy.d/20-new.pem
	status 0 tool enroll 00:01.0 policy.d/20-new.json --roots policy.d/20-new.pem --force
	rm -r "$_home"
	status 0 tool enroll 00:01.0 policy.d/20-new.json --roots policy.d/20-new.pem --force
	rm policy.d/20-new.json
	status 0 tool enroll 00:01.0 policy.d/20-new.json --roots policy.d/20-new.pem
	status 0 tool policy check policy.d
	status 0 tool apply --policy policy.d 00:01.0
}

test_enroll_with_numbers_that_no_policy_has()
{
	one
	for _svn in 18446744073709551615 9007199254740993; do
		echo "{ \"svn\": $_svn }" >"$fn/fake/device.json"
		status 3 tool enroll 00:01.0 10-new.json
		has err "its security version number is $_svn; a policy cannot say more than 2^53"
		is files "$(ls 10-new* 2>/dev/null)" ""
	done
	status 0 tool enroll 00:01.0 10-new.json --ignore 0x10
	json 10-new.json '"minimum_svn" not in o["rules"][0]'
	echo '{ "svn": 9007199254740992 }' >"$fn/fake/device.json"
	status 0 tool enroll 00:01.0 10-new.json --force
	json 10-new.json 'o["rules"][0]["minimum_svn"] == 2 ** 53'
	status 0 tool apply --policy 10-new.json 00:01.0
}

test_enroll_with_security_version_0()
{
	one
	for _more in '"svn": 0' '"svn": 0, "more": 5' '"svn": 5, "more": 0'; do
		echo "{ $_more }" >"$fn/fake/device.json"
		status 0 tool enroll 00:01.0 10-new.json --force
		json 10-new.json '"minimum_svn" not in o["rules"][0] and "0x10" in \
			[m["index"] for m in o["rules"][0]["measurements"]["required"]]'
		status 0 tool apply --policy 10-new.json 00:01.0
		status 0 tool unlock 00:01.0
	done
	echo '{ "svn": 6, "more": 5 }' >"$fn/fake/device.json"
	status 0 tool enroll 00:01.0 10-new.json --force
	json 10-new.json 'o["rules"][0]["minimum_svn"] == 5'
}

test_enroll_with_a_name_that_no_policy_has()
{
	one
	_name=$(printf '10-n\303\266.json')
	status 1 tool enroll 00:01.0 "$_name"
	has err 'must have printable ASCII' 'no policy can say what it is'
	is files "$(ls 10-* 2>/dev/null)" ""
}

test_enroll_with_a_tsm()
{
	new_tree tsm0 tsm1
	device 0000:00:01.0
	status 0 tool enroll 00:01.0 10-new.json --tsm tsm1
	json 10-new.json 'o["rules"][0]["tsm"] == "tsm1"'
	status 2 tool enroll 00:01.0 20-new.json --tsm ../tsm1
	has err ': expected tsm and a number; see pcitsm enroll --help'
	status 5 tool enroll 00:01.0 20-new.json --tsm tsm2
	is files "$(ls 20-* 2>/dev/null)" ""
	status 0 tool apply --policy 10-new.json 00:01.0
	is TSM "$(attr lock)" tsm1
}

run_tests
