#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Turn the console log of a KUnit run into flat TAP lines.

	kunit-tap.py [--suite SUITE]... LINUX LABEL LOG [MARK]

The kernel's own kunit_parser reads the log, so a crash in the middle, a wrong plan
or a missing suite count as it counts them. One result per test case is printed,
then one for the kernel's log: a splat fails the run even if all cases passed. MARK
is a line that the log must have, from a check that ran after the tests. A SUITE
that did not run is a failure: a kernel without it would pass otherwise.
"""

import argparse
import re
import sys

sys.dont_write_bytecode = True

SPLAT = re.compile(r"WARNING: |BUG: |Oops|Kernel panic|KASAN: |UBSAN: |KCSAN: |suspicious RCU usage"
                   r"|possible circular locking|possible recursive locking"
                   r"|inconsistent lock state|Invalid wait context|held lock freed"
                   r"|sleeping function called|scheduling while atomic|refcount_t: "
                   r"|list_(?:add|del) corruption|unreferenced object")
TIME = re.compile(r"^\[ *\d+\.\d+\] ")
NOT_A_SPLAT = re.compile(r"Kernel panic - not syncing: VFS|# Subtest|\bok \d+")


def leaves(test, path=()):
    """(name, test) of each test case below a test."""
    if not test.subtests:
        yield ".".join(path) or test.name, test
    for sub in test.subtests:
        yield from leaves(sub, path + (sub.name,))


def main():
    """Print the results."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--suite", action="append", default=[])
    parser.add_argument("linux")
    parser.add_argument("label")
    parser.add_argument("log")
    parser.add_argument("mark", nargs="*")
    args = parser.parse_args()
    label = args.label
    sys.path.insert(0, args.linux + "/tools/testing/kunit")
    import kunit_parser  # pylint: disable=import-outside-toplevel,import-error
    from kunit_printer import Printer  # pylint: disable=import-outside-toplevel,import-error

    with open(args.log, encoding="utf-8", errors="replace") as handle:
        lines = handle.read().splitlines()
    with open("/dev/null", "w", encoding="utf-8") as null:
        root = kunit_parser.parse_run_tests(lines, Printer(print=False, output=null))

    status = kunit_parser.TestStatus
    number = 0
    failed = False
    for name, test in leaves(root):
        number += 1
        if test.status == status.SKIPPED:
            print("ok %d - %s: %s # SKIP %s" % (number, label, name,
                                                test.skip_reason or "no reason given"))
        elif test.status == status.SUCCESS:
            print("ok %d - %s: %s" % (number, label, name))
        else:
            failed = True
            print("not ok %d - %s: %s (%s)" % (number, label, name, test.status.name))
            for line in list(test.log)[-20:]:
                print("#   " + line)

    splats = [line for line in lines if SPLAT.search(line) and not NOT_A_SPLAT.search(line)]
    number += 1
    print("%s %d - %s: no splat in the kernel's log" % ("not ok" if splats else "ok",
                                                        number, label))
    for line in splats[:20]:
        print("#   " + line)
    ran = {test.name for test in root.subtests}
    for suite in args.suite:
        number += 1
        failed = failed or suite not in ran
        print("%s %d - %s: suite %s ran" % ("ok" if suite in ran else "not ok", number, label,
                                            suite))
    for mark in args.mark:
        number += 1
        seen = any(TIME.sub("", line.strip()) == mark for line in lines)
        failed = failed or not seen
        print("%s %d - %s: '%s'" % ("ok" if seen else "not ok", number, label, mark))
    print("1..%d" % number)
    sys.exit(1 if failed or splats else 0)


if __name__ == "__main__":
    main()
