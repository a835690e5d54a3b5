#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2119
#
# A host that tampers with evidence, one way after the other. Each time: the
# documented errno, not in RUN, nothing to read, one reason in the log, and all is
# well again when the host is honest.
#
# Wants more functions behind the trust boundary: for evidence of another one.

# shellcheck source=tools/testing/selftests/pci-tsm/lib.sh
. "$(dirname "$(realpath "$0")")/lib.sh"
# shellcheck source=tools/testing/selftests/pci-tsm/evidence-lib.sh
. "$DIR/evidence-lib.sh"

LOCK=$(attr lock)
ACCEPT=$(attr accept)
TSM=$(tsm)

file_of()
{
	case $1 in
	"$OBJECT_VCA") echo vca ;;
	"$OBJECT_CERTIFICATES") echo certificates ;;
	"$OBJECT_MEASUREMENTS") echo measurements ;;
	"$OBJECT_REPORT") echo report ;;
	esac
}

size_of()
{
	wc -c <"$(attr "$(file_of "$1")")"
}

# honest - LOCKED, with evidence in /tmp/good; what was verified, the first time, is
# $verdict
honest()
{
	[ "$(get state)" = locked ] || lock
	collect.sh "$TDI" /tmp/good
	[ -e /tmp/verified ] || verdict /tmp/good "$TDI" "$REFERENCE" >/tmp/verified
	verdict=$(cat /tmp/verified)
	is "digest" "$(get evidence_digest)" "$verdict"
}

# honest_again - the same evidence as before
honest_again()
{
	fault_clear
	[ "$(get state)" = locked ] || lock
	is "nonce" "$(nonce)" OK
	is "digest" "$(get evidence_digest)" "$verdict"
}

# lock_refused(errno)
lock_refused()
{
	klog_mark
	expect "$1" "$TSM" "$LOCK"
	refused_once "PCI/TSM: lock failed: "
	untouched
	nothing_private
}

# nonce_refused(errno) - in LOCKED; nothing that was verified can be accepted now
nonce_refused()
{
	klog_mark
	is nonce "$(nonce)" "$1"
	refused_once
	is state "$(get state)" locked
	! cat "$(attr measurements)" >/dev/null 2>&1 || fail "there is evidence"
	expect ESTALE "$verdict" "$ACCEPT"
	expect ESTALE 1 "$ACCEPT"
	is state "$(get state)" locked
	is driver "$(driver)" none
	nothing_private
}

# flipped(object, byte...) - as the host hands it out, at lock and at nonce
flipped()
{
	local object=$1 byte

	shift
	honest
	unlock
	for byte; do
		fault $HOST_FLIP "$object" 1 1 "$byte" 0x01
		lock_refused EBADMSG
	done
	honest_again
	# The others are of the connection that is made at lock
	case $object in
	"$OBJECT_MEASUREMENTS" | "$OBJECT_REPORT") ;;
	*) return 0 ;;
	esac
	for byte; do
		fault $HOST_FLIP "$object" 1 1 "$byte" 0x80
		nonce_refused EBADMSG
	done
	honest_again
}

test_byte_changed_in_vca()
{
	flipped $OBJECT_VCA 0 7 20 60
}

test_byte_changed_in_certificates()
{
	flipped $OBJECT_CERTIFICATES 0 3 100 1200
}

test_byte_changed_in_measurements()
{
	# Of the request, the nonce, a block, the signature
	flipped $OBJECT_MEASUREMENTS 3 10 60 300
}

test_byte_changed_in_report()
{
	flipped $OBJECT_REPORT 0 12 20 35
}

test_stale_measurements()
{
	honest
	fault $STALE $OBJECT_MEASUREMENTS
	nonce_refused EBADMSG
	honest_again
}

test_stale_certificates()
{
	honest
	unlock
	dsm $DSM_CHAIN 1
	fault $STALE $OBJECT_CERTIFICATES
	lock_refused EBADMSG
	honest_again
}

# What was collected before LOCK, and is of no use now
test_evidence_of_the_session_before()
{
	honest
	unlock
	fault $STALE $OBJECT_MEASUREMENTS
	lock_refused EBADMSG
	honest_again
}

# foreign(object) - that of each other function, if it is not the same
foreign()
{
	local other index=0 tried=0

	for other in $TDIS; do
		[ "$other" = "$TDI" ] || lock "$other"
	done
	honest
	for other in $TDIS; do
		index=$((index + 1))
		[ "$other" != "$TDI" ] || continue
		collect.sh "$other" /tmp/other
		! cmp -s "/tmp/good/$(file_of "$1")" "/tmp/other/$(file_of "$1")" || continue
		fault $FOREIGN "$1" 1 1 $((index - 1))
		nonce_refused EBADMSG
		tried=$((tried + 1))
	done
	[ $tried -gt 0 ] || skip "all functions have the same $(file_of "$1")"
	honest_again
}

test_certificates_of_another_function()
{
	foreign $OBJECT_CERTIFICATES
}

test_measurements_of_another_function()
{
	foreign $OBJECT_MEASUREMENTS
}

test_report_of_another_function()
{
	foreign $OBJECT_REPORT
}

# resized(object) - the host says another size than there is
resized()
{
	local size len

	honest
	len=$(size_of "$1")
	for size in 0 1 $((len - 1)) 0x1000001 0x7fffffff 0xffffffff; do
		fault $SIZE "$1" 1 1 "$size"
		nonce_refused EBADMSG
	done
	# It has not got that much
	fault $SIZE "$1" 1 1 $((len + 1))
	nonce_refused EBADMSG
	honest_again
	# It has, and zeros at the end
	fault $GROW "$1" 1 1 64
	fault $SIZE "$1" 1 1 $((len + 64))
	nonce_refused EBADMSG
	honest_again
}

test_vca_of_another_size()
{
	resized $OBJECT_VCA
}

test_certificates_of_another_size()
{
	resized $OBJECT_CERTIFICATES
}

test_measurements_of_another_size()
{
	resized $OBJECT_MEASUREMENTS
}

test_report_of_another_size()
{
	resized $OBJECT_REPORT
}

# What is not read cannot harm: the size counts that was told first
test_objects_that_grow_between_reads()
{
	local object

	honest
	for object in $OBJECT_VCA $OBJECT_CERTIFICATES $OBJECT_MEASUREMENTS $OBJECT_REPORT; do
		fault $GROW "$object" 1 1 64
		collect.sh "$TDI" /tmp/evidence
		is "verdict" "$(verdict /tmp/evidence "$TDI" "$REFERENCE")" "$verdict"
		honest_again
	done
	# Those are not collected anew with the nonce, and remain longer
	for object in $OBJECT_VCA $OBJECT_CERTIFICATES; do
		fault $GROW "$object" 1 1 64
		is nonce "$(nonce)" OK
		nonce_refused EBADMSG
		honest_again
	done
}

test_parts_of_odd_sizes()
{
	local object bytes

	honest
	for object in $OBJECT_VCA $OBJECT_CERTIFICATES $OBJECT_MEASUREMENTS $OBJECT_REPORT; do
		for bytes in 0 4097 0x7fffffff 0xffffffff; do
			fault $BYTES "$object" 1 1 "$bytes"
			nonce_refused EBADMSG
		done
	done
	honest_again
}

test_nonce_of_the_host()
{
	honest
	fault $OTHER_NONCE
	nonce_refused ESTALE
	honest_again
	unlock
	fault $OTHER_NONCE
	lock_refused ESTALE
	honest_again
}

test_no_measurements()
{
	honest
	fails $GET_MEASUREMENTS $RHI_DEVICE
	nonce_refused EIO
	honest_again
}

# malformed(object, byte...) - the RMM vouches for what a device made
malformed()
{
	local object=$1 byte

	shift
	honest
	for byte; do
		unlock
		fault $DEVICE_FLIP "$object" 1 1 "$byte" 0xff
		lock_refused EBADMSG
		lock
	done
	honest_again
}

test_vca_malformed_by_the_device()
{
	# Version, code, number of versions, those of the last message
	malformed $OBJECT_VCA 0 1 5 9
}

test_certificates_malformed_by_the_device()
{
	# Tag and size of the first
	malformed $OBJECT_CERTIFICATES 0 1 2 3
}

test_measurements_malformed_by_the_device()
{
	# Request: version, code, operation; response: code, number of blocks, size
	malformed $OBJECT_MEASUREMENTS 0 1 3 38 41 42
}

# The monitor plays a host that locks the function again, and collects again so
# that nobody notices
test_locked_again_before_accept()
{
	honest
	dsm $DSM_CHANGE 2 1
	fault $RELOCK_BEHIND
	klog_mark
	expect ESTALE "$verdict" "$ACCEPT"
	refused_once
	klog_since | grep -q "$TDI: .*locked again behind our back"
	is state "$(get state)" error
	is driver "$(driver)" none
	nothing_private
	unlock
}

test_locked_again_and_in_run_before_accept()
{
	honest
	fault $RELOCK_BEHIND 0 1 1 1
	klog_mark
	expect ESTALE "$verdict" "$ACCEPT"
	refused_once
	is state "$(get state)" error
	is driver "$(driver)" none
	nothing_private
}

test_locked_again_before_nonce()
{
	honest
	fault $RELOCK_BEHIND
	klog_mark
	is nonce "$(nonce)" ESTALE
	refused_once
	is state "$(get state)" error
	! cat "$(attr measurements)" >/dev/null 2>&1 || fail "there is evidence"
	expect EIO "$verdict" "$ACCEPT"
	unlock
}

run_tests
