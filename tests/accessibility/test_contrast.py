"""Contrast as it is on the screen: computed from pictures of the window, light and dark (WCAG 2.1)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict
from functools import cache

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import (
    QAbstractButton,
    QCheckBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QScrollArea,
    QTableView,
    QWidget,
)

from app.pages import HISTORY, PAGES
from app.widgets.icons import IconLabel
from app.widgets.picture import Picture
from app.widgets.sidebar import SidebarEntry
from app.widgets.theme import Theme, colours
from tests.accessibility.looking import described, shown, tab_stops
from tests.rig.cases import self_reporting_case
from tests.window.conftest import Start
from tests.window.test_theme import luminance as luminance_of

Begin = Callable[..., Start]
TEXT, SHAPE = 4.5, 3.0
#: Magnified, so that the strokes of letters have pixels of their full colour.
_SCALE = 2
#: Fewer pixels of a colour are the edge of something else.
_FEW = 4
#: Every so many lines of pixels are looked at: letters and shapes are higher than that.
_ROWS = 3
#: Lines and grounds that only divide or decorate; nothing is lost without them.
_DECORATION = ("line", "hover", "window", "surface", "sidebar", "on_accent")


@pytest.fixture(params=[Qt.ColorScheme.Light, Qt.ColorScheme.Dark], ids=["light", "dark"])
def scheme(theme: Theme, request: pytest.FixtureRequest) -> Iterator[Qt.ColorScheme]:
    theme.force(request.param)
    yield request.param
    theme.force(Qt.ColorScheme.Light)


@cache
def luminance(colour: int) -> float:
    return luminance_of(f"#{colour:06x}")


def contrast(one: int, other: int) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


class Seen:
    """A picture of a widget with all that scrolls in it laid open."""

    def __init__(self, widget: QWidget) -> None:
        self._widget = widget
        self._image = QImage(widget.size() * _SCALE, QImage.Format.Format_RGB32)
        self._image.setDevicePixelRatio(_SCALE)
        self._image.fill(QColor(colours().window))
        widget.render(self._image)

    def counts(self, area: QRect) -> Counter[int]:
        """How many pixels there are of each colour in `area` of the widget, among those looked at."""
        scaled = QRect(area.topLeft() * _SCALE, area.size() * _SCALE)
        part = self._image.copy(scaled.intersected(self._image.rect()))
        pixels, wide = memoryview(part.constBits()).cast("I"), part.width()
        found: Counter[int] = Counter()
        for row in range(0, part.height(), _ROWS):
            found.update(pixels[row * wide : (row + 1) * wide])
        return Counter({value & 0xFFFFFF: count for value, count in found.items()})

    def area(self, child: QWidget) -> QRect:
        return QRect(child.mapTo(self._widget, QPoint(0, 0)), child.size())

    def best(self, area: QRect) -> float:
        """The contrast of what stands out most against the ground of `area`."""
        counts = self.counts(area)
        if not counts:
            return 0.0
        ground = counts.most_common(1)[0][0]
        strong = [colour for colour, count in counts.items() if count >= _FEW]
        return max((contrast(colour, ground) for colour in strong), default=0.0)

    def outline(self, child: QWidget) -> float:
        """The contrast of the outline at the left edge of `child` against what is around it."""
        area = self.area(child)
        edge = QRect(area.left() - 3, area.center().y() - 2, 7, 4)
        around = QRect(area.left() - 3, area.center().y() - 2, 2, 4)
        ground = self.counts(around).most_common(1)[0][0]
        return max(contrast(colour, ground) for colour in self.counts(edge))


def pale(seen: Seen, root: QWidget) -> Iterator[str]:
    """What stands out too little in `root`."""
    for widget in shown(root):
        if not widget.isEnabled():
            continue
        for area, needed in _asked(widget, seen):
            best = seen.best(area)
            if best < needed:
                yield f"{described(widget)}: {best:.2f} of {needed}"
        if isinstance(widget, QLineEdit | QComboBox | QPlainTextEdit) and not isinstance(
            widget.parent(), QComboBox
        ):
            outline = seen.outline(widget)
            if outline < SHAPE:
                yield f"outline of {described(widget)}: {outline:.2f}"
        if isinstance(widget, Picture):
            yield from _pale_parts(widget, seen)


def _asked(widget: QWidget, seen: Seen) -> Iterator[tuple[QRect, float]]:
    """Parts of `widget` that have to stand out, and how much."""
    area = seen.area(widget)
    if isinstance(widget, SidebarEntry):
        half = QRect(area.left() + 50, area.top() + 4, area.width() - 60, area.height() // 2 - 4)
        yield half, TEXT
        yield half.translated(0, half.height()), TEXT
    elif isinstance(widget, QLabel) and widget.text():
        yield area, TEXT
    elif isinstance(widget, QCheckBox):
        yield area, TEXT
        yield QRect(area.left(), area.top(), 18, area.height()), SHAPE
    elif isinstance(widget, QAbstractButton) and widget.text():
        yield area.adjusted(4, 4, -4, -4), TEXT
    elif isinstance(widget, IconLabel) or (
        isinstance(widget, QAbstractButton) and not widget.icon().isNull()
    ):
        yield area, SHAPE
    elif isinstance(widget, QLineEdit) and (widget.text() or widget.placeholderText()):
        yield area.adjusted(3, 3, -3, -3), TEXT
    elif isinstance(widget, QComboBox):
        yield area.adjusted(3, 3, -24, -3), TEXT
    elif isinstance(widget, QTableView):
        yield from _cells(widget, seen)


def _cells(table: QTableView, seen: Seen) -> Iterator[tuple[QRect, float]]:
    corner = seen.area(table.viewport()).topLeft()
    for row in range(min(table.model().rowCount(), 3)):
        for column in range(table.model().columnCount()):
            index = table.model().index(row, column)
            place = table.visualRect(index)
            if table.viewport().rect().contains(place) and str(index.data() or "").strip():
                yield place.translated(corner), TEXT


def _pale_parts(picture: Picture, seen: Seen) -> Iterator[str]:
    """Colours that a picture tells something with."""
    counts = seen.counts(seen.area(picture))
    ground = counts.most_common(1)[0][0]
    for role, colour in asdict(colours()).items():
        telling = role not in _DECORATION and not role.endswith("_soft")
        value = int(colour[1:], 16)
        if telling and counts[value] >= _FEW and contrast(value, ground) < SHAPE:
            yield f"{role} in {described(picture)}: {contrast(value, ground):.2f}"


def test_everything_stands_out(scheme: Qt.ColorScheme, begin: Begin) -> None:
    start = begin(self_reporting_case("tested"))
    found = []
    for entry in (*PAGES, HISTORY):
        start.frame.show_page(entry.key)
        start.frame.page.complete()
        start.qtbot.waitUntil(lambda: not start.runner.busy, timeout=20_000)
        area = start.frame.stack.currentWidget()
        assert isinstance(area, QScrollArea)
        inside = start.frame.guide.findChild(QScrollArea)
        assert inside is not None
        around = (start.frame.sidebar, start.frame.footer) if entry is PAGES[0] else ()
        for root in (area.widget(), inside.widget(), *around):
            found += [f"{entry.key}: {words}" for words in pale(Seen(root), root)]
    assert not found, "\n".join(dict.fromkeys(found))


def test_the_focus_can_be_seen(scheme: Qt.ColorScheme, begin: Begin) -> None:
    start = begin(self_reporting_case("tested"))
    faint = []
    for key in ("sftp_accounts", "testing", "certify"):
        start.frame.show_page(key)
        start.frame.page.complete()
        start.qtbot.waitUntil(lambda: not start.runner.busy, timeout=20_000)
        for stop in tab_stops(start.window):
            start.frame.setFocus()
            before = stop.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
            stop.setFocus(Qt.FocusReason.TabFocusReason)
            after = stop.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
            if _change(before, after) < SHAPE:
                faint.append(f"{key}: {described(stop)}")
    assert not faint, "\n".join(dict.fromkeys(faint))


def _change(before: QImage, after: QImage) -> float:
    """The greatest contrast between a pixel and what it was before."""
    pairs = Counter(
        zip(
            memoryview(before.constBits()).cast("I"),
            memoryview(after.constBits()).cast("I"),
            strict=False,
        )
    )
    return max(
        (
            contrast(old & 0xFFFFFF, new & 0xFFFFFF)
            for (old, new), count in pairs.items()
            if old != new and count >= _FEW
        ),
        default=0.0,
    )
