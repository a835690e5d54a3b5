#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""pcitsm verify beside others that do the same: the verifier in shell of the selftests,
the worked example of the documentation, and the device that the selftests measure. What
is not in this tree is skipped. TAP on stdout.
"""

import hashlib
import json
import os
import re
import shutil
import socket
import struct
import subprocess
import sys
import time

TESTS = os.path.dirname(os.path.realpath(__file__))
sys.path.insert(0, TESTS)
# pylint: disable=wrong-import-position
from spdm import messages, pki, tdisp				# noqa: E402
from spdm.device import Evidence, Requester			# noqa: E402

PCITSM = os.environ.get("PCITSM", "pcitsm")
TREE = os.path.realpath(os.path.join(TESTS, "../../.."))
SELFTESTS = os.path.join(TREE, "tools/testing/selftests/pci-tsm")
DOCUMENT = os.path.join(TREE, "Documentation/PCI/tsm-guest.rst")


class Skip(Exception):
    """Something is not there."""


def need(path):
    if not os.path.exists(path):
        raise Skip(f"no {os.path.relpath(path, TREE)}")
    return path


def call(*command):
    # What the make that runs us was told is not for the one that builds the responder
    env = {name: value for name, value in os.environ.items()
           if name not in ("MAKEFLAGS", "MFLAGS", "MAKEOVERRIDES", "CC", "O", "SANITIZE")}
    result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                            stdin=subprocess.DEVNULL, timeout=300, check=False, env=env)
    return result.returncode, result.stdout.decode(), result.stderr.decode()


def expect(what, wanted, found):
    if wanted != found:
        raise AssertionError(f"{what}: expected {wanted!r}, found {found!r}")


def pcitsm(directory, name, nonce):
    status, out, err = call(PCITSM, "--json", "verify", directory, "--roots", "roots.pem",
                            "--name", name, "--nonce", nonce)
    expect("pcitsm's exit status", (0, ""), (status, err))
    return json.loads(out)


def shell(directory, name, nonce):
    status, out, err = call("sh", need(os.path.join(SELFTESTS, "verify.sh")), directory,
                            "roots.pem", name, nonce)
    expect("verify.sh's exit status", (0, ""), (status, err))
    return out.splitlines()


def compare(directory, name):
    """Digest and measurements."""
    nonce = os.path.join(directory, "nonce")
    verdict = pcitsm(directory, name, nonce)
    lines = shell(directory, name, nonce)
    expect("digest", lines[-1], verdict["digest"])
    expect("measurements", [l for l in lines if l.startswith("0x")],
           [f"0x{m['index']:02x} 0x{m['type']:02x} {m['value']}"
            for m in verdict["measurements"] if m["type"] & 0x7f != 9])


def beside_shell(*arguments, **changes):
    evidence = Evidence(*arguments, **changes)
    evidence.write("evidence")
    with open("roots.pem", "wb") as file:
        file.write(evidence.roots)
    compare("evidence", evidence.name)


def odd_report(evidence):
    """A BAR of three pages, ranges of no BAR, an informational measurement."""
    evidence.report.ranges = [(0x70000, 3, 0, 0), (0x80015, 1, 0, 3), (0x80017, 1, 4, 3),
                              (5, 2, 0, 6), (9, 2, 8, 6), (99, 1, 2, 999)]
    evidence.report.msix = 0x8000
    evidence.responder.blocks.append((0x30, 0x89, b"time"))


def beside_shell_odd():
    bars = {0: (4, 0x50000000), 3: (3, 0x8000100000)}
    evidence = Evidence(prepare=odd_report)
    evidence.files["resource"] = tdisp.resource(bars)
    evidence.write("evidence")
    with open("roots.pem", "wb") as file:
        file.write(evidence.roots)
    compare("evidence", evidence.name)


def documented():
    with open(need(DOCUMENT), encoding="utf-8") as file:
        text = file.read()
    form, digest = re.search(r"^A worked example:.*?::\n\n(.*?)\n\nIts SHA-384 is::\n\n(.*?)\n\n",
                             text, re.M | re.S).groups()
    report = tdisp.Report()
    report.info = 1
    report.ranges = [(0x70000, 2, 0, 0), (0x80010, 8, 0, 2), (0x80018, 8, 0, 2)]
    blocks = [(0x20, 1, 0x89, b"x"), (1, 1, 0, b"\xd1" * 48),
              (0x10, 1, 0x87, struct.pack("<Q", 1))]
    computed = tdisp.canonical(0x12, 0, messages.meas_hash_bit("sha384"),
                               messages.asym_bit("p384"), messages.hash_bit("sha384"),
                               bytes.fromhex("30053003020100" "30053003020142"), blocks, 3, 1,
                               report)
    expect("canonical form", bytes.fromhex(form), computed)
    expect("digest", "".join(digest.split()), hashlib.sha384(computed).hexdigest())
    with open(os.path.join(TESTS, "test-digest.c"), encoding="ascii") as file:
        found = re.search(r"example\[48\] = \{(.*?)\}", file.read(), re.S).group(1)
    expect("test-digest.c", "".join(digest.split()), "".join(re.findall("0x(..)", found)))


# --- the responder of the selftests, which speaks as QEMU wants it ---

NORMAL, PCI_DOE = 1, 2


class Mailbox:
    """A DOE mailbox at the other end of a socket."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), 10)

    def receive(self, size):
        data = b""
        while len(data) < size:
            part = self.socket.recv(size - len(data))
            if not part:
                raise AssertionError("the responder is gone")
            data += part
        return data

    def answer(self, request):
        padded = request + bytes(-len(request) % 4)
        data = struct.pack("<HBBI", 1, 1, 0, 2 + len(padded) // 4) + padded
        self.socket.sendall(struct.pack(">III", NORMAL, PCI_DOE, len(data)) + data)
        _, _, size = struct.unpack(">III", self.receive(12))
        return self.receive(size)[8:]

    def certificates(self, version, slot):
        """All of the slot, from the root."""
        chain = b""
        while True:
            request = struct.pack("<BBBBHH", version, 0x82, slot, 0, len(chain), 512)
            response = self.answer(request)
            expect("CERTIFICATE", 0x02, response[1])
            portion, left = struct.unpack_from("<HH", response, 4)
            chain += response[8:8 + portion]
            if not left:
                return chain


def measured_size(version, response, signature):
    """Where MEASUREMENTS ends: a DOE object may have padding."""
    size = 8 + int.from_bytes(response[5:8], "little") + 32
    size += 2 + struct.unpack_from("<H", response, size)[0]
    return size + (8 if version >= 0x13 else 0) + signature


def from_responder(version, curve, blocks="default", slot=0):
    source = need(os.path.join(SELFTESTS, "spdm"))
    if not shutil.which("make") or not shutil.which("cc"):
        raise Skip("no compiler")
    # Once for all of these
    build = os.path.join(os.getcwd(), "responder")
    expect("make", 0, call("make", "-s", "-C", source, f"O={build}",
                           f"{build}/spdm-responder")[0])
    expect("make-certs.sh", 0, call("sh", f"{source}/make-certs.sh", "certs", pki.NAME, curve)[0])
    with subprocess.Popen([f"{build}/spdm-responder", "--certs", "certs", "--port-file", "port",
                           "--log", "log", "--blocks", blocks, "--slot", str(slot)]) as responder:
        try:
            collect(version, curve, slot)
        finally:
            responder.terminate()
    shutil.copy("certs/root.pem", "roots.pem")
    compare("evidence", pki.NAME)


def collect(version, curve, slot):
    for _ in range(100):
        if os.path.exists("port"):
            break
        time.sleep(0.1)
    with open("port", encoding="ascii") as file:
        mailbox = Mailbox(int(file.read()))
    requester = Requester(mailbox.answer, version)
    requester.slot = slot
    requester.ask_supported = False
    requester.connect()
    sizes = {"p256": (32, 64), "p384": (48, 96)}
    digest, signature = sizes[curve]
    # Not to be padded: the size of each is known
    said = requester.vca
    said[1] = said[1][:6 + 2 * said[1][5]]
    said[5] = said[5][:struct.unpack_from("<H", said[5], 4)[0]]
    chain = mailbox.certificates(version, slot)[4 + digest:]
    # Anything but measurements begins a new transcript, so this comes last
    nonce = os.urandom(32)
    request = messages.get_measurements(version, nonce, slot)
    response = mailbox.answer(request)
    files = {
        "certificates": chain, "vca": b"".join(said), "nonce": nonce,
        "measurements": request + response[:measured_size(version, response, signature)],
        "report": tdisp.Report().data(), "lock_flags": b"0x0001/0x0007\n",
        "resource": tdisp.resource(),
    }
    os.mkdir("evidence")
    for name, data in files.items():
        with open(os.path.join("evidence", name), "wb") as file:
            file.write(data)


TESTS_HERE = [
    ("the worked example of the documentation", documented),
    ("verify.sh agrees: SPDM 1.1, P-256", lambda: beside_shell(0x11, asym="p256", hash_="sha256")),
    ("verify.sh agrees: SPDM 1.2, P-384", lambda: beside_shell(0x12)),
    ("verify.sh agrees: SPDM 1.3, P-521", lambda: beside_shell(0x13, asym="p521",
                                                             hash_="sha512")),
    ("verify.sh agrees: raw values only", lambda: beside_shell(0x12, meas_hash=None)),
    ("verify.sh agrees: odd BARs and ranges", beside_shell_odd),
    ("the selftests' device: SPDM 1.1, P-256", lambda: from_responder(0x11, "p256")),
    ("the selftests' device: SPDM 1.2, P-384", lambda: from_responder(0x12, "p384")),
    ("the selftests' device: SPDM 1.3, P-384, slot 3",
     lambda: from_responder(0x13, "p384", slot=3)),
    ("the selftests' device: many measurements",
     lambda: from_responder(0x13, "p256", "many")),
]


def main():
    print(f"1..{len(TESTS_HERE)}")
    failed = 0
    for number, (name, test) in enumerate(TESTS_HERE, 1):
        for path in ("evidence", "certs"):
            shutil.rmtree(path, ignore_errors=True)
        if os.path.exists("port"):
            os.remove("port")
        try:
            test()
        except Skip as why:
            print(f"ok {number} {name} # SKIP {why}")
        except Exception as error:	# pylint: disable=broad-except
            failed += 1
            print(f"not ok {number} {name}")
            print(f"# {type(error).__name__}: {error}".replace("\n", "\n# "))
        else:
            print(f"ok {number} {name}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
