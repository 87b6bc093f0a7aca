"""The overview's cards that list what there is: what comes next, the timeline, the proof."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QWidget

from app.onboarding.assessment import Assessment, StepAssessment, plural
from app.onboarding.business_calendar import business_days_between, long_date
from app.onboarding.timeline import Event, timeline
from app.report.calendar import calendar_dates
from app.widgets.icons import Button, IconLabel
from app.widgets.list_card import ListCard
from app.widgets.statuses import LOOKS
from app.widgets.style import APART, NEAR, TIGHT
from app.widgets.texts import plain_label, rule
from app.widgets.timeline_picture import TimelinePicture

#: Latest events named below the picture before the person asks for all of them.
_EVENTS_SHOWN = 4
#: Days ahead that are named.
_COMING_SHOWN = 4


class ComingCard(ListCard):
    """The next deadlines, expected answers and ends of retention."""

    def __init__(self) -> None:
        super().__init__("Coming up")
        self.setObjectName("card:coming")
        self.body.addLayout(self.place)

    def show_assessment(self, assessment: Assessment) -> None:
        """Show the days that lie ahead, the next ones first."""
        coming = calendar_dates(assessment)[:_COMING_SHOWN]
        self.setVisible(bool(coming))
        column = self.fresh_rows((coming, assessment.today))
        if column is None:
            return
        grid = _events_grid()
        for line, item in enumerate(coming):
            days = business_days_between(assessment.today, item.day)
            near = "today" if item.day == assessment.today else f"in {plural(days, 'business day')}"
            text = f"{item.title[0].upper()}{item.title[1:]} ({near})"
            _add_event(grid, line, item.day, text)
        column.addLayout(grid)


class TimelineCard(ListCard):
    """The picture, and the latest events in words."""

    def __init__(self) -> None:
        super().__init__("Timeline")
        self._picture = TimelinePicture()
        self._every = False
        self._shown: Assessment | None = None
        self._more = Button("", kind="link")
        self._more.setObjectName("all-events")
        self._more.clicked.connect(self._show_all)
        self._empty = plain_label(
            "Nothing has a date yet. Once the registration form is sent, its days appear here.",
            "hint",
        )
        self.body.addWidget(self._picture)
        self.body.addWidget(self._empty)
        self.body.addLayout(self.place)
        self.body.addWidget(self._more, 0, Qt.AlignmentFlag.AlignLeft)

    def show_assessment(self, assessment: Assessment) -> None:
        """Show the dated events."""
        self._shown = assessment
        events = timeline(assessment)
        self._picture.setVisible(bool(events))
        self._empty.setVisible(not events)
        self._picture.show_assessment(assessment)
        column = self.fresh_rows((events, self._every))
        if column is None:
            return
        latest = events if self._every else events[-_EVENTS_SHOWN:]
        grid = _events_grid()
        for line, event in enumerate(reversed(latest)):
            _add_event(grid, line, event.day, _event_words(event))
        column.addLayout(grid)
        self._more.setText(f"Show all {len(events)} events")
        self._more.setVisible(len(events) > len(latest))

    def _show_all(self) -> None:
        self._every = True
        if self._shown is not None:
            self.show_assessment(self._shown)


def _events_grid() -> QGridLayout:
    """Days beside what they are about."""
    grid = QGridLayout()
    grid.setHorizontalSpacing(APART)
    grid.setVerticalSpacing(TIGHT)
    grid.setColumnStretch(1, 1)
    return grid


def _add_event(grid: QGridLayout, line: int, day: date, text: str) -> None:
    top = Qt.AlignmentFlag.AlignTop
    grid.addWidget(plain_label(long_date(day), "hint", wrap=False), line, 0, top)
    grid.addWidget(plain_label(text), line, 1, top)


def _event_words(event: Event) -> str:
    return f"{event.text} (expected)" if event.expected else event.text


class ProofCard(ListCard):
    """What is proven, requirement by requirement, with its section."""

    def __init__(self) -> None:
        super().__init__("Proof collected")
        self.body.addLayout(self.place)

    def show_assessment(self, assessment: Assessment) -> None:
        """Show the requirements that are met, by step."""
        met = {
            step: tuple(item for item in step.requirements if item.met)
            for step in assessment.steps
            if any(item.met for item in step.requirements)
        }
        column = self.fresh_rows(tuple(met.values()))
        if column is None:
            return
        if not met:
            column.addWidget(
                plain_label("What you record as done appears here, with its date.", "hint")
            )
        for index, (step, items) in enumerate(met.items()):
            if index:
                column.addWidget(rule())
            column.addWidget(self._heading(step, len(items)))
            column.addLayout(_proof_grid([(i.text, i.detail, i.section) for i in items]))

    def _heading(self, step: StepAssessment, met: int) -> QWidget:
        heading = QWidget()
        row = QHBoxLayout(heading)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(NEAR)
        look = LOOKS[step.status]
        row.addWidget(IconLabel(look.icon, look.role, 18))
        total = len(step.requirements)
        title = f"{step.number}  {step.guide.title}: {met} of {total} proven"
        row.addWidget(plain_label(title, "strong"), 1)
        return heading


def _proof_grid(rows: Sequence[tuple[str, str, str]]) -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(APART)
    grid.setVerticalSpacing(TIGHT)
    grid.setColumnStretch(1, 1)
    grid.setColumnStretch(2, 1)
    for line, (text, detail, section) in enumerate(rows):
        top = Qt.AlignmentFlag.AlignTop
        grid.addWidget(IconLabel("check", "done", 16), line, 0, top)
        grid.addWidget(plain_label(text), line, 1, top)
        grid.addWidget(plain_label(detail), line, 2, top)
        grid.addWidget(plain_label(section, "hint", wrap=False), line, 3, top)
    return grid
