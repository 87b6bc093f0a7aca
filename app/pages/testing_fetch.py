"""Feedback over SFTP: fetched at a press, or watched for while CAT works on submissions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from app.onboarding.assessment import Assessment, plural
from app.onboarding.business_calendar import EASTERN
from app.onboarding.testing import FEEDBACK_KEPT_DAYS
from app.open_case import OpenCase
from app.pages.testing_run import RunView
from app.sftp.expectations import Lateness
from app.widgets.banner import Tone
from app.widgets.icons import Button
from app.widgets.texts import plain_label
from app.work.awaited_feedback import Awaited, awaited
from app.work.desk import Desk
from app.work.fetched_feedback import Fetched, Watched

if TYPE_CHECKING:
    from app.sftp.fetching import FetchProgress, FetchReport

#: Waiting submissions named one by one.
_NAMED = 5
#: From so many days left, the person is warned.
_FEW_DAYS = 3
_NOTHING_YET = "Nothing can be fetched yet."


class FetchBar(RunView):
    """Fetches once or again and again, and says what is still waited for."""

    def __init__(self, open_case: OpenCase, desk: Desk) -> None:
        self.fetch_button = Button("Fetch ove&r SFTP", icon_name="saving")
        self.fetch_button.setObjectName("testing:fetch")
        self.watch_button = Button("Fetch and &keep looking", icon_name="clock")
        self.watch_button.setObjectName("testing:fetch-watch")
        super().__init__(
            desk.fetching,
            (self.fetch_button, self.watch_button),
            name="testing:fetch-cancel",
            doing="Fetching feedback",
            again="Fetch again once its fingerprint has been confirmed.",
        )
        self._open_case = open_case
        self._desk = desk.fetching
        self._look: Watched | None = None
        self.waiting = plain_label()
        self.waiting.setObjectName("testing:waiting")
        self.waiting.setAccessibleName("Feedback still to come")
        self.column.addWidget(self.waiting)
        self.fetch_button.clicked.connect(self.fetch)
        self.watch_button.clicked.connect(self.watch)
        self._desk.progressed.connect(self._show_progress)
        self._desk.fetched.connect(self._show_fetched)
        self._desk.looked.connect(self._show_look)
        self._desk.answered.connect(self._show_answered)

    def show_assessment(self, assessment: Assessment) -> None:
        """Repaint from the facts."""
        self.setVisible(assessment.case.registration.uses_sftp)
        self.show_state()
        self._show_waiting()

    def fetch(self) -> None:
        """Fetch once, or say what is missing for it."""
        if self.may_start(_NOTHING_YET):
            self._desk.fetch()

    def watch(self) -> None:
        """Fetch and keep looking, or say what is missing for it."""
        if self.may_start(_NOTHING_YET):
            self._desk.watch()

    def show_state(self) -> None:
        """Repaint after a run has begun or ended."""
        if not self._desk.running:
            self._look = None
        super().show_state()
        if self._look is not None:
            self.progress.hide()

    def stopped_words(self) -> str:
        """What is left of a run that the person stopped."""
        return "What was fetched before is kept."

    def state_words(self) -> str:
        """What goes on, or what a press would do."""
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
        self.show_words(
            f"Fetched {progress.files:,} of {plural(progress.files_in_all, 'new file')}"
        )

    def _show_fetched(self, fetched: Fetched) -> None:
        report = fetched.report
        # A further look that brought nothing leaves standing what the last one brought.
        if self._look is None or report.fetched or report.skipped:
            self._say_what_came(report)
        self._show_waiting()

    def _say_what_came(self, report: FetchReport) -> None:
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

    def _show_look(self, look: Watched) -> None:
        self._look = look
        self.progress.hide()
        self.show_words(self.state_words())

    def _show_answered(self) -> None:
        self.outcome.show_text("The final feedback on what was sent has come.", "", Tone.DONE)

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
            lines.append(_retention_line(latest.days_left))
        self.waiting.setText("\n".join(lines))
        self.waiting.setVisible(bool(lines))


def _retention_line(days_left: Mapping[str, int]) -> str:
    """How long the feedback of each submission still lies on the server, the most urgent first."""
    urgent = sorted(days_left.items(), key=lambda item: (item[1], item[0]))
    named = [f"{name} {plural(days, 'day')}" for name, days in urgent[:_NAMED]]
    if len(urgent) > _NAMED:
        named.append(f"and {plural(len(urgent) - _NAMED, 'other submission')} longer")
    return (
        f"CAT keeps feedback about {FEEDBACK_KEPT_DAYS} days. Left on the server: "
        f"{', '.join(named)}."
    )


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
