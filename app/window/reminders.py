"""Tells of deadlines while the program is open: in the window, and beside the clock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QApplication, QSystemTrayIcon

from app.background import JobRunner, Report
from app.cancellation import CancelToken
from app.onboarding.assessment import Assessment
from app.open_case import OpenCase
from app.pages import PAGES
from app.storage.paths import PROGRAM_NAME
from app.storage.preferences import Preferences
from app.widgets.banner import Banner, Tone

if TYPE_CHECKING:
    from app.window.main_window import MainWindow

_REMINDED = "reminded:"
#: After so long without another change it is looked what is due, in milliseconds.
_LOOK_AFTER = 500
_SHOWN_FOR = 15_000


class Deadlines(QObject):
    """The part of the main window that tells of the open case's deadlines, in its `banner`."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._watch: DeadlineWatch | None = None
        self.banner = Banner(Tone.WARNING, closable=True)
        self.banner.setObjectName("deadlines")
        self._tray = TrayNotice(self)
        self._tray.pressed.connect(self._come_up)

    @property
    def waiting(self) -> bool:
        """Whether it is still being looked what is due."""
        return self._watch is not None and self._watch.busy

    def follow(self, open_case: OpenCase | None) -> None:
        """Watch this case from now on; None for none."""
        self.banner.show_text("")
        if self._watch is not None:
            self._watch.stop()
            self._watch = None
        if open_case is not None:
            window = self._window
            self._watch = DeadlineWatch(window.workplace.preferences, window.runner, open_case)
            self._watch.told.connect(self._tell)

    def _tell(self, headline: str, details: str) -> None:
        self.banner.show_text(headline, details)
        self._tray.show_text(headline, details)

    def _come_up(self) -> None:
        """The person pressed the message beside the clock: to what it is about."""
        window = self._window
        window.setWindowState(window.windowState() & ~Qt.WindowState.WindowMinimized)
        window.raise_()
        window.activateWindow()
        if window.frame is not None:
            window.frame.show_page(PAGES[0].key)


class DeadlineWatch(QObject):
    """Watches the deadlines of a case; each is told once, also over several starts.

    `told` carries a headline and the deadlines, a line for each.
    """

    told = Signal(str, str)

    def __init__(self, preferences: Preferences, runner: JobRunner, open_case: OpenCase) -> None:
        super().__init__()
        self._preferences = preferences
        self._runner = runner
        self._open_case = open_case
        self._looked_at: frozenset[str] = frozenset()
        self._looking = False
        self._later = QTimer(self, singleShot=True, interval=_LOOK_AFTER)
        self._later.timeout.connect(self._look)
        open_case.changed.connect(self._changed)
        self._later.start()

    @property
    def busy(self) -> bool:
        """Whether it is still being looked what is due."""
        return self._looking or self._later.isActive()

    def stop(self) -> None:
        """Tell of nothing more."""
        self._later.stop()
        self._open_case.changed.disconnect(self._changed)

    def _changed(self, _: Assessment) -> None:
        self._later.start()

    def _look(self) -> None:
        """Tell of what is due and was not told before."""
        from app.report.reminders import reminders

        due = {item.key: item.text for item in reminders(self._open_case.assessment)}
        if due.keys() <= self._looked_at:
            return
        self._looked_at = frozenset(due)
        name = f"{_REMINDED}{self._open_case.case.id}"
        preferences = self._preferences

        def keep(token: CancelToken, report: Report) -> tuple[str, ...]:
            kept = preferences.setting(name)
            known = set(kept) if isinstance(kept, list) else set()
            fresh = [key for key in due if key not in known]
            if fresh:
                # What is no longer due is not due again: its key would be another one.
                preferences.keep(name, list(due))
            return tuple(due[key] for key in fresh)

        job = self._runner.prepare("look at the deadlines", keep)
        job.done.connect(self._tell)
        job.ended.connect(self._looked)
        self._looking = True
        self._runner.start(job)

    def _looked(self) -> None:
        self._looking = False

    def _tell(self, texts: tuple[str, ...]) -> None:
        if texts:
            count = len(texts)
            one = "A deadline is near or has passed."
            headline = one if count == 1 else f"{count} deadlines are near or have passed."
            self.told.emit(headline, "\n".join(texts))


class TrayNotice(QObject):
    """A message beside the clock, where the desktop has a place for it and the window is not in use.

    `pressed` comes when the person presses it.
    """

    pressed = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._tray: QSystemTrayIcon | None = None
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.applicationStateChanged.connect(self._state_changed)

    def show_text(self, headline: str, details: str) -> bool:
        """Show the message; whether there was a place and a need for it."""
        in_use = QApplication.applicationState() is Qt.ApplicationState.ApplicationActive
        if in_use or not QSystemTrayIcon.isSystemTrayAvailable():
            return False
        if self._tray is None:
            self._tray = QSystemTrayIcon(QApplication.windowIcon(), self)
            self._tray.setToolTip(PROGRAM_NAME)
            self._tray.messageClicked.connect(self.pressed)
            self._tray.activated.connect(self.pressed)
        self._tray.show()
        self._tray.showMessage(headline, details, QApplication.windowIcon(), _SHOWN_FOR)
        return True

    def _state_changed(self, state: Qt.ApplicationState) -> None:
        """Once the window is in use, the notice in it is enough."""
        if self._tray is not None and state is Qt.ApplicationState.ApplicationActive:
            self._tray.hide()
