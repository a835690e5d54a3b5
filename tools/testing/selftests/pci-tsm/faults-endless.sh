#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2119
#
# A host that never comes to an end: the kernel gives up in bounded time, or at
# once when the writer is killed. The functions do not wait for each other:
# several of them are kept waiting at the same time.
#
# Wants four NVMe functions behind the trust boundary.

# shellcheck source=tools/testing/selftests/pci-tsm/lib.sh
. "$(dirname "$(realpath "$0")")/lib.sh"

TSM=$(tsm)
# The longest that one endless operation may take, in seconds
PATIENCE=15

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

# in_time(before) - not longer than one of them alone may take
in_time()
{
	local took=$(($(date +%s) - $1))

	[ $took -le $PATIENCE ] || fail "took $took s"
}

test_lock_with_no_end()
{
	local before

	slow 1 $SET_LOCKED "$RHI_BUSY"
	slow 2 $CONTINUE "$RHI_INCOMPLETE"
	slow 3 $OBJECT_SIZE "$RHI_BUSY"
	slow 4 $OBJECT_READ "$RHI_BUSY"
	before=$(date +%s)
	for n in 1 2 3 4; do
		start $n "$TSM" lock
	done
	wait
	in_time "$before"
	for n in 1 2 3 4; do
		endless $n ETIMEDOUT unlocked
	done
}

test_accept_with_no_end()
{
	local before n

	for n in 1 2 3 4; do
		lock "$(nth_function $n)"
	done
	slow 1 $SET_RUN "$RHI_BUSY"
	slow 2 $CONTINUE "$RHI_INCOMPLETE"
	slow 3 $VALIDATE_MAPPING "$RSI_INCOMPLETE"
	( TDI=$(nth_function 4); fault $NEXT 0 1 $ENDLESS $NEXT_AGAIN )
	before=$(date +%s)
	for n in 1 2 3 4; do
		start $n 1 accept
	done
	wait
	in_time "$before"
	endless 1 ETIMEDOUT locked
	# Aborting what is under way costs the session
	endless 2 ETIMEDOUT error
	endless 3 ETIMEDOUT locked
	endless 4 ETIMEDOUT locked
}

test_unlock_and_bind_with_no_end()
{
	local before fn

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
	before=$(date +%s)
	for n in 1 2 3; do
		start $n "$TSM" unlock
	done
	bind "$fn" >/tmp/result.4 &
	wait
	# What cannot even be asked where it is gives up several times
	[ $(($(date +%s) - before)) -le $((3 * PATIENCE)) ] || fail "too long"
	for n in 1 2 3; do
		endless $n ETIMEDOUT error
		unlock "$(nth_function $n)"
		untouched "$(nth_function $n)"
	done
	is "bind" "$(cat /tmp/result.4)" ETIMEDOUT
	is "state" "$(get state "$fn")" run
	is "driver" "$(driver "$fn")" none
}

# killed(n, value, attribute) - the writer is gone soon after SIGKILL
killed()
{
	local pid before

	wr "$2" "$(attr "$3" "$(nth_function "$1")")" >/tmp/out &
	pid=$!
	sleep 0.5
	kill -0 $pid || fail "it ended before it was killed: $(cat /tmp/out)"
	before=$(date +%s)
	kill -9 $pid
	! wait $pid || fail "not killed"
	[ $(($(date +%s) - before)) -le 3 ] || fail "it took too long to die"
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
	local first pid before

	# The second writer waits for the first one, and need not
	slow 1 $SET_LOCKED "$RHI_BUSY"
	start 1 "$TSM" lock
	first=$!
	within 10 waits $first
	wr "$TSM" "$(attr lock)" >/tmp/out &
	pid=$!
	within 10 waits $pid
	before=$(date +%s)
	kill -INT $pid || :
	kill -TERM $pid
	wait $pid || :
	[ $(($(date +%s) - before)) -le 2 ] || fail "it took too long to die"
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
