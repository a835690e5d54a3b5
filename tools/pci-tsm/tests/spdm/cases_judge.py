# SPDX-License-Identifier: GPL-2.0
"""Devices that tell the truth about themselves, and are not what they should be."""

import os
import struct

from . import tdisp
from .cases import accepted, append, cut, rejected, unreadable
from .device import Evidence, default_blocks


def with_blocks(changes, options=(), reference=None):
    """Blocks by index instead of the usual ones; None: there is none."""
    def prepare(evidence):
        blocks = {b[0]: b for b in default_blocks("sha384")}
        for index, block in changes.items():
            if block is None:
                del blocks[index]
            else:
                blocks[index] = (index, *block)
        evidence.responder.blocks = list(blocks.values())
    evidence = Evidence(prepare=prepare)
    evidence.options = list(options)
    if reference is not None:
        evidence.reference = reference(evidence.reference)
    return evidence


def expected(change_reference, options=()):
    return with_blocks({}, options, change_reference)


def line(index, kind, value):
    return f"0x{index:02x} 0x{kind:02x} {value.hex()}\n"


def without(index):
    def change_reference(text):
        return "".join(l for l in text.splitlines(True) if not l.startswith(f"0x{index:02x}"))
    return change_reference


def replace(index, kind, value):
    return lambda text: without(index)(text) + line(index, kind, value)


def mode(state, debug=0):
    return (0x85, struct.pack("<IIII", 0x3f, state, 0x1f, debug))


def svn(value):
    return (0x87, struct.pack("<Q", value))


# --- measurements ---

rejected("a measurement differs", "measurements", "index 0x02 differs: expected 11111111")(
    lambda: expected(replace(2, 1, b"\x11" * 48)))
rejected("a measurement is longer than expected", "measurements",
         "index 0x05 differs: expected 312e302e (4 bytes); found 312e302e30 (5 bytes)")(
    lambda: expected(replace(5, 0x86, b"1.0.")))
rejected("two measurements differ", "measurements", "; 1 more, 0x03 differs")(
    lambda: expected(lambda t: replace(3, 2, bytes(48))(replace(2, 1, bytes(48))(t))))
rejected("a measurement is missing", "measurements", "index 0x30 is missing: expected type 0x01")(
    lambda: expected(lambda t: t + line(0x30, 1, bytes(48))))
rejected("a measurement that nobody expects", "measurements", "index 0x04 is not expected: type")(
    lambda: expected(without(4)))
rejected("device mode that nobody expects", "measurements", "index 0xfe is not expected: type")(
    lambda: expected(without(0xfe)))
rejected("a measurement of another type", "measurements",
         "index 0x02: expected type 0x02, found type 0x01")(
    lambda: expected(lambda t: t.replace("0x02 0x01", "0x02 0x02")))
rejected("a raw value for a digest", "measurements",
         "index 0x02: expected type 0x01, found type 0x81")(
    lambda: with_blocks({2: (0x81, bytes(48))}, (), replace(2, 1, bytes(48))))
rejected("an informational measurement is required", "measurements",
         "index 0x20 is informational")(
    lambda: with_blocks({0x20: (0x89, b"hello")}, (),
                        lambda t: t + line(0x20, 0x89, b"hello")))
rejected("another measurement than the one that is ignored", "measurements",
         "index 0x03 is not expected: type")(
    lambda: expected(without(3), ["--ignore", "0x02,4"]))

# --- device mode ---

rejected("debug mode", "device-mode", "found 0x2 (invasive debug is active)")(
    lambda: with_blocks({0xfe: mode(4, 2)}))
rejected("non-invasive debug mode", "device-mode", "found 0x1 (non-invasive debug is active)")(
    lambda: with_blocks({0xfe: mode(4, 1)}))
rejected("debug mode in the past", "device-mode", "found 0x8 (invasive debug was active)")(
    lambda: with_blocks({0xfe: mode(4, 8)}))
rejected("debug mode after it was made", "device-mode",
         "found 0x10 (invasive debug was active after manufacturing)")(
    lambda: with_blocks({0xfe: mode(4, 16)}))
rejected("a debug bit that nobody knows", "device-mode", "found 0x80000000 (unknown bits)")(
    lambda: with_blocks({0xfe: mode(4, 1 << 31)}))
rejected("manufacturing mode", "device-mode", "found 0x1 (manufacturing)")(
    lambda: with_blocks({0xfe: mode(1)}))
rejected("recovery mode", "device-mode", "found 0x8 (recovery)")(
    lambda: with_blocks({0xfe: mode(8)}))
rejected("two modes at once", "device-mode", "found 0x14 (none or several)")(
    lambda: with_blocks({0xfe: mode(0x14)}))
rejected("debug mode that is ignored", "device-mode", "found 0x3 (non-invasive debug is active)")(
    lambda: with_blocks({0xfe: mode(4, 3)}, ["--ignore", "0xfe"], without(0xfe)))
rejected("debug mode under another index", "device-mode",
         "index 0x40: expected no debug mode")(
    lambda: with_blocks({0x40: mode(4, 2)}))
rejected("device mode of 8 bytes", "device-mode",
         "index 0xfe: expected type 0x85 with 16 bytes (device mode); found type 0x85 with 8")(
    lambda: with_blocks({0xfe: (0x85, bytes(8))}))
rejected("device mode as a digest", "device-mode", "found type 0x05 with 48 bytes")(
    lambda: with_blocks({0xfe: (5, bytes(48))}))
rejected("device mode hidden behind another type", "device-mode",
         "found type 0x84 with 16 bytes")(
    lambda: with_blocks({0xfe: (0x84, mode(4)[1])}))

# --- security version ---

rejected("SVN rollback", "svn", "index 0x10: expected 8 or higher, found 7")(
    lambda: expected(lambda t: t, ["--minimum-svn", "8"]))
rejected("SVN rollback in the upper half", "svn",
         "expected 4294967303 or higher, found 4294967302")(
    lambda: with_blocks({0x10: svn((1 << 32) + 6)}, ["--minimum-svn", "0x100000007"]))
rejected("SVN rollback of one of two", "svn", "index 0x11: expected 7 or higher, found 3")(
    lambda: with_blocks({0x11: svn(3)}, ["--minimum-svn", "7"]))
rejected("no SVN", "svn", "expected 1 or higher, found no security version number")(
    lambda: with_blocks({0x10: None}, ["--minimum-svn", "1"]))
rejected("an SVN of 4 bytes", "svn", "found type 0x87 with 4 bytes")(
    lambda: with_blocks({0x10: (0x87, bytes(4))}, ["--minimum-svn", "1"]))
rejected("an SVN as a digest", "svn", "found type 0x07 with 48 bytes")(
    lambda: with_blocks({0x10: (7, bytes(48))}, ["--minimum-svn", "1"]))


# --- report ---

def reported(options=(), resource=None, **changes):
    evidence = Evidence(prepare=lambda e: e.report.__dict__.update(changes))
    evidence.options = list(options)
    if resource is not None:
        evidence.files["resource"] = resource
    return evidence


rejected("NO_FW_UPDATE is clear", "report", "expected NO_FW_UPDATE, found it clear")(
    lambda: reported(info=2))
rejected("ATS is on", "report", "expected no ATS, found it enabled")(
    lambda: reported(info=0xb))
rejected("PRS is on", "report", "expected no PRS, found it enabled")(
    lambda: reported(info=0x13))
rejected("a reserved bit of INTERFACE_INFO", "report", "bits of INTERFACE_INFO are set")(
    lambda: reported(info=0x23))
rejected("the reserved field of the report", "report", "bits of the field behind INTERFACE_INFO")(
    lambda: reported(reserved=1))
rejected("a reserved attribute of a range", "report", "bits of attributes of an MMIO range")(
    lambda: reported(ranges=[(0x70000, 4, 0x10, 0)]))
rejected("the report is cut off", "report", "expected 20 to 65535 bytes, found 19")(
    lambda: cut(reported(ranges=[], specific=b""), "report", 1))
rejected("the report lacks its last byte", "report",
         "says 4 bytes of device-specific information, found 3")(
    lambda: cut(reported(), "report", 1))
rejected("trailing bytes behind the report", "report",
         "says 4 bytes of device-specific information, found 5")(
    lambda: append(reported(), "report", b"\0"))
rejected("device-specific information without end", "report", "says 4294967295 bytes")(
    lambda: reported(specific_size=0xffffffff))
rejected("more ranges than there is room for", "report", "4 MMIO ranges, for which 72 bytes")(
    lambda: reported(count=4))
rejected("so many ranges that they wrap", "report", "268435456 MMIO ranges, for which")(
    lambda: reported(count=1 << 28))
rejected("a range without pages", "report", "MMIO range 1 has no pages")(
    lambda: reported(ranges=[(0x70000, 4, 0, 0), (0x80010, 0, 0, 2)]))
rejected("a range at the end of all addresses", "report", "range 0: its addresses wrap around")(
    lambda: reported(ranges=[((1 << 52) - 4, 4, 0, 0)]))
rejected("a range behind the end of all addresses", "report",
         "range 1: its addresses wrap around")(
    lambda: reported(ranges=[(0x70000, 4, 0, 0), ((1 << 64) - 1, 4, 0, 2)]))
rejected("ranges of BARs in the other order", "report", "range 1: Range IDs do not ascend")(
    lambda: reported(ranges=[(0x80010, 8, 0, 2), (0x70000, 4, 0, 0)]))
rejected("ranges of a BAR in the other order", "report",
         "range 1: ranges of Range ID 2 do not ascend")(
    lambda: reported(ranges=[(0x80018, 8, 0, 2), (0x80010, 8, 0, 2)]))
rejected("two ranges of a BAR overlap", "report", "MMIO ranges 0 and 1 overlap")(
    lambda: reported(ranges=[(0x80010, 8, 0, 2), (0x80017, 8, 0, 2)]))
rejected("ranges of two BARs overlap", "report", "MMIO ranges 0 and 2 overlap")(
    lambda: reported(ranges=[(0x80010, 4, 0, 0), (0x70000, 4, 0, 2), (0x80011, 2, 0, 3)]))
rejected("MSI-X control without MSI-X", "report", "MSI_X_MESSAGE_CONTROL is 0x8003, though")(
    lambda: reported(msix=0x8003))
rejected("TPH control without MSI-X", "report", "TPH_CONTROL is 0x1, though")(
    lambda: reported(tph=1))
rejected("a range of a BAR that is not there", "report",
         "MMIO range 3 is in BAR 4, which is not in use")(
    lambda: reported(ranges=[(0x70000, 4, 0, 0), (0x80010, 8, 0, 2), (0x80018, 8, 4, 2),
                             (0x90000, 1, 0, 4)]))
rejected("a range that is larger than its BAR", "report",
         "MMIO range 0 ends behind the 4 pages of BAR 0")(
    lambda: reported(ranges=[(0x70000, 5, 0, 0)]))
rejected("ranges that end behind their BAR", "report",
         "MMIO range 2 ends behind the 16 pages of BAR 2")(
    lambda: reported(ranges=[(0x70000, 4, 0, 0), (0x80010, 8, 0, 2), (0x80019, 8, 4, 2)]))
rejected("a BAR in upper case", "report", "resource: line 1 is not")(
    lambda: reported(resource=tdisp.resource().replace(b"0x", b"0X")))
rejected("BARs are missing", "report", "resource: line 3 is not")(
    lambda: reported(resource=b"".join(tdisp.resource().splitlines(True)[:2])))
rejected("a BAR that ends before it begins", "report", "resource: BAR 1 ends before it begins")(
    lambda: reported(resource=tdisp.resource({0: (4, 0x50000000), 1: (1, 0x2000)}).replace(
        b"0x0000000000002fff", b"0x0000000000001fff")))


def locked(text):
    evidence = Evidence()
    evidence.files["lock_flags"] = text
    return evidence


rejected("lock flags without those that are known", "digest",
         'lock_flags: expected "0xSSSS/0xKKKK"')(lambda: locked(b"0x0001\n"))
rejected("a lock flag that is not known", "digest", "lock_flags: 0x0009 are set, of which 0x0007")(
    lambda: locked(b"0x0009/0x0007\n"))


# --- accepted ---

accepted("no reference")(lambda: expected(lambda t: None))
accepted("a measurement is ignored")(lambda: expected(without(2), ["--ignore", "0x02"]))
accepted("device mode is ignored, and good")(
    lambda: expected(without(0xfe), ["--ignore", "1,0xfe"]))
accepted("measurements beside the reference")(
    lambda: expected(lambda t: t.splitlines(True)[1], ["--allow-others"]))
accepted("an informational measurement")(lambda: with_blocks({0x20: (0x89, os.urandom(9))}))
accepted("SVN as expected")(lambda: expected(lambda t: t, ["--minimum-svn", "7"]))
accepted("SVN higher than in no reference")(
    lambda: with_blocks({0x10: svn(1 << 63)}, ["--minimum-svn", "8"], without(0x10)))
accepted("debug mode is allowed")(
    lambda: with_blocks({0xfe: mode(1, 2)}, ["--allow-debug"]))
accepted("no device mode")(lambda: with_blocks({0xfe: None}))
accepted("firmware updates are allowed")(lambda: reported(["--allow-fw-update"], info=2))
accepted("ATS and PRS are allowed")(
    lambda: reported(["--allow-ats", "--allow-prs"], info=0x1b))
accepted("reserved bits are allowed")(lambda: reported(["--allow-reserved"], info=0x23))
accepted("no ranges")(lambda: reported(ranges=[], specific=b""))
accepted("4000 ranges")(
    lambda: reported(ranges=[(0x70000 + 2 * i, 1, 0, 6) for i in range(4000)]))
accepted("a locked MSI-X table")(
    lambda: reported(msix=0x8003, tph=1, ranges=[(0x70000, 1, 3, 0), (0x80010, 8, 0, 2)]))
accepted("a range of no BAR")(lambda: reported(ranges=[(0x70000, 4, 0, 0), (5, 9, 0, 300)]))


@accepted("no report")
def _():
    evidence = Evidence()
    evidence.files["report"] = None
    return evidence


@accepted("no lock flags")
def _():
    evidence = Evidence()
    evidence.files["lock_flags"] = None
    return evidence


# --- references and options that are none ---

def unusable(name, text, reference=None, options=()):
    def make():
        evidence = Evidence()
        if reference is not None:
            evidence.reference = reference
        evidence.options = list(options)
        return evidence
    unreadable(name, text, 2)(make)


unusable("an empty reference", "expected measurements, found none", "# nothing\n\n")
unusable("a reference with an index twice", ":2: index 0x01: is there twice",
         "0x01 0x00 aa\n0x01 0x00 ab\n")
unusable("a reference with a decimal index", ":1: expected an index like 0x01", "1 0x00 aa\n")
unusable("a reference without a type", "index 0x01: expected a type like 0x85", "0x01\n")
unusable("a reference without a value", "index 0x01: expected a value behind the type",
         "0x01 0x00\n")
unusable("a reference with half a byte", "index 0x02: the value is not hexadecimal",
         "0x02 0x00 abc\n")
unusable("a reference with too much on a line", "index 0x03: something follows the value",
         "0x03 0x00 ab # comment\n")
unusable("a reference with a zero byte", "expected text, found a zero byte",
         "0x01 0x00 aa\n\0\n")
unusable("an index that is none", "--ignore: expected indices", options=["--ignore", "256"])
unusable("an index and a comma", "--ignore: expected indices like 0x10,0xfd, found \"1,\"",
         options=["--ignore", "1,"])
unusable("a security version that is none", "--minimum-svn: expected a number",
         options=["--minimum-svn", "-1"])
unusable("a nonce that is none", "nonce", options=["--nonce", "1234"])
unusable("a date that is none", "--at: expected a date", options=["--at", "yesterday"])
unusable("two ways to say the name", "--name and --any-name contradict", options=["--any-name"])
unusable("a policy and an option that it decides", "--policy and --reference contradict",
         options=["--policy", "policy.json"])
