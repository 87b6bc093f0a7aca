"""The firms of a data folder as a table: found, filtered and sorted on plain values."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from app.onboarding.business_calendar import eastern_date, long_date
from app.onboarding.owing import Owed
from app.widgets.icons import icon

HEADINGS = ("Firm", "CRD or ORG ID", "Progress", "Standing", "Next", "Next date", "Changed")
STANDING, NEXT = HEADINGS.index("Standing"), HEADINGS.index("Next")

Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class FirmLine:
    """One firm in the list.

    `standing` is words, icon and colour role; `settled` counts steps, -1 where nobody has looked
    yet; `next_date` is the first day by which something is expected of somebody; `owed` what firms
    that it reports for owe still.
    """

    case_id: str
    name: str
    number: str
    changed_at: datetime
    settled: int = -1
    steps: int = 0
    standing: tuple[str, str, str] = ("", "", "")
    next_action: str = ""
    next_date: date | None = None
    owed: tuple[Owed, ...] = ()

    @property
    def known(self) -> bool:
        """Whether somebody has looked how the firm stands."""
        return self.settled >= 0

    @property
    def progress(self) -> str:
        """How many steps are settled; empty where nobody has looked yet."""
        return f"{self.settled} of {self.steps} steps" if self.known else ""

    def texts(self) -> tuple[str, ...]:
        """What stands in the columns."""
        return (
            self.name,
            self.number,
            self.progress,
            self.standing[0],
            self.next_action,
            long_date(self.next_date) if self.next_date else "",
            long_date(eastern_date(self.changed_at)),
        )


#: What each column is sorted by; firms without a next date come after all others.
_KEYS: tuple[Callable[[FirmLine], object], ...] = (
    lambda line: line.name.casefold(),
    lambda line: line.number.zfill(20),
    lambda line: line.settled,
    lambda line: line.standing[0],
    lambda line: line.next_action,
    lambda line: line.next_date or date.max,
    lambda line: line.changed_at,
)


class FirmsModel(QAbstractTableModel):
    """The lines that match, in the order that was chosen."""

    def __init__(self) -> None:
        super().__init__()
        self._all: tuple[FirmLine, ...] = ()
        self._shown: list[tuple[FirmLine, tuple[str, ...]]] = []
        self._texts: dict[str, tuple[str, ...]] = {}
        self._column, self._order = 0, Qt.SortOrder.AscendingOrder
        self._words: tuple[str, ...] = ()
        self._standing = ""

    def show_firms(self, lines: tuple[FirmLine, ...]) -> None:
        """Show these firms."""
        self._all = lines
        self._texts = {line.case_id: line.texts() for line in lines}
        self.arrange()

    def show_standing(self, lines: Sequence[FirmLine]) -> bool:
        """How the firms that are listed stand, each where it is; False if these are others."""
        if [line.case_id for line in lines] != [line.case_id for line in self._all]:
            return False
        for before, now in zip(self._all, lines, strict=True):
            if now is not before:
                self._texts[now.case_id] = now.texts()
        self._all = tuple(lines)
        by_id = {line.case_id: line for line in lines}
        self._shown = [(by_id[line.case_id], self._texts[line.case_id]) for line, _ in self._shown]
        if self._shown:
            last = self.index(len(self._shown) - 1, len(HEADINGS) - 1)
            self.dataChanged.emit(self.index(0, 0), last)
        return True

    def place_of(self, case_id: str) -> int | None:
        """The row in which a firm is shown; None where it is not."""
        ids = [line.case_id for line, _ in self._shown]
        return ids.index(case_id) if case_id in ids else None

    def find(self, words: str, standing: str) -> None:
        """Show only firms with all `words` in their line, and of this standing unless empty."""
        self._words, self._standing = tuple(words.casefold().split()), standing
        self.arrange()

    def line(self, row: int) -> FirmLine:
        """The firm in a row."""
        return self._shown[row][0]

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        """One row per firm that matches."""
        return 0 if parent.isValid() else len(self._shown)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        """The columns of the headings."""
        return 0 if parent.isValid() else len(HEADINGS)

    def headerData(self, section: int, way: Qt.Orientation, role: int = 0) -> object:
        """The headings."""
        if way is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return HEADINGS[section]
        return None

    def data(self, index: Index, role: int = 0) -> object:
        """Texts, and the standing's shape."""
        if role == Qt.ItemDataRole.DisplayRole or role == Qt.ItemDataRole.ToolTipRole:
            return self._shown[index.row()][1][index.column()]
        if role == Qt.ItemDataRole.DecorationRole and index.column() == STANDING:
            _, shape, colour = self._shown[index.row()][0].standing
            return icon(shape, colour) if shape else None
        return None

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """See Qt."""
        self._column, self._order = max(column, 0), order
        self.arrange()

    def arrange(self) -> None:
        """Find and sort anew: the lines have changed in what that rests on."""
        self.beginResetModel()
        found = [line for line in self._all if self._matches(line)]
        found.sort(
            key=_KEYS[self._column],  # type: ignore[arg-type]
            reverse=self._order is Qt.SortOrder.DescendingOrder,
        )
        self._shown = [(line, self._texts[line.case_id]) for line in found]
        self.endResetModel()

    def _matches(self, line: FirmLine) -> bool:
        if self._standing and line.standing[0] != self._standing:
            return False
        whole = "\n".join(self._texts[line.case_id]).casefold()
        return all(word in whole for word in self._words)
