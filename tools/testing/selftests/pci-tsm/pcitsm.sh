#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2119,SC2120
#
# Each verb of pcitsm with a real function.

# shellcheck source=tools/testing/selftests/pci-tsm/lib.sh
. "$(dirname "$(realpath "$0")")/lib.sh"
# shellcheck source=tools/testing/selftests/pci-tsm/evidence-lib.sh
. "$DIR/evidence-lib.sh"

command -v pcitsm >/dev/null || {
	ktap_print_header
	ktap_skip_all "pcitsm is not installed"
	exit "$KSFT_SKIP"
}

ROOT=$(device_root)
POLICY=/tmp/policy.json

# status(expected, argument...) - run pcitsm; output in /tmp/out, messages in /tmp/err
status()
{
	local expected=$1 rc=0

	shift
	pcitsm "$@" >/tmp/out 2>/tmp/err || rc=$?
	is "exit status of pcitsm $* ($(cat /tmp/err))" $rc "$expected"
}

# says(file, text...) - each of the texts is there
says()
{
	local file=$1 text

	shift
	for text; do
		grep -qF -- "$text" "$file" || fail "no '$text' in $(cat "$file")"
	done
}

# policy(command) - the policy of this guest, changed by sed
policy()
{
	sed "s,\"/kselftest/pci-tsm/,\"$DIR/,
		$1" "$DIR/policy.json" >$POLICY
	chmod 644 $POLICY
}

# refused(text...) - apply leaves the function as it was, and says why in one line
refused()
{
	status 3 apply --policy $POLICY "$TDI"
	is "lines" "$(wc -l </tmp/err)" 1
	says /tmp/err "pcitsm: $TDI: held: " "$@"
	untouched
}

test_list_and_show()
{
	status 0
	says /tmp/out "$TDI" unlocked
	status 0 list --json
	says /tmp/out "\"address\": \"$TDI\"" '"state": "unlocked"'
	status 0 show "$TDI"
	says /tmp/out "$(device_name)"
	status 5 show 0000:1f:00.0
}

test_lock_and_unlock()
{
	status 0 lock "$TDI"
	is state "$(get state)" locked
	status 1 lock "$TDI"
	says /tmp/err "$TDI"
	status 0 unlock "$TDI"
	untouched
	status 5 lock "$TDI" --tsm tsm77
	untouched
}

test_evidence_and_verify()
{
	local digest

	status 0 lock "$TDI"
	rm -rf /tmp/evidence
	status 0 evidence "$TDI" /tmp/evidence
	digest=$(verdict /tmp/evidence "$TDI" "$REFERENCE")
	is "digest of the kernel" "$(get evidence_digest)" "$digest"
	status 0 verify /tmp/evidence --roots "$ROOT" --name "$(device_name)" \
		--nonce /tmp/evidence/nonce --reference "$REFERENCE"
	says /tmp/out "$digest"
	status 0 verify "$TDI" --roots "$ROOT" --reference "$REFERENCE"
	says /tmp/out "$digest"
	status 3 verify "$TDI" --roots "$MAKERS/igb/root.pem"
	is state "$(get state)" locked
	status 0 show "$TDI"
	says /tmp/out "$digest"
}

test_verify_one_that_changed()
{
	need_faults
	status 0 lock "$TDI"
	dsm $DSM_CHANGE 2 1
	status 3 verify "$TDI" --roots "$ROOT" --reference "$REFERENCE"
	grep -F 0x02 /tmp/out /tmp/err
	dsm $DSM_ORIGINAL
	status 0 verify "$TDI" --roots "$ROOT" --reference "$REFERENCE"
	dsm $DSM_BAD_SIGNATURE 0 1
	status 3 verify "$TDI" --roots "$ROOT" --reference "$REFERENCE"
	status 0 verify "$TDI" --roots "$ROOT" --reference "$REFERENCE"
}

test_accept_what_was_verified()
{
	status 0 lock "$TDI"
	status 3 accept "$TDI" --roots "$MAKERS/igb/root.pem"
	is state "$(get state)" locked
	status 0 accept "$TDI" --roots "$ROOT" --reference "$REFERENCE"
	is state "$(get state)" run
	is restore "$(get restore)" 1
	within 10 has_driver "$TDI" nvme
}

test_accept_what_somebody_else_verified()
{
	local digest

	status 0 lock "$TDI"
	digest=$(get evidence_digest)
	status 4 accept "$TDI" --digest "sha384:$(printf '%096d' 0)"
	is state "$(get state)" locked
	status 0 accept "$TDI" --digest "$digest"
	is state "$(get state)" run
}

test_accept_without_verification_is_loud()
{
	status 0 lock "$TDI"
	status 0 accept "$TDI" --no-verify
	[ -s /tmp/err ] || fail "not a word"
	is state "$(get state)" run
}

seen()
{
	grep -q "$1" /tmp/watch
}

test_watch()
{
	pcitsm watch --json --timeout 20 "$TDI" >/tmp/watch &
	within 10 seen "$TDI"
	to_run
	within 10 seen '"state":"run"'
	kill $!
	grep '"state":"locked"' /tmp/watch | grep -F '"reason":"lock"'
	grep '"state":"run"' /tmp/watch | grep -F '"reason":"accept"'
}

test_policy_check()
{
	policy ''
	status 0 policy check $POLICY
	says /tmp/out 'rule "nvme": 8 measurements'
	status 0 policy check $POLICY "$TDI"
	says /tmp/out 'matches it' 'lock it to see'
	lock
	status 0 policy check $POLICY "$TDI"
	says /tmp/out "apply would accept it" "$(get evidence_digest)"
	policy s/312e302e30/312e302e31/
	status 3 policy check $POLICY "$TDI"
	says /tmp/out "apply would refuse it" 0x05
	policy s/0x1b36/0x1b37/
	status 3 policy check $POLICY "$TDI"
	says /tmp/out "it stays held"
	is state "$(get state)" locked
}

test_apply()
{
	policy ''
	status 0 apply --policy $POLICY "$TDI"
	says /tmp/err "$TDI: run: accepted by rule \"nvme\"" "$(get evidence_digest)"
	is state "$(get state)" run
	is restore "$(get restore)" 1
	within 10 has_driver "$TDI" nvme
	status 0 apply --policy $POLICY "$TDI"
	says /tmp/err "run: it is in run already"
}

test_apply_without_restore()
{
	policy 's/"minimum_svn": 7/"restore": false/'
	status 0 apply --policy $POLICY "$TDI"
	is state "$(get state)" run
	is restore "$(get restore)" 0
}

test_apply_by_a_rule_for_others()
{
	policy s/0x1b36/0x1b37/
	refused "no rule of the policy matches it"
	status 0 apply --policy $POLICY --all
	untouched
	policy 's/"class": "0x0108"/"slot": "0000:00:1f.7"/'
	refused "no rule of the policy matches it"
}

test_apply_with_another_root()
{
	policy s,certs/nvme,certs/igb,
	refused 'rule "nvme"' "certificates: "
}

test_apply_with_other_measurements()
{
	policy s/312e302e30/312e302e31/
	refused "measurements: " 0x05
	policy '/"0x05"/,/value/d'
	refused "measurements: " 0x05
	policy 's/"minimum_svn": 7/"minimum_svn": 8/'
	refused "svn: " 8
}

test_apply_to_a_device_that_changed()
{
	need_faults
	policy ''
	# Nobody can be told before a connection was made
	lock
	unlock
	dsm $DSM_CHANGE 2 1
	refused "measurements: " 0x02
	dsm $DSM_ORIGINAL
	dsm $DSM_BAD_SIGNATURE 0 10
	refused "signature: "
	dsm $DSM_ORIGINAL
	status 0 apply --policy $POLICY "$TDI"
}

# It is another device when it is accepted than it was when it was verified
test_apply_while_the_host_cheats()
{
	local rc=0

	need_faults
	policy ''
	# However often it is tried
	fault $RELOCK_AT $VALIDATE_MAPPING 1 $ENDLESS
	pcitsm apply --policy $POLICY "$TDI" 2>/tmp/err || rc=$?
	[ $rc -eq 1 ] || [ $rc -eq 4 ] || fail "exit status $rc"
	says /tmp/err "it was verified, but could not be accepted"
	fault_clear
	untouched
	nothing_private
}

test_apply_when_the_tsm_fails()
{
	need_faults
	policy ''
	fails $SET_LOCKED $RHI_ACCESS_FAILED
	status 1 apply --policy $POLICY "$TDI"
	says /tmp/err "it could not be locked"
	untouched
	fails $SET_RUN $RHI_ACCESS_FAILED
	status 1 apply --policy $POLICY "$TDI"
	says /tmp/err "could not be accepted"
	untouched
	nothing_private
}

test_apply_leaves_alone_what_others_do()
{
	policy ''
	lock
	policy s/312e302e30/312e302e31/
	status 3 apply --policy $POLICY "$TDI"
	is "state, which somebody else made it" "$(get state)" locked
	unlock
	is bind "$(bind)" OK
	policy ''
	status 1 apply --policy $POLICY "$TDI"
	says /tmp/err "driver nvme is bound to it"
	is state "$(get state)" unlocked
}

test_apply_by_a_policy_that_is_wrong()
{
	policy 's/"minimum_svn"/"minimum-svn"/'
	status 2 apply --policy $POLICY "$TDI"
	says /tmp/err "minimum-svn: there is no such key"
	untouched
	policy ''
	chmod o+w $POLICY
	status 2 apply --policy $POLICY "$TDI"
	untouched
}

test_enroll()
{
	local root

	root=$(openssl x509 -in "$ROOT" -outform DER | sha256sum)
	rm -rf /tmp/new
	mkdir /tmp/new
	status 0 enroll "$TDI" /tmp/new/10-one.json --name one
	says /tmp/err "SHA-256 ${root%% *}"
	untouched
	status 0 policy check /tmp/new
	status 1 enroll "$TDI" /tmp/new/10-one.json
	says /tmp/err "--force replaces it"
	untouched
	status 0 apply --policy /tmp/new "$TDI"
	says /tmp/err 'accepted by rule "one"'
	is state "$(get state)" run
}

test_enroll_and_then_it_changes()
{
	need_faults
	rm -rf /tmp/new
	mkdir /tmp/new
	status 0 enroll "$TDI" /tmp/new/10-one.json --roots "$ROOT" --ignore 0x05 --no-restore
	dsm $DSM_CHANGE 2 1
	status 3 apply --policy /tmp/new "$TDI"
	says /tmp/err "measurements: " 0x02
	untouched
	dsm $DSM_ORIGINAL
	dsm $DSM_CHANGE 5 1
	status 0 apply --policy /tmp/new "$TDI"
	is restore "$(get restore)" 0
}

test_enroll_refuses()
{
	need_faults
	rm -rf /tmp/new
	mkdir /tmp/new
	status 3 enroll "$TDI" /tmp/new/10-one.json --roots "$MAKERS/igb/root.pem"
	is files "$(ls /tmp/new)" ""
	dsm $DSM_BAD_SIGNATURE 0 10
	status 3 enroll "$TDI" /tmp/new/10-one.json
	says /tmp/err "signature: "
	is files "$(ls /tmp/new)" ""
	untouched
}

run_tests
