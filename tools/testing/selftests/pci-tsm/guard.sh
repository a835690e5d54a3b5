#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2119,SC2120
#
# The guard of the configuration: what root writes to registers that TDISP tracks is
# refused or leaves the bits as they are, by every way there is, with one line in the
# log; and what works on the function does not notice.

# shellcheck source=tools/testing/selftests/pci-tsm/lib.sh
. "$(dirname "$(realpath "$0")")/lib.sh"
# shellcheck source=tools/testing/selftests/pci-tsm/reset-lib.sh
. "$DIR/reset-lib.sh"
# shellcheck source=tools/testing/selftests/pci-tsm/config-lib.sh
. "$DIR/config-lib.sh"

if [ "$(guard_mode)" != on ]; then
	ktap_print_header
	ktap_skip_all "pci_tsm.guard is not on"
	exit "$KSFT_SKIP"
fi

modprobe igb

# The NVMe controller, where nothing else is said
for bdf in $TDIS; do
	[ "$(driver_for "$bdf")" != nvme ] || TDI=$bdf
done

# proc_file - the same configuration space by /proc/bus/pci
proc_file()
{
	local bus=${TDI#*:} dir

	bus=${bus%:*}
	for dir in "/proc/bus/pci/$bus" "/proc/bus/pci/${TDI%:*}"; do
		if [ -e "$dir/${TDI##*:}" ]; then
			echo "$dir/${TDI##*:}"
			return
		fi
	done
	fail "no file for $TDI in /proc/bus/pci"
}

# The guard logs 40 lines about a function in 5 s and no more, and here each is looked
# for. What was there at the last pause is in $PAUSED.
PAUSED=/tmp/guard-paused

# config_mark - klog_mark, with room for the lines that follow
config_mark()
{
	local lines

	klog_mark
	lines=$(grep -c ' config write of ' $OLD_KLOG) || :
	if [ $((lines - $(cat $PAUSED 2>/dev/null || echo 0))) -ge 32 ]; then
		sleep 6
		echo "$lines" >$PAUSED
	fi
}

# said(text) - it is the only line about $TDI since klog_mark
said()
{
	is "the log" "$(klog_since | grep -F " $TDI: PCI/TSM: " | sed 's/.*PCI.TSM: //')" \
		"$1"
}

# still(state) - as far as kernel and device know
still()
{
	is "state" "$(get state)" "$1"
	is "state of the device" "$(monitor_state)" "$1"
}

# written(answer, line, name, offset, size, value, state) - by both ways: the register
# and the state are as before, and line() looks at the log
written()
{
	local answer=$1 line=$2 way before

	shift 2
	before=$(peek "$2" "$3")
	for way in "$TDI" "$(proc_file)"; do
		config_mark
		is "write to $1 by $way" "$(poke "$2" "$3" "$4" "$way")" "$answer"
		"$line" "$1" "$2" "$4" "$5"
		is "$1" "$(peek "$2" "$3")" "$before"
		still "$5"
	done
}

# Each byte is judged: the line is about the first that is refused
refused_line()
{
	is "the log" "$(klog_since | grep -F " $TDI: PCI/TSM: " |
		sed 's/.*config write of .* refused/refused/')" "refused: $1 in $4"
}

kept_line()
{
	said "$(printf 'config write of %#x to %#x: %s kept in %s' "$3" "$2" "$1" "$4")"
}

# refused(name, offset, size, value, state), and kept()
refused()
{
	written EPERM refused_line "$@"
}

kept()
{
	written OK kept_line "$@"
}

# registers_stay(state) - those that nobody needs in this state
registers_stay()
{
	local n=0 reg

	while [ $n -lt 6 ]; do
		reg=$((BAR0 + 4 * n))
		refused BAR $reg 4 0xffffffff "$1"
		refused BAR $reg 4 "$(peek $reg 4)" "$1"
		n=$((n + 1))
	done
	refused "Expansion ROM" $ROM 4 0 "$1"
	refused "Expansion ROM" $ROM 2 1 "$1"
	refused BIST $BIST 1 0x40 "$1"
	# The cache line size is in the same dword
	refused BIST 0x0c 4 "$(peek 0x0c 4)" "$1"
	is "cache line size" "$(poke 0x0c 1 "$(peek 0x0c 1)")" OK

	reg=$(in_cap $CAP_PCIE $DEVCTL)
	refused "Initiate FLR" "$reg" 2 $(($(peek "$reg" 2) | DEVCTL_FLR)) "$1"
	kept "Device Control" "$reg" 2 \
		$(($(peek "$reg" 2) ^ (DEVCTL_EXT_TAG | DEVCTL_NO_SNOOP))) "$1"
	kept "Device Control" "$reg" 2 $(($(peek "$reg" 2) ^ DEVCTL_PHANTOM)) "$1"
	reg=$(in_cap $CAP_PCIE $DEVCTL2)
	kept "Device Control 2" "$reg" 2 $(($(peek "$reg" 2) ^ DEVCTL2_TAG10)) "$1"
	kept Command $COMMAND 2 $(($(peek $COMMAND 2) & ~COMMAND_MEMORY)) "$1"
}

test_registers_stay_while_locked()
{
	poke_bits $COMMAND 2 0 $((COMMAND_MEMORY | COMMAND_MASTER))
	lock
	registers_stay locked
	accept
}

test_registers_stay_in_run_and_writers_do_not_notice()
{
	to_run_named
	start_writers
	registers_stay run
	stop_writers
	restored_never
}

restored_never()
{
	is "restore_count" "$(get restore_count)" 0
	is "state" "$(get state)" run
	has_driver "$TDI" "$(driver_for "$TDI")" || fail "no driver"
}

test_other_states_are_not_guarded()
{
	local old

	old=$(peek $BAR0 4)
	config_mark
	is "BAR, unlocked" "$(poke $BAR0 4 "$old")" OK
	lock
	fault $TO_ERROR
	is "accept" "$(wr 1 "$(attr accept)")" EIO
	is "state" "$(get state)" error
	is "BAR, error" "$(poke $BAR0 4 "$old")" OK
	! klog_since | grep "config write"
}

test_bus_master_is_stopped_and_resumed_without_the_register()
{
	need_faults
	to_run_named
	config_mark
	is "clear" "$(poke_bits $COMMAND 2 $COMMAND_MASTER 0)" OK
	one_line_about
	[ $(($(peek $COMMAND 2) & COMMAND_MASTER)) -ne 0 ] || fail "it was cleared"
	! dma_enabled || fail "private DMA is still on"
	still run
	is "set" "$(poke_bits $COMMAND 2 0 $COMMAND_MASTER)" OK
	within 2 dma_enabled
	readable
	restored_never
}

test_other_bits_of_the_same_write_are_written()
{
	local old

	to_run_named
	old=$(peek $COMMAND 2)
	is "write" "$(poke $COMMAND 2 $(((old ^ COMMAND_INTX_OFF) & ~COMMAND_MEMORY)))" OK
	is "Command" "$(($(peek $COMMAND 2)))" $((old ^ COMMAND_INTX_OFF))
	is "write" "$(poke $COMMAND 2 "$old")" OK
	is "Command" "$(peek $COMMAND 2)" "$old"
	still run
	readable
}

test_all_or_nothing_is_written()
{
	local config=$PCI/devices/$TDI/config way

	to_run_named
	# What is there, with another Interrupt Line
	head -c 64 "$config" >/tmp/header
	printf '\252' | dd of=/tmp/header bs=1 seek=60 conv=notrunc 2>/dev/null
	for way in "$config" "$(proc_file)"; do
		is "write of the header to $way" "$(wr -b /tmp/header "$way")" EPERM
		[ "$(peek 60 1)" != 0xaa ] || fail "a part was written"
	done
	# What is left if one begins behind the BARs
	dd if=/tmp/header of=/tmp/rest bs=52 skip=1 2>/dev/null
	is "rest" "$(dd if=/tmp/rest of="$config" bs=12 seek=52 oflag=seek_bytes \
		conv=notrunc 2>&1 | grep -c "1+0 records out")" 1
	is "Interrupt Line" "$(peek 60 1)" 0xaa
	still run
	readable
}

test_reads_are_truthful()
{
	to_run_named
	config_mark
	od -An -tx1 -v "$PCI/devices/$TDI/config" >/tmp/a
	od -An -tx1 -v "$(proc_file)" >/tmp/b
	cmp /tmp/a /tmp/b
	is "bytes" "$(wc -c <"$PCI/devices/$TDI/config")" 4096
	said ""
	still run
}

test_a_power_state_is_as_the_device_keeps_its_state()
{
	local reg

	for bdf in $TDIS; do
		TDI=$bdf
		reg=$(in_cap $CAP_PM $PMCSR)
		lock
		if [ $(($(peek "$reg" 2) & 8)) -ne 0 ]; then
			is "D3hot" "$(poke_bits "$reg" 2 3 3)" OK
			is "D0" "$(poke_bits "$reg" 2 3 0)" OK
			sleep 0.1
			still locked
		else
			refused "power state" "$reg" 2 $(($(peek "$reg" 2) | 3)) locked
		fi
	done
}

test_runtime_suspend_of_an_idle_device()
{
	for bdf in $TDIS; do
		TDI=$bdf
		lock
		accept
		within 10 has_driver "$TDI" "$(driver_for "$TDI")"
		is "auto" "$(wr auto "$PCI/devices/$TDI/power/control")" OK
		sleep 1
		still run
		is "unbind" "$(unbind)" OK
		sleep 1
		still run
		is "on" "$(wr on "$PCI/devices/$TDI/power/control")" OK
		still run
		is "bind" "$(bind)" OK
		still run
	done
}

test_writers_do_not_notice_a_rescan()
{
	local n=0

	to_run_named
	start_writers
	while [ $n -lt 5 ]; do
		rescan
		still run
		n=$((n + 1))
	done
	stop_writers
	restored_never
}

test_virtual_functions_are_not_made()
{
	local cap

	use_igb
	lock
	accept
	within 10 has_driver "$TDI" igb
	config_mark
	expect EBUSY 1 "$PCI/devices/$TDI/sriov_numvfs"
	one_line_about
	is "VFs" "$(cat "$PCI/devices/$TDI/sriov_numvfs")" 0
	cap=$(ext_cap $EXT_CAP_SRIOV)
	refused SR-IOV $((cap + 8)) 2 1 run
	refused SR-IOV $((cap + SRIOV_NUM_VF)) 2 1 run
	cap=$(ext_cap $EXT_CAP_ARI)
	refused ARI $((cap + 6)) 2 0 run
}

test_lspci_and_setpci()
{
	local reg

	# busybox has a lspci that knows nothing of -vvv
	[ -x /usr/bin/lspci ] || skip "no lspci of pciutils"
	to_run_named
	start_writers
	config_mark
	/usr/bin/lspci -vvv -xxxx -s "$TDI" >/tmp/lspci
	grep -q "Express.*Endpoint" /tmp/lspci
	grep -q "Non-Volatile memory controller\|Class 0108" /tmp/lspci
	said ""
	for reg in BIST=40 BASE_ADDRESS_0=ffffffff ROM_ADDRESS=0 CAP_EXP+8.w=8000:8000; do
		# It succeeds, whatever comes of it
		setpci -s "$TDI" "$reg" 2>/tmp/error
		grep -q "Operation not permitted" /tmp/error ||
			fail "setpci $reg: $(cat /tmp/error)"
		still run
	done
	for reg in COMMAND=0:2 CAP_EXP+8.w=0900:0900 CAP_EXP+28.w=1000:1000; do
		setpci -s "$TDI" "$reg" 2>/tmp/error
		is "setpci $reg" "$(cat /tmp/error)" ""
		still run
	done
	stop_writers
	restored_never
}

run_tests
