"""Walks the practice tour in the installed program's own window; run by its own interpreter.

python.exe tour.py FOLDER: the data goes to FOLDER/data, the summary to FOLDER/summary.pdf, pictures
of the window to FOLDER/*.png, and what was seen to FOLDER/seen.json. The exit status is 0 if the
tour came to its end. Only what the setup installs is imported.
"""

from __future__ import annotations

import json
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QCoreApplication, QObject, Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QAbstractButton, QApplication, QFileDialog, QLabel, QWidget

from app.onboarding.case import Case
from app.window.main_window import MainWindow
from app.window.program import Program

#: How long one thing may take to come, in seconds; wine on a busy machine is slow.
_PATIENCE = 120.0
_LOOK_EVERY = 50

Seen = dict[str, object]
Waits = Iterator[tuple[str, Callable[[], object]]]
WidgetT = TypeVar("WidgetT", bound=QWidget)


class Tour(QObject):
    """Presses what a person would press, one thing after the other, and notes what comes."""

    def __init__(self, program: Program, folder: Path) -> None:
        super().__init__()
        self._program = program
        self._folder = folder
        self._steps = self._walk()
        self._what, self._condition = next(self._steps)
        self._since = time.monotonic()
        self.seen: Seen = {}
        self.stuck = ""
        self._clock = QTimer(self, interval=_LOOK_EVERY)
        self._clock.timeout.connect(self._look)
        self._clock.start()

    @property
    def _window(self) -> MainWindow:
        assert self._program.window is not None
        return self._program.window

    @property
    def _case(self) -> Case:
        assert self._window.frame is not None
        return self._window.frame.open_case.case

    def _look(self) -> None:
        try:
            while self._condition():
                self._what, self._condition = next(self._steps)
                self._since = time.monotonic()
        except StopIteration:
            self._leave()
            return
        except Exception:  # noqa: BLE001 - told to whoever started the tour, which is over
            self.stuck = f"{self._what}: {traceback.format_exc()}"
            self._leave()
            return
        if time.monotonic() - self._since > _PATIENCE:
            self.stuck = self._what
            self._picture("stuck")
            self._leave()

    def _leave(self) -> None:
        self._clock.stop()
        self._window.close()
        if self.stuck:
            QCoreApplication.exit(1)

    def _walk(self) -> Waits:
        yield "the first start", lambda: self._named("practise")
        self.seen["platform"] = QGuiApplication.platformName()
        self._picture("first-start")
        self._press("practise")
        yield "the practice case", lambda: self._says("A simulated CAIS")
        yield "stored", lambda: self._program.window and not self._window.frame.open_case.unsaved
        self._window.frame.show_page("testing")
        yield "the connection test", lambda: self._ready("start-connection-test")
        yield from self._connect()
        yield from self._send_and_count()
        yield from self._save_summary()

    def _connect(self) -> Waits:
        yield "the simulated CAIS", lambda: self._case.sftp.test_server.host == "127.0.0.1"
        self._press("start-connection-test")
        yield "the question of trust", lambda: self._named("trust:always")
        self._press("trust:always")
        yield "a connection", lambda: self._case.testing.connection_tests
        self._picture("connected")
        (test,) = self._case.testing.connection_tests
        self.seen["connected"] = test.succeeded

    def _send_and_count(self) -> Waits:
        yield "the sample", lambda: self._ready("testing:send-sample")
        self._press("testing:send-sample")
        yield "counted feedback", self._is_counted
        self._picture("counted")
        (record,) = self._case.testing.submissions
        self.seen["accounts"] = [record.accounts_received, record.accounts_accepted]

    def _is_counted(self) -> bool:
        records = self._case.testing.submissions
        if records and records[0].feedback_version == 4:
            return records[0].accounts_accepted is not None
        if self._ready("testing:fetch"):
            self._press("testing:fetch")
        return False

    def _save_summary(self) -> Waits:
        self._window.frame.show_page("certify")
        yield "the summary", lambda: self._ready("save:summary")
        self._press("save:summary")
        yield "where to save", lambda: self._dialog() is not None
        dialog = self._dialog()
        assert dialog is not None
        dialog.selectFile(str(self._folder / "summary.pdf"))
        dialog.accept()
        yield "the PDF", lambda: self._says("Saved summary.pdf")
        self._picture("saved")
        yield "everything stored", lambda: not self._window.frame.open_case.unsaved

    def _dialog(self) -> QFileDialog | None:
        shown = (w for w in QApplication.topLevelWidgets() if w.isVisible())
        return next((w for w in shown if isinstance(w, QFileDialog)), None)

    def _named(self, name: str) -> QAbstractButton | None:
        found = (w.findChildren(QAbstractButton, name) for w in QApplication.topLevelWidgets())
        return next((b for buttons in found for b in buttons if b.isVisible()), None)

    def _ready(self, name: str) -> bool:
        button = self._named(name)
        return button is not None and button.isEnabled()

    def _press(self, name: str) -> None:
        button = self._named(name)
        assert button is not None, name
        button.click()

    def _says(self, words: str) -> bool:
        labels = self._window.findChildren(QLabel)
        return any(words in label.text() for label in labels if label.isVisible())

    def _picture(self, name: str) -> None:
        self._window.grab().save(str(self._folder / f"{name}.png"))


def main() -> int:
    """Walk the tour in the folder that the command line names; returns the exit status."""
    folder = Path(sys.argv[1])
    # So that the file dialog is Qt's own, which can be answered from here.
    QCoreApplication.setAttribute(Qt.ApplicationAttribute.AA_DontUseNativeDialogs)
    program = Program(folder / "data")
    assert program.begin()
    tour = Tour(program, folder)
    status = QCoreApplication.exec()
    program.end()
    tour.seen["stuck"] = tour.stuck
    (folder / "seen.json").write_text(json.dumps(tour.seen), encoding="utf-8")
    return status


if __name__ == "__main__":
    sys.exit(main())
