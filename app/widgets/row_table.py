"""A table as high as its rows, up to a limit; whole rows are chosen in it."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QSizePolicy,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
)

from app.widgets.row_model import HasId, Index, RowModel

#: Rows that are seen without scrolling.
ROWS_AT_ONCE = 8
#: Up to here rows are as high as their text needs; measuring thousands would take seconds.
_ROWS_MEASURED = 50
#: Rows by which columns get their width, beside those in sight.
_COLUMNS_MEASURED = 16
_WIDEST_COLUMN = 280
#: Where the last column holds sentences, the others leave it room.
_WIDEST_BESIDE_TEXT = 130


#: What surrounds the text of a cell: padding, frame, and the style's own margin.
_AROUND = QSize(20, 12)


class WholeRow(QStyledItemDelegate):
    """No cell of a chosen row is marked as having the focus: the row is chosen, and is shown so."""

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        """As the style would, but for the mark of the focus."""
        super().initStyleOption(option, index)
        option.state &= ~QStyle.StateFlag.State_HasFocus


class _WrappedRow(WholeRow):
    """No sentence is cut off either."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """The style forgets its own padding when it breaks lines."""
        hint = super().sizeHint(option, index)
        table = self.parent()
        if not isinstance(table, QTableView):
            return hint
        room = QRect(0, 0, table.columnWidth(index.column()) - _AROUND.width(), 10_000)
        text = str(index.data() or "")
        needed = option.fontMetrics.boundingRect(room, Qt.TextFlag.TextWordWrap, text).height()
        return hint.expandedTo(QSize(0, needed + _AROUND.height()))


class RowTable(QTableView):
    """Shows a `RowModel`. Tab leaves it; a third click on a heading ends the sorting."""

    def __init__(self, rows: RowModel) -> None:
        super().__init__()
        self._rows = rows
        self.setModel(rows)
        self.setItemDelegate(_WrappedRow(self) if rows.wraps else WholeRow(self))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.verticalHeader().hide()
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setResizeContentsPrecision(_COLUMNS_MEASURED)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setStretchLastSection(True)
        header.setMaximumSectionSize(_WIDEST_BESIDE_TEXT if rows.wraps else _WIDEST_COLUMN)
        header.setSortIndicatorClearable(True)
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self.setSortingEnabled(True)

    @property
    def chosen_row(self) -> HasId | None:
        """The row that is chosen; None where none is."""
        chosen = self.selectionModel().selectedRows()
        return self._rows.row_at(chosen[0].row()) if chosen else None

    def fit_rows(self) -> None:
        """Make room for what the rows show now."""
        if self._rows.wraps and self._rows.rowCount() <= _ROWS_MEASURED:
            self.resizeRowsToContents()
        self.updateGeometry()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Text takes more or fewer lines at another width."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.fit_rows()

    def sizeHint(self) -> QSize:
        """As high as the rows, or as those that are seen at once."""
        seen = min(max(self._rows.rowCount(), 1), ROWS_AT_ONCE)
        rows = sum(self.rowHeight(number) for number in range(seen))
        head = self.horizontalHeader().sizeHint().height()
        return QSize(super().sizeHint().width(), rows + head + 2 * self.frameWidth() + 2)

    def minimumSizeHint(self) -> QSize:
        """No lower; narrower where need be."""
        return QSize(super().minimumSizeHint().width(), self.sizeHint().height())
