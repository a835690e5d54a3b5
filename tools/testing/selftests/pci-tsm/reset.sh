#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2119
#
# Function Level Resets of an accepted function: it comes back if it is exactly what
# was accepted, and its driver and their users do not notice; in any other case it
# stays out. "resets=N" on the kernel command line: how often, 30 by default.

# shellcheck source=tools/testing/selftests/pci-tsm/lib.sh
. "$(dirname "$(realpath "$0")")/lib.sh"
# shellcheck source=tools/testing/selftests/pci-tsm/reset-lib.sh
. "$DIR/reset-lib.sh"

RESETS=${resets:-30}
SVN=0x10

test_a_reset_ends_in_run_with_the_driver_bound()
{
	to_run_named
	is "restore_status" "$(get restore_status)" none
	is "reset" "$(reset)" OK
	restored 1
	dma_enabled || fail "no private DMA"
	is "reset" "$(reset)" OK
	restored 2
	readable
}

test_userspace_does_not_see_a_reset()
{
	local digest

	to_run_named
	digest=$(get evidence_digest)
	klog_mark
	uevent-listen 1500 1 "/$TDI" >/tmp/uevents &
	within 5 grep -q listening /tmp/uevents
	is "reset" "$(reset)" OK
	wait $! || :
	is "uevents" "$(grep -c PCI_TSM_STATE /tmp/uevents)" 0
	is "evidence_digest" "$(get evidence_digest)" "$digest"
	klog_since | grep -F "$TDI: PCI/TSM: restored (1)"
}

test_writers_do_not_notice_resets()
{
	local n=1

	to_run_named
	start_writers
	while [ $n -le "$RESETS" ]; do
		is "reset $n" "$(reset)" OK
		restored $n
		n=$((n + 1))
	done
	stop_writers
}

test_a_function_without_driver_is_restored_as_well()
{
	to_run_named
	is "unbind" "$(unbind)" OK
	is "reset" "$(reset)" OK
	is "state" "$(get state)" run
	is "restore_status" "$(get restore_status)" ok
	! dma_enabled || fail "private DMA without a driver"
	is "bind" "$(bind)" OK
	within 10 has_disk "$TDI"
	readable
}

test_without_a_named_digest_it_is_lost()
{
	lock
	accept
	within 10 has_disk "$TDI"
	is "restore" "$(get restore)" 0
	listen 1
	is "reset" "$(reset)" EPERM
	lost not-armed
	heard | grep -x PCI_TSM_REASON=not-armed
	unlock
	to_run_named
}

test_it_can_be_armed_by_hand()
{
	lock
	is "arm while locked" "$(wr 1 "$(attr restore)")" EINVAL
	accept
	within 10 has_disk "$TDI"
	is "nonsense" "$(wr maybe "$(attr restore)")" EINVAL
	is "arm" "$(wr 1 "$(attr restore)")" OK
	is "reset" "$(reset)" OK
	restored 1
	is "disarm" "$(wr 0 "$(attr restore)")" OK
	is "reset" "$(reset)" EPERM
	lost not-armed
}

test_a_reset_while_locked_ends_in_error()
{
	lock
	listen 1
	is "reset" "$(reset)" OK
	is "state" "$(get state)" error
	heard | grep -x PCI_TSM_REASON=reset
	is "accept" "$(wr 1 "$(attr accept)")" EIO
	unlock
}

test_a_reset_while_unlocked_is_nothing()
{
	is "bind" "$(bind)" OK
	within 10 has_disk "$TDI"
	klog_mark
	is "reset" "$(reset)" OK
	is "state" "$(get state)" unlocked
	is "lines in the log" "$(klog_since | grep -c "PCI/TSM" || :)" 0
	readable
}

test_another_measurement_is_refused()
{
	local n=1

	need_faults
	to_run_named
	start_writers
	while [ $n -le 3 ]; do
		is "reset $n" "$(reset)" OK
		n=$((n + 1))
	done
	restored 3
	dsm $DSM_CHANGE $SVN 1
	listen 1
	is "reset" "$(reset)" EKEYREJECTED
	lost "measurement $SVN differs"
	heard | grep -x "PCI_TSM_REASON=measurement $SVN differs"
	within 10 writers_failed

	# It is again what it was: nobody but userspace brings it back
	dsm $DSM_ORIGINAL
	sleep 1
	is "state" "$(get state)" error
	is "driver" "$(driver)" none
	is "bind" "$(bind)" EBUSY
	usable
	is "reset" "$(reset)" OK
	restored 1
}

test_a_measurement_that_changes_once_is_refused()
{
	need_faults
	to_run_named
	dsm $DSM_CHANGE_ONCE $SVN 0x0101
	is "reset" "$(reset)" EKEYREJECTED
	lost "measurement $SVN differs"
	usable
}

test_other_certificates_are_refused()
{
	need_faults
	to_run_named
	dsm $DSM_CHAIN 1
	is "reset" "$(reset)" EKEYREJECTED
	lost "certificates differ"
	dsm $DSM_ORIGINAL
	usable
}

test_a_slow_device_is_waited_for()
{
	need_faults
	to_run_named
	start_writers
	dsm $DSM_DELAY 0 1000
	is "reset" "$(reset)" OK
	restored 1
	stop_writers
}

test_busy_and_not_ready_devices_are_waited_for()
{
	need_faults
	to_run_named
	dsm $DSM_BUSY 0 3
	is "reset" "$(reset)" OK
	dsm $DSM_NOT_READY 0 1
	is "reset" "$(reset)" OK
	restored 2
}

test_a_frozen_userspace_is_not_needed()
{
	local pid

	to_run_named
	start_writers
	# All but this shell and those that wait for it; kernel threads have no exe
	for pid in /proc/[0-9]*; do
		[ -e "$pid/exe" ] || continue
		case $(cat "$pid/comm" 2>/dev/null) in
		"" | init | sh | run-tagged | reset.sh | cat) ;;
		*) kill -STOP "${pid#/proc/}" 2>/dev/null || : ;;
		esac
	done
	is "reset" "$(reset)" OK
	restored 1
	killall -CONT records
	stop_writers
}

test_a_function_that_is_reset_too_often_is_given_up()
{
	local n

	limit 2 60000
	to_run_named
	is "reset 1" "$(reset)" OK
	is "reset 2" "$(reset)" OK
	n=$(reset) || :
	limit 0 0
	is "reset 3" "$n" EBUSY
	lost rate-limit
	usable
}

test_leaving_run_without_a_reset_is_noticed()
{
	local every

	need_faults
	every=$(cat /sys/module/pci_tsm/parameters/check)
	echo 200 >/sys/module/pci_tsm/parameters/check
	to_run_named
	fault $TO_ERROR
	within 10 no_driver "$TDI"
	echo "$every" >/sys/module/pci_tsm/parameters/check
	lost not-run
	usable
}

test_a_reset_as_the_tsm_goes_leaves_nothing_behind()
{
	to_run_named
	storm reset
	rmmod "$TSM_MODULE" || fail "rmmod"
	calm
	is "driver" "$(driver)" none
	is "state" "$(get state)" unlocked
	modprobe "$TSM_MODULE"
	to_run_named
	is "reset" "$(reset)" OK
	restored 1
}

test_unbind_and_resets_at_the_same_time()
{
	local n=0

	to_run_named
	storm reset
	while [ $n -lt 5 ]; do
		is "unbind" "$(unbind)" OK
		is "bind" "$(bind)" OK
		n=$((n + 1))
	done
	calm
	is "state" "$(get state)" run
	within 10 has_disk "$TDI"
	readable
}

run_tests
