#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2119
#
# System suspend with accepted functions: up to where the platform would sleep, and
# back. What lost its state there comes back as after a reset.

# shellcheck source=tools/testing/selftests/pci-tsm/lib.sh
. "$(dirname "$(realpath "$0")")/lib.sh"
# shellcheck source=tools/testing/selftests/pci-tsm/reset-lib.sh
. "$DIR/reset-lib.sh"

SVN=0x10
PM_TEST=/sys/power/pm_test

if [ ! -w $PM_TEST ] || ! modprobe virtio_blk; then
	ktap_print_header
	ktap_skip_all "no $PM_TEST, or no module virtio_blk"
	exit "$KSFT_SKIP"
fi
echo 1 >/sys/module/suspend/parameters/pm_test_delay

system_sleep()
{
	echo "${1:-platform}" >$PM_TEST
	is "suspend" "$(wr freeze /sys/power/state)" OK
	echo none >$PM_TEST
}

# loses_state(function) - No_Soft_Reset is clear, so D3hot is a reset
loses_state()
{
	[ $(($(pcicfg "$1" read $(($(cap 1 "$1") + 4)) 2) & 8)) -eq 0 ]
}

# survives(function) - in RUN all the time, or restored
survives()
{
	local count=0

	! loses_state "$1" || count=1
	is "state of $1" "$(get state "$1")" run
	is "restore_count of $1" "$(get restore_count "$1")" $count
	has_driver "$1" "$(driver_for "$1")" || fail "$1 lost its driver"
	readable "$1"
}

test_accepted_functions_survive_a_suspend()
{
	local bdf

	for bdf in $TDIS; do
		to_run_named "$bdf"
	done
	system_sleep
	for bdf in $TDIS; do
		survives "$bdf"
	done
}

test_writers_do_not_notice_a_suspend()
{
	local bdf

	for bdf in $TDIS; do
		to_run_named "$bdf"
		start_writers "$bdf"
	done
	system_sleep
	for bdf in $TDIS; do
		survives "$bdf"
		stop_writers "$bdf"
	done
}

test_a_suspend_that_is_called_off_early_is_nothing()
{
	to_run_named
	system_sleep freezer
	is "restore_count" "$(get restore_count)" 0
	is "state" "$(get state)" run
	readable
}

test_unaccepted_functions_are_left_alone()
{
	lock
	system_sleep
	is "state" "$(get state)" locked
	unlock
	system_sleep
	is "state" "$(get state)" unlocked
	is "driver" "$(driver)" none
	to_run_named
}

# The platform takes power from a controller that would keep its state in D3hot
test_what_lost_its_state_is_restored()
{
	need_faults
	to_run_named
	start_writers
	fault $POWER
	system_sleep
	restored 1
	stop_writers
}

test_what_comes_back_as_another_is_lost()
{
	need_faults
	to_run_named
	dsm $DSM_CHANGE $SVN 1
	fault $POWER
	system_sleep
	lost "measurement $SVN differs"
	dsm $DSM_ORIGINAL
	usable
}

# After its driver was put to sleep: it must not wake up a device that is not there
test_what_cannot_be_restored_is_lost()
{
	local class status

	need_faults
	for class in $SET_UNLOCKED $SET_LOCKED $GET_MEASUREMENTS $SET_RUN; do
		to_run_named
		fault $POWER
		fails "$class" $RHI_DEVICE
		system_sleep
		is "state" "$(get state)" error
		status=$(get restore_status)
		lost "$status"
		case $status in
		"tsm: "*) ;;
		*) fail "restore_status after call $class: $status" ;;
		esac
		fault_clear
		usable
		is "unbind" "$(unbind)" OK
		unlock
	done
}

test_a_suspend_of_devices_only_is_nothing()
{
	to_run_named
	start_writers
	system_sleep devices
	is "restore_count" "$(get restore_count)" 0
	is "state" "$(get state)" run
	stop_writers
}

run_tests
