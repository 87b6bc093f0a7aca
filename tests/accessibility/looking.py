"""What a person with sharp eyes would find cut off, overlapping, or out of reach."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from PySide6.QtCore import QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QApplication,
    QComboBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QMainWindow,
    QScrollArea,
    QStyle,
    QStyleOptionComboBox,
    QWidget,
)

#: More presses of Tab than any page has stops.
_MOST_STOPS = 400
#: What rounding may take.
_SLACK = 1


def described(widget: QWidget) -> str:
    """The widget in words, for a failure's message."""
    text = widget.property("text") or widget.accessibleName()
    return f"{type(widget).__name__} {widget.objectName()!r} {str(text)[:60]!r}"


def shown(window: QWidget) -> Iterator[QWidget]:
    """Every widget that is in sight, or would be after scrolling."""
    return (widget for widget in window.findChildren(QWidget) if widget.isVisible())


def cut_off(window: QWidget) -> list[str]:
    """What is cut off or overlaps, in words."""
    found = []
    for widget in shown(window):
        lacking = _lacking(widget)
        if lacking:
            found.append(f"{described(widget)}: {lacking}")
        found.extend(_overlapping(widget))
    return found


def _lacking(widget: QWidget) -> str:
    """What `widget` has too little of."""
    if isinstance(widget, QLabel):
        return _label_lacks(widget)
    if isinstance(widget, QComboBox):
        return _combo_lacks(widget)
    if isinstance(widget, QLineEdit) and not isinstance(widget.parent(), QComboBox):
        return _line_lacks(widget)
    if isinstance(widget, QHeaderView):
        return _header_lacks(widget)
    if isinstance(widget, QAbstractButton) and widget.text():
        return _button_lacks(widget)
    if isinstance(widget, QScrollArea) and widget.widget() is not None:
        needed = widget.widget().minimumSizeHint().width()
        over = needed > widget.viewport().width() + _SLACK
        return f"content {needed} wide in {widget.viewport().width()}" if over else ""
    return ""


def _label_lacks(label: QLabel) -> str:
    if not label.text():
        return ""
    if label.wordWrap():
        needed = label.heightForWidth(label.width())
        # A single word that is longer than the line is cut at its end.
        longest = max(map(label.fontMetrics().horizontalAdvance, _words(label.text())), default=0)
        if longest > label.width() + _SLACK:
            return f"a word {longest} wide in {label.width()}"
    else:
        needed = label.sizeHint().height()
        if label.sizeHint().width() > label.width() + _SLACK:
            return f"{label.sizeHint().width()} wide in {label.width()}"
    return f"{needed} high in {label.height()}" if needed > label.height() + _SLACK else ""


def _words(text: str) -> list[str]:
    """What a line can be broken between: blanks, and invisible places in long names."""
    return text.replace("\u200b", " ").split()


def _button_lacks(button: QAbstractButton) -> str:
    needed = button.sizeHint()
    if button.text().endswith("…") and not button.text().endswith(" …"):
        return "words left out"
    if needed.width() > button.width() + _SLACK:
        return f"{needed.width()} wide in {button.width()}"
    over = needed.height() > button.height() + _SLACK
    return f"{needed.height()} high in {button.height()}" if over else ""


def _combo_lacks(combo: QComboBox) -> str:
    option = QStyleOptionComboBox()
    combo.initStyleOption(option)
    part = QStyle.SubControl.SC_ComboBoxEditField
    room = combo.style().subControlRect(QStyle.ComplexControl.CC_ComboBox, option, part, combo)
    needed = combo.fontMetrics().horizontalAdvance(combo.currentText())
    return f"{needed} wide in {room.width()}" if needed > room.width() + _SLACK else ""


def _line_lacks(line: QLineEdit) -> str:
    needed = line.fontMetrics().horizontalAdvance(line.placeholderText())
    high = line.fontMetrics().height()
    if high > line.contentsRect().height() + _SLACK:
        return f"{high} high in {line.contentsRect().height()}"
    return f"{needed} wide in {line.width() - 12}" if needed > line.width() - 12 else ""


def _header_lacks(header: QHeaderView) -> str:
    if header.orientation() is not Qt.Orientation.Horizontal:
        return ""
    narrow = [
        str(header.model().headerData(section, Qt.Orientation.Horizontal))
        for section in range(header.count())
        if not header.isSectionHidden(section)
        and header.fontMetrics().horizontalAdvance(
            str(header.model().headerData(section, Qt.Orientation.Horizontal))
        )
        > header.sectionSize(section)
    ]
    return f"headings {narrow}" if narrow else ""


def _overlapping(parent: QWidget) -> Iterator[str]:
    """Children of a layout that lie upon each other, or outside their parent."""
    if parent.layout() is None or isinstance(parent, QMainWindow | QAbstractScrollArea):
        return
    children = [
        child
        for child in parent.findChildren(QWidget, "", Qt.FindChildOption.FindDirectChildrenOnly)
        if child.isVisible() and not child.isWindow() and parent.layout().indexOf(child) >= 0
    ]
    for one, other in combinations(children, 2):
        if one.geometry().intersects(other.geometry()):
            yield f"{described(one)} lies upon {described(other)}"
    inside = parent.rect().adjusted(-_SLACK, -_SLACK, _SLACK, _SLACK)
    for child in children:
        if not inside.contains(child.geometry()):
            yield f"{described(child)} reaches out of {described(parent)}"


def tab_stops(window: QWidget, *, back: bool = False) -> list[QWidget]:
    """What Tab comes to, from the widget with the focus once round."""
    first = QApplication.focusWidget()
    assert first is not None, "nothing has the focus"
    key = Qt.Key.Key_Backtab if back else Qt.Key.Key_Tab
    held = Qt.KeyboardModifier.ShiftModifier if back else Qt.KeyboardModifier.NoModifier
    stops = [first]
    while len(stops) < _MOST_STOPS:
        QTest.keyClick(QApplication.focusWidget() or window, key, held)
        now = QApplication.focusWidget()
        assert now is not None, f"the focus is lost after {described(stops[-1])}"
        if now is first:
            return stops
        assert now is not stops[-1], f"Tab does not leave {described(now)}"
        stops.append(now)
    raise AssertionError(f"Tab never comes back; at last: {[described(w) for w in stops[-3:]]}")


def operable(window: QWidget) -> list[QWidget]:
    """What a person can operate with the pointer, so that the keyboard has to reach it too."""
    return [
        widget
        for widget in shown(window)
        if widget.isEnabled()
        and isinstance(widget, QAbstractButton | QLineEdit | QComboBox | QAbstractItemView)
        # A part of a combo box, a field or a table, operated through the whole.
        and not isinstance(widget.parent(), QComboBox | QLineEdit | QAbstractItemView | QHeaderView)
        and not widget.objectName().startswith("qt_")
        and widget.window() is window
    ]


def upward(stops: list[QWidget], area: QWidget) -> list[str]:
    """Steps of Tab inside `area` that lead against the order of reading."""
    inside = [stop for stop in stops if area.isAncestorOf(stop)]
    places = [QRect(stop.mapTo(area, stop.rect().topLeft()), stop.size()) for stop in inside]
    return [
        f"{described(inside[at])} before {described(inside[at + 1])}"
        for at in range(len(inside) - 1)
        if places[at + 1].bottom() < places[at].top()
    ]


def mnemonics(window: QMainWindow) -> dict[str, list[str]]:
    """By letter: the texts of what can be used now that have it as their mnemonic."""
    texts = [action.text() for action in window.menuBar().actions() if action.isVisible()]
    for widget in shown(window):
        button = isinstance(widget, QAbstractButton) and widget.isEnabled()
        if button or (isinstance(widget, QLabel) and widget.buddy() is not None):
            texts.append(widget.text())
    found: dict[str, list[str]] = {}
    for text in texts:
        place = text.replace("&&", "  ").find("&")
        if 0 <= place < len(text) - 1:
            found.setdefault(text[place + 1].lower(), []).append(text)
    return found
