"""What the summary says, as plain values ready to be shown: the template only sets them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.onboarding.access import SftpAccess
from app.onboarding.assessment import Assessment, RequirementState, StepAssessment
from app.onboarding.guide import the_guide
from app.onboarding.testing import Testing
from app.report import words
from app.report.content_access import access_content
from app.report.content_cover import cover_content
from app.report.content_testing import testing_content
from app.report.provenance import last_entries, recorded
from app.report.seal import attached_facts, facts_seal
from app.report.sent import sent_in
from app.storage.history import EntryKind, RecordedEntry

#: Longest firm name in the running head; the cover has it in full.
_SHORT_NAME = 60
#: Most log entries printed; all are attached. More would be a book nobody reads.
_LOG_ROWS = 500


@dataclass(frozen=True)
class Occasion:
    """For when and by which program a document is made: it decides the bytes with the case.

    `made_at` is aware; `history` are all entries of the case, in order.
    """

    made_at: datetime
    version: str
    history: Sequence[RecordedEntry] = ()


def summary_content(assessment: Assessment, occasion: Occasion) -> dict[str, Any]:
    """Everything the summary shows, in the order of its sections."""
    case = assessment.case
    firm = case.title
    return {
        "title": f"CAIS certification summary: {firm}",
        "firm": firm,
        "short_firm": firm if len(firm) <= _SHORT_NAME else f"{firm[: _SHORT_NAME - 1]}…",
        "practice": case.practice,
        "version": occasion.version,
        "made_at": words.moment(occasion.made_at),
        "cover": cover_content(assessment, occasion.made_at),
        "steps": [
            {
                "number": str(step.number),
                "title": step.guide.title,
                "section": step.guide.section,
                "status": step.status.value,
                "reason": step.reason,
            }
            for step in assessment.steps
        ],
        "requirements": _requirements(assessment, occasion),
        "testing": testing_content(assessment),
        "access": access_content(assessment),
        "open": _open_points(assessment),
        "decisions": _decisions(assessment, occasion),
        "readings": _readings(assessment),
        "sent": _sent(occasion),
        "log": _log(assessment, occasion),
    }


def _requirements(assessment: Assessment, occasion: Occasion) -> list[dict[str, Any]]:
    behind = last_entries(occasion.history)
    groups = []
    for step in assessment.steps:
        rows = [
            {
                "state": item.state.value,
                "text": item.text,
                "section": item.section,
                "evidence": item.detail or words.NONE,
                "recorded": recorded(behind.get(item.key)) if item.met else words.NONE,
            }
            for item in step.requirements
        ]
        groups.append(
            {
                "heading": f"Step {step.number}: {step.guide.title}",
                "none": "" if rows else step.reason,
                "rows": rows,
            }
        )
    return groups


def _open_points(assessment: Assessment) -> list[dict[str, str]]:
    points = [point for step in assessment.steps for point in _open_points_of(step)]
    points.extend(
        {"where": "Step 1, §1, footnote 1", "what": text, "detail": "", "kind": "Open"}
        for text in assessment.open_items
    )
    return points


def _open_points_of(step: StepAssessment) -> Iterator[dict[str, str]]:
    whole_step = f"Step {step.number}, {step.guide.section}"
    for item in step.unmet:
        yield {
            "where": f"Step {step.number}, {item.section}",
            "what": item.text,
            "detail": item.detail,
            "kind": "Waiting" if item.state is RequirementState.WAITING else "Open",
        }
    for waiting in step.findings.waiting:
        since = f"Since {words.day(waiting.since)}. " if waiting.since else ""
        yield {
            "where": whole_step,
            "what": f"Waiting for {waiting.on_whom}: {waiting.for_what}",
            "detail": since + waiting.action,
            "kind": "Overdue" if waiting.overdue else "Waiting",
        }
    for text in (*step.findings.faults, step.findings.question):
        if text:
            yield {"where": whole_step, "what": text, "detail": "", "kind": "To correct"}
    for hint in step.findings.hints:
        if hint.warning:
            where = f"Step {step.number}, {hint.section}"
            yield {"where": where, "what": hint.text, "detail": "", "kind": "To check"}


def _decisions(assessment: Assessment, occasion: Occasion) -> list[dict[str, str]]:
    """Where a person decided against advice or beyond what the program can see, and why."""
    case = assessment.case
    return [
        *_levels_changed_nonetheless(case.sftp),
        *_rules_overridden(occasion.history),
        *_processing_dates_picked(case.testing),
        *_accounts_stated(case.testing),
    ]


def _levels_changed_nonetheless(sftp: SftpAccess) -> Iterator[dict[str, str]]:
    for account in sftp.accounts:
        for change in account.level_changes:
            if change.override_reason:
                yield {
                    "what": f"SFTP account {account.username or 'without name'}: level changed "
                    f"to {words.ACCESS_LEVELS[change.level]} on "
                    f"{words.day(change.requested_on)} (§4.1)",
                    "reason": change.override_reason,
                }


def _rules_overridden(history: Sequence[RecordedEntry]) -> Iterator[dict[str, str]]:
    for entry in history:
        if entry.kind == EntryKind.RULE_OVERRIDDEN:
            yield {
                "what": f"{words.subject(entry.path) or 'Rule overridden'}: "
                f"{recorded(entry)}, against advice",
                "reason": entry.note or "No reason was given.",
            }


def _processing_dates_picked(testing: Testing) -> Iterator[dict[str, str]]:
    for record in testing.submissions:
        if record.processing_date is None or record.receipt_date is None:
            continue
        if record.processing_date != record.receipt_date:
            yield {
                "what": f"{record.file_name or record.submission_id or 'A submission typed in'}: "
                f"processing date {words.day(record.processing_date)} (§6)",
                "reason": f"Picked by the administrator; received "
                f"{words.day(record.receipt_date)}, completed "
                f"{words.day(record.completion_date)}.",
            }


def _accounts_stated(testing: Testing) -> Iterator[dict[str, str]]:
    stated = testing.distinct_accounts
    if stated is None:
        return
    yield {
        "what": f"{stated.received:,} different accounts in "
        f"{len(stated.record_ids):,} submissions together (§6)",
        "reason": "Counted from the submission files."
        if stated.from_files
        else f"Stated by {stated.stated_by or 'the administrator'}, "
        f"{words.moment(stated.stated_at)}.",
    }


def _readings(assessment: Assessment) -> list[dict[str, str]]:
    """Our readings of the guide that a judgement above rests on, each once."""
    used = dict.fromkeys(
        reading
        for step in assessment.steps
        for item in step.requirements
        for reading in item.readings
    )
    known = the_guide().readings
    return [
        {"open": known[key].open, "reading": known[key].reading, "why": known[key].why}
        for key in used
    ]


def _sent(occasion: Occasion) -> list[list[str]]:
    """What went out so far, as it was recorded, with the summary that went with it."""
    return [
        [
            words.day(sent.on),
            sent.note,
            sent.to,
            sent.by,
            f"{entry.file_name} ({entry.file_sha256[:16]}…)"
            if entry.file_name and entry.file_sha256
            else words.NONE,
        ]
        for entry, sent in sent_in(occasion.history)
    ]


def _log(assessment: Assessment, occasion: Occasion) -> dict[str, Any]:
    history = occasion.history
    return {
        "facts": facts_seal(
            attached_facts(assessment.case),
            assessment.today.isoformat(),
            occasion.made_at.isoformat(),
            occasion.version,
        ),
        "head": history[-1].hash if history else "",
        "count": words.number(len(history)),
        "first": words.moment(history[0].at) if history else "",
        "last": words.moment(history[-1].at) if history else "",
        "left_out": words.number(len(history) - _LOG_ROWS) if len(history) > _LOG_ROWS else "",
        "entries": [
            [f"{entry.seq:,}", words.moment(entry.at), entry.os_user, _what(entry)]
            for entry in history[-_LOG_ROWS:]
        ],
    }


def _what(entry: RecordedEntry) -> str:
    parts = [words.kind(entry.kind), words.subject(entry.path), entry.file_name or ""]
    line = " · ".join(part for part in parts if part)
    return f"{line}. {entry.note}" if entry.note else line
