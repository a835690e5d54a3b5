# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
#
# $TDI as an NVMe controller, used by hand: its registers through both aliases
# of a Realm's physical address space, and a DMA of it without any driver.
# (NVM Express Base Specification, Controller Properties)

# The test monitor gives a Realm 33 bits of address; the top one means shared
SHARED_BIT=$((1 << 32))

NVME_VS=0x08
NVME_INTMS=0x0c
NVME_CC=0x14
NVME_CSTS=0x1c
NVME_AQA=0x24
NVME_ASQ=0x28
NVME_ACQ=0x30
NVME_SQ0TDBL=0x1000

# VS of QEMU's controller: NVMe 1.4
NVME_VERSION=0x00010400
CSTS_RDY=1
CSTS_CFS=2

bar()
{
	head -n 1 "$PCI/devices/$TDI/resource" | cut -d ' ' -f 1
}

reg_addr()
{
	local addr=$(($(bar) + $2))

	[ "$1" = protected ] || addr=$((addr | SHARED_BIT))
	printf '0x%x\n' "$addr"
}

# reg(shared|protected, offset) - 32 bits, or "fault" when nothing is mapped
reg()
{
	devmem "$(reg_addr "$1" "$2")" 32 2>/dev/null || echo fault
}

# set_reg(shared|protected, offset, value)
set_reg()
{
	devmem "$(reg_addr "$1" "$2")" 32 "$3"
}

# status_has(shared|protected, bits) - any of these bits in CSTS
status_has()
{
	[ $(($(reg "$1" $NVME_CSTS) & $2)) -ne 0 ]
}

# bus_master - the registers answer, and the controller may do DMA
bus_master()
{
	local command

	command=$(pcicfg "$TDI" read 4 2)
	[ $((command & 6)) -eq 6 ] || pcicfg "$TDI" write 4 2 $((command | 6))
}

disabled()
{
	! status_has "$1" $CSTS_RDY
}

# msix_table - offset of the MSI-X table in the BAR
msix_table()
{
	echo $(($(pcicfg "$TDI" read $(($(cap 0x11) + 4)) 4) & ~7))
}

# take_page - a page of a process, its physical address is $PAGE
take_page()
{
	rm -f /tmp/page.in /tmp/page.out
	mkfifo /tmp/page.in
	phys-page </tmp/page.in >/tmp/page.out &
	exec 9>/tmp/page.in
	within 5 grep -q 0x /tmp/page.out
	PAGE=$(cat /tmp/page.out)
}

# drop_page - $TOUCHED is "touched" if somebody wrote to it, else "untouched"
drop_page()
{
	exec 9>&-
	wait
	TOUCHED=$(tail -n 1 /tmp/page.out)
}

# dma_by_hand(shared|protected) - let the controller fetch one command from a
# page of a process and write its completion there. Prints what came of it:
# "touched", or "untouched" and "fatal" if the controller could not even fetch.
dma_by_hand()
{
	local fatal=

	take_page
	bus_master
	set_reg "$1" $NVME_CC 0
	within 5 disabled "$1"
	set_reg "$1" $NVME_AQA 0x00010001
	set_reg "$1" $NVME_ASQ "$PAGE"
	set_reg "$1" $((NVME_ASQ + 4)) 0
	set_reg "$1" $NVME_ACQ "$PAGE"
	set_reg "$1" $((NVME_ACQ + 4)) 0
	set_reg "$1" $NVME_CC 0x00460001
	within 5 status_has "$1" $((CSTS_RDY | CSTS_CFS))
	set_reg "$1" $NVME_INTMS 0xffffffff
	set_reg "$1" $NVME_SQ0TDBL 1
	sleep 0.2
	! status_has "$1" $CSTS_CFS || fatal=" fatal"
	set_reg "$1" $NVME_CC 0
	within 5 disabled "$1"

	drop_page
	echo "$TOUCHED$fatal"
}
