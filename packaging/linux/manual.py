"""The manual page, written from the commands themselves so that it cannot lag behind them."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from datetime import date

from app.cli import parser
from app.storage.paths import PROGRAM_NAME


def manual_page(version: str, day: date) -> str:
    """The page of section 1, as man(7) macros."""
    return "\n".join((*_head(version, day), *_commands(), *_tail())) + "\n"


def _head(version: str, day: date) -> Iterator[str]:
    yield f'.TH CAIS-ONBOARDING 1 {day.isoformat()} "{PROGRAM_NAME} {version}"'
    yield ".SH NAME\ncais-onboarding \\- take a broker-dealer through onboarding to FINRA CAT CAIS"
    yield ".SH SYNOPSIS"
    for words in ("[\\-\\-data\\-dir \\fIDIR\\fR] [\\fICASE\\fR.caiscase]", "\\fICOMMAND\\fR ..."):
        yield f".B cais-onboarding\n{words}\n.br"
    yield ".SH DESCRIPTION"
    yield "Without a command the window opens, on the case file if one is given."
    yield "The commands work without a display."


def _commands() -> Iterator[str]:
    yield ".SH COMMANDS"
    for name, command in _subcommands().items():
        yield f".SS {_plain(command.format_usage().removeprefix('usage: ').strip())}"
        yield _plain(command.description or name)
        for action in command._actions:
            if action.help and action.help != argparse.SUPPRESS and action.dest != "help":
                title = ", ".join(action.option_strings) or str(action.metavar or action.dest)
                yield f".TP\n.B {_plain(title)}\n{_plain(action.help)}"


def _tail() -> Iterator[str]:
    yield ".SH EXIT STATUS"
    for status, words in (
        ("0", "Fine."),
        ("1", "The answer is no, or something was found."),
        ("2", "Not possible; standard error says why."),
    ):
        yield f".TP\n.B {status}\n{words}"
    yield ".SH FILES\n.TP"
    yield f".I ~/.local/share/{PROGRAM_NAME.replace(' ', chr(92) + ' ')}/"
    yield "The data folder of each person: cases, history, backups, log. Passwords are in the keyring."


def _subcommands() -> dict[str, argparse.ArgumentParser]:
    for action in parser()._actions:
        if isinstance(action, argparse._SubParsersAction):
            return dict(action.choices)
    raise LookupError("the command line has no commands")


def _plain(text: str) -> str:
    """`text` on one line, with nothing in it that roff would take for its own."""
    return " ".join(text.split()).replace("\\", "\\e").replace("-", "\\-").replace("%%", "%")
