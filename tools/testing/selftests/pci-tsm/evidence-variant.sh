#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2119
#
# Evidence of whatever devices are here, made with whatever version, algorithms
# and slot: it is verified and accepted, and the device works.

# shellcheck source=tools/testing/selftests/pci-tsm/lib.sh
. "$(dirname "$(realpath "$0")")/lib.sh"
# shellcheck source=tools/testing/selftests/pci-tsm/evidence-lib.sh
. "$DIR/evidence-lib.sh"

modprobe virtio_blk
modprobe igb

# same_verdict(function, digest) - pcitsm says so, too, if it is here
same_verdict()
{
	command -v pcitsm >/dev/null || return 0
	pcitsm verify /tmp/evidence --roots "$(device_root "$1")" --name "$(device_name "$1")" \
		--nonce /tmp/evidence/nonce >/tmp/pcitsm
	grep -F "$2" /tmp/pcitsm
}

test_verify_and_accept()
{
	local bdf verdict

	for bdf in $TDIS; do
		lock "$bdf"
		collect.sh "$bdf" /tmp/evidence
		verdict=$(verdict /tmp/evidence "$bdf")
		is "digest of $bdf" "$verdict" "$(get evidence_digest "$bdf")"
		same_verdict "$bdf" "$verdict"
		# What was found the first time is what to expect
		grep '^0x' /tmp/verdict >"/tmp/expected.$bdf"
		collect.sh "$bdf" /tmp/again
		is "verdict again" "$(verdict /tmp/again "$bdf" "/tmp/expected.$bdf")" \
			"$verdict"
		expect OK "$verdict" "$(attr accept "$bdf")"
		is state "$(get state "$bdf")" run
		within 10 has_driver "$bdf" "$(driver_for "$bdf")"
	done
}

# refused_as(function, name) - /tmp/evidence of the function is not for this name
refused_as()
{
	local rc=0

	verify.sh /tmp/evidence "$(device_root "$1")" "$2" /tmp/evidence/nonce || rc=$?
	is "exit status for $1 as $2" $rc 12
}

test_none_passes_for_another()
{
	local bdf other name

	for bdf in $TDIS; do
		lock "$bdf"
		collect.sh "$bdf" /tmp/evidence
		name=$(device_name "$bdf")
		refused_as "$bdf" "${name%?}f"
		for other in $TDIS; do
			[ "$(device_name "$other")" = "$name" ] ||
				refused_as "$bdf" "$(device_name "$other")"
		done
	done
}

# The highest that both know, or what "spdm_version=" on the command line expects
test_version_of_spdm()
{
	local bdf

	for bdf in $TDIS; do
		lock "$bdf"
		collect.sh "$bdf" /tmp/evidence
		verify /tmp/evidence "$bdf" >/tmp/verdict
		is "SPDM version of $bdf" \
			"$(sed -n 's/^vca *SPDM \([0-9.]*\).*/\1/p' /tmp/verdict)" \
			"${spdm_version:-1.3}"
	done
}

run_tests
