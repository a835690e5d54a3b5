#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2119
#
# The attributes under tsm/: every transition, every refusal and its errno,
# notification by poll() and uevent, several writers at once.

# shellcheck source=tools/testing/selftests/pci-tsm/lib.sh
. "$(dirname "$(realpath "$0")")/lib.sh"

LOCK=$(attr lock)
ACCEPT=$(attr accept)
UNLOCK=$(attr unlock)
TSM=$(tsm)

# unchanged(result, value, file) - a write that changes nothing
unchanged()
{
	local before

	before="$(get state) $(get held) $(get lock) $(get accept) $(driver)"
	expect "$@"
	is "afterwards" \
		"$(get state) $(get held) $(get lock) $(get accept) $(driver)" "$before"
}

# refused(errno, value, file) - and the log says why, in one line
refused()
{
	klog_mark
	unchanged "$@"
	one_line_about
}

# run_unbound - in RUN, no driver
run_unbound()
{
	to_run
	is unbind "$(unbind)" OK
}

test_the_whole_way()
{
	untouched
	is accept "$(get accept)" 0
	expect OK "$TSM" "$LOCK"
	is state "$(get state)" locked
	is lock "$(get lock)" "$TSM"
	is held "$(get held)" 1
	is accept "$(get accept)" 0
	expect OK 1 "$ACCEPT"
	is state "$(get state)" run
	is lock "$(get lock)" "$TSM"
	is held "$(get held)" 0
	is accept "$(get accept)" 1
	within 10 has_driver "$TDI" nvme
	is unbind "$(unbind)" OK
	is "state after unbind" "$(get state)" run
	is "held in RUN" "$(get held)" 0
	expect OK "$TSM" "$UNLOCK"
	untouched
	is accept "$(get accept)" 0
}

test_lock_with_a_malformed_name()
{
	local name

	for name in "" " " 0 1 tsm tsm-1 tsmx "${TSM}x" "$TSM $TSM" "x$TSM" TSM0 \
		    tsm0x0 tsm4294967296 tsm99999999999999999999; do
		refused EINVAL "$name" "$LOCK"
	done
	refused EINVAL "$(head -c 3000 /dev/zero | tr '\0' A)" "$LOCK"
}

test_lock_with_a_tsm_that_is_not_there()
{
	refused ENXIO tsm4242 "$LOCK"
	refused ENXIO tsm2147483647 "$LOCK"
}

test_empty_write_changes_nothing()
{
	is "empty lock" "$(wr -n "" "$LOCK")" OK
	untouched
	lock
	is "empty accept" "$(wr -n "" "$ACCEPT")" OK
	is "empty unlock" "$(wr -n "" "$UNLOCK")" OK
	is state "$(get state)" locked
}

test_values_need_no_newline()
{
	is lock "$(wr -n "$TSM" "$LOCK")" OK
	is accept "$(wr -n 1 "$ACCEPT")" OK
	is state "$(get state)" run
	within 10 has_driver "$TDI" nvme
	is unbind "$(unbind)" OK
	is unlock "$(wr -n "$TSM" "$UNLOCK")" OK
	untouched
}

test_lock_with_a_driver_bound()
{
	is bind "$(bind)" OK
	refused EBUSY "$TSM" "$LOCK"
}

test_lock_when_locked()
{
	lock
	refused EBUSY "$TSM" "$LOCK"
}

test_lock_in_run()
{
	run_unbound
	refused EBUSY "$TSM" "$LOCK"
}

test_lock_in_run_with_a_driver_bound()
{
	to_run
	refused EBUSY "$TSM" "$LOCK"
}

test_accept_of_anything_but_1()
{
	local value

	lock
	for value in "" 0 2 -1 01 1x " 1" y yes true on +1 "1 1" "$TSM" \
		     sha384:00; do
		refused EINVAL "$value" "$ACCEPT"
	done
}

test_accept_when_not_locked()
{
	refused EINVAL 1 "$ACCEPT"
	refused EINVAL 0 "$ACCEPT"
}

test_accept_when_not_locked_with_a_driver_bound()
{
	is bind "$(bind)" OK
	refused EINVAL 1 "$ACCEPT"
}

test_accept_again_changes_nothing()
{
	run_unbound
	klog_mark
	unchanged OK 1 "$ACCEPT"
	unchanged OK 1 "$ACCEPT"
	is "log" "$(klog_since | grep -F "$TDI" || :)" ""
	refused EINVAL 0 "$ACCEPT"
	unlock
	untouched
}

test_accept_again_with_a_driver_bound()
{
	to_run
	unchanged OK 1 "$ACCEPT"
}

test_unlock_when_not_locked()
{
	refused EINVAL "$TSM" "$UNLOCK"
	refused EINVAL tsm4242 "$UNLOCK"
}

test_unlock_with_another_or_malformed_name()
{
	lock
	refused EINVAL tsm4242 "$UNLOCK"
	refused EINVAL "" "$UNLOCK"
	refused EINVAL "${TSM}0" "$UNLOCK"
	refused EINVAL garbage "$UNLOCK"
}

test_unlock_from_locked()
{
	lock
	expect OK "$TSM" "$UNLOCK"
	untouched
}

test_unlock_twice()
{
	lock
	unlock
	refused EINVAL "$TSM" "$UNLOCK"
}

test_unlock_with_a_driver_bound()
{
	to_run
	refused EBUSY "$TSM" "$UNLOCK"
	# The driver goes on working
	dd if="/dev/$(disk)" of=/dev/null bs=64k count=16
}

test_bind_when_locked()
{
	lock
	refused EBUSY "$TDI" "$PCI/drivers/nvme/bind"
}

test_bind_and_unbind_in_run()
{
	to_run
	for _ in 1 2 3; do
		is unbind "$(unbind)" OK
		is state "$(get state)" run
		is bind "$(bind)" OK
		is driver "$(driver)" nvme
	done
}

test_accept_leaves_probing_to_the_buss_switch()
{
	lock
	echo 0 >$PCI/drivers_autoprobe
	wr 1 "$ACCEPT" >/tmp/result
	sleep 0.5
	driver >/tmp/driver
	echo 1 >$PCI/drivers_autoprobe
	is accept "$(cat /tmp/result)" OK
	is driver "$(cat /tmp/driver)" none
	is held "$(get held)" 0
	expect OK "$TDI" "$PCI/drivers_probe"
	within 10 has_driver "$TDI" nvme
}

test_many_rounds()
{
	local n=0

	while [ $n -lt 20 ]; do
		lock
		[ $((n % 2)) -eq 0 ] || { accept; within 10 has_driver "$TDI" nvme
			is unbind "$(unbind)" OK; }
		unlock
		n=$((n + 1))
	done
	untouched
}

test_poll_wakes_at_every_transition()
{
	local pid from to verb

	for verb in lock accept unlock; do
		case $verb in
		lock) from=unlocked to=locked ;;
		accept) from=locked to=run ;;
		unlock) from=run to=unlocked ;;
		esac
		: >/tmp/poll
		poll-attr 5000 "$(attr state)" $to >/tmp/poll &
		pid=$!
		within 5 grep -q . /tmp/poll
		is "first value" "$(head -n 1 /tmp/poll)" $from
		$verb
		wait $pid || fail "poll() at $verb: $(cat /tmp/poll)"
		[ $verb != accept ] || { within 10 has_driver "$TDI" nvme; unbind; }
	done
}

test_poll_does_not_wake_without_a_transition()
{
	local rc=0

	lock
	( sleep 0.3; wr "$TSM" "$LOCK" || :; wr 0 "$ACCEPT" || :
	  wr x "$UNLOCK" || : ) >/tmp/out &
	poll-attr 1000 "$(attr state)" locked >/tmp/poll || rc=$?
	is "exit status" $rc 3
	is "values seen" "$(wc -l </tmp/poll)" 1
	wait
	is "refused" "$(grep -c ^E /tmp/out)" 3
}

test_uevent_at_every_transition()
{
	local n=0 want

	# Nothing binds, so that no bind event comes between
	echo 0 >$PCI/drivers_autoprobe
	listen 3
	lock
	wr 1 "$ACCEPT" >/tmp/result
	unlock
	echo 1 >$PCI/drivers_autoprobe
	is accept "$(cat /tmp/result)" OK
	heard >/tmp/e
	for want in unlocked:locked:lock locked:run:accept run:unlocked:unlock; do
		n=$((n + 1))
		nth_event $n </tmp/e >/tmp/e1
		grep -qx ACTION=change /tmp/e1
		is "event $n" "$(sed -n 's/^PCI_TSM_PREV_STATE=//p' /tmp/e1):$(
			sed -n 's/^PCI_TSM_STATE=//p' /tmp/e1):$(
			sed -n 's/^PCI_TSM_REASON=//p' /tmp/e1)" "$want"
	done
}

test_tracepoints()
{
	[ -d "$TRACE/events/pci_tsm" ] || skip "no tracing"
	echo >"$TRACE/trace"
	echo 1 >"$TRACE/events/pci_tsm/enable"
	lock
	unlock
	echo 0 >"$TRACE/events/pci_tsm/enable"
	is "state events" "$(grep -c "pci_tsm_state: $TDI " "$TRACE/trace")" 2
	grep -q "pci_tsm_state: $TDI unlocked -> locked reason=lock" "$TRACE/trace"
	grep -q "pci_tsm_op: $TDI lock rc=0 latency=[0-9]*ns" "$TRACE/trace"
	grep -q "pci_tsm_op: $TDI unlock rc=0 latency=[0-9]*ns" "$TRACE/trace"
}

test_tsm_class_says_devsec()
{
	is pci_mode "$(cat "/sys/class/tsm/$TSM/pci_mode")" devsec
}

# writers(n, value, file) - n at once; prints how many got which result
writers()
{
	local i=0

	rm -f /tmp/writer.*
	while [ $i -lt "$1" ]; do
		wr "$2" "$3" >/tmp/writer.$i &
		i=$((i + 1))
	done
	wait
	cat /tmp/writer.* | sort | uniq -c | awk '{ printf "%s%s:%s", s, $2, $1; s = " " }'
}

test_writers_at_once_to_lock()
{
	is results "$(writers 8 "$TSM" "$LOCK")" "EBUSY:7 OK:1"
	is state "$(get state)" locked
}

test_writers_at_once_to_accept()
{
	lock
	is results "$(writers 8 1 "$ACCEPT")" "OK:8"
	is state "$(get state)" run
	within 10 has_driver "$TDI" nvme
}

test_writers_at_once_to_unlock()
{
	lock
	is results "$(writers 8 "$TSM" "$UNLOCK")" "EINVAL:7 OK:1"
	untouched
}

# again(times, command...)
again()
{
	local n=$1

	shift
	while [ "$n" -gt 0 ]; do
		"$@" || :
		n=$((n - 1))
	done
}

test_everything_at_once()
{
	local what

	head -c 32 /dev/urandom >/tmp/nonce
	again 40 wr -b /tmp/nonce "$(attr nonce)" >/tmp/nonces &
	for what in certificates measurements; do
		again 40 dd if="$(attr $what)" of=/dev/null bs=61 2>"/tmp/read.$what" &
	done
	# Nobody may see a driver on a function that is LOCKED or in ERROR
	for what in "wr $TSM $LOCK" "wr 1 $ACCEPT" "wr $TSM $UNLOCK" \
		    "wr $TDI $PCI/drivers/nvme/bind" \
		    "wr $TDI $PCI/drivers/nvme/unbind" \
		    "wr $TDI $PCI/drivers_probe"; do
		# shellcheck disable=SC2086
		again 40 $what >/tmp/writers 2>&1 &
	done
	wait
	only /tmp/nonces OK EINVAL
	grep -h '^dd: ' /tmp/read.* | sed 's/.*: //' >/tmp/readers
	only /tmp/readers "No data available" "Stale file handle"
	case "$(get state) $(driver)" in
	"unlocked none" | "unlocked nvme" | "locked none" | "run none" | "run nvme")
		;;
	*)
		fail "$(get state) with driver $(driver)"
		;;
	esac
	clean
	to_run
	within 10 has_disk "$TDI"
	dd if="/dev/$(disk)" of=/dev/null bs=64k count=16
}

run_tests
