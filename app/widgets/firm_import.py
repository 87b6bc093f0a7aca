"""What a file with firms holds, line by line, before anything of it is added."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QSizePolicy, QWidget

from app.onboarding.business_calendar import long_date
from app.onboarding.firm_lists import FirmLine
from app.widgets.dialogs import Dialog
from app.widgets.row_model import Column, RowModel
from app.widgets.row_table import RowTable
from app.widgets.texts import plain_label
from app.work.firm_lists import FirmFile

_COLUMNS = (
    Column("Line", lambda line: line.number),
    Column("Firm", lambda line: line.firm),
    Column("CRD", lambda line: line.crd),
    Column("Accounts", lambda line: line.accounts),
    Column("Entered", lambda line: line.entered),
    Column("What happens", lambda line: line.outcome, wraps=True),
)


@dataclass(frozen=True, slots=True)
class _Line:
    id: str
    number: int
    firm: str
    crd: str
    accounts: str
    entered: str
    outcome: str


class FirmImportDialog(Dialog):
    """A preview of a file; `agreed` carries the `FirmFile` whose firms shall be added."""

    agreed = Signal(object)

    def __init__(self, parent: QWidget, read: FirmFile) -> None:
        self._read = read
        firms, lines = read.found.firms, read.found.lines
        wrong = [line for line in lines if line.problem]
        super().__init__(
            parent,
            _headline(read.file.name, len(firms), len(wrong)),
            "Nothing is added until you agree. Lines with a problem are left out; they can be put "
            "right in the file, and the file imported again.",
            ("warning", "waiting") if wrong or not firms else ("info", "accent"),
        )
        self._lines = tuple(map(_row, lines))
        self.model = RowModel(_COLUMNS)
        self.table = RowTable(self.model)
        self.table.setObjectName("import-preview")
        self.table.setAccessibleName("Lines of the file")
        expanding = QSizePolicy.Policy.Expanding
        self.table.setSizePolicy(expanding, expanding)
        self.only_wrong = QCheckBox("&Show only lines with a problem")
        self.only_wrong.toggled.connect(self._show_lines)
        if wrong and firms:
            self.body.addWidget(self.only_wrong)
        self.body.addWidget(self.table, 1)
        self._add_notes()
        leave = self.add_button("&Cancel")
        leave.clicked.connect(self.close)
        if firms:
            noun = "firm" if len(firms) == 1 else "firms"
            add = self.add_button(f"&Add {len(firms):,} {noun}", kind="primary")
            add.setObjectName("agree")
            add.clicked.connect(self._agree)
            add.setFocus()
        self.resize(860, 520)
        self._show_lines()

    def _add_notes(self) -> None:
        found = self._read.found
        if found.unused:
            named = ", ".join(found.unused)
            self.body.addWidget(plain_label(f"Columns without a use here: {named}.", "hint"))
        if found.cut:
            self.body.addWidget(plain_label(found.problems[-1], "problem"))

    def _show_lines(self) -> None:
        wrong = self.only_wrong.isChecked()
        problems = {line.number for line in self._read.found.lines if line.problem}
        shown = (line for line in self._lines if not wrong or line.number in problems)
        self.model.show_rows(tuple(shown))
        self.table.fit_rows()

    def _agree(self) -> None:
        self.close()
        self.agreed.emit(self._read)


def _headline(name: str, firms: int, wrong: int) -> str:
    can = f"{firms:,} {'firm' if firms == 1 else 'firms'} can be added"
    cannot = f", {wrong:,} {'line' if wrong == 1 else 'lines'} cannot" if wrong else ""
    return f"{name}: {can}{cannot}."


def _row(line: FirmLine) -> _Line:
    firm = line.firm
    row_id = f"{line.number:08x}"
    if firm is None:
        problem = line.problem[0].upper() + line.problem[1:]
        return _Line(
            id=row_id,
            number=line.number,
            firm=line.text,
            crd="",
            accounts="",
            entered="",
            outcome=f"Left out: {problem}",
        )
    entered = firm.relationship_entered_on
    return _Line(
        id=row_id,
        number=line.number,
        firm=firm.name or "",
        crd=firm.crd or "",
        accounts="" if firm.ltid_accounts is None else f"{firm.ltid_accounts:,}",
        entered=long_date(entered) if entered else "",
        outcome="Will be added",
    )
