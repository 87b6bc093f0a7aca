"""What the frame knows of a page."""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.onboarding.assessment import Assessment
from app.open_case import OpenCase
from app.widgets.fields import Field
from app.widgets.form import Form


class Page(QWidget):
    """Base of every page: it shows the open case, and holds no truth of its own.

    A page builds its widgets once and repaints in `show_assessment`. The frame owns
    navigation, the guide panel and saving; pages do not know each other.
    """

    #: Name in addresses such as the remembered page: "overview", "register", ...
    key: ClassVar[str]
    #: The step the page belongs to; 0 for a page that belongs to none.
    step: ClassVar[int] = 0

    def __init__(self, open_case: OpenCase) -> None:
        super().__init__()
        self.open_case = open_case
        self.body = QVBoxLayout(self)
        self._forms: list[Form] = []
        self.setObjectName(f"page:{self.key}")

    def add_form(self, form: Form) -> Form:
        """Put `form` at the end of the page and have its fields found and refreshed."""
        self.adopt_form(form)
        self.body.addWidget(form)
        return form

    def adopt_form(self, form: Form) -> None:
        """Have the fields of a form found and refreshed that the page has put somewhere itself."""
        self._forms.append(form)

    def show_assessment(self, assessment: Assessment) -> None:
        """Repaint from the facts; subclasses repaint the rest after calling this."""
        for form in self._forms:
            form.show_case(assessment.case)

    def commit(self) -> None:
        """Hand over what is typed and not yet handed over (leaving the page, closing)."""
        for form in self._forms:
            form.commit()

    def field(self, path: str) -> Field | None:
        """The field for `path` if this page shows it now."""
        for form in self._forms:
            found = form.field(path)
            if found is not None:
                return found
        return None

    def mark_missing(self, paths: tuple[str, ...]) -> None:
        """Mark the fields at `paths` as missing and put the focus into the first one shown."""
        shown = [field for field in map(self.field, paths) if field is not None]
        for field in shown:
            field.show_missing()
        if shown:
            shown[0].take_focus()
        else:
            self.focus_on(paths)

    def focus_on(self, paths: tuple[str, ...]) -> None:
        """Put the focus where `paths` are mended although no field shows them (a list, a button)."""
        self.setFocus()
