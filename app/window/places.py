"""Where the person is, remembered for the next start without ever holding her up."""

from __future__ import annotations

import logging
from datetime import date

from PySide6.QtCore import QObject, Signal

from app.background import JobRunner, Report
from app.cancellation import CancelToken
from app.storage.preferences import Preferences

_log = logging.getLogger(__name__)
_LAST_CASE = "last_case"
_SEEN = "seen:"
_GUIDE = "guide_open"


class Places(QObject):
    """Remembers the last case and page, the day a case was last seen, and the guide panel.

    Only the latest place matters: while one is being written, later ones replace each other.
    `idle` comes when nothing is left to write.
    """

    idle = Signal()

    def __init__(self, preferences: Preferences, runner: JobRunner) -> None:
        super().__init__()
        self._preferences = preferences
        self._runner = runner
        self._wanted: dict[str, tuple[str, str]] = {}
        self._busy = False

    @property
    def busy(self) -> bool:
        """Whether something is still to be written."""
        return self._busy or bool(self._wanted)

    def last_case(self) -> str | None:
        """The id of the case that was open last.

        Raises:
            StorageError: the database cannot be read.
        """
        found = self._preferences.setting(_LAST_CASE)
        return found if isinstance(found, str) else None

    def last_page(self, case_id: str) -> str | None:
        """The key of the page where the case was left.

        Raises:
            StorageError: the database cannot be read.
        """
        return self._preferences.last_page(case_id)

    def last_seen(self, case_id: str) -> date | None:
        """The day on which the case was last looked at.

        Raises:
            StorageError: the database cannot be read.
        """
        found = self._preferences.setting(f"{_SEEN}{case_id}")
        return date.fromisoformat(found) if isinstance(found, str) else None

    def guide_open(self) -> bool | None:
        """Whether the guide was left open; None if the person never chose.

        Raises:
            StorageError: the database cannot be read.
        """
        found = self._preferences.setting(_GUIDE)
        return found if isinstance(found, bool) else None

    def remember(self, case_id: str, page: str, today: date) -> None:
        """The person is at `page` of this case now."""
        self._wanted["page"] = (case_id, page)
        self._wanted["seen"] = (case_id, today.isoformat())
        self._write()

    def remember_guide(self, opened: bool) -> None:
        """The person opened or folded away the guide."""
        self._wanted["guide"] = (_GUIDE, "open" if opened else "")
        self._write()

    def _write(self) -> None:
        if self._busy or not self._wanted:
            return
        wanted, self._wanted = self._wanted, {}
        preferences = self._preferences

        def keep(token: CancelToken, report: Report) -> None:
            if "page" in wanted:
                case_id, page = wanted["page"]
                preferences.remember_page(case_id, page)
                preferences.keep(_LAST_CASE, case_id)
                preferences.keep(f"{_SEEN}{case_id}", wanted["seen"][1])
            if "guide" in wanted:
                preferences.keep(_GUIDE, bool(wanted["guide"][1]))

        self._busy = True
        job = self._runner.prepare("remember the place", keep)
        job.failed.connect(self._failed)
        job.ended.connect(self._ended)
        self._runner.start(job)

    def _failed(self, failure: Exception) -> None:
        # No fact is lost by it: the next start opens on the Overview.
        _log.warning("the place was not remembered: %s", type(failure).__name__)

    def _ended(self) -> None:
        self._busy = False
        self._write()
        if not self.busy:
            self.idle.emit()
