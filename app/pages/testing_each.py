"""The same change to many submissions, without holding up the window."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from contextlib import ExitStack

from PySide6.QtCore import QObject, QTimer

from app.open_case import OpenCase

#: Rows changed before the window gets its turn.
_AT_ONCE = 20


class EachSubmission(QObject):
    """Changes submissions some at a time; all of it is stored in one transaction, one entry each."""

    def __init__(self, open_case: OpenCase, parent: QObject) -> None:
        super().__init__(parent)
        self._open_case = open_case
        self._left: deque[str] = deque()
        self._change: Callable[[str], object] = str
        self._together = ExitStack()
        self._turn = QTimer(self, singleShot=True, interval=0)
        self._turn.timeout.connect(self._next)

    @property
    def busy(self) -> bool:
        """Whether some are left to change."""
        return bool(self._left)

    def change(self, row_ids: Iterable[str], change: Callable[[str], object]) -> None:
        """Call `change` with each of these ids, as long as its submission is there."""
        self.finish()
        self._left.extend(row_ids)
        self._change = change
        self._together.enter_context(self._open_case.together())
        self._next()

    def finish(self) -> None:
        """Do at once what is left."""
        while self._left:
            self._next()

    def _next(self) -> None:
        self._turn.stop()
        try:
            known = {record.id for record in self._open_case.case.testing.submissions}
            for _ in range(min(_AT_ONCE, len(self._left))):
                row_id = self._left.popleft()
                if row_id in known:
                    self._change(row_id)
        except BaseException:
            self._left.clear()
            raise
        finally:
            if self._left:
                self._turn.start()
            else:
                self._together.close()
