#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2119
#
# pci_tsm.hold= on the kernel command line, in a confidential VM and in an
# ordinary one. To be run after a boot with each of the values.

# shellcheck source=tools/testing/selftests/pci-tsm/lib.sh
. "$(dirname "$(realpath "$0")")/lib.sh"
TDI_OPTIONAL=1

# What the boot led to is the subject
clean()
{
	:
}

HOLD=$(sed -n 's/.*pci_tsm\.hold=\([a-z]*\).*/\1/p' /proc/cmdline)
NVME=$(grep -l 0x010802 "$PCI"/devices/*/class | head -n 1)
NVME=$(basename "${NVME%/class}")
BOOT_DRIVER=$(driver "$NVME")
REALM=$(klog | grep "Using RSI version" || :)

expected()
{
	case $HOLD in
	never) echo never ;;
	always) echo always ;;
	# A value that is not known leaves the default
	*) echo auto ;;
	esac
}

test_parameter_is_what_was_asked_for()
{
	is hold "$(cat /sys/module/pci_tsm/parameters/hold)" "$(expected)"
	is mode "$(stat -c %a /sys/module/pci_tsm/parameters/hold)" 444
}

test_driver_came_exactly_when_nothing_held_the_function()
{
	if [ -n "$REALM" ] && [ "$(expected)" != never ]; then
		is driver "$BOOT_DRIVER" none
	else
		is driver "$BOOT_DRIVER" nvme
	fi
}

test_tsm_directory_only_in_a_confidential_vm()
{
	if [ -n "$REALM" ]; then
		[ -d "$PCI/devices/$NVME/tsm" ]
	else
		is "tsm directories" "$(find $PCI/devices/*/ -name tsm | wc -l)" 0
	fi
}

test_log_speaks_of_it_only_when_held()
{
	local want=0

	[ -z "$REALM" ] || [ "$(expected)" = never ] || want=1
	is "lines in the log" "$(klog | grep -F "$NVME: " | grep -c held)" $want
}

test_uevents_without_state_in_an_ordinary_vm()
{
	listen 1 "$NVME"
	echo change >"$PCI/devices/$NVME/uevent"
	heard >/tmp/e
	if [ -n "$REALM" ]; then
		grep -q ^PCI_TSM_STATE= /tmp/e
	else
		! grep PCI_TSM /tmp/e || fail "state in the uevent"
	fi
}

test_device_works()
{
	[ -z "$REALM" ] || [ "$(expected)" = never ] || is bind "$(bind "$NVME")" OK
	expect OK "$NVME" "$PCI/drivers_probe"
	within 10 has_disk "$NVME"
	dd if="/dev/$(disk "$NVME")" of=/dev/null bs=64k count=16
}

run_tests
