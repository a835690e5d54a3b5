#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2119
#
# Resets of a root port with two accepted functions below it: by sysfs, and by
# recovery from an error that QEMU injects at the port. "resets=N" on the kernel command
# line: how often, 10 by default.

# shellcheck source=tools/testing/selftests/pci-tsm/lib.sh
. "$(dirname "$(realpath "$0")")/lib.sh"
# shellcheck source=tools/testing/selftests/pci-tsm/reset-lib.sh
. "$DIR/reset-lib.sh"

RESETS=${resets:-10}
SVN=0x10
FIRST=${TDIS# }
SECOND=${FIRST#* }
FIRST=${FIRST%% *}
# Whatever is between the root port and the first function
PORT=$(realpath "$PCI/devices/$FIRST" | sed "s,.*pci0000:00/\([^/]*\)/.*,\1,")

reset_bus()
{
	wr 1 "$PCI/devices/$PORT/reset_subordinate"
}

both_to_run()
{
	to_run_named "$FIRST"
	to_run_named "$SECOND"
}

# first_will_differ - after its next reset, while the second is at work
first_will_differ()
{
	need_faults
	both_to_run
	start_writers "$SECOND"
	dsm $DSM_CHANGE $SVN 1
}

# second_was_restored - and is at work still; userspace can have the first again
second_was_restored()
{
	lost "measurement $SVN differs" "$FIRST"
	restored 1 "$SECOND"
	stop_writers "$SECOND"
	dsm $DSM_ORIGINAL
	usable "$FIRST"
}

# recoveries - how many the kernel has completed at the port
recoveries()
{
	dmesg | grep -c "pcieport $PORT: .*device recovery successful" || :
}

# error - the link fails; waits until it was recovered from
error()
{
	local before

	before=$(recoveries)
	qemu pcie_aer_inject_error rp1 DLP
	within 20 more_recoveries "$before"
}

more_recoveries()
{
	[ "$(recoveries)" -gt "$1" ]
}

test_a_bus_reset_ends_in_run_for_both()
{
	both_to_run
	is "reset" "$(reset_bus)" OK
	restored 1 "$FIRST"
	restored 1 "$SECOND"
	readable "$FIRST"
	readable "$SECOND"
}

test_writers_do_not_notice_bus_resets()
{
	local n=1

	both_to_run
	start_writers "$FIRST"
	start_writers "$SECOND"
	while [ $n -le "$RESETS" ]; do
		is "reset $n" "$(reset_bus)" OK
		restored $n "$FIRST"
		restored $n "$SECOND"
		n=$((n + 1))
	done
	stop_writers "$FIRST"
	stop_writers "$SECOND"
}

# A bridge that loses its bus numbers for a moment loses their interrupts
test_writers_do_not_notice_rescans()
{
	local n=1

	both_to_run
	start_writers "$FIRST"
	start_writers "$SECOND"
	while [ $n -le 100 ]; do
		rescan
		n=$((n + 1))
	done
	is "state" "$(get state "$FIRST")" run
	is "state" "$(get state "$SECOND")" run
	stop_writers "$FIRST"
	stop_writers "$SECOND"
}

test_one_that_differs_does_not_take_the_other_along()
{
	first_will_differ
	is "reset" "$(reset_bus)" EKEYREJECTED
	second_was_restored
}

test_one_in_run_and_one_that_is_not()
{
	to_run_named "$FIRST"
	is "reset" "$(reset_bus)" OK
	restored 1 "$FIRST"
	is "state of the other" "$(get state "$SECOND")" unlocked

	lock "$SECOND"
	is "reset" "$(reset_bus)" OK
	restored 2 "$FIRST"
	is "state of the other" "$(get state "$SECOND")" error
}

test_restores_do_not_wait_for_each_other()
{
	local order

	both_to_run
	echo 1 >"$TRACE/events/pci_tsm/pci_tsm_op/enable"
	echo >"$TRACE/trace"
	is "reset" "$(reset_bus)" OK
	echo 0 >"$TRACE/events/pci_tsm/pci_tsm_op/enable"
	order=$(awk '/pci_tsm_op:/ && / (lock|run) rc=/ {
		printf "%s", / lock / ? "L" : "R"
	}' "$TRACE/trace")
	if [ "${FIRST%.*}" = "${SECOND%.*}" ]; then
		# Both are locked before one is in RUN
		is "order" "$order" LLRR
	else
		# The PCI core comes to the second port of the switch a second later
		is "order" "$order" LRLR
	fi
}

test_recovery_from_an_error_ends_in_run()
{
	both_to_run
	error
	restored 1 "$FIRST"
	restored 1 "$SECOND"
	readable "$FIRST"
	readable "$SECOND"
}

test_writers_do_not_notice_errors()
{
	local n=1

	both_to_run
	start_writers "$FIRST"
	start_writers "$SECOND"
	while [ $n -le "$RESETS" ]; do
		error
		restored $n "$FIRST"
		restored $n "$SECOND"
		n=$((n + 1))
	done
	stop_writers "$FIRST"
	stop_writers "$SECOND"
}

test_an_error_after_which_one_differs()
{
	first_will_differ
	qemu pcie_aer_inject_error rp1 DLP
	within 20 no_driver "$FIRST"
	second_was_restored
}

run_tests
