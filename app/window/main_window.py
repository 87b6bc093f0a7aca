"""The main window: the first start, the list of firms, or the frame of one open case.

Painted before there is anything to show: Qt alone is imported here. Whatever else the window
needs is imported in the methods that use it, after `opening.py` has loaded it beside the window.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, QTimer
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QLabel, QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from app.background import JobRunner
from app.failures import UserFacingError
from app.storage.paths import PROGRAM_NAME

if TYPE_CHECKING:
    from app.open_case import Clock
    from app.pages.firms import FirmsPage
    from app.pages.welcome import WelcomePage
    from app.widgets.dialogs import ReportDialog
    from app.widgets.firm_model import FirmLine
    from app.window.cases import Found
    from app.window.frame import CaseFrame
    from app.work.desk import Desk
    from app.work.workplace import Workplace

#: How often the window looks whether a new day has begun, in milliseconds.
_DAY_CHECK = 60_000
#: Below this width the guide would leave too little for the page, so it starts folded away.
_WIDE = 1180
#: Room for the window system's title bar, in pixels.
_FRAME_HEIGHT = 40
#: An opening that takes longer is said, in milliseconds; a shorter one would only flicker.
_SAID_AFTER = 1_000


def _utc_now() -> datetime:
    return datetime.now(UTC)


class MainWindow(QMainWindow):
    """One window; it shows what is in a data folder once `open_on` is called.

    Args:
        runner: runs all work.
        clock: the current moment (UTC).
    """

    workplace: Workplace

    def __init__(self, runner: JobRunner, *, clock: Clock = _utc_now) -> None:
        super().__init__()
        self.runner = runner
        self._clock = clock
        self.frame: CaseFrame | None = None
        self._desk: Desk | None = None
        self._firms_known = 0
        self._new_case = False
        self._may_close = False
        self._bugs_shown: ReportDialog | None = None
        self._opening = Opening()
        self.setCentralWidget(self._opening)
        self.setWindowTitle(PROGRAM_NAME)
        self.setMinimumSize(760, 520)
        room = self.screen().availableSize()
        # A small laptop's screen is lower than we would like.
        self.resize(QSize(1280, 820).boundedTo(room - QSize(0, _FRAME_HEIGHT)))
        self.day_watch = QTimer(self, interval=_DAY_CHECK)
        self.day_watch.timeout.connect(self._look_at_day)

    def open_on(self, workplace: Workplace) -> None:
        """Work on this open data folder from now on; whoever opened it closes it."""
        from app.widgets.banner import Banner
        from app.window.care import Care
        from app.window.case_files import CaseFiles
        from app.window.cases import Cases
        from app.window.failures import BugWatch
        from app.window.leaving import Leaving
        from app.window.menus import Menus
        from app.window.places import Places
        from app.window.reminders import Deadlines
        from app.window.summary_checks import SummaryChecks

        self.workplace = workplace
        self.places = Places(workplace.preferences, self.runner)
        self.cases = Cases(workplace, self.runner, self.places)
        self.bugs = BugWatch(self.runner, workplace.folder)
        self.views = QStackedWidget()
        # It stays in sight until the first view is there.
        self.takeCentralWidget()
        self.views.addWidget(self._opening)
        self.notice = Banner(closable=True)
        self.deadlines = Deadlines(self)
        self.setCentralWidget(self._arranged())
        self.leaving = Leaving(self)
        self.case_files = CaseFiles(self)
        self.care = Care(self)
        self.summary_checks = SummaryChecks(self)
        self.menus = Menus(self)
        self.cases.found.connect(self._show_found)
        self.cases.listed.connect(self._show_firms)
        self.cases.failed.connect(self._not_opened)
        self.bugs.found.connect(self.show_bug)
        self.day_watch.start()

    @cached_property
    def welcome(self) -> WelcomePage:
        """How to begin."""
        from app.pages.welcome import WelcomePage

        page = WelcomePage(practice=self.workplace.policy.practice)
        page.start_wanted.connect(self.new_case)
        page.file_wanted.connect(self.case_files.choose)
        page.practice_wanted.connect(self.practise)
        self.views.addWidget(page)
        return page

    @cached_property
    def firms(self) -> FirmsPage:
        """The list of firms."""
        from app.pages.firms import FirmsPage

        page = FirmsPage(self.runner)
        page.open_wanted.connect(self.open_case)
        page.add_wanted.connect(self.new_case)
        self.cases.standing.connect(page.show_standing)
        self.views.addWidget(page)
        return page

    def start(self) -> None:
        """Show the case where it was left, the list of firms, or how to begin."""
        self.cases.open()

    def new_case(self) -> None:
        """Start an onboarding."""
        self._new_case = True
        self.leave(self.cases.create)

    def practise(self) -> None:
        """Open the practice case, with a simulated CAIS beside it."""
        self.leave(self.cases.practise)

    def open_case(self, case_id: str) -> None:
        """Show the case with this id."""

        def go_on() -> None:
            self.cases.open(case_id)

        self.leave(go_on)

    def show_firms(self) -> None:
        """Show the list of firms."""
        self.leave(self._list_firms)

    def show_bug(self, report: str) -> None:
        """Show the report of a bug; one at a time, since one bug may come again and again."""
        from app.widgets.dialogs import ReportDialog

        if self._bugs_shown is not None:
            return
        self._bugs_shown = ReportDialog(
            self,
            "Something in the program did not work as it should.",
            "You can go on working; whether everything is saved stands at the bottom of the "
            "window, as always. If it happens again, start the program again. The report below "
            "helps to mend it and holds nothing that you entered.",
            report,
            ("error", "attention"),
        )
        self._bugs_shown.finished.connect(self._bug_read)
        self._bugs_shown.open()

    def show_failure(self, failure: UserFacingError) -> None:
        """Show a failure that is for the person and belongs to no page."""
        from app.widgets.dialogs import FailureDialog

        FailureDialog(self, failure).open()

    def leave(self, go_on: Callable[[], None]) -> None:
        """Call `go_on` once everything of the open case is on disk."""
        self.leaving.leave(go_on)

    def let_go(self) -> None:
        """Use the data folder no more: it is about to be closed."""
        self.day_watch.stop()
        self.runner.cancel_all()
        self._drop_frame()
        self.menus.show_state()

    def discard(self) -> None:
        """Close at once: another window has taken this one's place."""
        self._may_close = True
        self.close()
        self.deleteLater()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Close once everything is stored; until then the window stays."""
        if self._may_close or self.frame is None:
            event.accept()
            return
        event.ignore()
        self.leave(self._close)

    def _arranged(self) -> QWidget:
        whole = QWidget()
        column = QVBoxLayout(whole)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.notice)
        column.addWidget(self.deadlines.banner)
        column.addWidget(self.views, 1)
        return whole

    def _close(self) -> None:
        self._may_close = True
        # Later: Qt ignores a window that closes itself while it is being closed.
        QTimer.singleShot(0, self.close)

    def _show_found(self, found: Found) -> None:
        self._firms_known = found.cases
        if found.case is None:
            self._drop_frame()
            if found.cases:
                self._list_firms()
            else:
                self.views.setCurrentWidget(self.welcome)
                self.menus.show_state()
            return
        page = found.page or ("register" if self._new_case else "overview")
        self._new_case = False
        self._show_case(found, page)

    def _show_case(self, found: Found, page: str) -> None:
        from app.open_case import OpenCase
        from app.widgets.banner import Tone
        from app.window.frame import CaseFrame
        from app.window.news import news_since
        from app.work.desk import Desk

        if found.case is None:
            return
        self._drop_frame()
        open_case = OpenCase(self.workplace.cases, self.runner, found.case, clock=self._clock)
        self._desk = Desk(open_case, self.runner, self.workplace)
        self._desk.practice.start()
        frame = CaseFrame(open_case, self._desk)
        frame.shown.connect(self._page_shown)
        frame.guide_toggled.connect(self.places.remember_guide)
        frame.stored.connect(self.leaving.go_on)
        frame.not_stored.connect(self.leaving.ask)
        frame.firms_wanted.connect(self.show_firms)
        frame.reopening_wanted.connect(self.care.open_again)
        frame.sidebar.firms.setVisible(self._firms_known > 1)
        self.frame = frame
        self.views.addWidget(frame)
        self.views.setCurrentWidget(frame)
        wide = self.width() >= _WIDE
        frame.show_guide(wide if found.guide_open is None else found.guide_open)
        frame.show_page(page)
        headline, details = news_since(found.case, found.seen, open_case.today)
        frame.news.show_text(headline, details, Tone.INFO)
        open_case.changed.connect(self._name_window)
        self.deadlines.follow(open_case)
        self._name_window()
        self.menus.show_state()

    def _drop_frame(self) -> None:
        if self._desk is not None:
            self._desk.stop()
        if self.frame is not None:
            self.deadlines.follow(None)
            self.views.removeWidget(self.frame)
            self.frame.deleteLater()
            self.frame = None

    def _name_window(self) -> None:
        if self.frame is not None:
            self.setWindowTitle(f"{self.frame.open_case.case.title} – {PROGRAM_NAME}")

    def _page_shown(self, key: str) -> None:
        self.bugs.doing = f"the page {key}"
        if self.frame is not None:
            open_case = self.frame.open_case
            self.places.remember(open_case.case.id, key, open_case.today)

    def _list_firms(self) -> None:
        from app.onboarding.business_calendar import eastern_date

        self.cases.list_firms(eastern_date(self._clock()))

    def _show_firms(self, lines: tuple[FirmLine, ...]) -> None:
        self._drop_frame()
        self.firms.show_firms(lines)
        self.views.setCurrentWidget(self.firms)
        self.firms.filter.setFocus()
        self.setWindowTitle(f"Firms – {PROGRAM_NAME}")
        self.menus.show_state()

    def _not_opened(self, failure: UserFacingError) -> None:
        self._new_case = False
        self.show_failure(failure)

    def _bug_read(self) -> None:
        self._bugs_shown = None

    def _look_at_day(self) -> None:
        if self.frame is None:
            return
        open_case = self.frame.open_case
        if open_case.today != open_case.assessment.today:
            open_case.refresh()


class Opening(QLabel):
    """What stands in the window until there is something to show."""

    def __init__(self) -> None:
        super().__init__()
        self.late = QTimer(self, singleShot=True, interval=_SAID_AFTER)
        self.late.timeout.connect(self._say)
        self.late.start()

    def _say(self) -> None:
        from PySide6.QtCore import Qt

        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setText("Opening your cases …")
