"""The list of firms: progress, filter, open, add. With one firm nobody needs it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    QSortFilterProxyModel,
    Qt,
    Signal,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from app.onboarding.assessment import Assessment, Verdict
from app.onboarding.business_calendar import eastern_date, long_date
from app.onboarding.case import UNNAMED
from app.storage.case_store import CaseSummary
from app.widgets.icons import Button, icon
from app.widgets.style import APART, FAR, NEAR
from app.widgets.texts import plain_label

_VERDICTS = {
    Verdict.NOT_READY: ("In progress", "status-in-progress", "accent"),
    Verdict.READY: ("Ready to certify", "proof", "done"),
    Verdict.CONTACTED: ("Waiting for FINRA CAT", "status-waiting", "waiting"),
    Verdict.CERTIFIED: ("Certified", "status-done", "done"),
    Verdict.NOT_REQUIRED: ("Nothing further required", "status-not-required", "muted"),
}
_OVERDUE = ("Follow up", "status-needs-attention", "attention")
_HEADINGS = ("Firm", "CRD or ORG ID", "Progress", "Standing", "Next", "Changed")
_STANDING = _HEADINGS.index("Standing")
#: Rows whose width is measured; measuring hundreds would hold the list up.
_ROWS_MEASURED = 50


@dataclass(frozen=True, slots=True)
class FirmLine:
    """One firm in the list, worded once: a list of hundreds is painted and searched all the time.

    `standing` is words, icon and colour role; `settled` counts steps, -1 where nobody has looked.
    """

    case_id: str
    name: str
    number: str
    changed_at: datetime
    changed: str
    settled: int = -1
    progress: str = ""
    standing: tuple[str, str, str] = ("", "", "")
    next_action: str = ""

    @property
    def texts(self) -> tuple[str, ...]:
        """What stands in each column."""
        words, _, _ = self.standing
        return (self.name, self.number, self.progress, words, self.next_action, self.changed)


def firm_line(summary: CaseSummary, assessment: Assessment | None = None) -> FirmLine:
    """The line of a firm: as it is listed, and with what its case amounts to today if that is told."""
    name = summary.firm_name or UNNAMED
    line = FirmLine(
        summary.id,
        name + (" (practice)" if summary.practice else ""),
        summary.firm_number,
        summary.changed_at,
        long_date(eastern_date(summary.changed_at)),
    )
    if assessment is None:
        return line
    overdue = any(item.overdue for _, item in assessment.waiting)
    action, steps = assessment.next_action, len(assessment.steps)
    settled = sum(step.status.settled for step in assessment.steps)
    return replace(
        line,
        settled=settled,
        progress=f"{settled} of {steps} steps",
        standing=_OVERDUE if overdue else _VERDICTS[assessment.verdict],
        next_action=action.text if settled == steps else f"Step {action.step}: {action.text}",
    )


_Index = QModelIndex | QPersistentModelIndex


class FirmsModel(QAbstractTableModel):
    """The lines as a table; `SORT_ROLE` gives values to sort by, `SEARCH_ROLE` a whole line."""

    SORT_ROLE = Qt.ItemDataRole.UserRole
    SEARCH_ROLE = SORT_ROLE + 1

    def __init__(self) -> None:
        super().__init__()
        self._lines: tuple[FirmLine, ...] = ()

    def show_firms(self, lines: Sequence[FirmLine]) -> None:
        """Show these firms."""
        self.beginResetModel()
        self._lines = tuple(lines)
        self.endResetModel()

    def show_standing(self, lines: Sequence[FirmLine]) -> None:
        """How the firms that are shown stand; what is chosen and scrolled to stays."""
        if [line.case_id for line in lines] == [line.case_id for line in self._lines]:
            self._lines = tuple(lines)
            last = self.index(len(lines) - 1, len(_HEADINGS) - 1)
            self.dataChanged.emit(self.index(0, 0), last)

    def line(self, row: int) -> FirmLine:
        """The firm in a row."""
        return self._lines[row]

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        """One row per firm."""
        return 0 if parent.isValid() else len(self._lines)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        """The columns of the headings."""
        return 0 if parent.isValid() else len(_HEADINGS)

    def headerData(self, section: int, way: Qt.Orientation, role: int = 0) -> object:
        """The headings."""
        if way is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return _HEADINGS[section]
        return None

    def data(self, index: _Index, role: int = 0) -> object:
        """Texts, the standing's shape, and values to sort by."""
        line, column = self._lines[index.row()], index.column()
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return line.texts[column]
        if role == Qt.ItemDataRole.DecorationRole and column == _STANDING:
            _, shape, colour = line.standing
            return icon(shape, colour) if shape else None
        if role == self.SORT_ROLE:
            return _sort_value(line, column)
        if role == self.SEARCH_ROLE:
            return "\n".join(line.texts)
        return None


def _sort_value(line: FirmLine, column: int) -> object:
    values: dict[int, object] = {
        0: line.name.casefold(),
        1: line.number.zfill(20),
        2: line.settled,
        5: line.changed_at.isoformat(),
    }
    return values.get(column, line.texts[column])


class FirmsPage(QWidget):
    """All firms of this data folder.

    `open_wanted` carries a case's id, `add_wanted` asks for a new one.
    """

    open_wanted = Signal(str)
    add_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.model = FirmsModel()
        self._sorted = QSortFilterProxyModel(self)
        self._sorted.setSourceModel(self.model)
        self._sorted.setSortRole(FirmsModel.SORT_ROLE)
        self._sorted.setFilterCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        # One question per firm and letter typed, not one per cell.
        self._sorted.setFilterRole(FirmsModel.SEARCH_ROLE)
        self.filter = QLineEdit()
        self.filter.setObjectName("filter-firms")
        self.filter.setPlaceholderText("Filter by name, number or standing")
        self.filter.setAccessibleName("Filter the firms")
        self.filter.setClearButtonEnabled(True)
        self.filter.textChanged.connect(self._filter)
        self.filter.returnPressed.connect(self._open)
        self.table = self._make_table()
        self._empty = plain_label("No firm matches the filter.", "hint")
        self._arrange()

    def show_firms(self, lines: tuple[FirmLine, ...]) -> None:
        """Show these firms, by name."""
        self.model.show_firms(lines)
        self.table.sortByColumn(0, Qt.SortOrder.AscendingOrder)
        self.table.resizeColumnsToContents()
        if lines:
            self.table.selectRow(0)
        self._filter(self.filter.text())

    def show_standing(self, lines: Sequence[FirmLine]) -> None:
        """How the firms stand, as far as that is known by now."""
        self.model.show_standing(lines)
        self.table.resizeColumnsToContents()

    def take_focus(self) -> None:
        """Put the focus where firms are looked for."""
        self.filter.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.filter.selectAll()

    def _make_table(self) -> QTableView:
        table = QTableView()
        table.setObjectName("firms")
        table.setAccessibleName("Firms")
        table.setModel(self._sorted)
        table.setSortingEnabled(True)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setTabKeyNavigation(False)
        table.setShowGrid(False)
        table.setWordWrap(False)
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(table.fontMetrics().lineSpacing() + 18)
        header = table.horizontalHeader()
        header.setHighlightSections(False)
        header.setResizeContentsPrecision(_ROWS_MEASURED)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        # The next action is the longest: it gets what the others leave.
        header.setSectionResizeMode(_HEADINGS.index("Next"), QHeaderView.ResizeMode.Stretch)
        table.activated.connect(self._open)
        return table

    def _arrange(self) -> None:
        add = Button("&Add a firm", kind="primary", icon_name="add")
        add.setObjectName("add-firm")
        add.clicked.connect(self.add_wanted)
        opened = Button("&Open")
        opened.setObjectName("open-firm")
        opened.clicked.connect(self._open)
        row = QHBoxLayout()
        row.setSpacing(NEAR)
        row.addWidget(self.filter, 1)
        row.addWidget(opened)
        row.addWidget(add)
        column = QVBoxLayout(self)
        column.setContentsMargins(FAR, FAR, FAR, FAR)
        column.setSpacing(APART)
        column.addWidget(plain_label("Firms", "title"))
        column.addLayout(row)
        column.addWidget(self._empty)
        column.addWidget(self.table, 1)

    def _filter(self, text: str) -> None:
        self._sorted.setFilterFixedString(text.strip())
        none_left = self._sorted.rowCount() == 0 and self.model.rowCount() > 0
        self._empty.setVisible(none_left)
        if self._sorted.rowCount() and not self.table.selectionModel().hasSelection():
            self.table.selectRow(0)

    def _open(self) -> None:
        rows = self.table.selectionModel().selectedRows()
        if rows:
            line = self.model.line(self._sorted.mapToSource(rows[0]).row())
            self.open_wanted.emit(line.case_id)
