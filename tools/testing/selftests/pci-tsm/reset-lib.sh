# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034,SC2119,SC2120,SC2153
#
# Functions that are reset. Source it after lib.sh.

WRITERS=4
PLACES=256

# limit(burst, interval) - from the next accept on
limit()
{
	echo "$1" >/sys/module/pci_tsm/parameters/restore_burst
	echo "$2" >/sys/module/pci_tsm/parameters/restore_interval
}

# Tests reset more often than a device should
limit 0 0

# to_run_named([function]) - as to_run, but the evidence is named: restore is 1
to_run_named()
{
	lock "$1"
	is "accept" "$(wr "$(get evidence_digest "$1")" "$(attr accept "$1")")" OK
	is "state after accept" "$(get state "$1")" run
	is "restore after accept" "$(get restore "$1")" 1
	within 10 has_driver "${1:-$TDI}" "$(driver_for "${1:-$TDI}")"
	within 10 has_disk "${1:-$TDI}"
}

# reset([function]) - prints what came of it
reset()
{
	wr 1 "$PCI/devices/${1:-$TDI}/reset"
}

# restored(count, [function]) - it is back, that often since it was accepted
restored()
{
	is "state" "$(get state "$2")" run
	is "restore_status" "$(get restore_status "$2")" ok
	is "restore_count" "$(get restore_count "$2")" "$1"
	is "restore" "$(get restore "$2")" 1
	has_driver "${2:-$TDI}" "$(driver_for "${2:-$TDI}")" || fail "no driver"
}

no_driver()
{
	[ "$(driver "$1")" = none ]
}

# readable([function]) - its disk answers
readable()
{
	dd if="/dev/$(disk "$1")" of=/dev/null bs=64k count=16 2>/dev/null ||
		fail "the disk of ${1:-$TDI} cannot be read"
}

# all_shared() - no page of $TDI is private
all_shared()
{
	[ "$(private_pages)" -eq 0 ]
}

# lost(status, [function]) - it is out, its driver is gone, and nothing is left
lost()
{
	is "restore_status" "$(get restore_status "$2")" "$1"
	is "state" "$(get state "$2")" error
	is "restore" "$(get restore "$2")" 0
	within 10 no_driver "${2:-$TDI}"
	within 10 all_shared
	is "held" "$(get held "$2")" 1
	! dma_enabled || fail "private DMA is on"
}

# usable([function]) - userspace can have it again, after all of that
usable()
{
	unlock "$1"
	to_run_named "$1"
	is "restore_count" "$(get restore_count "$1")" 0
	is "restore_status" "$(get restore_status "$1")" none
	readable "$1"
}

# start_writers([function]) - programs that write to its disk until stop_writers
start_writers()
{
	local n=0

	while [ $n -lt $WRITERS ]; do
		records "/dev/$(disk "$1")" $((n * PLACES)) $PLACES \
			>"/tmp/records.${1:-$TDI}.$n" 2>&1 &
		echo $! >"/tmp/records.${1:-$TDI}.$n.pid"
		n=$((n + 1))
	done
	sleep 0.3
}

# stop_writers([function]) - they wrote, and all of it is there
stop_writers()
{
	local n=0 out

	while [ $n -lt $WRITERS ]; do
		out=/tmp/records.${1:-$TDI}.$n
		kill -TERM "$(cat "$out.pid")" 2>/dev/null || :
		wait "$(cat "$out.pid")" || :
		case $(cat "$out") in
		"ok: "*) echo "${1:-$TDI}: $(cat "$out")" ;;
		*) fail "writer $n of ${1:-$TDI}: $(cat "$out")" ;;
		esac
		n=$((n + 1))
	done
}

# writers_failed([function]) - all have ended, with an I/O error
writers_failed()
{
	local n=0 out

	while [ $n -lt $WRITERS ]; do
		out=/tmp/records.${1:-$TDI}.$n
		grep -q "Input/output error\|No such device" "$out" || return 1
		n=$((n + 1))
	done
}

# hmp_port - the port to QEMU's monitor
hmp_port()
{
	local dir

	for dir in /sys/class/virtio-ports/*; do
		[ "$(cat "$dir/name" 2>/dev/null)" = hmp ] || continue
		basename "$dir"
		return
	done
	return 1
}

# qemu(command...) - QEMU's monitor carries it out; needs HMP=1
qemu()
{
	local n=100 port

	modprobe virtio_console || missing "no virtio_console"
	# Names of ports come later
	until port=$(hmp_port); do
		n=$((n - 1))
		[ $n -gt 0 ] || missing "no port to QEMU's monitor"
		sleep 0.05
	done
	echo "$*" >"/dev/$port"
}
