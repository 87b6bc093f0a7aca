"""The whole status as a table for other systems, such as a firm's register of obligations."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import datetime

from app.onboarding.assessment import Assessment
from app.onboarding.certification import totals_of
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
    yield from _submissions(assessment)
    yield from _ahead(assessment)
    yield from _sent(history)


def _ahead(assessment: Assessment) -> Iterator[_Row]:
    for ahead in calendar_dates(assessment):
        yield {
            "kind": "date ahead",
            "name": ahead.title,
            "detail": ahead.text,
            "date": ahead.day.isoformat(),
        }


def _sent(history: Sequence[RecordedEntry]) -> Iterator[_Row]:
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


def _submissions(assessment: Assessment) -> Iterator[_Row]:
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
