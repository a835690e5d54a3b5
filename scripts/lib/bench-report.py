#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Make a table and a plot of the raw numbers of scripts/bench.

	bench-report.py table DIR	the table, on stdout
	bench-report.py svg DIR		the plot, on stdout
	bench-report.py put DIR FILE	replace the table in FILE, a document that has
					the lines ".. bench: begin" and ".. bench: end"

Each part of the bench that left raw numbers in DIR becomes a section: what it costs
without and with the series, and the ratio. Of several rounds the median counts; of
rounds in instructions the shortest, as the others had interrupts in between.
"""

import os
import re
import statistics
import sys
from html import escape

BEGIN = ".. bench: begin"
END = ".. bench: end"


class Section:
    """One part of the bench: title, names of the two columns, rows. With one_scale the
    plot has the same scale for all rows, otherwise each row has its own."""

    def __init__(self, title, before, after, one_scale=False):
        self.title = title
        self.one_scale = one_scale
        self.heads = (before, after)
        self.rows = []

    def add(self, what, unit, before, after):
        """A row; either value may be None."""
        self.rows.append((what, unit, before, after))

    def scale(self, row):
        """What is as wide as the plot."""
        rows = self.rows if self.one_scale else [row]
        return max(value or 0 for _, _, *values in rows for value in values) or 1


def lines_of(directory, name, pattern):
    """All matches of a pattern in a raw file, nothing if there is no such file."""
    try:
        with open(os.path.join(directory, name), encoding="utf-8", errors="replace") as file:
            return [match.groups() for match in re.finditer(pattern, file.read(), re.M)]
    except FileNotFoundError:
        return []


def condensed(found, how):
    """{key: how(values)} of (key..., value) tuples."""
    values = {}
    for *key, value in found:
        values.setdefault(tuple(key), []).append(float(value))
    return {key: how(of) for key, of in values.items()}


def medians(found):
    """{key: median} of (key..., value) tuples."""
    return condensed(found, statistics.median)


def spread(found):
    """How far the rounds are from their median, in per cent, at worst."""
    middle = medians(found)
    return max(100 * abs(float(value) - middle[tuple(key)]) / middle[tuple(key)]
               for *key, value in found)


def io_section(directory):
    """fio on the same controller."""
    found = lines_of(directory, "io.txt", r"^io \d+ ([01]) (\S+) (\S+) \S+$")
    iops = medians(lines_of(directory, "io.txt", r"^io \d+ ([01]) (\S+) \S+ (\S+)$"))
    if not found:
        return None
    rate = medians(found)
    section = Section("I/O of an NVMe controller, fio, 4 jobs; rounds within %.0f %%" % spread(found),
                      "T=0, bounced", "T=1, private")
    for job, what in (("seq-read", "sequential read, 128 KiB"),
                      ("seq-write", "sequential write, 128 KiB")):
        section.add(what, "MiB/s", rate["0", job] / 1024, rate["1", job] / 1024)
    for job, what in (("rand-read", "random read, 4 KiB"), ("rand-write", "random write, 4 KiB")):
        section.add(what, "IOPS", iops["0", job], iops["1", job])
    return section


def restore_section(directory):
    """Resets."""
    found = dict(lines_of(directory, "restore.txt", r"^ *(\S.*?)  +(-?[\d.]+) ms$"))
    if not found:
        return None
    value = {key.split(":")[0] if not key.startswith("of it") else key: float(ms)
             for key, ms in found.items()}
    section = Section("Reset (FLR) of an NVMe controller with its driver bound",
                      "not accepted", "in run", one_scale=True)
    section.add("until it is in use again", "ms", value["plain"], value["in run, restored"])
    section.add("  of it: operations of the TSM", "ms", None, value["of it: operations of the TSM"])
    section.add("  of it: core", "ms", None, value["of it: core, beyond plain and TSM"])
    section.add("the same by userspace", "ms", None, value["by userspace"])
    return section


def attach_section(directory):
    """Many functions at once."""
    found = lines_of(directory, "attach.log", r"bench: functions (\d+) attach_ms (\d+) "
                     r"at_once \d+ link_ms (\d+)$")
    if not found:
        return None
    section = Section("Many functions at once, TSM operations of 100 ms: 1 and 12 (UML)",
                      "tsm/connect", "lock, accept", one_scale=True)
    for number, attach, link in found:
        section.add("%s function%s" % (number, "" if number == "1" else "s"), "ms",
                    float(link), float(attach))
    return section


def plain_section(directory):
    """Ordinary functions, patched beside unpatched."""
    pattern = r"bench: (\S+) (plain|tsm) count (\d+) ns (\d+)$"
    base = lines_of(directory, "plain-base.log", pattern)
    series = lines_of(directory, "plain.log", pattern)
    if not base or not series:
        return None
    old, new = ({key: value / int(key[2]) for key, value in condensed(found, min).items()}
                for found in (base, series))
    section = Section("Ordinary functions; shortest of several rounds", "unpatched", "series")
    for name, what in (("write", "config write by the kernel"),
                       ("user-write", "config write by userspace"),
                       ("bind", "probe by a driver"), ("unbind", "removal of the driver"),
                       ("enumerate", "enumeration of one of 4,096")):
        for when, suffix in (("plain", ""), ("tsm", ", beside a TSM")):
            for key in new:
                if key[:2] == (name, when):
                    section.add(what + suffix, "insns", old[name, "plain", key[2]], new[key])
    found = lines_of(directory, "attach.log", r"bytes_per_function (\d+) bytes_per_other (\d+)$")
    for function, other in found:
        section.add("memory of one", "bytes", 0, float(other))
        section.add("memory of one that can do TDISP", "bytes", 0, float(function))
    return section


PARTS = (("io", io_section), ("restore", restore_section), ("attach", attach_section),
         ("plain", plain_section))


def sections(directory):
    """(part, section) of all parts that were run."""
    made = [(part, make(directory)) for part, make in PARTS]
    return [(part, section) for part, section in made if section]


def number(value, unit):
    """A value as people read it."""
    if value is None:
        return "-"
    return "%.0f" % value if value >= 1000 or unit == "bytes" else "%.1f" % value


def ratio(before, after):
    """After over before."""
    return "%.3f" % (after / before) if before and after else ""


def read(directory, name):
    """Content of a small file, empty if there is none."""
    try:
        with open(os.path.join(directory, name), encoding="utf-8") as file:
            return file.read()
    except FileNotFoundError:
        return ""


def table(directory):
    """The table as text."""
    text = [read(directory, "machine.txt").rstrip()]
    for part, section in sections(directory):
        text += ["", section.title, "%-49s" % ("(%s)" % read(directory, part + ".when").strip()) +
                 "%13s %13s %7s" % (*section.heads, "ratio")]
        for what, unit, before, after in section.rows:
            text.append("  %-40s %5s %13s %13s %7s" %
                        (what, unit, number(before, unit), number(after, unit),
                         ratio(before, after)))
    return "\n".join(line.rstrip() for line in text) + "\n"


def svg(directory):
    """The plot: two bars for each row."""
    left, width, row, head = 270, 420, 30, 56
    parts = []
    top = 10
    for _, section in sections(directory):
        parts.append('<text x="10" y="%d" class="h">%s</text>' % (top + 18, escape(section.title)))
        for column, name in enumerate(section.heads):
            x = left + 130 * column
            parts.append('<rect x="%d" y="%d" width="10" height="10" class="b%d"/>'
                         '<text x="%d" y="%d">%s</text>' %
                         (x, top + 28, column, x + 15, top + 37, escape(name)))
        top += head
        for what, unit, *values in section.rows:
            longest = section.scale((what, unit, *values))
            parts.append('<text x="%d" y="%d" class="l">%s</text>' %
                         (left - 10, top + 16, escape(what.strip())))
            for column, value in enumerate(values):
                if value is None:
                    continue
                y = top + 12 * column
                bar = width * value / longest
                parts.append('<rect x="%d" y="%d" width="%.1f" height="10" class="b%d"/>'
                             '<text x="%.1f" y="%d">%s %s</text>' %
                             (left, y, bar, column, left + bar + 5, y + 9, number(value, unit), unit))
            top += row
        top += 14
    style = ("text{font:11px sans-serif}.h{font-weight:bold;font-size:13px}.l{text-anchor:end}"
             ".b0{fill:#9aa5b1}.b1{fill:#2f6fb3}")
    machine = escape(" ".join(read(directory, "machine.txt").split()))
    return ('<svg xmlns="http://www.w3.org/2000/svg" width="{w}" height="{h}" '
            'viewBox="0 0 {w} {h}">\n<style>{s}</style>\n'
            '<rect width="{w}" height="{h}" fill="#fff"/>\n{p}\n'
            '<text x="10" y="{y}">{m}</text>\n</svg>\n').format(
                w=left + width + 110, h=top + 24, s=style, p="\n".join(parts), y=top + 12,
                m=machine)


def put(directory, path):
    """Replace the table in a document."""
    with open(path, encoding="utf-8") as file:
        text = file.read()
    if text.count(BEGIN + "\n") != 1 or text.count("\n" + END) != 1:
        sys.exit("bench-report: %s has no place for the table" % path)
    before, rest = text.split(BEGIN + "\n")
    after = rest.split("\n" + END)[1]
    block = "".join("  %s\n" % line if line else "\n" for line in table(directory).splitlines())
    with open(path, "w", encoding="utf-8") as file:
        file.write("%s%s\n\n::\n\n%s\n%s%s" % (before, BEGIN, block, END, after))


def main():
    """Do what is asked."""
    words = sys.argv[1:]
    if words[:1] == ["put"] and len(words) == 3:
        put(*words[1:])
    elif words[:1] in (["table"], ["svg"]) and len(words) == 2:
        sys.stdout.write({"table": table, "svg": svg}[words[0]](words[1]))
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main()
