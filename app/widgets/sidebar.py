"""The firm, the Overview and the seven steps, each with its status in words and shape."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRectF, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QRadioButton,
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
_FIRMS = "All &firms"
#: Widths in average characters of the font, and the least in pixels.
_LETTERS, _LEAST = 30, 224
_LETTERS_COMPACT, _LEAST_COMPACT = 8, 76


class SidebarEntry(QRadioButton):
    """A page to go to: title, a line below it, and a shape.

    One of several that exclude each other, which is what assistive technology is told.
    """

    def __init__(self, key: str, title: str, icon: str) -> None:
        super().__init__()
        self.key = key
        self._title = title
        self._icon, self._role, self._line = icon, "muted", ""
        self._compact = False
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
        self._tell()
        self.update()

    def show_line(self, line: str) -> None:
        """Show a line below the title."""
        self._line = line
        self.setAccessibleDescription(line)
        self._tell()
        self.update()

    def show_compact(self, compact: bool) -> None:
        """Show the shape alone, with the number of the step; the words come under the pointer."""
        self._compact = compact
        self._tell()
        self.updateGeometry()
        self.update()

    def _tell(self) -> None:
        about = self.accessibleDescription()
        name = f"{self._title.replace('  ', ' ')}: {self._line}" if self._compact else ""
        self.setToolTip("\n".join(part for part in (name, about) if part))

    def sizeHint(self) -> QSize:
        """Two lines of text with air around them, as wide as the title when it is chosen."""
        around = 4 * NEAR + _BAR + _ICON + 2
        if self._compact:
            return QSize(around, self.fontMetrics().lineSpacing() * 2 + 14)
        title = QFontMetrics(self._title_font(chosen=True)).horizontalAdvance(self._title)
        return QSize(around + title, self.fontMetrics().lineSpacing() * 2 + 14)

    def minimumSizeHint(self) -> QSize:
        """As high as two lines; as narrow as need be."""
        return QSize(0 if self._compact else 150, self.sizeHint().height())

    def hitButton(self, pos: QPoint) -> bool:
        """All of it can be clicked, not the words alone."""
        return self.rect().contains(pos)

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
        if self._compact:
            self._paint_number(painter, shape, roles.text)
            painter.end()
            return
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

    def _paint_number(self, painter: QPainter, shape: QRectF, text: str) -> None:
        """The number of the step right of its shape; the Overview has none."""
        number = self._title.partition(" ")[0]
        if not number.isdigit():
            return
        painter.setFont(self._title_font(chosen=self.isChecked()))
        painter.setPen(QColor(text))
        middle = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        painter.drawText(shape.translated(_ICON + TIGHT, 0), int(middle), number)

    def _title_font(self, *, chosen: bool) -> QFont:
        font = QFont(self.font())
        font.setWeight(QFont.Weight.DemiBold if chosen else QFont.Weight.Medium)
        return font

    def _paint_words(self, painter: QPainter, area: QRectF, text: str, muted: str) -> None:
        font = self._title_font(chosen=self.isChecked())
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

    `chosen` carries the key of a page, maybe of the one that is shown; `firms_wanted` asks for the list of firms.
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
        self.firms = Button(_FIRMS, kind="quiet", icon_name="firms")
        self.firms.setAccessibleName("All firms")
        self.firms.setToolTip("All firms")
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
        """Mark the entry of the page that is shown; Tab comes to it, the arrow keys to the others."""
        with QSignalBlocker(self._entries[key]):
            self._entries[key].setChecked(True)
        for entry in self._entries.values():
            chosen = entry.isChecked()
            policy = Qt.FocusPolicy.StrongFocus if chosen else Qt.FocusPolicy.ClickFocus
            entry.setFocusPolicy(policy)

    def entry(self, key: str) -> SidebarEntry:
        """The entry of a page."""
        return self._entries[key]

    def show_compact(self, compact: bool) -> None:
        """Show shapes and numbers alone, to leave room for page and guide."""
        for entry in self._entries.values():
            entry.show_compact(compact)
        self._head.setVisible(not compact)
        self.firms.setText("" if compact else _FIRMS)
        self.setFixedWidth(self.width_when(compact=compact))

    def width_when(self, *, compact: bool) -> int:
        """How wide it is with shapes and numbers alone, or with words, in pixels."""
        letters, least = (_LETTERS_COMPACT, _LEAST_COMPACT) if compact else (_LETTERS, _LEAST)
        return max(least, self.fontMetrics().averageCharWidth() * letters)

    def take_focus(self) -> None:
        """Put the focus on the entry of the page that is shown."""
        checked = self._group.checkedButton()
        (checked or self._entries["overview"]).setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _entry(self, key: str, title: str, icon: str) -> SidebarEntry:
        entry = SidebarEntry(key, title, icon)
        # Assistive technology toggles a button where others click it.
        entry.toggled.connect(self._toggled)
        entry.clicked.connect(self._clicked)
        self._group.addButton(entry)
        self._entries[key] = entry
        return entry

    def _toggled(self, checked: bool) -> None:
        if checked:
            self._clicked()

    def _clicked(self) -> None:
        entry = self.sender()
        if isinstance(entry, SidebarEntry):
            self.chosen.emit(entry.key)

    def _arrange(self, entries: QVBoxLayout) -> None:
        self._head = QWidget()
        head = QVBoxLayout(self._head)
        head.setContentsMargins(APART, APART, APART, 0)
        head.setSpacing(TIGHT)
        head.addWidget(self.firm)
        head.addWidget(self.track)
        inside = QWidget()
        inside.setProperty("role", "sidebar")
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._head)
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
