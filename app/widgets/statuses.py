"""How a step's status looks: words, shape and colour, never colour alone."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.onboarding.assessment import StepStatus
from app.widgets.icons import IconLabel
from app.widgets.style import NEAR
from app.widgets.texts import plain_label


@dataclass(frozen=True, slots=True)
class StatusLook:
    """The icon (each status has its own shape), colour role and words of a status."""

    icon: str
    role: str
    words: str


LOOKS = {
    StepStatus.NOT_STARTED: StatusLook("status-not-started", "muted", "Not started"),
    StepStatus.IN_PROGRESS: StatusLook("status-in-progress", "accent", "In progress"),
    StepStatus.WAITING: StatusLook("status-waiting", "waiting", "Waiting"),
    StepStatus.NEEDS_ATTENTION: StatusLook(
        "status-needs-attention", "attention", "Needs attention"
    ),
    StepStatus.DONE: StatusLook("status-done", "done", "Done"),
    StepStatus.NOT_REQUIRED: StatusLook("status-not-required", "muted", "Not required"),
}


class StatusBadge(QWidget):
    """A status as shape and words, with one line saying why."""

    def __init__(self) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(NEAR)
        self._icon = IconLabel("status-not-started", "muted", 20)
        self._words = plain_label(role="strong", wrap=False)
        self._reason = plain_label()
        row.addWidget(self._icon)
        row.addWidget(self._words)
        row.addWidget(self._reason, 1)

    def show_status(self, status: StepStatus, reason: str) -> None:
        """Show `status` and why."""
        look = LOOKS[status]
        self._icon.show_icon(look.icon, look.role)
        self._words.setText(look.words)
        self._reason.setText(reason)
