"""Counting feedback files on behalf of step 6: read in a job, merged into the case."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from app.background import Job, JobRunner, Report
from app.cancellation import CancelToken
from app.failures import UserFacingError
from app.onboarding.testing import SubmissionRecord
from app.open_case import OpenCase
from app.storage.history import EntryKind, FileFacts

_SUBMISSIONS = "testing.submissions"


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A file that brought nothing to the table, and why."""

    name: str
    why: str


@dataclass(frozen=True, slots=True)
class Counted:
    """What reading some files brought."""

    records: tuple[SubmissionRecord, ...]
    left_out: tuple[LeftOut, ...]


@dataclass(frozen=True, slots=True)
class CountingProgress:
    """How far the reading is."""

    done: int
    total: int


class CountingDesk(QObject):
    """Reads feedback files and folders, one lot at a time; more lots wait their turn.

    `progressed` carries a `CountingProgress`, `counted` a `Counted` after the case holds it,
    `ended` comes last, however it ended.
    """

    progressed = Signal(object)
    counted = Signal(object)
    failed = Signal(object)
    ended = Signal()

    def __init__(self, open_case: OpenCase, runner: JobRunner) -> None:
        super().__init__()
        self._open_case = open_case
        self._runner = runner
        self._job: Job | None = None
        self._waiting: list[Path] = []

    @property
    def running(self) -> bool:
        """Whether files are being read."""
        return self._job is not None

    def add(self, paths: Sequence[Path]) -> None:
        """Read these files, and the feedback files in these folders."""
        self._waiting.extend(paths)
        if self._job is None and self._waiting:
            self._start()

    def cancel(self) -> None:
        """Stop reading; what was not read is forgotten, the table stays as it is."""
        self._waiting.clear()
        if self._job is not None:
            self._job.cancel()

    def _start(self) -> None:
        paths, self._waiting = tuple(self._waiting), []
        today = self._open_case.today

        def read(token: CancelToken, report: Report) -> Counted:
            from app.submissions.collection import newest_states
            from app.submissions.evidence import record_of
            from app.submissions.feedback_reader import read_feedback

            files, left_out = _feedback_files(paths)
            feedbacks = []
            for number, path in enumerate(files):
                token.raise_if_cancelled()
                feedback = read_feedback(path, today=today, cancel=token)
                report(CountingProgress(number + 1, len(files)))
                if feedback.submission_id is None:
                    why = feedback.findings[0].message if feedback.findings else "Not readable."
                    left_out.append(LeftOut(path.name, why))
                feedbacks.append(feedback)
            records = tuple(record_of(state.newest) for state in newest_states(feedbacks))
            return Counted(records, tuple(left_out))

        self._job = self._runner.prepare("count feedback", read)
        self._job.progressed.connect(self.progressed)
        self._job.done.connect(self._done)
        self._job.failed.connect(self._failed)
        self._job.ended.connect(self._ended)
        self._runner.start(self._job)

    def _done(self, counted: Counted) -> None:
        known = {record.id: record for record in self._open_case.case.testing.submissions}
        with self._open_case.together():
            for record in counted.records:
                before = known.get(record.id)
                merged = record if before is None else merge(before, record)
                if merged != before:
                    self._keep(merged, new=before is None)
        self.counted.emit(counted)

    def _keep(self, record: SubmissionRecord, *, new: bool) -> None:
        file = FileFacts(record.file_name or "", record.file_size or 0, record.file_sha256 or "")
        kind = EntryKind.FEEDBACK_COUNTED
        if new:
            self._open_case.add_row(_SUBMISSIONS, record, kind, file=file)
        else:
            self._open_case.record(f"{_SUBMISSIONS}.{record.id}", record, kind, file=file)

    def _failed(self, failure: Exception) -> None:
        if isinstance(failure, UserFacingError):
            self.failed.emit(failure)

    def _ended(self, job: Job) -> None:
        self._job = None
        if self._waiting:
            self._start()
        else:
            self.ended.emit()


def merge(before: SubmissionRecord, after: SubmissionRecord) -> SubmissionRecord:
    """Newer feedback in place of older, with what the person has said about the submission.

    Older feedback than the known one changes nothing. The person's choice stands, unless
    the earlier state could not be chosen and the new one can.
    """
    if (after.feedback_version or 0) < (before.feedback_version or 0):
        return before
    finished = before.status != after.status and after.chosen
    return after.model_copy(
        update={
            "environment": before.environment,
            "data": before.data,
            "sent_by": before.sent_by,
            "processing_date": before.processing_date,
            "accounts_without_current_ltid": before.accounts_without_current_ltid,
            "practice": before.practice,
            "chosen": after.chosen if finished else before.chosen,
        }
    )


def _feedback_files(paths: Sequence[Path]) -> tuple[list[Path], list[LeftOut]]:
    """The files to read, each once, in order of their names; folders give their feedback files."""
    found: dict[Path, None] = {}
    left_out = []
    for path in paths:
        try:
            if path.is_dir():
                inside = (entry for entry in path.rglob("*.feedback.json.bz2") if entry.is_file())
                found.update(dict.fromkeys(sorted(inside)))
            else:
                found[path] = None
        except OSError as refused:
            left_out.append(LeftOut(path.name, f"Cannot be read: {refused.strerror}."))
    return list(found), left_out
