"""From a path to the pages and back: what shows it, what it is called there."""

from __future__ import annotations

from collections.abc import Iterable

from app.onboarding.case import Case
from app.onboarding.editing import values_at
from app.onboarding.progress import STEP_SECTIONS
from app.onboarding.values import Row
from app.pages import PAGES
from app.report.words import subject
from app.widgets.fields import Field, FieldSpec
from app.window.frame import CaseFrame
from app.work.finding import Wording, pattern
from app.work.undoing import Step


def fields_of(frame: CaseFrame) -> tuple[Field, ...]:
    """The fields of the pages that are put together so far."""
    for page in frame.built_pages:
        page.complete()
    return tuple(field for page in frame.built_pages for field in page.findChildren(Field))


def show_path(frame: CaseFrame, path: str) -> None:
    """Bring what shows the fact or row at `path` to the front, with the focus on it."""
    section, _, inside = path.partition(".")
    steps = (number for number, name in STEP_SECTIONS.items() if name == section)
    frame.show_page(PAGES[next(steps, 0)].key, focus=not inside)
    if inside:
        frame.page.reveal(path)


class FieldWords:
    """The words of the fields that pages show."""

    def __init__(self, fields: Iterable[Field]) -> None:
        self._specs = {pattern(field.path): field.spec for field in fields}

    def wordings(self) -> dict[str, Wording]:
        """How facts are shown, by the pattern of their path."""
        return {
            path: Wording(self.label(path), dict(spec.choices))
            for path, spec in self._specs.items()
        }

    def spec(self, path: str) -> FieldSpec | None:
        """How the field at `path` is asked for, if a page has shown one like it."""
        return self._specs.get(pattern(path))

    def label(self, path: str) -> str:
        """What the field at `path` is called."""
        spec = self.spec(path)
        return spec.label.replace("&", "").rstrip("?") if spec else subject(path)

    def step(self, step: Step) -> str:
        """What was done, to go on after "Undo" or "Redo": "adding Juniper Brokerage"."""
        if step.verb == "change":
            first, *more = (self.label(path) for path in step.paths)
            rest = f" and {len(more):,} more" if more else ""
            return f"change of “{first}”{rest}"
        doing, case = {"add": ("adding", step.after), "remove": ("removing", step.before)}[
            step.verb
        ]
        if len(step.paths) > 1:
            return f"{doing} {len(step.paths):,} entries"
        return f"{doing} {_row_name(case, step.paths[0])}"


def _row_name(case: Case, path: str) -> str:
    row = values_at(case, (path,))[path]
    names = (getattr(row, name, None) for name in ("name", "username", "crd", "submission_id"))
    named = next((name for name in names if name), "") if isinstance(row, Row) else ""
    return str(named) or f"an entry ({subject(path)})"
