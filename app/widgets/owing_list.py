"""Who still owes what: served firms without a relationship or without an accepted account."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from app.background import JobRunner
from app.failures import UserFacingError
from app.onboarding.owing import Owed
from app.widgets.announcing import announce
from app.widgets.banner import Banner, Tone
from app.widgets.icons import Button
from app.widgets.row_model import Column, RowModel
from app.widgets.row_table import RowTable
from app.widgets.style import NEAR
from app.widgets.texts import plain_label
from app.work.lists import ListWriter

_RELATIONSHIP, _ACCOUNT = "Not entered yet", "None accepted yet"
_OF_FIRM = (
    Column("Firm", lambda line: line.firm),
    Column("CRD", lambda line: line.crd),
    Column("Relationship", lambda line: line.relationship),
    Column("Accepted account", lambda line: line.account),
)
_CHOICES = (("Anything", ""), ("Relationship", "relationship"), ("Accepted account", "account"))


@dataclass(frozen=True, slots=True)
class OwingLine:
    """A served firm of which something is missing; `case` reports for it."""

    id: str
    case_id: str
    case: str
    row_id: str
    firm: str
    crd: str
    relationship: str
    account: str


def owing_lines(case_id: str, case: str, owed: Sequence[Owed]) -> tuple[OwingLine, ...]:
    """The lines of one case."""
    # The id is of the case too: two may report for the same firm.
    return tuple(
        OwingLine(
            id=f"{case_id[-16:]}{item.firm.id}"[:32],
            case_id=case_id,
            case=case,
            row_id=item.firm.id,
            firm=item.firm.name or "",
            crd=item.firm.crd or "",
            relationship=_RELATIONSHIP if item.relationship else "",
            account=_ACCOUNT if item.account else "",
        )
        for item in owed
    )


class OwingList(QWidget):
    """The list with a search, what is looked for, copying and exporting.

    `wanted` carries the id of a case and of its row for the firm that was chosen.

    Args:
        runner: writes the file.
        cases: whether the lines are of several cases, which are then named.
    """

    wanted = Signal(str, str)

    def __init__(self, runner: JobRunner, *, cases: bool = False) -> None:
        super().__init__()
        of_case = (Column("Reported by", lambda line: line.case),) if cases else ()
        self._columns = (*of_case, *_OF_FIRM)
        self._lines: tuple[OwingLine, ...] = ()
        self._writer = ListWriter(runner)
        self._writer.written.connect(self._show_written)
        self._writer.failed.connect(self._show_failure)
        self.model = RowModel(self._columns)
        self.table = RowTable(self.model)
        self.table.setObjectName("owing")
        self.table.setAccessibleName("Who still owes what")
        self.table.activated.connect(self._go)
        self.count = plain_label(role="hint")
        self.said = Banner(closable=True)
        self.search = QLineEdit(placeholderText="Find a firm", clearButtonEnabled=True)
        self.search.setObjectName("find:owing")
        self.search.setAccessibleName("Find a firm that owes something")
        self.search.textChanged.connect(self.model.find)
        self.search.textChanged.connect(self._show_count)
        self.what = QComboBox()
        self.what.setObjectName("owing:what")
        self.what.setAccessibleName("What is owed")
        for words, value in _CHOICES:
            self.what.addItem(words, value)
        self.what.currentIndexChanged.connect(self._show_chosen)
        if cases:
            # It has a view of its own there.
            expanding = QSizePolicy.Policy.Expanding
            self.table.setSizePolicy(expanding, expanding)
        self._arrange()

    def show_lines(self, lines: tuple[OwingLine, ...]) -> None:
        """Show these."""
        self._lines = lines
        self._show_chosen()

    def _arrange(self) -> None:
        copy = Button("Copy the list", icon_name="copy")
        copy.setObjectName("copy:owing")
        copy.clicked.connect(self._copy)
        export = Button("Export as CSV …")
        export.setObjectName("export:owing")
        export.clicked.connect(self._choose_file)
        row = QHBoxLayout()
        row.setSpacing(NEAR)
        row.addWidget(plain_label("Owed:", wrap=False))
        row.addWidget(self.what)
        row.addWidget(self.search, 1)
        row.addWidget(copy)
        row.addWidget(export)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(NEAR)
        column.addLayout(row)
        column.addWidget(self.count)
        column.addWidget(self.table)
        column.addWidget(self.said)

    def _show_chosen(self) -> None:
        what = self.what.currentData()
        shown = (line for line in self._lines if not what or getattr(line, what))
        self.model.show_rows(tuple(shown))
        self.table.fit_rows()
        self._show_count()

    def _show_count(self) -> None:
        count = self.model.rowCount()
        noun = "firm owes" if count == 1 else "firms owe"
        self.count.setText(f"{count:,} {noun} something." if count else "Nothing is owed.")
        if count < len(self._lines):
            self.count.setText(f"{count:,} of {len(self._lines):,} firms.")

    def _shown(self) -> list[list[str]]:
        """What the table shows, under its headings."""
        rows, columns = range(self.model.rowCount()), range(self.model.columnCount())
        texts = [[str(self.model.index(r, c).data()) for c in columns] for r in rows]
        return [[column.title for column in self._columns], *texts]

    def _copy(self) -> None:
        lines = self._shown()
        QGuiApplication.clipboard().setText("\n".join("\t".join(line) for line in lines))
        words = f"{len(lines) - 1:,} lines copied; paste them into a spreadsheet or a message."
        self.said.show_text(words, "", Tone.DONE)
        announce(self, words)

    def _choose_file(self) -> None:
        dialog = QFileDialog(self, "Export the list", "", "CSV files (*.csv)")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("csv")
        dialog.selectFile("still-owed.csv")
        dialog.fileSelected.connect(self.export)
        dialog.open()

    def export(self, path: str) -> None:
        """Write what is shown as CSV to `path`."""
        self._writer.write(Path(path), self._shown())

    def _go(self, index: QModelIndex) -> None:
        line = self.model.row_at(index.row())
        if isinstance(line, OwingLine):
            self.wanted.emit(line.case_id, line.row_id)

    def _show_written(self, path: Path) -> None:
        self.said.show_text(f"{path.name} is written.", "", Tone.DONE)

    def _show_failure(self, failure: UserFacingError) -> None:
        self.said.show_failure(failure)
