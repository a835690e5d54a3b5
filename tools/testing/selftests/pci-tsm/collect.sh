#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
#
# collect.sh FUNCTION DIR - get evidence of a locked PCI function, for verify.sh
#
# Has it collected for a nonce made here, which is put into DIR as well. So is what
# the digest of the evidence has besides: flags of the lock, and the sizes of the BARs.

set -eu

device=/sys/bus/pci/devices/$1
tsm=$device/tsm
dir=$2

mkdir -p "$dir"
head -c 32 /dev/urandom >"$dir/nonce"
# At once
dd if="$dir/nonce" of="$tsm/nonce" bs=32 2>/dev/null || {
	echo "collect: no evidence for this nonce, see the kernel's log" >&2
	exit 1
}

generation=$(cat "$tsm/evidence_generation")
for object in certificates vca measurements report lock_flags; do
	cat "$tsm/$object" >"$dir/$object"
done
cat "$device/resource" >"$dir/resource"
if [ "$(cat "$tsm/evidence_generation")" != "$generation" ]; then
	echo "collect: somebody else had evidence collected meanwhile" >&2
	exit 1
fi
