"""Headless commands: what the pages do, from a terminal, without a display."""

from __future__ import annotations

import argparse
import importlib
import io
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from app import __version__
from app.failures import Cancelled, UserFacingError

_PROGRAM = "cais-onboarding"
_EPILOG = "Exit status: 0 fine; 1 the answer is no, or something was found; 2 not possible."


def main(words: Sequence[str]) -> int:
    """Run the command that `words` name; returns its exit status (0 fine, 1 no, 2 impossible)."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8")  # firm names are in any script
    arguments = parser().parse_args(words)
    command = importlib.import_module(f"app.commands.{arguments.module}")
    try:
        status: int = command.run(arguments)
    except UserFacingError as failure:
        for line in (failure.what, failure.meaning, failure.action):
            if line:
                print(line, file=sys.stderr)
        return 2
    except Cancelled:
        print("Cancelled.", file=sys.stderr)
        return 2
    except BrokenPipeError:
        # Whoever read our answer (head, less) has seen enough.
        sys.stdout = None
        return 0
    except Exception as bug:  # noqa: BLE001 - its own words may hold what nobody may read here
        _tell_of_bug(bug, arguments)
        return 2
    return status


def _tell_of_bug(bug: Exception, arguments: argparse.Namespace) -> None:
    """A report instead of Python's own, which quotes what was entered."""
    from app.storage.bug_reports import told_and_kept
    from app.storage.paths import DataFolder

    try:
        folder: DataFolder | None = DataFolder.of(arguments.data_dir)
    except UserFacingError:
        folder = None
    report, kept = told_and_kept(bug, folder, f"the command {arguments.module}")
    where = f" It is kept as {kept}." if kept is not None else ""
    print(
        "Something in the program did not work as it should. The report below helps to mend it "
        f"and holds nothing that was entered.{where}\n\n{report}",
        file=sys.stderr,
    )


def parser() -> argparse.ArgumentParser:
    """All commands with their options."""
    top = argparse.ArgumentParser(prog=_PROGRAM, description="Onboarding to CAIS.", epilog=_EPILOG)
    top.add_argument("--version", action="version", version=f"{_PROGRAM} {__version__}")
    commands = top.add_subparsers(title="commands", required=True, metavar="COMMAND")
    common = _common()

    def add(name: str, says: str) -> argparse.ArgumentParser:
        command = commands.add_parser(
            name, help=says, description=f"{says}.", epilog=_EPILOG, parents=[common]
        )
        command.set_defaults(module=name.replace("-", "_"))
        return command

    _firm(add("status", "Where each firm stands, what is waited for, what is next"))
    assess = add("assess", "The verdict on a case file or a firm")
    assess.add_argument("case", nargs="?", type=Path, metavar="CASE", help="a case file")
    _firm(assess)
    add("schema", "The JSON Schema of the case file")
    inspect = add("inspect", "What CAIS files are and what they say (folders are walked)")
    inspect.add_argument("paths", nargs="+", type=Path, metavar="PATH")
    _test_connection(add("test-connection", "Try the way to CAT's file transfer, stage by stage"))
    fetch = add("fetch-feedback", "Fetch new feedback over SFTP and count it")
    _firm(fetch)
    fetch.add_argument("--user", metavar="NAME", help="the SFTP account, where there are several")
    _secrets(fetch)
    _route(fetch, "as recorded for the firm")
    _export(add("export", "Write the summary PDF and its companions"))
    verify = add("verify", "Whether a summary, a case file or the data folder is as it was written")
    verify.add_argument(
        "file", nargs="?", type=Path, metavar="FILE.pdf or CASE", help="default: the data folder"
    )
    verify.add_argument(
        "--passphrase-stdin",
        action="store_true",
        help="read the passphrase of a locked case file from the first line of standard input",
    )
    _practice(add("practice", "Run a simulated CAIS on this computer"))
    add("diagnostics", "Versions, folders, password store, database, last problems")
    return top


def _common() -> argparse.ArgumentParser:
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument(
        "--data-dir", type=Path, metavar="DIR", help="the data folder (default: your own)"
    )
    common.add_argument("--json", action="store_true", help="answer with one JSON document")
    common.add_argument(
        "--on", type=_day, metavar="YYYY-MM-DD", help="judge as of this day (default: today)"
    )
    return common


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError("a day as YYYY-MM-DD") from None


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 5 and 0 < int(text) < 65_536):
        raise argparse.ArgumentTypeError("a port from 1 to 65535")
    return int(text)


def _firm(command: argparse.ArgumentParser) -> None:
    command.add_argument("--firm", metavar="CRD", help="the firm's CRD number or ORG ID")


def _test_connection(command: argparse.ArgumentParser) -> None:
    command.add_argument("--host", required=True, metavar="H", help="name or address")
    command.add_argument("--port", type=_port, default=22, metavar="N", help="default: 22")
    command.add_argument("--user", required=True, metavar="U", help="name of the SFTP account")
    command.add_argument(
        "--environment", choices=("test", "production"), default="test", help="default: test"
    )
    _secrets(command)
    _route(command, "directly")


def _route(command: argparse.ArgumentParser, otherwise: str) -> None:
    command.add_argument(
        "--proxy",
        metavar="URL",
        help="http://[NAME@]HOST:PORT or socks5://[NAME@]HOST:PORT; with a name, its password is "
        f"read before the account's (default: {otherwise})",
    )
    command.add_argument(
        "--bind",
        metavar="ADDRESS",
        help=f"this computer's address to connect from (default: {otherwise})",
    )


def _secrets(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--host-key",
        metavar="SHA256:…",
        help="the only host key to accept (default: those accepted before)",
    )
    command.add_argument(
        "--password-stdin",
        action="store_true",
        help="read the password from the first line of standard input",
    )


def _practice(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--scenario",
        default="as-the-file-is",
        metavar="NAME",
        help="what to play: as-the-file-is, rejects-12-percent, integrity-error, "
        "partner-missing, changed-host-key, locked-account or slow-line",
    )
    command.add_argument("--port", type=_port, default=0, metavar="N", help="default: a free one")
    command.add_argument(
        "--pace",
        type=float,
        default=1.0,
        metavar="FACTOR",
        help="how slowly submissions are answered (1: within 12 seconds)",
    )


def _export(command: argparse.ArgumentParser) -> None:
    _firm(command)
    for option, what in (
        ("--pdf", "the certification summary"),
        ("--eml", "the e-mail to the Help Desk, the summary attached"),
        ("--ics", "deadlines and expected answers for a calendar"),
        ("--csv", "the whole status as a table"),
        ("--status", "the whole status as one JSON document"),
        ("--case", "the case file"),
    ):
        command.add_argument(option, type=Path, metavar="FILE", help=what)
    command.add_argument("--force", action="store_true", help="overwrite what is there")
