# SPDX-License-Identifier: GPL-2.0
"""A responder, a requester, and the evidence that comes of what they say."""

import hashlib
import os
import struct

from . import messages as m
from . import pki, tdisp

MODE_NORMAL = struct.pack("<IIII", 4, 4, 0, 0)
SVN = 7


def default_blocks(meas_hash):
    """(index, type, value): digests, and what is always raw."""
    result = []
    if meas_hash:
        for index, text in enumerate((b"rom", b"firmware", b"straps", b"settings"), 1):
            result.append((index, index - 1, hashlib.new(meas_hash, text).digest()))
    else:
        result.append((1, 0x81, b"firmware"))
    return result + [(0x05, 0x86, b"1.0.0"), (0x10, 0x87, struct.pack("<Q", SVN)),
                     (0xfd, 0x84, b"one firmware"), (0xfe, 0x85, MODE_NORMAL)]


class Responder:
    """Answers messages. The attributes can be changed to have it misbehave."""

    def __init__(self, chain, asym="p384", hash_="sha384", meas_hash="default",
                 versions=(0x10, 0x11, 0x12, 0x13)):
        self.chain = chain
        self.asym = asym
        self.hash = hash_
        self.meas_hash = hash_ if meas_hash == "default" else meas_hash
        self.versions = versions
        self.flags = 0x02 | 2 << 3 | 0x20	# CERT_CAP, MEAS_CAP signed, MEAS_FRESH_CAP
        self.blocks = default_blocks(self.meas_hash)
        self.opaque = b""
        self.content = 0
        self.tables = ()
        self.supported = None
        self.sign_context = None
        self.answers = {}		# keyword arguments for messages, by name
        self.key = chain.key
        self.log = b""

    def answer(self, request):
        code = request[1]
        if code == 0x84:
            self.log = b""
            response = m.version_response(self.versions)
        elif code == 0xe1:
            response = m.capabilities(request[0], self.flags, self.supported)
        elif code == 0xe3:
            selected = {"asym": m.asym_bit(self.asym), "hash_": m.hash_bit(self.hash),
                        "meas_hash": m.meas_hash_bit(self.meas_hash), "tables": self.tables}
            selected.update(self.answers.get("algorithms", {}))
            response = m.algorithms_response(request[0], **selected)
        else:
            return self.measure(request)
        self.log += request + response
        return response

    def measure(self, request):
        version = request[0]
        blocks = [b if isinstance(b, bytes) else m.block(*b) for b in self.blocks]
        fields = {"blocks": blocks, "opaque": self.opaque, "content": self.content,
                  "slot": request[36] & 15 if version >= 0x11 else 0}
        if version >= 0x13:
            fields["context"] = request[37:45]
        fields.update(self.answers.get("measurements", {}))
        response = m.measurements(version, os.urandom(32), **fields)
        message = m.signed_message(version, self.log, request + response, self.hash,
                                   self.sign_context)
        return response + m.sign(self.key, self.asym, self.hash, message)


class Requester:
    """Negotiates and asks for measurements."""

    def __init__(self, answer, version=0x12):
        self.answer = answer
        self.version = version
        self.slot = 0
        self.attributes = 1
        self.operation = 0xff
        self.tables = ()
        self.ask_supported = True	# for the device's algorithms, SPDM 1.3
        self.asym = sum(1 << bit for bit, _ in m.ASYM.values())
        self.hash = 0x7f
        self.spec = 1
        self.vca = []
        self.measurements = b""

    def say(self, request):
        response = self.answer(request)
        self.vca += [request, response]
        return response

    def connect(self):
        self.vca = []
        self.say(m.get_version())
        self.say(m.get_capabilities(self.version, algorithms=self.ask_supported))
        return self.say(m.negotiate_algorithms(self.version, self.asym, self.hash, self.spec,
                                               self.tables))

    def measure(self, nonce):
        request = m.get_measurements(self.version, nonce, self.slot, self.attributes,
                                     self.operation)
        self.measurements = request + self.answer(request)


class Evidence:
    """The files, and what verify is told about them."""

    def __init__(self, version=0x12, kind=None, asym="p384", hash_="sha384", chain=None,
                 prepare=None, **responder):
        self.chain = chain or pki.good(kind or key_kind(asym))
        self.responder = Responder(self.chain, asym, hash_, **responder)
        self.requester = Requester(self.responder.answer, version)
        self.report = tdisp.Report()
        self.nonce = os.urandom(32)
        if prepare:
            prepare(self)
        self.requester.connect()
        self.requester.measure(self.nonce)
        self.files = {
            "certificates": self.chain.der(),
            "vca": b"".join(self.requester.vca),
            "measurements": self.requester.measurements,
            "report": self.report.data(),
            "lock_flags": b"0x0001/0x0007\n",
            "resource": tdisp.resource(),
            "nonce": self.nonce,
        }
        self.roots = self.chain.pem()
        self.name = pki.NAME
        self.reference = reference(self.responder.blocks)
        self.options = []

    def digest(self):
        """By the canonical form of tsm-guest.rst."""
        responder, requester = self.responder, self.requester
        blocks = [(b[0], 1, b[1], b[2]) for b in responder.blocks]
        form = tdisp.canonical(requester.version,
                               requester.slot if requester.version >= 0x11 else 0,
                               m.meas_hash_bit(responder.meas_hash), m.asym_bit(responder.asym),
                               m.hash_bit(responder.hash), self.files["certificates"], blocks,
                               7, 1, self.report)
        return "sha384:" + hashlib.sha384(form).hexdigest()

    def write(self, path):
        os.mkdir(path)
        for name, data in self.files.items():
            if data is not None:
                with open(os.path.join(path, name), "wb") as file:
                    file.write(data)


def key_kind(asym):
    return "rsa" + asym[-4:] if asym.startswith("rsa") else asym


def reference(blocks):
    lines = ["# what such a device measures"]
    lines += [f"0x{b[0]:02x} 0x{b[1]:02x} {b[2].hex() or '-'}" for b in blocks
              if not isinstance(b, bytes) and b[1] & 0x7f != 9]
    return "\n".join(lines) + "\n"
