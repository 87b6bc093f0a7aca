"""The onboarding as a picture: one lane per step, what happened, what is expected, and today."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QHelpEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip

from app.onboarding.assessment import Assessment, StepStatus
from app.onboarding.business_calendar import long_date
from app.onboarding.timeline import Event, timeline
from app.widgets.picture import Picture
from app.widgets.theme import Colours, colours

_DOT = 5.0
_WIDE = 6.5
_NEAR = 9.0
#: Days left free before the first and after the last event.
_MARGIN_DAYS = 2
#: Distances between date marks, in days; the first that leaves room is taken.
_MARKS = (1, 2, 7, 14, 28, 56, 112, 224, 448)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True)
class _Lane:
    """A step's line in the picture."""

    step: int
    title: str
    required: bool


class TimelinePicture(Picture):
    """Draws the dated events of a case; its description says the same in words."""

    def __init__(self) -> None:
        super().__init__()
        self._events: tuple[Event, ...] = ()
        self._lanes: tuple[_Lane, ...] = ()
        self._today = date(2020, 8, 17)
        self._first = self._last = self._today
        self.setAccessibleName("Timeline")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_assessment(self, assessment: Assessment) -> None:
        """Show the events of this case as they stand today."""
        self._events = timeline(assessment)
        self._today = assessment.today
        self._lanes = tuple(
            _Lane(step.number, step.guide.title, step.status is not StepStatus.NOT_REQUIRED)
            for step in assessment.steps
        )
        days = [event.day for event in self._events] + [self._today]
        margin = timedelta(days=max(_MARGIN_DAYS, (max(days) - min(days)).days // 20))
        self._first, self._last = min(days) - margin, max(days) + margin
        self.setAccessibleDescription(
            "; ".join(f"{long_date(event.day)}: {_words(event)}" for event in self._events)
        )
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """A line of text for each lane, and one for the dates."""
        return QSize(480, int(self._lane_height() * (len(self._lanes) + 1.4)))

    def minimumSizeHint(self) -> QSize:
        """Narrower is possible; lower is not."""
        return QSize(320, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw lanes, dates, today, and the events."""
        if not self._lanes:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        roles = colours()
        self._paint_lanes(painter, roles)
        self._paint_dates(painter, roles)
        self._paint_today(painter, roles)
        for found in self._events:
            self._paint_event(painter, roles, found)
        painter.end()

    def event(self, event: QEvent) -> bool:
        """Say what a mark stands for when the pointer rests on it."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            near = [
                f"{long_date(found.day)}: {_words(found)}"
                for found in self._events
                if (self._point(found) - QPointF(event.pos())).manhattanLength() <= _NEAR
            ]
            QToolTip.showText(event.globalPos(), "\n".join(near), self)
            return True
        return super().event(event)

    def _lane_height(self) -> float:
        return self.fontMetrics().lineSpacing() + 10

    def _left(self) -> float:
        """Where the days begin: right of the titles."""
        titles = [self.fontMetrics().horizontalAdvance(f"0  {lane.title}") for lane in self._lanes]
        return max(titles, default=0) + 20.0

    def _x(self, day: date) -> float:
        left, right = self._left(), self.width() - 14.0
        span = max((self._last - self._first).days, 1)
        return left + (right - left) * (day - self._first).days / span

    def _y(self, step: int) -> float:
        return self._lane_height() * (step - 0.5)

    def _point(self, event: Event) -> QPointF:
        return QPointF(self._x(event.day), self._y(event.step))

    def _paint_lanes(self, painter: QPainter, roles: Colours) -> None:
        height = self._lane_height()
        middle = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
        for lane in self._lanes:
            y = self._y(lane.step)
            painter.setPen(QColor(roles.text if lane.required else roles.muted))
            area = QRectF(0, y - height / 2, self._left(), height)
            painter.drawText(area, middle, f"{lane.step}  {lane.title}")
            style = Qt.PenStyle.SolidLine if lane.required else Qt.PenStyle.DotLine
            painter.setPen(QPen(QColor(roles.line), 2, style))
            painter.drawLine(QPointF(self._left(), y), QPointF(self.width() - 8.0, y))

    def _paint_dates(self, painter: QPainter, roles: Colours) -> None:
        """Dates below the lanes, as many as there is room for."""
        bottom = self._lane_height() * len(self._lanes)
        room = self.fontMetrics().horizontalAdvance("28 Sep 2020") + 8.0
        per_day = self._x(self._first + timedelta(days=1)) - self._x(self._first)
        step = next((days for days in _MARKS if days * per_day >= room), _MARKS[-1])
        painter.setPen(QColor(roles.muted))
        # Weeks begin on Mondays, so that marks of a week or more do too.
        day = self._first + timedelta(days=-self._first.weekday() % 7 if step >= 7 else 1)
        year = 0
        while day <= self._last:
            words = f"{day.day} {_MONTHS[day.month - 1]}" + (f" {day.year}" * (day.year != year))
            year = day.year
            wide = painter.fontMetrics().horizontalAdvance(words)
            left = min(max(self._x(day) - wide / 2, self._left()), self.width() - wide - 1.0)
            area = QRectF(left, bottom, wide + 2.0, self._lane_height())
            painter.drawText(area, int(Qt.AlignmentFlag.AlignVCenter), words)
            painter.drawLine(QPointF(self._x(day), bottom - 3), QPointF(self._x(day), bottom + 2))
            day += timedelta(days=step)

    def _paint_today(self, painter: QPainter, roles: Colours) -> None:
        x, bottom = self._x(self._today), self._lane_height() * len(self._lanes)
        painter.setPen(QPen(QColor(roles.accent), 2))
        painter.drawLine(QPointF(x, 0), QPointF(x, bottom))
        wide = painter.fontMetrics().horizontalAdvance("Today") + 12.0
        left = min(max(x - wide / 2, 0), self.width() - wide)
        pill = QRectF(left, 0, wide, painter.fontMetrics().height() + 2.0)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(roles.accent))
        painter.drawRoundedRect(pill, 4, 4)
        painter.setPen(QColor(roles.on_accent))
        painter.drawText(pill, int(Qt.AlignmentFlag.AlignCenter), "Today")

    def _paint_event(self, painter: QPainter, roles: Colours, event: Event) -> None:
        """Filled for what happened, hollow for what is expected, a diamond for what is late."""
        late = event.expected and event.day < self._today
        colour = QColor(
            roles.attention if late else roles.waiting if event.expected else roles.done
        )
        painter.setPen(QPen(colour, 2))
        painter.setBrush(QColor(roles.surface) if event.expected else colour)
        at = self._point(event)
        if late:
            painter.drawPolygon(
                [at + QPointF(*way) for way in ((0, -_WIDE), (_WIDE, 0), (0, _WIDE), (-_WIDE, 0))]
            )
        else:
            painter.drawEllipse(at, _DOT, _DOT)


def _words(event: Event) -> str:
    return f"{event.text} (expected)" if event.expected else event.text
