"""The rows of one list of the case, as a table view shows them."""

from __future__ import annotations

import html
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from app.onboarding.business_calendar import long_date

Index = QModelIndex | QPersistentModelIndex


class HasId(Protocol):
    """What a row must have: an id that stays the same for its whole life."""

    @property
    def id(self) -> str:
        """The id."""
        ...


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading and what it shows of a row.

    `value` gives a text, a whole number, a date or None; rows are sorted by it and dates are
    written as the program writes them. `wraps` lets long text take several lines.
    """

    title: str
    value: Callable[[Any], object]
    wraps: bool = False


def cell_text(value: object) -> str:
    """`value` as it stands in a cell."""
    if value is None:
        return ""
    if isinstance(value, date):
        return long_date(value)
    if isinstance(value, int):
        return f"{value:,}"
    return str(value)


def plain_tip(text: str) -> str:
    """`text` for a tool tip, which takes whatever looks like HTML for HTML."""
    return f"<span>{html.escape(text)}</span>" if text else ""


class RowModel(QAbstractTableModel):
    """Rows in the order of the list, or sorted by one column; only those that match are there.

    Sorting and finding happen on the plain values: thousands of rows take a few milliseconds.
    """

    def __init__(self, columns: Sequence[Column]) -> None:
        super().__init__()
        self._columns = tuple(columns)
        self._all: tuple[HasId, ...] = ()
        self._shown: list[HasId] = []
        self._place: dict[str, int] = {}
        self._sorted_by = -1
        self._order = Qt.SortOrder.AscendingOrder
        self._wanted = ""
        #: The rows in lower case, as they were when they were looked through last.
        self._texts: dict[str, tuple[HasId, str]] = {}

    def show_rows(self, rows: tuple[HasId, ...]) -> None:
        """Take over the rows as they now are.

        A row whose cells change stays where it is, even if it no longer matches: it must not
        slip away from under the hands of who edits it.
        """
        known = {row.id for row in self._all}
        now = {row.id: row for row in rows}
        self._all = rows
        if known != now.keys():
            self._replace(self._arranged())
            return
        changed = [
            number for number, before in enumerate(self._shown) if now[before.id] is not before
        ]
        for number in changed:
            self._shown[number] = now[self._shown[number].id]
        if changed:
            # Told once: views measure their columns anew each time.
            self.dataChanged.emit(
                self.index(changed[0], 0), self.index(changed[-1], self._last_column)
            )

    def find(self, wanted: str) -> None:
        """Show only rows with `wanted` in one of their cells; all of them for an empty text."""
        self._wanted = wanted.strip().casefold()
        self._replace(self._arranged())

    def repaint_all(self) -> None:
        """What the cells show rests on more than the rows, and that has changed."""
        self._texts.clear()
        if self._shown:
            last = self.index(len(self._shown) - 1, self._last_column)
            self.dataChanged.emit(self.index(0, 0), last)

    @property
    def wraps(self) -> bool:
        """Whether text may take several lines."""
        return any(column.wraps for column in self._columns)

    def row_at(self, number: int) -> HasId | None:
        """The row shown at `number`, if there is one."""
        return self._shown[number] if 0 <= number < len(self._shown) else None

    def place_of(self, row_id: str) -> int | None:
        """Where the row with this id is shown; None where it is not."""
        return self._place.get(row_id)

    def rowCount(self, parent: Index | None = None) -> int:
        """See Qt."""
        return 0 if parent is not None and parent.isValid() else len(self._shown)

    def columnCount(self, parent: Index | None = None) -> int:
        """See Qt."""
        return 0 if parent is not None and parent.isValid() else len(self._columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """See Qt."""
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return None
        text = cell_text(self._columns[index.column()].value(self._shown[index.row()]))
        return plain_tip(text) if role == Qt.ItemDataRole.ToolTipRole else text

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> object:
        """See Qt."""
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        if orientation is Qt.Orientation.Horizontal:
            return self._columns[section].title
        return str(section + 1)

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """See Qt. A column below 0 brings back the order of the list."""
        self._sorted_by, self._order = column, order
        self._replace(self._arranged())

    @property
    def _last_column(self) -> int:
        return len(self._columns) - 1

    def _replace(self, shown: list[HasId]) -> None:
        self.beginResetModel()
        self._shown = shown
        self._place = {row.id: number for number, row in enumerate(shown)}
        self.endResetModel()

    def _arranged(self) -> list[HasId]:
        rows = [row for row in self._all if self._matches(row)] if self._wanted else [*self._all]
        if self._sorted_by >= 0:
            value = self._columns[self._sorted_by].value
            rows.sort(
                key=lambda row: _sort_key(value(row)),
                reverse=self._order is Qt.SortOrder.DescendingOrder,
            )
        return rows

    def _matches(self, row: HasId) -> bool:
        known = self._texts.get(row.id)
        if known is None or known[0] is not row:
            cells = "\n".join([cell_text(column.value(row)) for column in self._columns])
            known = self._texts[row.id] = (row, cells.casefold())
        return self._wanted in known[1]


def _sort_key(value: object) -> tuple[int, object]:
    """Numbers by size, dates by day, text without regard to case, nothing last.

    Digits are compared as numbers: CRD 99 stands before CRD 1482.
    """
    if value is None or value == "":
        return (3, "")
    if isinstance(value, date):
        return (1, value.toordinal())
    text = str(value)
    if text.isascii() and text.isdigit():
        return (0, int(text))
    return (2, text.casefold())
