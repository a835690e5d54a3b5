#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2119
#
# A host that locks a function anew between any two steps of lock, nonce and
# accept, and tries to hide it. What enters RUN is what was verified, or nothing.

# shellcheck source=tools/testing/selftests/pci-tsm/lib.sh
. "$(dirname "$(realpath "$0")")/lib.sh"
# shellcheck source=tools/testing/selftests/pci-tsm/evidence-lib.sh
. "$DIR/evidence-lib.sh"

LOCK=$(attr lock)
ACCEPT=$(attr accept)
TSM=$(tsm)

# Beyond this there is no end
MOST=400

locks()
{
	fault_read $FAULT_LOCKS
}

# not_trusted - neither RUN nor anything that belongs to it
not_trusted()
{
	[ "$(get state)" != run ] || fail "in RUN"
	is driver "$(driver)" none
	is accept "$(get accept)" 0
	nothing_private
	! dma_enabled || fail "it reaches private memory"
}

# unlock_after - the way back is open, whatever happened
unlock_after()
{
	fault_clear
	has_driver "$TDI" none || is unbind "$(unbind)" OK
	case $(get state) in
	unlocked) ;;
	*) unlock ;;
	esac
	untouched
}

# The operations: from where each begins, what it gives when nobody disturbs it, and
# what may come of it, result and state, when the function was locked anew meanwhile.
# Where that depends on when it was, $only_if is a command that finds out.

begin_lock()
{
	alone=OK
	untouched
}

do_lock()
{
	wr "$TSM" "$LOCK"
}

# lock_is_not_known(class, n) - the n-th query of lock comes before LOCK, or is the
# first one after it, by which the kernel learns which LOCK session it has: if the
# query before it fails, there is no LOCK.
lock_is_not_known()
{
	local before

	is "class" "$1" "$GET_INFO"
	[ "$2" -gt 1 ] || return 0
	begin_lock
	fails $GET_INFO $RSI_ERROR_DEVICE 1 $(($2 - 1))
	before=$(locks)
	is "lock with a query that fails" "$(do_lock)" EIO
	[ "$(locks)" -eq "$before" ]
}

after_lock()
{
	case "$1 $(get state)" in
	"OK locked")
		only_if=lock_is_not_known
		is "digest" "$(get evidence_digest)" "$digest"
		expect OK "$digest" "$ACCEPT"
		is state "$(get state)" run
		within 10 has_driver "$TDI" nvme
		is unbind "$(unbind)" OK
		;;
	"EIO unlocked")
		# The kernel's own LOCK has failed: there was the other one only
		is "number of LOCKs" "$(locks)" $((before + 1))
		not_trusted
		;;
	"ESTALE unlocked")
		not_trusted
		;;
	*)
		fail "lock: $1, $(get state)"
		;;
	esac
}

begin_nonce()
{
	alone=OK
	lock
	dsm $DSM_CHANGE 2 1
}

do_nonce()
{
	nonce
}

after_nonce()
{
	is "nonce" "$1 $(get state)" "ESTALE error"
	not_trusted
}

# accept_alone - without a driver that comes in its own time
accept_alone()
{
	echo 0 >$PCI/drivers_autoprobe
	wr "$digest" "$ACCEPT" >/tmp/result || :
	echo 1 >$PCI/drivers_autoprobe
	cat /tmp/result
}

begin_accept()
{
	alone="OK OK"
	lock
	is digest "$(get evidence_digest)" "$digest"
	dsm $DSM_CHANGE 2 1
}

# And the driver, if it may come
do_accept()
{
	local result

	result=$(accept_alone)
	[ "$result" != OK ] || result="OK $(bind)"
	echo "$result"
}

# comes_after_run(class, n) - accept succeeds though the n-th such call fails
comes_after_run()
{
	begin_accept
	fails "$1" $RSI_ERROR_DEVICE 1 "$2"
	is "accept with a call that fails later" "$(do_accept)" "OK EIO"
}

after_accept()
{
	case "$1 $(get state)" in
	"OK EIO error")
		only_if=comes_after_run
		;;
	"ESTALE error")
		;;
	*)
		fail "accept: $1, $(get state)"
		;;
	esac
	not_trusted
}

# Nonces again, but in RUN. The function is not what was accepted, and if that is
# found out it is because of the device. The host brings it to RUN as well.

begin_nonce_in_run()
{
	alone=EKEYREJECTED
	lock
	is accept "$(accept_alone)" OK
	dsm $DSM_CHANGE 2 1
}

do_nonce_in_run()
{
	nonce
}

# The last calls are those that take back a function that was refused by then
after_nonce_in_run()
{
	[ "$1" = EKEYREJECTED ] || is nonce "$1" ESTALE
	is state "$(get state)" error
	not_trusted
}

# at_each_call(operation, class, [value]) - locked anew, and with a value of 1 started
# as well, before the first, the second, ...
at_each_call()
{
	local n=0 alone before result mine only_if

	lock
	digest=$(get evidence_digest)
	unlock
	while :; do
		n=$((n + 1))
		[ $n -lt $MOST ] || fail "no end of calls"
		"begin_$1"
		fault $RELOCK_AT "$2" $n 1 "${3:-0}"
		before=$(locks)
		result=$("do_$1") || :
		# That of lock itself does not count
		mine=0
		[ "$1 $result" != "lock OK" ] || mine=1
		if [ "$(locks)" -le $((before + mine)) ]; then
			is "$1, undisturbed" "$result" "$alone"
			break
		fi
		only_if=
		"after_$1" "$result"
		unlock_after
		if [ -n "$only_if" ]; then
			"$only_if" "$2" $n || fail "$1: $result, locked anew at call $n"
			unlock_after
		fi
	done
	echo "$1: $((n - 1)) calls of class $2"
	[ $n -gt 1 ] || fail "there is no such call"
	clean
}

test_lock_at_host_calls()
{
	at_each_call lock $HOST_CALL
}

test_lock_at_queries()
{
	at_each_call lock $GET_INFO
}

test_nonce_at_host_calls()
{
	at_each_call nonce $HOST_CALL
}

test_nonce_at_queries()
{
	at_each_call nonce $GET_INFO
}

test_accept_at_host_calls()
{
	at_each_call accept $HOST_CALL
}

test_accept_at_queries()
{
	at_each_call accept $GET_INFO
}

test_accept_at_validation()
{
	at_each_call accept $VALIDATE_MAPPING
}

test_accept_at_dma_enable()
{
	at_each_call accept $DMA_ENABLE
}

test_nonce_in_run_at_host_calls()
{
	at_each_call nonce_in_run $HOST_CALL 1
}

test_nonce_in_run_at_queries()
{
	at_each_call nonce_in_run $GET_INFO 1
}

run_tests
