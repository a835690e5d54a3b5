#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2119,SC2120,SC3028
#
# Eight tasks do whatever root can do, to any function, in any order, for a while; then
# all of it must have come to an end, the kernel and the devices must agree about
# their states, and the next round begins. After the last one each function must be
# usable. "seconds=N" and "seed=N" on the kernel command line: how long (180), and where
# the dice start.
#
# The shell must know RANDOM, as busybox's does.
#
# virtio-blk waits for ever for a device that is lost under it: such functions are
# not reset, and their configuration is only read.

# shellcheck source=tools/testing/selftests/pci-tsm/lib.sh
. "$(dirname "$(realpath "$0")")/lib.sh"
# shellcheck source=tools/testing/selftests/pci-tsm/reset-lib.sh
. "$DIR/reset-lib.sh"
# shellcheck source=tools/testing/selftests/pci-tsm/config-lib.sh
. "$DIR/config-lib.sh"
# shellcheck source=tools/testing/selftests/pci-tsm/io-lib.sh
. "$DIR/io-lib.sh"

ROUND=30
LASTS=${seconds:-180}
TASKS=8
# How long a task may take to end what it is doing
PATIENCE=150
KCSAN=/sys/kernel/debug/kcsan
# One task at a time carries out what concerns all functions
TURN=/tmp/storm.turn
# How often a task comes to think of what
OPS=
for op in take:6 lock:2 accept:3 unlock:1 refresh:3 bind:1 unbind:3 io:4 state:2 reset:3 \
	forget:2 config:4 remove:1 rescan:1 module:1 processor:1; do
	n=${op#*:}
	while [ "$n" -gt 0 ]; do
		OPS="$OPS ${op%:*}"
		n=$((n - 1))
	done
done

modprobe virtio_blk
exec 3>&1

dice()
{
	echo $((RANDOM % $1))
}

# pick(word...) - one of them
pick()
{
	shift "$(dice $#)"
	echo "$1"
}

# alone(command...) - unless another task is at something like that
alone()
{
	mkdir $TURN 2>/dev/null || return 0
	"$@"
	rmdir $TURN
}

is_virtio()
{
	[ "$(driver_for "$1")" = virtio-pci ]
}

# What a task does; $1 is the function. Functions come and go, so all may fail.

do_lock()
{
	wr "$(tsm)" "$(attr lock "$1")"
}

do_accept()
{
	wr "$(get evidence_digest "$1")" "$(attr accept "$1")"
}

# Whatever is in the way: from there to RUN, as a program that attends to it would
do_take()
{
	case $(get state "$1") in
	unlocked) [ "$(driver "$1")" = none ] || unbind "$1" ;;
	error) do_unlock "$1" ;;
	run) return ;;
	esac
	do_lock "$1"
	do_accept "$1"
}

do_unlock()
{
	wr "$(get lock "$1")" "$(attr unlock "$1")"
}

do_refresh()
{
	head -c 32 /dev/urandom >"/tmp/nonce.$TASK"
	wr -b "/tmp/nonce.$TASK" "$(attr nonce "$1")"
}

do_bind()
{
	bind "$1"
}

do_unbind()
{
	unbind "$1"
}

do_state()
{
	get state "$1"
}

do_forget()
{
	if ! is_virtio "$1"; then
		wr "$(dice 2)" "$(attr restore "$1")"
	fi
}

do_io()
{
	local dev

	dev=$(disk "$1")
	if [ -b "/dev/$dev" ]; then
		dd if="/dev/$dev" of=/dev/null bs=64k count=16 skip="$(dice 1000)" &&
			echo OK
	fi
}

do_reset()
{
	is_virtio "$1" || reset "$1"
}

remove_rescan()
{
	remove "$1"
	rescan && echo OK
}

do_remove()
{
	alone remove_rescan "$1"
}

do_rescan()
{
	alone rescan && echo OK
}

reload()
{
	rmmod "$TSM_MODULE"
	modprobe "$TSM_MODULE" && echo OK
}

# It puts an end to what all others do: not too often
do_module()
{
	[ "$(dice 3)" -ne 0 ] || alone reload
}

do_processor()
{
	local cpu

	cpu=/sys/devices/system/cpu/cpu$((1 + $(dice 3)))/online
	if [ -e "$cpu" ]; then
		wr 0 "$cpu"
		# Refused as long as a driver probes a PCI function
		until [ "$(wr 1 "$cpu")" != EBUSY ]; do
			sleep 0.1
		done
		echo OK
	fi
}

# Refused or kept where it matters. Bus Master comes back, as it would by a driver.
do_config()
{
	local reg

	if is_virtio "$1" || [ "$(guard_mode)" != on ]; then
		cat "$PCI/devices/$1/config" >/dev/null && echo OK
		return
	fi
	reg=$(in_cap $CAP_PCIE $DEVCTL "$1")
	[ $((reg)) -gt 63 ] || return 1
	case $(get state "$1") in
	locked | run) ;;
	*) return 0 ;;
	esac
	case $(dice 6) in
	0)
		poke_bits $COMMAND 2 $COMMAND_MASTER 0 "$1"
		poke_bits $COMMAND 2 0 $COMMAND_MASTER "$1"
		;;
	1) poke_bits $COMMAND 2 $COMMAND_MEMORY 0 "$1"
	   poke_bits $COMMAND 2 0 $COMMAND_MEMORY "$1" ;;
	2) poke $BAR0 4 "$(peek $BAR0 4 "$1")" "$1" ;;
	3) poke_bits "$reg" 2 0 $DEVCTL_NO_SNOOP "$1" ;;
	4) poke $BIST 1 0x40 "$1" ;;
	5) cat "$PCI/devices/$1/config" >/dev/null && echo OK ;;
	esac
}

# task(number, seed) - until the storm is over; a line for each thing done
task()
{
	local TASK=$1 op bdf result

	RANDOM=$2
	while [ -e /tmp/storm ]; do
		# shellcheck disable=SC2086
		op=$(pick $OPS)
		# A subshell's dice start where ours are
		: "$RANDOM"
		# shellcheck disable=SC2086
		bdf=$(pick $TDIS)
		: "$RANDOM"
		echo "$op $bdf" >"/tmp/storm.now.$1"
		result=$("do_$op" "$bdf" 2>/dev/null | tail -n 1)
		echo "$op ${result:--}"
	done >>"/tmp/storm.log.$1"
}

alive()
{
	local pid found=1

	for pid in $PIDS; do
		! kill -0 "$pid" 2>/dev/null || found=0
	done
	return $found
}

# Where is everybody? Kernel threads that sleep are of no interest.
say_who_hangs()
{
	local dir n=0

	while [ $n -lt $TASKS ]; do
		n=$((n + 1))
		echo "task $n is at: $(cat /tmp/storm.now.$n)"
	done
	for dir in /proc/[0-9]*; do
		case $(sed 's/.*) \(.\).*/\1/' "$dir/stat" 2>/dev/null) in
		D) ;;
		*) continue ;;
		esac
		echo "${dir#/proc/}: $(tr '\0' ' ' <"$dir/cmdline") [$(cat "$dir/comm")]"
		cat "$dir/stack"
	done
}

# The tasks end by themselves, each after what it is doing
end_of_storm()
{
	local n=$PATIENCE

	rm /tmp/storm
	while alive; do
		n=$((n - 1))
		if [ $n -eq 0 ]; then
			say_who_hangs
			fail "a task did not end in $PATIENCE s"
		fi
		sleep 1
	done
}

# agree(function) - about its state; and a driver is where it can be, and works
agree()
{
	local kernel device driver

	TDI=$1
	kernel=$(get state)
	device=$(monitor_state)
	driver=$(driver)
	echo "# $TDI: $kernel, the device is $device, driver: $driver" >&3
	case $kernel in
	unlocked | locked | run)
		is "state of the device" "$device" "$kernel"
		;;
	error)
		# Where it is by now is open; not in run
		[ "$device" != run ] || fail "the device is in run, the kernel: error"
		;;
	*) fail "state of $TDI: '$kernel'" ;;
	esac
	case $kernel in
	run)
		[ "$driver" = none ] || dma_enabled || fail "$driver has no DMA"
		[ "$driver" != none ] || ! dma_enabled || fail "DMA without driver"
		is "held" "$(get held)" 0
		;;
	*)
		! dma_enabled || fail "private DMA is on in $kernel"
		is "private pages" "$(private_pages)" 0
		is "held" "$(get held)" 1
		;;
	esac
	case $kernel in
	locked | error) is "driver in $kernel" "$driver" none ;;
	esac
}

count_ops()
{
	sort /tmp/storm.log.* | uniq -c | awk '{ print "# " $2 " " $3 ": " $1 }' >&3
	sort /tmp/storm.log.* | awk '{ n++ } / OK$/ { ok++ }
		END { print "# all: " n ", of these OK: " ok + 0 }' >&3
	# How much the data race detector looked at, and what it found anywhere
	if [ -r $KCSAN ]; then
		sed -n 's/^\(setup_watchpoints\|data_races\): */# kcsan \1: /p' $KCSAN >&3
	fi
}

plain_disk()
{
	local dir

	for dir in "$PCI"/devices/*/nvme; do
		dir=${dir%/nvme}
		[ -d "$dir/tsm" ] || echo "${dir##*/}"
	done | head -n 1
}

# one_round(number)
one_round()
{
	local n=0 bdf

	: >/tmp/storm
	PIDS=
	while [ $n -lt $TASKS ]; do
		n=$((n + 1))
		( set +ex; exec 2>/dev/null; task $n $((SEED + TASKS * $1 + n)) ) &
		PIDS="$PIDS $!"
	done
	sleep $ROUND
	end_of_storm

	[ -n "$(tsm)" ] || modprobe "$TSM_MODULE"
	for bdf in $TDIS; do
		exists "$bdf" || rescan
		exists "$bdf" || fail "$bdf is not there"
	done
	# A driver that is on its way out, or in
	sleep 2
	for bdf in $TDIS; do
		( agree "$bdf" )
	done
}

test_a_storm()
{
	local n=0 plain op end

	need_faults
	end=$(($(date +%s) + LASTS))
	SEED=${seed:-$((end % 30000))}
	echo "# seconds=$LASTS seed=$SEED" >&3
	plain=$(plain_disk)
	[ -z "$plain" ] || start_writers "$plain"
	klog_mark
	rm -f /tmp/storm.log.*
	while [ "$(date +%s)" -lt $end ]; do
		one_round $n
		n=$((n + 1))
	done
	echo "# rounds: $n" >&3
	count_ops
	[ -z "$plain" ] || stop_writers "$plain"
	# It was not a calm. What is rare need not come up in a debug kernel, which is slow.
	all="take refresh bind unbind io config reset"
	[ "$(cat /tmp/storm.log.* | wc -l)" -lt 500 ] || all="$all remove module processor"
	for op in $all; do
		grep -q "^$op OK" /tmp/storm.log.* || fail "nobody could: $op"
	done
	# Data races have lines that are ours and others; scripts/guest tells them apart
	! klog_since | grep -v "BUG: KCSAN:" |
		grep -E "BUG|WARNING|Oops|blocked for more|lockup|corruption" ||
		fail "see above"
}

test_each_function_is_usable_afterwards()
{
	local bdf

	is "processors" "$(nproc)" \
		"$(sed -n 's/.*guest_smp=\([0-9]*\).*/\1/p' /proc/cmdline)"
	for bdf in $TDIS; do
		to_run_named "$bdf"
		works "$bdf"
		is "unbind" "$(unbind "$bdf")" OK
		unlock "$bdf"
	done
	for bdf in $TDIS; do
		to_run_named "$bdf"
	done
	for bdf in $TDIS; do
		works "$bdf"
	done
}

run_tests
