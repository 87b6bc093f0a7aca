"""How long the window stands still while it works: `python -m tests.bench.bench_window`.

A timer beats every 5 ms on the window's thread; the longest time between two beats, less those
5 ms, is the longest time in which nobody could have typed. It stands beside the same window doing
nothing in the same run. Then: how long a page takes to be shown.
"""

from __future__ import annotations

import gc
import os
import socket
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import NamedTuple

import shiboken6
from PySide6.QtCore import QCoreApplication, QElapsedTimer, QObject, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from app.background import JobRunner
from app.onboarding.access import SftpServer
from app.onboarding.case import Case
from app.onboarding.testing import Testing
from app.pages import PAGES
from app.pages.testing import TestingPage
from app.storage.history import EntryKind, HistoryEntry
from app.widgets.theme import Theme
from app.window.main_window import MainWindow
from app.window.program import prepare_application
from app.work.workplace import Workplace
from tests.pages.feedback_files import put_feedback
from tests.rig import cases

BEAT = 5
FILES = 200
MANY_FILES = 1_000
ROUNDS = 5
#: Times that all pages are gone through in a round.
TURNS = 4
#: A connection test against a server that says nothing is looked at for this long, in milliseconds.
SILENCE = 3_000


class Row(NamedTuple):
    """Longest gap (or the named figure) of one round, in milliseconds, beside an idle window's."""

    what: str
    gap: float
    idle: float
    took: float


class Worst(NamedTuple):
    """Several rounds of one figure: the longest gap of all, and the median of the longest gaps."""

    what: str
    worst: float
    median: float
    idle: float
    took: float


class Heartbeat(QObject):
    """Notes the longest time in which the window's thread could do nothing else."""

    def __init__(self) -> None:
        super().__init__()
        self.longest = 0.0
        self._since = QElapsedTimer()
        self._timer = QTimer(self, interval=BEAT, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._beat)

    def start(self) -> None:
        self.longest = 0.0
        self._since.start()
        self._timer.start()

    def stop(self) -> None:
        self._beat()
        self._timer.stop()

    def _beat(self) -> None:
        late = self._since.nsecsElapsed() / 1e6 - BEAT
        self._since.restart()
        self.longest = max(self.longest, late)


@dataclass
class Opened:
    """A window with step 6 in front."""

    window: MainWindow
    heart: Heartbeat

    @property
    def page(self) -> TestingPage:
        assert self.window.frame is not None
        page = self.window.frame.page
        assert isinstance(page, TestingPage)
        return page

    def measured(
        self, what: str, work: Callable[[], object], ended: Callable[[], bool], idle: float
    ) -> Row:
        """Do `work` and wait until it has `ended`."""
        took = QElapsedTimer()
        took.start()
        self.heart.start()
        work()
        until(ended)
        # What is painted afterwards belongs to it.
        QTest.qWait(100)
        self.heart.stop()
        return Row(what, self.heart.longest, idle, took.nsecsElapsed() / 1e6)


def until(condition: Callable[[], bool], milliseconds: int = 60_000) -> None:
    """Let the window work until `condition` holds.

    Raises:
        TimeoutError: it did not in time.
    """
    waited = QElapsedTimer()
    waited.start()
    while not condition():
        if waited.elapsed() > milliseconds:
            raise TimeoutError("the window did not get there")
        QTest.qWait(1)


@contextmanager
def opened(home: Path, case: Case) -> Iterator[Opened]:
    """The window on an own data folder, with step 6 in front."""
    with Workplace.open(home) as workplace:
        workplace.cases.save(case, [HistoryEntry(EntryKind.CASE_CREATED)])
        moment = cases.eastern(date(2020, 10, 9), 12)
        window = MainWindow(JobRunner(), clock=lambda: moment)
        window.open_on(workplace)
        window.show()
        window.start()
        until(lambda: window.frame is not None)
        assert window.frame is not None
        window.frame.show_page("testing")
        QTest.qWait(300)
        yield Opened(window, Heartbeat())
        until(lambda: not window.runner.busy)
        window.close()
        until(lambda: not window.isVisible())
        window.runner.wait_all(5)
        # Here and not when Python ends: by then Qt is gone.
        shiboken6.delete(window)
        gc.collect()


def rows() -> Iterator[Worst]:
    """Every figure over `ROUNDS` rounds, each in a window of its own."""
    found = [list(_round()) for _ in range(ROUNDS)]
    for same in zip(*found, strict=True):
        gaps = [row.gap for row in same]
        worst = max(same, key=lambda row: row.gap)
        yield Worst(worst.what, worst.gap, statistics.median(gaps), worst.idle, worst.took)


def _round() -> Iterator[Row]:
    with tempfile.TemporaryDirectory(prefix="bench-window-") as name:
        place = Path(name)
        with opened(place / "data", _case()) as window:
            idle = _idle(window)
            yield from _counting(window, _feedback(place, FILES), FILES, idle)
            yield _silent_server(window, idle)
            yield _summary(window, place / "summary.pdf", idle)
        with opened(place / "more data", _case()) as window:
            yield from _counting(window, _feedback(place, MANY_FILES), MANY_FILES, _idle(window))
        with opened(place / "pages", cases.self_reporting_case("tested")) as window:
            yield from _pages(window, _idle(window))


def _idle(window: Opened) -> float:
    return window.measured("idle", lambda: QTest.qWait(1_000), lambda: True, 0.0).gap


def _feedback(place: Path, files: int) -> Path:
    folder = place / f"feedback-{files}"
    folder.mkdir()
    for each in range(files):
        put_feedback(folder, each, received=50, rejected=each % 6)
    return folder


def _case() -> Case:
    """A firm in testing, without submissions; its server is this computer."""
    case = cases.self_reporting_case("tested")
    server = SftpServer(host="127.0.0.1", port=_silent_port())
    return case.model_copy(
        update={
            "testing": Testing(portal_login=case.testing.portal_login),
            "sftp": case.sftp.model_copy(update={"test_server": server}),
        }
    )


def _counting(window: Opened, feedback: Path, files: int, idle: float) -> Iterator[Row]:
    page, open_case = window.page, window.page.open_case
    yield window.measured(
        f"{files:,} feedback files read",
        lambda: page.submissions.sources.add([feedback]),
        lambda: len(open_case.case.testing.submissions) == files and not open_case.unsaved,
        idle,
    )
    yield window.measured(
        f"one answer for {files:,} submissions",
        lambda: _press(page, "testing:all-environment-test"),
        lambda: not open_case.unsaved,
        idle,
    )
    _press(page, "testing:all-data-production")
    until(lambda: not open_case.unsaved)
    page.submissions.table.selectRow(0)
    yield window.measured(
        f"one of {files:,} submissions taken out of the count",
        page.submissions.table.choice_toggled.emit,
        lambda: not open_case.unsaved,
        idle,
    )
    yield window.measured(
        f"{files:,} rows sorted",
        lambda: page.submissions.table.sortByColumn(4, Qt.SortOrder.DescendingOrder),
        lambda: True,
        idle,
    )


def _press(page: TestingPage, name: str) -> None:
    button = page.findChild(QWidget, name)
    assert button is not None
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


_LISTENERS: list[socket.socket] = []


def _silent_port() -> int:
    """A port that takes connections and never says a word."""
    listener = socket.create_server(("127.0.0.1", 0))
    _LISTENERS.append(listener)
    return int(listener.getsockname()[1])


def _silent_server(window: Opened, idle: float) -> Row:
    view = window.page.connect_card.connection

    def work() -> None:
        view.start()
        QTest.qWait(SILENCE)
        view.cancel_button.click()

    return window.measured(
        "connection test against a silent server",
        work,
        lambda: not window.window.runner.busy,
        idle,
    )


def _summary(window: Opened, path: Path, idle: float) -> Row:
    frame = window.window.frame
    assert frame is not None
    desk = frame.desk
    return window.measured(
        f"summary PDF with {FILES} submissions",
        lambda: desk.documents.write_summary(path),
        lambda: path.exists() and not desk.documents.busy,
        idle,
    )


def _pages(window: Opened, idle: float) -> Iterator[Row]:
    """From the press to the painted page: shown for the first time, and when it is there."""
    frame = window.window.frame
    assert frame is not None
    first, again = [], []
    for turn in range(TURNS):
        for entry in PAGES:
            clock = QElapsedTimer()
            clock.start()
            frame.show_page(entry.key)
            QCoreApplication.sendPostedEvents()
            frame.repaint()
            (again if turn else first).append(clock.nsecsElapsed() / 1e6)
            QTest.qWait(20)
    # One page was in front already.
    slowest = sorted(first)[-1]
    yield Row("first showing of a page, slowest", slowest, idle, sum(first))
    last = min(int(len(again) * 0.99), len(again) - 1)
    yield Row("page change, 99th percentile", sorted(again)[last], idle, sum(again))


def main() -> int:
    """Print the tables."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    application = prepare_application(["bench"])
    Theme(application, Qt.ColorScheme.Light)
    print("| what | longest gap, ms | median, ms | idle, ms | took, ms |\n|---|---|---|---|---|")
    for row in rows():
        figures = (row.worst, row.median, row.idle, row.took)
        print(f"| {row.what} | {' | '.join(f'{figure:,.0f}' for figure in figures)} |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
