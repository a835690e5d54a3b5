#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Make key and certificates of a device: a root, intermediates, a leaf for CMA-SPDM.
#
#   make-certs.sh DIR SAN [p384|p256] [INTERMEDIATES]
#
# SAN is the name that CMA gives a function, as in "Vendor=1b36:Device=0010:...". In DIR
# come key.pem (the leaf's), root.pem, leaf.pem, chain.der (DER certificates, root
# first), and reissued.der, the same with a leaf of another serial number for the
# same key. Certificates are valid from now on, for ten years.
set -eu

die()
{
	echo "make-certs: $*" >&2
	exit 1
}

case $# in
2|3|4) ;;
*) die "usage: make-certs.sh DIR SAN [p384|p256] [INTERMEDIATES]" ;;
esac
dir=$1
san=$2
intermediates=${4:-1}
case ${3:-p384} in
p384) curve=P-384 hash=sha384 ;;
p256) curve=P-256 hash=sha256 ;;
*) die "p384 or p256, not '$3'" ;;
esac
# It becomes part of a configuration file
case $san in
''|*[!A-Za-z0-9=:._-]*) die "no name of a function: '$san'" ;;
esac
case $intermediates in
''|*[!0-9]*|????*) die "a number of intermediate certificates, not '$intermediates'" ;;
esac

mkdir -p "$dir"
work=$(mktemp -d "$dir/new.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

cat >"$work/openssl.cnf" <<EOF
[ca]
basicConstraints = critical, CA:true
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid

[end]
basicConstraints = critical, CA:false
keyUsage = critical, digitalSignature
# id-DMTF-eku-responder-auth
extendedKeyUsage = 1.3.6.1.4.1.412.274.3
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
subjectAltName = otherName:2.23.147;UTF8:$san
# id-DMTF-SPDM-extension with id-DMTF-hardware-identity
1.3.6.1.4.1.412.274.6 = ASN1:SEQUENCE:spdm

[spdm]
identity = SEQUENCE:hardware

[hardware]
oid = OID:1.3.6.1.4.1.412.274.2
EOF

# quietly COMMAND... - openssl tells on stderr that all is well
quietly()
{
	"$@" 2>"$work/log" || {
		cat "$work/log" >&2
		exit 1
	}
}

# new_key NAME
new_key()
{
	quietly openssl genpkey -algorithm EC -pkeyopt "ec_paramgen_curve:$curve" \
		-out "$work/$1.key"
}

# issue NAME SUBJECT SECTION KEY [ISSUER] - a certificate for a key, self-signed if there
# is no issuer
issue()
{
	quietly openssl req -new -batch "-$hash" -config /dev/null -subj "/O=PCI TSM test/CN=$2" \
		-key "$work/$4.key" -out "$work/request"
	_serial=0x$(openssl rand -hex 16 | sed 's/^./4/')
	_name=$1
	_section=$3
	if [ $# -eq 5 ]; then
		set -- -CA "$work/$5.pem" -CAkey "$work/$5.key"
	else
		set -- -signkey "$work/$4.key"
	fi
	quietly openssl x509 -req -in "$work/request" "-$hash" -days 3650 -set_serial "$_serial" \
		-extfile "$work/openssl.cnf" -extensions "$_section" "$@" -out "$work/$_name.pem"
	quietly openssl x509 -in "$work/$_name.pem" -outform DER -out "$work/$_name.der"
}

new_key root
issue root "root" ca root
cat "$work/root.der" >"$work/above"
issuer=root
number=0
while [ "$number" -lt "$intermediates" ]; do
	number=$((number + 1))
	new_key "ca$number"
	issue "ca$number" "intermediate $number" ca "ca$number" "$issuer"
	cat "$work/ca$number.der" >>"$work/above"
	issuer=ca$number
done
new_key leaf
issue leaf "device" end leaf "$issuer"
issue again "device" end leaf "$issuer"
cat "$work/above" "$work/leaf.der" >"$work/chain.der"
cat "$work/above" "$work/again.der" >"$work/reissued.der"

mv "$work/leaf.key" "$dir/key.pem"
mv "$work/root.pem" "$work/leaf.pem" "$work/reissued.der" "$work/chain.der" "$dir/"
