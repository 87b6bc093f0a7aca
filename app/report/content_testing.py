"""The part of the summary about step 6: connections, submissions, dates, error codes."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

from app.onboarding.access import ConnectionTest, Environment
from app.onboarding.assessment import Assessment
from app.onboarding.certification import (
    LEVEL_TRACKS,
    JudgedSubmission,
    Totals,
    below_limit,
    totals_of,
)
from app.onboarding.counting import accounts_toward_level, counted, percent
from app.onboarding.guide import the_guide
from app.onboarding.testing import DataKind, SubmissionRecord
from app.report import words
from app.submissions.codes import error_groups


def testing_content(assessment: Assessment) -> dict[str, Any]:
    """Connection proof, submissions by processing date, charts and errors by code."""
    testing = assessment.case.testing
    login = testing.portal_login
    records = counted(assessment.submissions)
    dates = _by_date(assessment)
    return {
        "connections": [_connection(test) for test in testing.connection_tests],
        "portal_login": f"{words.day(login.on)} by {login.by}" if login.on and login.by else "",
        "agent_connected": words.day(testing.agent_connected_on)
        if testing.agent_connected_on
        else "",
        "dates": [_date_row(label, members) for label, members in dates],
        "total": _sum_row("All counted", totals_of(records), len(records)) if records else [],
        "chart": _chart(assessment, dates),
        "submissions": [_submission(item) for item in assessment.submissions],
        "errors": _errors(records),
    }


def rate_words(totals: Totals) -> str:
    """The error rate as people read it, with a mark where it is 10 % or more."""
    rate = totals.error_rate
    if rate is None:
        return words.NONE
    limit = the_guide().error_rate_limit_percent
    return percent(rate) if below_limit(rate) else f"{percent(rate)} ({limit} % or more)"


def _connection(test: ConnectionTest) -> dict[str, Any]:
    outcome = "Succeeded" if test.succeeded else f"Failed: {test.failed_stage or 'not told'}"
    host_key = " ".join(part for part in (test.host_key_type, test.host_key_sha256) if part)
    return {
        "at": words.moment(test.at),
        "succeeded": test.succeeded,
        "outcome": outcome,
        "finding": test.finding or "",
        "facts": [
            ["Server", f"{test.host}, port {test.port}"],
            ["Environment", "Test" if test.environment is Environment.TEST else "Production"],
            ["User name", test.username],
            ["Host key", host_key or words.NONE],
            ["Cipher", test.cipher or words.NONE],
            ["Server software", test.server_software or words.NONE],
        ],
        "practice": test.practice,
    }


def _by_date(assessment: Assessment) -> list[tuple[date | None, list[SubmissionRecord]]]:
    """The counted submissions by processing date, undated ones last."""
    groups: dict[date | None, list[SubmissionRecord]] = {}
    for record in counted(assessment.submissions):
        groups.setdefault(record.certified_date, []).append(record)
    return sorted(groups.items(), key=lambda pair: (pair[0] is None, pair[0] or date.max))


def _date_row(day: date | None, members: list[SubmissionRecord]) -> list[str]:
    label = words.day(day) if day is not None else "No processing date yet"
    return _sum_row(label, totals_of(members), len(members))


def _sum_row(label: str, totals: Totals, submissions: int) -> list[str]:
    return [
        label,
        f"{submissions:,}",
        f"{totals.received:,}",
        f"{totals.accepted:,}",
        f"{totals.rejected:,}",
        rate_words(totals),
    ]


def _chart(
    assessment: Assessment, dates: list[tuple[date | None, list[SubmissionRecord]]]
) -> dict[str, Any]:
    """What the two charts draw, in whole numbers, and the same in words for who cannot see them."""
    bars = []
    before = 0
    for day, members in dates:
        if day is None:
            continue
        totals = totals_of(members)
        added = max(totals.received - totals.without_current_ltid, 0)
        rate = totals.error_rate
        bars.append(
            {
                "label": " ".join(words.day(day).split()[1:3]),
                "before": before,
                "added": added,
                "rate": percent(rate) if rate is not None else "",
                "rejected": totals.rejected,
                "received": totals.received,
            }
        )
        before += added
    level = assessment.level.required_accounts if assessment.level else None
    limit = the_guide().error_rate_limit_percent if assessment.level else None
    toward = f" against the level of {level:,}" if level is not None else ""
    per_date = "; ".join(
        f"{bar['label']}: {bar['added']:,} accounts, error rate {bar['rate'] or 'none'}"
        for bar in bars[:40]
    )
    more = f"; and {len(bars) - 40} more dates, all in the table" if len(bars) > 40 else ""
    return {
        "bars": bars,
        "note": _counted_once(assessment, before),
        "level": level,
        "limit": limit,
        "accounts_alt": f"Bar chart of accounts received up to each processing date{toward}. "
        f"{per_date}{more}.",
        "rate_alt": "Bar chart of the error rate of each processing date"
        + (f" against the limit of {limit} %" if limit is not None else "")
        + f". {per_date}{more}.",
    }


def _counted_once(assessment: Assessment, added_up: int) -> str:
    """Why the bars may end higher than the number that is held against the level."""
    if assessment.level is None:
        return ""
    level_records = counted(assessment.submissions, *LEVEL_TRACKS)
    once = accounts_toward_level(assessment.case, level_records)
    if once >= added_up:
        return ""
    return (
        f"The bars add up what each submission held. Counted once each, {once:,} different accounts "
        "stand against the level."
    )


def _submission(item: JudgedSubmission) -> dict[str, Any]:
    record = item.record
    data = {DataKind.PRODUCTION: "production data", DataKind.MOCK: "mock data"}
    environment = record.environment.value if record.environment else "environment open"
    sent_for = " / ".join(crd for crd in (record.reporter_crd, record.correspondent_crd) if crd)
    return {
        "name": record.file_name or "Typed in from the portal",
        "id": record.submission_id or words.NONE,
        "for": f"CRD {sent_for}" if sent_for else words.NONE,
        "date": words.day(record.certified_date),
        "status": record.status or words.NONE,
        "kind": f"{environment}, {data[record.data] if record.data else 'kind of data open'}",
        "received": words.number(record.accounts_received),
        "accepted": words.number(record.accounts_accepted),
        "rejected": words.number(record.accounts_rejected),
        "rate": rate_words(totals_of([record])),
        "counts": item.counts,
        "why": item.reason,
        "sha256": record.file_sha256 or "",
    }


def _errors(records: tuple[SubmissionRecord, ...]) -> list[list[str]]:
    items: Counter[str] = Counter()
    for record in records:
        for group in record.errors:
            items[group.code] += group.items
    return [
        [group.code, group.title, group.stage or words.NONE, f"{group.items:,}"]
        for group in error_groups(items)
    ]
