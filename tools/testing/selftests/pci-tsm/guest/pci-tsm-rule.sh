#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0
#
# What the udev rule and the service of pcitsm do, for busybox's uevent: it runs this with
# the variables of each event. The log is the kernel's.
# shellcheck disable=SC2154

case $ACTION,$SUBSYSTEM,$PCI_TSM_STATE,$PCI_TSM_PREV_STATE in
add,pci,unlocked, | change,pci,unlocked,) ;;
*) exit 0 ;;
esac
[ -e "/sys$DEVPATH/tsm/lock" ] || exit 0

# Each function has a process of its own
pcitsm apply "${DEVPATH##*/}" 2>&1 | while read -r line; do
	echo "$line" >/dev/kmsg
done &
