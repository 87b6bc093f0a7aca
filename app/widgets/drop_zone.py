"""Where files can be dropped, and how a page gets them although editors lie in between."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from app.widgets.style import APART, NEAR
from app.widgets.texts import plain_label
from app.widgets.theme import colours


class DropZone(QFrame):
    """A dashed frame with what can be dropped; it lights up while files are held over the page."""

    def __init__(self, headline: str, words: str) -> None:
        super().__init__()
        self._headline = headline
        self._over = False
        self.headline = plain_label(headline, "strong")
        self.words = plain_label(words)
        column = QVBoxLayout(self)
        column.setContentsMargins(APART, APART, APART, APART)
        column.setSpacing(NEAR)
        for label in (self.headline, self.words):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            column.addWidget(label)
        self.setAccessibleName(headline)

    def show_over(self, over: bool) -> None:
        """Files are held over the page, or no longer."""
        self._over = over
        self.headline.setText("Let go to read these files" if over else self._headline)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the frame in the colours of now."""
        roles = colours()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = QPen(QColor(roles.accent if self._over else roles.outline), 2 if self._over else 1)
        pen.setStyle(Qt.PenStyle.DashLine)
        painter.setPen(pen)
        painter.setBrush(QColor(roles.accent_soft if self._over else roles.window))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 8, 8)
        painter.end()


def leave_drops_to_page(widget: QWidget) -> None:
    """Editors inside `widget` would take a dropped file's name as text; the page reads the file."""
    for child in widget.findChildren(QWidget):
        child.setAcceptDrops(False)
