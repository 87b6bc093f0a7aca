"""Feedback files read, and what the case is to hold then. No Qt: a command does the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from app.cancellation import CancelToken
from app.onboarding.access import Environment
from app.onboarding.case import Case
from app.onboarding.testing import FileKind, SubmissionRecord
from app.storage.history import FileFacts


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A file that brought nothing to the table, and why."""

    name: str
    why: str


@dataclass(frozen=True, slots=True)
class Counted:
    """What reading some files brought.

    Args:
        records: one for each submission.
        left_out: files that brought none.
        files: everything that was read.
        submission_files: submission files that were given, or lay in the folders; not read yet.
        environment: where the files came from, as far as known.
    """

    records: tuple[SubmissionRecord, ...]
    left_out: tuple[LeftOut, ...]
    files: tuple[Path, ...] = ()
    submission_files: tuple[Path, ...] = ()
    environment: Environment | None = None


@dataclass(frozen=True, slots=True)
class CountingProgress:
    """How far the reading is."""

    done: int
    total: int


@dataclass(frozen=True, slots=True)
class RecordChange:
    """A row of the submissions table that reading has made or changed.

    Args:
        record: as it is to be.
        before: the row as it was; None where the table has no such row yet.
        file: what it rests on.
    """

    record: SubmissionRecord
    before: SubmissionRecord | None
    file: FileFacts


def count_feedback(
    paths: Sequence[Path],
    today: date,
    *,
    environment: Environment | None = None,
    practice: bool,
    cancel: CancelToken,
    on_progress: Callable[[CountingProgress], object] = lambda _: None,
) -> Counted:
    """Read these files, and the feedback files in these folders; blocks.

    Args:
        paths: files and folders.
        today: in US Eastern Time.
        environment: where the files came from; None where nobody knows.
        practice: whether they are for a practice case; a real one takes nothing that the
            simulated CAIS wrote (R6.9).
        cancel: ends it between two files.
        on_progress: told of each file, in the calling thread.

    Raises:
        Cancelled: the person cancelled.
    """
    from app.submissions.collection import newest_states
    from app.submissions.evidence import record_of
    from app.submissions.feedback_reader import SIMULATED, read_feedback

    files, submission_files, left_out = _sorted_out(paths, today)
    feedbacks = []
    for number, path in enumerate(files):
        cancel.raise_if_cancelled()
        feedback = read_feedback(path, today=today, practice=practice, cancel=cancel)
        on_progress(CountingProgress(number + 1, len(files)))
        if feedback.practice and not practice:
            left_out.append(LeftOut(path.name, SIMULATED))
            continue
        if feedback.submission_id is None:
            why = feedback.findings[0].message if feedback.findings else "Not readable."
            left_out.append(LeftOut(path.name, why))
        feedbacks.append(feedback)
    records = tuple(record_of(state.newest, state.findings) for state in newest_states(feedbacks))
    return Counted(records, tuple(left_out), tuple(files), tuple(submission_files), environment)


def changes_by(case: Case, counted: Counted) -> Iterator[RecordChange]:
    """What `case` is to hold after reading; rows that stay as they are do not come.

    Everything that is read in a practice case is practice (R6.9).
    """
    known = {record.id: record for record in case.testing.submissions}
    for read in counted.records:
        told = {
            "environment": counted.environment,
            "practice": case.practice or read.practice,
        }
        record = read.model_copy(update=told)
        before = known.get(record.id)
        merged = record if before is None else merge(before, record)
        if merged != before:
            file = FileFacts(
                merged.file_name or "", merged.file_size or 0, merged.file_sha256 or ""
            )
            yield RecordChange(merged, before, file)


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
            "environment": before.environment or after.environment,
            "data": before.data,
            "sent_by": before.sent_by,
            "processing_date": before.processing_date,
            "accounts_without_current_ltid": before.accounts_without_current_ltid,
            "practice": before.practice,
            "chosen": after.chosen if finished else before.chosen,
        }
    )


def _sorted_out(paths: Sequence[Path], today: date) -> tuple[list[Path], list[Path], list[LeftOut]]:
    """Feedback and submission files, each once, in order of their names.

    A folder gives the files in it that are named as one of them; what is given by itself and is
    no submission is read as feedback, which says what it is.
    """
    from app.submissions.names import NameKind, parse_name

    found: dict[Path, None] = {}
    given: set[Path] = set()
    left_out = []
    for path in paths:
        try:
            if path.is_dir():
                inside = (entry for entry in path.rglob("*.json.bz2") if entry.is_file())
                found.update(dict.fromkeys(sorted(inside)))
            else:
                given.add(path)
                found[path] = None
        except OSError as refused:
            left_out.append(LeftOut(path.name, f"Cannot be read: {refused.strerror}."))
    feedback, submissions = [], []
    for path in found:
        name = parse_name(path.name, today=today)
        if name.kind is NameKind.SUBMISSION:
            # Transformed Identifiers Files hold no accounts.
            if name.file_kind is not FileKind.TIDS:
                submissions.append(path)
            elif path in given:
                left_out.append(LeftOut(path.name, "It holds identifiers (TIDS), no accounts."))
        elif path in given or path.name.endswith(".feedback.json.bz2"):
            feedback.append(path)
    return feedback, submissions, left_out
