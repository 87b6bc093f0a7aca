"""Accounts by CAT processing date, as one bar a day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy

from app.onboarding.business_calendar import long_date
from app.onboarding.certification import below_limit
from app.onboarding.counting import percent
from app.widgets.icons import draw_icon
from app.widgets.picture import Picture
from app.widgets.theme import colours

_PADDING = 8
_GAP = 12
_ICON = 16


@dataclass(frozen=True, slots=True)
class DayCounts:
    """Accounts of one processing date; None for submissions whose date is still open."""

    day: date | None
    received: int
    accepted: int

    @property
    def error_rate(self) -> Fraction | None:
        """Rejected over received, exactly."""
        return Fraction(self.received - self.accepted, self.received) if self.received else None

    @property
    def over_limit(self) -> bool:
        """Whether the day's own rate is 10 % or more: a warning, not a verdict (R6.4)."""
        rate = self.error_rate
        return rate is not None and not below_limit(rate)

    @property
    def title(self) -> str:
        """The day in words."""
        return long_date(self.day) if self.day else "Date still open"

    @property
    def numbers(self) -> str:
        """The day's numbers in words."""
        rate = self.error_rate
        shown = f", {percent(rate)} rejected" if rate is not None else ""
        return f"{self.received:,} received, {self.accepted:,} accepted{shown}"


class DatesChart(Picture):
    """One line a day: the date, accepted accounts solid and rejected ones hatched, the numbers."""

    def __init__(self) -> None:
        super().__init__()
        self._days: tuple[DayCounts, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Accounts by processing date")

    @property
    def words(self) -> str:
        """Everything the chart shows, as text."""
        return "; ".join(
            f"{day.title}: {day.numbers}" + (" (warning: 10 % or more)" if day.over_limit else "")
            for day in self._days
        )

    def show_days(self, days: Sequence[DayCounts]) -> None:
        """Show these days, in their order."""
        if tuple(days) == self._days:
            return
        self._days = tuple(days)
        self.setAccessibleDescription(self.words)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """One line a day."""
        return QSize(480, max(len(self._days), 1) * self._line_height())

    def minimumSizeHint(self) -> QSize:
        """Never lower; narrower than this the numbers would be cut."""
        return QSize(self._title_width() + self._numbers_width() + 60, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the lines in the colours of now."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for number, day in enumerate(self._days):
            self._draw_day(painter, day, number * self._line_height())
        painter.end()

    def _draw_day(self, painter: QPainter, day: DayCounts, top: int) -> None:
        roles = colours()
        height, title, numbers = self._line_height(), self._title_width(), self._numbers_width()
        painter.setPen(QColor(roles.text))
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QRectF(0, top, title, height), middle, day.title)
        painter.drawText(
            QRectF(self.width() - numbers + _ICON + 4, top, numbers, height), middle, day.numbers
        )
        if day.over_limit:
            place = QRectF(self.width() - numbers, top + (height - _ICON) / 2, _ICON, _ICON)
            draw_icon(painter, place, "warning", "waiting")
        most = max(one.received for one in self._days) or 1
        room = self.width() - title - numbers - _GAP
        bar = QRectF(title, top + _PADDING / 2, room * day.received / most, height - _PADDING)
        solid = QRectF(bar)
        solid.setWidth(room * min(day.accepted, day.received) / most)
        painter.fillRect(bar, QColor(roles.attention_soft))
        painter.fillRect(bar, QBrush(QColor(roles.attention), Qt.BrushStyle.BDiagPattern))
        painter.fillRect(solid, QColor(roles.accent))
        painter.setPen(QPen(QColor(roles.outline), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(bar)

    def _line_height(self) -> int:
        return self.fontMetrics().height() + _PADDING

    def _title_width(self) -> int:
        return self._widest([day.title for day in self._days])

    def _numbers_width(self) -> int:
        return self._widest([day.numbers for day in self._days]) + _ICON + 4

    def _widest(self, texts: Sequence[str]) -> int:
        metrics = self.fontMetrics()
        return max((metrics.horizontalAdvance(text) for text in texts), default=0) + _GAP
