# SPDX-License-Identifier: GPL-2.0
"""SPDM messages of DSP0274 1.0 to 1.3 as bytes, and signatures over them."""

import hashlib
import struct

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, utils

# Table "BaseAsymAlgo": bit, bytes of a signature
ASYM = {
    "rsassa2048": (0, 256), "rsapss2048": (1, 256), "rsassa3072": (2, 384),
    "rsapss3072": (3, 384), "p256": (4, 64), "rsassa4096": (5, 512),
    "rsapss4096": (6, 512), "p384": (7, 96), "p521": (8, 132),
    "sm2": (9, 64), "ed25519": (10, 64),
}
# Table "BaseHashAlgo": bit; "MeasurementHashAlgo" has another bit in front
HASH = {"sha256": 0, "sha384": 1, "sha512": 2, "sha3_256": 3, "sha3_384": 4,
        "sha3_512": 5, "sm3": 6}
CRYPTO_HASH = {"sha256": hashes.SHA256, "sha384": hashes.SHA384, "sha512": hashes.SHA512,
               "sha3_256": hashes.SHA3_256, "sha3_384": hashes.SHA3_384,
               "sha3_512": hashes.SHA3_512}


def asym_bit(name):
    return 1 << ASYM[name][0]


def hash_bit(name):
    return 1 << HASH[name]


def meas_hash_bit(name):
    """None: raw bit streams only."""
    return 1 if name is None else 2 << HASH[name]


def get_version():
    return struct.pack("<BBBB", 0x10, 0x84, 0, 0)


def version_response(versions):
    entries = b"".join(struct.pack("<H", version << 8) for version in versions)
    return struct.pack("<BBBBBB", 0x10, 0x04, 0, 0, 0, len(versions)) + entries


def get_capabilities(version, flags=0, algorithms=False):
    if version == 0x10:
        return struct.pack("<BBBB", version, 0xe1, 0, 0)
    param1 = 1 if algorithms and version >= 0x13 else 0
    message = struct.pack("<BBBBBBHI", version, 0xe1, param1, 0, 0, 0, 0, flags)
    if version >= 0x12:
        message += struct.pack("<II", 0x1200, 0x1200)
    return message


def capabilities(version, flags, algorithms=None):
    param1 = 1 if algorithms is not None else 0
    message = struct.pack("<BBBBBBHI", version, 0x61, param1, 0, 0, 0, 0, flags)
    if version >= 0x12:
        message += struct.pack("<II", 0x1200, 0x1200)
    return message + (algorithms or b"")


def table(kind, fixed=0x20):
    return struct.pack("<BBH", kind, fixed, 1)


def negotiate_algorithms(version, asym, hash_, spec=1, tables=()):
    tail = b"".join(tables)
    return struct.pack("<BBBBHBBII12sBBH", version, 0xe3, len(tables), 0, 32 + len(tail),
                       spec, 0, asym, hash_, bytes(12), 0, 0, 0) + tail


def algorithms_response(version, asym, hash_, meas_hash, spec=1, tables=(), ext=(0, 0),
                        length=None):
    tail = bytes(4) * sum(ext) + b"".join(tables)
    length = 36 + len(tail) if length is None else length
    return struct.pack("<BBBBHBBIII12sBBH", version, 0x63, len(tables), 0, length, spec, 0,
                       meas_hash, asym, hash_, bytes(12), *ext, 0) + tail


def get_measurements(version, nonce, slot=0, attributes=1, operation=0xff,
                     context=b"contextu"):
    message = struct.pack("<BBBB", version, 0xe0, attributes, operation) + nonce
    if version >= 0x11:
        message += bytes([slot])
    if version >= 0x13:
        message += context
    return message


def block(index, kind, value, spec=1, size=None, value_size=None):
    value_size = len(value) if value_size is None else value_size
    size = 3 + len(value) if size is None else size
    return struct.pack("<BBHBH", index, spec, size, kind, value_size) + value


def measurements(version, nonce, blocks, slot=0, content=0, opaque=b"", context=b"contextu",
                 number=None, length=None, code=0x60, opaque_size=None):
    """All but the signature."""
    record = b"".join(blocks)
    number = len(blocks) if number is None else number
    length = len(record) if length is None else length
    opaque_size = len(opaque) if opaque_size is None else opaque_size
    message = struct.pack("<BBBBB", version, code, 0, slot | content << 4, number)
    message += length.to_bytes(3, "little") + record + nonce
    message += struct.pack("<H", opaque_size) + opaque
    if version >= 0x13:
        message += context
    return message


def signed_message(version, vca, log, hash_, context=None):
    """What the signature algorithm gets: before 1.2 the messages themselves."""
    if version < 0x12:
        return log
    context = context or b"responder-measurements signing"
    prefix = f"dmtf-spdm-v{version >> 4}.{version & 15}.*".encode() * 4
    combined = prefix.ljust(100 - len(context), b"\0") + context
    return combined + hashlib.new(hash_, vca + log).digest()


def sign(key, asym, hash_, message):
    algorithm = CRYPTO_HASH[hash_]()
    if asym.startswith("rsapss"):
        return key.sign(message, padding.PSS(padding.MGF1(algorithm),
                                             algorithm.digest_size), algorithm)
    if asym.startswith("rsassa"):
        return key.sign(message, padding.PKCS1v15(), algorithm)
    r, s = utils.decode_dss_signature(key.sign(message, ec.ECDSA(algorithm)))
    half = ASYM[asym][1] // 2
    return r.to_bytes(half, "big") + s.to_bytes(half, "big")
