"""Undo and redo of what the person did in an open case, across its pages.

An undo is a new edit that brings the earlier value back: the history keeps both.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Signal

from app.onboarding.case import Case
from app.onboarding.editing import same_at, values_at
from app.onboarding.values import Row
from app.open_case import Edit, OpenCase

#: Steps that can be taken back; a case in memory shares whatever did not change.
_MOST_STEPS = 200


@dataclass(frozen=True, slots=True)
class Step:
    """One thing the person did: the case before and after it, and the paths that it changed."""

    before: Case
    after: Case
    paths: tuple[str, ...]

    @property
    def verb(self) -> str:
        """What was done: "add", "remove" or "change"."""
        before, after = (values_at(case, self.paths) for case in (self.before, self.after))
        if all(before[path] is None and isinstance(after[path], Row) for path in self.paths):
            return "add"
        if all(after[path] is None and isinstance(before[path], Row) for path in self.paths):
            return "remove"
        return "change"


class UndoStack(QObject):
    """What can be undone and redone in one open case; `changed` tells that it is something else.

    Edits of one field in a row, while the person stays in it, are one step.
    """

    changed = Signal()

    def __init__(self, open_case: OpenCase) -> None:
        super().__init__()
        self._open_case = open_case
        self._done: list[Step] = []
        self._undone: list[Step] = []
        self._sealed = True
        self._restoring = False
        open_case.edited.connect(self._take)

    @property
    def next_undo(self) -> Step | None:
        """What `undo` would take back."""
        return self._done[-1] if self._done else None

    @property
    def next_redo(self) -> Step | None:
        """What `redo` would do again."""
        return self._undone[-1] if self._undone else None

    def seal(self) -> None:
        """The person goes elsewhere: the next edit is a step of its own."""
        self._sealed = True

    def undo(self) -> Step | None:
        """Take the latest step back that still can be; returns it."""
        step = self._latest(self._done, undoing=True)
        if step is not None:
            self._restore(step.paths, step.before, "undone")
            self._undone.append(step)
        self.seal()
        self.changed.emit()
        return step

    def redo(self) -> Step | None:
        """Do the step again that was undone last; returns it."""
        step = self._latest(self._undone, undoing=False)
        if step is not None:
            self._restore(step.paths, step.after, "redone")
            self._done.append(step)
        self.seal()
        self.changed.emit()
        return step

    def _latest(self, steps: list[Step], *, undoing: bool) -> Step | None:
        """The latest of `steps` whose facts nothing else has changed since; others are dropped."""
        while steps:
            step = steps.pop()
            left = step.after if undoing else step.before
            if same_at(self._open_case.case, step.paths, left):
                return step
        return None

    def _restore(self, paths: tuple[str, ...], earlier: Case, note: str) -> None:
        self._restoring = True
        try:
            self._open_case.restore(paths, earlier, note=note)
        finally:
            self._restoring = False

    def _take(self, edit: Edit) -> None:
        if self._restoring:
            return
        self._undone.clear()
        step = Step(edit.before, edit.after, edit.paths)
        last = self.next_undo
        if last is not None and not self._sealed and last.paths == step.paths:
            self._done.pop()
            step = replace(step, before=last.before)
        if not same_at(step.before, step.paths, step.after):
            self._done.append(step)
            del self._done[:-_MOST_STEPS]
        self._sealed = False
        self.changed.emit()
