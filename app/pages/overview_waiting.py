"""The overview's card of what is waited for, with the way to ask for it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from app.onboarding.assessment import Assessment, StepAssessment, Waiting, plural
from app.onboarding.business_calendar import business_days_between, long_date
from app.widgets.icons import Button, IconLabel
from app.widgets.list_card import ListCard
from app.widgets.style import NEAR, TIGHT
from app.widgets.texts import plain_label


class WaitingCard(ListCard):
    """On whom, for what, since when, expected when, and how late.

    `ask_wanted` carries the step whose answer the person wants to ask for, once it is time.
    """

    ask_wanted = Signal(int)

    def __init__(self) -> None:
        super().__init__("Waiting for others")
        self.body.addLayout(self.place)

    def show_assessment(self, assessment: Assessment) -> None:
        """Show everything that others have to do."""
        self.setVisible(bool(assessment.waiting))
        column = self.fresh_rows((assessment.waiting, assessment.today))
        if column is None:
            return
        for step, item in assessment.waiting:
            column.addLayout(self._row(step, item, assessment))

    def _row(self, step: StepAssessment, item: Waiting, assessment: Assessment) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(NEAR)
        shape = (
            ("status-needs-attention", "attention")
            if item.overdue
            else ("status-waiting", "waiting")
        )
        row.addWidget(IconLabel(*shape, 22), 0, Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        words.setSpacing(TIGHT)
        words.addWidget(plain_label(f"{item.on_whom}: {item.for_what}", "strong"))
        words.addWidget(plain_label(_since(item, assessment)))
        if item.action:
            words.addWidget(plain_label(item.action))
        words.addWidget(plain_label(f"Step {step.number}, {step.guide.title}", "hint"))
        row.addLayout(words, 1)
        if item.ask:
            ask = Button("&Write to the Help Desk …", icon_name="external")
            ask.setObjectName(f"ask:{step.number}")
            ask.setProperty("step", step.number)
            ask.clicked.connect(self._ask)
            row.addWidget(ask, 0, Qt.AlignmentFlag.AlignTop)
        return row

    def _ask(self) -> None:
        self.ask_wanted.emit(self.sender().property("step"))


def _since(item: Waiting, assessment: Assessment) -> str:
    today = assessment.today
    parts = []
    if item.since is not None:
        waited = business_days_between(item.since, today)
        parts.append(f"Since {long_date(item.since)} ({plural(waited, 'business day')})")
    if item.expected is not None:
        parts.append(f"expected by {long_date(item.expected)}")
        late = business_days_between(item.expected, today)
        if item.overdue and late:
            parts.append(f"{plural(late, 'business day')} overdue")
    return ", ".join(parts) + "." if parts else "No date is promised."
