"""What the counted submissions amount to: totals, different accounts, proven firms (guide §6)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from fractions import Fraction

from app.onboarding.case import Case
from app.onboarding.certification import LEVEL_TRACKS, JudgedSubmission, Totals, totals_of
from app.onboarding.relationships import ServedFirm
from app.onboarding.testing import DistinctAccounts, SubmissionRecord
from app.onboarding.tracks import Track, tracks_of


def counted(judged: Iterable[JudgedSubmission], *tracks: Track) -> tuple[SubmissionRecord, ...]:
    """The submissions that count, of the named tracks or of all."""
    return tuple(
        item.record for item in judged if item.counts and (not tracks or item.track in tracks)
    )


def counted_totals(case: Case, judged: Iterable[JudgedSubmission]) -> Totals:
    """The sums the verdict rests on: those of the level's track where there is one."""
    if LEVEL_TRACKS.intersection(tracks_of(case.registration)):
        return totals_of(counted(judged, *LEVEL_TRACKS))
    return totals_of(counted(judged))


def processing_dates(judged: Iterable[JudgedSubmission]) -> tuple[date, ...]:
    """The processing dates of the submissions that count, each once, in order (R6.5, R6.8)."""
    dates = {record.certified_date for record in counted(judged)}
    return tuple(sorted(day for day in dates if day is not None))


def distinct_range(case: Case, records: Iterable[SubmissionRecord]) -> tuple[int, int]:
    """How many different accounts `records` hold at least and at most (R6.8).

    A Firm Designated ID belongs to one reporter, so only submissions for the same reporter
    can hold the same account. Where both numbers are equal there is nothing to ask.
    """
    received: dict[str | None, list[int]] = {}
    for record in records:
        reporter = record.reporter_crd or case.registration.identifier
        received.setdefault(reporter, []).append(record.accounts_received or 0)
    lowest = sum(max(counts) for counts in received.values())
    highest = sum(sum(counts) for counts in received.values())
    return lowest, highest


def distinct_answer(case: Case, records: Iterable[SubmissionRecord]) -> DistinctAccounts | None:
    """What was stated of just these submissions, or None: of others an answer says nothing."""
    answer = case.testing.distinct_accounts
    asked = sorted(record.id for record in records)
    return answer if answer is not None and sorted(answer.record_ids) == asked else None


def accounts_toward_level(case: Case, records: Iterable[SubmissionRecord]) -> int:
    """Different accounts with a current LTID received in `records` (R6.3, R6.8).

    Where several submissions were not told apart yet, the sum is shown and the
    requirement `distinct` stays unmet.
    """
    records = tuple(records)
    totals = totals_of(records)
    received, ended = totals.received, totals.without_current_ltid
    answer = distinct_answer(case, records)
    lowest, highest = distinct_range(case, records)
    if answer is not None and lowest < highest:
        received = answer.received
        if answer.without_current_ltid is not None:
            ended = answer.without_current_ltid
    return max(received - ended, 0)


def served_without_account(
    case: Case, records: Iterable[SubmissionRecord]
) -> tuple[ServedFirm, ...]:
    """Served firms with LTID accounts of which none was accepted yet (R6.3)."""
    served = {firm.crd for firm in case.relationships.served_firms if firm.crd is not None}
    # One accepted account proves one firm: the correspondent where it is served, else the reporter.
    proven = {
        record.correspondent_crd if record.correspondent_crd in served else record.reporter_crd
        for record in records
        if record.accounts_accepted
    }
    return tuple(
        firm
        for firm in case.relationships.served_firms
        if firm.ltid_accounts != 0 and (firm.crd is None or firm.crd not in proven)
    )


def firms_without_account(case: Case, records: Iterable[SubmissionRecord]) -> tuple[str, ...]:
    """What those firms are called."""
    return tuple(
        firm.name or (f"CRD {firm.crd}" if firm.crd else "a firm without a name")
        for firm in served_without_account(case, records)
    )


def percent(rate: Fraction) -> str:
    """A rate as people read it, rounded down so that below 10 % never reads as 10 %.

    9.9996 % reads "9.99 %", just 10 % reads "10 %".
    """
    whole, rest = divmod(int(rate * 10_000), 100)
    return f"{whole} %" if not rest else f"{whole}.{rest:02d} %"
