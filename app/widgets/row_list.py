"""A list of the case as a table, with the chosen row's fields below it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QModelIndex, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from app.onboarding.case import Case
from app.onboarding.editing import new_row_id, value_at
from app.onboarding.values import Row
from app.open_case import OpenCase
from app.widgets.fields import Field
from app.widgets.form import Form
from app.widgets.icons import Button
from app.widgets.row_model import Column, RowModel
from app.widgets.row_table import ROWS_AT_ONCE, RowTable
from app.widgets.style import NEAR
from app.widgets.texts import plain_label
from app.widgets.undo_line import UndoLine


@dataclass(frozen=True, slots=True)
class ListSpec:
    """What a list is about.

    `path` is the list's place in the case. `one` is what a row is called ("account"), `add` and `remove`
    the words on the buttons with their mnemonics, `nothing` the line in place of an empty table.
    `new_row` makes a row from an id, `form` the fields for the row at a path, `name` what a
    row is called when it is taken out.
    """

    path: str
    title: str
    one: str
    add: str
    remove: str
    nothing: str
    columns: Sequence[Column]
    new_row: Callable[[str], Row]
    form: Callable[[OpenCase, str], Form]
    name: Callable[[Any], str | None]


class RowList(QWidget):
    """The table, its buttons, and below it a form for the chosen row.

    `chosen` carries the id of the chosen row, empty for none. Insert adds a row, Delete
    takes the chosen one out, Enter goes to its fields. Taking out asks nothing: it can be undone.
    """

    chosen = Signal(str)
    focused = Signal(str)
    pasted = Signal(str, str)

    def __init__(self, open_case: OpenCase, spec: ListSpec) -> None:
        super().__init__()
        self.spec = spec
        self.open_case = open_case
        self.chosen_id = ""
        self.form: Form | None = None
        self.model = RowModel(spec.columns)
        self.table = RowTable(self.model)
        self.nothing = plain_label(spec.nothing, "hint")
        self.add_button = Button(spec.add, icon_name="add")
        self.remove_button = Button(spec.remove, kind="quiet", icon_name="close")
        self.search = QLineEdit(placeholderText=f"Find {spec.one}", clearButtonEnabled=True)
        self.undo = UndoLine(open_case, spec.path)
        #: Where the chosen row's form stands; a page may put more below it.
        self.details = QVBoxLayout()
        self._set_up_table()
        self._arrange()
        self.show_case(open_case.case)

    @property
    def rows(self) -> tuple[Any, ...]:
        """The rows of the case, in its order."""
        rows: tuple[Any, ...] = value_at(self.open_case.case, self.spec.path)
        return rows

    @property
    def chosen_row(self) -> Any | None:
        """The chosen row as it now is."""
        return next((row for row in self.rows if row.id == self.chosen_id), None)

    def add(self) -> None:
        """Add an empty row and go to its first field."""
        self.search.clear()
        row = self.spec.new_row(new_row_id())
        self.open_case.add_row(self.spec.path, row)
        self.choose(row.id)
        self.focus_details()

    def remove(self) -> None:
        """Take the chosen row out; the line above the list offers to undo it."""
        self.commit()
        row = self.chosen_row
        if row is None:
            return
        place = self.model.place_of(row.id) or 0
        self.undo.remove(row, self.spec.name(row) or f"the {self.spec.one}")
        neighbour = self.model.row_at(place) or self.model.row_at(place - 1)
        self.choose(neighbour.id if neighbour else "")
        (self.table if neighbour else self.add_button).setFocus()

    def choose(self, row_id: str) -> None:
        """Choose the row with this id; none for an empty one."""
        if row_id != self.chosen_id:
            self.commit()
            self._show_details(row_id)
        self._show_choice()

    def focus_details(self) -> None:
        """Put the focus into the first field of the chosen row."""
        if self.form is not None:
            next(field for field in self.form.fields() if not field.isHidden()).take_focus()

    def focus_on(self, paths: Sequence[str]) -> bool:
        """Go to where `paths` are mended; whether one of them belongs to this list."""
        own = [path for path in paths if f"{path}.".startswith(f"{self.spec.path}.")]
        if not own:
            return False
        for row in self.rows:
            if own[0].startswith(f"{self.spec.path}.{row.id}."):
                self.choose(row.id)
                self._mark(own)
                return True
        self.add_button.setFocus()
        return True

    def reveal(self, path: str) -> bool:
        """Choose the row that `path` names or lies in, and put the focus on it; whether it is ours."""
        if not f"{path}.".startswith(f"{self.spec.path}."):
            return False
        if self.search.text():
            self.search.clear()
        row = next(
            (r for r in self.rows if f"{path}.".startswith(f"{self.spec.path}.{r.id}.")), None
        )
        if row is not None:
            self.choose(row.id)
        if self.form is None or not self.form.reveal(path):
            (self.table if self.rows else self.add_button).setFocus()
        return True

    def field(self, path: str) -> Field | None:
        """The field of the chosen row for `path`."""
        return self.form.field(path) if self.form is not None else None

    def commit(self) -> None:
        """Hand over what is typed and not yet handed over."""
        if self.form is not None:
            self.form.commit()

    def show_case(self, case: Case) -> None:
        """Show the rows and the chosen one's fields."""
        rows: tuple[Row, ...] = value_at(case, self.spec.path)
        self.model.show_rows(rows)
        known = {row.id for row in rows}
        if self.chosen_id not in known and (self.chosen_id or rows):
            self._show_details(rows[0].id if rows else "")
        if self.form is not None:
            self.form.show_case(case)
        self._show_choice()
        self.nothing.setVisible(not rows)
        self.table.setVisible(bool(rows))
        self.search.setVisible(len(rows) > ROWS_AT_ONCE or bool(self.search.text()))
        self.remove_button.setEnabled(bool(rows))
        self.undo.show_case(case)
        self.table.fit_rows()

    def _set_up_table(self) -> None:
        table = self.table
        table.setObjectName(f"rows:{self.spec.path}")
        table.setAccessibleName(self.spec.title)
        table.setAccessibleDescription(
            f"Insert adds one {self.spec.one}, Delete removes it, Enter goes to its fields."
        )
        table.selectionModel().currentRowChanged.connect(self._current_changed)
        self.model.modelReset.connect(self._show_choice)
        for key, action in (
            (Qt.Key.Key_Insert, self.add),
            (Qt.Key.Key_Delete, self.remove),
            (Qt.Key.Key_Return, self.focus_details),
            (Qt.Key.Key_Enter, self.focus_details),
        ):
            shortcut = QShortcut(QKeySequence(key), table, action)
            # Only in the table itself: in a field these keys mean something else.
            shortcut.setContext(Qt.ShortcutContext.WidgetShortcut)

    def _arrange(self) -> None:
        self.add_button.setObjectName(f"add:{self.spec.path}")
        self.remove_button.setObjectName(f"remove:{self.spec.path}")
        self.search.setObjectName(f"find:{self.spec.path}")
        self.search.setAccessibleName(f"Find {self.spec.one}")
        self.add_button.clicked.connect(self.add)
        self.remove_button.clicked.connect(self.remove)
        self.search.textChanged.connect(self.model.find)
        self.search.textChanged.connect(self.table.fit_rows)
        self.undo.restored.connect(self.choose)
        buttons = QHBoxLayout()
        buttons.addWidget(self.add_button)
        buttons.addWidget(self.remove_button)
        buttons.addStretch()
        buttons.addWidget(self.search)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(NEAR)
        for widget in (self.undo, self.nothing, self.table):
            column.addWidget(widget)
        column.addLayout(buttons)
        column.addLayout(self.details)

    def _current_changed(self, current: QModelIndex) -> None:
        row = self.model.row_at(current.row())
        if row is not None:
            self.choose(row.id)

    def _show_choice(self) -> None:
        """The table shows which row is chosen, also after it was filled anew."""
        place = self.model.place_of(self.chosen_id)
        if place is None:
            self.table.clearSelection()
        elif place != self.table.currentIndex().row() or not self.table.selectedIndexes():
            with QSignalBlocker(self.table.selectionModel()):
                self.table.selectRow(place)
            self.table.viewport().update()
            self.table.scrollTo(self.model.index(place, 0))

    def _show_details(self, row_id: str) -> None:
        before, self.form = self.form, None
        if before is not None:
            before.hide()
            self.details.removeWidget(before)
            before.deleteLater()
        self.chosen_id = row_id
        if row_id:
            self.form = self.spec.form(self.open_case, f"{self.spec.path}.{row_id}")
            self.form.focused.connect(self.focused)
            self.form.pasted.connect(self.pasted)
            self.details.insertWidget(0, self.form)
            self.form.show()
        self.chosen.emit(row_id)

    def _mark(self, paths: Sequence[str]) -> None:
        fields = [field for field in map(self.field, paths) if field is not None]
        for field in fields:
            field.show_missing()
        if fields:
            fields[0].take_focus()
        else:
            self.focus_details()
