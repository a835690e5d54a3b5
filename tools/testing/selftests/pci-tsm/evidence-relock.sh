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
	case $(get state) in
	unlocked) ;;
	*) unlock ;;
	esac
	untouched
}

# The operations, each from where it begins, and what may come of it when the
# function was locked anew meanwhile: result and state

begin_lock()
{
	untouched
}

do_lock()
{
	wr "$TSM" "$LOCK"
}

# Before the kernel's own LOCK there is nothing to hide
after_lock()
{
	case "$1 $(get state)" in
	"OK locked")
		is "digest" "$(get evidence_digest)" "$digest"
		expect OK "$digest" "$ACCEPT"
		is state "$(get state)" run
		within 10 has_driver "$TDI" nvme
		is unbind "$(unbind)" OK
		;;
	"ESTALE unlocked" | "ESTALE error" | "EIO unlocked" | "EIO error" | \
	"EBADMSG unlocked" | "ENODATA unlocked")
		not_trusted
		;;
	*)
		fail "lock: $1, $(get state)"
		;;
	esac
}

begin_nonce()
{
	lock
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

begin_accept()
{
	lock
	is digest "$(get evidence_digest)" "$digest"
}

do_accept()
{
	wr "$digest" "$ACCEPT"
}

# When it was in RUN already, but not yet with a driver
after_accept()
{
	case "$1 $(get state)" in
	"ESTALE error" | "EIO error" | "OK error")
		not_trusted
		;;
	*)
		fail "accept: $1, $(get state)"
		;;
	esac
}

# at_each_call(operation, class) - locked anew before the first, the second, ...
at_each_call()
{
	local n=0 before result

	lock
	digest=$(get evidence_digest)
	unlock
	while :; do
		n=$((n + 1))
		[ $n -lt $MOST ] || fail "no end of calls"
		"begin_$1"
		fault $RELOCK_AT "$2" $n
		before=$(locks)
		result=$("do_$1") || :
		# That of lock itself does not count
		[ "$1 $result" != "lock OK" ] || before=$((before + 1))
		if [ "$(locks)" -le "$before" ]; then
			is "$1, undisturbed" "$result" OK
			break
		fi
		"after_$1" "$result"
		unlock_after
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

run_tests
