"""A line across the page for what the person should know now."""

from __future__ import annotations

from enum import StrEnum

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout

from app.failures import UserFacingError
from app.widgets.announcing import announce
from app.widgets.icons import Button, IconLabel
from app.widgets.style import APART, NEAR, TIGHT
from app.widgets.texts import plain_label


class Tone(StrEnum):
    """How urgent a banner is."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"
    DONE = "done"


_ICONS = {
    Tone.INFO: ("info", "accent"),
    Tone.WARNING: ("warning", "waiting"),
    Tone.ERROR: ("error", "attention"),
    Tone.DONE: ("status-done", "done"),
}
#: What is worth being interrupted for.
_URGENT = frozenset({Tone.WARNING, Tone.ERROR})


class Banner(QFrame):
    """What happened, what it means and what to do, until it no longer holds.

    Args:
        tone: how urgent.
        action: words of a button beside it; `pressed` tells of it.
        closable: whether the person may put it away.
    """

    pressed = Signal()

    def __init__(self, tone: Tone = Tone.INFO, *, action: str = "", closable: bool = False) -> None:
        super().__init__()
        self._icon = IconLabel(*_ICONS[tone], 20)
        self._headline = plain_label(role="strong")
        self._details = plain_label()
        words = QVBoxLayout()
        words.setSpacing(TIGHT)
        words.addWidget(self._headline)
        words.addWidget(self._details)
        row = QHBoxLayout(self)
        row.setContentsMargins(APART, NEAR, NEAR, NEAR)
        row.setSpacing(NEAR)
        row.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        if action:
            button = Button(action)
            button.clicked.connect(self.pressed)
            row.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        if closable:
            away = Button("", kind="icon", icon_name="close")
            away.setAccessibleName("Put this message away")
            away.setToolTip("Put away")
            away.clicked.connect(self.hide)
            row.addWidget(away, 0, Qt.AlignmentFlag.AlignTop)
        self._show_tone(tone)
        self.hide()

    def show_text(self, headline: str, details: str = "", tone: Tone | None = None) -> None:
        """Show this text and announce it; an empty headline hides the banner."""
        if tone is not None:
            self._show_tone(tone)
        changed = (headline, details) != (self._headline.text(), self._details.text())
        self._headline.setText(headline)
        self._details.setText(details)
        self._details.setVisible(bool(details))
        self.setAccessibleName(f"{headline} {details}".strip())
        self.setVisible(bool(headline))
        if changed:
            announce(self, self.accessibleName(), urgent=self._tone in _URGENT)

    def show_failure(self, failure: UserFacingError) -> None:
        """Show a failure that is for the person."""
        details = " ".join(part for part in (failure.meaning, failure.action) if part)
        self.show_text(failure.what, details, Tone.ERROR)

    def _show_tone(self, tone: Tone) -> None:
        self._tone = tone
        self._icon.show_icon(*_ICONS[tone])
        self.setProperty("role", f"banner-{tone}")
        self.style().polish(self)
