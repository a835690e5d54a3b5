# SPDX-License-Identifier: GPL-2.0
"""The series on disk, shared by scripts/tree, scripts/fold and scripts/export.

series/NNNN-subject.patch is

	Subject: one line
	<empty line>
	commit message
	<empty line>
	Adds: path			one line per file that this patch creates
	---
	diff --git ...			edits of files that exist before this patch

A created file lives in the repository under its own kernel path, in its final
form. A later patch that edits it carries that edit as a diff, like an edit of an
upstream file; what the creating patch adds is then the final form with the later
diffs taken back. So a file stands in the repository once, and an edit made to it
there goes into the patch that creates it.
"""

import fcntl
import hashlib
import os
import re
import subprocess
import sys
import tempfile

TOP = os.path.realpath(os.path.join(os.path.dirname(__file__), "..", ".."))
OUT = os.environ.get("OUT", os.path.join(TOP, "out"))
LINUX = os.path.join(OUT, "linux")
SERIES = os.path.join(TOP, "series")
RECORD = os.path.join(OUT, "series.record")

# Commits must not depend on who makes the tree, or when
EPOCH = 1793491200
AUTHOR = ("PCI/TSM series", "pci-tsm@series.invalid")
QUIET = ["-c", "core.autocrlf=false", "-c", "core.quotepath=false",
         "-c", "gc.auto=0", "-c", "maintenance.auto=false"]


class SeriesError(Exception):
    """Something the user has to mend; its text says what."""


def say(text):
    """One line for the person who waits."""
    print(text, file=sys.stderr, flush=True)


def run(args, data=None, env=None):
    """Run a command, return its output; SeriesError with its words on failure."""
    res = subprocess.run(args, input=data, capture_output=True, check=False,
                         env={**os.environ, **(env or {})})
    if res.returncode:
        raise SeriesError("%s: %s" % (" ".join(args[:6]),
                                      res.stderr.decode(errors="replace").strip()))
    return res.stdout


def git(tree, *args, data=None, env=None):
    """Run git in a tree and return its output."""
    return run(["git", *QUIET, "-C", tree, *args], data, env)


def git_line(tree, *args):
    """Run git in a tree and return its one line of output."""
    return git(tree, *args).decode().strip()


def lock():
    """One tree or fold at a time; held until the process ends."""
    os.makedirs(OUT, exist_ok=True)
    handle = open(os.path.join(OUT, "series.lock"), "w", encoding="utf-8")
    fcntl.flock(handle, fcntl.LOCK_EX)
    return handle


def read_file(path):
    """Mode (as git has it) and content of a file, None when there is no file."""
    try:
        with open(path, "rb") as handle:
            data = handle.read()
    except FileNotFoundError:
        return None
    return ("100755" if os.access(path, os.X_OK) else "100644", data)


def write_file(path, mode, data):
    """Write a file through a rename; leave it alone when it is the same."""
    if read_file(path) == (mode, data):
        return False
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path + ".part", "wb") as handle:
        handle.write(data)
    os.chmod(path + ".part", int(mode, 8) & 0o777)
    os.rename(path + ".part", path)
    return True


def split_diff(diff):
    """A git diff as a list of (path, section)."""
    parts = []
    for section in re.split(rb"^(?=diff --git )", diff, flags=re.M):
        if not section:
            continue
        names = re.match(rb"diff --git a/(.+) b/(.+)\n", section)
        if not names:
            raise SeriesError("not a git diff: %r" % section[:60])
        parts.append((names.group(2).decode(), section))
    return parts


class Patch:
    """One patch of the series."""

    def __init__(self, subject, body, adds, diff):
        self.subject = subject
        self.body = body
        self.adds = adds
        self.diff = diff

    @classmethod
    def parse(cls, name, raw):
        """Read the form described at the top of this file."""
        head, mark, diff = raw.partition(b"\n---\n")
        lines = head.decode().split("\n")
        if not mark or not lines[0].startswith("Subject: "):
            raise SeriesError("%s: needs a 'Subject:' line and a '---' line" % name)
        adds = []
        while lines[-1].startswith("Adds: "):
            adds.insert(0, lines.pop()[len("Adds: "):].strip())
        return cls(lines[0][len("Subject: "):].strip(),
                   "\n".join(lines[1:]).strip("\n"), adds, diff)

    def bytes(self):
        """The patch as it is stored."""
        head = "Subject: %s\n" % self.subject
        if self.body:
            head += "\n%s\n" % self.body
        if self.adds:
            head += "\n" + "".join("Adds: %s\n" % path for path in self.adds)
        return head.encode() + b"---\n" + self.diff

    def message(self):
        """The commit message."""
        return (self.subject + ("\n\n" + self.body if self.body else "") + "\n").encode()

    def file_name(self, number):
        """NNNN-subject.patch, as git format-patch would call it."""
        slug = re.sub(r"[^A-Za-z0-9_.]+", "-", self.subject).strip("-.")
        return "%04d-%s.patch" % (number, slug[:52].rstrip("-."))


def patch_files():
    """Names of the patch files in series/, in order."""
    if not os.path.isdir(SERIES):
        return []
    return sorted(name for name in os.listdir(SERIES)
                  if re.fullmatch(r"\d{4}-.+\.patch", name))


def read_series():
    """All patches, in order, each created file named exactly once."""
    patches = []
    owner = {}
    for name in patch_files():
        patch = Patch.parse(name, read_file(os.path.join(SERIES, name))[1])
        for path in patch.adds:
            if path in owner:
                raise SeriesError("%s: %s is added by %s already" % (name, path, owner[path]))
            if os.path.isabs(path) or ".." in path.split("/"):
                raise SeriesError("%s: %s is no path below the kernel tree" % (name, path))
            owner[path] = name
        patches.append(patch)
    return patches


def read_overlay(patches):
    """The final form of every file that the series creates."""
    overlay = {}
    for patch in patches:
        for path in patch.adds:
            overlay[path] = read_file(os.path.join(TOP, path))
            if overlay[path] is None:
                raise SeriesError("'%s' adds %s, which is not in the repository"
                                  % (patch.subject, path))
    return overlay


def created(patches, overlay):
    """For each patch, the files it creates as {path: (mode, content)}."""
    if not any(patch.adds for patch in patches):
        return [{} for _ in patches]
    result = []
    with tempfile.TemporaryDirectory(prefix="series.") as scratch:
        env = {"GIT_CEILING_DIRECTORIES": os.path.dirname(scratch)}
        for path, (mode, data) in overlay.items():
            write_file(os.path.join(scratch, path), mode, data)
        for number in reversed(range(len(patches))):
            before = {path for patch in patches[:number] for path in patch.adds}
            back = b"".join(section for path, section in split_diff(patches[number].diff)
                            if path in before)
            if back:
                try:
                    run(["git", *QUIET, "-C", scratch, "apply", "-R",
                         "--whitespace=nowarn", "-"], back, env)
                except SeriesError as err:
                    raise SeriesError(
                        "an overlay file was edited where '%s' changes it too: make this edit "
                        "in out/linux and fold it\n%s" % (patches[number].subject, err)) from None
            result.insert(0, {path: read_file(os.path.join(scratch, path))
                              for path in patches[number].adds})
    return result


def maintainers_entries(text):
    """The entries of a MAINTAINERS file as {title: text}."""
    entries = {}
    for paragraph in re.split(r"\n\s*\n", text):
        lines = paragraph.strip("\n").split("\n")
        if len(lines) > 1 and re.match(r"[A-Z]:\s", lines[1]):
            entries[lines[0]] = "\n".join(lines) + "\n"
    return entries


def maintainers_added(tree, base, rev):
    """What the series adds to MAINTAINERS: the content of ours."""
    old, new = (maintainers_entries(git(tree, "show", "%s:MAINTAINERS" % commit).decode())
                for commit in (base, rev))
    return "\n".join(text for title, text in new.items() if title not in old).encode()


def digest(path):
    """Hash of a repository file as recorded, '-' when it is not there."""
    found = read_file(os.path.join(TOP, path))
    return hashlib.sha256(found[0].encode() + found[1]).hexdigest() if found else "-"


def write_record(patches):
    """Remember the repository files that out/linux and series/ now agree on."""
    paths = ["MAINTAINERS"] + ["series/" + name for name in patch_files()]
    paths += [path for patch in patches for path in patch.adds]
    text = "".join("%s %s\n" % (digest(path), path) for path in sorted(paths))
    os.makedirs(OUT, exist_ok=True)
    write_file(RECORD, "100644", text.encode())


def read_record():
    """{path: hash} of the last tree or fold, None when there was none."""
    found = read_file(RECORD)
    if found is None:
        return None
    return {path: value for value, path in
            (line.split(" ", 1) for line in found[1].decode().splitlines())}
