#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2119
#
# A function that goes away in any state, and is found again: stopped on the way
# out, held on the way in, nothing left private.

# shellcheck source=tools/testing/selftests/pci-tsm/lib.sh
. "$(dirname "$(realpath "$0")")/lib.sh"

# gone_and_back - remove TDI, find it again; it must be as new and usable
gone_and_back()
{
	remove
	! exists "$TDI" || fail "still there"
	rescan
	exists "$TDI"
	untouched
	nothing_private
	to_run
}

test_remove_while_unlocked()
{
	gone_and_back
}

test_remove_while_unlocked_with_a_driver_bound()
{
	is bind "$(bind)" OK
	gone_and_back
}

test_remove_while_locked()
{
	lock
	gone_and_back
}

test_remove_in_run_without_a_driver()
{
	to_run
	is unbind "$(unbind)" OK
	gone_and_back
}

test_remove_in_run_with_a_driver_bound()
{
	to_run
	gone_and_back
}

test_remove_in_run_under_io()
{
	local pid

	to_run
	within 10 has_disk "$TDI"
	dd if="/dev/$(disk)" of=/dev/null bs=4k &
	pid=$!
	sleep 0.2
	remove
	wait $pid || :
	! exists "$TDI" || fail "still there"
	rescan
	untouched
	nothing_private
	to_run
}

test_remove_in_error()
{
	need_faults
	lock
	fault_unlock_behind_our_back
	is accept "$(wr 1 "$(attr accept)")" ESTALE
	is state "$(get state)" error
	gone_and_back
}

test_open_attribute_of_a_removed_function()
{
	lock
	# The attribute is open while its device goes
	( exec 3<"$(attr state)"; echo ready; sleep 1; cat <&3 ) >/tmp/out 2>&1 &
	within 5 grep -q ready /tmp/out
	remove
	wait
	! grep -q locked /tmp/out || fail "read: $(cat /tmp/out)"
	rescan
	untouched
}

test_remove_while_evidence_is_collected_and_read()
{
	lock
	exec 3<"$(attr certificates)"
	dd bs=8 count=1 <&3 >/tmp/part
	is "first part" "$(wc -c </tmp/part)" 8
	storm nonce
	remove
	calm
	only /tmp/storm.out OK EINVAL ENXIO ENODEV ENOENT
	! dd bs=8 count=1 <&3 >/tmp/part 2>/tmp/error || fail "there is a second part"
	grep -q "No such device" /tmp/error
	exec 3<&-
	! exists "$TDI" || fail "still there"
	rescan
	untouched
	nothing_private
	to_run
}

test_remove_and_write_at_once()
{
	local n

	for n in 1 2 3 4 5; do
		( for _ in 1 2 3 4 5 6 7 8; do wr "$(tsm)" "$(attr lock)" || :
			wr 1 "$(attr accept)" || :; done ) >/tmp/out 2>&1 &
		sleep 0.0$n
		remove
		wait
		rescan
		clean
	done
	to_run
}

run_tests
