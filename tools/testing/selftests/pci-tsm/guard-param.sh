#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2119
#
# The kernel parameter pci_tsm.guard: with "report" writes to tracked registers are
# carried out and logged, with "off" they are carried out. Anything else is "on".

# shellcheck source=tools/testing/selftests/pci-tsm/lib.sh
. "$(dirname "$(realpath "$0")")/lib.sh"
# shellcheck source=tools/testing/selftests/pci-tsm/reset-lib.sh
. "$DIR/reset-lib.sh"
# shellcheck source=tools/testing/selftests/pci-tsm/config-lib.sh
. "$DIR/config-lib.sh"

ASKED=$(sed -n 's/.*pci_tsm.guard=\([^ ]*\).*/\1/p' /proc/cmdline)
MODE=on
case $ASKED in
report | off) MODE=$ASKED ;;
esac

# write_and_lose(text, offset, size, value) - what the log and the device say to it
write_and_lose()
{
	local line

	line=$(printf 'config write of %#x to %#x: %s in run' "$4" "$2" "$1")
	klog_mark
	if [ "$MODE" = on ]; then
		poke "$2" "$3" "$4"
		is "state" "$(get state)" run
		return
	fi
	is "write" "$(poke "$2" "$3" "$4")" OK
	klog_since | sed -n 's/.*PCI.TSM: \(config write.*\)/\1/p' >/tmp/said
	if [ "$MODE" = report ]; then
		is "the log" "$(cat /tmp/said)" "$line"
	else
		is "the log" "$(cat /tmp/said)" ""
	fi
	is "state" "$(get state)" error
}

test_the_mode_is_what_was_asked_for()
{
	is "guard" "$(guard_mode)" "$MODE"
	! echo off 2>/dev/null >/sys/module/pci_tsm/parameters/guard ||
		fail "it can be changed"
}

test_a_register_that_is_refused()
{
	to_run
	write_and_lose "BIST would be refused" $BIST 1 0x40
}

test_bits_that_are_kept()
{
	to_run
	write_and_lose "Command would be kept" $COMMAND 2 \
		$(($(peek $COMMAND 2) & ~COMMAND_MEMORY))
}

test_several_registers_at_once()
{
	local result

	to_run
	head -c 64 "$PCI/devices/$TDI/config" >/tmp/header
	result=$(wr -b /tmp/header "$PCI/devices/$TDI/config") || :
	if [ "$MODE" = on ]; then
		is "write" "$result" EPERM
		is "state" "$(get state)" run
	else
		is "write" "$result" OK
		is "state" "$(get state)" error
	fi
}

test_what_a_driver_does_is_harmless_in_any_mode()
{
	to_run_named
	is "unbind" "$(unbind)" OK
	is "state" "$(get state)" run
	! dma_enabled || fail "private DMA is on"
	is "bind" "$(bind)" OK
	within 10 has_disk "$TDI"
	readable
}

run_tests
