#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# plain-vm - start the guest as an ordinary VM, without the monitor
#
# Takes the same settings as realm/launch.sh and gives the guest the same devices,
# but nothing is confidential and no function shows the TEE-IO bit. The console is
# on stdio.
#
#	KERNEL, INITRD	the Image and its initramfs
#	WORKDIR		a directory for disk images
#	TDI, PLAIN	QEMU devices ("nvme", "")
#	SMP, APPEND, CONSOLE, QEMU_EXTRA, QEMU

set -eu

n=0
devices=()
for dev in ${TDI-nvme} ${PLAIN:-}; do
	case $dev in
	nvme* | virtio-blk*)
		truncate -s 128M "$WORKDIR/disk$n.img"
		devices+=(-drive "file=$WORKDIR/disk$n.img,format=raw,if=none,id=disk$n")
		dev+=",drive=disk$n"
		;;
	esac
	case $dev in
	nvme*) dev+=",serial=disk$n" ;;
	esac
	devices+=(-device "$dev")
	n=$((n + 1))
done

# shellcheck disable=SC2086
exec "${QEMU:-qemu-system-aarch64}" -nodefaults -no-reboot -display none \
	-M virt,gic-version=3 -accel tcg -cpu cortex-a76 -m 512M -smp "${SMP:-2}" \
	-serial "${CONSOLE:-stdio}" -monitor none -kernel "$KERNEL" -initrd "$INITRD" \
	-append "console=ttyAMA0 panic=-1 ${APPEND:-}" \
	"${devices[@]}" ${QEMU_EXTRA:-}
