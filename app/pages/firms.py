"""The list of firms: progress, filter, open, add. With one firm nobody needs it."""

from __future__ import annotations

from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class FirmLine:
    """One firm in the list. `standing` is words, icon and colour role."""

    case_id: str
    name: str
    number: str
    settled: int
    steps: int
    standing: tuple[str, str, str]
    next_action: str
    changed_at: datetime


def firm_line(summary: CaseSummary, assessment: Assessment) -> FirmLine:
    """The line of a firm from its case and what the case amounts to today."""
    overdue = any(item.overdue for _, item in assessment.waiting)
    action = assessment.next_action
    settled = sum(step.status.settled for step in assessment.steps)
    return FirmLine(
        summary.id,
        assessment.case.title + (" (practice)" if summary.practice else ""),
        summary.firm_number,
        settled,
        len(assessment.steps),
        _OVERDUE if overdue else _VERDICTS[assessment.verdict],
        action.text if settled == len(assessment.steps) else f"Step {action.step}: {action.text}",
        summary.changed_at,
    )


_Index = QModelIndex | QPersistentModelIndex


class FirmsModel(QAbstractTableModel):
    """The lines as a table; `SORT_ROLE` gives values to sort by."""

    SORT_ROLE = Qt.ItemDataRole.UserRole

    def __init__(self) -> None:
        super().__init__()
        self._lines: tuple[FirmLine, ...] = ()

    def show_firms(self, lines: tuple[FirmLine, ...]) -> None:
        """Show these firms."""
        self.beginResetModel()
        self._lines = lines
        self.endResetModel()

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
        line = self._lines[index.row()]
        words, shape, colour = line.standing
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            progress = f"{line.settled} of {line.steps} steps"
            changed = long_date(eastern_date(line.changed_at))
            texts = (line.name, line.number, progress, words, line.next_action, changed)
            return texts[index.column()]
        if role == Qt.ItemDataRole.DecorationRole and index.column() == _HEADINGS.index("Standing"):
            return icon(shape, colour)
        if role == self.SORT_ROLE:
            values: tuple[object, ...] = (
                line.name.casefold(),
                line.number.zfill(20),
                line.settled,
                words,
                line.next_action,
                line.changed_at.isoformat(),
            )
            return values[index.column()]
        return None


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
        self._sorted.setFilterKeyColumn(-1)
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
