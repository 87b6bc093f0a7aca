"""What files are: names, feedback, submissions, whole folders, and all of it together.

Gives the objects that `inspect --json` prints; the page and the command show the same.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from pathlib import Path

from app.cancellation import CancelToken
from app.submissions.feedback import Feedback
from app.submissions.feedback_reader import read_feedback
from app.submissions.findings import Finding, UnreadableFileError
from app.submissions.names import CaisName, NameKind, parse_name
from app.submissions.plain_files import not_openable, open_regular
from app.submissions.preflight import SubmissionReport, check_submission
from app.submissions.together import together

_READ = 1 << 20
_ABSENT_FACTS: dict[str, object] = dict.fromkeys(
    (
        "readable schema_version submission_id status status_known final receipt_timestamp "
        "completed_timestamp accounts_received accounts_accepted accounts_rejected error_rate "
        "rejection_items accounts_named_in_items counts_as_evidence why_not errors "
        "accounts_declared accounts_in_file accounts_distinct accounts_with_ltid "
        "accounts_with_current_ltid ltids_distinct accounts_without_findings verdict"
    ).split()
)


@dataclass(frozen=True, slots=True)
class Inspected:
    """One file: its name, and what was read of it."""

    path: str
    name: CaisName
    content: Feedback | SubmissionReport | None
    findings: tuple[Finding, ...]
    sha256: str | None

    def to_json(self) -> dict[str, object]:
        """The object for the file; an absent fact is None."""
        facts = dict(_ABSENT_FACTS)
        if isinstance(self.content, Feedback):
            facts |= _feedback_facts(self.content)
        elif isinstance(self.content, SubmissionReport):
            facts |= _submission_facts(self.content)
        return {
            "path": self.path,
            **_name_facts(self.name),
            **facts,
            "findings": [finding.to_json() for finding in self.findings],
            "sha256": self.sha256,
        }


def inspect_paths(
    paths: Sequence[Path],
    *,
    today: date,
    cancel: CancelToken | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Iterator[dict[str, object]]:
    """One object per file, and with several files a last one, `{"together": ...}`.

    Args:
        paths: files, and folders that are walked (links to folders are not followed).
        today: the current date in US Eastern Time.
        cancel: looked at every few milliseconds.
        progress: told bytes read so far and bytes in all; the caller throttles what it shows.

    Raises:
        Cancelled: the work was cancelled.
    """
    seen: list[Inspected] = []
    try:
        for inspected in inspect_files(paths, today=today, cancel=cancel, progress=progress):
            seen.append(inspected)
            yield inspected.to_json()
        if len(seen) > 1:
            yield {"together": together([(file.path, file.content) for file in seen], cancel)}
    finally:
        for file in seen:
            if isinstance(file.content, SubmissionReport):
                file.content.close()


def inspect_files(
    paths: Sequence[Path],
    *,
    today: date,
    cancel: CancelToken | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Iterator[Inspected]:
    """The files behind `paths`, each read as what it is (see `inspect_paths`).

    Raises:
        Cancelled: the work was cancelled.
    """
    files = list(_walked(paths, cancel))
    sizes = [_size(file) for file in files]
    done, total = 0, sum(sizes)
    for file, size in zip(files, sizes, strict=True):
        if cancel is not None:
            cancel.raise_if_cancelled()
        before = done

        def within(read: int, _: int, before: int = before) -> None:
            if progress is not None:
                progress(min(before + read, total), total)

        yield _inspect_file(file, today, cancel, within)
        done += size
        if progress is not None:
            progress(done, total)


def _walked(paths: Iterable[Path], cancel: CancelToken | None) -> Iterator[Path]:
    for path in paths:
        if not path.is_dir():
            yield path
            continue
        for folder, folders, names in os.walk(path):
            if cancel is not None:
                cancel.raise_if_cancelled()
            folders.sort()
            yield from (Path(folder) / name for name in sorted(names))


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except (OSError, ValueError):
        return 0


def _inspect_file(
    path: Path, today: date, cancel: CancelToken | None, progress: Callable[[int, int], None]
) -> Inspected:
    name = parse_name(path.name, today=today)
    if name.kind is NameKind.FEEDBACK:
        feedback = read_feedback(path, today=today, cancel=cancel)
        return Inspected(str(path), name, feedback, feedback.findings, feedback.sha256)
    if name.kind is NameKind.SUBMISSION:
        report = check_submission(path, today=today, cancel=cancel, progress=progress)
        return Inspected(str(path), name, report, report.findings, report.sha256)
    findings = list(name.findings)
    digest: str | None = None
    try:
        digest, size = _digest(path, cancel)
    except UnreadableFileError as error:
        findings.append(error.finding)
    else:
        if name.kind is NameKind.SENTINEL and size:
            findings.append(
                Finding(
                    "sentinel-not-empty", f"A sentinel has no content; this has {size:,} bytes."
                )
            )
    return Inspected(str(path), name, None, tuple(findings), digest)


def _digest(path: Path, cancel: CancelToken | None) -> tuple[str, int]:
    """SHA-256 and size of any file."""
    digest, size = hashlib.sha256(), 0
    with open_regular(path) as file:
        try:
            while piece := file.read(_READ):
                if cancel is not None:
                    cancel.raise_if_cancelled()
                digest.update(piece)
                size += len(piece)
        except OSError as error:
            raise UnreadableFileError(not_openable(error)) from None
    return digest.hexdigest(), size


# --- facts as JSON ---


def _name_facts(name: CaisName) -> dict[str, object]:
    return {
        "kind": name.kind.value,
        "name_valid": name.valid,
        "submitter_id": name.submitter_id,
        "reporter_crd": name.reporter_crd,
        "correspondent_crd": name.correspondent_crd,
        "generation_date": name.generation_date and name.generation_date.isoformat(),
        "group": name.group,
        "file_kind": name.file_kind and name.file_kind.value,
        "file_number": name.file_number,
        "feedback_version": name.feedback_version,
        "part": name.part and name.part.value,
    }


def _feedback_facts(feedback: Feedback) -> dict[str, object]:
    accounts = feedback.accounts
    received, completed = feedback.receipt_timestamp, feedback.completed_timestamp
    facts: dict[str, object] = {
        "readable": feedback.readable,
        "schema_version": feedback.schema_version,
        "submission_id": feedback.submission_id,
        "status": feedback.status_text,
        "status_known": feedback.status is not None if feedback.readable else None,
        "final": feedback.final if feedback.readable else None,
        "receipt_timestamp": received and received.isoformat(),
        "completed_timestamp": completed and completed.isoformat(),
        "accounts_received": accounts.received if accounts else None,
        "accounts_accepted": accounts.accepted if accounts else None,
        "accounts_rejected": accounts.rejected if accounts else None,
        "error_rate": fraction_json(accounts.error_rate if accounts else None),
        "rejection_items": feedback.rejection_items if feedback.readable else None,
        "accounts_named_in_items": feedback.accounts_named_in_items if feedback.readable else None,
        "counts_as_evidence": feedback.counts_as_evidence,
        "why_not": feedback.why_not,
        "errors": [group.to_json() for group in feedback.errors],
    }
    if feedback.reporter_crd is not None:
        facts["reporter_crd"] = feedback.reporter_crd
    if feedback.correspondent_crd is not None:
        facts["correspondent_crd"] = feedback.correspondent_crd
    return facts


def fraction_json(rate: Fraction | None) -> dict[str, int] | None:
    """A rate in lowest terms."""
    if rate is None:
        return None
    return {"numerator": rate.numerator, "denominator": rate.denominator}


def _submission_facts(report: SubmissionReport) -> dict[str, object]:
    facts: dict[str, object] = {
        key: getattr(report, key)
        for key in (
            "readable schema_version accounts_declared accounts_in_file accounts_distinct "
            "accounts_with_ltid accounts_with_current_ltid ltids_distinct accounts_without_findings"
        ).split()
    }
    facts["verdict"] = report.verdict.value
    if report.correspondent_crd is not None:
        facts["correspondent_crd"] = report.correspondent_crd
    return facts
