"""What in a feedback file contradicts itself, and whether it is evidence of accepted accounts."""

from __future__ import annotations

from collections.abc import Iterable

from app.onboarding.testing import COMPLETED_STATUSES, FileKind
from app.onboarding.testing import SubmissionStatus as Status
from app.submissions.feedback import KNOWN_SCHEMAS, Feedback
from app.submissions.feedback_items import Items
from app.submissions.findings import Finding, Weight
from app.submissions.names import NameKind

_ANY = frozenset({1, 2, 3, 4})
_CAIS, _TIDS = FileKind.CAIS, FileKind.TIDS
# In which feedback versions a state is documented, by the kind of file.
_STAGES: dict[tuple[Status, FileKind], frozenset[int]] = {
    (Status.FILE_ACKNOWLEDGED, _CAIS): frozenset({1}),
    (Status.FILE_ACKNOWLEDGED, _TIDS): frozenset({1}),
    (Status.FILE_INTEGRITY_PASSED, _CAIS): frozenset({2}),
    (Status.FILE_INTEGRITY_PASSED, _TIDS): frozenset({2}),
    (Status.COMPLETED_INTEGRITY_ERROR, _CAIS): frozenset({2}),
    (Status.COMPLETED_INTEGRITY_ERROR, _TIDS): frozenset({2}),
    (Status.RECORD_SCAN_COMPLETED, _CAIS): frozenset({3}),
    (Status.RECORD_SCAN_COMPLETED, _TIDS): frozenset({3}),
    (Status.COMPLETED_FILE_TIMEOUT, _CAIS): frozenset({3}),
    (Status.COMPLETED_FILE_TIMEOUT, _TIDS): frozenset({4}),
    (Status.COMPLETED_WITHOUT_REJECTIONS, _CAIS): frozenset({4}),
    (Status.COMPLETED_WITH_REJECTIONS, _CAIS): frozenset({4}),
    (Status.COMPLETED, _TIDS): frozenset({4}),
    (Status.INCOMPLETE_PROCESSING_FAILURE, _CAIS): _ANY,
    (Status.INCOMPLETE_PROCESSING_FAILURE, _TIDS): _ANY,
    (Status.CANCELLED_BY_SUPPORT, _CAIS): _ANY,
    (Status.CANCELLED_BY_SUPPORT, _TIDS): _ANY,
}


def contradictions(feedback: Feedback, items: Items) -> Iterable[Finding]:
    """Contradictions within the file, and between the file and its name."""
    if feedback.schema_version is not None and feedback.schema_version not in KNOWN_SCHEMAS:
        yield Finding(
            "undocumented-schema",
            "The schema version is not one of 1.0.0 (LTID phase) and 2.0.0 (Full CAIS), so what "
            "its fields mean is not known.",
            weight=Weight.REMARK,
        )
    yield from _checked_status(feedback)
    yield from _checked_name(feedback)
    yield from _checked_counts(feedback, items)
    for group in feedback.errors:
        if group.known is None:
            yield Finding(
                "undocumented-code",
                f"The code {group.code} is not on the published list.",
                count=group.items,
                weight=Weight.REMARK,
            )


def _checked_status(feedback: Feedback) -> Iterable[Finding]:
    status = feedback.status
    if status is None:
        if feedback.status_text is not None:
            yield Finding(
                "undocumented-status",
                "The submission status is not one that the specification has.",
                weight=Weight.REMARK,
            )
        return
    if not _stage_documented(feedback):
        yield Finding(
            "undocumented-stage",
            f"{status} is not documented for version v{feedback.name.feedback_version} of "
            f"{feedback.name.file_kind} feedback.",
            weight=Weight.REMARK,
        )
    start, end = feedback.receipt_timestamp, feedback.completed_timestamp
    if start is not None and end is not None and end < start:
        yield Finding("times-out-of-order", "completedTimestamp lies before receiptTimestamp.")


def _stage_documented(feedback: Feedback) -> bool:
    """Whether the state belongs to the version in the name (true when either is unknown)."""
    version, kind = feedback.name.feedback_version, feedback.name.file_kind
    if feedback.status is None or version is None or kind is None:
        return True
    return version in _STAGES.get((feedback.status, kind), frozenset())


def _checked_name(feedback: Feedback) -> Iterable[Finding]:
    for title, inside, outside in (
        ("catSubmitterID", feedback.submitter_id, feedback.name.submitter_id),
        ("catReporterCRD", feedback.reporter_crd, feedback.name.reporter_crd),
    ):
        if inside is not None and outside is not None and inside != outside:
            yield Finding(
                "name-contradicts-content",
                f"The file's {title} is {inside}, but its name says {outside}.",
            )


def _checked_counts(feedback: Feedback, items: Items) -> Iterable[Finding]:
    """The items against the counts. The counts rule; a conflict is shown."""
    accounts = feedback.accounts
    if accounts is None or feedback.status not in COMPLETED_STATUSES:
        return
    named, unnamed = items.accounts_named, items.account_items_unnamed
    if named > accounts.rejected:
        yield _conflict(f"The rejection items name {named:,} accounts", accounts.rejected)
    elif named + unnamed < accounts.rejected:
        yield _conflict(f"The rejection items name only {named:,} accounts", accounts.rejected)
    tallies = (accounts, feedback.natural_persons, feedback.legal_entities)
    rejected = sum(tally.rejected for tally in tallies if tally is not None)
    without = feedback.status is Status.COMPLETED_WITHOUT_REJECTIONS
    if without and (rejected or items.rejections):
        yield Finding(
            "status-contradicts-counts",
            "The status says that nothing was rejected, but the counts or the items do not.",
        )
    if not without and not rejected and not items.rejections:
        yield Finding(
            "status-contradicts-counts",
            "The status says that something was rejected, but the counts and items show nothing.",
        )


def _conflict(items_say: str, rejected: int) -> Finding:
    return Finding(
        "items-contradict-counts",
        f"{items_say}, but by the counts {rejected:,} were rejected. The counts are used.",
    )


_NOT_EVIDENCE = {
    Status.FILE_ACKNOWLEDGED: "CAIS has only acknowledged the file; it has not looked into it yet.",
    Status.FILE_INTEGRITY_PASSED: "CAIS has only checked the file's form; the accounts come later.",
    Status.COMPLETED_INTEGRITY_ERROR: "CAIS refused the whole file; no account in it was taken.",
    Status.RECORD_SCAN_COMPLETED: "This is an interim state; the final result (v4) is still to come.",
    Status.COMPLETED_FILE_TIMEOUT: "CAIS gave the file up because its partner file did not arrive.",
    Status.COMPLETED: "This is feedback on identifiers (TIDS); it counts no accounts.",
    Status.INCOMPLETE_PROCESSING_FAILURE: "CAIS could not finish processing the file.",
    Status.CANCELLED_BY_SUPPORT: "FINRA CAT cancelled this submission.",
}


def why_no_evidence(feedback: Feedback) -> str | None:
    """Why the file is no evidence by itself; None when it is (R6.9)."""
    status = feedback.status
    if feedback.name.kind is not NameKind.FEEDBACK or not feedback.name.valid:
        return "The file's name is not one of a feedback file; see what is wrong with it."
    if status is None:
        return "The submission status is missing or undocumented."
    if feedback.name.file_kind is FileKind.TIDS:
        status = Status.COMPLETED if status in COMPLETED_STATUSES else status
    if status in _NOT_EVIDENCE:
        return _NOT_EVIDENCE[status]
    return _why_content_is_none(feedback)


def _why_content_is_none(feedback: Feedback) -> str | None:
    if feedback.schema_version not in KNOWN_SCHEMAS:
        return "The schema version is missing or undocumented."
    if not _stage_documented(feedback):
        return "This status is not documented for the feedback version in the file's name."
    if any(_checked_name(feedback)):
        return "The file's name and its content name different firms."
    needed = (feedback.submission_id, feedback.reporter_crd, feedback.receipt_timestamp)
    if feedback.accounts is None or any(value is None for value in needed):
        return "The account counts, or another field that evidence needs, are missing or unusable."
    return None
