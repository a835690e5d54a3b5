#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2119
#
# A host that never comes to an end: the kernel gives up, or does so at once when the
# writer is killed. The functions do not wait for each other: several of them are
# kept waiting at the same time. What happened in which order is read from the trace,
# so that it does not matter how fast the machine is.
#
# Wants four NVMe functions behind the trust boundary.

# shellcheck source=tools/testing/selftests/pci-tsm/lib.sh
. "$(dirname "$(realpath "$0")")/lib.sh"

TSM=$(tsm)
OPS=$TRACE/events/pci_tsm/pci_tsm_op/enable

# shellcheck disable=SC2086
nth_function()
{
	echo $TDIS | cut -d ' ' -f "$1"
}

# endless(n, result, state, verb) - what became of it at the n-th function
endless()
{
	local fn

	fn=$(nth_function "$1")
	is "result at $fn" "$(cat "/tmp/result.$1")" "$2"
	is "state of $fn" "$(get state "$fn")" "$3"
	( TDI=$fn; fault_clear; is "private pages" "$(private_pages)" 0 )
}

# start(n, value, attribute) - write in the background
start()
{
	wr "$2" "$(attr "$3" "$(nth_function "$1")")" >"/tmp/result.$1" &
}

# waits(pid) - this writer has begun, and the kernel is at it
waits()
{
	grep -qx wr "/proc/$1/comm" && grep -q '^State:.[SD]' "/proc/$1/status"
}

# slow(n, class, status) - this call has no end at the n-th function
slow()
{
	( TDI=$(nth_function "$1"); fails "$2" "$3" "$ENDLESS" )
}

# watch_ops - trace the operations of the TSM from now on
watch_ops()
{
	echo 1 >"$OPS"
	echo >"$TRACE/trace"
}

# ops(result) - those that ended so: function, when it began and when it ended, in ns
ops()
{
	local line='\([0-9]*\)\.\([0-9]*\): pci_tsm_op: \([^ ]*\) .*'

	sed -n "s/^.* $line rc=$1 latency=\([0-9]*\)ns\$/\3 \1 \2 \4/p" "$TRACE/trace" |
		awk '{
			ended = $2 * 1e9 + $3 * 1e3
			printf "%s %.0f %.0f\n", $1, ended - $4, ended
		}'
}

# all_at_once(count) - so many functions had an operation without an end, and there was
# a moment at which the first one of each was under way
all_at_once()
{
	ops -110 | awk -v count="$1" '
		!($1 in seen) {
			seen[$1]
			n++
			if ($2 > begun) begun = $2
			if (!ended || $3 < ended) ended = $3
		}
		END { exit !(n == count && begun < ended) }' ||
		fail "not at the same time: $(ops -110)"
}

test_lock_with_no_end()
{
	slow 1 $SET_LOCKED "$RHI_BUSY"
	slow 2 $CONTINUE "$RHI_INCOMPLETE"
	slow 3 $OBJECT_SIZE "$RHI_BUSY"
	slow 4 $OBJECT_READ "$RHI_BUSY"
	watch_ops
	for n in 1 2 3 4; do
		start $n "$TSM" lock
	done
	wait
	all_at_once 4
	for n in 1 2 3 4; do
		endless $n ETIMEDOUT unlocked
	done
}

test_accept_with_no_end()
{
	local n

	for n in 1 2 3 4; do
		lock "$(nth_function $n)"
	done
	slow 1 $SET_RUN "$RHI_BUSY"
	slow 2 $CONTINUE "$RHI_INCOMPLETE"
	slow 3 $VALIDATE_MAPPING "$RSI_INCOMPLETE"
	( TDI=$(nth_function 4); fault $NEXT 0 1 $ENDLESS $NEXT_AGAIN )
	watch_ops
	for n in 1 2 3 4; do
		start $n 1 accept
	done
	wait
	all_at_once 4
	endless 1 ETIMEDOUT locked
	# Aborting what is under way costs the session
	endless 2 ETIMEDOUT error
	endless 3 ETIMEDOUT locked
	endless 4 ETIMEDOUT locked
}

test_unlock_and_bind_with_no_end()
{
	local fn

	lock "$(nth_function 1)"
	lock "$(nth_function 2)"
	lock "$(nth_function 3)"
	fn=$(nth_function 4)
	to_run "$fn"
	is unbind "$(unbind "$fn")" OK
	slow 1 $SET_UNLOCKED "$RHI_BUSY"
	slow 2 $CONTINUE "$RHI_INCOMPLETE"
	slow 3 $GET_INFO "$RSI_INCOMPLETE"
	slow 4 $DMA_ENABLE "$RSI_INCOMPLETE"
	watch_ops
	for n in 1 2 3; do
		start $n "$TSM" unlock
	done
	bind "$fn" >/tmp/result.4 &
	wait
	all_at_once 4
	for n in 1 2 3; do
		endless $n ETIMEDOUT error
		unlock "$(nth_function $n)"
		untouched "$(nth_function $n)"
	done
	is "bind" "$(cat /tmp/result.4)" ETIMEDOUT
	is "state" "$(get state "$fn")" run
	is "driver" "$(driver "$fn")" none
}

# killed(n, value, attribute) - the writer is gone after SIGKILL, and it is that which
# ended the operation
killed()
{
	local pid

	watch_ops
	wr "$2" "$(attr "$3" "$(nth_function "$1")")" >/tmp/out &
	pid=$!
	within 10 waits $pid
	kill -9 $pid
	! wait $pid || fail "not killed"
	is "functions with an operation that was interrupted" \
		"$(ops -4 | cut -d ' ' -f 1 | uniq)" "$(nth_function "$1")"
	is "operations given up" "$(ops -110)" ""
}

test_lock_killed()
{
	slow 1 $SET_LOCKED "$RHI_BUSY"
	killed 1 "$TSM" lock
	within 3 get state
	untouched
	is "private pages" "$(private_pages)" 0
	fault_clear
	to_run
}

test_accept_killed()
{
	lock
	fault $NEXT 0 1 "$ENDLESS" $NEXT_AGAIN
	killed 1 1 accept
	is state "$(get state)" locked
	is "private pages" "$(private_pages)" 0
	fault_clear
	accept
}

test_waiting_writer_interrupted()
{
	local first pid

	# The second writer waits for the first one, and need not
	slow 1 $SET_LOCKED "$RHI_BUSY"
	start 1 "$TSM" lock
	first=$!
	within 10 waits $first
	wr "$TSM" "$(attr lock)" >/tmp/out &
	pid=$!
	within 10 waits $pid
	kill -INT $pid || :
	kill -TERM $pid
	wait $pid || :
	grep -q '^State:.[RSD]' "/proc/$first/status" || fail "it went only after the first one"
	is state "$(get state)" unlocked
	kill -9 $first
	wait
}

test_module_unloaded_meanwhile()
{
	local first pid

	slow 1 $SET_LOCKED "$RHI_BUSY"
	start 1 "$TSM" lock
	first=$!
	within 10 waits $first
	rmmod "$TSM_MODULE" &
	pid=$!
	sleep 0.5
	kill -0 $pid || fail "the module went although it was in use"
	kill -9 $first
	wait $pid
	is state "$(get state)" unlocked
	is held "$(get held)" 1
	expect ENXIO "$TSM" "$(attr lock)"
	is "private pages" "$(private_pages)" 0
}

run_tests
