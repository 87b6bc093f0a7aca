"""The running program: application, look, data folder, watch for bugs, and an orderly end."""

from __future__ import annotations

import sys
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from app import __version__
from app.background import JobRunner
from app.failures import UserFacingError
from app.storage.logbook import start_log, stop_log
from app.storage.paths import PROGRAM_NAME
from app.widgets.dialogs import FailureDialog
from app.widgets.icons import program_icon
from app.widgets.theme import Theme
from app.window.main_window import MainWindow
from app.work.workplace import Workplace

#: How long work under way may take to notice that the program ends, in seconds.
LEAVE_AFTER = 3.0
_IMPOSSIBLE = 2


def prepare_application(words: list[str]) -> QApplication:
    """The Qt application with the program's name, icon and scaling."""
    QApplication.setHighDpiScaleFactorRoundingPolicy(
        Qt.HighDpiScaleFactorRoundingPolicy.PassThrough
    )
    application = QApplication(words)
    application.setApplicationName("cais-onboarding")
    application.setApplicationDisplayName(PROGRAM_NAME)
    application.setApplicationVersion(__version__)
    application.setDesktopFileName("cais-onboarding")
    application.setWindowIcon(program_icon())
    return application


class Program:
    """One run of the window.

    Args:
        data_dir: the data folder; None for this person's own.
    """

    def __init__(self, data_dir: Path | None) -> None:
        self._data_dir = data_dir
        self._application = prepare_application(sys.argv[:1])
        self._theme = Theme(self._application)

    def run(self) -> int:
        """Show the window until it is closed; returns the exit status."""
        try:
            workplace = Workplace.open(self._data_dir)
        except UserFacingError as failure:
            dialog = FailureDialog(None, failure)
            dialog.show()
            self._application.exec()
            return _IMPOSSIBLE
        try:
            return self._work(workplace)
        finally:
            workplace.close()

    def _work(self, workplace: Workplace) -> int:
        log = start_log(workplace.folder)
        runner = JobRunner()
        window = MainWindow(workplace, runner)
        window.bugs.install()
        try:
            window.start()
            window.show()
            return self._application.exec()
        finally:
            runner.cancel_all()
            runner.wait_all(LEAVE_AFTER)
            window.bugs.remove()
            stop_log(log)
