"""A service bureau's data folder in the window: `python -m tests.bench.bench_scale`.

500 firms with 1,000 entries each, beside an empty data folder: how long until the list (or the
welcome) stands, each start in a process of its own and both in turn. Then, in one window, the
longest time in which the window's thread could do nothing else while the list is scrolled and
searched, and while a case's 1,000 entries and 2,000 served firms are; beside an idle window. The
processor time of the longest single step says what of it is ours on a busy machine.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from time import perf_counter, thread_time
from typing import NamedTuple

from PySide6.QtCore import QElapsedTimer, QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractItemView, QApplication, QLineEdit, QTableView

from app.background import JobRunner
from app.pages.firms import FirmsPage
from app.pages.history import HistoryPage
from app.storage.history import EntryKind, HistoryEntry
from app.storage.paths import DataFolder
from app.widgets.theme import Theme
from app.window.main_window import MainWindow
from app.window.program import Program, prepare_application
from app.work.workplace import Workplace
from tests.bench.bench_storage import fill, with_served_firms
from tests.bench.bench_window import Heartbeat, until

ROUNDS = 5
#: Of the wheel, in each direction.
_NOTCHES = 40
_BELOW = 2.0
_AND = 100.0


def start_once(folder: Path) -> float:
    """Milliseconds from making the program until the list, or the welcome, can be seen."""
    since = perf_counter()
    program = Program(folder)
    program.begin()

    def stands() -> bool:
        window = program.window
        if window is None or not hasattr(window, "views"):
            return False
        shown = window.views.currentWidget()
        if isinstance(shown, FirmsPage):
            return shown.isVisible() and shown.model.rowCount() > 0
        return shown is not None and shown.isVisible()

    until(stands)
    QApplication.processEvents()
    took = (perf_counter() - since) * 1000
    program.end()
    return took


def starts(large: Path, empty: Path, rounds: int) -> list[tuple[float, float]]:
    """Both in turn, after one round that is not counted."""
    return [(_started(large), _started(empty)) for _ in range(rounds + 1)][1:]


def _started(folder: Path) -> float:
    ended = subprocess.run(
        [sys.executable, "-m", "tests.bench.bench_scale", "--start", str(folder)],
        capture_output=True,
        check=True,
        text=True,
    )
    took: float = json.loads(ended.stdout)
    return took


def scrolled(table: QAbstractItemView) -> Iterator[None]:
    """The wheel down and up again, a notch at a time; and the bar dragged to the bottom."""
    bar = table.verticalScrollBar()
    spot = QPointF(20, 20)
    for delta in (-120, 120):
        for _ in range(_NOTCHES):
            QApplication.sendEvent(table.viewport(), _turned(table, spot, delta))
            yield
    for value in (bar.maximum(), bar.minimum()):
        bar.setValue(value)
        yield


def _turned(table: QAbstractItemView, spot: QPointF, delta: int) -> QWheelEvent:
    return QWheelEvent(
        spot,
        QPointF(table.viewport().mapToGlobal(spot.toPoint())),
        QPoint(),
        QPoint(0, delta),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )


def typed(entry: QLineEdit, words: str) -> Iterator[None]:
    """Letter by letter, and deleted again."""
    for letter in words:
        QTest.keyClicks(entry, letter)
        yield
    for _ in words:
        QTest.keyClick(entry, Qt.Key.Key_Backspace)
        yield


def idle() -> Iterator[None]:
    """Half a second of nothing."""
    waited = QElapsedTimer()
    waited.start()
    while waited.elapsed() < 500:
        yield


class Stall(NamedTuple):
    """Of each round: the longest gap, and the processor time of the longest step, in milliseconds."""

    what: str
    gaps: list[float]
    steps: list[float]


def stall(what: str, heart: Heartbeat, work: Callable[[], Iterator[None]], rounds: int) -> Stall:
    """Measured after one round that is not counted."""
    gaps, longest = [], []
    for _ in range(rounds + 1):
        heart.start()
        steps, before = [0.0], thread_time()
        for _ in work():
            QTest.qWait(1)
            now = thread_time()
            steps.append((now - before) * 1000)
            before = now
        heart.stop()
        gaps.append(heart.longest)
        longest.append(max(steps))
    return Stall(what, gaps[1:], longest[1:])


def in_the_window(folder: Path, rounds: int) -> list[Stall]:
    """What each action costs."""
    with Workplace.open(folder) as workplace:
        runner = JobRunner()
        window = MainWindow(runner)
        window.open_on(workplace)
        window.show()
        window.start()
        until(lambda: window.firms.model.rowCount() > 0 and not runner.busy)
        heart = Heartbeat()
        table, firms = window.firms.table, window.firms.filter
        rows = [
            stall("an idle window", heart, idle, rounds),
            stall("the list of firms scrolled", heart, lambda: scrolled(table), rounds),
            stall("the list of firms searched", heart, lambda: typed(firms, "499 llc"), rounds),
        ]
        first = workplace.cases.list_cases()[0].id
        agent = with_served_firms(2_000)
        workplace.cases.save(agent, [HistoryEntry(EntryKind.CASE_CREATED)])
        rows += _history(window, heart, first, rounds)
        rows += _served(window, heart, agent.id, rounds)
        runner.cancel_all()
        runner.wait_all(10)
    return rows


def _history(window: MainWindow, heart: Heartbeat, case_id: str, rounds: int) -> list[Stall]:
    window.open_case(case_id)
    until(lambda: window.frame is not None and not window.runner.busy)
    assert window.frame is not None
    window.frame.show_page("history")
    page = window.frame.page
    assert isinstance(page, HistoryPage)
    until(lambda: page.rows.rowCount() > 0 and not window.runner.busy)
    return [
        stall("1,000 entries scrolled", heart, lambda: scrolled(page.table), rounds),
        stall("1,000 entries searched", heart, lambda: typed(page.filter, "499 street"), rounds),
    ]


def _served(window: MainWindow, heart: Heartbeat, case_id: str, rounds: int) -> list[Stall]:
    window.open_case(case_id)
    until(
        lambda: (
            window.frame is not None
            and window.frame.open_case.case.id == case_id
            and not window.runner.busy
        )
    )
    assert window.frame is not None
    open_case = window.frame.open_case
    window.frame.show_page("relationships")
    QTest.qWait(300)
    table = max(window.frame.page.findChildren(QTableView), key=lambda t: t.model().rowCount())
    edits = iter(range(1_000_000))

    def edit() -> Iterator[None]:
        open_case.edit("registration.street", f"{next(edits)} Elm Street")
        while open_case.unsaved:
            yield

    return [
        stall("2,000 served firms scrolled", heart, lambda: scrolled(table), rounds),
        stall("an edit beside 2,000 served firms", heart, edit, rounds),
    ]


def _print_starts(rounds: list[tuple[float, float]], firms: int, entries: int) -> None:
    mine, theirs = (statistics.median(side) for side in zip(*rounds, strict=True))
    over = statistics.median(many - _BELOW * few for many, few in rounds)
    print(
        f"start with {firms} firms, {entries:,} entries each: {mine:,.0f} ms; with an empty data "
        f"folder {theirs:,.0f} ms: {mine / theirs:.2f} times. Beyond twice the empty one: "
        f"{over:,.0f} ms (allowed {_AND:.0f} ms)\n",
        flush=True,
    )


def _print_stalls(rows: list[Stall]) -> None:
    print("| what | longest gap, median | worst | processor time of the longest step |")
    print("|---|---|---|---|")
    for what, gaps, steps in rows:
        print(
            f"| {what} | {statistics.median(gaps):,.0f} ms | {max(gaps):,.0f} ms "
            f"| {statistics.median(steps):,.0f} ms |"
        )


def main() -> int:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--start", type=Path)
    parser.add_argument("--firms", type=int, default=500)
    parser.add_argument("--entries", type=int, default=1_000)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    wanted = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    if wanted.start is not None:
        print(json.dumps(start_once(wanted.start)), flush=True)
        os._exit(0)
    application = prepare_application(["cais-onboarding"])
    Theme(application, Qt.ColorScheme.Light)
    with tempfile.TemporaryDirectory(prefix="bench-scale-") as place:
        large, empty = Path(place) / "large", Path(place) / "empty"
        fill(DataFolder(large), wanted.firms, wanted.entries)
        Workplace.open(empty).close()
        _print_starts(starts(large, empty, wanted.rounds), wanted.firms, wanted.entries)
        _print_stalls(in_the_window(large, wanted.rounds))
    return 0


if __name__ == "__main__":
    with suppress(BrokenPipeError):
        sys.exit(main())
