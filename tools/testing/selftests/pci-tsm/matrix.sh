#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2119,SC2120
#
# Each event in each TDISP state: what the write came to, what state the kernel then
# shows, and what state the device is in. A test for each event; the table of what was
# seen is printed as diagnostics. pci_tsm.guard=off has another one: there is no guard,
# and the device falls out as TDISP says.
#
# A cell is RESULT:KERNEL, or RESULT:KERNEL/DEVICE if the two do not agree, or - where
# the event is not tried. They do not agree where nobody asked the TSM since: the kernel
# must find out before the function is accepted or works again.
#
# There is no way to have these here: stream to Insecure, end of the SPDM session, IDE
# registers (the monitor has neither), poisoned TLPs, ATS, PRI, PASID, Multicast,
# Resizable BAR, Enhanced Allocation (no such function in QEMU), P2P streams and
# SET_MMIO_ATTRIBUTE (not used by guests), a START with a wrong or old nonce (the host
# and the RMM send it), change of the Requester ID (the monitor does not track it).

# shellcheck source=tools/testing/selftests/pci-tsm/lib.sh
. "$(dirname "$(realpath "$0")")/lib.sh"
# shellcheck source=tools/testing/selftests/pci-tsm/reset-lib.sh
. "$DIR/reset-lib.sh"
# shellcheck source=tools/testing/selftests/pci-tsm/config-lib.sh
. "$DIR/config-lib.sh"

MODE=$(guard_mode)
exec 3>&1

modprobe igb

# The NVMe controller, where nothing else is said
for bdf in $TDIS; do
	[ "$(driver_for "$bdf")" != nvme ] || TDI=$bdf
done

# The table's columns
print_row()
{
	printf '# %-24s %-20s %-20s %-20s %-20s\n' "$@" >&3
}

# on(cell...) and off(cell...) - what is expected in this mode
on()
{
	[ "$MODE" != on ] || CELLS=$*
}

off()
{
	[ "$MODE" = on ] || CELLS=$*
}

both()
{
	CELLS=$*
}

# Of the guard's answers to a write that takes a function out of its state
kept()
{
	on OK:unlocked OK:locked OK:run OK:error
	off OK:unlocked OK:locked/error OK:error OK:error
}

refused()
{
	on OK:unlocked EPERM:locked EPERM:run OK:error
	off OK:unlocked OK:locked/error OK:error OK:error
}

# --- into a state ---

enter_unlocked()
{
	:
}

# A device that has yet to be set up has nothing to lose by a write
ready_to_work()
{
	is "Command" "$(poke_bits $COMMAND 2 0 $((COMMAND_MEMORY | COMMAND_MASTER)))" OK
}

enter_locked()
{
	ready_to_work
	lock
}

enter_run()
{
	lock
	if [ -n "$UNARMED" ]; then
		accept
	else
		is "accept" "$(wr "$(get evidence_digest)" "$(attr accept)")" OK
		is "state" "$(get state)" run
	fi
	within 10 has_driver "$TDI" "$(driver_for "$TDI")"
}

# The device said so, and the kernel knows
enter_error()
{
	lock
	fault $TO_ERROR
	is "accept" "$(wr 1 "$(attr accept)")" EIO
	is "state" "$(get state)" error
}

# finds_out - what is not what it seems to be, cannot be used
finds_out()
{
	if [ "$(get state)" = locked ] && [ "$(monitor_state)" != locked ]; then
		! accepted=$(wr 1 "$(attr accept)") || fail "it was accepted: $accepted"
		is "state after a try to accept" "$(get state)" error
	fi
}

# cell(event, state) - prints what came of it
cell()
{
	local result kernel device

	result=$("ev_$1")
	if ! exists "$TDI"; then
		echo "$result:gone"
		return
	fi
	kernel=$(get state)
	device=$(monitor_state)
	[ "$kernel" = "$device" ] || kernel=$kernel/$device
	echo "$result:$kernel"
}

# row(event) - in each state, as CELLS say. A function that fell out of run is in error on
# both sides until its driver is gone; then the kernel unlocks it at the TSM.
row()
{
	local state seen want also all='' bad='' first=1

	need_faults
	for state in unlocked locked run error; do
		[ -n "$first" ] || clean >/dev/null
		first=
		want=${CELLS%% *}
		CELLS=${CELLS#* }
		if [ "$want" = - ]; then
			all="$all -"
			continue
		fi
		also=$want
		[ "$state:${want##*:}" != run:error ] || also=$want/unlocked
		enter_$state
		seen=$(cell "$1")
		# shellcheck disable=SC2254 # a pattern
		case $seen in
		$want | $also) all="$all $seen" ;;
		*)
			all="$all !$seen"
			bad="$bad $state: $seen, expected $want;"
			;;
		esac
		finds_out
		! type "undo_$1" >/dev/null 2>&1 || "undo_$1"
	done
	# shellcheck disable=SC2086
	print_row "$1" $all
	[ -z "$bad" ] || fail "$bad"
}

# --- what userspace asks for ---

ev_lock()
{
	wr "$(tsm)" "$(attr lock)" || :
}

test_lock()
{
	both OK:locked EBUSY:locked EBUSY:run EIO:error
	row lock
}

ev_refresh()
{
	nonce || :
}

test_refresh()
{
	both EINVAL:unlocked OK:locked OK:run EIO:error
	row refresh
}

ev_accept()
{
	wr "$(get evidence_digest 2>/dev/null)" "$(attr accept)" || :
}

test_accept()
{
	both EINVAL:unlocked OK:run OK:run EIO:error
	row accept
}

ev_accept_another()
{
	wr "sha384:$(printf '%096d' 7)" "$(attr accept)" || :
}

test_accept_another()
{
	both EINVAL:unlocked ESTALE:locked ESTALE:run EIO:error
	row accept_another
}

ev_unlock()
{
	wr "$(get lock)" "$(attr unlock)" || :
}

test_unlock_with_a_driver()
{
	both EINVAL:unlocked OK:unlocked EBUSY:run OK:unlocked
	row unlock
}

ev_bind()
{
	bind || :
}

test_bind()
{
	both OK:unlocked EBUSY:locked EBUSY:run EBUSY:error
	row bind
}

ev_unbind()
{
	unbind || :
}

test_unbind()
{
	both ENOENT:unlocked ENOENT:locked OK:run ENOENT:error
	row unbind
}

ev_unbind_unlock()
{
	unbind >/dev/null || :
	ev_unlock
}

test_unlock_without_driver()
{
	both EINVAL:unlocked OK:unlocked OK:unlocked OK:unlocked
	row unbind_unlock
}

ev_forget_restore()
{
	wr 0 "$(attr restore)" || :
}

test_forget_restore()
{
	both EINVAL:unlocked EINVAL:locked OK:run EINVAL:error
	row forget_restore
}

# --- resets ---

ev_flr()
{
	reset || :
}

# Restored, as its evidence was named
test_flr()
{
	both OK:unlocked OK:error OK:run OK:error
	row flr
}

test_flr_not_to_be_restored()
{
	UNARMED=1
	both OK:unlocked OK:error EPERM:error OK:error
	row flr
}

PORT=$(realpath "$PCI/devices/$TDI" | sed -n 's,.*pci0000:00/\([^/]*\)/.*,\1,p')

ev_bus_reset()
{
	local answer='' tries=0

	# The kernel only tries to lock the devices below: who has just bound a driver
	# may still hold one
	while [ $tries -lt 50 ]; do
		answer=$(wr 1 "$PCI/devices/$PORT/reset_subordinate") || :
		[ "$answer" = EAGAIN ] || break
		tries=$((tries + 1))
		sleep 0.1
	done
	echo "$answer"
}

test_bus_reset()
{
	[ -n "$PORT" ] || skip "not behind a port"
	both OK:unlocked OK:error/unlocked OK:run OK:error/unlocked
	row bus_reset
}

test_bus_reset_not_to_be_restored()
{
	[ -n "$PORT" ] || skip "not behind a port"
	UNARMED=1
	both OK:unlocked OK:error/unlocked EPERM:error/unlocked OK:error/unlocked
	row bus_reset
}

# --- writes to configuration space ---

ev_clear_master()
{
	poke_bits $COMMAND 2 $COMMAND_MASTER 0
}

test_clear_bus_master()
{
	kept
	row clear_master
}

ev_clear_memory()
{
	poke_bits $COMMAND 2 $COMMAND_MEMORY 0
}

test_clear_memory_space()
{
	kept
	row clear_memory
}

ev_intx_off()
{
	poke_bits $COMMAND 2 0 $COMMAND_INTX_OFF
}

test_other_bits_of_command()
{
	both OK:unlocked OK:locked OK:run OK:error
	row intx_off
}

ev_write_bar()
{
	poke $BAR0 4 "$(peek $BAR0 4)"
}

test_write_a_bar()
{
	refused
	row write_bar
}

ev_size_bar()
{
	local old result

	old=$(peek $BAR0 4)
	result=$(poke $BAR0 4 0xffffffff)
	poke $BAR0 4 "$old" >/dev/null
	echo "$result"
}

test_size_a_bar()
{
	refused
	row size_bar
}

ev_write_rom()
{
	poke $ROM 4 "$(peek $ROM 4)"
}

test_write_the_rom_bar()
{
	refused
	row write_rom
}

ev_write_bist()
{
	poke $BIST 1 0x40
}

test_start_bist()
{
	refused
	row write_bist
}

ev_no_snoop()
{
	local reg old

	reg=$(in_cap $CAP_PCIE $DEVCTL)
	old=$(peek "$reg" 2)
	poke "$reg" 2 $((old ^ DEVCTL_NO_SNOOP ^ DEVCTL_EXT_TAG))
}

# QEMU's devices have none of these bits: nothing changes, with the guard or without
test_tracked_bits_of_device_control()
{
	both OK:unlocked OK:locked OK:run OK:error
	row no_snoop
}

ev_read_size()
{
	poke_bits "$(in_cap $CAP_PCIE $DEVCTL)" 2 $DEVCTL_READ_SIZE 0x5000
}

undo_read_size()
{
	poke_bits "$(in_cap $CAP_PCIE $DEVCTL)" 2 $DEVCTL_READ_SIZE 0x2000
}

test_other_bits_of_device_control()
{
	both OK:unlocked OK:locked OK:run OK:error
	row read_size
}

ev_tag10()
{
	poke_bits "$(in_cap $CAP_PCIE $DEVCTL2)" 2 0 $DEVCTL2_TAG10
}

# Nor this one
test_device_control_2()
{
	both OK:unlocked OK:locked OK:run OK:error
	row tag10
}

ev_flr_by_hand()
{
	local result

	result=$(poke_bits "$(in_cap $CAP_PCIE $DEVCTL)" 2 0 $DEVCTL_FLR)
	sleep 0.2
	echo "$result"
}

# What was not refused took the addresses from the BARs
undo_flr_by_hand()
{
	remove
	rescan
}

test_initiate_flr_by_hand()
{
	refused
	row flr_by_hand
}

ev_d3hot()
{
	local reg result

	reg=$(in_cap $CAP_PM $PMCSR)
	result=$(poke_bits "$reg" 2 3 3)
	poke_bits "$reg" 2 3 0 >/dev/null
	sleep 0.1
	echo "$result"
}

# No_Soft_Reset is set in an NVMe controller of QEMU
test_d3hot_that_keeps_the_state()
{
	both OK:unlocked OK:locked OK:run OK:error
	row d3hot
}

ev_d3hot_lost()
{
	fault $POWER >/dev/null
	ev_d3hot
	fault_clear
}

# It says No_Soft_Reset and does not keep to it: nobody can know
test_d3hot_that_loses_the_state_unexpectedly()
{
	both OK:unlocked OK:locked/error OK:error OK:error
	row d3hot_lost
}

ev_msix_mask()
{
	local reg

	reg=$(in_cap $CAP_MSIX $MSIX_CONTROL)
	poke_bits "$reg" 2 0 0x4000
	poke_bits "$reg" 2 0x4000 0 >/dev/null
}

# The monitor never locks the table
test_msix_control_of_an_unlocked_table()
{
	both OK:unlocked OK:locked OK:run OK:error
	row msix_mask
}

ev_read_all()
{
	cat "$PCI/devices/$TDI/config" >/dev/null && echo OK
}

test_read_all_of_it()
{
	both OK:unlocked OK:locked OK:run OK:error
	row read_all
}

# --- power ---

ev_auto()
{
	local result

	result=$(wr auto "$PCI/devices/$TDI/power/control")
	sleep 0.3
	wr on "$PCI/devices/$TDI/power/control" >/dev/null
	sleep 0.1
	echo "$result"
}

test_runtime_suspend()
{
	both OK:unlocked OK:locked OK:run OK:error
	row auto
}

ev_suspend()
{
	echo platform >/sys/power/pm_test
	wr freeze /sys/power/state
	echo none >/sys/power/pm_test
}

test_system_suspend()
{
	[ -w /sys/power/pm_test ] || skip "no pm_test"
	echo 1 >/sys/module/suspend/parameters/pm_test_delay
	both OK:unlocked OK:locked OK:run OK:error
	row suspend
}

# --- topology ---

ev_remove()
{
	remove && echo OK
}

test_remove()
{
	both OK:gone OK:gone OK:gone OK:gone
	row remove
}

ev_remove_rescan()
{
	remove
	rescan && echo OK
}

test_remove_and_rescan()
{
	both OK:unlocked OK:unlocked OK:unlocked OK:unlocked
	row remove_rescan
}

ev_rescan()
{
	rescan && echo OK
}

test_rescan()
{
	both OK:unlocked OK:locked OK:run OK:error
	row rescan
}

ev_unload()
{
	local result=OK

	rmmod "$TSM_MODULE" || result=failed
	modprobe "$TSM_MODULE"
	echo $result
}

test_unload_the_tsm()
{
	both OK:unlocked OK:unlocked OK:unlocked OK:unlocked
	row unload
}

# --- what host and device do by themselves ---

ev_device_error()
{
	if ( fault $TO_ERROR ) >/dev/null; then
		echo OK
	else
		echo refused
	fi
}

test_error_of_the_device()
{
	both refused:unlocked OK:locked/error OK:error refused:error
	row device_error
}

ev_host_unlock()
{
	fault $UNLOCK_BEHIND >/dev/null && echo OK
}

test_unlock_behind_our_back()
{
	both OK:unlocked OK:locked/unlocked OK:error/unlocked OK:error/unlocked
	row host_unlock
}

ev_host_relock()
{
	fault $RELOCK_BEHIND >/dev/null && echo OK
}

test_lock_behind_our_back()
{
	both OK:unlocked/locked OK:locked OK:error/locked OK:error/locked
	row host_relock
}

ev_host_run()
{
	fault $RELOCK_BEHIND 0 1 1 1 >/dev/null && echo OK
}

test_run_behind_our_back()
{
	both OK:unlocked/run OK:locked/run OK:error/run OK:error/run
	row host_run
}

# --- what only an SR-IOV device has ---

ev_write_sriov()
{
	local reg

	reg=$(ext_cap $EXT_CAP_SRIOV)
	poke $((reg + SRIOV_NUM_VF)) 2 "$(peek $((reg + SRIOV_NUM_VF)) 2)"
}

test_write_sriov()
{
	use_igb
	refused
	row write_sriov
}

ev_sriov_numvfs()
{
	wr 1 "$PCI/devices/$TDI/sriov_numvfs" || :
	wr 0 "$PCI/devices/$TDI/sriov_numvfs" >/dev/null || :
}

# Without a driver there is nobody to ask. Without the guard, igb gets to a device that
# does not answer any more, and says so with a warning.
test_sriov_numvfs()
{
	use_igb
	on ENOENT:unlocked EBUSY:locked EBUSY:run ENOENT:error
	off ENOENT:unlocked ENOENT:locked - ENOENT:error
	row sriov_numvfs
}

ev_write_ari()
{
	local reg

	reg=$(ext_cap $EXT_CAP_ARI)
	poke $((reg + 4)) 4 "$(peek $((reg + 4)) 4)"
}

test_write_ari()
{
	use_igb
	refused
	row write_ari
}

print_row "guard=$MODE" unlocked locked run error
run_tests
