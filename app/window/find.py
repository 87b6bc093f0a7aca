"""Find in the whole case: a line to type into, and what holds it, live."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QLineEdit, QVBoxLayout

from app.background import Report
from app.cancellation import CancelToken
from app.onboarding.guide import the_guide
from app.widgets.announcing import announce
from app.widgets.row_model import Column, RowModel
from app.widgets.row_table import RowTable
from app.widgets.style import APART, NEAR
from app.widgets.texts import plain_label
from app.window.frame import CaseFrame
from app.window.wording import FieldWords, fields_of
from app.work.finding import CaseIndex, Findable, index_of

#: Matches that are listed; the rest is counted.
_MOST = 30
_SIZE = QSize(760, 460)
_MOVES: dict[int, int] = {
    Qt.Key.Key_Up: -1,
    Qt.Key.Key_Down: 1,
    Qt.Key.Key_PageUp: -8,
    Qt.Key.Key_PageDown: 8,
}
_COLUMNS = (
    Column("Found", lambda line: line.title),
    Column("Where", lambda line: line.place),
    Column("Holds", lambda line: line.holds),
)


@dataclass(frozen=True, slots=True)
class _Line:
    """One match; `target` is where it leads."""

    id: str
    title: str
    holds: str
    place: str
    target: str


class FindDialog(QDialog):
    """Finds in the case of `frame`; Enter goes there, Esc closes.

    `chosen` carries where to go, and what was looked for.
    """

    chosen = Signal(str, str)

    def __init__(self, frame: CaseFrame) -> None:
        super().__init__(frame.window())
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Find in this case")
        self.setAccessibleName("Find in this case")
        self._index: CaseIndex | None = None
        self.search = QLineEdit(placeholderText="A field, a value, a firm, a file, a date …")
        self.search.setObjectName("find-in-case")
        self.search.setAccessibleName("Find in this case")
        self.search.setAccessibleDescription("Up and Down choose a match, Enter goes there.")
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._find)
        self.search.returnPressed.connect(self._go)
        self.search.installEventFilter(self)
        self.lines = RowModel(_COLUMNS)
        self.table = RowTable(self.lines)
        self.table.setObjectName("found")
        self.table.setAccessibleName("Matches")
        self.table.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.table.setSortingEnabled(False)
        self.table.clicked.connect(self._go)
        self.said = plain_label("Looking through the case …", "hint")
        column = QVBoxLayout(self)
        column.setContentsMargins(APART, APART, APART, APART)
        column.setSpacing(NEAR)
        column.addWidget(self.search)
        column.addWidget(self.said)
        column.addWidget(self.table)
        column.addStretch()
        self.table.hide()
        self.resize(_SIZE)
        self._build(frame)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Up and Down move through the matches while the focus stays in the line."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            by = _MOVES.get(event.key(), 0)
            if by:
                self._move(by)
                return True
        return super().eventFilter(watched, event)

    def _build(self, frame: CaseFrame) -> None:
        """Put the index together in a job: a case may hold thousands of entries."""
        case, workplace = frame.open_case.case, frame.desk.workplace
        fields = fields_of(frame)
        wordings = FieldWords(fields).wordings()
        hidden = frozenset(field.path for field in fields if field.isHidden())
        steps = {step.number: step.title for step in the_guide().steps}

        def build(token: CancelToken, report: Report) -> CaseIndex:
            history = workplace.cases.history(case.id)
            return index_of(case, steps, wordings, hidden, history)

        job = frame.desk.runner.prepare("find in the case", build)
        job.done.connect(self._ready)
        frame.desk.runner.start(job)

    def _ready(self, index: CaseIndex) -> None:
        self._index = index
        self._find(self.search.text())

    def _find(self, text: str) -> None:
        if self._index is None:
            return
        found = self._index.find(text, _MOST)
        self.lines.show_rows(tuple(_line(number, *hit) for number, hit in enumerate(found.best)))
        self.table.setVisible(bool(found.best))
        self.table.fit_rows()
        if found.best:
            self.table.selectRow(0)
            self.table.scrollToTop()
        self.said.setText(_said(text, found.count))
        announce(self.search, f"{self.said.text()} {found.best[0][0].title}" if found.best else "")

    def _move(self, by: int) -> None:
        count = self.lines.rowCount()
        if count:
            row = min(max(self.table.currentIndex().row() + by, 0), count - 1)
            self.table.selectRow(row)
            line = self.lines.row_at(row)
            if isinstance(line, _Line):
                announce(self.search, f"{line.title}, {line.holds}, {line.place}")

    def _go(self) -> None:
        line = self.lines.row_at(self.table.currentIndex().row())
        if isinstance(line, _Line):
            target, query = line.target, self.search.text()
            self.accept()
            self.chosen.emit(target, query)


def _line(number: int, entry: Findable, target: str) -> _Line:
    return _Line(
        id=f"{number:08x}", title=entry.title, holds=entry.holds, place=entry.place, target=target
    )


def _said(query: str, count: int) -> str:
    if not query.strip():
        return "Fields, values, lists, submissions and the history of this case are looked through."
    if not count:
        return "Nothing in this case holds all of these words."
    listed = f"; the first {_MOST} are listed" if count > _MOST else ""
    return f"{count:,} {'match' if count == 1 else 'matches'}{listed}. Enter goes there."
