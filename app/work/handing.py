"""Handing a case over and taking one over on behalf of the window, in jobs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal, SignalInstance

from app.background import Job, JobRunner, Report, Work
from app.cancellation import CancelToken
from app.failures import UserFacingError
from app.storage.case_store import CaseStore
from app.storage.comparing import Side
from app.work.hand_over import (
    SeenHandOver,
    WrittenHandOver,
    compared_again,
    save_attachments,
    see_hand_over,
    take_over,
    write_hand_over,
)


class HandingDesk(QObject):
    """Writes and reads hand-over files; one job at a time, which can be cancelled.

    `written` carries a `WrittenHandOver`, `seen` a `SeenHandOver`, `taken` the id of the case,
    `saved` how many attached files were written; `failed` carries a `UserFacingError`. `idle` comes when a job has ended, in whatever way.
    """

    written = Signal(object)
    seen = Signal(object)
    taken = Signal(object)
    saved = Signal(object)
    failed = Signal(object)
    stopped = Signal()
    idle = Signal()

    def __init__(self, cases: CaseStore, runner: JobRunner) -> None:
        super().__init__()
        self._cases = cases
        self._runner = runner
        self._job: Job | None = None
        #: Not the job's own: what was done in spite of it is told as done.
        self._stop = CancelToken()

    @property
    def busy(self) -> bool:
        """Whether a job is under way."""
        return self._job is not None

    def write(
        self, case_id: str, path: Path, passphrase: str | None, attachments: Sequence[Path]
    ) -> None:
        """Write the hand-over file of a stored case; the person agreed to replace an existing one."""
        files, stop = tuple(attachments), self._renewed_stop()

        def write(token: CancelToken, report: Report) -> WrittenHandOver:
            token.on_cancel(stop.cancel)
            return write_hand_over(
                self._cases,
                case_id,
                path,
                passphrase=passphrase,
                attachments=files,
                cancel=stop,
            )

        self._start("hand a case over", write, self.written)

    def look(self, path: Path, passphrase: str | None = None) -> None:
        """Read a hand-over file and compare it with the case here."""
        stop = self._renewed_stop()

        def look(token: CancelToken, report: Report) -> SeenHandOver:
            token.on_cancel(stop.cancel)
            seen = see_hand_over(self._cases, path, passphrase)
            stop.raise_if_cancelled()
            return seen

        self._start("read a case handed over", look, self.seen)

    def look_again(self, seen: SeenHandOver) -> None:
        """Compare what was read with the case here once more."""

        def look(token: CancelToken, report: Report) -> SeenHandOver:
            return compared_again(self._cases, seen)

        self._start("compare a case handed over", look, self.seen)

    def take(self, seen: SeenHandOver, choices: Mapping[str, Side]) -> None:
        """Take over what was seen; where the case here changed meanwhile, this fails."""
        wanted = dict(choices)

        def take(token: CancelToken, report: Report) -> str:
            return take_over(self._cases, seen, wanted)

        self._start("take a case over", take, self.taken)

    def save_attachments(self, seen: SeenHandOver, folder: Path) -> None:
        """Write the attached files into `folder`."""

        def save(token: CancelToken, report: Report) -> int:
            return len(save_attachments(seen.handed, folder))

        self._start("save attached files", save, self.saved)

    def cancel(self) -> None:
        """Stop reading or writing; taking over is too short for it."""
        self._stop.cancel()

    def _renewed_stop(self) -> CancelToken:
        if self._job is None:
            self._stop = CancelToken()
        return self._stop

    def _start(self, name: str, work: Work, outcome: SignalInstance) -> None:
        if self._job is not None:
            return
        self._job = self._runner.prepare(name, work)
        self._job.done.connect(outcome)
        self._job.failed.connect(self._failed)
        self._job.cancelled.connect(self.stopped)
        self._job.ended.connect(self._ended)
        self._runner.start(self._job)

    def _failed(self, failure: Exception) -> None:
        if not isinstance(failure, UserFacingError):
            failure = UserFacingError(
                "That could not be done because of a mistake in the program.",
                "Nothing was changed.",
                "Copy the report for support.",
            )
        self.failed.emit(failure)

    def _ended(self) -> None:
        self._job = None
        self.idle.emit()
