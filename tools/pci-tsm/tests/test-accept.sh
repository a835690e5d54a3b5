#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2119,SC2120
#
# pcitsm accept of a device that can prove what it is.

. "$(dirname "$(realpath "$0")")/tap.sh"
. "$(dirname "$(realpath "$0")")/tree.sh"

# A locked function with such a device, and the root of its certificates
prepare()
{
	new_tree
	new_function 0000:00:01.0
	python3 "$here/fake-device.py" new "$fn/fake"
	cp "$fn/fake/root.pem" .
	cat >"$fn/fake/collect" <<-END
	#!/bin/sh
	exec python3 $here/fake-device.py collect . "\$1"
	END
	chmod +x "$fn/fake/collect"
	tool lock 00:01.0
}

test_accept_what_is_verified()
{
	prepare
	status 0 tool verify 00:01.0 --roots root.pem
	grep '^0x' out >reference
	status 0 tool accept 00:01.0 --roots root.pem --reference reference
	is state "$(attr state)" run
	is restore "$(attr restore)" 1
	has out "locked -> run, accepted as $(attr evidence_digest)"
}

test_a_good_certificate_alone_is_not_enough()
{
	prepare
	status 3 tool accept 00:01.0 --roots root.pem
	has err 'nothing says which measurements are good'
	is state "$(attr state)" locked
	: >reference
	status 2 tool accept 00:01.0 --roots root.pem --reference reference
	is state "$(attr state)" locked
	status 0 tool accept 00:01.0 --roots root.pem --allow-others --json
	json out 'o["state"] == "run" and o["verdict"]'
}

test_another_measurement_is_refused()
{
	prepare
	status 0 tool verify 00:01.0 --roots root.pem
	sed -n 's/^\(0x05 .*\)[0-9a-f]$/\1f/p' out >reference
	[ -s reference ]
	status 3 tool accept 00:01.0 --roots root.pem --reference reference --allow-others
	has err 'it is not accepted and stays locked'
	is state "$(attr state)" locked
}

run_tests
