#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2119
#
# Resets of each kind of device: with a driver that is told of them, and without.

# shellcheck source=tools/testing/selftests/pci-tsm/lib.sh
. "$(dirname "$(realpath "$0")")/lib.sh"
# shellcheck source=tools/testing/selftests/pci-tsm/reset-lib.sh
. "$DIR/reset-lib.sh"

# those(driver) - functions that it serves in the end
those()
{
	local bdf found=

	for bdf in $TDIS; do
		[ "$(driver_for "$bdf")" != "$1" ] || found="$found $bdf"
	done
	echo "$found"
}

# resets_under_load(function)
resets_under_load()
{
	local n=1

	to_run_named "$1"
	start_writers "$1"
	while [ $n -le 10 ]; do
		is "reset $n" "$(reset "$1")" OK
		restored $n "$1"
		n=$((n + 1))
	done
	stop_writers "$1"
}

test_nvme()
{
	local bdf

	for bdf in $(those nvme); do
		resets_under_load "$bdf"
	done
}

test_virtio_blk()
{
	local bdf

	[ -n "$(those virtio-pci)" ] || skip "no virtio-blk-pci here"
	modprobe virtio_blk
	for bdf in $(those virtio-pci); do
		resets_under_load "$bdf"
	done
}

test_a_driver_that_is_not_told_loses_its_device()
{
	local bdf

	bdf=$(those igb)
	bdf=${bdf# }
	[ -n "$bdf" ] || skip "no igb here"
	modprobe igb
	lock "$bdf"
	is "accept" "$(wr "$(get evidence_digest "$bdf")" "$(attr accept "$bdf")")" OK
	within 10 has_driver "$bdf" igb
	is "reset" "$(reset "$bdf")" EOPNOTSUPP
	is "restore_status" "$(get restore_status "$bdf")" "driver not told"
	within 10 no_driver "$bdf"
	is "state" "$(get state "$bdf")" error
	unlock "$bdf"
}

test_all_at_the_same_time()
{
	local bdf

	for bdf in $(those nvme) $(those virtio-pci); do
		to_run_named "$bdf"
		start_writers "$bdf"
	done
	for bdf in $(those nvme) $(those virtio-pci); do
		( for _ in 1 2 3 4 5; do reset "$bdf"; done >"/tmp/resets.$bdf" ) &
		echo $! >"/tmp/resets.$bdf.pid"
	done
	for bdf in $(those nvme) $(those virtio-pci); do
		wait "$(cat "/tmp/resets.$bdf.pid")"
		only "/tmp/resets.$bdf" OK
		restored 5 "$bdf"
		stop_writers "$bdf"
	done
}

run_tests
