"""The list of firms: progress, filter, open, add, who owes what. With one firm nobody needs it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QTableView,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from app.background import JobRunner
from app.onboarding.assessment import Assessment, Verdict
from app.onboarding.case import UNNAMED
from app.onboarding.owing import owed_by
from app.storage.case_store import CaseSummary
from app.widgets.firm_model import NEXT, FirmLine, FirmsModel
from app.widgets.icons import Button
from app.widgets.owing_list import OwingLine, OwingList, owing_lines
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
#: Rows by which columns are measured: measuring hundreds would hold the window up.
_ROWS_MEASURED = 50


def firm_line(summary: CaseSummary, assessment: Assessment | None = None) -> FirmLine:
    """The line of a firm: as it is listed, and with what its case amounts to today if that is told."""
    name = (summary.firm_name or UNNAMED) + (" (practice)" if summary.practice else "")
    line = FirmLine(summary.id, name, summary.firm_number, summary.changed_at)
    if assessment is None:
        return line
    overdue = any(item.overdue for _, item in assessment.waiting)
    expected = [item.expected for _, item in assessment.waiting if item.expected is not None]
    action = assessment.next_action
    steps = len(assessment.steps)
    settled = sum(step.status.settled for step in assessment.steps)
    return replace(
        line,
        settled=settled,
        steps=steps,
        standing=_OVERDUE if overdue else _VERDICTS[assessment.verdict],
        next_action=action.text if settled == steps else f"Step {action.step}: {action.text}",
        next_date=min(expected, default=None),
        owed=owed_by(assessment),
    )


class FirmsPage(QWidget):
    """All firms of this data folder, and what the firms that they report for owe still.

    `open_wanted` carries a case's id, `add_wanted` asks for a new one.
    """

    open_wanted = Signal(str)
    add_wanted = Signal()

    def __init__(self, runner: JobRunner) -> None:
        super().__init__()
        self.model = FirmsModel()
        self.filter = QLineEdit()
        self.filter.setObjectName("filter-firms")
        self.filter.setPlaceholderText("Filter by name, number, next action or date")
        self.filter.setAccessibleName("Filter the firms")
        self.filter.setClearButtonEnabled(True)
        self.filter.textChanged.connect(self._filter)
        self.filter.returnPressed.connect(self._open)
        self.standing = QComboBox()
        self.standing.setObjectName("filter-standing")
        self.standing.setAccessibleName("Standing")
        self.standing.addItem("All standings", "")
        for words, _, _ in (_OVERDUE, *_VERDICTS.values()):
            self.standing.addItem(words, words)
        self.standing.currentIndexChanged.connect(self._filter)
        self.table = self._make_table()
        self.owing = OwingList(runner, cases=True)
        self.owing.wanted.connect(self._open_case)
        self.tabs = QTabWidget()
        self.tabs.setObjectName("firms-tabs")
        self._empty = plain_label("No firm matches the filter.", "hint")
        self._arrange()

    def show_firms(self, lines: Sequence[FirmLine]) -> None:
        """Show these firms, by name."""
        self.model.show_firms(tuple(lines))
        self.table.sortByColumn(0, Qt.SortOrder.AscendingOrder)
        self.table.resizeColumnsToContents()
        self._filter()
        self._show_owed(lines)

    def show_standing(self, lines: Sequence[FirmLine]) -> None:
        """How the firms stand, as far as that is known by now."""
        chosen = self._chosen
        if not self.model.show_standing(lines):
            return
        self.table.resizeColumnsToContents()
        if all(line.known for line in lines):
            self.model.arrange()
            self._show_owed(lines)
            place = self.model.place_of(chosen.case_id) if chosen else None
            if place is not None:
                self.table.selectRow(place)

    def take_focus(self) -> None:
        """Put the focus where firms are looked for."""
        self.tabs.setCurrentIndex(0)
        self.filter.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.filter.selectAll()

    def _show_owed(self, lines: Sequence[FirmLine]) -> None:
        owing: list[OwingLine] = []
        for line in sorted(lines, key=lambda line: line.name.casefold()):
            owing.extend(owing_lines(line.case_id, line.name, line.owed))
        self.owing.show_lines(tuple(owing))
        self.tabs.setTabText(1, f"Who still owes &what ({len(owing):,})")
        self.tabs.setTabVisible(1, bool(owing))

    def _make_table(self) -> QTableView:
        table = QTableView()
        table.setObjectName("firms")
        table.setAccessibleName("Firms")
        table.setModel(self.model)
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
        header.setSectionResizeMode(NEXT, QHeaderView.ResizeMode.Stretch)
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
        for widget in (self.filter, self.standing, opened, add):
            row.addWidget(widget, 1 if widget is self.filter else 0)
        firms, owing = QWidget(), QWidget()
        listed = QVBoxLayout(firms)
        listed.addLayout(row)
        listed.addWidget(self._empty)
        listed.addWidget(self.table, 1)
        below = QVBoxLayout(owing)
        below.addWidget(self.owing)
        for layout in (listed, below):
            layout.setContentsMargins(0, APART, 0, 0)
            layout.setSpacing(APART)
        self.tabs.setDocumentMode(True)
        self.tabs.addTab(firms, "All fi&rms")
        self.tabs.addTab(owing, "Who still owes &what")
        column = QVBoxLayout(self)
        column.setContentsMargins(FAR, FAR, FAR, FAR)
        column.setSpacing(APART)
        column.addWidget(plain_label("Firms", "title"))
        column.addWidget(self.tabs, 1)

    def _filter(self) -> None:
        self.model.find(self.filter.text(), self.standing.currentData())
        filtered = bool(self.filter.text().strip() or self.standing.currentData())
        self._empty.setVisible(filtered and self.model.rowCount() == 0)
        if self.model.rowCount() and not self.table.selectionModel().hasSelection():
            self.table.selectRow(0)

    @property
    def _chosen(self) -> FirmLine | None:
        rows = self.table.selectionModel().selectedRows()
        return self.model.line(rows[0].row()) if rows else None

    def _open(self) -> None:
        chosen = self._chosen
        if chosen is not None:
            self.open_wanted.emit(chosen.case_id)

    def _open_case(self, case_id: str, row_id: str) -> None:
        self.open_wanted.emit(case_id)
