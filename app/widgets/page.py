"""What the frame knows of a page."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import ClassVar, Protocol

from PySide6.QtCore import QPoint, QTimer, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.onboarding.assessment import Assessment
from app.onboarding.case import Case
from app.open_case import OpenCase
from app.widgets.fields import Field
from app.widgets.form import Form
from app.widgets.style import APART


class Part(Protocol):
    """A part of a page with fields in it: a form, or a list of rows with one."""

    def field(self, path: str) -> Field | None:
        """The field for the full `path`, if it is one of the part's and visible."""
        ...

    def reveal(self, path: str) -> bool:
        """Put the focus on what shows the fact or row at `path`; whether this part does."""
        ...

    def show_case(self, case: Case) -> None:
        """Show the facts."""
        ...

    def commit(self) -> None:
        """Hand over what is typed and not yet handed over."""
        ...


class Page(QWidget):
    """Base of every page: it shows the open case, and holds no truth of its own.

    A page builds its widgets once and repaints in `show_assessment`. The frame owns
    navigation, the guide panel and saving; pages do not know each other.
    """

    #: Asks the frame to bring the page with this key to the front.
    page_wanted = Signal(str)

    #: Name in addresses such as the remembered page: "overview", "register", ...
    key: ClassVar[str]
    #: The step the page belongs to; 0 for a page that belongs to none.
    step: ClassVar[int] = 0

    def __init__(self, open_case: OpenCase) -> None:
        super().__init__()
        self.open_case = open_case
        self.body = QVBoxLayout(self)
        self.body.setSpacing(APART)
        self._parts: list[Part] = []
        self._later: deque[Callable[[], None]] = deque()
        self._turn = QTimer(self, singleShot=True, interval=0)
        self._turn.timeout.connect(self._add_next)
        self.setObjectName(f"page:{self.key}")

    def add_form(self, form: Form) -> Form:
        """Put `form` at the end of the page and have its fields found and refreshed."""
        self.adopt_form(form)
        self.body.addWidget(form)
        return form

    def adopt_form(self, form: Part) -> None:
        """Have the fields of a part found and refreshed that the page has put somewhere itself."""
        self._parts.append(form)

    def add_section(self, section: QWidget) -> None:
        """Put `section` at the end of the page; where the page is in sight, it is so at once too."""
        self.body.addWidget(section)
        section.show()

    def add_later(self, *sections: Callable[[], None]) -> None:
        """Call `sections` one per turn of the event loop: what is above is painted meanwhile.

        Whoever looks for a field that is not there yet gets all of them at once.
        """
        self._later.extend(sections)
        self._turn.start()

    def complete(self) -> None:
        """Add whatever was to come later."""
        while self._later:
            self._later.popleft()()

    def show_assessment(self, assessment: Assessment) -> None:
        """Repaint from the facts; subclasses repaint the rest after calling this."""
        for part in self._parts:
            part.show_case(assessment.case)

    def commit(self) -> None:
        """Hand over what is typed and not yet handed over (leaving the page, closing)."""
        for part in self._parts:
            part.commit()

    def field(self, path: str) -> Field | None:
        """The field for `path` if this page shows it now."""
        self.complete()
        for part in self._parts:
            found = part.field(path)
            if found is not None and found.isVisibleTo(self):
                return found
        return None

    def reveal(self, path: str) -> None:
        """Put the focus on what shows the fact or row at `path`, as well as this page can."""
        self.complete()
        if not any(part.reveal(path) for part in self._parts):
            self.focus_on((path,))

    def mark_missing(self, paths: tuple[str, ...]) -> None:
        """Mark the fields at `paths` as missing and put the focus into the first one shown."""
        shown = [field for field in map(self.field, paths) if field is not None]
        # What is wrong before what is missing; then as the person sees them.
        shown.sort(key=self._place)
        for field in shown:
            field.show_missing()
        if shown:
            shown[0].take_focus()
        else:
            self.focus_on(paths)

    def _place(self, field: Field) -> tuple[bool, int, int]:
        at = field.mapTo(self, QPoint(0, 0))
        return not self.open_case.problem_at(field.path), at.y(), at.x()

    def focus_on(self, paths: tuple[str, ...]) -> None:
        """Put the focus where `paths` are mended although no field shows them (a list, a button)."""
        self.setFocus()

    def _add_next(self) -> None:
        if self._later:
            self._later.popleft()()
        if self._later:
            self._turn.start()
