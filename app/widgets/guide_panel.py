"""The guide beside the page: the field with the focus, the step, and a search through all of it."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractSlider,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from app.onboarding.assessment import StepAssessment
from app.onboarding.explanations import search
from app.widgets.announcing import announce
from app.widgets.field_help_box import FieldHelpBox
from app.widgets.guide_texts import overview_text, search_text, step_text
from app.widgets.icons import Button
from app.widgets.style import APART, NEAR
from app.widgets.texts import plain_label

#: Width in average characters of the font.
_WIDTH = 50
#: Idle time after the last keystroke before the search begins, in milliseconds.
_SEARCH_PAUSE = 150
_SCROLLING = {
    Qt.Key.Key_Up: QAbstractSlider.SliderAction.SliderSingleStepSub,
    Qt.Key.Key_Down: QAbstractSlider.SliderAction.SliderSingleStepAdd,
    Qt.Key.Key_PageUp: QAbstractSlider.SliderAction.SliderPageStepSub,
    Qt.Key.Key_PageDown: QAbstractSlider.SliderAction.SliderPageStepAdd,
}


class GuidePanel(QWidget):
    """The guide for what is shown.

    `closed` asks the frame to fold it away, `left` to put the focus back where it came from.
    """

    closed = Signal()
    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "guide")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName("Guide")
        self._shown: tuple[int, tuple[str, ...]] | None = None
        self._content = QWidget()
        self._results = QWidget()
        self.field = FieldHelpBox()
        self.search = QLineEdit(placeholderText="Search guide and words", clearButtonEnabled=True)
        self._pause = QTimer(self, singleShot=True, interval=_SEARCH_PAUSE)
        self._pause.timeout.connect(self._find)
        self._area = QScrollArea()
        self._column = QVBoxLayout()
        self._arrange()
        self.fit()

    def fit(self) -> None:
        """As wide as the font asks for."""
        self.setFixedWidth(self.fontMetrics().averageCharWidth() * _WIDTH)

    def show_step(self, step: StepAssessment) -> None:
        """Show the guide for `step`, with those of our readings that its judgement rests on."""
        used = tuple(dict.fromkeys(name for item in step.requirements for name in item.readings))
        if (step.number, used) != self._shown:
            self._shown = (step.number, used)
            self._replace(step_text(step, used))

    def show_overview(self) -> None:
        """Show what the whole is about, and every term."""
        if self._shown != (0, ()):
            self._shown = (0, ())
            self._replace(overview_text())

    def show_field(self, path: str, label: str) -> None:
        """Show the help for the field that has the focus; an empty path for none."""
        self.field.show_field(path, label)
        if not self.field.isHidden():
            self._area.verticalScrollBar().setValue(0)

    def take_focus(self) -> None:
        """Put the focus into the search, and have the field's help read out."""
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()
        announce(self.field, self.field.said)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up, Down and Page keys scroll; Esc ends the search, and then leaves the panel."""
        if event.key() in _SCROLLING:
            self._area.verticalScrollBar().triggerAction(_SCROLLING[Qt.Key(event.key())])
        elif event.key() != Qt.Key.Key_Escape:
            super().keyPressEvent(event)
        elif self.search.text():
            self.search.clear()
        else:
            self.left.emit()

    def _arrange(self) -> None:
        self.search.setObjectName("guide-search")
        self.search.setAccessibleName("Search guide and words")
        self.search.setAccessibleDescription(
            "Up and Down scroll the text, Esc leads back to the page."
        )
        self.search.textChanged.connect(self._searching)
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setAccessibleName("Guide text")
        # Scrolled from the search line: one stop of Tab less.
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        inside = QWidget()
        inside.setProperty("role", "guide")
        inside.setLayout(self._column)
        self._column.setContentsMargins(0, NEAR, 0, 0)
        self._column.setSpacing(0)
        for widget in (self._results, self.field, self._content):
            self._column.addWidget(widget)
        self._column.addStretch()
        self._area.setWidget(inside)
        away = Button("", kind="icon", icon_name="close")
        away.setObjectName("close-guide")
        away.setAccessibleName("Fold the guide away")
        away.setToolTip("Fold the guide away (Ctrl+F1)")
        away.clicked.connect(self.closed)
        head = QHBoxLayout()
        head.setContentsMargins(APART, NEAR, NEAR, 0)
        head.addWidget(plain_label("Guide", "group"), 1)
        head.addWidget(away)
        below = QHBoxLayout()
        below.setContentsMargins(APART, NEAR, APART, 0)
        below.addWidget(self.search)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addLayout(below)
        column.addWidget(self._area, 1)

    def _replace(self, content: QWidget) -> None:
        """Show another text in place of the one before."""
        self._column.replaceWidget(self._content, content)
        # Only now: without its place it would be a window of its own.
        content.setVisible(not self.search.text())
        self._content.deleteLater()
        self._content.hide()
        self._content = content

    def _searching(self, query: str) -> None:
        if query.strip():
            self._pause.start()
            return
        self._pause.stop()
        self._results.hide()
        self._content.show()

    def _find(self) -> None:
        query = self.search.text().strip()
        if not query:
            return
        found = search(query)
        results = search_text(found, query)
        self._column.replaceWidget(self._results, results)
        self._results.deleteLater()
        self._results.hide()
        self._results = results
        self._content.hide()
        results.show()
        self._area.verticalScrollBar().setValue(0)
        announce(self.search, f"{found[0].title}. {found[0].text}" if found else "Nothing found.")
