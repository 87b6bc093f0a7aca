"""Words of the field explained where the pointer rests."""

from __future__ import annotations

import textwrap

from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QToolTip

from app.onboarding.explanations import terms_in

_WIDTH = 64


def explain_under(event: QHelpEvent) -> bool:
    """Explain the terms in the text under the pointer; whether there were any.

    Call it where a tool-tip event arrives that no child has taken: what has a tip of its own
    keeps it.
    """
    widget = QApplication.widgetAt(event.globalPos())
    text = widget.text() if isinstance(widget, QLabel | QAbstractButton) else ""
    terms = terms_in(text.replace("&", ""))
    if not terms:
        return False
    # A tip does not break plain text by itself.
    lines = [
        textwrap.fill(f"{term.heading}: {term.meaning} ({term.section})", _WIDTH) for term in terms
    ]
    QToolTip.showText(event.globalPos(), "\n\n".join(lines), widget)
    return True
