#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2119
#
# An accepted NVMe controller at work under its unmodified driver: registers
# through the protected alias, DMA without bounce buffers, data intact.

# shellcheck source=tools/testing/selftests/pci-tsm/lib.sh
. "$(dirname "$(realpath "$0")")/lib.sh"
# shellcheck source=tools/testing/selftests/pci-tsm/nvme.sh
. "$DIR/nvme.sh"

MNT=/tmp/mnt
BOUNCED=$TRACE/events/swiotlb/swiotlb_bounced

# bounced(command...) - how many times the TDI's data was copied meanwhile
bounced()
{
	echo >"$TRACE/trace"
	echo 1 >"$BOUNCED/enable"
	"$@" >/tmp/bounced 2>&1 || fail "$*: $(cat /tmp/bounced)"
	echo 0 >"$BOUNCED/enable"
	grep -c "swiotlb_bounced: dev_name: $TDI " "$TRACE/trace" || :
}

read_disk()
{
	dd if="/dev/$(disk)" of=/dev/null bs=64k count=64
}

test_registers_before_acceptance_are_in_the_shared_alias()
{
	is bind "$(bind)" OK
	is "shared alias" "$(reg shared $NVME_VS)" "$NVME_VERSION"
	is "protected alias" "$(reg protected $NVME_VS)" fault
}

test_registers_in_run_are_in_the_protected_alias()
{
	to_run
	is "protected alias" "$(reg protected $NVME_VS)" "$NVME_VERSION"
	is "shared alias" "$(reg shared $NVME_VS)" 0xFFFFFFFF
}

test_registers_after_unlock_are_shared_again()
{
	to_run
	is unbind "$(unbind)" OK
	unlock
	is bind "$(bind)" OK
	is "shared alias" "$(reg shared $NVME_VS)" "$NVME_VERSION"
	is "protected alias" "$(reg protected $NVME_VS)" fault
}

test_no_register_is_in_reach_while_locked()
{
	lock
	is "shared alias" "$(reg shared $NVME_VS)" 0xFFFFFFFF
	is "protected alias" "$(reg protected $NVME_VS)" fault
}

test_msix_table_stays_shared_in_run()
{
	local off

	to_run
	off=$(msix_table)
	# Vector control of a vector that is not used: masked
	off=$((off + 60 * 16 + 12))
	is "protected alias" "$(reg protected $off)" fault
	is "shared alias" "$(reg shared $off)" 0x00000001
	grep -q "MSIX.*nvme" /proc/interrupts || fail "no MSI-X"
}

test_unaccepted_dma_is_bounced()
{
	[ -d "$BOUNCED" ] || skip "no swiotlb_bounced event"
	is bind "$(bind)" OK
	within 10 has_disk "$TDI"
	[ "$(bounced read_disk)" -gt 0 ] || fail "nothing was bounced"
}

test_accepted_dma_is_not_bounced()
{
	[ -d "$BOUNCED" ] || skip "no swiotlb_bounced event"
	to_run
	within 10 has_disk "$TDI"
	is "bounced" "$(bounced read_disk)" 0
}

test_file_system_and_64_mib()
{
	local dev sum

	to_run
	within 10 has_disk "$TDI"
	dev=/dev/$(disk)
	mke2fs -F "$dev"
	mkdir -p $MNT
	mount -t ext2 "$dev" $MNT
	dd if=/dev/urandom of=/tmp/data bs=1M count=64
	sum=$(md5sum </tmp/data)
	cp /tmp/data $MNT/data
	umount $MNT
	mount -t ext2 "$dev" $MNT
	is "checksum" "$(md5sum <$MNT/data)" "$sum"
	umount $MNT

	# What was written at T=1 is there for a driver that comes again
	is unbind "$(unbind)" OK
	is state "$(get state)" run
	is bind "$(bind)" OK
	within 10 has_disk "$TDI"
	mount -t ext2 "/dev/$(disk)" $MNT
	is "checksum after binding again" "$(md5sum <$MNT/data)" "$sum"
	umount $MNT
	rm /tmp/data
}

test_unbind_stays_in_run_and_unlock_leaves_it()
{
	to_run
	is unbind "$(unbind)" OK
	is state "$(get state)" run
	is driver "$(driver)" none
	unlock
	untouched
}

run_tests
