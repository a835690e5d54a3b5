#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2119
#
# Evidence: from the device to the verifier's verdict, and back as the digest that
# is accepted. Nonces, generations, readers; devices that turn out to be others.

# shellcheck source=tools/testing/selftests/pci-tsm/lib.sh
. "$(dirname "$(realpath "$0")")/lib.sh"
# shellcheck source=tools/testing/selftests/pci-tsm/evidence-lib.sh
. "$DIR/evidence-lib.sh"

ACCEPT=$(attr accept)
NONCE=$(attr nonce)
OBJECTS="certificates vca measurements report"

# disk_works - it can be read
disk_works()
{
	within 10 has_disk "$TDI"
	dd if="/dev/$(disk)" of=/dev/null bs=64k count=16
}

# cannot_read(attribute, error) - what cat says about it
cannot_read()
{
	local said

	! said=$(cat "$(attr "$1")" 2>&1 >/dev/null) || fail "$1 can be read"
	is "error" "${said##*: }" "$2"
}

# no_evidence - there is nothing to read
no_evidence()
{
	local object

	for object in $OBJECTS evidence_digest lock_flags; do
		cannot_read "$object" "No data available"
	done
}

# locked_still - nothing has come of it
locked_still()
{
	is state "$(get state)" locked
	is driver "$(driver)" none
	nothing_private
}

test_verify_and_accept()
{
	local verdict

	lock
	collect.sh "$TDI" /tmp/evidence
	verdict=$(verdict /tmp/evidence "$TDI" "$REFERENCE")
	is "digest" "$verdict" "$(get evidence_digest)"
	expect OK "$verdict" "$ACCEPT"
	is state "$(get state)" run
	within 10 has_driver "$TDI" nvme
	disk_works
	# What is so already can be asked for again
	expect OK "$verdict" "$ACCEPT"
	is state "$(get state)" run
	is unbind "$(unbind)" OK
	unlock
}

test_attributes_are_not_for_everybody()
{
	local object

	for object in $OBJECTS; do
		is "mode of $object" "$(stat -c %a "$(attr "$object")")" 400
	done
	is "mode of nonce" "$(stat -c %a "$NONCE")" 200
}

test_no_evidence_unless_locked()
{
	no_evidence
	klog_mark
	is nonce "$(nonce)" EINVAL
	one_line_about
	untouched
	lock
	cat "$(attr report)" >/tmp/report
	unlock
	no_evidence
}

test_a_nonce_has_32_bytes()
{
	local size generation digest

	lock
	generation=$(get evidence_generation)
	digest=$(get evidence_digest)
	for size in 1 31 33 64 4096 5000; do
		head -c $size /dev/urandom >/tmp/nonce
		klog_mark
		is "$size bytes" "$(wr -b /tmp/nonce "$NONCE")" EINVAL
		one_line_about
	done
	# In two parts: neither is one
	head -c 32 /dev/urandom >/tmp/nonce
	! dd if=/tmp/nonce of="$NONCE" bs=16 2>/dev/null || fail "two halves are a nonce"
	is generation "$(get evidence_generation)" "$generation"
	is digest "$(get evidence_digest)" "$digest"
	locked_still
	dd if=/tmp/nonce of="$NONCE" bs=32
}

# not_understood(file) - of what is in /tmp/other
not_understood()
{
	local rc=0

	verify /tmp/other >/tmp/verdict || rc=$?
	is "exit status with a malformed $1" $rc 18
	! grep sha384: /tmp/verdict || fail "a digest in spite of that"
	cp "/tmp/evidence/$1" /tmp/other
}

test_digest_is_about_lock_flags_and_bars()
{
	local verdict other flags start end type

	lock
	is "lock_flags" "$(get lock_flags)" 0x0000/0x0000
	collect.sh "$TDI" /tmp/evidence
	verdict=$(verdict /tmp/evidence "$TDI" "$REFERENCE")
	is digest "$verdict" "$(get evidence_digest)"
	rm -rf /tmp/other
	cp -r /tmp/evidence /tmp/other

	# A flag that the TSM knows, a flag that is set, a larger BAR
	for flags in 0x0000/0x0004 0x0004/0x0004; do
		echo $flags >/tmp/other/lock_flags
		other=$(verdict /tmp/other)
		[ "$other" != "$verdict" ] || fail "the flags of the lock do not matter"
		expect ESTALE "$other" "$ACCEPT"
	done
	cp /tmp/evidence/lock_flags /tmp/other
	read -r start end type </tmp/evidence/resource
	printf '%s 0x%016x %s\n' "$start" $((end + 0x1000)) "$type" >/tmp/other/resource
	tail -n +2 /tmp/evidence/resource >>/tmp/other/resource
	other=$(verdict /tmp/other)
	[ "$other" != "$verdict" ] || fail "the size of the BAR does not matter"
	expect ESTALE "$other" "$ACCEPT"
	locked_still

	cp /tmp/evidence/resource /tmp/other
	for flags in 0x0000 0x0000/0x00000 0x0001/0x0000; do
		echo $flags >/tmp/other/lock_flags
		not_understood lock_flags
	done
	head -n 5 /tmp/evidence/resource >/tmp/other/resource
	not_understood resource
	is digest "$(verdict /tmp/other)" "$verdict"
}

# signature(directory) - the end of the measurements, where it is
signature()
{
	tail -c 64 "$1/measurements" | md5sum
}

test_evidence_again_and_again()
{
	local generation digest object

	lock
	collect.sh "$TDI" /tmp/first
	generation=$(get evidence_generation)
	digest=$(get evidence_digest)
	collect.sh "$TDI" /tmp/second
	[ "$(get evidence_generation)" != "$generation" ] || fail "the same generation"
	is digest "$(get evidence_digest)" "$digest"
	[ "$(signature /tmp/first)" != "$(signature /tmp/second)" ] || fail "the same signature"
	for object in certificates vca report; do
		cmp "/tmp/first/$object" "/tmp/second/$object"
	done
	is verdict "$(verdict /tmp/first "$TDI" "$REFERENCE")" "$digest"
	is verdict "$(verdict /tmp/second "$TDI" "$REFERENCE")" "$digest"
	# The digest is the same in another LOCK session
	unlock
	lock
	is digest "$(get evidence_digest)" "$digest"
}

test_generation_can_be_polled()
{
	local generation poller

	lock
	generation=$(get evidence_generation)
	poll-attr 10000 "$(attr evidence_generation)" $((generation + 1)) >/tmp/poll &
	poller=$!
	within 5 grep -qx "$generation" /tmp/poll
	collect.sh "$TDI" /tmp/evidence
	wait $poller || fail "not notified"
}

test_readers_see_one_collection()
{
	local object part

	lock
	for object in $OBJECTS; do
		exec 3<"$(attr "$object")"
		part=$(dd bs=8 count=1 <&3 2>/dev/null | od -An -tx1)
		[ -n "$part" ] || fail "nothing of $object"
		collect.sh "$TDI" /tmp/evidence
		! part=$(dd bs=8 count=1 <&3 2>&1 >/dev/null) || fail "$object went on"
		is "$object, second part" "${part##*: }" "Stale file handle"
		exec 3<&-
		# Nor can one begin elsewhere than at the start. Of a collection that nobody
		# has read yet: a file may be where one was that had begun.
		is "nonce" "$(nonce)" OK
		! dd if="$(attr "$object")" of=/dev/null bs=8 skip=1 count=1 2>/tmp/error ||
			fail "$object was read from its middle"
		grep -q "Stale file handle" /tmp/error
	done
}

# collected - measurements as they are until the next nonce, read at once
collected()
{
	md5sum <"$(attr measurements)" >>/tmp/collected
}

# collect_again - the only one to do so in this storm
collect_again()
{
	nonce
	collected
}

# read_in_parts(seconds) - measurements to /tmp/measurements, with a pause
read_in_parts()
{
	dd bs=61 count=4 2>/tmp/error && sleep "$1" && dd bs=61 2>/tmp/error
} <"$(attr measurements)" >/tmp/measurements

test_readers_while_evidence_is_collected()
{
	local n=0 pause=0 whole=0 stale=0

	lock
	collect.sh "$TDI" /tmp/evidence
	: >/tmp/collected
	: >/tmp/whole
	collected
	storm collect_again
	# All of it or an error, never a part of one and a part of another
	while [ $n -lt 60 ] || [ $whole -eq 0 ] || [ $stale -eq 0 ]; do
		n=$((n + 1))
		[ $n -lt 600 ] || fail "$whole times all of it, $stale times an error"
		if read_in_parts $pause; then
			whole=$((whole + 1))
			md5sum </tmp/measurements >>/tmp/whole
			cp /tmp/measurements /tmp/evidence
		else
			grep -q "Stale file handle" /tmp/error || fail "$(cat /tmp/error)"
			stale=$((stale + 1))
		fi
		# With a pause it is likely to change, without one it is not
		[ $pause = 0 ] && pause=0.1 || pause=0
	done
	calm
	only /tmp/storm.out OK
	echo "$whole times all of it, $stale times an error"
	[ "$(sort -u /tmp/collected | wc -l)" -gt 1 ] || fail "never collected again"
	while read -r n; do
		grep -qxF "$n" /tmp/collected || fail "of more than one collection"
	done </tmp/whole
	# The last one, by its signature for the nonce that it names
	dd if=/tmp/evidence/measurements of=/tmp/evidence/nonce bs=4 skip=1 count=8
	verify /tmp/evidence "$TDI" "$REFERENCE"
}

test_accept_wants_a_digest()
{
	local digest hex

	lock
	digest=$(get evidence_digest)
	hex=${digest#sha384:}
	for digest in "" 0 2 11 sha384: "sha384:${hex%?}" "sha384:${hex}0" "sha384:$hex$hex" \
		      "$hex" "sha256:$hex" "SHA384:$hex" " sha384:$hex" "sha384:${hex%?}g" \
		      "sha384:$hex sha384:$hex"; do
		klog_mark
		expect EINVAL "$digest" "$ACCEPT"
		one_line_about
	done
	locked_still
}

test_accept_of_other_evidence()
{
	local digest other

	lock
	digest=$(get evidence_digest)
	other=sha384:$(echo other | sha384sum | cut -d ' ' -f 1)
	klog_mark
	expect ESTALE "$other" "$ACCEPT"
	one_line_about
	locked_still
	expect OK "$digest" "$ACCEPT"
	within 10 has_driver "$TDI" nvme
	klog_mark
	expect ESTALE "$other" "$ACCEPT"
	one_line_about
	is state "$(get state)" run
	disk_works
}

test_another_measurement_after_verification()
{
	local verdict

	lock
	collect.sh "$TDI" /tmp/evidence
	verdict=$(verdict /tmp/evidence "$TDI" "$REFERENCE")
	unlock
	dsm $DSM_CHANGE 2 0x5a
	lock
	[ "$(get evidence_digest)" != "$verdict" ] || fail "the same digest"
	klog_mark
	expect ESTALE "$verdict" "$ACCEPT"
	one_line_about
	locked_still
	# Whoever verifies it finds it
	collect.sh "$TDI" /tmp/evidence
	! verify /tmp/evidence "$TDI" "$REFERENCE" || fail "verified"
	dsm $DSM_ORIGINAL
	collect.sh "$TDI" /tmp/evidence
	expect OK "$verdict" "$ACCEPT"
}

test_another_chain_after_verification()
{
	local verdict

	lock
	collect.sh "$TDI" /tmp/evidence
	verdict=$(verdict /tmp/evidence "$TDI" "$REFERENCE")
	unlock
	dsm $DSM_CHAIN 1
	lock
	klog_mark
	expect ESTALE "$verdict" "$ACCEPT"
	one_line_about
	locked_still
	# It is a good one all the same: the verifier decides
	collect.sh "$TDI" /tmp/evidence
	verdict=$(verdict /tmp/evidence "$TDI" "$REFERENCE")
	expect OK "$verdict" "$ACCEPT"
	is state "$(get state)" run
}

test_firmware_update_in_locked()
{
	local verdict

	# A device that says it may take updates: bit 0 of its report is 0
	fault $DEVICE_FLIP $OBJECT_REPORT 1 $ENDLESS 0 1
	lock
	collect.sh "$TDI" /tmp/evidence
	verdict=$(verdict /tmp/evidence "$TDI" "$REFERENCE")
	dsm $DSM_CHANGE 2 1
	is "digest, as nobody knows yet" "$(get evidence_digest)" "$verdict"
	klog_mark
	expect ESTALE "$verdict" "$ACCEPT"
	one_line_about
	locked_still
	dsm $DSM_ORIGINAL
	collect.sh "$TDI" /tmp/evidence
	expect OK "$verdict" "$ACCEPT"
	is state "$(get state)" run
}

test_signature_that_is_none()
{
	local rc=0

	lock
	dsm $DSM_BAD_SIGNATURE 0 1
	# The kernel judges no signatures
	collect.sh "$TDI" /tmp/evidence
	verify /tmp/evidence "$TDI" "$REFERENCE" >/tmp/verdict || rc=$?
	is "exit status" $rc 15
	! grep sha384: /tmp/verdict || fail "a digest in spite of that"
}

test_a_device_of_somebody_else()
{
	local rc=0

	lock
	collect.sh "$TDI" /tmp/evidence
	verify.sh /tmp/evidence "$MAKERS/igb/root.pem" "$(device_name)" /tmp/evidence/nonce || rc=$?
	is "exit status, other root" $rc 11
	rc=0
	verify.sh /tmp/evidence "$(device_root)" "Vendor=1b36:Device=0011" \
		/tmp/evidence/nonce || rc=$?
	is "exit status, other name" $rc 12
	rc=0
	head -c 32 /dev/urandom >/tmp/nonce
	verify.sh /tmp/evidence "$(device_root)" "$(device_name)" /tmp/nonce || rc=$?
	is "exit status, other nonce" $rc 14
}

test_measured_again_in_run()
{
	local digest

	to_run
	disk_works
	digest=$(get evidence_digest)
	collect.sh "$TDI" /tmp/evidence
	is verdict "$(verdict /tmp/evidence "$TDI" "$REFERENCE")" "$digest"
	is state "$(get state)" run
	disk_works
}

test_another_measurement_in_run()
{
	to_run
	disk_works
	dsm $DSM_CHANGE 3 1
	klog_mark
	is nonce "$(nonce)" EKEYREJECTED
	refused_once
	is state "$(get state)" error
	! dma_enabled || fail "it still reaches private memory"
	# What it is now can be seen
	cat "$(attr measurements)" >/tmp/measurements
	within 10 has_driver "$TDI" none
	is restore_status "$(get restore_status)" evidence-differs
	is "bind in ERROR" "$(bind)" EBUSY
	unlock
}

test_collection_fails_in_run()
{
	to_run
	disk_works
	fault $OTHER_NONCE
	klog_mark
	is nonce "$(nonce)" ESTALE
	refused_once
	is state "$(get state)" run
	no_evidence
	# No new driver until it is known again what this is
	is unbind "$(unbind)" OK
	klog_mark
	is bind "$(bind)" ESTALE
	one_line_about
	is driver "$(driver)" none
	is nonce "$(nonce)" OK
	is bind "$(bind)" OK
	disk_works
}

test_busy_and_slow_device()
{
	lock
	dsm $DSM_BUSY 0 2
	collect.sh "$TDI" /tmp/evidence
	dsm $DSM_NOT_READY
	collect.sh "$TDI" /tmp/evidence
	dsm $DSM_DELAY 0 500
	collect.sh "$TDI" /tmp/evidence
	verify /tmp/evidence "$TDI" "$REFERENCE"
}

run_tests
