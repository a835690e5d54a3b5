#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""
Help, man page and completion have the same verbs, operands and options, and the
completion completes. Expects the tool in $PCITSM. TAP.
"""

import os
import re
import subprocess
import sys
import tempfile

SRC = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))
PCITSM = os.environ.get("PCITSM", SRC + "/build/pcitsm")
BASH_COMPLETION = "/usr/share/bash-completion/bash_completion"


class Skip(Exception):
    pass


def run(*command, status=0):
    done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    assert done.returncode == status, f"{command}: {done.returncode}: {done.stderr}"
    return done.stdout


def options_of_help(text):
    """{"--tsm": "tsmN"}, {"--json": None}: those of the verb, and those of all verbs"""
    own, common = text.split("\nOptions for all verbs\n")

    def table(part):
        found = re.findall(r"^  (--[a-z-]+)(?: ([^ ]+))?  ?", part, re.M)
        return {name: argument or None for name, argument in found}
    return table(own), table(common)


def help_verbs():
    """{"lock": "ADDRESS"} from pcitsm --help"""
    text = run(PCITSM, "--help")
    part = text.split("Verbs, without one: list\n")[1].split("\n\n")[0]
    verbs = {}
    for line in part.splitlines():
        synopsis = re.split(r"  +", line.strip(), maxsplit=1)[0].split(" ", 1)
        verbs[synopsis[0]] = synopsis[1] if len(synopsis) > 1 else ""
    return verbs


def unroff(text):
    text = re.sub(r"\\f[BIRP]", "", text)
    return text.replace("\\-", "-").replace('"', "").strip()


def man_options(part):
    """Options of a part of the man page: of the line behind .TP"""
    found = {}
    for line in re.findall(r"^\.TP.*\n\.BI? (\\-\\-.*)$", part, re.M):
        name, _, argument = unroff(line).partition(" ")
        assert name not in found, f"{name} is there twice"
        found[name] = argument.strip() or None
    return found


def man_page():
    """Options of all verbs, {verb: (operands, options)}, options of verify and accept"""
    text = open(SRC + "/pcitsm.1").read()
    sections = dict(re.findall(r"^\.SH (.*)\n((?:(?!\.SH ).*\n)*)", text, re.M))
    verbs = {}
    parts = re.findall(r"^\.SS (.*)\n((?:(?!\.SS ).*\n)*)", sections["VERBS"], re.M)
    for title, part in parts[:-1]:
        verb, _, operands = unroff(title).partition(" ")
        verbs[verb] = (operands, man_options(part))
    assert parts[-1][0] == "What a device has to be"
    return man_options(sections["OPTIONS"]), verbs, man_options(parts[-1][1])


def bash(script, *arguments):
    return run("bash", "-c", f"complete() {{ :; }}; . {SRC}/pcitsm.bash; {script}", "bash",
               *arguments)


def complete(*words):
    """What bash would offer for the last word"""
    if not os.path.exists(BASH_COMPLETION):
        raise Skip("bash-completion is not installed")
    script = f"""
        . {BASH_COMPLETION}
        . {SRC}/pcitsm.bash
        COMP_WORDS=("$@")
        COMP_CWORD=$(($# - 1))
        COMP_LINE="$*"
        COMP_POINT=${{#COMP_LINE}}
        COMP_TYPE=9
        COMP_KEY=9
        _pcitsm
        printf '%s\\n' "${{COMPREPLY[@]}}"
    """
    return run("bash", "-c", script, "bash", *words).split()


def same(what, found, expected):
    assert found == expected, f"{what}: expected {expected}, found {found}"


def test_man_page_has_the_verbs_of_help():
    _, verbs, _ = man_page()
    same("verbs and operands", {verb: verbs[verb][0] for verb in verbs}, help_verbs())


def test_order_of_verbs_is_the_same():
    same("order", list(man_page()[1]), list(help_verbs()))


def test_man_page_has_the_options_of_help():
    common, verbs, shared = man_page()
    for verb, (_, own) in verbs.items():
        help_own, help_common = options_of_help(run(PCITSM, verb, "--help"))
        if verb in ("verify", "accept"):
            own = {**own, **shared}
        same(f"options of {verb}", own, help_own)
        same(f"common options of {verb}", common, help_common)


def test_usage_of_a_verb_has_its_operands():
    for verb, operands in help_verbs().items():
        first = run(PCITSM, verb, "--help").splitlines()[0]
        assert first.endswith(operands) and first.startswith(f"Usage: pcitsm {verb}"), first


def test_help_fits_the_screen():
    for verb in ["list"] + list(help_verbs()):
        for line in run(PCITSM, verb, "--help").splitlines():
            assert len(line) <= 100, line


def test_completion_has_the_verbs_of_help():
    same("verbs", bash('echo $_pcitsm_verbs').split(), list(help_verbs()))


def test_completion_has_the_options_of_help():
    _, common = options_of_help(run(PCITSM, "list", "--help"))
    same("common options", set(bash("echo $_pcitsm_global").split()), set(common))
    for verb in help_verbs():
        own, _ = options_of_help(run(PCITSM, verb, "--help"))
        found = bash('_pcitsm_options "$1"', verb).split()
        same(f"options of {verb}", sorted(found), sorted(own))


def test_completion_knows_which_options_have_an_argument():
    for verb in help_verbs():
        own, common = options_of_help(run(PCITSM, verb, "--help"))
        for name, argument in {**own, **common}.items():
            found = bash("""
                words=("$@" operand "")
                cword=$((${#words[@]} - 1))
                _pcitsm_parse
                echo "$verb $operands"
            """, "pcitsm", verb, name, *(["value"] if argument else []))
            same(f"{verb} {name}", found.split(), [verb, "1"])
        for name, argument in {**own, **common}.items():
            found = bash("""
                _filedir() { :; }
                prev=$1 cur= sysfs=/nowhere
                _pcitsm_value && echo value || echo none
            """, name)
            same(f"argument of {name}", found.split(), ["value" if argument else "none"])


def tree():
    top = tempfile.mkdtemp(dir=".")
    for address in "0000:00:01.0", "0000:00:02.0":
        os.makedirs(f"{top}/bus/pci/devices/{address}/tsm")
        open(f"{top}/bus/pci/devices/{address}/tsm/state", "w").write("unlocked\n")
    os.makedirs(f"{top}/bus/pci/devices/0000:00:03.0")
    for tsm, mode in ("tsm0", "devsec"), ("tsm1", "link"):
        os.makedirs(f"{top}/class/tsm/{tsm}")
        open(f"{top}/class/tsm/{tsm}/pci_mode", "w").write(mode + "\n")
    return top


def test_completion_of_verbs():
    same("all", complete("pcitsm", ""), list(help_verbs()))
    same("some", complete("pcitsm", "--json", "un"), ["unlock"])


def test_completion_of_options():
    same("lock", sorted(complete("pcitsm", "lock", "--")),
         ["--help", "--json", "--sysfs", "--tsm", "--version"])
    same("accept", complete("pcitsm", "accept", "00:01.0", "--no-v"), ["--no-verify"])


def test_completion_of_addresses():
    both = ["0000:00:01.0", "0000:00:02.0"]
    for verb in "show", "lock", "unlock", "evidence", "verify", "accept", "enroll", "watch":
        same(verb, complete("pcitsm", "--sysfs", tree(), verb, ""), both)
    same("second of watch", complete("pcitsm", "--sysfs", tree(), "watch", "00:01.0", ""), both)
    same("second of lock", complete("pcitsm", "--sysfs", tree(), "lock", "00:01.0", ""), [])
    # Readline takes what is behind the last colon for the word
    same("part", complete("pcitsm", "--sysfs", tree(), "show", "0000:00:02"), ["02.0"])


def test_completion_of_tsms():
    same("tsm", complete("pcitsm", "--sysfs", tree(), "lock", "--tsm", ""), ["tsm0"])


def test_completion_of_files():
    open("roots.pem", "w").close()
    same("roots", complete("pcitsm", "verify", "--roots", "ro"), ["roots.pem"])
    os.mkdir("evidence.d")
    same("directory", complete("pcitsm", "verify", "evid"), ["evidence.d"])
    same("check", complete("pcitsm", "policy", ""), ["check"])


def test_wrong_command_lines():
    for words, message in (
            (["nothing"], 'there is no verb "nothing"'),
            (["\033[2J"], 'there is no verb "?[2J"'),
            ([""], 'there is no verb ""'),
            (["--nothing"], "--nothing: no such option"),
            (["-j"], "-j: no such option"),
            (["--sysfs"], "--sysfs: no such option, or its argument is missing"),
            (["--json=x", "list"], "--json=x: no such option"),
            (["list", "x"], "x: one argument too many"),
            (["list", "--tsm", "x"], "--tsm: no such option"),
            (["lock"], "ADDRESS is missing"),
            (["lock", "--tsm"], "--tsm: no such option, or its argument is missing"),
            (["lock", "00:01.0", "00:02.0"], "00:02.0: one argument too many"),
            (["lock", "00:01.0", "\033x"], "?x: one argument too many"),
            (["unlock"], "ADDRESS is missing"),
            (["show", "--", "--json", "x"], "x: one argument too many"),
            (["evidence", "00:01.0"], "ADDRESS DIR is missing"),
            (["accept"], "ADDRESS is missing"),
            (["watch", "--timeout", "x"], "expected --timeout SECONDS"),
            (["watch", "--timeout", "-1"], "expected --timeout SECONDS"),
            (["watch", "--timeout", "nan"], "expected --timeout SECONDS"),
            (["watch", "--timeout", "1e9"], "expected --timeout SECONDS"),
            (["watch", "--timeout", ""], "expected --timeout SECONDS")):
        done = subprocess.run([PCITSM, *words], capture_output=True, text=True)
        assert done.returncode == 2, (words, done)
        assert message in done.stderr, (words, done.stderr)
        assert done.stdout == "", (words, done.stdout)
        assert done.stderr.count("\n") == 1, (words, done.stderr)


def test_version():
    same("version", run(PCITSM, "--version"), run(PCITSM, "lock", "--version"))


def test_man_pages_are_clean():
    for page in "pcitsm.1", "pcitsm-policy.5":
        done = subprocess.run(["man", "--warnings", "-l", f"{SRC}/{page}"],
                              capture_output=True, text=True)
        assert done.returncode == 0 and done.stderr == "", done.stderr


def test_man_page_has_the_exit_statuses():
    text = open(SRC + "/common.h").read()
    numbers = re.findall(r"STATUS_[A-Z]+\s*= (\d)", text)
    page = open(SRC + "/pcitsm.1").read().split(".SH EXIT STATUS\n")[1].split(".SH ")[0]
    same("statuses", re.findall(r"^\.B (\d)$", page, re.M), numbers)


def test_man_page_has_the_checks():
    names = re.findall(r'\[CHECK_[A-Z_]+\]\s*= "([a-z-]+)"', open(SRC + "/verify.c").read())
    page = open(SRC + "/pcitsm.1").read().split(".SS verify")[1].split(".RS\n")[1].split(".RE")[0]
    same("checks", [unroff(name) for name in re.findall(r"^\.B (.*)$", page, re.M)], names)


def main():
    tests = [(name, test) for name, test in globals().items() if name.startswith("test_")]
    print(f"1..{len(tests)}")
    bad = 0
    for number, (name, test) in enumerate(tests, 1):
        try:
            test()
            print(f"ok {number} {name}")
        except Skip as why:
            print(f"ok {number} {name} # SKIP {why}")
        except Exception as why:
            bad = 1
            print(f"not ok {number} {name}")
            for line in (f"{type(why).__name__}: {why}").splitlines():
                print(f"# {line}")
    sys.exit(bad)


main()
