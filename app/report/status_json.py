"""The whole status as one JSON document, for a firm's own systems."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from app.onboarding.assessment import Assessment, Requirement
from app.onboarding.certification import JudgedSubmission
from app.report.calendar import calendar_dates
from app.report.provenance import last_entries
from app.report.sent import sent_in
from app.storage.history import RecordedEntry

#: Version of the document.
STATUS_FORMAT = "cais-onboarding-status/1"


def status_json(
    assessment: Assessment, made_at: datetime, history: Sequence[RecordedEntry] = ()
) -> str:
    """The whole status as one JSON document: steps, counts, exact error rate, dates, what was sent.

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
        "waiting": _waiting(assessment),
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


def _waiting(assessment: Assessment) -> list[dict[str, Any]]:
    return [
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
