# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2119,SC2120
#
# Work for each kind of device. Source it after lib.sh.

# disk_works(function) - data comes back as it was written
disk_works()
{
	local dev sum

	within 10 has_disk "$1"
	dev=/dev/$(disk "$1")
	dd if=/dev/urandom of=/tmp/data bs=64k count=64
	sum=$(md5sum </tmp/data)
	dd if=/tmp/data of="$dev" bs=64k
	sync
	is "checksum on $dev" "$(dd if="$dev" bs=64k count=64 | md5sum)" "$sum"
}

# The address that QEMU's user network answers at
net_works()
{
	local dir dev

	for dir in "$PCI/devices/$1/net"/*; do
		dev=${dir##*/}
	done
	ifconfig "$dev" 10.0.2.15 up
	within 10 grep -qx 1 "/sys/class/net/$dev/carrier"
	for _ in 1 2 3; do
		timeout 10 ping -c 1 10.0.2.2 || fail "$dev: no answer"
	done
	ifconfig "$dev" 0.0.0.0 down
}

works()
{
	case $(driver_for "$1") in
	igb) net_works "$1" ;;
	*) disk_works "$1" ;;
	esac
}

# works_still(function, n) - for the n-th time, with the data of the time before
works_still()
{
	local dev

	if [ "$(driver_for "$1")" = igb ]; then
		net_works "$1"
		return
	fi
	within 10 has_disk "$1"
	dev=/dev/$(disk "$1")
	[ "$2" -eq 1 ] ||
		is "data on $dev" "$(dd if="$dev" bs=64k count=2 | md5sum)" \
			"$(md5sum </tmp/still)"
	dd if=/dev/urandom of=/tmp/still bs=64k count=2
	dd if=/tmp/still of="$dev" bs=64k conv=fsync
}
