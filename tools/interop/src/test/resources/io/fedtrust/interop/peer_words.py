"""Asks the peer's own command line what words mean to it; nothing is carried out.

Prints one JSON object a line: "words" of a command, and "means", the same command in full, or null where the peer
refuses it or prints help. The words are every prefix of every option of every command, and other ways to write
options. Only the standard library's argparse is watched: how the peer builds its parser does not matter.
"""

import argparse
import contextlib
import io
import json
import sys

from nvflare.cli import main

# What a command cannot do without, and the options that its --help and --schema name, with --output, which they hide.
COMMANDS = {
    "cert init": (["--profile", "P", "-o", "O"], ["--profile", "--output-dir", "--org", "--valid-days", "--deploy-version", "--output"]),
    "cert request": (["-p", "P"], ["--participant", "--out", "--output"]),
    "cert approve": (["Z", "-c", "C", "--profile", "P"], ["--ca-dir", "--out", "--profile", "--valid-days", "--output"]),
    "package": (["Z"], ["--workspace", "--request-dir", "--expected-fingerprint", "--fingerprint", "--output"]),
}
FLAGS = ["--force", "--schema"]
BEFORE = ["--format", "--connect-timeout", "--help"]
SHORT = {"cert init": "-o", "cert request": "-p", "cert approve": "-c", "package": "-w"}


class Understood(BaseException):
    """Ends the command before it begins."""

    def __init__(self, members):
        super().__init__()
        self.members = members


ask_argparse = argparse.ArgumentParser.parse_known_args
depth = 0
globals_seen = {}


def watched(self, args=None, namespace=None, *more, **named):
    global depth
    depth += 1
    try:
        parsed, rest = ask_argparse(self, args, namespace, *more, **named)
    finally:
        depth -= 1
    if depth == 0:
        globals_seen.update(vars(parsed))
        if "sub_command" in vars(parsed) and not rest:
            raise Understood(dict(globals_seen))
    return parsed, rest


def parse(words):
    """Returns what the words set, or None where they are refused or ask for help."""
    global depth
    depth = 0
    globals_seen.clear()
    sys.argv = ["nvflare", *words]
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        try:
            main()
        except Understood as end:
            return end.members
        except SystemExit:
            return None
    return None


def members():
    """Finds by trying which member an option sets, and what it is without the option."""
    options_of, defaults = {}, {}
    for command, (needed, options) in COMMANDS.items():
        start = [*command.split(), *needed]
        plain = parse(start)
        defaults[command] = plain
        for option in [*options, "--force"]:
            words = [option] if option in FLAGS else [f"{option}={'json' if option == '--output' else '07'}"]
            changed = parse([*start, *words])
            (name,) = [name for name in changed if changed[name] != plain[name]]
            options_of[command, name] = option
        for name in [name for name, value in plain.items() if value == "Z"]:
            options_of[command, name] = ""
    return options_of, defaults


def in_full(found, options_of, defaults):
    command = " ".join(str(found[key]) for key in ("sub_command", "cert_sub_command") if found.get(key))
    plain = defaults[command]
    words = command.split()
    if found["format"] != plain["format"]:
        words.append(f"--format={found['format']}")
    positional = []
    for name, value in found.items():
        option = options_of.get((command, name))
        if option == "":
            positional.append(value)
        elif option == "--force":
            words += [option] if value else []
        elif option and value is not None and value != (None if plain[name] in ("C", "P", "O") else plain[name]):
            words.append(f"{option}={value}")
    words += ["--schema"] if found.get("schema") else []
    return [*words, *(["--", *positional] if positional else [])]


def cases():
    for command, (needed, options) in COMMANDS.items():
        start = command.split()
        for option in [*options, *FLAGS, "--help", *BEFORE]:
            for end in range(3, len(option) + 1):
                yield [*start, option[:end], "07", *needed]
                for given in ways(option[:end]):
                    yield [*start, *needed, *given]
        yield from other_ways(start, needed, SHORT[command])
    for option in BEFORE:
        for end in range(3, len(option) + 1):
            for given in ways(option[:end]):
                yield [*given, "cert", "request", "-p", "P"]
                yield [*given, "package", "Z"]


def ways(word):
    yield [word]
    yield [word, "07"]
    yield [word, "json"]
    yield [word + "=07"]
    yield [word + "=json"]


def other_ways(start, needed, short):
    yield [*start, *needed]
    yield [*needed, *start]
    yield start
    whole = {"-o": "--output-dir", "-p": "--participant", "-c": "--ca-dir", "-w": "--workspace"}[short]
    for given in (
        [short, "D"],
        [short + "D"],
        [short + "=D"],
        [short, "D", short, "E"],
        [short, "D", whole, "E"],
        [whole, "D", whole + "=E"],
        [short],
        [short, ""],
        [whole + "="],
        [whole, "-5"],
        [short, "-5"],
        [short, "-1.5e3"],
        [short + "-5"],
        [short, "-"],
        [short, "-x"],
        [short, "--x"],
        [short, "--force"],
        [whole + "=--force"],
        [whole + "=-x"],
        [short, "a b"],
        [short, "-a b"],
        [short, "--a b"],
        [short, "--force b"],
        [short, "@file"],
        [short, "'quoted'"],
        [short, '"quoted"'],
        [short, "${user.home}"],
        [short, "a,b"],
        [short, "a=b"],
        ["--force", "--force"],
        ["--force=true"],
        ["--force=false"],
        ["--force", "true"],
        ["--force="],
        ["--no-force"],
        ["-f"],
        ["-" + whole[2:], "D"],
        [whole.upper(), "D"],
        [whole.replace("-", "_").replace("__", "--"), "D"],
        [short.upper(), "D"],
        ["X"],
        ["@file"],
        ["--", "X"],
        ["--"],
        ["-5"],
        ["-"],
        [""],
        ["--unknown"],
        ["--unknown", "D"],
        ["--unknown=D"],
        ["-z"],
        ["--format", "json"],
        ["--format=json"],
        ["--format", "txt", "--format", "json"],
        ["--format", "text"],
        ["--format", "JSON"],
        ["--format", "jsonl"],
        ["--format"],
        ["--format="],
        ["--connect-timeout", "5"],
        ["--connect-timeout", "-5"],
        ["--connect-timeout", "1e3"],
        ["--connect-timeout", "inf"],
        ["--connect-timeout", "five"],
        ["--connect-timeout="],
        ["--output", "txt"],
        ["--output", "human"],
        ["--output", "quiet"],
        ["--output", "json", "--format", "txt"],
        ["--output", "txt", "--format", "json"],
        ["-V"],
        ["--version"],
        ["-h"],
        ["-hx"],
    ):
        yield [*start, *needed, *given]
        yield [*start, *given, *needed]
    for days in ("30", " 30 ", "+30", "3_0", "030", "\u0663\u0660", "30.0", "0", "-1", "3e1", "0x1e", "", "36500"):
        yield [*start, *needed, "--valid-days", days]
        yield [*start, *needed, "--valid-days=" + days]
    for version in ("01", "1", "001", "\u0660\u0661", "-1", "ab", ""):
        yield [*start, *needed, "--deploy-version", version]


argparse.ArgumentParser.parse_known_args = watched
options_of, defaults = members()
asked = set()
for words in cases():
    if tuple(words) not in asked:
        asked.add(tuple(words))
        found = parse(words)
        meant = None if found is None else in_full(found, options_of, defaults)
        print(json.dumps({"words": words, "means": meant}))
