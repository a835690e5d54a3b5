# SPDX-License-Identifier: GPL-2.0
"""Interface reports, what sysfs says of BARs, and the canonical form of evidence."""

import struct

# 16 KiB of BAR 0, 64 KiB of BAR 2, as (pages, address)
BARS = {0: (4, 0x50000000), 2: (16, 0x8000100000)}


class Report:
    """An interface report; the address of a range is in pages of 4 KiB."""

    def __init__(self):
        self.info = 0x0003
        self.reserved = 0
        self.msix = 0
        self.lnr = 0
        self.tph = 0
        # first page, pages, attributes, Range ID
        self.ranges = [(0x70000, 4, 0, 0), (0x80010, 8, 0, 2), (0x80018, 8, 4, 2)]
        self.specific = b"ZZZZ"
        self.count = None
        self.specific_size = None

    def head(self):
        count = len(self.ranges) if self.count is None else self.count
        return struct.pack("<HHHHII", self.info, self.reserved, self.msix, self.lnr, self.tph,
                           count)

    def tail(self):
        size = len(self.specific) if self.specific_size is None else self.specific_size
        return struct.pack("<I", size) + self.specific

    def data(self):
        return self.head() + b"".join(struct.pack("<QIHH", *r) for r in self.ranges) + \
            self.tail()


def resource(bars=None):
    lines = []
    for number in range(13):
        pages, address = (BARS if bars is None else bars).get(number, (0, 0))
        end = address + pages * 4096 - 1 if pages else 0
        lines.append(f"0x{address:016x} 0x{end:016x} 0x{0x40200 if pages else 0:016x}")
    return ("\n".join(lines) + "\n").encode()


def canonical(version, slot, meas_hash, asym, hash_, certificates, blocks, known, flags,
              report, bars=None):
    """Version 1 of it, Documentation/PCI/tsm-guest.rst; blocks: index, spec, type, value."""
    bars = BARS if bars is None else bars
    form = b"PCITSM" + struct.pack("<HBBBBIII", 1, version, slot, 1, 0, meas_hash, asym, hash_)
    form += struct.pack("<I", len(certificates)) + certificates
    form += struct.pack("<I", len(blocks))
    for index, spec, kind, value in sorted(blocks):
        value = b"" if kind & 0x7f == 9 else value
        form += struct.pack("<BBBBH", index, spec, kind, 0, len(value)) + value
    form += struct.pack("<HH", known, flags) + report.head()
    first = {}
    for page, pages, attributes, bar in report.ranges:
        first.setdefault(bar, page)
        size = bars.get(bar, (0, 0))[0]
        power = size and bin(size).count("1") == 1
        where = page % size if power else page - first[bar]
        form += struct.pack("<QQIHH", where, size, pages, attributes, bar)
    return form + report.tail()
