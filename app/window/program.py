"""The running program: one window per data folder, its rescue where it is damaged, its end.

The window is painted first; the data folder is opened once it is (`opening.py`). So this module
imports Qt alone, and the rest where it is used.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication, QWidget

from app import __version__
from app.background import JobRunner, Report
from app.cancellation import CancelToken
from app.failures import UserFacingError
from app.resources import path_of
from app.storage.paths import PROGRAM_NAME, DataFolder
from app.window.main_window import MainWindow
from app.window.start_failure import StartWatch
from app.window.taskbar import identify

if TYPE_CHECKING:
    from app.storage.faults import StorageError
    from app.widgets.dialogs import FailureDialog
    from app.widgets.theme import Theme
    from app.window.doorbell import Doorbell
    from app.window.opening import HeldFolder
    from app.window.restore_dialog import RestoreDialog
    from app.window.signals import EndingSignals
    from app.work.keeping import Keeping
    from app.work.restoring import Reopened, Wanted
    from app.work.workplace import Workplace

#: The folder is opened after this time, in milliseconds, though nothing was painted: a window
#: that starts minimized is not.
_UNPAINTED = 500
#: How long work under way may take to notice that the program ends, in seconds.
LEAVE_AFTER = 3.0
_IMPOSSIBLE = 2
_NOT_RESTORED = UserFacingError(
    "The backup could not be put in place.",
    "What was there is kept; nothing is deleted.",
    "Start the program again. If it happens again, ask for support.",
)


def prepare_application(words: list[str]) -> QApplication:
    """The Qt application with the program's name and icon."""
    identify()
    application = QApplication(words)
    application.setApplicationName("cais-onboarding")
    application.setApplicationDisplayName(PROGRAM_NAME)
    application.setApplicationVersion(__version__)
    application.setDesktopFileName("cais-onboarding")
    application.setWindowIcon(QIcon(str(path_of("icons/app.svg"))))
    return application


class Program(QObject):
    """One run of the window.

    Args:
        data_dir: the data folder; None for this person's own.
        case_file: to be shown, as when it was double-clicked.
        application: the Qt application; a new one with the program's look unless given.
    """

    def __init__(
        self,
        data_dir: Path | None,
        application: QApplication | None = None,
        *,
        case_file: Path | None = None,
    ) -> None:
        super().__init__()
        self._case_file = case_file
        self._application = application or prepare_application(sys.argv[:1])
        self._undressed = application is None
        self._theme: Theme | None = None
        self._data_dir = data_dir
        self._folder: DataFolder
        self._start_watch = StartWatch(self._give_way)
        self._doorbell: Doorbell | None = None
        self.runner = JobRunner()
        self._held: HeldFolder | None = None
        self._workplace: Workplace | None = None
        self._opening = QTimer(self, singleShot=True)
        self._opening.timeout.connect(self._open)
        self.window: MainWindow | None = None
        self.keeping: Keeping | None = None
        self._signals: EndingSignals | None = None
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
        """Show the window; False if another start's window came up instead.

        The data folder is opened once the window is painted. Where it cannot be used, what can
        be done about it takes the window's place.
        """
        self._start_watch.install()
        try:
            self._folder = DataFolder.of(self._data_dir)
            self._start_watch.folder = self._folder
            # Without a claim in the folder no window can be open on it: ours need not wait then
            # until the doorbell, Qt's network part, is loaded.
            if any(self._folder.in_use.glob("*.json")) and self._answered_elsewhere():
                return False
        except UserFacingError as failure:
            self._refuse(failure)
            return True
        self.window = self._shown()
        self.window.installEventFilter(self)
        self._opening.start(_UNPAINTED)
        return True

    @property
    def settled(self) -> bool:
        """Whether the start is over and no work is under way."""
        return not self._opening.isActive() and not self.runner.busy

    def end(self) -> None:
        """Stop all work and let the data folder go."""
        self._opening.stop()
        if self._signals is not None:
            self._signals.stop()
            self._signals = None
        if self._doorbell is not None:
            self._doorbell.close()
        self._let_go()
        self._start_watch.remove()
        self.runner.cancel_all()
        self.runner.wait_all(LEAVE_AFTER)
        if self._workplace is not None:
            self._workplace.close()
        if self._held is not None:
            self._held.let_go()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Open the data folder once the window is painted."""
        if event.type() == QEvent.Type.Paint:
            watched.removeEventFilter(self)
            # Not before the event loop goes on: until then the paint is not on the screen.
            self._opening.start(0)
        return False

    def _shown(self) -> MainWindow:
        window = MainWindow(self.runner)
        window.show()
        return window

    def _dress(self) -> None:
        """Give the application its look: not before the first paint, which is empty anyway."""
        from app.widgets.theme import Theme

        if self._undressed:
            self._undressed = False
            self._theme = Theme(self._application)

    def _answered_elsewhere(self) -> bool:
        """Whether a window that is open on the folder came up; if not, later starts reach this one."""
        from app.window.doorbell import Doorbell

        self._doorbell = Doorbell(self._folder)
        self._doorbell.rung.connect(self._come_up)
        if self._doorbell.ring(self._case_file):
            return True
        self._doorbell.listen()
        return False

    def _open(self) -> None:
        def work(token: CancelToken, report: Report) -> None:
            from app.window.opening import HeldFolder

            self._held = HeldFolder(self._folder)
            self._workplace = self._held.open()

        self._dress()
        try:
            if self._doorbell is None and self._answered_elsewhere():
                # Started at the same moment, and that window was faster.
                QApplication.quit()
                return
        except UserFacingError as failure:
            self._not_opened(failure)
            return
        job = self.runner.prepare("open the data folder", work)
        job.done.connect(self._opened)
        job.failed.connect(self._not_opened)
        self.runner.start(job)

    def _opened(self) -> None:
        if self.window is not None and self._workplace is not None:
            self._work_in(self.window, self._workplace)

    def _not_opened(self, failure: Exception) -> None:
        from app.storage.faults import Fault, StorageError

        if not isinstance(failure, UserFacingError):
            self._start_watch.tell(failure)
            return
        former, self.window = self.window, None
        if isinstance(failure, StorageError) and failure.fault is Fault.DAMAGED:
            self._offer_rescue(failure)
        else:
            self._refuse(failure)
        # Not earlier: with the last window gone, the program would end.
        if former is not None:
            former.discard()

    def _work_in(self, window: MainWindow, workplace: Workplace) -> None:
        from app.window.signals import EndingSignals
        from app.work.keeping import Keeping

        if self._held is None:
            return
        window.open_on(workplace)
        window.bugs.install()
        window.care.restore_wanted.connect(self._restore)
        keeping = Keeping(workplace, self._held.claim, self.runner)
        keeping.told.connect(window.care.tell)
        keeping.damaged.connect(window.care.tell_damage)
        keeping.lost.connect(self._stop_writing)
        self.window, self._workplace, self.keeping = window, workplace, keeping
        if self._signals is None and os.name == "posix":
            self._signals = EndingSignals()
            self._signals.arrived.connect(self._leave)
        window.start()
        if self._case_file is not None:
            window.case_files.take(str(self._case_file))
        keeping.start()

    def _leave(self) -> None:
        """Close the window as the person would: once everything is stored."""
        if self.window is not None:
            self.window.close()

    def _let_go(self) -> None:
        if self.keeping is not None:
            self.keeping.stop()
            if self.window is not None:
                self.window.bugs.remove()
                self._start_watch.install()

    def _refuse(self, failure: UserFacingError) -> None:
        from app.widgets.dialogs import FailureDialog

        self._dress()
        self.status = _IMPOSSIBLE
        self.refusal = FailureDialog(None, failure)
        self.refusal.show()

    def _give_way(self) -> None:
        """A report of a mistake in the program stands in place of the window."""
        self._dress()
        self.status = _IMPOSSIBLE
        former, self.window = self.window, None
        if former is not None:
            former.discard()

    def _offer_rescue(self, damage: UserFacingError) -> None:
        from app.window.restore_dialog import RestoreDialog

        self.status = _IMPOSSIBLE
        self.rescue = RestoreDialog(None, self._folder, self.runner, damage)
        self.rescue.wanted.connect(self._restore)
        self.rescue.show()

    def _restore(self, wanted: Wanted) -> None:
        """Restore what the rescue or the menu asked for, and open the folder anew."""
        self._let_go()
        former = self._workplace

        def work(token: CancelToken, report: Report) -> Reopened:
            from app.work.restoring import restore_and_open

            return restore_and_open(self._folder, wanted, former)

        job = self.runner.prepare("restore a backup", work)
        job.done.connect(self._restored)
        job.failed.connect(self._not_restored)
        self.runner.start(job)

    def _restored(self, reopened: Reopened) -> None:
        former, rescue = self.window, self.rescue
        self.status, self.rescue = 0, None
        # The new window first: with the last window gone, the program would end.
        window = self._shown()
        self._work_in(window, reopened.workplace)
        window.care.tell_restored(reopened)
        if former is not None:
            former.discard()
        if rescue is not None:
            rescue.accept()

    def _not_restored(self, failure: Exception) -> None:
        told = failure if isinstance(failure, UserFacingError) else _NOT_RESTORED
        if told is _NOT_RESTORED:
            self._start_watch.tell(failure)
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

    def _come_up(self, case_file: str) -> None:
        """Another start on the same folder wants the window, perhaps to show a case file."""
        shown: QWidget | None = self.window or self.rescue or self.refusal
        if shown is not None:
            from PySide6.QtCore import Qt

            shown.setWindowState(shown.windowState() & ~Qt.WindowState.WindowMinimized)
            shown.show()
            shown.raise_()
            shown.activateWindow()
            QApplication.alert(shown)
        if case_file and self.keeping is not None and self.window is not None:
            self.window.case_files.take(case_file)
