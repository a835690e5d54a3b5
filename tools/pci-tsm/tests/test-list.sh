#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2119,SC2120
#
# pcitsm list and show: what is found, and what is wrong with it.

. "$(dirname "$(realpath "$0")")/tap.sh"
. "$(dirname "$(realpath "$0")")/tree.sh"

test_no_verb_lists()
{
	new_tree
	new_function 0000:00:01.0
	status 0 tool
	has out '^ADDRESS ' '^0000:00:01.0  unlocked  yes   -      -        -  '
	is lines "$(wc -l <out)" 2
}

test_json_before_and_after_verb()
{
	new_tree
	new_function 0000:00:01.0
	status 0 tool --json list
	cp out first
	status 0 tool list --json
	cmp first out
	json out 'len(o) == 1'
}

test_json_has_all_of_a_function()
{
	new_tree
	new_function 0000:00:01.0
	status 0 tool list --json
	json out 'o[0]["address"] == "0000:00:01.0" and o[0]["vendor"] == "0x1b36"'
	json out 'o[0]["class"] == "0x010802" and o[0]["revision"] == "0x02"'
	json out 'o[0]["subsystem_vendor"] == "0x1af4" and o[0]["subsystem_device"] == "0x1100"'
	json out 'o[0]["state"] == "unlocked" and o[0]["held"] is True and o[0]["tsm"] is None'
	json out 'o[0]["driver"] is None and o[0]["evidence_digest"] is None'
	json out 'o[0]["lockable"] is True and o[0]["restore"] is False'
	json out 'o[0]["cma_name"] == (
		"Vendor=1b36:Device=0010:CC=010802:REV=02:SSVID=1af4:SSID=1100")'
}

test_only_functions_that_can_do_tdisp()
{
	new_tree
	ordinary_function 0000:00:00.0
	new_function 0000:00:01.0
	status 0 tool list --json
	json out '[f["address"] for f in o] == ["0000:00:01.0"]'
}

test_ascending_order()
{
	new_tree
	for _address in 10000:00:00.0 0000:0a:00.0 0001:00:00.0 0000:09:1f.7 0000:09:1f.0; do
		new_function "$_address"
	done
	status 0 tool list --json
	json out '[f["address"] for f in o] == ["0000:09:1f.0", "0000:09:1f.7",
		"0000:0a:00.0", "0001:00:00.0", "10000:00:00.0"]'
}

test_none_is_unsupported()
{
	new_tree
	ordinary_function 0000:00:00.0
	status 5 tool list
	has err 'CONFIG_PCI_TSM_GUEST'
	status 5 tool list --json
	json out 'o == []'
}

test_no_pci_is_unsupported()
{
	mkdir sys
	status 5 tool list
	has err 'there is no PCI here'
}

test_names_that_are_no_address_are_left_out()
{
	new_tree
	new_function 0000:00:01.0
	cp -r "$fn" 'sys/bus/pci/devices/0000:00:01.8'
	cp -r "$fn" 'sys/bus/pci/devices/0000:00:0A.0'
	cp -r "$fn" 'sys/bus/pci/devices/x'
	status 0 tool list --json
	json out 'len(o) == 1'
}

test_one_that_is_broken_does_not_hide_others()
{
	new_tree
	new_function 0000:00:01.0
	printf '\033[2Jx\n' >"$fn/tsm/state"
	new_function 0000:00:02.0
	status 0 tool list
	has out '^0000:00:02.0'
	has err '0000:00:01.0: tsm/state does not have what the kernel writes there'
	lacks err "$(printf '\033')"
}

# broken ATTRIBUTE CONTENTS - show says which attribute is wrong
broken()
{
	cp "$fn/$1" saved
	printf '%b' "$2" >"$fn/$1"
	status 1 tool show 00:01.0
	has err "0000:00:01.0: $1 does not have what the kernel writes there"
	cp saved "$fn/$1"
}

test_attributes_are_checked()
{
	new_tree
	new_function 0000:00:01.0
	echo "$digest" >"$fn/tsm/evidence_digest"
	broken vendor '0x1b36f\n'
	broken device '0x1g\n'
	broken device '\n'
	broken device ' 0x10\n'
	broken subsystem_vendor '-1\n'
	broken class '0x1000000\n'
	broken revision '0x100\n'
	broken tsm/state 'locked\nrun\n'
	broken tsm/state 'running\n'
	broken tsm/state 'lock\0ed\n'
	broken tsm/held '2\n'
	broken tsm/held '1x\n'
	broken tsm/lock 'tsm\n'
	broken tsm/lock 'tsm0/..\n'
	broken tsm/lock 'tsm0123456789012345\n'
	broken tsm/restore '01x\n'
	broken tsm/restore_count '99999999999999999999999\n'
	broken tsm/evidence_generation '0x1\n'
	broken tsm/evidence_digest 'sha384:00\n'
	broken tsm/evidence_digest "${digest}0\n"
	broken tsm/evidence_digest "$(echo "$digest" | tr a-f A-F)\n"
	broken tsm/restore_status 'me\0033[2Jasurement\n'
	broken tsm/restore_status "$(printf '%0300d' 0)"
	status 0 tool show 00:01.0
}

test_driver_and_restore_are_shown()
{
	new_tree
	new_function 0000:00:01.0
	echo run >"$fn/tsm/state"
	echo 0 >"$fn/tsm/held"
	echo tsm0 >"$fn/tsm/lock"
	echo 1 >"$fn/tsm/restore"
	echo 3 >"$fn/tsm/restore_count"
	ln -s ../../drivers/nvme "$fn/driver"
	status 0 tool list
	has out '^0000:00:01.0  run       no    tsm0   on, 3    nvme  '
	status 0 tool show 0000:00:01.0
	has out 'state *run, not held' 'driver *nvme' 'restore *on, 3 times so far'
}

test_show_says_what_is_next()
{
	new_tree
	new_function 0000:00:01.0
	status 0 tool show 00:01.0
	has out 'next *pcitsm lock 0000:00:01.0'
	tool lock 00:01.0
	status 0 tool show 00:01.0
	has out 'next *pcitsm accept 0000:00:01.0' "digest *$digest" 'evidence *generation 1'
	echo error >"$fn/tsm/state"
	status 0 tool show 00:01.0
	has out 'next *pcitsm unlock 0000:00:01.0'
}

test_show_without_a_tsm()
{
	new_tree
	new_function 0000:00:01.0
	rm "$fn/tsm/lock"
	status 0 tool show 00:01.0
	has out 'TSM *none here'
	lacks out next
}

test_show_json_has_evidence_if_there_is_any()
{
	new_tree
	new_function 0000:00:01.0
	status 0 tool show 00:01.0 --json
	json out 'o["evidence"] is None'
	tool lock 00:01.0
	status 0 tool show 00:01.0 --json
	json out 'o["evidence"] is not None and o["state"] == "locked"'
}

test_addresses()
{
	new_tree
	new_function 0000:00:01.0
	for _address in 0000:00:01.0 00:01.0 /sys/bus/pci/devices/0000:00:01.0 \
		/devices/pci0000:00/0000:00:01.0; do
		status 0 tool show "$_address"
		has out '^0000:00:01.0$'
	done
	for _address in '' 0 00:01 00:01.8 00:20.0 000:00:01.0 0000:00:01.0x 0000:00:01.0/ \
		'*' ../0000:00:01.0/. 123456789:00:01.0 0000::01.0 :00:01.0; do
		status 2 tool show "$_address"
		has err 'expected the address of a PCI function'
	done
}

test_no_such_function()
{
	new_tree
	ordinary_function 0000:00:02.0
	status 5 tool show 00:01.0
	has err '0000:00:01.0: there is no such PCI function'
	status 5 tool show 00:02.0
	has err '0000:00:02.0: it has no tsm/state'
}

test_output_that_cannot_be_written_is_an_error()
{
	new_tree
	new_function 0000:00:01.0
	_status=0
	"$PCITSM" --sysfs sys list >/dev/full 2>err || _status=$?
	is "exit status" "$_status" 1
	has err 'the output could not be written'
}

run_tests
