"""Labels. Text is always plain: what came from outside is shown, never interpreted."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLabel, QSizePolicy


def plain_label(text: str = "", role: str = "", *, wrap: bool = True) -> QLabel:
    """A label showing `text` as plain text.

    Args:
        text: what it shows.
        role: how it looks: "title", "group", "strong", "eyebrow", "hint", "problem" or "".
        wrap: whether long text goes on in the next line.
    """
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(wrap)
    if role:
        label.setProperty("role", role)
    if wrap:
        policy = label.sizePolicy()
        policy.setHorizontalPolicy(QSizePolicy.Policy.Expanding)
        policy.setVerticalPolicy(QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        label.setSizePolicy(policy)
    return label


def rule() -> QFrame:
    """A thin horizontal line."""
    line = QFrame()
    line.setProperty("role", "rule")
    line.setFixedHeight(1)
    return line
