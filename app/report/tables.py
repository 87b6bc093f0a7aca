"""The whole status for other systems, such as a firm's register of obligations: CSV and JSON."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

from app.onboarding.assessment import Assessment, Requirement
from app.onboarding.certification import JudgedSubmission, totals_of
from app.report import words
from app.report.calendar import calendar_dates
from app.report.provenance import last_entries
from app.report.sent import sent_in
from app.storage.history import RecordedEntry

COLUMNS = (
    "firm",
    "identifier",
    "as_of",
    "kind",
    "step",
    "rule",
    "section",
    "name",
    "state",
    "detail",
    "date",
    "received",
    "accepted",
    "rejected",
    "recorded_at",
    "recorded_by",
)
#: Version of the JSON document.
STATUS_FORMAT = "cais-onboarding-status/1"
_Row = dict[str, str]


def status_csv(
    assessment: Assessment, made_at: datetime, history: Sequence[RecordedEntry] = ()
) -> str:
    """Verdict, steps, requirements, waits, submissions, dates ahead and what was sent, as CSV.

    One row each (RFC 4180).

    Dates are ISO 8601. A text that a spreadsheet would take for a formula begins with an
    apostrophe instead.
    """
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, COLUMNS, restval="", lineterminator="\r\n")
    writer.writeheader()
    case = assessment.case
    practice = "practice: " if case.practice else ""
    common = {
        "firm": f"{practice}{case.title}",
        "identifier": case.registration.identifier or "",
        "as_of": made_at.isoformat(),
    }
    for row in _rows(assessment, history):
        writer.writerow({key: _harmless(value) for key, value in (common | row).items()})
    return out.getvalue()


def status_json(
    assessment: Assessment, made_at: datetime, history: Sequence[RecordedEntry] = ()
) -> str:
    """The same and more as one JSON document: track, level, exact error rate, dates ahead.

    Dates and times are ISO 8601; what is not known is null.
    """
    document = {
        "format": STATUS_FORMAT,
        "as_of": made_at.isoformat(),
        "today": assessment.today.isoformat(),
        **status_document(assessment, history),
    }
    return json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def status_document(
    assessment: Assessment, history: Sequence[RecordedEntry] = ()
) -> dict[str, Any]:
    """The whole status as plain values."""
    case, level, rate = assessment.case, assessment.level, assessment.error_rate
    totals = assessment.totals
    return {
        "firm": case.registration.company_name,
        "number": case.registration.identifier,
        "practice": case.practice,
        "track": assessment.track,
        "tracks": list(assessment.tracks),
        "verdict": assessment.verdict,
        "ready": assessment.ready,
        "level": {"required_accounts": level.required_accounts, "basis": level.basis}
        if level
        else None,
        "accounts": {
            "received": totals.received,
            "accepted": totals.accepted,
            "rejected": totals.rejected,
        },
        "error_rate": {"numerator": rate.numerator, "denominator": rate.denominator}
        if rate is not None
        else None,
        "processing_dates": [day.isoformat() for day in assessment.processing_dates],
        "steps": _steps(assessment, history),
        "waiting": [
            {
                "step": step.number,
                "on": item.on_whom,
                "for": item.for_what,
                "since": _iso(item.since),
                "expected": _iso(item.expected),
                "overdue": item.overdue,
                "action": item.action,
            }
            for step, item in assessment.waiting
        ],
        "next_action": {
            "step": assessment.next_action.step,
            "text": assessment.next_action.text,
        },
        "open_items": list(assessment.open_items),
        "submissions": [_submission(judged) for judged in assessment.submissions],
        "dates_ahead": [
            {"date": item.day.isoformat(), "title": item.title, "text": item.text}
            for item in calendar_dates(assessment)
        ],
        "sent": [
            {"what": sent.what, "on": sent.on.isoformat(), "by": sent.by, "to": sent.to}
            | {"file": entry.file_name, "sha256": entry.file_sha256}
            for entry, sent in sent_in(history)
        ],
    }


def _steps(assessment: Assessment, history: Sequence[RecordedEntry]) -> list[dict[str, Any]]:
    behind = last_entries(history)

    def judged(item: Requirement) -> dict[str, Any]:
        entry = behind.get(item.key) if item.met else None
        return {
            "rule": item.rule,
            "section": item.section,
            "text": item.text,
            "state": item.state,
            "detail": item.detail,
            "recorded_at": entry.at_utc if entry else None,
            "recorded_by": entry.os_user if entry else None,
        }

    return [
        {
            "number": step.number,
            "title": step.guide.title,
            "section": step.guide.section,
            "status": step.status,
            "reason": step.reason,
            "requirements": [judged(item) for item in step.requirements],
        }
        for step in assessment.steps
    ]


def _submission(judged: JudgedSubmission) -> dict[str, Any]:
    record = judged.record
    return {
        "name": record.file_name,
        "submission_id": record.submission_id,
        "processing_date": _iso(record.certified_date),
        "counts": judged.counts,
        "why": judged.reason,
        "received": record.accounts_received,
        "accepted": record.accounts_accepted,
        "rejected": record.accounts_rejected,
        "sha256": record.file_sha256,
    }


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day is not None else None


def _rows(assessment: Assessment, history: Sequence[RecordedEntry]) -> Iterator[_Row]:
    yield {
        "kind": "verdict",
        "name": words.VERDICTS[assessment.verdict],
        "state": assessment.verdict.value,
        "detail": assessment.next_action.text,
    } | _counts(assessment.totals.received, assessment.totals.accepted)
    behind = last_entries(history)
    for step in assessment.steps:
        yield {
            "kind": "step",
            "step": str(step.number),
            "section": step.guide.section,
            "name": step.guide.title,
            "state": step.status.value,
            "detail": step.reason,
        }
        for item in step.requirements:
            entry = behind.get(item.key) if item.met else None
            yield {
                "kind": "requirement",
                "step": str(step.number),
                "rule": item.rule,
                "section": item.section,
                "name": item.text,
                "state": item.state.value,
                "detail": item.detail,
                "recorded_at": entry.at_utc if entry else "",
                "recorded_by": entry.os_user if entry else "",
            }
    for step, waited in assessment.waiting:
        yield {
            "kind": "waiting",
            "step": str(step.number),
            "section": step.guide.section,
            "name": f"{waited.on_whom}: {waited.for_what}",
            "state": "overdue" if waited.overdue else "waiting",
            "detail": waited.action,
            "date": waited.expected.isoformat() if waited.expected else "",
        }
    yield from _submission_rows(assessment)
    for ahead in calendar_dates(assessment):
        yield {
            "kind": "date ahead",
            "name": ahead.title,
            "detail": ahead.text,
            "date": ahead.day.isoformat(),
        }
    for entry, sent in sent_in(history):
        yield {
            "kind": "sent",
            "rule": sent.info.rule,
            "section": sent.info.section,
            "name": sent.info.words,
            "detail": " ".join(part for part in (sent.to, entry.file_name or "") if part),
            "date": sent.on.isoformat(),
            "recorded_at": entry.at_utc,
            "recorded_by": entry.os_user,
        }


def _submission_rows(assessment: Assessment) -> Iterator[_Row]:
    for judged in assessment.submissions:
        record = judged.record
        day = record.certified_date
        totals = totals_of([record])
        yield {
            "kind": "submission",
            "step": "6",
            "section": "§6",
            "name": record.file_name or record.submission_id or "typed in from the portal",
            "state": "counts" if judged.counts else "does not count",
            "detail": judged.reason,
            "date": day.isoformat() if day else "",
        } | _counts(totals.received, totals.accepted)


def _counts(received: int, accepted: int) -> _Row:
    return {
        "received": str(received),
        "accepted": str(accepted),
        "rejected": str(received - accepted),
    }


def _harmless(text: str) -> str:
    """Spreadsheets run a cell that begins like a formula."""
    return f"'{text}" if text[:1] in "=+-@\t\r" and text else text
