#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2119
#
# A host, a device or an RMM that misbehaves at each step. Each time: the
# documented errno, a state that is true, a word in the log, nothing left
# private, and the function usable again afterwards.

# shellcheck source=tools/testing/selftests/pci-tsm/lib.sh
. "$(dirname "$(realpath "$0")")/lib.sh"

LOCK=$(attr lock)
ACCEPT=$(attr accept)
UNLOCK=$(attr unlock)
TSM=$(tsm)

# said - the log tells about it
said()
{
	klog_since | grep -qF " $TDI: " || fail "nothing in the log"
}

# usable - nothing is left of the fault
usable()
{
	fault_clear
	clean
	to_run
	is unbind "$(unbind)" OK
	unlock
	untouched
	nothing_private
}

# lock_failed(result, errno) - since klog_mark; the function is as it was
lock_failed()
{
	is "lock" "$1" "$2"
	said
	untouched
	nothing_private
}

# lock_fails(errno) - and leaves the function as it was
lock_fails()
{
	klog_mark
	lock_failed "$(wr "$TSM" "$LOCK")" "$1"
}

# accept_failed(result, errno, state) - since klog_mark
accept_failed()
{
	is "accept" "$1" "$2"
	said
	is "state" "$(get state)" "$3"
	is "driver" "$(driver)" none
	is "accept" "$(get accept)" 0
	is "held" "$(get held)" 1
	nothing_private
}

# accept_fails(errno, state) - to be called in LOCKED
accept_fails()
{
	klog_mark
	accept_failed "$(wr 1 "$ACCEPT")" "$1" "$2"
}

# errno_of_host(RHI status)
errno_of_host()
{
	case $1 in
	"$RHI_DATA_NOT_AVAILABLE") echo ENODATA ;;
	"$RHI_INVALID_VDEV_ID") echo ENODEV ;;
	"$RHI_INVALID_OBJECT" | "$RHI_OBJECT_UNSUPPORTED" | 0xffffffff) echo EOPNOTSUPP ;;
	"$RHI_INPUT" | "$RHI_ACCESS_FAILED") echo EPROTO ;;
	"$RHI_DEVICE") echo EIO ;;
	*) echo EBADMSG ;;
	esac
}

# errno_of_rmm(RSI status)
errno_of_rmm()
{
	case $1 in
	"$RSI_ERROR_INPUT") echo ENODEV ;;
	"$RSI_ERROR_STATE" | 0xffffffff) echo EOPNOTSUPP ;;
	"$RSI_ERROR_UNKNOWN" | "$RSI_ERROR_DEVICE") echo EIO ;;
	*) echo EBADMSG ;;
	esac
}

# What a host may answer to any call about a function
HOST_ANSWERS="$RHI_DATA_NOT_AVAILABLE $RHI_INVALID_VDEV_ID $RHI_INVALID_OBJECT
	$RHI_INPUT $RHI_DEVICE $RHI_INVALID_OFFSET $RHI_ACCESS_FAILED
	$RHI_ABORTED $RHI_OBJECT_UNSUPPORTED 12 0x7fffffff 0xffffffff"
RMM_ANSWERS="$RSI_ERROR_INPUT $RSI_ERROR_STATE $RSI_ERROR_UNKNOWN
	$RSI_ERROR_DEVICE 6 0x7fffffff 0xffffffff"

test_lock_refused_by_the_host()
{
	local status class

	for status in $HOST_ANSWERS; do
		fails $SET_LOCKED "$status"
		lock_fails "$(errno_of_host "$status")"
	done
	for class in $GET_REPORT $GET_MEASUREMENTS $OBJECT_SIZE $OBJECT_READ; do
		for status in $RHI_DATA_NOT_AVAILABLE $RHI_DEVICE 0xffffffff; do
			fails "$class" "$status"
			lock_fails "$(errno_of_host "$status")"
		done
	done
	usable
}

test_lock_with_a_host_call_that_does_not_work()
{
	local status

	for status in $RMM_ANSWERS; do
		fails $HOST_CALL "$status"
		lock_fails "$(errno_of_rmm "$status")"
	done
	usable
}

test_lock_with_an_rmm_that_fails()
{
	local status nth

	# The 1st query comes before LOCK: nothing to undo, but nothing known
	for status in $RMM_ANSWERS; do
		fails $GET_INFO "$status" 1 2
		lock_fails "$(errno_of_rmm "$status")"
	done
	for nth in 3 4 5; do
		fails $GET_INFO $RSI_ERROR_DEVICE 1 $nth
		lock_fails EIO
	done
	usable
}

test_state_unknown_before_lock()
{
	fails $GET_INFO $RSI_ERROR_DEVICE
	klog_mark
	expect EIO "$TSM" "$LOCK"
	said
	# Nothing was touched, so nothing has changed
	untouched
	usable
}

test_error_lets_nothing_through_but_unlock()
{
	lock
	fault_unlock_behind_our_back
	klog_mark
	expect ESTALE 1 "$ACCEPT"
	said
	is state "$(get state)" error
	is held "$(get held)" 1
	nothing_private
	is "bind in ERROR" "$(bind)" EBUSY
	is "lock in ERROR" "$(wr "$TSM" "$LOCK")" EIO
	is "accept in ERROR" "$(wr 1 "$ACCEPT")" EIO
	is "unlock with another name" "$(wr tsm4242 "$UNLOCK")" EINVAL
	unlock
	untouched
	usable
}

test_report_flipped_by_the_host()
{
	local byte

	for byte in 0 4 12 16 24 28 30 31; do
		fault $HOST_FLIP $OBJECT_REPORT 1 1 $byte 0x80
		lock_fails EBADMSG
	done
	usable
}

test_report_malformed_by_the_device()
{
	local byte

	# The RMM vouches for the bytes. What makes no sense in itself is found at
	# once: range count (low, high byte), page (sign)
	for byte in 12 15 23; do
		fault $DEVICE_FLIP $OBJECT_REPORT 1 1 $byte 0x80
		lock_fails EBADMSG
	done
	# What does not fit the BARs, at accept: pages, Range ID
	for byte in 24 27 30 31; do
		fault $DEVICE_FLIP $OBJECT_REPORT 1 1 $byte 0x80
		lock
		accept_fails EBADMSG locked
		unlock
	done
	usable
}

test_report_with_what_the_kernel_does_not_do()
{
	local bit

	# Bits of INTERFACE_INFO: ATS and PRS are enabled
	for bit in 0x08 0x10 0x18; do
		fault $DEVICE_FLIP $OBJECT_REPORT 1 1 0 $bit
		lock
		accept_fails EBADMSG locked
		unlock
	done
	usable
}

test_report_of_another_size()
{
	local size

	for size in 0 65536 0x7fffffff 0xffffffff; do
		fault $SIZE $OBJECT_REPORT 1 1 "$size"
		lock_fails EBADMSG
	done
	# Shorter and longer than it is: the digest tells
	for size in 1 19 20; do
		fault $SIZE $OBJECT_REPORT 1 1 "$size"
		lock_fails EBADMSG
	done
	usable
}

test_report_read_in_odd_amounts()
{
	local bytes

	for bytes in 0 4097 0x7fffffff 0xffffffff; do
		fault $BYTES $OBJECT_REPORT 1 1 "$bytes"
		lock_fails EBADMSG
	done
	usable
}

test_range_refused_by_the_host()
{
	lock
	fault $REJECT
	accept_fails EPERM locked
	# Half of a range was done when the host refuses the rest
	fault $REJECT 0 2
	accept_fails EPERM locked
	accept
	within 10 has_driver "$TDI" nvme
	usable
}

test_range_validation_goes_somewhere_else()
{
	local next

	lock
	for next in $NEXT_BELOW $NEXT_ABOVE $NEXT_UNALIGNED $NEXT_HUGE; do
		fault $NEXT 0 1 1 "$next"
		accept_fails EBADMSG locked
		# Once a part of the range is done
		fault $NEXT 0 2 1 "$next"
		accept_fails EBADMSG locked
	done
	usable
}

test_range_validation_stands_still_for_a_while()
{
	lock
	fault $NEXT 0 1 5 $NEXT_AGAIN
	accept
}

# lies(byte, value, nth) - the n-th next RSI_VDEV_GET_INFO has this byte
lies()
{
	fault $INFO 0 "$3" 1 "$1" "$2"
}

# A byte of a nonce or a digest may be what lies() makes of it, and then there is
# nothing to refuse: so with one value in 256, but hardly with each of three

# lock_fails_with_another(byte, nth, errno)
lock_fails_with_another()
{
	local value result

	for value in 0 1 2; do
		lies "$1" $value "$2"
		klog_mark
		result=$(wr "$TSM" "$LOCK") || break
		unlock
	done
	lock_failed "$result" "$3"
}

# accept_fails_with_another(byte, nth, errno, state) - from UNLOCKED
accept_fails_with_another()
{
	local value result

	for value in 0 1 2; do
		lock
		lies "$1" $value "$2"
		klog_mark
		result=$(wr 1 "$ACCEPT") || break
		within 10 has_driver "$TDI" nvme
		is unbind "$(unbind)" OK
		unlock
	done
	accept_failed "$result" "$3" "$4"
}

test_odd_answers_of_the_rmm()
{
	local nth digest

	# The four queries of LOCK, after the one that comes before it; from the
	# second on there is a LOCK session that can be lost
	for nth in 2 3 4 5; do
		lies $INFO_STATE 4 $nth
		lock_fails EBADMSG
		lies $INFO_STATE 0 $nth
		if [ $nth -eq 2 ]; then
			lock_fails EIO
		else
			lock_fails ESTALE
		fi
		lies $INFO_STATE 3 $nth
		lock_fails EIO
		lies $INFO_REPORT_FORMAT 0 $nth
		lock_fails EOPNOTSUPP
	done
	lies $INFO_STATE 255 2
	lock_fails EBADMSG
	lies $INFO_REPORT_FORMAT 16 2
	lock_fails EOPNOTSUPP
	lies $INFO_REPORT_VERSION 2 2
	lock_fails EOPNOTSUPP
	lies $INFO_HASH_ALGO 255 5
	lock_fails EOPNOTSUPP
	for nth in 3 4 5; do
		lock_fails_with_another $INFO_LOCK_NONCE $nth ESTALE
	done
	for digest in $INFO_VCA_DIGEST $INFO_CERTIFICATES_DIGEST $INFO_MEASUREMENTS_DIGEST \
		$INFO_REPORT_DIGEST; do
		lock_fails_with_another "$digest" 5 EBADMSG
	done
	usable
}

test_other_nonces_at_accept()
{
	local nonce

	for nonce in $INFO_MEAS_NONCE $INFO_REPORT_NONCE; do
		accept_fails_with_another "$nonce" 2 ESTALE locked
		unlock
	done
	usable
}

test_range_validation_fails_in_the_rmm()
{
	local status

	lock
	for status in $RMM_ANSWERS; do
		fails $VALIDATE_MAPPING "$status"
		accept_fails "$(errno_of_rmm "$status")" locked
	done
	# Once a part of the range is done
	fails $VALIDATE_MAPPING $RSI_ERROR_DEVICE 1 2
	accept_fails EIO locked
	usable
}

test_run_refused_by_the_host()
{
	local status

	lock
	for status in $HOST_ANSWERS; do
		fails $SET_RUN "$status"
		accept_fails "$(errno_of_host "$status")" locked
	done
	usable
}

test_some_patience_with_a_busy_host()
{
	fails $SET_LOCKED $RHI_BUSY 3
	lock
	fails $SET_RUN $RHI_BUSY 3
	accept
	within 10 has_driver "$TDI" nvme
	is unbind "$(unbind)" OK
	fails $SET_UNLOCKED $RHI_BUSY 3
	unlock
}

test_some_patience_with_a_host_that_takes_its_time()
{
	fails $CONTINUE $RHI_INCOMPLETE 5
	lock
	fails $CONTINUE $RHI_INCOMPLETE 5
	accept
	within 10 has_driver "$TDI" nvme
	is unbind "$(unbind)" OK
	fails $CONTINUE $RHI_INCOMPLETE 5
	unlock
}

test_unlocked_behind_our_back_in_locked()
{
	lock
	fault $UNLOCK_BEHIND
	accept_fails ESTALE error
	unlock
	usable
}

test_locked_again_behind_our_back()
{
	lock
	fault $RELOCK_BEHIND
	accept_fails ESTALE error
	unlock
	usable
}

test_device_in_error_while_locked()
{
	lock
	fault $TO_ERROR
	accept_fails EIO error
	is "bind in ERROR" "$(bind)" EBUSY
	is "lock in ERROR" "$(wr "$TSM" "$LOCK")" EIO
	unlock
	usable
}

test_device_in_error_when_a_driver_comes()
{
	to_run
	is unbind "$(unbind)" OK
	fault $TO_ERROR
	klog_mark
	is bind "$(bind)" EIO
	said
	is state "$(get state)" error
	is driver "$(driver)" none
	is held "$(get held)" 1
	unlock
	untouched
	usable
}

test_device_in_error_when_root_reads_the_state()
{
	to_run
	fault $TO_ERROR
	klog_mark
	is state "$(get state)" error
	said
	is restore_status "$(get restore_status)" not-run
	within 10 has_driver "$TDI" none
	unlock
	untouched
	usable
}

test_unlocked_behind_our_back_when_a_driver_comes()
{
	to_run
	is unbind "$(unbind)" OK
	fault $UNLOCK_BEHIND
	klog_mark
	is bind "$(bind)" EIO
	said
	is state "$(get state)" error
	unlock
	usable
}

test_locked_again_behind_our_back_when_a_driver_comes()
{
	to_run
	is unbind "$(unbind)" OK
	fault $RELOCK_BEHIND
	is bind "$(bind)" EIO
	is state "$(get state)" error
	unlock
	usable
}

test_device_in_error_under_io()
{
	local pid

	to_run
	within 10 has_disk "$TDI"
	dd if="/dev/$(disk)" of=/dev/null bs=64k count=16
	fault $TO_ERROR
	# The driver notices in its own time, and may be taken away meanwhile
	dd if="/dev/$(disk)" of=/dev/null bs=64k count=1 2>/dev/null &
	pid=$!
	sleep 0.2
	is unbind "$(unbind)" OK
	wait $pid || :
	is driver "$(driver)" none
	unlock
	usable
}

test_dma_cannot_be_enabled()
{
	local status

	for status in $RSI_ERROR_DEVICE $RSI_ERROR_STATE 0x7fffffff; do
		to_run
		is unbind "$(unbind)" OK
		fails $DMA_ENABLE "$status"
		klog_mark
		is bind "$(bind)" "$(errno_of_rmm "$status")"
		said
		is state "$(get state)" run
		is driver "$(driver)" none
		# Next time it may work
		is bind "$(bind)" OK
		is unbind "$(unbind)" OK
		unlock
	done
	usable
}

test_dma_cannot_be_disabled()
{
	to_run
	fails $DMA_DISABLE $RSI_ERROR_UNKNOWN
	klog_mark
	is unbind "$(unbind)" OK
	said
	is state "$(get state)" error
	is bind "$(bind)" EBUSY
	unlock
	usable
}

test_unlock_refused_by_the_host()
{
	local status

	for status in $RHI_DEVICE $RHI_ACCESS_FAILED 12 0xffffffff; do
		lock
		fails $SET_UNLOCKED "$status"
		klog_mark
		is unlock "$(wr "$TSM" "$UNLOCK")" "$(errno_of_host "$status")"
		said
		is state "$(get state)" error
		is lock "$(get lock)" "$TSM"
		# Unlocking can be tried again
		unlock
		untouched
	done
	usable
}

test_private_memory_cannot_be_given_back()
{
	to_run
	is unbind "$(unbind)" OK
	fails $IPA_STATE_SET $RSI_ERROR_INPUT
	klog_mark
	# Which the host may not allow to be unlocked
	is unlock "$(wr "$TSM" "$UNLOCK")" EPROTO
	said
	is state "$(get state)" error
	is held "$(get held)" 1
	unlock
	untouched
	usable
}

test_driver_does_not_come_when_dma_fails_at_accept()
{
	lock
	fails $DMA_ENABLE $RSI_ERROR_DEVICE
	accept
	sleep 0.5
	is driver "$(driver)" none
	is state "$(get state)" run
	is bind "$(bind)" OK
}

run_tests
