#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
#
# The life of one NVMe controller behind the trust boundary of a confidential
# VM, told step by step. Every value is read from the running system; a step
# that does not go as told makes the verdict, and the exit status, bad.
#
# Needs pcitsm and a policy in /etc/pci-tsm/policy.d that has the controller.

DIR=$(dirname "$(realpath "$0")")
PATH=$DIR:$PATH
PCI=/sys/bus/pci
# shellcheck source=tools/testing/selftests/pci-tsm/fault.sh
. "$DIR/fault.sh"
# shellcheck source=tools/testing/selftests/pci-tsm/nvme.sh
. "$DIR/nvme.sh"

POLICY=/etc/pci-tsm/policy.d
WRONG=0

step()
{
	echo
	echo "$*"
}

# saw(what, seen, expected)
saw()
{
	if [ "$2" = "$3" ]; then
		printf '    %-44s %s\n' "$1" "$2"
	else
		printf '  ! %-44s %s  (expected: %s)\n' "$1" "$2" "$3"
		WRONG=$((WRONG + 1))
	fi
}

fail()
{
	echo "  ! $*"
	WRONG=$((WRONG + 1))
}

is()
{
	[ "$2" = "$3" ] || fail "$1: '$2', expected '$3'"
}

within()
{
	local n=$(($1 * 20))

	shift
	until "$@"; do
		n=$((n - 1))
		[ $n -gt 0 ] || return 1
		sleep 0.05
	done
}

driver()
{
	if [ -e "$PCI/devices/$1/driver" ]; then
		basename "$(realpath "$PCI/devices/$1/driver")"
	else
		echo none
	fi
}

has_driver()
{
	[ "$(driver "$1")" = "$2" ]
}

disk()
{
	basename "$(echo "$PCI/devices/$1"/nvme/nvme*/nvme*n1)"
}

has_disk()
{
	[ -b "/dev/$(disk "$1")" ]
}

tsm_attr()
{
	cat "$PCI/devices/$TDI/tsm/$1"
}

listen()
{
	: >/tmp/uevent
	uevent-listen 10000 1 "/$TDI" >/tmp/uevent &
	listener=$!
	within 5 grep -q listening /tmp/uevent
}

# heard(action, state) - listen() got this
heard()
{
	wait $listener
	saw "uevent, action" "$(sed -n 's/^ACTION=//p' /tmp/uevent)" "$1"
	saw "uevent, PCI_TSM_STATE" "$(sed -n 's/^PCI_TSM_STATE=//p' /tmp/uevent)" "$2"
}

# short(length, text) - a text, or its beginning
short()
{
	if [ ${#2} -le "$1" ]; then
		echo "$2"
	else
		echo "$(echo "$2" | cut -c "1-$1")..."
	fi
}

# do_write(value, file) - as a person would with echo; says what was done
do_write()
{
	echo "    # echo $(short 24 "$1") > ${2#"$PCI/devices/$TDI/"}"
	saw "result" "$(wr "$1" "$2")" OK
}

# do_verify - sets $digest and $rc
do_verify()
{
	rc=0
	echo "    # pcitsm verify $TDI --policy $POLICY"
	pcitsm verify "$TDI" --policy $POLICY >/tmp/verdict 2>/tmp/verdict.err || rc=$?
	while read -r line; do
		echo "        $(short 70 "$line")"
	done </tmp/verdict
	digest=$(tail -n 1 /tmp/verdict)
}

# klog - the kernel's last words about the controller, for a person
klog()
{
	echo "    the kernel's log says:"
	dmesg | grep -F "$TDI: PCI/TSM: " | sed 's/^\[ *[0-9.]*\] */        /' | tail -n "$1"
}

# copies(function) - traced copies of its data to or from shared memory
copies()
{
	grep -c "swiotlb_bounced: dev_name: $1 " /sys/kernel/tracing/trace
}

# The controllers: one with the TEE-IO bit, one without
for dir in "$PCI"/devices/*; do
	[ "$(cat "$dir/class")" = 0x010802 ] || continue
	if [ -d "$dir/tsm" ]; then
		TDI=${dir##*/}
	else
		PLAIN=${dir##*/}
	fi
done
D=$PCI/devices/$TDI
if [ -z "$TDI" ] || [ -z "$PLAIN" ]; then
	echo "This needs two NVMe controllers, one behind the trust boundary."
	exit 1
fi

echo "This is Linux $(uname -r) in a confidential VM: the host cannot read its memory.
Devices belong to the host, so they cannot read it either, unless one proves what
it is and is let in. This is the life of such a device."
within 5 has_disk "$PLAIN"

step "1. Two NVMe controllers are there, and the nvme driver is built in."
saw "nvme is built in" "$(grep -c '/nvme\.ko$' "/lib/modules/$(uname -r)/modules.builtin")" 1
saw "$PLAIN, an ordinary one: driver" "$(driver "$PLAIN")" nvme
saw "$TDI, with TEE-IO: driver" "$(driver "$TDI")" none
saw "$TDI is held back" "$(tsm_attr held)" 1
saw "its TDISP state" "$(tsm_attr state)" unlocked
echo "    the kernel's log says:"
dmesg | grep -F "$TDI: " | grep held | sed 's/^\[ *[0-9.]*\] */        /' | head -n 1

step "2. Userspace is told, by uevents. A listener hears of the controller:"
listen
echo add >"$D/uevent"
heard add unlocked

tsm=
for dir in /sys/class/tsm/tsm*; do
	[ "$(cat "$dir/pci_mode")" != devsec ] || tsm=${dir##*/}
done

step "3. Lock: the device freezes its configuration and can prove what it is."
listen
do_write "$tsm" "$D/tsm/lock"
saw "state" "$(tsm_attr state)" locked
heard change locked
saw "binding a driver now" "$(wr "$TDI" $PCI/drivers/nvme/bind)" EBUSY

step "4. Verify: it measures itself and signs that for a nonce of ours. pcitsm judges it
   by a policy; that could be done elsewhere, with the files and any other verifier."
do_verify
saw "the verifier's exit status" $rc 0
saw "the kernel's digest is that of the verdict" \
	"$(test "$digest" = "$(tsm_attr evidence_digest)" && echo yes)" yes

step "5. The host cheats: it gives the device other firmware and locks it again,
   after it was verified and before it is accepted."
fault $DSM 0 1 1 $((DSM_CHANGE | 2 << 8 | 1 << 16))
fault $RELOCK_BEHIND
dmesg -c >/dev/null
saw "accepting what was verified" "$(wr "$digest" "$D/tsm/accept")" ESTALE
saw "state" "$(tsm_attr state)" error
saw "driver" "$(driver "$TDI")" none
klog 2
do_write "$tsm" "$D/tsm/unlock"
do_write "$tsm" "$D/tsm/lock"
do_verify
saw "the verifier's exit status" $rc 3

step "6. The firmware is the right one again. Verified, and accepted by digest: RUN is
   for what was verified only. The unmodified nvme driver comes by itself."
fault $DSM 0 1 1 $DSM_ORIGINAL
do_verify
do_write "$digest" "$D/tsm/accept"
within 10 has_driver "$TDI" nvme
saw "state" "$(tsm_attr state)" run
saw "driver" "$(driver "$TDI")" nvme
within 10 has_disk "$TDI"
dev=/dev/$(disk "$TDI")
saw "disk" "$(test -b "$dev" && echo "there, $dev")" "there, $dev"

step "7. Its registers are private: the host's way to them is shut."
saw "version, read privately" "$(reg protected $NVME_VS)" $NVME_VERSION
saw "version, read the way the host could" "$(reg shared $NVME_VS)" 0xFFFFFFFF

step "8. Data moves straight to private memory, with no copy in between."
trace=/sys/kernel/tracing
echo >$trace/trace
echo 1 >$trace/events/swiotlb/swiotlb_bounced/enable
mke2fs -F "$dev" >/dev/null 2>&1
mkdir -p /tmp/mnt
mount -t ext2 "$dev" /tmp/mnt
dd if=/dev/urandom of=/tmp/data bs=1M count=64 2>/dev/null
written=$(md5sum </tmp/data)
cp /tmp/data /tmp/mnt/data
umount /tmp/mnt
mount -t ext2 "$dev" /tmp/mnt
read=$(md5sum </tmp/mnt/data)
umount /tmp/mnt
dd if="/dev/$(disk "$PLAIN")" of=/dev/null bs=64k count=16 2>/dev/null
echo 0 >$trace/events/swiotlb/swiotlb_bounced/enable
saw "64 MiB written, checksum read back" "${read%% *}" "${written%% *}"
saw "copies through shared memory" "$(copies "$TDI")" 0
n=$(copies "$PLAIN")
[ "$n" -gt 0 ] && some=$n || some="more than 0"
saw "for comparison, 1 MiB of the ordinary one" "$n" "$some"

step "9. A reset takes it out of RUN. In that same reset the kernel locks and measures it
   again, finds exactly what was accepted, and the driver goes on: no I/O fails."
mount -t ext2 "$dev" /tmp/mnt
( cp /tmp/data /tmp/mnt/again && sync && echo OK ) >/tmp/copied 2>&1 &
copying=$!
do_write 1 "$D/reset"
wait $copying
saw "what was written meanwhile" "$(cat /tmp/copied)" OK
umount /tmp/mnt
mount -t ext2 "$dev" /tmp/mnt
read=$(md5sum </tmp/mnt/again)
umount /tmp/mnt
saw "checksum" "${read%% *}" "${written%% *}"
saw "state" "$(tsm_attr state)" run
saw "driver" "$(driver "$TDI")" nvme
saw "restore_status" "$(tsm_attr restore_status)" ok
klog 1

step "10. Another reset, and it comes back with other firmware: it stays out."
fault $DSM 0 1 1 $((DSM_CHANGE | 2 << 8 | 1 << 16))
echo "    # echo 1 > reset"
saw "result" "$(wr 1 "$D/reset")" EKEYREJECTED
within 30 has_driver "$TDI" none
saw "state" "$(tsm_attr state)" error
saw "driver" "$(driver "$TDI")" none
saw "restore_status" "$(tsm_attr restore_status)" "measurement 0x02 differs"
klog 1

step "11. With the right firmware again, it does not return by itself. Policy lets it in."
fault $DSM 0 1 1 $DSM_ORIGINAL
saw "state" "$(tsm_attr state)" error
do_write "$tsm" "$D/tsm/unlock"
echo "    # pcitsm apply $TDI"
rc=0
pcitsm apply "$TDI" 2>/tmp/applied || rc=$?
echo "        $(short 70 "$(cat /tmp/applied)")"
saw "its exit status" $rc 0
within 10 has_disk "$TDI"
saw "state" "$(tsm_attr state)" run
saw "driver" "$(driver "$TDI")" nvme

step "12. The driver goes. The device stays accepted, but may not touch memory."
do_write "$TDI" "$D/driver/unbind"
saw "state" "$(tsm_attr state)" run
case $(dma_by_hand protected) in
"untouched fatal") dma="blocked, memory untouched" ;;
untouched*) dma="memory untouched, but the device saw no fault" ;;
*) dma="memory written" ;;
esac
saw "the device tries to write to memory" "$dma" "blocked, memory untouched"

step "13. The driver comes back, and so does the data."
do_write "$TDI" $PCI/drivers/nvme/bind
within 10 has_disk "$TDI"
mount -t ext2 "/dev/$(disk "$TDI")" /tmp/mnt
read=$(md5sum </tmp/mnt/data)
umount /tmp/mnt
saw "checksum" "${read%% *}" "${written%% *}"

step "14. Unbind and unlock: it is a stranger again, and held back."
do_write "$TDI" "$D/driver/unbind"
do_write "$tsm" "$D/tsm/unlock"
saw "state" "$(tsm_attr state)" unlocked
saw "held back" "$(tsm_attr held)" 1
saw "driver" "$(driver "$TDI")" none

echo
if [ $WRONG -eq 0 ]; then
	echo "All of it happened as told."
else
	echo "$WRONG of it did NOT happen as told (marked with !)."
	exit 1
fi
