# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034,SC2154
#
# What verify.sh needs to take evidence apart. Nothing here judges a device; what
# is not well-formed is refused.

# begin(check, exit status) - what is being checked from now on
begin()
{
	check=$1
	status=$2
}

good()
{
	printf '%-13s %s\n' "$check" "$*"
}

refuse()
{
	echo "verify: $check: $*" >&2
	exit "$status"
}

# A command that fails where none should is no success either
at_exit()
{
	[ "$1" -eq 0 ] || [ "$1" -eq "$status" ] || echo "verify: $check: failed" >&2
	rm -rf "$work"
}

begin start 1
work=$(mktemp -d)
trap 'at_exit $?' EXIT
trap 'exit 1' HUP INT TERM

# --- reading: all offsets and sizes are in bytes ---

# number(file, offset, size) - sets $n to a little-endian number
number()
{
	local shift=0 byte

	# shellcheck disable=SC2046
	set -- "$3" $(od -An -v -tu1 -j "$2" -N "$3" "$1" 2>/dev/null || :)
	[ $# -eq $(($1 + 1)) ] || refuse "ends too early"
	shift
	n=0
	for byte; do
		n=$((n | byte << shift))
		shift=$((shift + 8))
	done
}

# size_of(file) - sets $size
size_of()
{
	size=$(wc -c <"$1")
	[ "$size" -gt 0 ] || refuse "nothing there"
}

# bytes(file, offset, size)
bytes()
{
	tail -c "+$(($2 + 1))" "$1" | head -c "$3"
}

# hex(file, offset, size)
hex()
{
	od -An -v -tx1 -j "$2" -N "$3" "$1" | tr -d ' \n'
}

# --- writing ---

octets()
{
	local byte

	for byte; do
		printf %b "\\0$((byte >> 6))$((byte >> 3 & 7))$((byte & 7))"
	done
}

# put(size, value) - a little-endian number
put()
{
	local i=0

	while [ $i -lt "$1" ]; do
		octets $(($2 >> 8 * i & 255))
		i=$((i + 1))
	done
}

# --- DER ---

# der_size(file, offset) - sets $n to the size of the SEQUENCE that begins there
der_size()
{
	# shellcheck disable=SC2046
	set -- $(od -An -v -tu1 -j "$2" -N 5 "$1" 2>/dev/null || :)
	[ "$#,$1" = 5,48 ] || refuse "no certificate where one should be"
	case $2 in
	129) n=$((3 + $3)) ;;
	130) n=$((4 + ($3 << 8 | $4))) ;;
	131) n=$((5 + ($3 << 16 | $4 << 8 | $5))) ;;
	*) refuse "a certificate of an odd size" ;;
	esac
}

# pem_certificate(file, offset, size)
pem_certificate()
{
	echo "-----BEGIN CERTIFICATE-----"
	bytes "$@" | base64
	echo "-----END CERTIFICATE-----"
}

# split_chain(file) - all to chain.pem, the first to first, as it is, the last to
# leaf.pem; sets $certs, how many
split_chain()
{
	local at=0

	size_of "$1"
	certs=0
	while [ $at -lt "$size" ]; do
		der_size "$1" $at
		[ $((at + n)) -le "$size" ] || refuse "the last one is cut off"
		[ $certs -lt 32 ] || refuse "more than 32"
		[ $certs -gt 0 ] || bytes "$1" 0 "$n" >"$work/first"
		pem_certificate "$1" $at "$n" >"$work/leaf.pem"
		cat "$work/leaf.pem" >>"$work/chain.pem"
		certs=$((certs + 1))
		at=$((at + n))
	done
}

# der_integer(byte...) - positive, as short as can be; sets $integer
der_integer()
{
	while [ $# -gt 1 ] && [ "$1" -eq 0 ]; do
		shift
	done
	[ "$1" -lt 128 ] || set -- 0 "$@"
	integer="2 $# $*"
}

# der_signature(file, offset, size) - r and s of ECDSA, as openssl wants them
der_signature()
{
	local sequence

	# shellcheck disable=SC2046
	der_integer $(od -An -v -tu1 -j "$2" -N $(($3 / 2)) "$1")
	sequence=$integer
	# shellcheck disable=SC2046
	der_integer $(od -An -v -tu1 -j $(($2 + $3 / 2)) -N $(($3 / 2)) "$1")
	# shellcheck disable=SC2086
	set -- $sequence $integer
	if [ $# -lt 128 ]; then
		octets 48 $# "$@"
	else
		octets 48 129 $# "$@"
	fi
}

# --- SPDM, DMTF DSP0274 ---

# message(code, size) - the one at $at in the VCA; $at goes on behind it
message()
{
	number "$vca" "$at" 2
	[ "$n" -eq $((version | $1 << 8)) ] || refuse "unexpected message at $at"
	at=$((at + $2))
	[ $at -le "$size" ] || refuse "ends too early"
}

# The algorithms that a device can have selected: a bit each
digest_algorithm()
{
	case $1 in
	1) digest_size=0 ;;
	2) digest_size=32 ;;
	4) digest_size=48 ;;
	8) digest_size=64 ;;
	*) refuse "hash algorithm $1 of measurements is not known here" ;;
	esac
}

signature_algorithm()
{
	case $1 in
	16) curve="ECDSA P-256" signature_size=64 ;;
	128) curve="ECDSA P-384" signature_size=96 ;;
	256) curve="ECDSA P-521" signature_size=132 ;;
	*) refuse "signature algorithm $1 is not known here" ;;
	esac
}

hash_algorithm()
{
	case $1 in
	1) hash=sha256 ;;
	2) hash=sha384 ;;
	4) hash=sha512 ;;
	*) refuse "hash algorithm $1 is not known here" ;;
	esac
}

# parse_request - GET_MEASUREMENTS for all blocks, digests if there are; $at is
# behind it, $slot that of the certificates
parse_request()
{
	number "$measurements" 0 4
	[ "$n" -eq $((version | 0xff01e000)) ] || refuse "not what should be asked for"
	number "$measurements" 36 1
	slot=$((n & 15))
	at=37
	[ "$version" -lt 19 ] || at=45
}

# parse_response - MEASUREMENTS; $at is at the first of $blocks blocks, $end
# behind the last
parse_response()
{
	number "$measurements" "$at" 2
	[ "$n" -eq $((version | 0x6000)) ] || refuse "not an answer to the request"
	number "$measurements" $((at + 3)) 1
	[ $((n & 15)) -eq "$slot" ] || refuse "for another slot"
	number "$measurements" $((at + 4)) 4
	blocks=$((n & 255))
	at=$((at + 8))
	end=$((at + (n >> 8)))
	[ $end -le "$size" ] || refuse "ends too early"
}

index()
{
	printf 0x%02x "$1"
}

# parse_block - the one at $at: a line "index type offset size"
parse_block()
{
	# shellcheck disable=SC2046
	set -- $(od -An -v -tu1 -j "$at" -N 7 "$measurements")
	[ $# -eq 7 ] || refuse "ends too early"
	set -- "$1" "$2" $(($3 | $4 << 8)) "$5" $(($6 | $7 << 8))
	[ "$2,$3" = "1,$((3 + $5))" ] || refuse "block at $at is malformed"
	[ "$4" -ge 128 ] || [ "$5" -eq "$digest_size" ] || refuse "index $(index "$1"): no digest"
	case $seen in
	*" $1 "*) refuse "index $(index "$1") twice" ;;
	esac
	case $1 in
	0 | 24[0-9] | 25[0-2] | 255) refuse "index $(index "$1") is reserved" ;;
	esac
	seen="$seen$1 "
	echo "$1 $4 $((at + 7)) $5"
	at=$((at + 7 + $5))
}

# parse_blocks - from $at to $end, sorted by their index in $work/blocks
parse_blocks()
{
	seen=" "
	while [ "$at" -lt "$end" ]; do
		parse_block
	done >"$work/record"
	[ "$at" -eq "$end" ] || refuse "the last block is cut off"
	sort -n "$work/record" >"$work/blocks"
	[ "$blocks" -gt 0 ] || refuse "no blocks"
	[ "$(wc -l <"$work/blocks")" -eq "$blocks" ] || refuse "not $blocks blocks"
}

# parse_end - what follows the blocks; $signed is where the signature begins
parse_end()
{
	number "$measurements" $((end + 32)) 2
	signed=$((end + 34 + n))
	if [ "$version" -ge 19 ]; then
		[ "$(hex "$measurements" 37 8)" = "$(hex "$measurements" $signed 8)" ] ||
			refuse "not an answer to the request"
		signed=$((signed + 8))
	fi
	at=$((signed + signature_size))
	[ $at -le "$size" ] || refuse "ends too early"
	# A DOE object is a multiple of four bytes
	[ $((size - at)) -lt 4 ] || refuse "something follows"
	number "$measurements" $at $((size - at))
	[ "$n" -eq 0 ] || refuse "something follows"
}

# --- what the kernel says of the function ---

# parse_lock_flags - "SET/KNOWN": sets $flags_set and $flags_known
parse_lock_flags()
{
	size_of "$lock_flags"
	[ "$size,$(grep -cxE '0x[0-9a-f]{4}/0x[0-9a-f]{4}' "$lock_flags" || :)" = 14,1 ] ||
		refuse "flags of the lock are malformed"
	read -r flags_set <"$lock_flags"
	flags_known=${flags_set#*/}
	flags_set=${flags_set%/*}
	[ $((flags_set & ~flags_known)) -eq 0 ] || refuse "a flag of the lock is not known"
}

# parse_resource - what begins with the BARs: START END FLAGS
parse_resource()
{
	size_of "$resource"
	head -n 6 "$resource" >"$work/bars"
	[ "$(grep -cxE '0x[0-9a-f]{16}( 0x[0-9a-f]{16}){2}' "$work/bars" || :)" -eq 6 ] ||
		refuse "BARs are malformed"
}

# bar_pages(bar) - sets $pages to the size of this memory BAR; 0 if there is none, or it
# has no address
bar_pages()
{
	pages=0
	[ "$1" -lt 6 ] || return 0
	# shellcheck disable=SC2046
	set -- $(sed -n "$(($1 + 1))p" "$work/bars")
	[ $(($3 & 0x30000200)) -ne $((0x200)) ] || pages=$(($2 - $1 + 1 >> 12))
}

# --- the canonical form, Documentation/PCI/tsm-guest.rst ---

canonical_blocks()
{
	local index type at len

	put 4 "$blocks"
	while read -r index type at len; do
		# The value of one that is informational does not count
		[ $((type & 127)) -ne 9 ] || len=0
		octets "$index" 1 "$type" 0
		put 2 "$len"
		bytes "$measurements" "$at" "$len"
	done <"$work/blocks"
}

# Where a range is in its BAR or, if there is none of a power of two pages, counted from
# the first range with the same Range ID
canonical_ranges()
{
	local i=0 at=16 id='' base=0

	while [ $i -lt "$ranges" ]; do
		number "$report" $((at + 14)) 2
		number_of_range=$n
		bar_pages "$n"
		number "$report" $at 8
		if [ "$number_of_range" != "$id" ]; then
			id=$number_of_range
			base=$n
		fi
		if [ "$pages" -gt 0 ] && [ $((pages & (pages - 1))) -eq 0 ]; then
			put 8 $((n % pages))
		else
			put 8 $((n - base))
		fi
		put 8 "$pages"
		bytes "$report" $((at + 8)) 8
		i=$((i + 1))
		at=$((at + 16))
	done
}

canonical_form()
{
	printf PCITSM
	put 2 1
	octets "$version" "$slot" 1 0
	bytes "$vca" $((algorithms + 8)) 12
	put 4 "$(wc -c <"$certificates")"
	cat "$certificates"
	canonical_blocks
	put 2 "$flags_known"
	put 2 "$flags_set"
	bytes "$report" 0 16
	canonical_ranges
	bytes "$report" $((16 + 16 * ranges)) $((4 + info_size))
}
