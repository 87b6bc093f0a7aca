"""Going elsewhere once everything of the open case is on disk."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from app.open_case import Saving
from app.widgets.dialogs import QuestionDialog

if TYPE_CHECKING:
    from app.window.main_window import MainWindow


class Leaving(QObject):
    """Waits for the last changes to be stored; asks where they cannot be."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._after: Callable[[], None] | None = None
        self._question: QuestionDialog | None = None
        window.places.idle.connect(self.go_on)

    def leave(self, go_on: Callable[[], None]) -> None:
        """Call `go_on` once everything is on disk."""
        self._after = go_on
        if self._window.frame is None:
            self.go_on()
        else:
            self._window.frame.store()

    def go_on(self) -> None:
        """Go on with what waits for storing, if nothing is left to store."""
        window = self._window
        if self._after is None or window.places.busy:
            return
        if window.frame is not None and window.frame.open_case.unsaved:
            # Something was recorded after the last changes were stored: wait for that as well.
            window.frame.store()
            return
        self._leave()

    def ask(self, saving: Saving) -> None:
        """The last changes cannot be stored now: ask whether to leave without them."""
        if self._question is not None or self._after is None:
            return
        failure = saving.failure
        words = (
            " ".join(part for part in (failure.what, failure.meaning, failure.action) if part)
            if failure is not None
            else ""
        )
        self._question = QuestionDialog(
            self._window,
            "The last changes are not saved yet.",
            words,
            safe="&Stay here" if self._is_outdated() else "&Keep trying",
            other="Leave &without them",
        )
        self._question.confirmed.connect(self._leave)
        self._question.finished.connect(self._question_closed)
        self._question.open()

    def _is_outdated(self) -> bool:
        frame = self._window.frame
        return frame is not None and frame.open_case.outdated

    def _question_closed(self) -> None:
        self._question = None

    def _leave(self) -> None:
        go_on, self._after = self._after, None
        if go_on is not None:
            go_on()
