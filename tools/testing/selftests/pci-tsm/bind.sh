#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2119
#
# Drivers come and go a hundred times while their function stays in RUN: each time the
# data is there, and in between the device reaches no private memory. "binds=N" on the
# kernel command line: how often.

# shellcheck source=tools/testing/selftests/pci-tsm/lib.sh
. "$(dirname "$(realpath "$0")")/lib.sh"
# shellcheck source=tools/testing/selftests/pci-tsm/reset-lib.sh
. "$DIR/reset-lib.sh"
# shellcheck source=tools/testing/selftests/pci-tsm/nvme.sh
. "$DIR/nvme.sh"
# shellcheck source=tools/testing/selftests/pci-tsm/io-lib.sh
. "$DIR/io-lib.sh"

BINDS=${binds:-100}

# Registers of an 82576: the first transmit queue
IGB_TCTL=0x400
IGB_TDBAL=0xe000
IGB_TDBAH=0xe004
IGB_TDLEN=0xe008
IGB_TDT=0xe018
IGB_TXDCTL=0xe028

modprobe virtio_blk
modprobe igb

# use(driver) - the first function that it serves
use()
{
	for TDI in $TDIS; do
		[ "$(driver_for "$TDI")" != "$1" ] || return 0
	done
	missing "no function for $1 here"
}

# Without its driver, $TDI is told to fetch a descriptor from private memory

try_dma_nvme()
{
	is "DMA" "$(dma_by_hand protected)" "untouched fatal"
}

try_dma_igb()
{
	take_page
	bus_master
	set_reg protected $IGB_TDBAL "$PAGE"
	set_reg protected $IGB_TDBAH 0
	set_reg protected $IGB_TDLEN 4096
	set_reg protected $IGB_TXDCTL 0x02000000
	set_reg protected $IGB_TCTL 0x2
	set_reg protected $IGB_TDT 1
	sleep 0.1
	set_reg protected $IGB_TCTL 0
	set_reg protected $IGB_TXDCTL 0
	drop_page
	is "page" "$TOUCHED" untouched
}

# virtio_cfg(type) - where in the BARs this structure of a virtio function is
virtio_cfg()
{
	local pos bar

	pos=$(pcicfg "$TDI" read 0x34 1)
	while [ $((pos)) -ne 0 ]; do
		if [ $(($(pcicfg "$TDI" read "$pos" 1))) -eq 9 ] &&
		   [ $(($(pcicfg "$TDI" read $((pos + 3)) 1))) -eq "$1" ]; then
			bar=$(($(pcicfg "$TDI" read $((pos + 4)) 1)))
			bar=$(sed -n "$((bar + 1))s/ .*//p" "$PCI/devices/$TDI/resource")
			printf '0x%x\n' \
				$((bar + $(pcicfg "$TDI" read $((pos + 8)) 4)))
			return
		fi
		pos=$(pcicfg "$TDI" read $((pos + 1)) 1)
	done
	fail "no virtio structure $1"
}

# Common configuration: device_status, driver_feature, queue_enable, queue_desc...
try_dma_virtio_pci()
{
	local common notify reg

	common=$(virtio_cfg 1)
	notify=$(virtio_cfg 2)
	take_page
	bus_master
	devmem $((common + 0x14)) 8 0
	devmem $((common + 0x14)) 8 3
	# VIRTIO_F_VERSION_1 and VIRTIO_F_ACCESS_PLATFORM
	devmem $((common + 0x08)) 32 1
	devmem $((common + 0x0c)) 32 3
	devmem $((common + 0x14)) 8 0x0b
	devmem $((common + 0x16)) 16 0
	devmem $((common + 0x18)) 16 8
	for reg in 0x20 0x28 0x30; do
		devmem $((common + reg)) 32 "$PAGE"
		devmem $((common + reg + 4)) 32 0
	done
	devmem $((common + 0x1c)) 16 1
	devmem $((common + 0x14)) 8 0x0f
	devmem "$notify" 16 0
	sleep 0.1
	devmem $((common + 0x14)) 8 0
	drop_page
	is "page" "$TOUCHED" untouched
}

# dma_is_blocked(driver) - as the monitor has it, and as the SMMU sees it
dma_is_blocked()
{
	local before

	! dma_enabled || fail "private DMA is on without a driver"
	before=$(fault_read "$FAULT_SMMU_FAULTS")
	"try_dma_$(echo "$1" | tr - _)"
	[ "$(fault_read "$FAULT_SMMU_FAULTS")" -gt "$before" ] ||
		fail "nothing was blocked"
}

# stays_in_run(driver) - the function is $TDI
stays_in_run()
{
	local n=1 faults locks

	need_faults
	lock
	accept
	locks=$(fault_read "$FAULT_LOCKS")
	while [ $n -le "$BINDS" ]; do
		[ $n -eq 1 ] || is "bind $n" "$(bind)" OK
		has_driver "$TDI" "$1" || fail "bind $n: no driver"
		faults=$(fault_read "$FAULT_SMMU_FAULTS")
		works_still "$TDI" $n
		is "faults at work" "$(fault_read "$FAULT_SMMU_FAULTS")" "$faults"
		is "unbind $n" "$(unbind)" OK
		is "state after unbind $n" "$(get state)" run
		dma_is_blocked "$1"
		# 2: RUN; no reason of an ERROR, no other LOCK
		is "TDISP status" "$(fault_read "$FAULT_STATUS")" 2
		is "locks" "$(fault_read "$FAULT_LOCKS")" "$locks"
		n=$((n + 1))
	done
	unlock
	untouched
}

test_nvme()
{
	use nvme
	stays_in_run nvme
}

test_virtio_blk()
{
	use virtio-pci
	stays_in_run virtio-pci
}

test_igb()
{
	use igb
	stays_in_run igb
}

run_tests
