"""Requirements as lines: met or not by shape and words, with the proof or what is missing."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.onboarding.assessment import Requirement, RequirementState
from app.widgets.icons import IconLabel
from app.widgets.style import NEAR, TIGHT
from app.widgets.texts import plain_label

#: Icon, colour role and word of each state.
_LOOKS = {
    RequirementState.MET: ("status-done", "done", "Proven"),
    RequirementState.UNMET: ("status-needs-attention", "attention", "Missing"),
    RequirementState.WAITING: ("status-waiting", "waiting", "Waiting"),
    RequirementState.LATER: ("status-not-started", "muted", "Later"),
}


class RequirementList(QWidget):
    """One line for each requirement, in the order given."""

    def __init__(self) -> None:
        super().__init__()
        self._shown: tuple[Requirement, ...] | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(NEAR)

    def show_requirements(self, requirements: Sequence[Requirement]) -> None:
        """Show these requirements."""
        if tuple(requirements) == self._shown:
            return
        self._shown = tuple(requirements)
        while (item := self._column.takeAt(0)) is not None:
            old = item.widget()
            if old is not None:
                old.hide()
                old.deleteLater()
        for requirement in requirements:
            self._column.addWidget(_line(requirement))
        self.setVisible(bool(requirements))


def _line(requirement: Requirement) -> QWidget:
    icon, role, word = _LOOKS[requirement.state]
    line = QWidget()
    row = QHBoxLayout(line)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(NEAR)
    words = QVBoxLayout()
    words.setSpacing(TIGHT // 2)
    words.addWidget(plain_label(f"{word}: {requirement.text} ({requirement.section})"))
    if requirement.detail:
        words.addWidget(plain_label(requirement.detail, "hint"))
    row.addWidget(IconLabel(icon, role), 0, Qt.AlignmentFlag.AlignTop)
    row.addLayout(words, 1)
    return line
