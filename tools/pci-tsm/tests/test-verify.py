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


def says(status, text, *arguments):
    """What is printed, one way or the other."""
    found, out, err = run(*arguments)
    if found != status or text not in out + err:
        raise AssertionError(f"expected {status} and {text!r}, found {found}, {out + err!r}")
    return out


def check_text(directory):
    """Without --json: a line for each check, and the digest last."""
    evidence = cases_spdm.Evidence()
    lines = says(0, "", *arguments_for(evidence, directory)).splitlines()
    expect("last line", evidence.digest(), lines[-1])
    expect("checks", ["certificates", "name", "vca", "nonce", "signature", "measurements",
                      "device-mode", "svn", "report"], [l.split()[0] for l in lines[:-1]])


def check_vca_signed(directory):
    """Before SPDM 1.2, the vca is not among what is signed, and that is said."""
    for version in 0x10, 0x11, 0x12, 0x13:
        evidence = cases_spdm.Evidence(version)
        out = says(0, "", *arguments_for(evidence, f"{directory}{version}"))
        line = re.search("^vca .*$", out, re.M).group(0)
        expect(f"SPDM {version:#x}, unsigned vca", version < 0x12, line.endswith("; not signed"))


def check_made_reference(directory):
    """What is printed to become a reference is one."""
    evidence = cases_spdm.Evidence()
    evidence.reference = None
    arguments = arguments_for(evidence, directory)
    out = says(0, "# Measurements", *arguments)
    with open("made", "w", encoding="ascii") as file:
        file.write(out[out.index("# Measurements"):])
    says(0, "8, all as expected (8 required)", *arguments, "--reference", "made")


def check_no_roots(directory):
    evidence = cases_spdm.Evidence()
    evidence.write(directory)
    out = says(3, "no root is trusted; name some by --roots", "verify", directory, "--any-name")
    expect("digest", -1, out.find("sha384:"))
    says(1, "roots cannot be read", "verify", directory, "--any-name", "--roots", "absent")


def check_nobody(directory):
    cases_spdm.Evidence().write(directory)
    says(2, "whose is it?", "verify", directory, "--roots", "roots.pem")
    says(2, "--policy needs --name", "verify", directory, "--any-name", "--policy", "p")
    says(2, "to find a rule, expected", "verify", directory, "--name", "me", "--policy", "p")


def check_odd_files(directory):
    """A FIFO would make us wait, a directory is no file; a link is as good as a file."""
    evidence = cases_spdm.Evidence()
    arguments = arguments_for(evidence, directory)
    path = os.path.join(directory, "vca")
    os.rename(path, "vca")
    os.symlink(os.path.realpath("vca"), path)
    says(0, "sha384:", *arguments)
    os.remove(path)
    os.mkfifo(path)
    says(1, "evidence/vca: expected a regular file", *arguments)
    os.remove(path)
    os.mkdir(path)
    says(1, "evidence/vca: Is a directory", *arguments)
    os.rmdir(path)
    os.remove("vca")


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
    tests += [("refused", "each has a message of its own", lambda d: check_distinct()),
              ("refused", "without roots nothing is good", check_no_roots),
              ("refused", "nobody said whose evidence it is", check_nobody),
              ("refused", "files that are none", check_odd_files),
              ("accepted", "as text", check_text),
              ("accepted", "whether the vca is signed is said", check_vca_signed),
              ("accepted", "a reference made by verify", check_made_reference)]
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
