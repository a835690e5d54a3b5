#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2119
#
# A function behind the trust boundary is not bound to a driver by anything but
# an explicit request, in whatever way drivers and devices come; its neighbours
# without TEE-IO are bound as ever.
#
# Wants functions for nvme (built in), virtio-pci (built in, its block driver a
# module) and igb (a module), each one both behind the boundary and beside it.

# shellcheck source=tools/testing/selftests/pci-tsm/lib.sh
. "$(dirname "$(realpath "$0")")/lib.sh"

# What the boot led to, before a test changes anything
BOOT=
for _bdf in $TDIS; do
	BOOT="$BOOT $_bdf=$(driver "$_bdf")"
done

# tdi_for(driver), plain_for(driver) - a function that this driver serves
tdi_for()
{
	local bdf

	for bdf in $TDIS; do
		[ "$(driver_for "$bdf")" != "$1" ] || echo "$bdf"
	done | head -n 1
}

plain_for()
{
	local dir

	for dir in "$PCI"/devices/*; do
		[ -e "$dir/tsm" ] || [ "$(driver_for "${dir##*/}")" != "$1" ] ||
			echo "${dir##*/}"
	done | head -n 1
}

all_untouched()
{
	local bdf

	for bdf in $TDIS; do
		untouched "$bdf"
	done
}

test_drivers_built_in_leave_it_alone_at_boot()
{
	local each

	for each in $BOOT; do
		is "driver at boot" "$each" "${each%=*}=none"
	done
	is "plain nvme" "$(driver "$(plain_for nvme)")" nvme
	is "plain virtio" "$(driver "$(plain_for virtio-pci)")" virtio-pci
}

test_plain_functions_have_no_tsm_directory()
{
	local d

	for d in nvme virtio-pci igb; do
		[ ! -e "$PCI/devices/$(plain_for $d)/tsm" ]
	done
}

test_log_says_once_that_it_waits_and_for_what()
{
	local bdf

	for bdf in $TDIS; do
		is "lines for $bdf" "$(klog | grep -F "$bdf: " |
			grep held | grep tsm/lock | grep -c tsm/accept)" 1
	done
}

test_attributes_are_there_with_their_modes()
{
	local object

	is state "$(stat -c %a "$(attr state)")" 444
	is held "$(stat -c %a "$(attr held)")" 444
	is lock "$(stat -c %a "$(attr lock)")" 644
	is unlock "$(stat -c %a "$(attr unlock)")" 200
	is accept "$(stat -c %a "$(attr accept)")" 644
	is digest "$(stat -c %a "$(attr evidence_digest)")" 444
	is generation "$(stat -c %a "$(attr evidence_generation)")" 444
	is flags "$(stat -c %a "$(attr lock_flags)")" 444
	for object in certificates vca measurements report; do
		is $object "$(stat -c %a "$(attr $object)")" 400
	done
	is nonce "$(stat -c %a "$(attr nonce)")" 200
	is "number of attributes" \
		"$(find "$PCI/devices/$TDI/tsm/" -type f | wc -l)" 16
}

test_module_loaded_later()
{
	modprobe igb
	within 5 has_driver "$(plain_for igb)" igb
	modprobe virtio_blk
	within 5 has_disk "$(plain_for virtio-pci)"
	all_untouched
}

test_module_probed_asynchronously()
{
	[ ! -d /sys/module/igb ] || rmmod igb
	modprobe igb async_probe=1
	within 5 has_driver "$(plain_for igb)" igb
	all_untouched
}

test_new_id_for_its_own_driver()
{
	local d=$PCI/drivers/nvme

	expect OK "1b36 0010 ffffffff ffffffff 0 0 1" "$d/new_id"
	expect OK "1b36 0010" "$d/remove_id"
	all_untouched
}

test_new_id_for_another_driver()
{
	local plain

	plain=$(plain_for nvme)
	modprobe igb
	unbind "$plain"
	# The driver cannot handle it, but is asked for the plain one only
	klog_mark
	expect OK "1b36 0010" "$PCI/drivers/igb/new_id"
	expect OK "1b36 0010" "$PCI/drivers/igb/remove_id"
	klog_since | grep -q "igb $plain: "
	! klog_since | grep -q "igb $(tdi_for nvme): " || fail "igb was probed"
	expect OK "$plain" "$PCI/drivers_probe"
	within 5 has_driver "$plain" nvme
	all_untouched
}

test_drivers_probe()
{
	local bdf

	for bdf in $TDIS; do
		wr "$bdf" "$PCI/drivers_probe"
	done
	sleep 0.5
	all_untouched
}

test_driver_override()
{
	local bdf

	modprobe igb
	for bdf in $TDIS; do
		expect OK "$(driver_for "$bdf")" "$PCI/devices/$bdf/driver_override"
		wr "$bdf" "$PCI/drivers_probe"
	done
	rmmod igb
	modprobe igb
	sleep 0.5
	all_untouched
}

test_bus_rescan()
{
	expect OK 1 "$PCI/rescan"
	sleep 0.5
	all_untouched
}

test_removed_and_found_by_rescan()
{
	local bdf

	modprobe igb
	for bdf in $TDIS; do
		remove "$bdf"
	done
	for bdf in $TDIS; do
		! exists "$bdf" || fail "$bdf is still there"
	done
	rescan
	sleep 0.5
	all_untouched
}

test_nothing_waits_on_the_deferred_list()
{
	local bdf list=/sys/kernel/debug/devices_deferred

	[ -e $list ] || skip "no $list"
	for bdf in $TDIS; do
		! grep -q "$bdf" $list || fail "$bdf is deferred"
	done
}

test_explicit_bind_while_unlocked()
{
	local bdf

	modprobe igb
	modprobe virtio_blk
	for bdf in $TDIS; do
		is "bind $bdf" "$(bind "$bdf")" OK
		is driver "$(driver "$bdf")" "$(driver_for "$bdf")"
		is state "$(get state "$bdf")" unlocked
		is held "$(get held "$bdf")" 1
	done
	# It works as any device of a confidential VM: through shared buffers
	within 10 has_disk "$(tdi_for nvme)"
	dd if="/dev/$(disk "$(tdi_for nvme)")" of=/dev/null bs=64k count=16
}

test_unbound_after_an_explicit_bind_it_is_held_again()
{
	is bind "$(bind)" OK
	is unbind "$(unbind)" OK
	wr "$TDI" "$PCI/drivers_probe"
	rescan
	sleep 0.5
	untouched
}

test_explicit_bind_refused_while_locked()
{
	local bdf

	modprobe igb
	for bdf in $TDIS; do
		lock "$bdf"
		is "bind $bdf" "$(bind "$bdf")" EBUSY
		is driver "$(driver "$bdf")" none
		is state "$(get state "$bdf")" locked
		is held "$(get held "$bdf")" 1
	done
}

test_nothing_binds_while_locked()
{
	lock
	wr "$TDI" "$PCI/drivers_probe"
	rescan
	expect OK "1b36 0010 ffffffff ffffffff 0 0 1" "$PCI/drivers/nvme/new_id"
	expect OK "1b36 0010" "$PCI/drivers/nvme/remove_id"
	sleep 0.5
	is driver "$(driver)" none
	is state "$(get state)" locked
}

test_uevents_carry_the_state()
{
	listen 1
	echo add >"$PCI/devices/$TDI/uevent"
	heard >/tmp/e
	grep -qx ACTION=add /tmp/e
	grep -qx PCI_TSM_STATE=unlocked /tmp/e
	lock
	listen 1
	echo change >"$PCI/devices/$TDI/uevent"
	heard | grep -qx PCI_TSM_STATE=locked
}

test_uevent_of_a_new_device_carries_the_state()
{
	listen 2
	remove
	rescan
	heard >/tmp/e
	nth_event 1 </tmp/e | grep -qx ACTION=remove
	nth_event 2 </tmp/e >/tmp/e2
	grep -qx ACTION=add /tmp/e2
	grep -qx PCI_TSM_STATE=unlocked /tmp/e2
}

test_uevent_of_a_plain_function_has_no_state()
{
	local plain

	plain=$(plain_for nvme)
	listen 1 "$plain"
	echo change >"$PCI/devices/$plain/uevent"
	! heard | grep PCI_TSM || fail "state in the uevent"
}

run_tests
