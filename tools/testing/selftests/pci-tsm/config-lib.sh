# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034,SC2119,SC2120
#
# Writes to configuration space by root. Source it after lib.sh. The function is $TDI
# unless one is named.

# Offsets in the header, and in capabilities
COMMAND=0x04
BIST=0x0f
BAR0=0x10
ROM=0x30
DEVCTL=0x08
DEVCTL2=0x28
PMCSR=0x04
MSIX_CONTROL=0x02

COMMAND_MEMORY=0x2
COMMAND_MASTER=0x4
COMMAND_INTX_OFF=0x400
DEVCTL_EXT_TAG=0x100
DEVCTL_PHANTOM=0x200
DEVCTL_NO_SNOOP=0x800
DEVCTL_READ_SIZE=0x7000
DEVCTL_FLR=0x8000
DEVCTL2_TAG10=0x1000

CAP_PM=0x01
CAP_PCIE=0x10
CAP_MSIX=0x11
EXT_CAP_ARI=0x0e
EXT_CAP_SRIOV=0x10
SRIOV_NUM_VF=0x10

# The guard's mode, or "off" in a kernel that has none
guard_mode()
{
	cat /sys/module/pci_tsm/parameters/guard 2>/dev/null || echo off
}

# peek(offset, size, [function])
peek()
{
	pcicfg "${3:-$TDI}" read "$1" "$2"
}

# poke(offset, size, value, [function]) - prints OK or the errno
poke()
{
	local out

	if out=$(pcicfg "${4:-$TDI}" write "$1" "$2" "$3" 2>&1); then
		echo OK
	else
		echo "${out##*: }"
	fi
}

# poke_bits(offset, size, clear, set, [function]) - prints as poke
poke_bits()
{
	poke "$1" "$2" $((($(peek "$1" "$2" "$5") & ~$3) | $4)) "$5"
}

# in_cap(id, offset, [function]) - a register of a capability
in_cap()
{
	echo $(($(cap "$1" "$3") + $2))
}

# ext_cap(id, [function]) - offset of an extended capability, or nothing
ext_cap()
{
	local pos=0x100 header

	while [ $((pos)) -ge 256 ]; do
		header=$(peek "$pos" 4 "$2")
		if [ $((header & 0xffff)) -eq $(($1)) ]; then
			printf '0x%x\n' $((pos))
			return
		fi
		pos=$((header >> 20 & 0xffc))
	done
}

# monitor_state([function]) - the TDISP state of the device itself
monitor_state()
{
	local TDI=${1:-$TDI}

	case $(($(fault_read "$FAULT_STATUS") & 0xff)) in
	0) echo unlocked ;;
	1) echo locked ;;
	2) echo run ;;
	3) echo error ;;
	esac
}

# use_igb - take the function with SR-IOV and ARI for $TDI
use_igb()
{
	local bdf

	for bdf in $TDIS; do
		[ "$(driver_for "$bdf")" != igb ] || TDI=$bdf
	done
	[ "$(driver_for "$TDI")" = igb ] || skip "no igb here"
}
