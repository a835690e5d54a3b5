# SPDX-License-Identifier: GPL-2.0
"""Certificates and names that are not right."""

import os

from cryptography import x509
from cryptography.x509.oid import ObjectIdentifier

from . import pki
from .cases import accepted, append, cut, rejected, unreadable
from .device import Evidence

EVERY = pki.usage("digital_signature", "key_cert_sign", "crl_sign")


def of(kind="p384", intermediates=1, signers=None, **changes):
    return Evidence(chain=pki.Chain(pki.specs(kind, intermediates, **changes), signers))


def reorder(order, intermediates=2):
    evidence = of(intermediates=intermediates)
    ders = evidence.chain.ders()
    evidence.files["certificates"] = b"".join(ders[i] for i in order)
    return evidence


rejected("the device's certificate expired", "certificates",
         "certificate 3 of 3 (O = Test, CN = device) expired at")(
    lambda: of(device={"end": pki.NOW - pki.DAY / 24}))
rejected("the device's certificate is of the future", "certificates",
         "CN = device) is not valid before")(
    lambda: of(device={"begin": pki.NOW + pki.DAY}))
rejected("an intermediate certificate expired", "certificates",
         "certificate 2 of 3 (O = Test, CN = ca 0) expired at")(
    lambda: of(ca={"end": pki.NOW - pki.DAY / 24}))
rejected("the root expired", "certificates",
         "certificate 1 of 3 (O = Test, CN = root) expired at")(
    lambda: of(root={"end": pki.NOW - pki.DAY / 24}))


@rejected("at a time when the certificates were not valid", "certificates",
          "is not valid before 20")
def _():
    evidence = of()
    evidence.options = ["--at", "2001-02-03T04:05:06"]
    return evidence


@rejected("wrong root: of the same name, with another key", "certificates",
          "(O = Test, CN = root) is none of the 1 trusted roots")
def _():
    evidence = of()
    evidence.roots = pki.good(root={"key": pki.make_key("p384", "other root")}).pem()
    return evidence


@rejected("wrong root: two others are trusted", "certificates", "is none of the 2 trusted roots")
def _():
    evidence = of()
    evidence.roots = b"".join(
        pki.good(root={"key": pki.make_key("p384", name)}).pem() for name in ("one", "two"))
    return evidence


@rejected("an intermediate certificate as the only root", "certificates",
          "certificate 1 of 2 (O = Test, CN = ca 0): unable to get issuer certificate")
def _():
    evidence = of()
    evidence.files["certificates"] = b"".join(evidence.chain.ders()[1:])
    evidence.roots = evidence.chain.pem(1)
    return evidence


rejected("CA flag missing", "certificates", "signs another one, but is not that of a CA")(
    lambda: of(ca={"ca": False}))
rejected("no basic constraints in an intermediate certificate", "certificates",
         "ca 1) signs another one, but is not that of a CA")(
    lambda: Evidence(chain=pki.Chain(
        pki.specs(intermediates=1)[:2] +
        [pki.Spec("ca 1", pki.make_key("p384", 1), ca=None)] + pki.specs()[2:])))
rejected("a CA that may not sign certificates", "certificates",
         "signs another one, but its key usage does not allow that")(
    lambda: of(ca={"usage": pki.usage("digital_signature", "crl_sign")}))
rejected("the device's certificate is that of a CA", "certificates",
         "expected that of a device, found that of a CA")(
    lambda: of(device={"ca": True, "usage": EVERY}))
rejected("the device's key is not for signatures", "certificates",
         "expected key usage Digital Signature, found others only")(
    lambda: of(device={"usage": pki.usage("key_agreement")}))
rejected("the device's certificate has no key usage", "certificates",
         "expected key usage Digital Signature, found none")(
    lambda: of(device={"usage": None}))
rejected("extended key usage of a requester", "certificates",
         "certificate 3 of 3 (O = Test, CN = device): its extended key usage has no purpose")(
    lambda: of(device={"eku": [pki.REQUESTER_AUTH]}))
rejected("extended key usage of code signing", "certificates",
         "certificate 2 of 2 (O = Test, CN = device): its extended key usage has no purpose")(
    lambda: of(intermediates=0, device={"eku": [pki.CODE_SIGNING]}))
rejected("path length exceeded", "certificates", "path length constraint exceeded")(
    lambda: of(root={"pathlen": 0}))
rejected("a critical extension that nobody knows", "certificates",
         "unhandled critical extension")(
    lambda: of(device={"extra": [(x509.UnrecognizedExtension(ObjectIdentifier("1.2.3.4"),
                                                             b"\x05\x00"), True)]}))
rejected("an intermediate certificate is not signed by the root", "certificates",
         "ca 0): certificate signature failure")(
    lambda: of(signers={1: pki.make_key("p384", "other root")}))
rejected("the device's certificate is not signed by the CA", "certificates",
         "CN = device): certificate signature failure")(
    lambda: of(signers={2: pki.make_key("p384", "other root")}))
rejected("the root's own signature is bad", "certificates",
         "root): certificate signature failure")(
    lambda: of(signers={0: pki.make_key("p384", "other root")}))
rejected("certificates in the other order", "certificates",
         "certificate 1 of 4 (O = Test, CN = device) is none of")(lambda: reorder([3, 2, 1, 0]))
rejected("two intermediate certificates in the other order", "certificates",
         "certificate 3 does not follow the one before it")(lambda: reorder([0, 2, 1, 3]))
rejected("an intermediate certificate is missing", "certificates",
         "CN = device): unable to get local issuer certificate")(lambda: reorder([0, 1, 3]))
rejected("a certificate that is not needed", "certificates",
         "expected a chain of all 4 certificates, found a path over 3")(
    lambda: reorder([0, 1, 1, 2], 1))
rejected("one certificate only", "certificates", "found one certificate")(
    lambda: reorder([0], 1))
rejected("more than 32 certificates", "certificates", "expected at most 32")(
    lambda: reorder([0, 1] + [1] * 31 + [2], 1))
rejected("the last certificate is cut off", "certificates",
         "expected certificate 3 in DER, found none")(
    lambda: cut(of(), "certificates", 1))
rejected("trailing bytes behind the certificates", "certificates",
         "expected certificate 4 in DER, found none")(
    lambda: append(of(), "certificates", b"\0"))


@rejected("a certificate in BER", "certificates", "certificate 1 is not in DER")
def _():
    evidence = of()
    data = evidence.files["certificates"]
    assert data[:2] == b"\x30\x82"
    evidence.files["certificates"] = b"\x30\x83\0" + data[2:]
    return evidence


@rejected("certificates of an SPDM slot with their header", "certificates",
          "expected certificate 1 in DER, found none")
def _():
    evidence = of()
    data = evidence.files["certificates"]
    evidence.files["certificates"] = (len(data) + 52).to_bytes(4, "little") + bytes(48) + data
    return evidence


rejected("an RSA key of 1024 bits signs", "certificates", "CA certificate key too weak")(
    lambda: of(ca={"key": pki.make_key("rsa1024")}))
rejected("a key of a curve that SPDM does not know", "certificates",
         "expected the device to have a key for ECDSA or RSA")(
    lambda: with_certificate_of("k256"))


def with_certificate_of(kind, **changes):
    """Good evidence, but a certificate for something else."""
    evidence = Evidence(**changes)
    evidence.chain = pki.good(kind)
    evidence.files["certificates"] = evidence.chain.der()
    evidence.roots = evidence.chain.pem()
    return evidence


rejected("the certificate is for another key", "signature",
         "ECDSA P-384, SHA2-384: not made by the key")(
    lambda: of_other_key())


def of_other_key():
    def other(evidence):
        evidence.responder.key = pki.make_key("p384", "impostor")
    return Evidence(prepare=other)


rejected("the certificate is for a key of another size", "signature",
         "expected a key for ECDSA P-384, found another")(lambda: with_certificate_of("p256"))
rejected("the certificate is for RSA, ECDSA was negotiated", "signature",
         "expected a key for ECDSA P-256, found another")(
    lambda: with_certificate_of("rsa2048", asym="p256", hash_="sha256"))


# --- the name ---

def named(*san):
    return of(device={"san": list(san)})


rejected("SAN of another device", "name", f"found that of {pki.OTHER_NAME}")(
    lambda: named(pki.other_name(pki.OTHER_NAME)))
rejected("no SAN", "name", "has no Subject Alternative Name")(
    lambda: of(device={"san": None}))
rejected("SAN without the name of a function", "name", "has no otherName 2.23.147")(
    lambda: named(x509.DNSName("device.example"),
                  pki.other_name(pki.NAME, ObjectIdentifier("2.23.148"))))
rejected("the name is no UTF8String", "name", "otherName 2.23.147 is no UTF8String")(
    lambda: named(pki.other_name("", value=b"\x16\x04name")))
rejected("a name with a zero byte in it", "name", "has characters that no name has")(
    lambda: named(pki.other_name(pki.NAME + "\0x")))
rejected("a name of 300 characters", "name", "has 300 characters, more than any name")(
    lambda: named(pki.other_name("N" * 300)))
rejected("a name with more behind it", "name", f"found that of {pki.NAME}:0123456789abcdeg")(
    lambda: named(pki.other_name(pki.NAME + ":0123456789abcdeg")))
rejected("the beginning of a name", "name", f"found that of {pki.NAME[:-1]}$")(
    lambda: named(pki.other_name(pki.NAME[:-1])))


# --- accepted ---

accepted("no intermediate certificate")(lambda: of(intermediates=0))
accepted("five intermediate certificates")(lambda: of(intermediates=5))
accepted("path length just enough")(lambda: of(root={"pathlen": 1}, ca={"pathlen": 0}))
accepted("no extended key usage")(lambda: of(device={"eku": None}))
accepted("extended key usage of a server")(lambda: of(device={"eku": [pki.SERVER_AUTH]}))
accepted("the name with the serial number of the device")(
    lambda: named(pki.other_name(pki.NAME + ":0123456789abcdef")))
accepted("the second of two names")(
    lambda: named(pki.other_name(pki.OTHER_NAME), pki.other_name(pki.NAME)))


@accepted("the second of two trusted roots")
def _():
    evidence = of()
    evidence.roots = pki.good(root={"key": pki.make_key("p384", "one")}).pem() + evidence.roots
    return evidence


@accepted("at a time when an expired certificate was valid")
def _():
    evidence = of(device={"end": pki.NOW - pki.DAY / 24, "begin": pki.NOW - 3 * pki.DAY},
                  root={"begin": pki.NOW - 3 * pki.DAY}, ca={"begin": pki.NOW - 3 * pki.DAY})
    evidence.options = ["--at", (pki.NOW - pki.DAY).strftime("%Y-%m-%dT%H:%M:%S")]
    return evidence


# --- what is no list of roots ---

@unreadable("roots that are not PEM", "expected certificates in PEM, found none")
def _():
    evidence = of()
    evidence.roots = os.urandom(500)
    return evidence


@unreadable("the second root is cut off", "certificate 2 is malformed")
def _():
    evidence = of()
    evidence.roots += evidence.roots[:200]
    return evidence
