"""What is proven and what is not, step by step, for page 7."""

from __future__ import annotations

from PySide6.QtWidgets import QGridLayout, QWidget

from app.onboarding.assessment import Assessment, Requirement, RequirementState
from app.widgets.card import Card
from app.widgets.icons import IconLabel
from app.widgets.style import NEAR
from app.widgets.texts import plain_label

_LOOKS = {
    RequirementState.MET: ("status-done", "done", "Proven"),
    RequirementState.UNMET: ("status-needs-attention", "attention", "Missing"),
    RequirementState.WAITING: ("status-waiting", "waiting", "Waiting"),
    RequirementState.LATER: ("status-not-started", "muted", "Later"),
}


class ProofCard(Card):
    """A line per requirement: proven or not, what it is, the section, and by what."""

    def __init__(self) -> None:
        super().__init__("What is proven")
        self.setObjectName("card:proof")
        self._summary = plain_label(role="hint")
        self.body.addWidget(self._summary)
        self._list: QWidget | None = None
        self._shown: tuple[object, ...] = ()

    def show_assessment(self, assessment: Assessment) -> None:
        """Rebuild the lines where anything about them has changed."""
        requirements = tuple(
            requirement for step in assessment.steps[:6] for requirement in step.requirements
        )
        if requirements == self._shown:
            return
        self._shown = requirements
        met = sum(requirement.met for requirement in requirements)
        self._summary.setText(f"{met} of {len(requirements)} requirements of steps 1 to 6 are met.")
        if self._list is not None:
            self.body.removeWidget(self._list)
            self._list.deleteLater()
        self._list = _lines(requirements)
        self.body.addWidget(self._list)


def _lines(requirements: tuple[Requirement, ...]) -> QWidget:
    inside = QWidget()
    grid = QGridLayout(inside)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(NEAR)
    grid.setColumnStretch(2, 2)
    grid.setColumnStretch(3, 3)
    for row, requirement in enumerate(requirements):
        icon, role, word = _LOOKS[requirement.state]
        grid.addWidget(IconLabel(icon, role), row, 0)
        grid.addWidget(plain_label(word, "strong", wrap=False), row, 1)
        grid.addWidget(plain_label(f"{requirement.text} ({requirement.section})"), row, 2)
        grid.addWidget(plain_label(requirement.detail, "hint"), row, 3)
    return inside
