"""A start of the program in which a part is broken: `python -m tests.window.broken_start PART FOLDER`.

Shows what the person gets: the report, what a press on Copy puts on the clipboard, and whether
the program goes on. What breaks holds a password and a customer's name in its words and variables.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

from PySide6.QtCore import QTimer
from PySide6.QtGui import QGuiApplication, QShowEvent
from PySide6.QtWidgets import QApplication, QLabel, QPushButton

from app import window as program
from app.background import Report
from app.cancellation import CancelToken
from app.storage.masking import live_secrets
from app.widgets.dialogs import ReportDialog
from app.window import opening
from app.window.main_window import MainWindow

SECRET = "Kolibri-7#Pfingstrose"
CUSTOMER = "Jane Customer 123-45-6789"

_seen: dict[str, Any] = {}


def broken(*_: object, **__: object) -> NoReturn:
    """Takes the place of what is broken."""
    typed, customer = SECRET, CUSTOMER
    live_secrets.add(SECRET)
    raise RuntimeError(f"{typed} of {customer}")


def before_qt() -> None:
    """The program cannot even be imported."""
    sys.modules["app.window.program"] = None  # type: ignore[assignment]


def making_the_program() -> None:
    """The first thing after the import."""
    from app.window import program as module

    module.prepare_application = broken  # type: ignore[assignment]


def opening_the_folder() -> None:
    """The job that opens the data folder."""
    opening.HeldFolder.open = broken  # type: ignore[method-assign]


def filling_the_window() -> None:
    """The slot that shows what is in the folder."""
    MainWindow.open_on = broken  # type: ignore[method-assign]


def showing_the_case() -> None:
    """The slot after that: the window stands already, and goes on."""
    MainWindow._show_found = broken  # type: ignore[method-assign]


def in_a_worker() -> None:
    """A job, once the window stands."""
    _once_started(lambda window: _run(window, broken))


def _run(window: MainWindow, work: Callable[..., object]) -> None:
    def job(token: CancelToken, report: Report) -> object:
        return work()

    window.runner.start(window.runner.prepare("sums", job))


def _once_started(act: Callable[[MainWindow], None]) -> None:
    start = MainWindow.start

    def started(window: MainWindow) -> None:
        start(window)
        QTimer.singleShot(0, lambda: act(window))

    MainWindow.start = started  # type: ignore[method-assign]


PARTS = {
    part.__name__: part
    for part in (
        before_qt,
        making_the_program,
        opening_the_folder,
        filling_the_window,
        showing_the_case,
        in_a_worker,
    )
}


def read_it(dialog: ReportDialog) -> None:
    """As the person does: read, copy, close; then close the program, if it is still there."""
    _seen["headline"] = dialog.accessibleName()
    _seen["words"] = " ".join(label.text() for label in dialog.findChildren(QLabel))
    _seen["report"] = dialog.report.toPlainText()
    _seen["read-only"] = dialog.report.isReadOnly()
    _seen["clipboard before"] = QGuiApplication.clipboard().text()
    button = dialog.findChild(QPushButton, "copy")
    assert button is not None
    button.click()
    _seen["clipboard"] = QGuiApplication.clipboard().text()
    dialog.close()
    QTimer.singleShot(0, look_around)


def look_around() -> None:
    """What is left on the screen."""
    windows = [w for w in QApplication.topLevelWidgets() if w.isVisible()]
    _seen["goes on"] = [type(window).__name__ for window in windows]
    for window in windows:
        window.close()


def main() -> int:
    shown = ReportDialog.showEvent

    def show_event(dialog: ReportDialog, event: QShowEvent) -> None:
        shown(dialog, event)
        QTimer.singleShot(0, lambda: read_it(dialog))

    ReportDialog.showEvent = show_event  # type: ignore[method-assign]
    PARTS[sys.argv[1]]()
    _seen["status"] = program.run(Path(sys.argv[2]))
    print(json.dumps(_seen), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
