#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2119
#
# The TSM driver's module is removed, whatever its functions do, and loaded
# again: drivers are released, functions leave RUN, nothing dangles.

# shellcheck source=tools/testing/selftests/pci-tsm/lib.sh
. "$(dirname "$(realpath "$0")")/lib.sh"

# without_tsm - as a function is when no devsec TSM is there
without_tsm()
{
	is driver "$(driver)" none
	is state "$(get state)" unlocked
	is held "$(get held)" 1
	# Nobody to turn to
	expect ENXIO tsm0 "$(attr lock)"
	expect EINVAL tsm0 "$(attr unlock)"
	expect EINVAL 1 "$(attr accept)"
	nothing_private
}

# and_back - load the module again, everything works
and_back()
{
	modprobe $TSM_MODULE
	untouched
	to_run
}

test_unload_while_unlocked()
{
	rmmod $TSM_MODULE
	without_tsm
	and_back
}

test_one_change_uevent_when_it_goes_and_when_it_comes()
{
	local verb

	for verb in rmmod modprobe; do
		listen 1
		$verb $TSM_MODULE
		heard >/tmp/e
		grep -qx ACTION=change /tmp/e
		grep -qx PCI_TSM_STATE=unlocked /tmp/e
		# There is no second one
		uevent-listen 500 1 "/$TDI" >/tmp/e2 && fail "$(cat /tmp/e2)"
	done
	has_attr lock
}

test_attributes_are_there_when_the_uevent_says_so()
{
	rmmod $TSM_MODULE
	listen 1
	modprobe $TSM_MODULE &
	heard >/tmp/e
	has_attr lock
	has_attr accept
	has_attr unlock
	wait
}

test_poll_on_state_outlives_the_module()
{
	local pid

	lock
	: >/tmp/poll
	poll-attr 5000 "$(attr state)" unlocked >/tmp/poll &
	pid=$!
	within 5 grep -q locked /tmp/poll
	rmmod $TSM_MODULE
	wait $pid || fail "poll(): $(cat /tmp/poll)"
}

test_unload_while_locked()
{
	lock
	rmmod $TSM_MODULE
	without_tsm
	and_back
}

test_unload_in_run_without_a_driver()
{
	to_run
	is unbind "$(unbind)" OK
	rmmod $TSM_MODULE
	without_tsm
	and_back
}

test_unload_in_run_with_a_driver_bound()
{
	to_run
	rmmod $TSM_MODULE
	without_tsm
	and_back
}

test_unload_in_run_under_io()
{
	local pid

	to_run
	within 10 has_disk "$TDI"
	dd if=/dev/zero of="/dev/$(disk)" bs=64k &
	pid=$!
	sleep 0.3
	kill -0 $pid || fail "I/O ended before the module went"
	rmmod $TSM_MODULE
	wait $pid || :
	without_tsm
	and_back
}

test_unload_in_error()
{
	need_faults
	lock
	fault_unlock_behind_our_back
	is accept "$(wr 1 "$(attr accept)")" ESTALE
	is state "$(get state)" error
	rmmod $TSM_MODULE
	without_tsm
	and_back
}

test_unload_with_a_driver_bound_at_t_0()
{
	is bind "$(bind)" OK
	within 10 has_disk "$TDI"
	rmmod $TSM_MODULE
	# It never was the TSM's business
	is driver "$(driver)" nvme
	dd if="/dev/$(disk)" of=/dev/null bs=64k count=16
	modprobe $TSM_MODULE
}

test_unload_and_write_at_once()
{
	local n

	for n in 1 2 3 4 5; do
		( for _ in 1 2 3 4 5 6 7 8; do wr tsm0 "$(attr lock)" || :
			wr 1 "$(attr accept)" || :; done ) >/tmp/out 2>&1 &
		sleep 0.0$n
		rmmod $TSM_MODULE
		wait
		without_tsm
		modprobe $TSM_MODULE
	done
	to_run
}

test_unload_while_evidence_is_collected_and_read()
{
	lock
	exec 3<"$(attr certificates)"
	dd bs=8 count=1 <&3 >/tmp/part
	is "first part" "$(wc -c </tmp/part)" 8
	storm nonce
	rmmod $TSM_MODULE
	calm
	only /tmp/storm.out OK EINVAL ENXIO
	! dd bs=8 count=1 <&3 >/tmp/part 2>/tmp/error || fail "there is a second part"
	grep -q "No data available" /tmp/error
	exec 3<&-
	without_tsm
	and_back
}

test_open_attribute_of_a_tsm_that_went()
{
	lock
	( exec 3<"$(attr lock)"; echo ready; sleep 1; cat <&3 ) >/tmp/out 2>&1 &
	within 5 grep -q ready /tmp/out
	rmmod $TSM_MODULE
	wait
	! grep -q tsm0 /tmp/out || fail "read: $(cat /tmp/out)"
	without_tsm
}

# no_tsm_with(class, value) - the module loads, but there is no TSM
no_tsm_with()
{
	rmmod $TSM_MODULE
	fails "$1" "$2"
	modprobe $TSM_MODULE
	is "TSM" "$(tsm)" ""
	without_tsm
}

test_host_without_device_assignment()
{
	# Not there, and another major version
	no_tsm_with "$RHI_VERSION" 0xffffffff
	no_tsm_with "$RHI_VERSION" 0x20000
	no_tsm_with "$RHI_VERSION" 0
	# Not there, and without what is needed
	no_tsm_with "$RHI_FEATURES" 0xffffffff
	no_tsm_with "$RHI_FEATURES" 0
	no_tsm_with "$HOST_CALL" "$RSI_ERROR_STATE"
	rmmod $TSM_MODULE
	and_back
}

run_tests
