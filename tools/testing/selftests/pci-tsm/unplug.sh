#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2119,SC2154
#
# Functions behind ports that they can be unplugged from, each in another state when
# that happens. "unplug=" on the kernel command line says how: "button", the way that
# QEMU's device_del asks for, or "surprise": it is gone, and nobody was told.

# shellcheck source=tools/testing/selftests/pci-tsm/lib.sh
. "$(dirname "$(realpath "$0")")/lib.sh"
# shellcheck source=tools/testing/selftests/pci-tsm/reset-lib.sh
. "$DIR/reset-lib.sh"

HOW=${unplug:-button}
EXP_CAP=0x10
EXP_SLTCTL=0x18
SLOT_OFF=0x0700		# power and its indicator

# Numbers of the functions are the n of "tdin" in QEMU
nth()
{
	# shellcheck disable=SC2086
	set -- "$1" $TDIS
	shift "$1"
	echo "$2"
}

# It does not come back: each test has a function of its own
clean()
{
	local bdf

	for bdf in $TDIS; do
		! exists "$bdf" || [ "$bdf" = "$TDI" ] || untouched "$bdf"
	done
}

use()
{
	NR=$1
	TDI=$(nth "$1")
	exists "$TDI"
	klog_mark
}

port()
{
	basename "$(dirname "$(realpath "$PCI/devices/$TDI")")"
}

gone()
{
	! exists "$TDI"
}

# pulled - from now on all of it reads as all-ones
pulled()
{
	local port

	port=$(port)
	pcicfg "$port" write $(($(cap $EXP_CAP "$port") + EXP_SLTCTL)) 2 $SLOT_OFF
	is "Vendor ID" "$(pcicfg "$TDI" read 0 2)" 0xffff
}

# left - nothing of it is in the way of anybody
left()
{
	within 30 gone
	! klog_since | grep -F " $TDI: PCI/TSM: " | grep -E "still private|unlock failed" ||
		fail "something was left"
	[ "$1" = unlocked ] ||
		klog_since | grep -F " $TDI: PCI/TSM: $1 -> unlocked (removed)"
	rescan
	gone
	# Its driver is still there for the others
	[ -n "$(tsm)" ]
}

# unplug(state, [state]) - it was in the first; who looks finds it in the second
unplug()
{
	if [ "$HOW" = button ]; then
		qemu device_del "tdi$NR"
		left "$1"
		return
	fi
	pulled
	is "state" "$(get state)" "$2"
	remove
	left "$2"
}

test_unlocked()
{
	use 0
	if [ "$HOW" = surprise ]; then
		pulled
		[ "$(wr "$(tsm)" "$(attr lock)")" != OK ] || fail "locked"
		is state "$(get state)" unlocked
	fi
	unplug unlocked unlocked
}

test_locked()
{
	use 1
	lock
	if [ "$HOW" = surprise ]; then
		pulled
		is state "$(get state)" locked
		[ "$(wr 1 "$(attr accept)")" != OK ] || fail "accepted"
		is state "$(get state)" error
		unplug error error
		return
	fi
	unplug locked locked
}

test_run_without_a_driver()
{
	use 2
	to_run
	is unbind "$(unbind)" OK
	unplug run error
}

test_run_under_io()
{
	local pid

	use 3
	to_run_named
	while dd if=/dev/urandom of="/dev/$(disk)" bs=64k count=64 conv=fsync; do
		:
	done 2>/dev/null &
	pid=$!
	sleep 0.5
	kill -0 $pid || fail "nothing writes"
	unplug run error
	wait $pid || :
}

test_error()
{
	use 4
	lock
	fault_unlock_behind_our_back
	is accept "$(wr 1 "$(attr accept)")" ESTALE
	unplug error error
}

test_unlocked_with_a_driver()
{
	use 5
	is bind "$(bind)" OK
	within 10 has_disk "$TDI"
	unplug unlocked unlocked
}

run_tests
