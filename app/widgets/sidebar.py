"""The firm, the Overview and the seven steps, each with its status in words and shape."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from app.onboarding.assessment import Assessment, StepAssessment
from app.widgets.icons import Button, draw_icon
from app.widgets.statuses import LOOKS
from app.widgets.style import APART, NEAR, TIGHT
from app.widgets.texts import plain_label
from app.widgets.theme import colours

_ICON = 20
_BAR = 4


class SidebarEntry(QPushButton):
    """A page to go to: title, a line below it, and a shape."""

    def __init__(self, key: str, title: str, icon: str) -> None:
        super().__init__()
        self.key = key
        self._title = title
        self._icon, self._role, self._line = icon, "muted", ""
        self.setCheckable(True)
        self.setObjectName(f"entry:{key}")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(title)

    def show_step(self, step: StepAssessment) -> None:
        """Show the status of the entry's step."""
        look = LOOKS[step.status]
        self._icon, self._role, self._line = look.icon, look.role, look.words
        self.setAccessibleName(f"Step {step.number}, {step.guide.title}: {look.words}")
        self.setAccessibleDescription(step.reason)
        self.setToolTip(step.reason)
        self.update()

    def show_line(self, line: str) -> None:
        """Show a line below the title."""
        self._line = line
        self.setAccessibleDescription(line)
        self.update()

    def sizeHint(self) -> QSize:
        """Two lines of text with air around them."""
        return QSize(220, self.fontMetrics().lineSpacing() * 2 + 14)

    def minimumSizeHint(self) -> QSize:
        """As high as two lines; as narrow as need be."""
        return QSize(150, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw ground, shape, title and line in the colours of now."""
        roles = colours()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(self.rect()).adjusted(NEAR, 1, -NEAR, -1)
        self._paint_ground(painter, area)
        left = area.left() + _BAR + NEAR
        shape = QRectF(left, area.center().y() - _ICON / 2, _ICON, _ICON)
        ground = "accent_soft" if self.isChecked() else "sidebar"
        draw_icon(painter, shape, self._icon, self._role, ground)
        left += _ICON + NEAR + 2
        words = QRectF(left, area.top(), area.right() - left - NEAR, area.height())
        self._paint_words(painter, words, roles.text, roles.muted)
        painter.end()

    def _paint_ground(self, painter: QPainter, area: QRectF) -> None:
        roles = colours()
        painter.setPen(Qt.PenStyle.NoPen)
        if self.isChecked() or self.underMouse():
            painter.setBrush(QColor(roles.accent_soft if self.isChecked() else roles.hover))
            painter.drawRoundedRect(area, 6, 6)
        if self.isChecked():
            painter.setBrush(QColor(roles.accent))
            bar = QRectF(area.left(), area.top() + 8, _BAR, area.height() - 16)
            painter.drawRoundedRect(bar, 2, 2)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(roles.accent), 2))
            painter.drawRoundedRect(area.adjusted(1, 1, -1, -1), 6, 6)

    def _paint_words(self, painter: QPainter, area: QRectF, text: str, muted: str) -> None:
        font = QFont(self.font())
        font.setWeight(QFont.Weight.DemiBold if self.isChecked() else QFont.Weight.Medium)
        painter.setFont(font)
        painter.setPen(QColor(text))
        middle = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine
        line = self.fontMetrics().lineSpacing()
        top = area.center().y() - (line if self._line else line / 2)
        title = painter.fontMetrics().elidedText(
            self._title, Qt.TextElideMode.ElideRight, int(area.width())
        )
        painter.drawText(QRectF(area.left(), top, area.width(), line), int(middle), title)
        if self._line:
            font.setWeight(QFont.Weight.Normal)
            font.setPointSizeF(font.pointSizeF() * 0.92)
            painter.setFont(font)
            painter.setPen(QColor(muted))
            below = painter.fontMetrics().elidedText(
                self._line, Qt.TextElideMode.ElideRight, int(area.width())
            )
            painter.drawText(
                QRectF(area.left(), top + line, area.width(), line), int(middle), below
            )


class Sidebar(QWidget):
    """Where the person is and where she can go. Jumps are always allowed.

    `chosen` carries the key of a page; `firms_wanted` asks for the list of firms.
    """

    chosen = Signal(str)
    firms_wanted = Signal()

    def __init__(self, steps: tuple[tuple[str, StepAssessment], ...]) -> None:
        super().__init__()
        self.setProperty("role", "sidebar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName("Steps")
        self.firm = plain_label(role="group")
        self.track = plain_label(role="hint")
        self._entries: dict[str, SidebarEntry] = {}
        self._group = QButtonGroup(self)
        entries = QVBoxLayout()
        entries.setContentsMargins(0, NEAR, 0, NEAR)
        entries.setSpacing(1)
        entries.addWidget(self._entry("overview", "Overview", "overview"))
        for key, step in steps:
            title = f"{step.number}  {step.guide.title}"
            entries.addWidget(self._entry(key, title, "status-not-started"))
        entries.addStretch()
        self.firms = Button("All &firms", kind="quiet", icon_name="firms")
        self.firms.clicked.connect(self.firms_wanted)
        self.firms.hide()
        self._arrange(entries)

    def show_assessment(self, assessment: Assessment, track: str) -> None:
        """Show the firm and every step's status."""
        self.firm.setText(assessment.case.title)
        self.track.setText(track)
        self.track.setVisible(bool(track))
        settled = sum(step.status.settled for step in assessment.steps)
        self._entries["overview"].show_line(f"{settled} of {len(assessment.steps)} steps settled")
        for entry, step in zip(list(self._entries.values())[1:], assessment.steps, strict=True):
            entry.show_step(step)

    def show_chosen(self, key: str) -> None:
        """Mark the entry of the page that is shown."""
        self._entries[key].setChecked(True)

    def entry(self, key: str) -> SidebarEntry:
        """The entry of a page."""
        return self._entries[key]

    def take_focus(self) -> None:
        """Put the focus on the entry of the page that is shown."""
        checked = self._group.checkedButton()
        (checked or self._entries["overview"]).setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _entry(self, key: str, title: str, icon: str) -> SidebarEntry:
        entry = SidebarEntry(key, title, icon)
        entry.clicked.connect(self._clicked)
        self._group.addButton(entry)
        self._entries[key] = entry
        return entry

    def _clicked(self) -> None:
        entry = self.sender()
        if isinstance(entry, SidebarEntry):
            self.chosen.emit(entry.key)

    def _arrange(self, entries: QVBoxLayout) -> None:
        head = QVBoxLayout()
        head.setContentsMargins(APART, APART, APART, 0)
        head.setSpacing(TIGHT)
        head.addWidget(self.firm)
        head.addWidget(self.track)
        inside = QWidget()
        inside.setProperty("role", "sidebar")
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addLayout(entries)
        area = QScrollArea()
        area.setWidget(inside)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, NEAR)
        whole.addWidget(area, 1)
        whole.addWidget(self.firms)
