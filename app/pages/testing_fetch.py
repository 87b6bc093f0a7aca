"""Feedback over SFTP: fetched at a press, or watched for while CAT works on submissions."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from app.failures import UserFacingError
from app.onboarding.assessment import Assessment, plural
from app.onboarding.business_calendar import EASTERN
from app.onboarding.testing import FEEDBACK_KEPT_DAYS
from app.open_case import OpenCase
from app.sftp.expectations import Lateness
from app.sftp.host_keys import HostKey, HowAccepted
from app.sftp.target import ConnectionTarget
from app.widgets.banner import Banner, Tone
from app.widgets.host_key_dialog import HostKeyDialog
from app.widgets.icons import Button
from app.widgets.style import NEAR
from app.widgets.texts import plain_label
from app.work.awaited_feedback import Awaited, awaited
from app.work.desk import Desk
from app.work.fetched_feedback import Fetched, Watched

if TYPE_CHECKING:
    from app.sftp.fetching import FetchProgress

#: Waiting submissions named one by one.
_NAMED = 5
#: From so many days left, the person is warned.
_FEW_DAYS = 3


class FetchBar(QWidget):
    """Buttons, progress with Cancel, what came, and what is still waited for."""

    def __init__(self, open_case: OpenCase, desk: Desk) -> None:
        super().__init__()
        self._open_case = open_case
        self._desk = desk.fetching
        self._dialog: HostKeyDialog | None = None
        self._look: Watched | None = None
        self.fetch_button = Button("Fetch o&ver SFTP", icon_name="saving")
        self.fetch_button.setObjectName("testing:fetch")
        self.watch_button = Button("Fetch and &keep looking", icon_name="clock")
        self.watch_button.setObjectName("testing:fetch-watch")
        self.cancel_button = Button("Stop", icon_name="close")
        self.cancel_button.setObjectName("testing:fetch-cancel")
        self.state = plain_label(role="hint")
        self.progress = QProgressBar(textVisible=False)
        self.progress.setAccessibleName("Fetching feedback")
        self.outcome = Banner(closable=True)
        self.waiting = plain_label()
        self.waiting.setObjectName("testing:waiting")
        self.waiting.setAccessibleName("Feedback still to come")
        self._arrange()
        self._connect()

    def show_assessment(self, assessment: Assessment) -> None:
        """Repaint from the facts."""
        self.setVisible(assessment.case.registration.uses_sftp)
        self._show_state()
        self._show_waiting()

    def fetch(self) -> None:
        """Fetch once, or say what is missing for it."""
        if self._may_start():
            self._desk.fetch()

    def watch(self) -> None:
        """Fetch and keep looking, or say what is missing for it."""
        if self._may_start():
            self._desk.watch()

    def _may_start(self) -> bool:
        self.outcome.show_text("")
        obstacle = self._desk.obstacle
        if obstacle:
            self.outcome.show_text("Nothing can be fetched yet.", obstacle, Tone.WARNING)
        return not obstacle

    def _arrange(self) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(NEAR)
        for button in (self.fetch_button, self.watch_button, self.cancel_button):
            buttons.addWidget(button)
        buttons.addStretch()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(NEAR)
        column.addLayout(buttons)
        for widget in (self.state, self.progress, self.outcome, self.waiting):
            column.addWidget(widget)

    def _connect(self) -> None:
        self.fetch_button.clicked.connect(self.fetch)
        self.watch_button.clicked.connect(self.watch)
        self.cancel_button.clicked.connect(self._desk.cancel)
        self._desk.changed.connect(self._show_state)
        self._desk.progressed.connect(self._show_progress)
        self._desk.fetched.connect(self._show_fetched)
        self._desk.looked.connect(self._show_look)
        self._desk.trust_wanted.connect(self._ask_for_trust)
        self._desk.failed.connect(self._show_failure)
        self._desk.cancelled.connect(self._show_cancelled)

    def _show_state(self) -> None:
        running = self._desk.running
        had_focus = self.cancel_button.hasFocus()
        for button in (self.fetch_button, self.watch_button):
            button.setVisible(not running)
        self.cancel_button.setVisible(running)
        if running and (self.fetch_button.hasFocus() or self.watch_button.hasFocus()):
            self.cancel_button.setFocus()
        elif had_focus and not running:
            self.fetch_button.setFocus()
        if not running:
            self._look = None
            self.progress.hide()
        elif self._look is None and self.progress.isHidden():
            self.progress.setRange(0, 0)
            self.progress.show()
        self.state.setText(self._state_words())

    def _state_words(self) -> str:
        look, account = self._look, self._desk.account
        if look is not None:
            then = _clock(look.look.next_at)
            if look.look.interrupted is not None:
                return f"{look.look.interrupted.finding} The next try is at {then}."
            return f"Looking for new feedback; last at {_clock(look.look.at)}, next at {then}."
        if self._desk.running:
            return "Connecting …"
        server = self._open_case.case.sftp.test_server
        who = (
            f"As {account.username} at {server.host}. "
            if account is not None and account.username and server.host
            else ""
        )
        return (
            f"{who}Fetches what is new from the feedback folder of the test environment; nothing "
            "there is changed."
        )

    def _show_progress(self, progress: FetchProgress) -> None:
        self.progress.setRange(0, max(progress.files_in_all, 1))
        self.progress.setValue(progress.files)
        self.progress.show()
        self.state.setText(
            f"Fetched {progress.files:,} of {plural(progress.files_in_all, 'new file')}"
        )

    def _show_fetched(self, fetched: Fetched) -> None:
        report = fetched.report
        number, there = len(report.fetched), len(report.on_server)
        if number:
            headline = f"{plural(number, 'new file')} fetched."
        elif there:
            headline = "There is nothing new on the server."
        else:
            headline = "The feedback folder is empty."
        details = [f"{file.remote.name}: {file.reason.value}" for file in report.skipped[:_NAMED]]
        if len(report.skipped) > _NAMED:
            details.append(f"And {plural(len(report.skipped) - _NAMED, 'more file')}.")
        if not there:
            details.append("CAT usually acknowledges a submission within ten minutes.")
        tone = Tone.WARNING if report.skipped else Tone.DONE if number else Tone.INFO
        self.outcome.show_text(headline, "\n".join(details), tone)
        self._show_waiting()

    def _show_look(self, look: Watched) -> None:
        self._look = look
        self.progress.hide()
        self.state.setText(self._state_words())

    def _show_waiting(self) -> None:
        latest, now = self._desk.latest, self._open_case.now
        found = awaited(
            self._open_case.case.testing.submissions,
            () if latest is None else latest.report.on_server,
            {} if latest is None else latest.days_left,
            now,
        )
        lines = [_waiting_line(item, now) for item in found[:_NAMED]]
        if len(found) > _NAMED:
            lines.append(f"And {plural(len(found) - _NAMED, 'more submission')}.")
        if latest is not None and latest.days_left:
            days = min(latest.days_left.values())
            lines.append(
                f"CAT keeps feedback about {FEEDBACK_KEPT_DAYS} days; the oldest on the server stays "
                f"about {plural(days, 'more day')}."
            )
        self.waiting.setText("\n".join(lines))
        self.waiting.setVisible(bool(lines))

    def _ask_for_trust(self, target: ConnectionTarget, key: HostKey) -> None:
        if not self.isVisible():
            return
        self._dialog = HostKeyDialog(target, key, self)
        self._dialog.decided.connect(self._trust)
        self._dialog.open()

    def _trust(self, how: HowAccepted | None) -> None:
        self._dialog = None  # it deletes itself when it closes
        if how is None:
            self.outcome.show_text(
                "The server was not trusted, so nothing was sent to it.",
                "Fetch again once its fingerprint has been confirmed.",
                Tone.INFO,
            )
            return
        try:
            self._desk.trust(how)
        except UserFacingError as failure:
            self.outcome.show_failure(failure)

    def _show_failure(self, failure: UserFacingError) -> None:
        self.outcome.show_failure(failure)

    def _show_cancelled(self) -> None:
        self.outcome.show_text("Stopped.", "What was fetched before is kept.", Tone.INFO)


def _waiting_line(item: Awaited, now: datetime) -> str:
    """When the next feedback is due, and how late it is."""
    due, lateness = item.expectation, item.expectation.lateness(now)
    if lateness is Lateness.ON_TIME:
        when = f"usually by {_clock(due.usual_by)}"
    elif lateness is Lateness.LATER_THAN_USUAL:
        when = f"later than usual; overdue after {_clock(due.latest_by)}"
    else:
        when = f"overdue since {_clock(due.latest_by)}. Call the FINRA CAT Help Desk"
    left = ""
    if item.days_left is not None:
        hurry = "Fetch soon: " if item.days_left <= _FEW_DAYS else ""
        left = f" {hurry}{plural(item.days_left, 'day')} left on the server."
    return f"{item.name}: waiting for the {due.words}, {when}.{left}"


def _clock(moment: datetime) -> str:
    """A time of day in Eastern Time, and the local one where it is another."""
    eastern, local = moment.astimezone(EASTERN), moment.astimezone()
    here = "" if eastern.utcoffset() == local.utcoffset() else f" ({local:%H:%M} here)"
    return f"{eastern:%H:%M} Eastern Time{here}"
