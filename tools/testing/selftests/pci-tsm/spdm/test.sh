#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Test the SPDM responder with spdm-check, both built with sanitizers. TAP on stdout.
#
#   [O=build] [CC=gcc] [SANITIZE=address,undefined] ./test.sh
#
# Certificates and logs are in O/test; the log of a failed test is also printed.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
out=${O:-$here/build}/test
name="Vendor=1b36:Device=0010:CC=010802:REV=02:SSVID=1af4:SSID=1100"
number=0
failed=0

rm -rf "$out"
mkdir -p "$out"
make -s -f "$here/Makefile" O="$out" CC="${CC:-cc}" \
	SANITIZE="${SANITIZE-address,undefined}" >"$out/build.log" 2>&1 || {
	sed 's/^/# /' "$out/build.log"
	echo "Bail out! it does not build"
	exit 1
}

# result STATUS NAME LOG
result()
{
	number=$((number + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $number - $2"
	else
		failed=$((failed + 1))
		echo "not ok $number - $2"
		tail -n 20 "$3" | sed 's/^/# /'
	fi
}

# run NAME COMMAND... - it must succeed
run()
{
	_name=$1
	shift
	_log=$out/$((number + 1)).log
	# A subshell that is no condition, so that 'set -e' holds inside
	set +e
	( set -e; "$@" ) >"$_log" 2>&1 </dev/null
	_status=$?
	set -e
	result "$_status" "$_name" "$_log"
}

# refused TEXT COMMAND... - it must fail, and say why
refused()
{
	_text=$1
	shift
	if "$@" >"$out/refused.log" 2>&1 </dev/null; then
		echo "no failure: $*"
		return 1
	fi
	cat "$out/refused.log"
	grep -q "$_text" "$out/refused.log"
}

# certificates NAME KEY INTERMEDIATES - the chain's first is the root, the leaf is new
certificates()
{
	"$here/make-certs.sh" "$out/$1" "$name" "$2" "$3"
	openssl x509 -inform DER -in "$out/$1/chain.der" | cmp - "$out/$1/root.pem"
	if cmp -s "$out/$1/chain.der" "$out/$1/reissued.der"; then
		return 1
	fi
	[ "$(find "$out/$1" | wc -l)" -eq 6 ]
}

# copy_of NAME - a copy to spoil, in $out/spoiled
copy_of()
{
	rm -rf "$out/spoiled"
	cp -r "$out/$1" "$out/spoiled"
}

# chain_of COMMAND... - what it prints is the chain of the copy
chain_of()
{
	"$@" >"$out/spoiled.der"
	mv "$out/spoiled.der" "$out/spoiled/chain.der"
}

# check TEST KEY VERSION [OPTIONS...]
check()
{
	_test=$1
	_certs=$2
	_version=$3
	shift 3
	run "$_test: $_certs, SPDM $_version${1:+, $*}" "$out/spdm-check" --responder \
		"$out/spdm-responder" --certs "$out/$_certs" --san "$name" \
		--version "$_version" "$@" "$_test"
}

# check_running CERTS VERSION - against one that was started by hand, with its defaults
check_running()
{
	rm -f "$out/port"
	"$out/spdm-responder" --certs "$out/p384" --port-file "$out/port" \
		--log "$out/responder.log" &
	_pid=$!
	_code=0
	"$out/spdm-check" --port-file "$out/port" --certs "$out/$1" --san "$name" \
		--version "$2" flow || _code=$?
	wait "$_pid"
	grep -q GET_VERSION "$out/responder.log"
	return "$_code"
}

bad_options()
{
	for _option in "--slot 8" "--slot -1" "--slot 1x" "--version 1.0" "--version 1.4" \
		"--version 2.2" "--blocks all" "--portion 0" "--portion 65536" \
		"--change 0" "--change 255" "--none" word; do
		# shellcheck disable=SC2086
		refused "usage" "$out/spdm-responder" --certs "$out/p384" $_option
	done
	refused "usage" "$out/spdm-responder"
}

bad_certificates()
{
	refused "no private EC key" "$out/spdm-responder" --certs "$out/none"
	copy_of p384
	cp "$out/p256/key.pem" "$out/spoiled/key.pem"
	refused "not DER certificates" "$out/spdm-responder" --certs "$out/spoiled"
	copy_of p384
	chain_of head -c 1000 "$out/p384/chain.der"
	refused "not DER certificates" "$out/spdm-responder" --certs "$out/spoiled"
	chain_of cat "$out/p384/chain.der" /dev/null "$here/test.sh"
	refused "not DER certificates" "$out/spdm-responder" --certs "$out/spoiled"
	chain_of true
	refused "not DER certificates" "$out/spdm-responder" --certs "$out/spoiled"
	chain_of cat "$out/long/chain.der" "$out/long/chain.der" "$out/long/chain.der" \
		"$out/long/chain.der"
	refused "too large" "$out/spdm-responder" --certs "$out/spoiled"
}

bad_certificate_options()
{
	refused "no name" "$here/make-certs.sh" "$out/new" ""
	refused "no name" "$here/make-certs.sh" "$out/new" "Vendor=1,DNS:x"
	refused "no name" "$here/make-certs.sh" "$out/new" "a
b"
	refused "p384 or p256" "$here/make-certs.sh" "$out/new" "$name" p521
	refused "a number" "$here/make-certs.sh" "$out/new" "$name" p384 x
	refused "usage" "$here/make-certs.sh" "$out/new"
	[ ! -e "$out/new" ]
}

run "certificates: P-384" certificates p384 p384 1
run "certificates: P-256" certificates p256 p256 1
run "certificates: no intermediate" certificates short p256 0
run "certificates: 30 intermediates" certificates long p384 30
run "certificates: arguments" bad_certificate_options
for version in 1.1 1.2 1.3; do
	for key in p384 p256; do
		check flow "$key" "$version"
		check flow "$key" "$version" --slot 3 --blocks many --portion 100
		check flow "$key" "$version" --slot 7 --blocks minimal --portion 1
		check control "$key" "$version"
		check errors "$key" "$version"
	done
	check flow long "$version" --blocks many
	check flow short "$version" --portion 65535
	check control p384 "$version" --slot 5 --blocks many
	check errors p256 "$version" --slot 2 --blocks many
	check frames p384 "$version"
	check garbage p384 "$version"
	check garbage p256 "$version" --slot 4 --blocks many --seed 7
	run "a running responder, SPDM $version" check_running p384 "$version"
done
run "certificates of another root" refused "root's digest" check_running short 1.2
run "responder: options" bad_options
run "responder: spoilt certificates" bad_certificates
echo "1..$number"
[ "$failed" -eq 0 ]
