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

# policy [KEY...] - one rule for such devices, with more keys
policy()
{
	cat >policy.json <<-END
	{ "version": 1, "rules": [ {
		"name": "one", "match": { "vendor": "0x1b36" }, "roots": "root.pem",
		"measurements": { "required": [], "others": "allow" }${1:+, $1}
	} ] }
	END
}

test_the_rule_says_whether_it_is_restored()
{
	umask 022
	prepare
	policy
	status 0 tool accept 00:01.0 --policy policy.json
	is restore "$(attr restore)" 1
	tool unlock 00:01.0
	tool lock 00:01.0
	policy '"restore": false'
	status 0 tool accept 00:01.0 --policy policy.json
	is state "$(attr state)" run
	is restore "$(attr restore)" 0
}

test_the_rule_says_whose_certificate()
{
	umask 022
	prepare
	echo 0x1101 >"$fn/subsystem_device"
	policy
	status 3 tool verify 00:01.0 --policy policy.json
	has err 'name: .*SSID=1101'
	policy '"certificate_name": "any"'
	status 0 tool verify 00:01.0 --policy policy.json
	status 0 tool accept 00:01.0 --policy policy.json
	is state "$(attr state)" run
}

test_a_name_contradicts_a_policy()
{
	umask 022
	prepare
	policy
	for _option in --any-name '--name x'; do
		for _verb in verify accept; do
			# shellcheck disable=SC2086
			status 2 tool $_verb 00:01.0 --policy policy.json $_option
			has err "and ${_option%% *} contradict each other"
		done
	done
	is state "$(attr state)" locked
}

test_a_nonce_that_is_none()
{
	prepare
	status 2 tool verify 00:01.0 --roots root.pem --nonce zz
	has err '--nonce: expected 64 hexadecimal digits'
}

# A rule for one address cannot be told to be for what is in files
test_rules_for_an_address_and_files()
{
	umask 022
	prepare
	policy '"restore": true'
	status 0 tool evidence 00:01.0 files
	_name=Vendor=1b36:Device=0010:CC=010802:REV=02:SSVID=1af4:SSID=1100
	status 0 tool verify files --policy policy.json --name $_name
	lacks err 'is left out'
	sed 's/"one", "match": {/"two", "match": { "slot": "0000:00:01.0",/' policy.json >10-a.json
	mkdir policy.d
	cp 10-a.json root.pem policy.d
	cp policy.json policy.d/20-b.json
	status 0 tool verify files --policy policy.d --name $_name
	has err 'rule "two" of policy.d/10-a.json is left out: it is for 0000:00:01.0 only'
	rm policy.d/20-b.json
	status 3 tool verify files --policy policy.d --name $_name
	has err 'is left out' 'no rule of policy.d fits it'
	status 0 tool verify 00:01.0 --policy policy.d
	lacks err 'is left out'
}

run_tests
