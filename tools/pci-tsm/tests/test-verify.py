#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""pcitsm verify against evidence of an SPDM stack of its own: good evidence of each
version and algorithm with the right digest, and evidence that was tampered with or is of
a device that is not what it should be, each with its own message. TAP on stdout.

test-verify.py [NAME...]	tests with that in their names
"""

import json
import os
import re
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))
# pylint: disable=wrong-import-position
from spdm import cases, cases_chain, cases_judge, cases_spdm	# noqa: F401

PCITSM = os.environ.get("PCITSM", "pcitsm")


def run(*arguments):
    result = subprocess.run([PCITSM, *arguments], stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, stdin=subprocess.DEVNULL,
                            timeout=120, check=False)
    return result.returncode, result.stdout.decode(), result.stderr.decode()


def arguments_for(evidence, directory):
    """Write it, and what verify is told about it."""
    evidence.write(directory)
    with open("roots.pem", "wb") as file:
        file.write(evidence.roots)
    arguments = ["verify", directory, "--roots", "roots.pem", "--name", evidence.name]
    if evidence.reference:
        with open("reference", "w", encoding="ascii") as file:
            file.write(evidence.reference)
        arguments += ["--reference", "reference"]
    if evidence.nonce:
        arguments += ["--nonce", evidence.nonce.hex()]
    return arguments + evidence.options


def expect(what, wanted, found):
    if wanted != found:
        raise AssertionError(f"{what}: expected {wanted!r}, found {found!r}")


def contains(text, part):
    part = part.split("#")[0]
    return text.endswith(part[:-1]) if part.endswith("$") else part in text


def check_accepted(case, directory):
    evidence = case.make()
    status, out, err = run("--json", *arguments_for(evidence, directory))
    expect("exit status", 0, status)
    expect("stderr", "", err)
    verdict = json.loads(out)
    expect("good", True, verdict["good"])
    expect("bad checks", [], [c for c in verdict["checks"] if c["result"] in ("bad", "not-done")])
    complete = all(evidence.files[n] for n in ("vca", "report", "lock_flags", "resource"))
    expect("digest", evidence.digest() if complete else None, verdict.get("digest"))
    found = [(m["index"], m["type"], bytes.fromhex(m["value"])) for m in verdict["measurements"]]
    expect("measurements", sorted(evidence.responder.blocks), found)


def check_rejected(case, directory):
    status, out, err = run("--json", *arguments_for(case.make(), directory))
    expect("exit status", case.status, status)
    if case.check is None:
        expect("stdout", "", out)
        if not contains(err, case.text):
            raise AssertionError(f"expected {case.text!r} on stderr, found {err!r}")
        return
    verdict = json.loads(out)
    expect("good", False, verdict["good"])
    expect("digest", None, verdict.get("digest"))
    bad = {c["check"]: c["text"] for c in verdict["checks"] if c["result"] == "bad"}
    if case.check not in bad or not contains(bad[case.check], case.text):
        raise AssertionError(f"{case.check}: expected {case.text!r}, found {bad!r}")
    for check, text in bad.items():
        if f"pcitsm: verify: {check}: {text}\n" not in err:
            raise AssertionError(f"{check} is not on stderr: {err!r}")
        if not re.fullmatch("[ -~]+", text):
            raise AssertionError(f"not printable: {text!r}")


def check_distinct():
    """A message that says two things says none."""
    seen = {}
    for case in cases.REJECTED:
        key = (case.check, case.text)
        if key in seen:
            raise AssertionError(f"{case.name!r} and {seen[key]!r} expect the same message")
        seen[key] = case.name
    if len(cases.REJECTED) < 40:
        raise AssertionError(f"only {len(cases.REJECTED)} cases")


def main():
    tests = [("accepted", case.name, lambda d, c=case: check_accepted(c, d))
             for case in cases.ACCEPTED]
    tests += [("refused", case.name, lambda d, c=case: check_rejected(c, d))
              for case in cases.REJECTED]
    tests.append(("refused", "each has a message of its own", lambda d: check_distinct()))
    tests = [t for t in tests if not sys.argv[1:] or any(a in t[1] for a in sys.argv[1:])]

    print(f"1..{len(tests)}")
    failed = 0
    for number, (kind, name, test) in enumerate(tests, 1):
        shutil.rmtree("evidence", ignore_errors=True)
        try:
            test("evidence")
        except Exception as error:	# pylint: disable=broad-except
            failed += 1
            print(f"not ok {number} {kind}: {name}")
            print(f"# {type(error).__name__}: {error}".replace("\n", "\n# "))
        else:
            print(f"ok {number} {kind}: {name}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
