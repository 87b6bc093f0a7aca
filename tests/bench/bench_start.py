"""How soon the window is there: `python -m tests.bench.bench_start [--installed PROGRAM]`.

From the start of a process to the first painted frame and to the first usable page of a real
case, beside a bare QWizard in the same rounds. Processor time stands beside the time by the
clock: it tells the same on a busy machine. Seen from outside, so that the program from source
and an installed one are measured alike: Qt itself says on standard error what it paints.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import TextIO

from app.storage.history import EntryKind, HistoryEntry
from app.work.workplace import Workplace
from tests.rig import cases

WIZARD = "a bare QWizard of two pages"
SOURCE = "the program from source"
INSTALLED = "the program as installed"
ROUNDS = 7
#: Until the start is over: its backup, its checks, its garbage. Then this long is watched.
SETTLING, WATCHED = 8.0, 60.0
_PAINTED = "Painting and flushing"
_PAGE = 'name="page:'


@dataclass(frozen=True)
class Moment:
    """Since the start: milliseconds by the clock and of processor time, and memory in MB."""

    clock: float
    processor: float
    memory: float


@dataclass(frozen=True)
class Start:
    """One start, and how often the idle window woke up in a minute, where that was watched."""

    painted: Moment
    usable: Moment
    wake_ups: float | None = None


class _Watched:
    """A program whose painting is watched."""

    def __init__(self, command: Sequence[str]) -> None:
        environment = os.environ | {
            "QT_QPA_PLATFORM": "offscreen",
            "QT_LOGGING_RULES": "qt.widgets.painting.debug=true;qt.widgets.painting.info=true",
            "PYTHONDONTWRITEBYTECODE": "",
        }
        self._began = time.monotonic()
        self._process = subprocess.Popen(
            command, env=environment, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True
        )

    def __enter__(self) -> _Watched:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()
        self._said.close()

    @property
    def _said(self) -> TextIO:
        assert self._process.stderr is not None
        return self._process.stderr

    def painted(self, after: str = "") -> Moment:
        """Wait for the next paint, or the next one after a line with `after`.

        Raises:
            RuntimeError: the program ended before.
        """
        waited = not after
        told = []
        for line in self._said:
            waited = waited or after in line
            if waited and _PAINTED in line:
                return self._now()
            told.append(line)
        raise RuntimeError("it ended before it was painted:\n" + "".join(told[-20:]))

    def wake_ups(self) -> float:
        """How often its threads woke up in a minute of doing nothing."""
        # What it goes on to say is read on, or the program would wait until somebody reads it.
        reading = Thread(target=self._said.read, daemon=True)
        reading.start()
        time.sleep(SETTLING)
        before = self._switches()
        time.sleep(WATCHED)
        after = self._switches()
        return sum(times - before.get(thread, 0) for thread, times in after.items()) * 60 / WATCHED

    def _now(self) -> Moment:
        clock = (time.monotonic() - self._began) * 1e3
        # Of all its threads, also those that ended: clock_getcpuclockid(3), which Python lacks.
        spent = time.clock_gettime(~self._process.pid << 3 | 2) * 1e3
        status = Path(f"/proc/{self._process.pid}/status").read_text(encoding="ascii")
        return Moment(clock, spent, _number(status, "VmRSS:") / 1024)

    def _switches(self) -> dict[str, int]:
        """How often each thread went to sleep so far."""
        threads = Path(f"/proc/{self._process.pid}/task").iterdir()
        return {
            thread.name: _number(
                (thread / "status").read_text(encoding="ascii"), "voluntary_ctxt_switches:"
            )
            for thread in threads
        }


def _number(status: str, name: str) -> int:
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith(name))


def _start(command: Sequence[str], *, case: bool, watch: bool) -> Start:
    with _Watched(command) as program:
        painted = program.painted()
        usable = program.painted(_PAGE) if case else painted
        return Start(painted, usable, program.wake_ups() if watch else None)


def _a_real_case(folder: Path) -> None:
    with Workplace.open(folder) as workplace:
        case = cases.self_reporting_case("tested")
        workplace.cases.save(case, [HistoryEntry(EntryKind.CASE_CREATED)])


def _median(starts: Sequence[Start], figure: str, moment: str = "usable") -> float:
    return statistics.median(getattr(getattr(start, moment), figure) for start in starts)


def _print(name: str, starts: Sequence[Start], floor: Sequence[Start]) -> None:
    woken = [f"{start.wake_ups:.0f}" for start in starts if start.wake_ups is not None]
    cells = []
    for moment, figure in (
        ("painted", "clock"),
        ("painted", "processor"),
        ("usable", "clock"),
        ("usable", "processor"),
        ("usable", "memory"),
    ):
        found = _median(starts, figure, moment)
        cells.append(f"{found:,.0f} ({found / _median(floor, figure, moment):.2f})")
    print(f"| {name} | {' | '.join(cells)} | {' '.join(woken)} |")


def main(words: Sequence[str] | None = None) -> int:
    """Print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--installed", type=Path, metavar="PROGRAM")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--no-idle", action="store_true", help="do not watch the idle window")
    given = parser.parse_args(words)
    with tempfile.TemporaryDirectory(prefix="bench-start-") as name:
        _a_real_case(Path(name, "data"))
        ours = ["--data-dir", str(Path(name, "data"))]
        commands = {
            WIZARD: [sys.executable, "-m", "tests.bench.bare_wizard"],
            SOURCE: [sys.executable, "-m", "app", *ours],
        }
        if given.installed:
            commands[INSTALLED] = [str(given.installed), *ours]
        found: dict[str, list[Start]] = {each: [] for each in commands}
        # Once before, so that all find their files in memory.
        for turn in range(given.rounds + 1):
            for each, command in commands.items():
                watch = turn == given.rounds and not given.no_idle
                start = _start(command, case=each != WIZARD, watch=watch)
                if turn:
                    found[each].append(start)
    print(
        "| | first paint, ms | its processor time | usable page, ms | its processor time "
        "| memory, MB | wake-ups a minute |\n|---|---|---|---|---|---|---|"
    )
    for each, starts in found.items():
        _print(each, starts, found[WIZARD])
    return 0


if __name__ == "__main__":
    sys.exit(main())
