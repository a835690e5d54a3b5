#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
#
# verify.sh DIR ROOT NAME NONCE [REFERENCE] - is this the device that it should be?
#
# Judges evidence of a function: the files certificates, vca, measurements, report
# and lock_flags in DIR, as they were read from its tsm/ in sysfs, and resource, which
# is beside that. ROOT is the root certificate (PEM) of who makes such devices, NAME
# what the device's certificate must call the function (PCIe CMA), NONCE the file that
# was written to tsm/nonce.
# REFERENCE has the measurements to expect, "INDEX TYPE VALUE" in hex on a line for
# each; without it, those that were found are printed so.
#
# Tells what was found to be good. The last line is the digest of the evidence, to
# be written to tsm/accept: it is computed here, from the objects that were
# verified. A check that fails is named on stderr and has an exit status of its
# own (see begin below): nothing is to be accepted then.
#
# Shell, od, base64, sha384sum, openssl and the like are all that it takes.

set -eu
export LC_ALL=C

if [ $# -lt 4 ] || [ $# -gt 5 ]; then
	echo "usage: verify.sh DIR ROOT NAME NONCE [REFERENCE]" >&2
	exit 2
fi
certificates=$1/certificates
vca=$1/vca
measurements=$1/measurements
report=$1/report
lock_flags=$1/lock_flags
resource=$1/resource
root=$2 name=$3 nonce=$4 reference=${5:-}
# shellcheck source=tools/testing/selftests/pci-tsm/verify-lib.sh
. "$(dirname "$(realpath "$0")")/verify-lib.sh"

# openssl follows the certificates from the device's to the root, which is ours and
# no other, and looks at validity, CA constraints and the strength of keys
verify_certificates()
{
	begin certificates 11
	split_chain "$certificates"
	openssl x509 -in "$root" -outform DER >"$work/root" || refuse "no root in $root"
	cmp -s "$work/root" "$work/first" || refuse "the first is not the root"
	openssl verify -no-CApath -no-CAstore -auth_level 2 -purpose any -CAfile "$root" \
		-show_chain -untrusted "$work/chain.pem" "$work/leaf.pem" >"$work/log" 2>&1 ||
		refuse "$(grep '^error' "$work/log" | head -n 1 || :)"
	[ "$(grep -c '^depth=' "$work/log" || :)" -eq "$certs" ] || refuse "too many"
	openssl x509 -in "$work/leaf.pem" -noout -pubkey -ext keyUsage >"$work/leaf" 2>&1 ||
		refuse "no key in that of the device"
	grep -q 'Digital Signature' "$work/leaf" || refuse "the device's is not for signatures"
	sed -n '/^-----BEGIN/,/^-----END/p' "$work/leaf" >"$work/key.pem"
	good "$certs, from that of the device to the trusted root"
}

# otherName 2.23.147 of the Subject Alternative Name, a UTF8String
verify_name()
{
	begin name 12
	openssl asn1parse -in "$work/leaf.pem" >"$work/asn1"
	at=$(sed -n '/:X509v3 Subject Alternative Name$/,/OCTET STRING/ {
		s/^ *\([0-9]*\):.*OCTET STRING.*/\1/p }' "$work/asn1")
	[ -n "$at" ] || refuse "the certificate has none"
	openssl asn1parse -in "$work/leaf.pem" -strparse "$at" >"$work/san"
	found=$(sed -n '/:2\.23\.147$/,/UTF8STRING/s/.*UTF8STRING *://p' "$work/san")
	[ "$found" = "$name" ] || refuse "the certificate is for '$found'"
	good "$found"
}

# How the connection was set up: six messages, of which the last tells what was
# selected
verify_vca()
{
	begin vca 13
	size_of "$vca"
	at=0 version=$((0x10))
	message 0x84 4				# GET_VERSION
	number "$vca" 9 1
	message 0x04 $((6 + 2 * n))		# VERSION
	number "$vca" "$at" 1
	version=$n len=20
	case $version in
	17) len=12 ;;
	18 | 19) ;;
	*) refuse "SPDM version $((version >> 4)).$((version & 15))" ;;
	esac
	message 0xe1 $len			# GET_CAPABILITIES
	number "$vca" $((at + 2)) 1
	if [ "$version" -ge 19 ] && [ $((n & 1)) -ne 0 ]; then
		number "$vca" $((at + len + 2)) 2
		len=$((len + n))
	fi
	message 0x61 $len			# CAPABILITIES
	number "$vca" $((at + 4)) 2
	message 0xe3 "$n"			# NEGOTIATE_ALGORITHMS
	algorithms=$at
	number "$vca" $((at + 4)) 2
	[ "$n" -ge 36 ] || refuse "ALGORITHMS is too short"
	message 0x63 "$n"			# ALGORITHMS
	[ "$at" -eq "$size" ] || refuse "more than six messages"

	number "$vca" $((algorithms + 6)) 1
	[ "$n" -eq 1 ] || refuse "measurements are not in the format of DMTF"
	number "$vca" $((algorithms + 8)) 4
	digest_algorithm "$n"
	number "$vca" $((algorithms + 12)) 4
	signature_algorithm "$n"
	number "$vca" $((algorithms + 16)) 4
	hash_algorithm "$n"
	good "SPDM $((version >> 4)).$((version & 15)), $curve, $hash"
}

verify_nonce()
{
	begin nonce 14
	[ "$(wc -c <"$nonce")" -eq 32 ] || refuse "$nonce is not one"
	size_of "$measurements"
	bytes "$measurements" 4 32 >"$work/nonce"
	cmp -s "$work/nonce" "$nonce" || refuse "not that which was asked for"
	good "$(hex "$nonce" 0 8)..."
}

# By the device, over all that was said since the connection was set up; before
# SPDM 1.2 only over request and response. Where it is takes the measurements apart.
verify_signature()
{
	begin measurements 16
	parse_request
	parse_response
	parse_blocks
	parse_end

	begin signature 15
	bytes "$measurements" 0 "$signed" >"$work/message"
	if [ "$version" -ge 18 ]; then
		purpose="responder-measurements signing"
		prefix="dmtf-spdm-v1.$((version & 15)).*"
		cat "$vca" "$work/message" >"$work/transcript"
		{
			printf %s "$prefix$prefix$prefix$prefix"
			put $((100 - 4 * ${#prefix} - ${#purpose})) 0
			printf %s "$purpose"
			openssl dgst "-$hash" -binary "$work/transcript"
		} >"$work/message"
	fi
	der_signature "$measurements" "$signed" "$signature_size" >"$work/signature"
	openssl dgst "-$hash" -verify "$work/key.pem" -signature "$work/signature" \
		"$work/message" >"$work/log" 2>&1 ||
		refuse "measurements are not signed by the device"
	good "made by the device for this nonce"
}

# Normal operation, and no debug mode now or ever
check_device_mode()
{
	[ "$2,$4" = 133,16 ] || refuse "index $(index "$1") is no device mode"
	number "$measurements" $(($3 + 4)) 4
	[ "$n" -eq 4 ] || refuse "index $(index "$1"): not in normal operation"
	number "$measurements" $(($3 + 12)) 4
	[ "$n" -eq 0 ] || refuse "index $(index "$1"): debug mode"
}

# What was measured, against what is expected of such a device
verify_measurements()
{
	begin measurements 16
	while read -r index type at len; do
		case $((type & 127)) in
		5) check_device_mode "$index" "$type" "$at" "$len" ;;
		# Informational: says nothing about the device
		9) continue ;;
		esac
		printf '0x%02x 0x%02x %s\n' "$index" "$type" "$(hex "$measurements" "$at" "$len")"
	done <"$work/blocks" >"$work/measured"

	if [ -z "$reference" ]; then
		good "$blocks blocks, nothing to compare them with:"
		cat "$work/measured"
		return
	fi
	grep -v '^#' "$reference" >"$work/expected" 2>"$work/log" ||
		refuse "no reference values in $reference"
	while read -r line; do
		grep -qxF "$line" "$work/expected" || refuse "index ${line%% *} is not as expected"
	done <"$work/measured"
	while read -r line; do
		grep -qxF "$line" "$work/measured" || refuse "index ${line%% *} is missing"
	done <"$work/expected"
	good "$blocks blocks, all as expected"
}

verify_report()
{
	begin report 17
	size_of "$report"
	number "$report" 12 4
	ranges=$n
	[ "$ranges" -le $((size / 16)) ] || refuse "ends too early"
	number "$report" $((16 + 16 * ranges)) 4
	info_size=$n
	[ $((20 + 16 * ranges + info_size)) -eq "$size" ] || refuse "not of the size it says"
	number "$report" 0 2
	updates="firmware updates possible"
	[ $((n & 1)) -eq 0 ] || updates="no firmware updates"
	good "$ranges MMIO ranges, $updates"
}

verify_certificates
verify_name
verify_vca
verify_nonce
verify_signature
verify_measurements
verify_report
begin digest 18
parse_lock_flags
parse_resource
canonical_form >"$work/canonical"
digest=$(sha384sum <"$work/canonical")
echo "sha384:${digest%% *}"
