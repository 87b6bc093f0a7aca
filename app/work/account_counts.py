"""Submission files counted, to tell the accounts of several submissions apart (guide §6). No Qt.

A file is held as numbers and keyed hashes of its accounts, for as long as the case is open;
nothing of a record is kept.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from app.cancellation import CancelToken
from app.onboarding.testing import SubmissionRecord
from app.storage.history import FileFacts
from app.work.feedback_counts import LeftOut

if TYPE_CHECKING:
    from app.submissions.preflight import SubmissionReport
    from app.submissions.together import ReporterAccounts


@dataclass(frozen=True, slots=True)
class FileProgress:
    """How far the counting of a file is; bytes as they lie on disk."""

    name: str
    bytes: int
    bytes_in_all: int


@dataclass(frozen=True, slots=True)
class ToldApart:
    """What the counted submission files hold together.

    Args:
        reports: the files that could be counted.
        reporters: accounts by reporter and correspondent, over the files that belong to the
            submissions that count; over all as long as none does.
        asked: ids of the submissions that count, whose accounts are to be told apart.
        lacking: names of the files of those among them whose file is not there.
        files: the files that belong to them, each with the number of its accounts.
        different: different accounts in `files` (R6.8).
        without_current_ltid: of these, accounts that no file gives a current LTID (R6.3).
        left_out: files that tell nothing about the submissions that count, and why.
    """

    reports: tuple[SubmissionReport, ...] = ()
    reporters: tuple[ReporterAccounts, ...] = ()
    asked: tuple[str, ...] = ()
    lacking: tuple[str, ...] = ()
    files: tuple[tuple[FileFacts, int], ...] = ()
    different: int = 0
    without_current_ltid: int = 0
    left_out: tuple[LeftOut, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether every submission that counts has its file."""
        return bool(self.asked) and not self.lacking


def count_files(
    paths: Sequence[Path],
    held: Sequence[SubmissionReport],
    today: date,
    *,
    cancel: CancelToken,
    on_progress: Callable[[FileProgress], object] = lambda _: None,
) -> tuple[tuple[SubmissionReport, ...], tuple[LeftOut, ...]]:
    """Count these submission files; blocks.

    Args:
        paths: the files.
        held: files counted before; one with the name of a new one is given up for it.
        today: in US Eastern Time; decides which LTIDs are current.
        cancel: ends it within milliseconds.
        on_progress: told every few milliseconds, in the calling thread.

    Returns:
        All files that are held then, and those that could not be counted.

    Raises:
        Cancelled: the person cancelled.
    """
    from app.submissions.preflight import count_submission

    by_name = {report.name.name: report for report in held}
    left_out = []
    for path in paths:

        def within(read: int, in_all: int, name: str = path.name) -> None:
            on_progress(FileProgress(name, read, in_all))

        report = count_submission(path, today=today, cancel=cancel, progress=within)
        if report.accounts_in_file is None:
            why = report.findings[0].message if report.findings else "It holds no accounts."
            left_out.append(LeftOut(path.name, why))
        else:
            by_name[report.name.name] = report
    return tuple(by_name.values()), tuple(left_out)


def tell_apart(
    reports: Sequence[SubmissionReport],
    records: Iterable[SubmissionRecord],
    cancel: CancelToken,
) -> ToldApart:
    """How many different accounts `records` hold together, as far as their files are there.

    Args:
        reports: the counted files.
        records: the submissions that count.
        cancel: looked at while accounts are told apart.

    Raises:
        Cancelled: the person cancelled.
    """
    from app.submissions.identifiers import count_distinct, count_left
    from app.submissions.together import distinct_accounts

    records = tuple(records)
    belonging, lacking, left_out = _matched(reports, records)
    by_reporter: dict[int | None, list[SubmissionReport]] = defaultdict(list)
    for report in belonging:
        by_reporter[report.reporter_crd].append(report)
    # A Firm Designated ID belongs to one reporter: only there can two files hold the same account.
    different = current = 0
    for members in by_reporter.values():
        different += count_distinct([report.fdids for report in members], cancel)
        current += count_left([(each.fdids, each.fdids_ended) for each in members], cancel)
    return ToldApart(
        reports=tuple(reports),
        reporters=tuple(distinct_accounts(belonging or reports, cancel)),
        asked=tuple(record.id for record in records),
        lacking=lacking,
        files=tuple(
            (
                FileFacts(report.name.name, report.size or 0, report.sha256 or ""),
                report.accounts_in_file or 0,
            )
            for report in belonging
        ),
        different=different,
        without_current_ltid=different - current,
        left_out=left_out,
    )


def _matched(
    reports: Sequence[SubmissionReport], records: Sequence[SubmissionRecord]
) -> tuple[tuple[SubmissionReport, ...], tuple[str, ...], tuple[LeftOut, ...]]:
    """The files of these submissions, the submissions without one, and files that fit none."""
    by_base_name = {report.name.base_name: report for report in reports}
    left_out: dict[str, LeftOut] = {
        report.name.name: LeftOut(report.name.name, _OF_NONE) for report in reports
    }
    belonging: dict[str, SubmissionReport] = {}
    lacking = []
    for record in records:
        report = by_base_name.get(_base_name(record))
        why_not = "" if report is None else _why_not_the_sent_one(report, record)
        if report is None or why_not:
            lacking.append(_wanted(record))
            if report is not None:
                left_out[report.name.name] = LeftOut(report.name.name, why_not)
            continue
        belonging[report.name.name] = report
    for name in belonging:
        left_out.pop(name, None)
    return tuple(belonging.values()), tuple(lacking), tuple(left_out.values())


_OF_NONE = "It belongs to none of the submissions that count."


def _wanted(record: SubmissionRecord) -> str:
    """What the file of a submission is called, as far as known."""
    base_name = _base_name(record)
    if base_name is not None:
        return f"{base_name}.json.bz2"
    return f"the file of submission {record.submission_id or 'without an ID'}"


def _base_name(record: SubmissionRecord) -> str | None:
    """The name of the submission that a record's feedback answers, without extensions."""
    from app.submissions.names import parse_name

    if record.file_name is None:
        return None
    # The day matters only for refusing later dates, which feedback does not have.
    return parse_name(record.file_name, today=date.max).base_name


def _why_not_the_sent_one(report: SubmissionReport, record: SubmissionRecord) -> str:
    """Why a file of the right name cannot be what was sent; empty when it can."""
    if str(report.reporter_crd) != record.reporter_crd:
        return (
            f"It names reporter CRD {report.reporter_crd}, its feedback {record.reporter_crd}: "
            "it is not the file that was sent."
        )
    if report.accounts_in_file != record.accounts_received:
        return (
            f"It holds {report.accounts_in_file or 0:,} accounts, but CAIS received "
            f"{record.accounts_received or 0:,}: it is not the file that was sent."
        )
    return ""
