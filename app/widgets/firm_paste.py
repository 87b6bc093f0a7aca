"""Many firms at once, pasted from a spreadsheet or a list."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass

from pydantic import TypeAdapter, ValidationError
from PySide6.QtCore import Signal
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from app.onboarding.editing import new_row_id
from app.onboarding.relationships import ServedFirm
from app.onboarding.values import AccountCount, Crd, Name
from app.widgets.icons import Button
from app.widgets.style import NEAR
from app.widgets.texts import plain_label, rule

#: More lines than any organisation reports for.
_MOST_LINES = 10_000
#: Lines with a problem that are named; the rest is counted.
_NAMED = 5
_NAME: TypeAdapter[str] = TypeAdapter(Name)
_CRD: TypeAdapter[str] = TypeAdapter(Crd)
_COUNT: TypeAdapter[int] = TypeAdapter(AccountCount)


@dataclass(frozen=True, slots=True)
class PastedFirms:
    """What a pasted text holds: firms, and one line for each line that is none."""

    firms: tuple[ServedFirm, ...]
    problems: tuple[str, ...]


def read_firms(text: str, known_crds: Iterable[str]) -> PastedFirms:
    """The firms in `text`: one per line, name and CRD number in either order, then accounts.

    Cells are divided by tabs, semicolons or commas. A first line without any digit is a
    heading. A CRD number that is in `known_crds`, or came before, is not taken again.
    """
    seen = set(known_crds)
    firms: list[ServedFirm] = []
    problems: list[str] = []
    lines = text.splitlines()
    for number, line in enumerate(lines[:_MOST_LINES], start=1):
        if not line.strip() or (number == 1 and not any(c.isdigit() for c in line)):
            continue
        try:
            firm = _firm(_cells(line))
            if firm.crd in seen:
                raise ValueError(f"CRD {firm.crd} is listed already.")
        except ValueError as problem:
            problems.append(f"Line {number}: {_words(problem)}")
            continue
        seen.add(firm.crd or "")
        firms.append(firm)
    if len(lines) > _MOST_LINES:
        problems.append(f"Only the first {_MOST_LINES:,} lines were read.")
    return PastedFirms(tuple(firms), tuple(problems))


def _cells(line: str) -> list[str]:
    divider = next((sign for sign in "\t;," if sign in line), "\t")
    cells = next(csv.reader([line.strip("\r\n")], delimiter=divider, skipinitialspace=True))
    return [cell.strip() for cell in cells if cell.strip()]


def _firm(cells: list[str]) -> ServedFirm:
    numbers = [cell for cell in cells if cell.replace(",", "").isdecimal()]
    names = [cell for cell in cells if cell not in numbers]
    if not numbers:
        raise ValueError("no CRD number; it is digits only.")
    if len(numbers) > 2 or len(names) > 1:
        raise ValueError("more than a name, a CRD number and a number of accounts.")
    return ServedFirm(
        id=new_row_id(),
        name=_NAME.validate_python(names[0]) if names else None,
        crd=_CRD.validate_python(numbers[0]),
        ltid_accounts=_COUNT.validate_python(numbers[1]) if len(numbers) > 1 else None,
    )


def _words(problem: ValueError) -> str:
    if isinstance(problem, ValidationError):
        return str(problem.errors(include_url=False)[0]["ctx"]["error"])
    return str(problem)


class FirmPaste(QWidget):
    """A field to paste into, what was recognised in it, and a button that adds it.

    `added` carries the tuple of firms.
    """

    added = Signal(tuple)

    def __init__(self) -> None:
        super().__init__()
        self._known: frozenset[str] = frozenset()
        self._read = PastedFirms((), ())
        self.text = QPlainTextEdit(tabChangesFocus=True)
        self.text.setObjectName("paste:served_firms")
        self.text.setAccessibleName("Firms to add, one per line")
        self.text.setPlaceholderText("Juniper Brokerage Inc.\t2236\t40")
        self.text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.text.setFixedHeight(self.text.fontMetrics().lineSpacing() * 5 + 24)
        self.text.textChanged.connect(self._look)
        self.found = plain_label(role="hint")
        self.problems = plain_label(role="problem")
        self.button = Button("Add these firms", icon_name="add")
        self.button.setObjectName("add-pasted")
        self.button.clicked.connect(self._add)
        self._arrange()
        self._look()

    def know(self, crds: Iterable[str]) -> None:
        """These CRD numbers are listed already."""
        known = frozenset(crds)
        if known != self._known:
            self._known = known
            if self.text.toPlainText():
                self._look()

    def _arrange(self) -> None:
        row = QHBoxLayout()
        row.addWidget(self.button)
        row.addWidget(self.found, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(NEAR)
        column.addWidget(rule())
        column.addWidget(plain_label("Add many at once", "strong"))
        column.addWidget(
            plain_label(
                "Paste from a spreadsheet: one firm per line with its name, CRD number and, if "
                "known, its number of accounts with LTIDs.",
                "hint",
            )
        )
        column.addWidget(self.text)
        column.addWidget(self.problems)
        column.addLayout(row)

    def _look(self) -> None:
        self._read = read_firms(self.text.toPlainText(), self._known)
        count, problems = len(self._read.firms), self._read.problems
        noun = "firm" if count == 1 else "firms"
        self.found.setText(f"{count:,} {noun} recognized" if self.text.toPlainText() else "")
        rest = len(problems) - _NAMED
        more = (f"… and {rest:,} more lines.",) if rest > 0 else ()
        self.problems.setText("\n".join((*problems[:_NAMED], *more)))
        self.problems.setVisible(bool(problems))
        self.button.setEnabled(bool(count))

    def _add(self) -> None:
        firms = self._read.firms
        self.text.clear()
        self.added.emit(firms)
