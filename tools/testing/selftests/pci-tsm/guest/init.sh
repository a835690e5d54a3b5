#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0
#
# First program of the test guest: makes it comfortable, runs one script, powers
# off. What to do comes on the kernel command line, which the kernel hands to
# init as environment variables:
#
#	guest_run=PATH		the script (or "shell" for a prompt on the console)
#	guest_tag=TAG		marks the script's lines in the kernel log
#	tsm=none		do not load the TSM driver
#	pcitsm=apply		what waits is accepted if the policy in /etc allows it, as
#				the udev rule of pcitsm has it
# shellcheck disable=SC2154

/bin/busybox --install -s /bin
export PATH=/kselftest/pci-tsm:/bin:/usr/bin HOME=/root TERM=linux

mkdir -p /proc /sys /dev /tmp /run /root
mount -t proc none /proc
mount -t sysfs none /sys
mount -t devtmpfs none /dev
mount -t tmpfs none /tmp
mount -t tmpfs none /run
[ ! -d /sys/kernel/debug ] || mount -t debugfs none /sys/kernel/debug
[ ! -d /sys/kernel/tracing ] || mount -t tracefs none /sys/kernel/tracing
[ ! -d /sys/kernel/config ] || mount -t configfs none /sys/kernel/config
hostname guest
cd /root || exit

# udev is not here; who listens to the kernel's uevents is in /proc/net/netlink
if [ "${pcitsm:-}" = apply ]; then
	uevent pci-tsm-rule.sh &
	until awk '$2 == 15 && $4 % 2 { found = 1 } END { exit !found }' /proc/net/netlink; do
		sleep 0.05
	done
fi

if [ "${tsm:-}" != none ] && ! modprobe arm_cca_guest; then
	echo "init: the TSM driver did not load" >/dev/kmsg
fi

if [ "${guest_run:-shell}" = shell ]; then
	echo 'This is the guest. Leave it with "exit", or QEMU with Ctrl-A X.'
	setsid cttyhack sh
else
	run-tagged "$guest_tag" "$guest_run"
fi
poweroff -f
