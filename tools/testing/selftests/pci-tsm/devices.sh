#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2119
#
# Each function behind the trust boundary, whatever it is, is accepted and does
# its work at T=1, alone and beside the others.

# shellcheck source=tools/testing/selftests/pci-tsm/lib.sh
. "$(dirname "$(realpath "$0")")/lib.sh"
# shellcheck source=tools/testing/selftests/pci-tsm/io-lib.sh
. "$DIR/io-lib.sh"

modprobe virtio_blk
modprobe igb

test_each_alone()
{
	local bdf

	for bdf in $TDIS; do
		to_run "$bdf"
		works "$bdf"
		is unbind "$(unbind "$bdf")" OK
		is state "$(get state "$bdf")" run
		is bind "$(bind "$bdf")" OK
		works "$bdf"
		is unbind "$(unbind "$bdf")" OK
		unlock "$bdf"
		untouched "$bdf"
	done
}

test_all_together()
{
	local bdf

	for bdf in $TDIS; do
		to_run "$bdf"
	done
	for bdf in $TDIS; do
		works "$bdf"
	done
}

test_all_locked_and_accepted_at_the_same_time()
{
	local bdf

	for bdf in $TDIS; do
		( wr "$(tsm)" "$(attr lock "$bdf")"
		  wr 1 "$(attr accept "$bdf")" ) >"/tmp/result.$bdf" &
	done
	wait
	for bdf in $TDIS; do
		is "results for $bdf" "$(tr '\n' ' ' <"/tmp/result.$bdf")" "OK OK "
		within 10 has_driver "$bdf" "$(driver_for "$bdf")"
		works "$bdf"
	done
}

test_accepting_one_leaves_the_others_as_they_are()
{
	local bdf

	to_run
	for bdf in $TDIS; do
		[ "$bdf" = "$TDI" ] || untouched "$bdf"
	done
}

test_the_same_device_works_unaccepted()
{
	local bdf

	for bdf in $TDIS; do
		is bind "$(bind "$bdf")" OK
		works "$bdf"
		is "state" "$(get state "$bdf")" unlocked
	done
}

test_plain_functions_work_meanwhile()
{
	local dir n=0

	to_run
	for dir in "$PCI"/devices/*; do
		[ ! -d "$dir/tsm" ] || continue
		case $(driver_for "${dir##*/}") in
		nvme | virtio-pci)
			disk_works "${dir##*/}"
			n=$((n + 1))
			;;
		esac
	done
	[ $n -gt 0 ] || skip "no plain function"
}

test_all_processors_are_up()
{
	is processors "$(nproc)" "$(sed -n 's/.*guest_smp=\([0-9]*\).*/\1/p' /proc/cmdline)"
}

run_tests
