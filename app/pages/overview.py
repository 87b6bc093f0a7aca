"""Where the firm stands: what to do now, what is waited for, what is open and coming, the proof."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from app.onboarding.assessment import Assessment, StepStatus, Verdict
from app.open_case import OpenCase
from app.pages import HISTORY, PAGES
from app.pages.overview_lists import ComingCard, ProofCard, TimelineCard
from app.pages.overview_waiting import WaitingCard
from app.widgets.card import Card
from app.widgets.icons import Button
from app.widgets.page import Page
from app.widgets.page_header import HintList
from app.widgets.style import APART, TIGHT
from app.widgets.texts import plain_label
from app.work.desk import Desk


class OverviewPage(Page):
    """The place to be: one thing to do, and everything there is to know."""

    key = "overview"

    def __init__(self, open_case: OpenCase, desk: Desk) -> None:
        super().__init__(open_case)
        self.body.setSpacing(APART)
        self.next = NextCard()
        self.next.button.clicked.connect(self._go)
        self._target = PAGES[0].key
        self._desk = desk
        self._waiting = WaitingCard()
        self._waiting.ask_wanted.connect(self._ask)
        self._coming = ComingCard()
        self._timeline = TimelineCard()
        self._open = OpenPointsCard()
        self._proof = ProofCard()
        self._cards = (
            self.next,
            self._waiting,
            self._open,
            self._coming,
            self._timeline,
            self._proof,
        )
        for card in self._cards:
            self.body.addWidget(card)
        self.history = Button("See the histor&y of this case", kind="link")
        self.history.setObjectName("see-history")
        self.history.clicked.connect(self._show_history)
        self.body.addWidget(self.history, 0, Qt.AlignmentFlag.AlignLeft)

    def show_assessment(self, assessment: Assessment) -> None:
        """Show what the facts amount to today."""
        super().show_assessment(assessment)
        self._target = PAGES[assessment.next_action.step].key
        for card in self._cards:
            card.show_assessment(assessment)

    def _go(self) -> None:
        self.page_wanted.emit(self._target)

    def _ask(self, step: int) -> None:
        # Loaded when it is needed: the Overview is the first page that opens.
        from app.report.messages import FOLLOW_UPS
        from app.widgets.message_dialog import MessageDialog

        MessageDialog(self, self.open_case, self._desk.documents, FOLLOW_UPS[step]).open()

    def _show_history(self) -> None:
        self.page_wanted.emit(HISTORY.key)


class NextCard(Card):
    """What to do now, with one button that leads there."""

    def __init__(self) -> None:
        super().__init__(role="next")
        self._eyebrow = plain_label(role="eyebrow")
        self._title = plain_label(role="group")
        self._why = plain_label()
        self.button = Button("", kind="primary")
        self.button.setObjectName("do-next")
        words = QVBoxLayout()
        words.setSpacing(TIGHT)
        for label in (self._eyebrow, self._title, self._why):
            words.addWidget(label)
        row = QHBoxLayout()
        row.setSpacing(APART)
        row.addLayout(words, 1)
        row.addWidget(self.button, 0, Qt.AlignmentFlag.AlignVCenter)
        self.body.addLayout(row)

    def show_assessment(self, assessment: Assessment) -> None:
        """Show the next action, or that there is none."""
        action = assessment.next_action
        step = assessment.step(action.step)
        self._eyebrow.setText(_standing(assessment))
        self._why.setText(action.text)
        if step.status.settled:
            self._title.setText("All done")
        elif step.status is StepStatus.WAITING:
            self._title.setText("Nothing to do now but wait")
        else:
            self._title.setText(f"Next: {step.guide.title}")
        self.button.setText(f"&Go to step {step.number}")


def _standing(assessment: Assessment) -> str:
    if assessment.verdict is Verdict.NOT_READY:
        settled = sum(step.status.settled for step in assessment.steps)
        return f"{settled} of {len(assessment.steps)} steps settled"
    words = str(assessment.verdict)
    return f"{words[0].upper()}{words[1:]}"


class OpenPointsCard(Card):
    """Open items, and the warnings of all steps."""

    def __init__(self) -> None:
        super().__init__("Worth a look")
        self._items = plain_label()
        self._hints = HintList()
        self.body.addWidget(self._items)
        self.body.addWidget(self._hints)

    def show_assessment(self, assessment: Assessment) -> None:
        """Show what stays open without blocking, and what asks for a second look."""
        warnings = tuple(
            hint for step in assessment.steps for hint in step.findings.hints if hint.warning
        )
        self._items.setText("\n".join(assessment.open_items))
        self._items.setVisible(bool(assessment.open_items))
        self._hints.show_hints(warnings, every=True)
        self.setVisible(bool(warnings or assessment.open_items))
