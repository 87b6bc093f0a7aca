"""Feedback as the domain keeps it: one record per submission, counts only."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import TypeVar

from pydantic import TypeAdapter, ValidationError

from app.onboarding.testing import ErrorGroup, EvidenceSource, FileKind, SubmissionRecord
from app.onboarding.values import AccountCount, Crd, Name, SubmitterId
from app.submissions.collection import submission_key
from app.submissions.feedback import Feedback
from app.submissions.findings import Finding

_Value = TypeVar("_Value")
_CRD: TypeAdapter[str] = TypeAdapter(Crd)
_SUBMITTER: TypeAdapter[str] = TypeAdapter(SubmitterId)
_COUNT: TypeAdapter[int] = TypeAdapter(AccountCount)
_NAME: TypeAdapter[str] = TypeAdapter(Name)


class _LeftOut:
    """Values that the domain does not take: left out of the record, and named."""

    def __init__(self) -> None:
        self.titles: list[str] = []

    def taken(self, adapter: TypeAdapter[_Value], value: object, title: str) -> _Value | None:
        if value is None:
            return None
        try:
            return adapter.validate_python(value)
        except ValidationError:
            self.titles.append(title)
            return None


def record_of(feedback: Feedback, contradictions: Iterable[Finding] = ()) -> SubmissionRecord:
    """What is kept of a submission, from its newest feedback.

    `contradictions` are what its files say against each other; they stand with its findings.

    The record's id is made from what tells submissions apart, so that newer feedback on the same
    submission takes the place of the older. A value that the domain does not take (a CRD number
    of 19 digits, billions of accounts) is left out, and the findings say so. Whether it is
    chosen is proposed: it is when the file is evidence by itself.
    """
    left = _LeftOut()
    name, accounts = feedback.name, feedback.accounts
    submission_id = None if feedback.submission_id is None else str(feedback.submission_id)
    reporter = feedback.reporter_crd if feedback.reporter_crd is not None else name.reporter_crd
    submitter = feedback.submitter_id if feedback.submitter_id is not None else name.submitter_id
    record = SubmissionRecord(
        id=record_id(feedback),
        source=EvidenceSource.FEEDBACK_FILE,
        file_name=left.taken(_NAME, name.name, "file name"),
        file_size=feedback.size,
        file_sha256=feedback.sha256,
        submission_id=submission_id,
        submitter_id=left.taken(_SUBMITTER, submitter, "CAT submitter ID"),
        reporter_crd=left.taken(_CRD, reporter, "CAT reporter CRD"),
        correspondent_crd=left.taken(_CRD, feedback.correspondent_crd, "correspondent CRD"),
        kind=name.file_kind or FileKind.CAIS,
        schema_version=feedback.schema_version,
        feedback_version=name.feedback_version,
        status=feedback.status_text,
        received_at=feedback.receipt_timestamp,
        completed_at=feedback.completed_timestamp,
        accounts_received=left.taken(_COUNT, accounts and accounts.received, "accounts received"),
        accounts_accepted=left.taken(_COUNT, accounts and accounts.accepted, "accounts accepted"),
        errors=tuple(ErrorGroup(code=group.code, items=group.items) for group in feedback.errors),
        findings=tuple(found.message for found in (*feedback.findings, *contradictions)),
        chosen=feedback.counts_as_evidence,
        practice=feedback.practice,
    )
    if not left.titles:
        return record
    note = f"Not usable, so left out: {', '.join(left.titles)}."
    return record.model_copy(update={"findings": (*record.findings, note), "chosen": False})


def record_id(feedback: Feedback) -> str:
    """The id of a submission's record; without a submissionID it goes by the file itself."""
    key = (
        submission_key(feedback)
        if feedback.submission_id is not None
        else (feedback.name.name, feedback.sha256)
    )
    return hashlib.sha256(repr(key).encode("utf-8", "surrogatepass")).hexdigest()[:16]
