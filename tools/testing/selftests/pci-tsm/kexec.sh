#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2119,SC2154
#
# Functions that a kernel leaves to the next one (kexec), from each state. The first
# kernel brings them there and starts the second, which has the tests: they are held,
# do no DMA, and can be locked, accepted and used again, whatever was left of them.
#
# Needs four functions, three NVMe controllers and a virtio-blk one; the kernel as
# Image beside this; and movablecore= and "generation=1" on the command line, see kexec-into.c. The
# second kernel has "generation=2" there.

# shellcheck source=tools/testing/selftests/pci-tsm/lib.sh
. "$(dirname "$(realpath "$0")")/lib.sh"
# shellcheck source=tools/testing/selftests/pci-tsm/io-lib.sh
. "$DIR/io-lib.sh"

IMAGE=$DIR/Image

# What the first kernel does with them:
# 1. accepts it; its driver has a shutdown()
# 2. locks it
# 3. accepts it, and at shutdown nothing can be undone at the TSM
# 4. accepts it; its driver has no shutdown()
# shellcheck disable=SC2086
set -- $TDIS
WITH_SHUTDOWN=$1 LOCKED=$2 STUCK=$3 WITHOUT_SHUTDOWN=$4

give_up()
{
	ktap_print_header
	ktap_set_plan 1
	sed 's/^/# /' /tmp/output
	tail -n 8 /tmp/trace | sed 's/^/# /'
	ktap_test_fail "the first kernel starts the second"
	exit "$KSFT_FAIL"
}

# busy(function) - its disk is written to from now on, by one of $WRITERS
WRITERS=
busy()
{
	within 10 has_disk "$1"
	while :; do
		dd if=/dev/urandom of="/dev/$(disk "$1")" bs=64k count=256 || break
	done 2>/dev/null &
	WRITERS="$WRITERS $!"
}

first_kernel()
{
	set -e
	modprobe virtio_blk
	to_run "$WITH_SHUTDOWN"
	works "$WITH_SHUTDOWN"
	lock "$LOCKED"
	to_run "$STUCK"
	works "$STUCK"
	to_run "$WITHOUT_SHUTDOWN"
	works "$WITHOUT_SHUTDOWN"
	is "driver" "$(driver "$WITHOUT_SHUTDOWN")" virtio-pci

	TDI=$STUCK
	fails $IPA_STATE_SET $RSI_ERROR_UNKNOWN $ENDLESS
	fails $SET_UNLOCKED $RHI_DEVICE $ENDLESS

	( cd / && find . -xdev | cpio -o -H newc ) >/tmp/initrd
	busy "$WITH_SHUTDOWN"
	busy "$WITHOUT_SHUTDOWN"
	sleep 0.5
	# shellcheck disable=SC2086
	kill -0 $WRITERS || fail "nothing writes"
	kexec-into "$IMAGE" /tmp/initrd generation=1 generation=2
	fail "still in the first kernel"
}

if [ "${generation:-}" != 2 ]; then
	( PS4='+ '; exec 2>/tmp/trace; set -x; first_kernel ) >/tmp/output
	give_up
fi

# Each test goes on where the last one was
clean()
{
	:
}

# tdisp_state - as the monitor has it: 0 UNLOCKED, 1 LOCKED, 2 RUN, 3 ERROR
tdisp_state()
{
	echo $(($(fault_read $FAULT_STATUS) & 0xff))
}

test_held_and_without_dma()
{
	local faults

	for TDI in $TDIS; do
		untouched
		! dma_enabled || fail "$TDI: private DMA is on"
		faults=$(fault_read $FAULT_SMMU_FAULTS)
		sleep 0.5
		is "faults of the SMMU by $TDI" "$(fault_read $FAULT_SMMU_FAULTS)" "$faults"
	done
}

# left_unlocked - nothing is left to do for this kernel
left_unlocked()
{
	is "TDISP state of $TDI" "$(tdisp_state)" 0
	nothing_private
}

# usable - from whatever it is in
usable()
{
	to_run
	works "$TDI"
	is unbind "$(unbind)" OK
	unlock
	nothing_private
}

test_driver_with_shutdown()
{
	TDI=$WITH_SHUTDOWN
	left_unlocked
	klog_mark
	usable
	! klog_since | grep -F "$TDI" | grep -F "unlocking first" || fail "it was not unlocked"
}

test_locked()
{
	TDI=$LOCKED
	left_unlocked
	usable
}

# left_over - this kernel has to end what the other one left
left_over()
{
	local pages

	pages=$(private_pages)
	[ "$pages" -gt 0 ] || fail "nothing is private"
	[ "$(tdisp_state)" -ne 0 ] || fail "$TDI is unlocked"
	klog_mark
	lock
	nothing_private
	klog_since | grep -F " $TDI: PCI/TSM: found " | grep -F "unlocking first"
	unlock
	usable
}

test_driver_without_shutdown()
{
	TDI=$WITHOUT_SHUTDOWN
	modprobe virtio_blk
	left_over
}

test_not_unlocked_by_the_first_kernel()
{
	TDI=$STUCK
	# No way around it: nothing answers to a driver
	[ "$(bind)" != OK ] || fail "bound"
	untouched
	# And not unlocked by this one either, as long as that lasts
	is lock "$(wr "$(tsm)" "$(attr lock)")" EIO
	is state "$(get state)" error
	fault_clear
	is unlock "$(wr "$(tsm)" "$(attr unlock)")" OK
	is state "$(get state)" unlocked
	nothing_private
	usable
}

run_tests
