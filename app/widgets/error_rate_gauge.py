"""The error rate against its limit (guide §6)."""

from __future__ import annotations

from fractions import Fraction

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy

from app.onboarding.certification import below_limit
from app.onboarding.counting import percent
from app.onboarding.guide import the_guide
from app.widgets.picture import Picture
from app.widgets.theme import colours

_BAR_HEIGHT = 10
_OVERHANG = 5
#: The scale ends at twice the limit: what lies beyond is as wrong as can be.
_SCALE = 2


class ErrorRateGauge(Picture):
    """A scale from 0 to twice the limit, with the limit as a mark in the middle."""

    def __init__(self) -> None:
        super().__init__()
        self._rate: Fraction | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Error rate")

    @property
    def words(self) -> str:
        """What the gauge shows, in one line."""
        limit = the_guide().error_rate_limit_percent
        if self._rate is None:
            return f"No error rate yet, limit below {limit} %"
        if below_limit(self._rate):
            return f"Error rate {percent(self._rate)}, limit below {limit} %"
        return f"Error rate {percent(self._rate)}: it must be below {limit} %"

    def show_rate(self, rate: Fraction | None) -> None:
        """Show rejected over received accounts; None where nothing was received."""
        self._rate = rate
        self.setAccessibleDescription(self.words)
        self.setToolTip(self.words)
        self.update()

    def sizeHint(self) -> QSize:
        """As wide as there is room."""
        return QSize(320, _BAR_HEIGHT + 2 * _OVERHANG)

    def minimumSizeHint(self) -> QSize:
        """Still legible."""
        return QSize(120, _BAR_HEIGHT + 2 * _OVERHANG)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the gauge in the colours of now."""
        roles = colours()
        bar = QRectF(0.5, _OVERHANG + 0.5, self.width() - 1, _BAR_HEIGHT - 1)
        limit = Fraction(the_guide().error_rate_limit_percent, 100)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(roles.outline), 1))
        painter.setBrush(QColor(roles.surface))
        painter.drawRoundedRect(bar, 4, 4)
        painter.setPen(Qt.PenStyle.NoPen)
        if self._rate:
            share = float(min(self._rate / (limit * _SCALE), Fraction(1)))
            filled = QRectF(bar.x() + 1, bar.y() + 1, (bar.width() - 2) * share, bar.height() - 2)
            good = below_limit(self._rate)
            painter.fillRect(filled, QColor(roles.done if good else roles.attention))
        painter.setPen(QPen(QColor(roles.text), 2))
        middle = int(bar.x() + bar.width() / _SCALE)
        painter.drawLine(middle, 1, middle, self.height() - 1)
        painter.end()
