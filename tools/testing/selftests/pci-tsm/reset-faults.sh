#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2119
#
# A reset of an accepted function where one step of the restore goes wrong: it stays
# out, the driver is released, nothing is left behind, and userspace can have the
# function again.

# shellcheck source=tools/testing/selftests/pci-tsm/lib.sh
. "$(dirname "$(realpath "$0")")/lib.sh"
# shellcheck source=tools/testing/selftests/pci-tsm/reset-lib.sh
. "$DIR/reset-lib.sh"

# lost_by_fault - as lost(), for one of the reasons that a fault can have
lost_by_fault()
{
	local status

	status=$(get restore_status)
	case $status in
	"tsm: "* | "timeout: "* | relocked | not-run | not-locked | dma-disable-failed) ;;
	*) fail "restore_status: $status" ;;
	esac
	lost "$status"
}

# every_call_fails(class, status, least) - the first such call of a reset, then the
# second, and so on until two resets come through. At least so many must have not.
every_call_fails()
{
	local n=1 passed=0 lost=0 out

	need_faults
	while [ $passed -lt 2 ]; do
		[ $n -lt 40 ] || fail "no end of it"
		clean
		to_run_named
		fails "$1" "$2" 1 $n
		out=$(reset) || :
		fault_clear
		if [ "$out" = OK ]; then
			passed=$((passed + 1))
			restored 1
			readable
		else
			passed=0
			lost=$((lost + 1))
			lost_by_fault
			echo "call $n: $out, $(get restore_status)"
		fi
		n=$((n + 1))
	done
	[ $lost -ge "$3" ] || fail "$lost of $((n - 1)) resets failed, not $3"
}

# step_fails(class, status, errno, why) - the next such call fails: what comes of it
step_fails()
{
	need_faults
	to_run_named
	fails "$1" "$2"
	is "reset" "$(reset)" "$3"
	lost "$4"
	usable
	is "reset afterwards" "$(reset)" OK
	restored 1
}

test_the_reasons_name_the_step()
{
	step_fails $SET_UNLOCKED $RHI_DEVICE EIO "tsm: unlock failed -5"
	clean
	step_fails $SET_LOCKED $RHI_DEVICE EIO "tsm: lock failed -5"
	clean
	step_fails $GET_MEASUREMENTS $RHI_DEVICE EIO "tsm: collect failed -5"
	clean
	step_fails $VALIDATE_MAPPING $RSI_ERROR_DEVICE EIO \
		"tsm: mmio_validate failed -5"
	clean
	step_fails $SET_RUN $RHI_DEVICE EIO "tsm: run failed -5"
}

test_making_mmio_shared_fails()
{
	every_call_fails $IPA_STATE_SET $RSI_ERROR_INPUT 1
}

test_stopping_dma_fails()
{
	every_call_fails $DMA_DISABLE $RSI_ERROR_DEVICE 1
}

test_unlock_fails()
{
	every_call_fails $SET_UNLOCKED $RHI_DEVICE 1
}

test_lock_fails()
{
	every_call_fails $SET_LOCKED $RHI_DEVICE 1
}

test_what_the_tsm_says_cannot_be_had()
{
	every_call_fails $GET_INFO $RSI_ERROR_DEVICE 3
}

test_the_report_cannot_be_had()
{
	every_call_fails $GET_REPORT $RHI_DEVICE 1
}

test_measurements_cannot_be_had()
{
	every_call_fails $GET_MEASUREMENTS $RHI_DEVICE 1
}

test_objects_cannot_be_read()
{
	every_call_fails $OBJECT_SIZE $RHI_ACCESS_FAILED 4
	every_call_fails $OBJECT_READ $RHI_ACCESS_FAILED 4
}

test_the_host_does_not_continue()
{
	every_call_fails $CONTINUE $RHI_DEVICE 4
}

test_mmio_is_not_validated()
{
	every_call_fails $VALIDATE_MAPPING $RSI_ERROR_DEVICE 1
}

test_run_fails()
{
	every_call_fails $SET_RUN $RHI_DEVICE 1
}

test_the_host_relocks_at_every_call()
{
	local class n=0

	need_faults
	for class in $GET_INFO $VALIDATE_MAPPING $OBJECT_READ $CONTINUE \
		     $GET_MEASUREMENTS $SET_LOCKED $SET_RUN; do
		clean
		to_run_named
		fault $RELOCK_AT "$class"
		out=$(reset) || :
		fault_clear
		# Before the lock of the restore it is one of the things that it mends
		if [ "$out" = OK ]; then
			restored 1
			readable
		else
			n=$((n + 1))
			lost_by_fault
		fi
	done
	[ $n -ge 3 ] || fail "only $n were refused"
}

test_bytes_that_the_tsm_did_not_see_are_refused()
{
	need_faults
	to_run_named
	fault $HOST_FLIP $OBJECT_MEASUREMENTS 1 1 100 1
	is "reset" "$(reset)" EBADMSG
	lost "tsm: collect failed -74"
	usable
}

test_a_device_that_never_answers_is_given_up()
{
	need_faults
	to_run_named
	start_writers
	fails $CONTINUE $RHI_INCOMPLETE $ENDLESS
	is "reset" "$(reset)" ETIMEDOUT
	case $(get restore_status) in
	"timeout: "*) ;;
	*) fail "restore_status: $(get restore_status)" ;;
	esac
	within 10 no_driver "$TDI"
	within 10 writers_failed
	fault_clear
	usable
}

test_dma_that_cannot_be_enabled_again()
{
	need_faults
	to_run_named
	fails $DMA_ENABLE $RSI_ERROR_DEVICE
	is "reset" "$(reset)" OK
	# The driver asks for it when it continues
	within 10 no_driver "$TDI"
	fault_clear
	lost dma-enable-failed
	usable
}

run_tests
