"""What feedback does not say about a submission, asked once for all that lack the answer."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QVBoxLayout, QWidget

from app.onboarding.access import Environment
from app.onboarding.assessment import Assessment
from app.onboarding.certification import LEVEL_TRACKS, sender_of
from app.onboarding.testing import (
    COMPLETED_STATUSES,
    DataKind,
    FileKind,
    SentBy,
    SubmissionRecord,
)
from app.onboarding.tracks import Track
from app.open_case import OpenCase
from app.pages.testing_each import EachSubmission
from app.widgets.icons import Button
from app.widgets.style import NEAR
from app.widgets.texts import plain_label

ENVIRONMENTS = ((Environment.TEST, "Test environment"), (Environment.PRODUCTION, "Production"))
DATA_KINDS = (
    (DataKind.PRODUCTION, "Production data"),
    (DataKind.MOCK, "Mock data"),
)
SENDERS = ((SentBy.OURSELVES, "We sent it"), (SentBy.AGENT, "Our agent sent it"))
#: The facts that are asked for, by the names of their fields, with the answers.
ASKED = (("environment", ENVIRONMENTS), ("data", DATA_KINDS), ("sent_by", SENDERS))


class Question(QWidget):
    """One question with its answers as buttons. `answered` carries its name and the answer."""

    answered = Signal(str, object)

    def __init__(self, name: str, words: str, answers: tuple[tuple[object, str], ...]) -> None:
        super().__init__()
        self._words = words
        self._answers = answers
        self.lacking: tuple[str, ...] = ()
        self.name = name
        self.text = plain_label()
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(NEAR)
        line.addWidget(self.text, 1)
        group = QButtonGroup(self)
        for number, (value, label) in enumerate(answers):
            button = Button(label)
            button.setObjectName(f"testing:all-{name}-{value}")
            group.addButton(button, number)
            line.addWidget(button)
        group.idClicked.connect(self._pressed)

    def ask(self, records: Sequence[SubmissionRecord]) -> None:
        """Ask it for these submissions."""
        self.lacking = tuple(record.id for record in records)
        number = len(records)
        what = "this submission" if number == 1 else f"these {number:,} submissions"
        self.text.setText(f"{self._words} {what}? The feedback does not say it.")
        self.setVisible(bool(records))

    def _pressed(self, number: int) -> None:
        self.answered.emit(self.name, self._answers[number][0])


class Questions(QWidget):
    """What feedback does not say, asked once for all submissions that lack the answer."""

    def __init__(self, open_case: OpenCase, each: EachSubmission) -> None:
        super().__init__()
        self._open_case = open_case
        self._each = each
        self._questions = {
            name: Question(name, words, answers)
            for (name, answers), words in zip(
                ASKED, ("Where did you send", "What is in", "Who sent"), strict=True
            )
        }
        column = QVBoxLayout(self)
        column.setContentsMargins(0, NEAR, 0, NEAR)
        column.setSpacing(NEAR)
        for question in self._questions.values():
            question.answered.connect(self._answered)
            column.addWidget(question)

    def show_assessment(self, assessment: Assessment) -> None:
        """Ask for what is lacking in submissions that could count."""
        tracks, registration = assessment.tracks, assessment.case.registration
        two_sides = Track.THROUGH_AGENT in tracks and bool(LEVEL_TRACKS.intersection(tracks))
        able = [
            item.record
            for item in assessment.submissions
            if item.record.chosen
            and not item.superseded
            and item.record.kind is FileKind.CAIS
            and item.record.known_status in COMPLETED_STATUSES
        ]
        self._questions["environment"].ask([r for r in able if r.environment is None])
        self._questions["data"].ask([r for r in able if r.data is None])
        self._questions["sent_by"].ask(
            [r for r in able if two_sides and sender_of(r, registration) is None]
        )
        self.setVisible(any(question.lacking for question in self._questions.values()))

    def _answered(self, name: str, value: object) -> None:
        def answer(row_id: str) -> None:
            self._open_case.edit(f"testing.submissions.{row_id}.{name}", value)

        self._each.change(self._questions[name].lacking, answer)
