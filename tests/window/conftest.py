"""The real window on a real data folder, and starts of the program one after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app.background import JobRunner
from app.onboarding.case import Case
from app.storage.history import EntryKind, HistoryEntry
from app.widgets.theme import Theme
from app.window.frame import CaseFrame
from app.window.main_window import MainWindow
from app.work.workplace import Workplace
from tests.rig.cases import eastern

DAY = date(2020, 10, 8)


@pytest.fixture(scope="session")
def theme(qapp: QApplication) -> Theme:
    return Theme(qapp, Qt.ColorScheme.Light)


class Start:
    """One start of the program, up to its end."""

    def __init__(self, qtbot: QtBot, folder: Path, day: date) -> None:
        self.qtbot = qtbot
        self.day = day
        self.workplace = Workplace.open(folder)
        self.runner = JobRunner()
        self.window = MainWindow(self.runner, clock=self._now)
        self.window.open_on(self.workplace)
        # As on a usual screen: the one that is drawn on here is smaller, and folds the guide away.
        self.window.resize(1280, 820)

    def _now(self) -> datetime:
        return eastern(self.day, 14)

    def show(self) -> None:
        # Shortcuts work in the active window alone.
        with self.qtbot.waitActive(self.window):
            self.window.show()
            self.window.activateWindow()
        self.window.start()
        self.qtbot.waitUntil(self._settled, timeout=20_000)
        # A part shown before it has its place would be a window of its own for a moment.
        assert self.window.isActiveWindow()

    def _settled(self) -> bool:
        """Whether all is shown; the simulated CAIS of a practice case works for as long as it is open."""
        frame = self.window.frame
        practising = frame is not None and frame.open_case.case.practice
        return practising or not self.runner.busy

    @property
    def frame(self) -> CaseFrame:
        """The frame, its page put together down to its end: a person waits these milliseconds."""
        assert self.window.frame is not None
        self.window.frame.page.complete()
        return self.window.frame

    def press(self, key: Qt.Key, *modifiers: Qt.KeyboardModifier) -> None:
        """Press a key where the focus is."""
        held = Qt.KeyboardModifier.NoModifier
        for modifier in modifiers:
            held |= modifier
        self.qtbot.keyClick(self.focus() or self.window, key, held)

    def focus(self) -> QWidget | None:
        return QApplication.focusWidget()

    def click(self, name: str, inside: QWidget | None = None) -> None:
        found = (inside or self.window).findChild(QWidget, name)
        assert found is not None, name
        assert found.isVisible(), name
        self.qtbot.mouseClick(found, Qt.MouseButton.LeftButton)

    def wait_page(self, key: str) -> None:
        self.qtbot.waitUntil(lambda: self.window.frame is not None and self.frame.key == key)

    def stored(self, case_id: str) -> Case:
        """The case as another start would read it."""
        self.qtbot.waitUntil(lambda: not self.frame.open_case.unsaved)
        with Workplace.open(self.workplace.folder.root) as again:
            return again.cases.load(case_id)

    def quit(self) -> None:
        """Close the window as the person does; then the program ends, whatever is under way."""
        self.window.close()
        self.qtbot.waitUntil(lambda: not self.window.isVisible(), timeout=30_000)
        self._stop()

    def end(self) -> None:
        """Whatever is left, so that nothing outlives the test."""
        self._stop()
        shiboken6.delete(self.window)

    def _stop(self) -> None:
        self.runner.cancel_all()
        assert self.runner.wait_all(10)
        self.workplace.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def begin(qtbot: QtBot, theme: Theme, folder: Path) -> Iterator[Callable[..., Start]]:
    """Starts the program on the data folder, with these cases put there before."""
    starts: list[Start] = []

    def start(*cases: Case, day: date = DAY) -> Start:
        if cases:
            with Workplace.open(folder) as workplace:
                for case in cases:
                    workplace.cases.save(case, [HistoryEntry(EntryKind.CASE_CREATED)])
        made = Start(qtbot, folder, day)
        starts.append(made)
        made.show()
        return made

    yield start
    for made in starts:
        made.end()
