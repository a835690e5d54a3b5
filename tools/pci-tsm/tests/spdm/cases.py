# SPDX-License-Identifier: GPL-2.0
"""A list of cases: evidence, and what is to be said about it."""

ACCEPTED = []
REJECTED = []


class Case:
    """Evidence that make() makes, and the outcome: exit status, the check that is bad."""

    def __init__(self, name, make, check=None, text=None, status=0):
        self.name = name
        self.make = make
        self.check = check
        self.text = text
        self.status = status


def accepted(name):
    def add(make):
        ACCEPTED.append(Case(name, make))
        return make
    return add


def rejected(name, check, text):
    """text: part of the message, which no other case may have."""
    def add(make):
        REJECTED.append(Case(name, make, check, text, 3))
        return make
    return add


def unreadable(name, text, status=1):
    """What is not evidence at all, or no sensible command."""
    def add(make):
        REJECTED.append(Case(name, make, None, text, status))
        return make
    return add


def change(evidence, name, at, data):
    """Overwrite bytes of a file; at may be negative, from the end."""
    old = evidence.files[name]
    at = at if at >= 0 else len(old) + at
    evidence.files[name] = old[:at] + data + old[at + len(data):]
    return evidence


def flip(evidence, name, at):
    old = evidence.files[name]
    at = at if at >= 0 else len(old) + at
    return change(evidence, name, at, bytes([old[at] ^ 1]))


def append(evidence, name, data):
    evidence.files[name] += data
    return evidence


def cut(evidence, name, count):
    evidence.files[name] = evidence.files[name][:-count]
    return evidence
