#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2119
#
# After a boot with pci_tsm.hold=never: the driver came by itself, and the
# function can be locked and accepted all the same.

# shellcheck source=tools/testing/selftests/pci-tsm/lib.sh
. "$(dirname "$(realpath "$0")")/lib.sh"

# What the boot led to is the subject
clean()
{
	:
}

test_driver_came_by_itself()
{
	is driver "$(driver)" nvme
	is state "$(get state)" unlocked
	is held "$(get held)" 0
	within 10 has_disk "$TDI"
}

test_locked_it_is_out_of_reach_of_drivers()
{
	is unbind "$(unbind)" OK
	lock
	is held "$(get held)" 1
	wr "$TDI" "$PCI/drivers_probe"
	is bind "$(bind)" EBUSY
	is driver "$(driver)" none
}

test_accepted_its_driver_comes()
{
	accept
	within 10 has_driver "$TDI" nvme
	is held "$(get held)" 0
	within 10 has_disk "$TDI"
	dd if="/dev/$(disk)" of=/dev/null bs=64k count=16
}

test_unlocked_it_is_free_again()
{
	is unbind "$(unbind)" OK
	unlock
	is held "$(get held)" 0
	is driver "$(driver)" none
	expect OK "$TDI" "$PCI/drivers_probe"
	within 10 has_driver "$TDI" nvme
}

test_found_by_rescan_its_driver_comes()
{
	remove
	rescan
	within 10 has_driver "$TDI" nvme
	is held "$(get held)" 0
}

run_tests
