"""Tries a built program as a first user would: `python packaging/smoke.py PROGRAM`.

On a temporary data folder the practice tour is walked without a display: the simulated CAIS is
started, the connection tested, a submission sent, its feedback fetched and counted, the summary
exported and verified. Then the window opens on that case, paints its page, and is ended. Whatever
any of it says that it should not is a failure.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import Timer
from typing import Any

import paramiko

from app import __version__
from app.onboarding.access import SftpServer
from app.onboarding.business_calendar import eastern_date
from app.practice.sample import sample_case, write_sample_submission
from app.storage.history import EntryKind, HistoryEntry
from app.work.workplace import Workplace

#: How long any step may take, in seconds.
_PATIENCE = 120
#: Feedback comes a moment after the upload; each try is a program's start.
_TRIES = 40
_PAINTING = "qt.widgets.painting"
#: What the platform that needs no display says at every start.
_EXPECTED = ("This plugin does not support propagateSizeHints()",)


class SmokeError(RuntimeError):
    """The program did not do what it should."""


@dataclass(frozen=True)
class Smoke:
    """One try of the program that `command` starts, in the temporary folder `home`."""

    command: Sequence[str]
    home: Path

    def run(self, *words: str, typed: str = "", fine: Sequence[int] = (0,)) -> str:
        """Run a command; returns what it printed.

        Raises:
            SmokeError: another exit status than those in `fine`, or it complained.
        """
        ended = subprocess.run(
            [*self.command, *words],
            input=typed,
            capture_output=True,
            env=self._environment(),
            encoding="utf-8",
            timeout=_PATIENCE,
            check=False,
        )
        if ended.returncode not in fine or ended.stderr:
            raise SmokeError(f"{words}: status {ended.returncode}\n{ended.stdout}{ended.stderr}")
        return ended.stdout

    @property
    def data(self) -> list[str]:
        """The words that name the data folder."""
        return ["--data-dir", str(self.home / "data")]

    @contextmanager
    def practising(self) -> Iterator[dict[str, Any]]:
        """The simulated CAIS; how to reach it."""
        words = ["practice", "--json", "--pace", "0.05", *self.data]
        with subprocess.Popen(
            [*self.command, *words], env=self._environment(), stdout=subprocess.PIPE, text=True
        ) as server:
            try:
                told = ""
                for line in server.stdout or ():
                    told += line
                    if line == "}\n":
                        break
                yield json.loads(told)
            finally:
                server.terminate()

    def window(self, *, ends: str = "") -> None:
        """Open the window, wait for its page, and end it.

        Args:
            ends: the executable that is told to end, where `command` only starts it.

        Raises:
            SmokeError: it complained, or did not end.
        """
        # Qt itself tells what it paints, so that the program needs nothing for being tried.
        environment = self._environment() | {
            "QT_LOGGING_RULES": f"{_PAINTING}.debug=true;{_PAINTING}.info=true"
        }
        complaints: list[str] = []
        page = ended = False
        with subprocess.Popen(
            [*self.command, *self.data], env=environment, stderr=subprocess.PIPE, text=True
        ) as opened:
            watchdog = Timer(_PATIENCE, opened.kill)
            watchdog.start()
            for line in opened.stderr or ():
                if not line.startswith(_PAINTING):
                    complaints += [line] if line.rstrip() not in _EXPECTED else []
                page = page or 'name="page:' in line
                if page and not ended and "Painting and flushing" in line:
                    ended = True
                    _tell_to_end(opened, ends)
            watchdog.cancel()
        status = opened.returncode
        # Elsewhere than on POSIX a program that is told to end has no say in its status.
        if not ended or complaints or (status and os.name == "posix"):
            raise SmokeError(
                f"the window: status {status}, painted: {ended}\n{''.join(complaints)}"
            )

    def _environment(self) -> dict[str, str]:
        run = self.home / "run"
        run.mkdir(mode=0o700, exist_ok=True)
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "QT_"))}
        return kept | {
            "HOME": str(self.home),
            "QT_QPA_PLATFORM": "offscreen",
            "XDG_RUNTIME_DIR": str(run),
        }


def _tell_to_end(opened: subprocess.Popen[str], executable: str) -> None:
    if not executable:
        opened.terminate()
        return
    for process in Path("/proc").glob("[0-9]*"):
        try:
            runs = (process / "exe").readlink()
        except OSError:
            continue  # gone, or the kernel's own
        if str(runs).endswith(executable):
            os.kill(int(process.name), signal.SIGTERM)


def try_out(command: Sequence[str]) -> None:
    """Walk the tour with the program that `command` starts.

    Raises:
        SmokeError: something was not as it should be.
    """
    with tempfile.TemporaryDirectory(prefix="cais-smoke-", ignore_cleanup_errors=True) as name:
        smoke = Smoke(command, Path(name))
        _expect(smoke.run("--version"), f"cais-onboarding {__version__}\n")
        json.loads(smoke.run("schema"))
        with smoke.practising() as server:
            _walk(smoke, server)
        json.loads(smoke.run("diagnostics", "--json", *smoke.data))
        smoke.window()


def _walk(smoke: Smoke, server: dict[str, Any]) -> None:
    firm = _practice_case(smoke, server)
    password = f"{server['password']}\n"
    trusted = ["--host-key", server["host_key"], "--password-stdin", "--json", *smoke.data]
    reached = ["--host", server["host"], "--port", str(server["port"])]
    tested = smoke.run(
        "test-connection", *reached, "--user", server["username"], *trusted, typed=password
    )
    _expect(json.loads(tested)["ok"], True)
    _send(smoke, server)
    fetched = ""
    for _ in range(_TRIES):
        fetched = smoke.run("fetch-feedback", "--firm", firm, *trusted, typed=password)
        if _counted(smoke, firm):
            break
    else:
        raise SmokeError(f"no feedback was counted:\n{fetched}")
    summary = smoke.home / "summary.pdf"
    smoke.run("export", "--firm", firm, "--pdf", str(summary), *smoke.data, fine=(0, 1))
    _expect(summary.read_bytes()[:5], b"%PDF-")
    smoke.run("verify", str(summary), *smoke.data)
    smoke.run("verify", *smoke.data)


def _practice_case(smoke: Smoke, server: dict[str, Any]) -> str:
    """A practice case in the data folder; its firm's number."""
    case = sample_case(eastern_date(datetime.now(UTC)))
    sftp = case.sftp.model_copy(
        update={"test_server": SftpServer(host=server["host"], port=server["port"])}
    )
    with Workplace.open(smoke.home / "data") as workplace:
        workplace.cases.save(
            case.model_copy(update={"sftp": sftp}), [HistoryEntry(EntryKind.CASE_CREATED)]
        )
    return case.registration.crd or ""


def _send(smoke: Smoke, server: dict[str, Any]) -> None:
    """Upload a sample submission as any other SFTP client would."""
    (sample,) = write_sample_submission(smoke.home / "sent", eastern_date(datetime.now(UTC)))
    with paramiko.Transport((server["host"], server["port"])) as transport:
        transport.connect(username=server["username"], password=server["password"])
        client = paramiko.SFTPClient.from_transport(transport)
        if client is None:
            raise SmokeError("the simulated CAIS opened no file transfer")
        target = f"/{server['submitter_id']}/cat/cais/upload/{sample.name}"
        client.put(str(sample), target, confirm=False)  # taken away at once, to be processed


def _counted(smoke: Smoke, firm: str) -> bool:
    with Workplace.open(smoke.home / "data") as workplace:
        (found,) = [each for each in workplace.cases.list_cases() if each.firm_number == firm]
        return bool(workplace.cases.load(found.id).testing.submissions)


def _expect(found: object, wanted: object) -> None:
    if found != wanted:
        raise SmokeError(f"{found!r} instead of {wanted!r}")


if __name__ == "__main__":
    try_out(sys.argv[1:])
    print("The practice tour was walked, the summary exported, the window opened and ended.")
