"""A group of fields under a heading."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from app.onboarding.case import Case
from app.open_case import OpenCase
from app.widgets.fields import Field, FieldSpec
from app.widgets.style import APART, NEAR, TIGHT


class Form(QWidget):
    """Fields below a title; each inner sequence of `rows` stands side by side.

    `prefix` is put before every path, such as `registration` or `portal.accounts.<row>`. `pasted`
    carries the path of a field and the text that was pasted as the whole of it.
    """

    focused = Signal(str)
    pasted = Signal(str, str)

    def __init__(
        self,
        open_case: OpenCase,
        prefix: str,
        rows: Sequence[Sequence[FieldSpec]],
        *,
        title: str = "",
        note: str = "",
    ) -> None:
        super().__init__()
        self.open_case = open_case
        self.prefix = prefix
        self._fields: dict[str, Field] = {}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(APART)
        grid.setVerticalSpacing(NEAR + TIGHT)
        columns = max((len(row) for row in rows), default=1)
        for column in range(columns):
            grid.setColumnStretch(column, 1)
        line = 0
        for text, role in ((title, "group"), (note, "hint")):
            if text:
                label = QLabel(text, wordWrap=True)
                label.setProperty("role", role)
                grid.addWidget(label, line, 0, 1, columns)
                line += 1
        for specs in rows:
            self._add_row(grid, line, specs, columns, open_case)
            line += 1

    def _add_row(
        self,
        grid: QGridLayout,
        line: int,
        specs: Sequence[FieldSpec],
        columns: int,
        open_case: OpenCase,
    ) -> None:
        for column, spec in enumerate(specs):
            path = f"{self.prefix}.{spec.path}"
            field = Field(spec, path, open_case)
            field.focused.connect(self.focused)
            field.pasted.connect(self.pasted)
            last = column == len(specs) - 1
            span = columns - column if last else 1
            grid.addWidget(field, line, column, 1, span, Qt.AlignmentFlag.AlignTop)
            self._fields[path] = field

    def fields(self) -> tuple[Field, ...]:
        """All fields, in order."""
        return tuple(self._fields.values())

    def field(self, path: str) -> Field | None:
        """The field for the full `path`, if it is one of this form's and visible."""
        found = self._fields.get(path)
        return found if found is not None and not found.isHidden() else None

    def reveal(self, path: str) -> bool:
        """Put the focus on what shows `path`; whether this form does."""
        found = self.field(path)
        if found is None or not found.isVisibleTo(self):
            return False
        found.take_focus()
        return True

    def show_fields(self, names: Sequence[str], shown: bool) -> None:
        """Show or hide the fields with these paths (without the prefix); their facts stay."""
        for name in names:
            self._fields[f"{self.prefix}.{name}"].setVisible(shown)

    def show_case(self, case: Case) -> None:
        """Show the facts."""
        for field in self._fields.values():
            field.show_case(case)

    def commit(self) -> None:
        """Hand over what is typed and not yet handed over."""
        for field in self._fields.values():
            field.commit()
