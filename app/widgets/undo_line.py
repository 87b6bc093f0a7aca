"""One line above a list that takes back a removal."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Signal

from app.onboarding.case import Case
from app.onboarding.editing import value_at
from app.onboarding.values import Row
from app.open_case import OpenCase
from app.widgets.banner import Banner


@dataclass(frozen=True, slots=True)
class _Removed:
    """A row that was taken out, and the case as it was before."""

    row: Row
    name: str
    before: Case


class UndoLine(Banner):
    """Takes rows out of the list at `path` and puts them back, the latest first.

    `restored` carries the id of a row that is back.
    """

    restored = Signal(str)

    def __init__(self, open_case: OpenCase, path: str) -> None:
        super().__init__(action="&Undo")
        self._open_case = open_case
        self._path = path
        self._removed: list[_Removed] = []
        self.setObjectName(f"undo:{path}")
        self.pressed.connect(self.restore)

    def remove(self, row: Row, name: str) -> None:
        """Take `row` out, so that it can be put back as it was."""
        self._removed.append(_Removed(row, name, self._open_case.case))
        self._open_case.remove_row(self._path, row.id)
        self._show_latest()

    def restore(self) -> None:
        """Put the row back that was taken out last."""
        if not self._removed:
            return
        removed = self._removed.pop()
        row = f"{self._path}.{removed.row.id}"
        self._open_case.restore((row,), removed.before, note="undone")
        self._show_latest()
        self.restored.emit(removed.row.id)

    def show_case(self, case: Case) -> None:
        """Forget rows that came back another way."""
        known = {row.id for row in value_at(case, self._path)}
        self._removed = [removed for removed in self._removed if removed.row.id not in known]
        self._show_latest()

    def _show_latest(self) -> None:
        self.show_text(f"Removed {self._removed[-1].name}." if self._removed else "")
