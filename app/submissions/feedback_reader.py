"""Reads one feedback file from disk (specification 6.1), whatever its bytes are."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from app.cancellation import CancelToken
from app.onboarding.testing import (
    COMPLETED_STATUSES,
    INTERIM_STATUSES,
    FileKind,
    SubmissionStatus,
)
from app.submissions.feedback import PRACTICE_MARK, Feedback, Tally
from app.submissions.feedback_checks import contradictions, why_no_evidence
from app.submissions.feedback_fields import Fields
from app.submissions.feedback_items import Items, read_items
from app.submissions.findings import Finding, UnreadableFileError, Weight
from app.submissions.json_text import decode_document
from app.submissions.names import CaisName, parse_name
from app.submissions.plain_files import read_plain, unpack_bzip2

#: Why feedback of the simulated CAIS is no evidence.
SIMULATED = "It was written by the practice CAIS, a simulation: it proves nothing."

MAX_PACKED = 64 << 20
MAX_UNPACKED = 128 << 20


@dataclass
class _Draft:
    """What is known of a file so far."""

    name: CaisName
    findings: list[Finding] = field(default_factory=list)
    found: dict[str, object] = field(default_factory=dict)

    def done(self, **more: object) -> Feedback:
        return Feedback(
            name=self.name,
            findings=(*self.name.findings, *self.findings),
            **self.found,  # type: ignore[arg-type]
            **more,  # type: ignore[arg-type]
        )


def read_feedback(
    path: Path, *, today: date, practice: bool = False, cancel: CancelToken | None = None
) -> Feedback:
    """Read one feedback file from disk. A file that cannot be read becomes a finding.

    Args:
        path: the file, `.json.bz2` as CAIS sent it, or unpacked by hand.
        today: the current date in US Eastern Time.
        practice: whether it is read to practise: what the simulated CAIS wrote counts then.
        cancel: looked at while the file is read.

    Raises:
        Cancelled: the work was cancelled.
    """
    name = parse_name(path.name, today=today)
    try:
        plain = read_plain(path, MAX_PACKED, cancel)
    except UnreadableFileError as error:
        draft = _Draft(name, [error.finding])
        return draft.done(why_not="The file could not be read.")
    return interpret_feedback(plain.data, name, plain.sha256, practice=practice, cancel=cancel)


def interpret_feedback(
    data: bytes,
    name: CaisName,
    sha256: str | None = None,
    *,
    practice: bool = False,
    cancel: CancelToken | None = None,
) -> Feedback:
    """What the bytes of a feedback file say.

    Args:
        data: the file as it lies on disk, compressed or not.
        name: its name, already read.
        sha256: its digest, if known.
        practice: as for `read_feedback`.
        cancel: looked at while the file is unpacked.

    Raises:
        Cancelled: the work was cancelled.
    """
    draft = _Draft(name, found={"size": len(data), "sha256": sha256})
    try:
        document = _document(data, draft, cancel)
    except UnreadableFileError as error:
        draft.findings.append(error.finding)
        return draft.done(why_not="The file could not be read.")
    fields = Fields(document)
    items = _read_document(fields, draft)
    draft.findings += fields.findings()
    found = draft.done(readable=True)
    more = list(contradictions(found, items))
    why_not = SIMULATED if found.practice and not practice else why_no_evidence(found)
    if not more and why_not is None:
        return found
    draft.findings += more
    return draft.done(readable=True, why_not=why_not)


def _document(data: bytes, draft: _Draft, cancel: CancelToken | None) -> dict[str, object]:
    text = data
    if data.startswith(b"BZh") or not data.lstrip(b" \t\r\n\xef\xbb\xbf").startswith((b"{", b"[")):
        text, remarks = unpack_bzip2(data, MAX_UNPACKED, cancel)
        draft.findings += remarks
    else:
        draft.findings.append(
            Finding(
                "not-compressed",
                "The file is plain JSON; CAIS sends feedback compressed with bzip2. Use the file "
                "as it was received.",
                weight=Weight.REMARK,
            )
        )
    document, remarks = decode_document(text)
    draft.findings += remarks
    if not isinstance(document, dict):
        raise UnreadableFileError(
            Finding("not-an-object", "The JSON text is no object, so it has no feedback fields.")
        )
    return document


def _read_document(fields: Fields, draft: _Draft) -> Items:
    status_text = fields.text("submissionStatus", required=True)
    status = _documented(status_text)
    version = fields.text("version", required=True)
    tids = draft.name.file_kind is FileKind.TIDS or (
        draft.name.file_kind is None and fields.has("receivedTIDsCount")
    )
    items = read_items(fields)
    draft.found |= {
        "practice": fields.has(PRACTICE_MARK),
        "schema_version": version,
        "submission_id": fields.identifier("submissionID", required=True),
        "submitter_id": fields.number("catSubmitterID"),
        "reporter_crd": fields.number("catReporterCRD", required=not tids),
        "correspondent_crd": fields.number("correspondentCRD"),
        "status_text": status_text,
        "status": status,
        "receipt_timestamp": fields.timestamp("receiptTimestamp", required=True),
        "completed_timestamp": fields.timestamp(
            "completedTimestamp", required=status is not None and status not in INTERIM_STATUSES
        ),
        "status_history": fields.history("statusHistory"),
        "accounts": _tally(fields, "FDIDRecordCount", required=status in COMPLETED_STATUSES),
        "natural_persons": _tally(fields, "NaturalRecordCount"),
        "legal_entities": _tally(fields, "LegalEntityRecordCount"),
        "corrections": _tally(fields, "CorrectionActionCount"),
        "identifiers": _tally(fields, "TIDsCount", required=status is SubmissionStatus.COMPLETED),
        "rejection_items": items.rejections,
        "warning_items": items.warnings,
        "accounts_named_in_items": items.accounts_named,
        "errors": items.groups,
    }
    return items


def _documented(text: str | None) -> SubmissionStatus | None:
    if text is None or text not in SubmissionStatus.__members__:
        return None
    return SubmissionStatus(text)


def _tally(fields: Fields, what: str, *, required: bool = False) -> Tally | None:
    received_key, accepted_key = f"received{what}", f"successful{what}"
    if not (required or fields.has(received_key) or fields.has(accepted_key)):
        return None
    received = fields.number(received_key, required=required)
    accepted = fields.number(accepted_key, required=required)
    if received is None or accepted is None:
        return None
    if accepted > received:
        fields.note(
            "impossible-counts",
            f"successful{what} is larger than received{what}: more were taken than came.",
        )
        return None
    return Tally(received, accepted)
