# SPDX-License-Identifier: GPL-2.0
"""SPDM messages and signatures that are not right."""

import os
import struct

from . import messages as m
from .cases import accepted, append, change, cut, flip, rejected, unreadable
from .device import Evidence, default_blocks

# Where things are in the vca of SPDM 1.2 with four versions on offer
VERSION = 4
GET_CAPABILITIES = VERSION + 6 + 2 * 4
CAPABILITIES = GET_CAPABILITIES + 20
NEGOTIATE = CAPABILITIES + 20
ALGORITHMS = NEGOTIATE + 32

# And in the measurements: of SPDM 1.1 and 1.2, of SPDM 1.3
RESPONSE = 37
RESPONSE_13 = 45
RECORD = RESPONSE + 8
RECORD_SIZE = 4 * (7 + 48) + (7 + 5) + (7 + 8) + (7 + 12) + (7 + 16)


def with_(**changes):
    """A responder with other attributes."""
    def prepare(evidence):
        evidence.responder.__dict__.update(changes)
    return Evidence(prepare=prepare)


def asked(version=0x12, **changes):
    """A requester with other attributes."""
    def prepare(evidence):
        evidence.requester.__dict__.update(changes)
    return Evidence(version=version, prepare=prepare)


def selected(**fields):
    return with_(answers={"algorithms": fields})


def measured(version=0x12, **fields):
    def prepare(evidence):
        evidence.responder.answers = {"measurements": fields}
    return Evidence(version=version, prepare=prepare)


def blocks(*more, without=()):
    good = [b for b in default_blocks("sha384") if b[0] not in without]
    return with_(blocks=good + list(more))


def unreferenced(evidence):
    """What the blocks are does not make a reference."""
    evidence.reference = None
    return evidence


# --- vca ---

rejected("the vca is cut off", "vca", "ALGORITHMS: expected 36 bytes, found 35")(
    lambda: cut(Evidence(), "vca", 1))
rejected("the vca ends behind VERSION", "vca", "expected GET_CAPABILITIES, found the end")(
    lambda: cut(Evidence(), "vca", 36 + 32 + 20 + 20))
rejected("the vca ends in CAPABILITIES", "vca", "CAPABILITIES: expected 20 bytes, found 10")(
    lambda: cut(Evidence(), "vca", 36 + 32 + 10))
rejected("trailing bytes behind the vca", "vca", "4 bytes follow ALGORITHMS")(
    lambda: append(Evidence(), "vca", bytes(4)))
rejected("a version that was not on offer", "vca",
         "version 0x12 is used, but VERSION does not offer it")(
    lambda: with_(versions=(0x10, 0x11, 0x13)))
rejected("VERSION with more versions than it has", "vca", "VERSION: 255 versions")(
    lambda: change(Evidence(), "vca", VERSION + 5, b"\xff"))
rejected("a version from the future", "vca", "expected SPDM 1.0 to 1.3, found version 0x14")(
    lambda: change(Evidence(), "vca", GET_CAPABILITIES, b"\x14"))
rejected("another version in the middle of the vca", "vca",
         "CAPABILITIES: expected SPDM version 0x12, found 0x11")(
    lambda: change(Evidence(), "vca", CAPABILITIES, b"\x11"))
rejected("two messages of the vca in the other order", "vca",
         "expected GET_CAPABILITIES (code 0xe1), found code 0x61")(lambda: swapped())


def swapped():
    evidence = Evidence()
    said = list(evidence.requester.vca)
    said[2], said[3] = said[3], said[2]
    evidence.files["vca"] = b"".join(said)
    return evidence


rejected("a vca of SPDM 1.2 for measurements of SPDM 1.1", "nonce",
         "GET_MEASUREMENTS: expected SPDM version 0x12, found 0x11")(
    lambda: mixed(0x11, 0x12))
rejected("a vca of SPDM 1.1 for measurements of SPDM 1.2", "nonce",
         "GET_MEASUREMENTS: expected SPDM version 0x11, found 0x12")(
    lambda: mixed(0x12, 0x11))


def mixed(version, vca):
    evidence = Evidence(version)
    evidence.files["vca"] = Evidence(vca).files["vca"]
    return evidence


rejected("a device that does not sign measurements", "vca", "found MEAS_CAP 1")(
    lambda: with_(flags=0x02 | 1 << 3))
rejected("two signature algorithms selected", "vca",
         "expected one signature algorithm, found 0x90")(lambda: selected(asym=0x90))
rejected("two hash algorithms selected", "vca", "expected one hash algorithm, found 0x3")(
    lambda: selected(hash_=3))
rejected("a signature algorithm that was not on offer", "vca",
         "signature algorithm 0x80 was not on offer (0x10)")(lambda: asked(asym=0x10))
rejected("a hash algorithm that was not on offer", "vca",
         "hash algorithm 0x2 was not on offer (0x1)")(lambda: asked(hash=1))
rejected("no hash algorithm for measurements", "vca",
         "expected one hash algorithm of measurements; found 0x0")(
    lambda: selected(meas_hash=0))
rejected("measurements of another format", "vca",
         "expected the measurement format 0x01; found 0x02, offered 0x01")(
    lambda: selected(spec=2))
rejected("an extended algorithm selected", "vca", "extended algorithms are not known here")(
    lambda: selected(ext=(1, 0)))
rejected("a signature algorithm that is not known", "vca",
         "signature algorithm 0x400 is not known here")(lambda: selected(asym=1 << 10))
rejected("SM3", "vca", "hash algorithm 0x40 is not known here")(
    lambda: selected(hash_=1 << 6))
rejected("ALGORITHMS shorter than it can be", "vca", "says that it has 35 bytes")(
    lambda: selected(length=35))
rejected("ALGORITHMS longer than there is", "vca", "says that it has 65535 bytes")(
    lambda: selected(length=0xffff))
rejected("algorithm tables that do not fit", "vca",
         "ALGORITHMS: its algorithm tables do not have the size")(
    lambda: selected(tables=(m.table(2, 0x30),)))
rejected("algorithms in CAPABILITIES that nobody asked for", "vca",
         "has algorithms that nobody asked for")(lambda: supported(0x12, 0))
rejected("algorithms in CAPABILITIES that are cut off", "vca",
         "its algorithms do not have the 600 bytes")(lambda: supported(0x13, 600))


def supported(version, size):
    evidence = Evidence(version=0x13)
    request, response = evidence.requester.vca[2:4]
    request = request[:2] + bytes([version == 0x13]) + request[3:]
    response = response[:2] + b"\1" + response[3:] + struct.pack("<BBH", 0, 0, size)
    evidence.files["vca"] = b"".join(
        evidence.requester.vca[:2] + [request, response] + evidence.requester.vca[4:])
    return evidence


@rejected("SPDM 1.2 without a vca", "vca", "expected a vca: from SPDM 1.2 on")
def _():
    evidence = Evidence()
    evidence.files["vca"] = None
    return evidence


@rejected("SPDM 2.0 without a vca", "vca", "expected SPDM 1.0 to 1.3, found version 0x20")
def _():
    evidence = change(Evidence(), "measurements", 0, b"\x20")
    evidence.files["vca"] = None
    return evidence


# --- request ---

@rejected("wrong nonce", "nonce", "of another request; collect evidence anew")
def _():
    evidence = Evidence()
    evidence.nonce = bytes(32)
    return evidence


@rejected("wrong nonce in the evidence itself", "nonce", "expected 0101010101010101..., found")
def _():
    evidence = Evidence()
    evidence.files["nonce"] = b"\1" * 32
    evidence.nonce = None
    return evidence


rejected("no signature asked for", "nonce", "does not ask for a signature")(
    lambda: asked(attributes=2))
rejected("one measurement asked for", "nonce",
         "expected a request for all (0xff); found one for 0x01")(
    lambda: asked(operation=1))
rejected("raw values asked for by SPDM 1.1", "nonce", "attributes 0x03 are not of SPDM 1.1")(
    lambda: asked(0x11, attributes=3))
rejected("slot 15, which has no certificates", "nonce", "slot 15 is none of certificates")(
    lambda: asked(slot=15))
rejected("the request is cut off", "nonce", "GET_MEASUREMENTS: expected 37 bytes, found 36")(
    lambda: truncated(36))
rejected("the request is another one", "nonce",
         "expected GET_MEASUREMENTS (code 0xe0), found code 0x83")(
    lambda: change(Evidence(), "measurements", 1, b"\x83"))


def truncated(size, version=0x12):
    evidence = Evidence(version)
    evidence.files["measurements"] = evidence.files["measurements"][:size]
    return evidence


# --- response ---

rejected("no response", "measurements", "expected MEASUREMENTS, found 0 bytes")(
    lambda: truncated(RESPONSE))
rejected("an error as response", "measurements",
         "expected MEASUREMENTS (code 0x60), found code 0x7f")(
    lambda: measured(code=0x7f))
rejected("a response of another version", "measurements",
         "MEASUREMENTS: expected SPDM version 0x12, found 0x13")(
    lambda: change(Evidence(), "measurements", RESPONSE, b"\x13"))
rejected("a response for another slot", "measurements", "expected slot 0, found 3")(
    lambda: measured(slot=3))
rejected("something changed meanwhile", "measurements", "something changed while it was measured")(
    lambda: measured(content=1))
rejected("a reserved word about changes", "measurements", "what it says of changes is reserved")(
    lambda: measured(content=3))
rejected("no measurements", "measurements", "has no measurements")(
    lambda: unreferenced(with_(blocks=[])))
rejected("fewer measurements than there are", "measurements",
         "bytes of the record follow the 7 measurements")(lambda: measured(number=7))
rejected("more measurements than there are", "measurements", "the last measurement is cut off")(
    lambda: measured(number=9))
rejected("a record that is longer than all", "measurements", "a record of 65536 bytes, where")(
    lambda: measured(length=0x10000))
rejected("the record ends in a value", "measurements",
         "measurement 0xfe: 16 bytes, where 15 are left in the record")(
    lambda: measured(length=RECORD_SIZE - 1))
rejected("duplicate index", "measurements", "measurement 0x02 is there twice")(
    lambda: unreferenced(blocks((2, 1, bytes(48)))))
rejected("index 0", "measurements", "measurement 0x00: the index is reserved")(
    lambda: blocks((0, 1, bytes(48))))
rejected("index 0xff", "measurements", "measurement 0xff: the index is reserved")(
    lambda: blocks((0xff, 1, bytes(48))))
rejected("a reserved index", "measurements", "measurement 0xf0: the index is reserved")(
    lambda: blocks((0xf0, 1, bytes(48))))
rejected("a block of another size than its value", "measurements",
         "measurement 0x20: expected a size of 7, found 8")(
    lambda: blocks(m.block(0x20, 0x81, b"four", size=8)))
rejected("a value of another size than its block", "measurements",
         "measurement 0x20: expected a size of 8, found 7")(
    lambda: blocks(m.block(0x20, 0x81, b"four", value_size=5)))
rejected("a block of another format", "measurements",
         "measurement 0x20: expected format 0x01 (DMTF), found 0x03")(
    lambda: blocks(m.block(0x20, 0x81, b"four", spec=3)))
rejected("a digest of another algorithm", "measurements",
         "measurement 0x20: expected a digest of 48 bytes, found 32")(
    lambda: blocks((0x20, 1, bytes(32))))
rejected("a digest where raw values were agreed on", "measurements",
         "measurement 0x20: a digest, but raw values")(
    lambda: Evidence(meas_hash=None, prepare=lambda e: e.responder.blocks.append(
        (0x20, 1, bytes(48)))))
rejected("digests of two sizes without a vca", "measurements",
         "measurement 0x21: expected a digest of 48 bytes, found 64")(
    lambda: no_vca(0x11, [(0x20, 1, bytes(48)), (0x21, 1, bytes(64))]))
rejected("a digest of an impossible size without a vca", "measurements",
         "measurement 0x20: expected a digest of 0 bytes, found 20")(
    lambda: no_vca(0x10, [(0x20, 1, bytes(20))]))


def no_vca(version, content=None, **changes):
    def prepare(evidence):
        if content:
            evidence.responder.blocks = content
    evidence = Evidence(version, prepare=prepare, **changes)
    evidence.files["vca"] = None
    return evidence


rejected("the device's nonce is cut off", "measurements", "the nonce of the device is cut off")(
    lambda: truncated(RECORD + RECORD_SIZE + 31))
rejected("nothing behind the device's nonce", "measurements",
         "the size of its opaque data is cut off")(lambda: truncated(RECORD + RECORD_SIZE + 33))
rejected("opaque data that is cut off", "measurements",
         "1024 bytes of opaque data, where 96 are left")(lambda: measured(opaque_size=1024))
rejected("too much opaque data", "measurements",
         "expected at most 1024 opaque bytes, found 1025")(
    lambda: with_(opaque=bytes(1025)))
rejected("the answer to another context", "measurements",
         "expected the context of the request; found")(
    lambda: measured(0x13, context=b"anothers"))
rejected("no context", "measurements", "the context of the request is cut off")(
    lambda: truncated(RESPONSE_13 + 8 + RECORD_SIZE + 34 + 7, 0x13))
rejected("no signature", "measurements", "expected a signature of 96 bytes, found 0")(
    lambda: cut(Evidence(), "measurements", 96))
rejected("the signature is cut off", "measurements", "expected a signature of 96 bytes, found 95")(
    lambda: cut(Evidence(), "measurements", 1))
rejected("trailing bytes behind the signature", "measurements", "4 bytes follow the signature")(
    lambda: append(Evidence(), "measurements", bytes(4)))
rejected("padding that is not zero", "measurements", "padding behind the signature is not zero")(
    lambda: append(Evidence(), "measurements", b"\0\0\1"))

# --- signature; what is changed is changed after the device signed ---

NOT_MADE = "not made by the key of the device over these messages"


def bad(number, asym="ECDSA P-384", hash_="SHA2-384"):
    """The message is the same whatever was changed: which case it is says its place."""
    return f"{asym}, {hash_}: {NOT_MADE}#{number}"


rejected("r of the signature changed", "signature", bad(1))(
    lambda: flip(Evidence(), "measurements", -96))
rejected("s of the signature changed", "signature", bad(2))(
    lambda: flip(Evidence(), "measurements", -1))
rejected("a signature of zeros", "signature", bad(3))(
    lambda: change(Evidence(), "measurements", -96, bytes(96)))
rejected("a signature of ones", "signature", bad(4))(
    lambda: change(Evidence(), "measurements", -96, b"\xff" * 96))
rejected("a measurement changed", "signature", bad(5))(
    lambda: flip(Evidence(), "measurements", RECORD + 7))
rejected("the device's nonce changed", "signature", bad(6))(
    lambda: flip(Evidence(), "measurements", -96 - 34))
rejected("the vca changed in a reserved field", "signature", bad(7))(
    lambda: flip(Evidence(), "vca", GET_CAPABILITIES + 4))
rejected("a version taken out of the vca", "signature", bad(8))(
    lambda: without_version())
rejected("the vca of another connection", "signature", bad(9))(lambda: other_vca())
rejected("signed for another purpose", "signature", bad(10))(
    lambda: with_(sign_context=b"responder-challenge_auth signing"))
rejected("the signature of other measurements", "signature", bad(11))(lambda: other_signature())
rejected("r and s in the other order", "signature", bad(12))(lambda: rearranged(
    lambda r, s: s + r))
rejected("r and s little endian", "signature", bad(13))(lambda: rearranged(
    lambda r, s: r[::-1] + s[::-1]))
rejected("a measurement changed, RSA", "signature",
         bad(14, "RSAPSS 3072", "SHA2-384"))(
    lambda: flip(Evidence(asym="rsapss3072"), "measurements", RECORD + 7))
rejected("a measurement changed, SPDM 1.0", "signature",
         bad(15, "ECDSA P-521", "SHA2-512"))(
    lambda: flip(Evidence(0x10, asym="p521", hash_="sha512"), "measurements", 36 + 8 + 7))
rejected("a measurement changed, no vca", "signature",
         "over these messages, by any algorithm")(
    lambda: flip(no_vca(0x11), "measurements", RECORD + 7))
rejected("the messages hashed by another algorithm", "signature",
         bad(16, "ECDSA P-384", "SHA2-256"))(
    lambda: Evidence(prepare=lambda e: e.responder.answers.update(
        algorithms={"hash_": 1})))
rejected("transcript of SPDM 1.1 in SPDM 1.2", "signature",
         "expected what SPDM 1.2 signs, by ECDSA P-384; the device signed as SPDM 1.1")(
    lambda: signed_as(0x12, 0x11))
rejected("transcript of SPDM 1.2 in SPDM 1.3", "signature",
         "expected what SPDM 1.3 signs, by ECDSA P-384; the device signed as SPDM 1.2")(
    lambda: signed_as(0x13, 0x12))
rejected("transcript of SPDM 1.3 in SPDM 1.2", "signature",
         "expected what SPDM 1.2 signs, by ECDSA P-384; the device signed as SPDM 1.3")(
    lambda: signed_as(0x12, 0x13))
rejected("transcript of SPDM 1.2 in SPDM 1.1", "signature",
         "expected what SPDM 1.1 signs, by ECDSA P-384; the device signed as SPDM 1.2")(
    lambda: signed_as(0x11, 0x12))
rejected("RSASSA where RSAPSS was negotiated", "signature",
         "by RSAPSS 2048; the device signed as SPDM 1.2 has it, by RSASSA 2048")(
    lambda: Evidence(asym="rsassa2048", hash_="sha256", prepare=lambda e:
                     e.responder.answers.update(algorithms={"asym": 2})))


def without_version():
    evidence = Evidence()
    said = list(evidence.requester.vca)
    said[1] = m.version_response((0x11, 0x12, 0x13))
    evidence.files["vca"] = b"".join(said)
    return evidence


def other_vca():
    evidence = Evidence()
    evidence.files["vca"] = asked(hash=7).files["vca"]
    return evidence


def other_signature():
    evidence, other = Evidence(), Evidence()
    return change(evidence, "measurements", -96, other.files["measurements"][-96:])


def rearranged(order):
    evidence = Evidence()
    signature = evidence.files["measurements"][-96:]
    return change(evidence, "measurements", -96, order(signature[:48], signature[48:]))


def signed_as(version, other):
    evidence = Evidence(version)
    log = evidence.files["measurements"][:-96]
    message = m.signed_message(other, evidence.files["vca"], log, "sha384")
    signature = m.sign(evidence.chain.key, "p384", "sha384", message)
    return change(evidence, "measurements", -96, signature)


# --- accepted ---

ALGORITHMS_USED = [("p256", "sha256"), ("p384", "sha384"), ("p521", "sha512"),
                   ("rsassa2048", "sha256"), ("rsapss2048", "sha256"),
                   ("rsassa3072", "sha384"), ("rsapss3072", "sha384"),
                   ("rsassa4096", "sha512"), ("rsapss4096", "sha512"),
                   ("p384", "sha3_384"), ("p256", "sha3_256"), ("p521", "sha3_512"),
                   ("p384", "sha256"), ("rsapss3072", "sha3_384")]

for _version in (0x10, 0x11, 0x12, 0x13):
    for _asym, _hash in ALGORITHMS_USED:
        accepted(f"SPDM {_version >> 4}.{_version & 15}, {_asym}, {_hash}")(
            lambda v=_version, a=_asym, h=_hash: Evidence(v, asym=a, hash_=h))
for _asym, _hash in ALGORITHMS_USED[:10]:
    accepted(f"SPDM 1.1 without a vca, {_asym}, {_hash}")(
        lambda a=_asym, h=_hash: no_vca(0x11, asym=a, hash_=h))
accepted("SPDM 1.0 without a vca")(lambda: no_vca(0x10))
accepted("measurements by another hash")(lambda: Evidence(meas_hash="sha256"))
accepted("measurements by SM3")(lambda: with_(
    meas_hash="sm3", blocks=[(1, 0, os.urandom(32)), (0xfe, 0x85, default_blocks(None)[-1][2])]))
accepted("raw values only")(lambda: Evidence(meas_hash=None))
accepted("slot 7")(lambda: asked(slot=7))
accepted("raw values asked for")(lambda: asked(attributes=3))
accepted("new measurements asked for, SPDM 1.3")(lambda: asked(0x13, attributes=7))
accepted("algorithm tables")(lambda: Evidence(prepare=lambda e: (
    setattr(e.requester, "tables", (m.table(2), m.table(3), m.table(4), m.table(5))),
    setattr(e.responder, "tables", (m.table(2), m.table(3))))))
accepted("CAPABILITIES with algorithms, SPDM 1.3")(lambda: Evidence(
    0x13, prepare=lambda e: setattr(e.responder, "supported",
                                    struct.pack("<BBH", 0, 0, 12) + bytes(8))))
accepted("1024 bytes of opaque data")(lambda: with_(opaque=bytes(1024)))
accepted("nothing changed meanwhile")(lambda: measured(content=2))
accepted("measurements in no order")(
    lambda: with_(blocks=list(reversed(default_blocks("sha384")))))
accepted("a value without bytes")(lambda: blocks((0x20, 0x84, b"")))
accepted("a value of 60000 bytes")(lambda: blocks((0x20, 0x84, bytes(60000))))
accepted("three bytes of padding")(lambda: append(Evidence(), "measurements", bytes(3)))
accepted("no key for freshness: no nonce is asked for")(lambda: without_nonce())
accepted("all 239 measurements")(
    lambda: with_(blocks=[(i, 1, bytes([i]) * 48) for i in range(1, 0xf0)]))


def without_nonce():
    evidence = Evidence()
    evidence.nonce = None
    return evidence


# --- what is no evidence ---

@unreadable("no measurements in the directory", "there is no measurements, which evidence has")
def _():
    evidence = Evidence()
    evidence.files["measurements"] = None
    return evidence


@unreadable("no certificates in the directory", "there is no certificates, which evidence has")
def _():
    evidence = Evidence()
    evidence.files["certificates"] = None
    return evidence


@unreadable("an empty vca", "vca: empty; remove it if there is none")
def _():
    evidence = Evidence()
    evidence.files["vca"] = b""
    return evidence


@unreadable("a vca of more than 64 KiB", "vca: larger than the 65536 bytes that it can have")
def _():
    evidence = Evidence()
    evidence.files["vca"] = bytes(65537)
    return evidence


@unreadable("certificates of more than 16 MiB", "certificates: larger than the 16777216 bytes")
def _():
    evidence = Evidence()
    evidence.files["certificates"] = bytes((16 << 20) + 1)
    return evidence


@unreadable("a report of 64 KiB", "report: larger than the 65535 bytes that it can have")
def _():
    evidence = Evidence()
    evidence.files["report"] = bytes(65536)
    return evidence


@unreadable("a nonce of 31 bytes", "nonce: expected 32 bytes, found 31")
def _():
    evidence = Evidence()
    evidence.files["nonce"] = bytes(31)
    return evidence
