"""The running program: one window per data folder, its rescue where it is damaged, its end."""

from __future__ import annotations

import logging
import sys
from pathlib import Path

from PySide6.QtCore import QObject, QSize, Qt
from PySide6.QtWidgets import QApplication, QWidget

from app import __version__
from app.background import JobRunner, Report
from app.cancellation import CancelToken
from app.failures import UserFacingError
from app.storage.faults import Fault, StorageError, explained
from app.storage.logbook import start_log, stop_log
from app.storage.paths import PROGRAM_NAME, DataFolder
from app.storage.workstation import FolderClaim
from app.widgets.dialogs import FailureDialog
from app.widgets.icons import program_icon
from app.widgets.theme import Theme
from app.window.doorbell import Doorbell
from app.window.main_window import MainWindow
from app.window.restore_dialog import RestoreDialog
from app.work.keeping import Keeping
from app.work.restoring import Reopened, Wanted, restore_and_open
from app.work.workplace import Workplace

#: How long work under way may take to notice that the program ends, in seconds.
LEAVE_AFTER = 3.0
_IMPOSSIBLE = 2
#: Room that the window system's title bar takes.
_TITLE_BAR = QSize(0, 40)
_UNFORESEEN = UserFacingError(
    "The backup could not be put in place.",
    "What was there is kept; nothing is deleted.",
    "Start the program again. If it happens again, ask for support.",
)


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


class Program(QObject):
    """One run of the window.

    Args:
        data_dir: the data folder; None for this person's own.
        application: the Qt application; a new one with the program's look unless given.
    """

    def __init__(self, data_dir: Path | None, application: QApplication | None = None) -> None:
        super().__init__()
        self._application = application or prepare_application(sys.argv[:1])
        self._theme = None if application else Theme(self._application)
        self._folder = DataFolder.of(data_dir)
        self._claim = FolderClaim(self._folder)
        self._doorbell = Doorbell(self._folder)
        self._doorbell.rung.connect(self._come_up)
        self.runner = JobRunner()
        self._log: logging.Handler | None = None
        self.window: MainWindow | None = None
        self.keeping: Keeping | None = None
        self.rescue: RestoreDialog | None = None
        self.refusal: FailureDialog | None = None
        self.status = 0

    def run(self) -> int:
        """Show the window until it is closed; returns the exit status."""
        if self.begin():
            self._application.exec()
            self.end()
        return self.status

    def begin(self) -> bool:
        """Show the window or why there is none; False if another start's window came up."""
        try:
            if self._doorbell.ring():
                return False
            self._doorbell.listen()
            with explained(self._folder.root):
                self._folder.create()
            self._claim.acquire()
            self._log = start_log(self._folder)
            workplace = Workplace.open(self._folder.root)
        except UserFacingError as failure:
            if isinstance(failure, StorageError) and failure.fault is Fault.DAMAGED:
                self._offer_rescue(failure)
            else:
                self._refuse(failure)
        else:
            self._show(workplace)
        return True

    def end(self) -> None:
        """Stop all work and let the data folder go."""
        self._doorbell.close()
        self._let_go()
        self.runner.cancel_all()
        self.runner.wait_all(LEAVE_AFTER)
        if self.window is not None:
            self.window.workplace.close()
        if self._log is not None:
            stop_log(self._log)
        self._claim.release()

    def _show(self, workplace: Workplace) -> MainWindow:
        window = MainWindow(workplace, self.runner)
        # A small laptop's screen is lower than the window would like to be.
        window.resize(window.size().boundedTo(window.screen().availableSize() - _TITLE_BAR))
        window.bugs.install()
        window.care.restore_wanted.connect(self._restore)
        keeping = Keeping(workplace, self._claim, self.runner)
        keeping.told.connect(window.care.tell)
        keeping.damaged.connect(window.care.tell_damage)
        keeping.lost.connect(self._stop_writing)
        self.window, self.keeping = window, keeping
        window.start()
        window.show()
        keeping.start()
        return window

    def _let_go(self) -> None:
        if self.keeping is not None:
            self.keeping.stop()
        if self.window is not None:
            self.window.bugs.remove()

    def _refuse(self, failure: UserFacingError) -> None:
        self.status = _IMPOSSIBLE
        self.refusal = FailureDialog(None, failure)
        self.refusal.show()

    def _offer_rescue(self, damage: UserFacingError) -> None:
        self.status = _IMPOSSIBLE
        self.rescue = RestoreDialog(None, self._folder, self.runner, damage)
        self.rescue.wanted.connect(self._restore)
        self.rescue.show()

    def _restore(self, wanted: Wanted) -> None:
        """Restore what the rescue or the menu asked for, and open the folder anew."""
        self._let_go()
        former = self.window.workplace if self.window is not None else None

        def work(token: CancelToken, report: Report) -> Reopened:
            return restore_and_open(self._folder, wanted, former)

        job = self.runner.prepare("restore a backup", work)
        job.done.connect(self._restored)
        job.failed.connect(self._not_restored)
        self.runner.start(job)

    def _restored(self, reopened: Reopened) -> None:
        former, rescue = self.window, self.rescue
        self.status, self.rescue = 0, None
        # The new window first: with the last window gone, the program would end.
        self._show(reopened.workplace).care.tell_restored(reopened)
        if former is not None:
            former.discard()
        if rescue is not None:
            rescue.accept()

    def _not_restored(self, failure: Exception) -> None:
        told = failure if isinstance(failure, UserFacingError) else _UNFORESEEN
        if self.rescue is not None:
            self.rescue.show_failure(told)
        elif self.window is not None:
            former, self.window = self.window, None
            self._refuse(told)
            former.discard()

    def _stop_writing(self, failure: StorageError) -> None:
        """Another workstation has the folder now: two that write could destroy each other's work."""
        if self.window is not None:
            self.window.workplace.close()
            self.window.show_failure(failure)

    def _come_up(self) -> None:
        """Another start on the same folder wants the window."""
        shown: QWidget | None = self.window or self.rescue or self.refusal
        if shown is not None:
            shown.setWindowState(shown.windowState() & ~Qt.WindowState.WindowMinimized)
            shown.show()
            shown.raise_()
            shown.activateWindow()
            QApplication.alert(shown)
