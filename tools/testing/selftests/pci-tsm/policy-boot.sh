#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2119,SC2120
#
# A boot with a policy in the initramfs and a rule for uevents, and no person: the
# controller that is what the policy says runs, the other one waits.
#
# Wants two NVMe controllers of the same kind, the second one with measurement 0x02 that is
# another one, and pcitsm=apply on the command line.

# shellcheck source=tools/testing/selftests/pci-tsm/lib.sh
. "$(dirname "$(realpath "$0")")/lib.sh"
# shellcheck source=tools/testing/selftests/pci-tsm/reset-lib.sh
. "$DIR/reset-lib.sh"

RUNS=0000:00:01.0
WAITS=0000:00:02.0
FILE=/etc/pci-tsm/policy.d/10-nvme.json

# What the boot did is what is tested
clean()
{
	:
}

# about(function) - what pcitsm logged about it, in one line
about()
{
	dmesg | grep -F "pcitsm: $1: "
}

logged()
{
	about "$1" >/dev/null
}

test_the_right_one_runs()
{
	within 20 has_driver $RUNS nvme
	within 10 logged $RUNS
	is state "$(get state $RUNS)" run
	is held "$(get held $RUNS)" 0
	is restore "$(get restore $RUNS)" 1
	within 10 has_disk $RUNS
	readable $RUNS
	is "lines in the log" "$(about $RUNS | grep -c .)" 1
	about $RUNS | grep -F "run: accepted by rule \"nvme\" of $FILE, " |
		grep -F "$(get evidence_digest $RUNS)"
}

test_the_other_one_waits()
{
	within 20 logged $WAITS
	untouched $WAITS
	is "lines in the log" "$(about $WAITS | grep -c .)" 1
	about $WAITS | grep -F "held: rule \"nvme\" of $FILE: " |
		grep -F 'measurements: ' | grep -F 0x02
}

# states(function) - the transitions that the log has
states()
{
	dmesg | sed -n "s/.* $1: PCI\/TSM: \([a-z]* -> [a-z]*\) (.*/\1/p" | tr '\n' ,
}

# The log has all states: none was passed that should not be
test_how_they_got_there()
{
	is "states of $RUNS" "$(states $RUNS)" "unlocked -> locked,locked -> run,"
	is "states of $WAITS" "$(states $WAITS)" "unlocked -> locked,locked -> unlocked,"
}

watching()
{
	grep -q "$1" /tmp/watch
}

test_restore_seen_by_watch()
{
	local watch

	pcitsm watch --json --timeout 30 >/tmp/watch 2>/tmp/watch.err &
	watch=$!
	within 10 watching "\"address\":\"$WAITS\""
	start_writers $RUNS
	is reset "$(reset $RUNS)" OK
	restored 1 $RUNS
	within 10 watching '"event":"restored"'
	stop_writers $RUNS
	kill $watch
	grep '"event":"restored"' /tmp/watch | grep -F "\"address\":\"$RUNS\"" |
		grep -F '"restore_count":1' | grep -F '"restore_status":"ok"'
	is "others restored" "$(grep '"event":"restored"' /tmp/watch | grep -c "$WAITS")" 0
}

# The rule is about functions that were found, not about those that somebody unlocked
test_unlocked_on_purpose()
{
	is unbind "$(unbind $RUNS)" OK
	pcitsm unlock $RUNS
	sleep 1
	untouched $RUNS
	echo change >"$PCI/devices/$RUNS/uevent"
	within 20 has_driver $RUNS nvme
	is state "$(get state $RUNS)" run
}

test_by_hand_it_is_the_same()
{
	local rc=0

	pcitsm apply --all --json >/tmp/apply 2>/tmp/err || rc=$?
	is "exit status" $rc 3
	is outcomes "$(sed -n 's/.*"outcome": "\(.*\)".*/\1/p' /tmp/apply | tr '\n' ,)" \
		"already,refused,"
	untouched $WAITS
}

run_tests
