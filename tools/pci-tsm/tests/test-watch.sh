#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2016,SC2086,SC2119,SC2120
#
# pcitsm watch: transitions by uevent, in a network namespace of our own, where the
# kernel passes on the events that fake-sysfs makes.

. "$(dirname "$(realpath "$0")")/tap.sh"
. "$(dirname "$(realpath "$0")")/tree.sh"

other=sha384:$(printf 'fedcba9876543210%.0s' 1 2 3 4 5 6)

# watching OPTIONS SCRIPT - run the script while the tool watches, what it prints is in
# out. The script has: seen PATTERN [TIMES], to wait until that is in out; event ADDRESS
# ACTION; and tool. $limit is for ulimit, if it is set. The tool is ended behind it,
# unless it ends by itself (--timeout).
watching()
{
	cat >script <<-END
	set -e
	seen()
	{
		_n=0
		until [ \$(grep -c -e "\$1" out) -ge \${2:-1} ]; do
			_n=\$((_n + 1))
			[ \$_n -lt 600 ] || { echo "not seen: \$1"; exit 1; }
			sleep 0.05
		done
	}
	event() { "$FAKE_SYSFS" -e sys "\$@"; }
	tool() { "$PCITSM" --sysfs sys "\$@"; }
	fn=$fn
	digest=$digest
	([ -z "${limit:-}" ] || ulimit $limit; exec "$PCITSM" --sysfs sys watch $1) >out 2>err &
	watch=\$!
	seen 0000:00:01.0
	$2
	case "$1" in
	*--timeout*)	;;
	*)		kill \$watch ;;
	esac
	status=0
	wait \$watch || status=\$?
	echo \$status >status
	END
	unshare -n true 2>/dev/null || { echo "no network namespace"; exit 77; }
	unshare -n "$FAKE_SYSFS" -u sys sh script >script.log 2>&1 && _rc=0 || _rc=$?
	[ "$_rc" != 77 ] || { echo "no seccomp user notification here"; exit 77; }
	[ "$_rc" = 0 ] || fail "script: $(cat script.log out err)"
}

# events - the lines of out without the table and the times
events()
{
	sed -n 's/^[0-9][0-9]:[0-9][0-9]:[0-9][0-9]  //p' out
}

# happened LINE... - exactly that, in this order
happened()
{
	events >found
	printf '%s\n' "$@" >expected
	diff expected found || fail "$(cat err)"
}

test_transitions_with_reasons()
{
	new_tree
	new_function 0000:00:01.0
	watching '' '
		tool lock 00:01.0
		tool accept 00:01.0 --digest $digest
		tool unlock 00:01.0
		seen "unlocked (unlock)"'
	has out '^ADDRESS ' '^0000:00:01.0  unlocked'
	happened '0000:00:01.0  unlocked -> locked (lock)' \
		'0000:00:01.0  locked -> run (accept)' \
		'0000:00:01.0  run -> unlocked (unlock)'
}

test_json_lines()
{
	new_tree
	new_function 0000:00:01.0
	watching --json '
		tool lock 00:01.0
		seen locked.*reason'
	[ "$(wc -l <out)" = 2 ] || fail "$(cat out)"
	head -n 1 out >first
	tail -n 1 out >second
	json first 'o["event"] == "present" and o["state"] == "unlocked" and "class_name" in o'
	json second 'o["event"] == "state" and o["state"] == "locked"'
	json second 'o["previous_state"] == "unlocked" and o["reason"] == "lock"'
	json second 'o["evidence_generation"] == 1 and o["address"] == "0000:00:01.0"'
	json second '__import__("re").fullmatch(
		r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", o["time"])'
}

test_restore()
{
	new_tree
	new_function 0000:00:01.0
	watching '' '
		tool lock 00:01.0
		tool accept 00:01.0 --digest $digest
		seen accept
		echo 1 >$fn/reset
		seen restored
		echo 1 >$fn/reset
		seen restored 2'
	happened '0000:00:01.0  unlocked -> locked (lock)' \
		'0000:00:01.0  locked -> run (accept)' \
		'0000:00:01.0  restored (1)' '0000:00:01.0  restored (2)'
}

test_restore_json()
{
	new_tree
	new_function 0000:00:01.0
	echo nvme >"$fn/fake/driver"
	watching --json '
		tool lock 00:01.0
		tool accept 00:01.0 --digest $digest
		seen bound
		echo 1 >$fn/reset
		seen restored'
	tail -n 1 out >last
	json last 'o["event"] == "restored" and o["restore_count"] == 1'
	json last 'o["restore_status"] == "ok" and o["address"] == "0000:00:01.0"'
	grep '"event":"bound"' out >bound
	json bound 'o["driver"] == "nvme"'
}

test_a_function_that_is_lost()
{
	new_tree
	new_function 0000:00:01.0
	watching '' "
		tool lock 00:01.0
		tool accept 00:01.0 --digest \$digest
		echo $other >\$fn/fake/evidence/evidence_digest
		tool evidence 00:01.0 dir || :
		seen error"
	happened '0000:00:01.0  unlocked -> locked (lock)' \
		'0000:00:01.0  locked -> run (accept)' \
		'0000:00:01.0  run -> error (evidence-differs)'
}

test_driver()
{
	new_tree
	new_function 0000:00:01.0
	echo nvme >"$fn/fake/driver"
	watching '' '
		tool lock 00:01.0
		tool accept 00:01.0 --digest $digest
		seen bound
		rm $fn/driver
		event 0000:00:01.0 unbind
		event 0000:00:01.0 unbind
		seen unbound'
	happened '0000:00:01.0  unlocked -> locked (lock)' \
		'0000:00:01.0  locked -> run (accept)' \
		'0000:00:01.0  driver nvme bound' '0000:00:01.0  driver unbound'
}

test_functions_come_and_go()
{
	new_tree
	new_function 0000:00:02.0
	mv "$fn" second
	new_function 0000:00:01.0
	watching '' '
		mv second sys/bus/pci/devices/0000:00:02.0
		event 0000:00:02.0 add
		seen added
		tool lock 00:02.0
		seen lock
		event 0000:00:02.0 remove
		event 0000:00:02.0 remove
		seen removed'
	happened '0000:00:02.0  added, unlocked' '0000:00:02.0  unlocked -> locked (lock)' \
		'0000:00:02.0  removed'
}

test_only_functions_that_are_named()
{
	new_tree
	new_function 0000:00:02.0
	new_function 0000:00:01.0
	watching '00:01.0 0000:00:01.0' '
		tool lock 00:02.0
		tool lock 00:01.0
		seen 01.0.*lock'
	happened '0000:00:01.0  unlocked -> locked (lock)'
	is "lines of the table" "$(grep -c '^0000:' out)" 1
}

test_a_tsm_arrives()
{
	new_tree
	new_function 0000:00:01.0
	mv "$fn/tsm/lock" "$fn/fake/"
	watching '' '
		mv $fn/fake/lock $fn/tsm/
		event 0000:00:01.0 change
		seen "can be locked"'
	happened '0000:00:01.0  a TSM is there, it can be locked'
}

test_evidence_that_is_collected_anew()
{
	new_tree
	new_function 0000:00:01.0
	watching '' '
		tool lock 00:01.0
		seen lock
		tool evidence 00:01.0 dir
		event 0000:00:01.0 change
		seen evidence'
	happened '0000:00:01.0  unlocked -> locked (lock)' \
		'0000:00:01.0  evidence collected or gone, generation 2'
}

test_a_transition_whose_event_was_lost()
{
	new_tree
	new_function 0000:00:01.0
	watching '' '
		echo error >$fn/fake/state
		mv $fn/fake/state $fn/tsm/
		event 0000:00:01.0 change
		seen error'
	happened '0000:00:01.0  unlocked -> error'
}

test_once()
{
	new_tree
	new_function 0000:00:01.0
	watching '--once --timeout 60' '
		tool lock 00:01.0
		tool unlock 00:01.0'
	[ "$(events | head -n 1)" = '0000:00:01.0  unlocked -> locked (lock)' ] || fail "$(cat out)"
	is status "$(cat status)" 0
}

test_once_and_nothing_happens()
{
	new_tree
	new_function 0000:00:01.0
	watching '--once --timeout 0.3' ':'
	is status "$(cat status)" 1
	has err 'nothing happened in time'
}

test_events_of_other_processes_do_not_count()
{
	new_tree
	new_function 0000:00:01.0
	watching '' '
		python3 - <<-END
		import socket
		s = socket.socket(socket.AF_NETLINK, socket.SOCK_DGRAM, 15)
		text = b"change@/devices/pci0000:00/0000:00:01.0\0ACTION=change\0SUBSYSTEM=pci\0"
		text += b"DEVPATH=/devices/pci0000:00/0000:00:01.0\0PCI_TSM_STATE=run\0"
		text += b"PCI_TSM_PREV_STATE=unlocked\0PCI_TSM_REASON=accept\0"
		s.sendto(text, (0, 1))
		END
		tool lock 00:01.0
		seen lock'
	happened '0000:00:01.0  unlocked -> locked (lock)'
}

test_a_storm_of_events()
{
	new_tree
	new_function 0000:00:01.0
	# More than the socket takes while nobody looks
	watching '' '
		kill -STOP $watch
		python3 - <<-END
		import socket, struct
		s = socket.socket(socket.AF_NETLINK, socket.SOCK_DGRAM, 15)
		text = b"change@/devices/x\0ACTION=change\0SUBSYSTEM=x\0DEVPATH=/devices/x\0"
		text += b"X" * 1900 + b"=1\0"
		for i in range(3000):
		    s.sendto(struct.pack("IHHII", 16 + len(text), 16, 1, 0, 0) + text, (0, 0))
		END
		tool lock 00:01.0
		kill -CONT $watch
		seen locked 2'
	happened '0000:00:01.0  unlocked -> locked'
}

test_no_such_function()
{
	new_tree
	new_function 0000:00:01.0
	status 5 "$PCITSM" --sysfs sys watch 00:01.0 00:02.0
	has err '0000:00:02.0: there is no such PCI function'
}

# many - thirty functions; $fn is the last one
many()
{
	new_tree
	for _i in 0 1 2; do
		for _j in 0 1 2 3 4 5 6 7 8 9; do
			new_function "0000:0$_i:0$_j.0"
		done
	done
	new_function 0000:00:01.0
}

test_the_limit_of_open_files_is_raised()
{
	many
	limit='-S -n 40'
	watching '' '
		tool lock 00:01.0
		tool accept 00:01.0 --digest $digest
		seen accept
		echo 1 >$fn/reset
		seen restored'
	is "lines of the table" "$(grep -c '^0000:' out)" 30
	is "messages" "$(cat err)" ''
}

test_too_many_functions_for_the_limit_are_an_error()
{
	many
	# Enough to list them, and not to watch them
	_status=0
	(ulimit -n 64; exec "$PCITSM" --sysfs sys watch --timeout 10) >out 2>err || _status=$?
	is status "$_status" 1
	is "messages" "$(cat err)" "pcitsm: 30 functions cannot be watched with so few\
 open files; raise ulimit -n, or name those that matter"
	(ulimit -n 64; exec "$PCITSM" --sysfs sys watch --timeout 0.1 00:01.0) >out 2>err
	is "messages for one" "$(cat err)" ''
}

test_it_ends_when_nobody_reads()
{
	new_tree
	new_function 0000:00:01.0
	_begin=$(date +%s)
	{ timeout 20 "$PCITSM" --sysfs sys watch; echo $? >status; } 2>err | head -n 1
	is status "$(cat status)" 0
	[ $(($(date +%s) - _begin)) -lt 10 ] || fail "it takes its time"
}

test_output_that_cannot_be_written_is_an_error()
{
	new_tree
	new_function 0000:00:01.0
	_status=0
	timeout 10 "$PCITSM" --sysfs sys watch >/dev/full 2>err || _status=$?
	is status "$_status" 1
}

run_tests
