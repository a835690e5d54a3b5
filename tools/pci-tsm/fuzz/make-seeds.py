#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""make-seeds.py DIR - seeds for the fuzz targets: the evidence of the tests, good and bad."""

import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), "../tests"))
# pylint: disable=wrong-import-position
from spdm import cases, cases_chain, cases_judge, cases_spdm	# noqa: F401

OBJECTS = ("certificates", "vca", "measurements", "report", "lock_flags", "resource", "nonce")


def sized(data):
    return len(data).to_bytes(2, "little") + data


def seeds(evidence):
    """(target, bytes) of one case."""
    files = {name: evidence.files[name] or b"" for name in OBJECTS}
    version = evidence.requester.version
    how = version & 3 | (4 if files["vca"] else 0)
    yield "vca", files["vca"]
    yield "measurements", bytes([how | 0x20]) + files["measurements"]
    yield "report", sized(files["report"]) + sized(files["resource"]) + files["lock_flags"]
    yield "chain", files["certificates"]
    yield "reference", (evidence.reference or "").encode()
    yield "evidence", b"".join(sized(files[name]) for name in OBJECTS)
    lines = [line for line in (evidence.reference or "").splitlines() if line[:2] == "0x"]
    yield "policy", policy(version, lines).encode()


def policy(number, required):
    """A policy file: every key, with values of these measurements."""
    rule = {"name": f"rule {number}", "comment": "of a seed", "roots": "root.pem",
            "match": {"vendor": "0x1b36", "device": "0x0010", "subsystem_vendor": "0x1af4",
                      "subsystem_device": "0x1100", "revision": "0x02", "class": "0x0108",
                      "slot": "0000:00:01.0"},
            "measurements": {"required": [dict(zip(("index", "type", "value"),
                                                    line.replace("-", "").split(" ")))
                                          for line in required],
                             "ignored": ["0x20"], "others": "refuse"},
            "certificate_name": "function", "minimum_svn": 7, "device_mode": "normal",
            "report": {"firmware_update": "refuse", "ats": "allow", "prs": "refuse"},
            "restore": True, "tsm": "tsm0"}
    return json.dumps({"version": 1, "comment": "seed", "rules": [rule]}, indent="\t")


def main():
    number = 0
    for case in cases.ACCEPTED + cases.REJECTED:
        evidence = case.make()
        if any(len(data or b"") > 8000 for data in evidence.files.values()):
            continue
        number += 1
        for target, data in seeds(evidence):
            directory = os.path.join(sys.argv[1], target)
            os.makedirs(directory, exist_ok=True)
            with open(os.path.join(directory, f"{number:03}"), "wb") as file:
                file.write(data)


if __name__ == "__main__":
    main()
