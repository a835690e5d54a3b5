#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""The device behind a function of fake-sysfs: real evidence for each nonce.

    fake-device.py new DIR          make a device: its certificates, and DIR/root.pem
    fake-device.py collect DIR HEX  measure it for this nonce, into DIR/evidence/

What is another one than usual stands in DIR/device.json: "change", an index whose
value is changed; "svn"; "more": another one, at 0x11; "debug", the device mode; "info",
INTERFACE_INFO of the report; "forge": true, a signature that is none; "replay": true,
measurements for another nonce.
"""

import json
import os
import struct
import sys

from cryptography.hazmat.primitives import serialization

from spdm import device, pki


class Stored:
    """A chain as made before."""

    def __init__(self, path):
        with open(os.path.join(path, "chain.der"), "rb") as file:
            self.data = file.read()
        with open(os.path.join(path, "key.pem"), "rb") as file:
            self.key = serialization.load_pem_private_key(file.read(), None)

    def der(self):
        return self.data

    def pem(self):
        return b""


def write(path, name, data):
    with open(os.path.join(path, name), "wb") as file:
        file.write(data)


def new(path):
    chain = pki.good()
    write(path, "chain.der", chain.der())
    write(path, "root.pem", chain.pem())
    write(path, "key.pem", chain.key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption()))


def settings(path):
    try:
        with open(os.path.join(path, "device.json"), encoding="ascii") as file:
            return json.load(file)
    except FileNotFoundError:
        return {}


def changed(block, setting):
    index, kind, value = block
    if index == setting.get("change"):
        value = bytes([value[0] ^ 1]) + value[1:]
    if kind == 0x87 and "svn" in setting:
        value = struct.pack("<Q", setting["svn"])
    if kind == 0x85 and "debug" in setting:
        value = struct.pack("<IIII", 4, 4, 0x1f, setting["debug"])
    return index, kind, value


def collect(path, nonce):
    setting = settings(path)

    def prepare(evidence):
        if not setting.get("replay"):
            evidence.nonce = bytes.fromhex(nonce)
        evidence.responder.blocks = [changed(b, setting) for b in evidence.responder.blocks]
        if "more" in setting:
            evidence.responder.blocks.append((0x11, 0x87, struct.pack("<Q", setting["more"])))
            evidence.responder.blocks.sort()
        evidence.report.info = setting.get("info", 0x0003)

    evidence = device.Evidence(0x13, chain=Stored(path), prepare=prepare)
    files = dict(evidence.files)
    if setting.get("forge"):
        data = files["measurements"]
        files["measurements"] = data[:-1] + bytes([data[-1] ^ 1])
    files["evidence_digest"] = evidence.digest().encode() + b"\n"
    for name in ("certificates", "vca", "measurements", "report", "lock_flags",
                 "evidence_digest"):
        write(os.path.join(path, "evidence"), name, files[name])
    write(os.path.join(path, ".."), "resource", files["resource"])


if __name__ == "__main__":
    {"new": new, "collect": collect}[sys.argv[1]](*sys.argv[2:])
