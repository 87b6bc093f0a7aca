"""Step 6: testing for production readiness (guide §6, R6.1 to R6.9)."""

from __future__ import annotations

from datetime import date

from app.onboarding.assessment import Requirement, StepFindings, Waiting, later, plural, require
from app.onboarding.business_calendar import long_date
from app.onboarding.case import Case
from app.onboarding.certification import (
    LEVEL_TRACKS,
    JudgedSubmission,
    Level,
    Totals,
    below_limit,
    level_of,
    totals_of,
)
from app.onboarding.counting import (
    accounts_toward_level,
    counted,
    distinct_answer,
    distinct_range,
    firms_without_account,
    percent,
    processing_dates,
)
from app.onboarding.firm import Source
from app.onboarding.guide import the_guide
from app.onboarding.steps.connecting import agent_connected, connected
from app.onboarding.steps.testing_hints import OLD_SCHEMA, hints, name_of, questions
from app.onboarding.testing import INTERIM_STATUSES, SubmissionRecord, Testing
from app.onboarding.tracks import Track, tracks_of, uses_agent

__all__ = ["counted", "findings", "percent"]

_SUBMISSIONS = "testing.submissions"


def findings(case: Case, today: date, judged: tuple[JudgedSubmission, ...]) -> StepFindings:
    """What step 6 requires of the case; `judged` are its submissions."""
    tracks = tracks_of(case.registration)
    requirements = [connected(case)]
    if uses_agent(case.registration):
        requirements.append(agent_connected(case, judged))
    if LEVEL_TRACKS.intersection(tracks):
        requirements.extend(_level_requirements(case, judged))
    if Track.THROUGH_AGENT in tracks:
        requirements.append(_agent_submission(judged))
    if Track.NO_LTID_ACCOUNTS in tracks:
        requirements.append(_mock_data(judged))
    requirements.append(_processing_dates(judged))
    return StepFindings(
        requirements=tuple(requirements),
        started=case.testing != Testing(),
        hints=hints(case, judged, today),
        waiting=_waiting(case, judged),
        faults=tuple(
            f"{name_of(item.record)}: {item.reason}"
            for item in judged
            if item.contradictory and item.record.chosen
        ),
        question=next(iter(questions(judged)), ""),
    )


def _level_requirements(
    case: Case, judged: tuple[JudgedSubmission, ...]
) -> tuple[Requirement, ...]:
    records = counted(judged, *LEVEL_TRACKS)
    requirements = [_level(case, level_of(case), records)]
    lowest, highest = distinct_range(case, records)
    if lowest < highest:
        requirements.append(_distinct(case, records, lowest, highest))
    if Track.REPORTS_FOR_OTHERS in tracks_of(case.registration):
        requirements.append(_each_firm(case, records))
    requirements.append(_error_rate(totals_of(records)))
    return tuple(requirements)


def _level(case: Case, level: Level | None, records: tuple[SubmissionRecord, ...]) -> Requirement:
    readings: tuple[str, ...] = (
        "level_by_received",
        "registered_number_rules",
        "current_ltid_only",
    )
    if level is None:
        return require(
            "level",
            False,
            missing="The number of accounts with LTIDs is missing (step 1).",
            fields=("registration.ltid_accounts",),
            readings=readings,
        )
    have, totals = accounts_toward_level(case, records), totals_of(records)
    line = f"{have:,} of {level.required_accounts:,} accounts submitted"
    if totals.received:
        line += f"; {totals.accepted:,} of {totals.received:,} received were accepted"
    if totals.without_current_ltid:
        line += f"; {totals.without_current_ltid:,} without a current LTID do not count"
    line += f" ({level.basis})"
    if any(record.schema_version == OLD_SCHEMA for record in records):
        readings = (*readings, "old_schema_accepted")
    return require(
        "level",
        have >= level.required_accounts,
        proof=line,
        missing=f"{line}.",
        fields=(_SUBMISSIONS,),
        readings=(*readings, "chosen_submissions", "told_apart_by_id"),
    )


def _distinct(
    case: Case, records: tuple[SubmissionRecord, ...], lowest: int, highest: int
) -> Requirement:
    """The person says how many different accounts there are where counts cannot tell (R6.8)."""
    fields, readings = ("testing.distinct_accounts",), ("chosen_submissions",)
    answer = distinct_answer(case, records)
    missing = "Say how many different accounts the counted submissions hold together."
    if answer is None:
        return require("distinct", False, missing=missing, fields=fields, readings=readings)
    if not lowest <= answer.received <= highest:
        missing = (
            f"{plural(answer.received, 'different account')} cannot be: the counted submissions "
            f"hold between {lowest:,} and {highest:,}."
        )
        return require("distinct", False, missing=missing, fields=fields, readings=readings)
    how = "counted from the submission files"
    if not answer.from_files:
        how = f"stated by {answer.stated_by or 'the administrator'}"
    proof = f"{plural(answer.received, 'different account')}, {how}"
    return require("distinct", True, proof=proof, readings=readings)


def _each_firm(case: Case, records: tuple[SubmissionRecord, ...]) -> Requirement:
    lacking = firms_without_account(case, records)
    total = sum(firm.ltid_accounts != 0 for firm in case.relationships.served_firms)
    names = ", ".join(lacking[:3]) + (f" and {len(lacking) - 3:,} more" if len(lacking) > 3 else "")
    listed = bool(case.relationships.served_firms)
    return require(
        "each_firm",
        listed and not lacking,
        proof=f"At least one accepted account for {plural(total, 'firm')}",
        missing=f"No accepted account yet for {names}." if listed else "List the firms in step 5.",
        fields=(_SUBMISSIONS,) if listed else ("relationships.served_firms",),
        readings=("one_account_per_firm",),
    )


def _error_rate(totals: Totals) -> Requirement:
    rate = totals.error_rate
    readings = ("rate_over_all", "counts_rule")
    limit = the_guide().error_rate_limit_percent
    if rate is None:
        return require(
            "error_rate",
            False,
            missing="Nothing was received yet, so there is no rate.",
            fields=(_SUBMISSIONS,),
            readings=readings,
        )
    line = f"{percent(rate)} ({totals.rejected:,} of {totals.received:,} rejected)"
    return require(
        "error_rate",
        below_limit(rate),
        proof=line,
        missing=f"{line}; it must be below {limit} %.",
        fields=(_SUBMISSIONS,),
        readings=readings,
    )


def _agent_submission(judged: tuple[JudgedSubmission, ...]) -> Requirement:
    accepted = [r for r in counted(judged, Track.THROUGH_AGENT) if r.accounts_accepted]
    days = {r.certified_date for r in accepted if r.certified_date}
    total = sum(r.accounts_accepted or 0 for r in accepted)
    proof = ", ".join([f"{plural(total, 'account')} accepted", *map(long_date, sorted(days))])
    return require(
        "agent_submission",
        bool(accepted),
        proof=proof,
        missing="Ask your agent for the feedback or the counts of a submission with your accounts.",
        fields=(_SUBMISSIONS,),
        readings=("agent_proof",),
    )


def _mock_data(judged: tuple[JudgedSubmission, ...]) -> Requirement:
    accepted = sum(
        record.accounts_accepted or 0 for record in counted(judged, Track.NO_LTID_ACCOUNTS)
    )
    return require(
        "mock_data",
        accepted > 0,
        proof=f"{plural(accepted, 'mock account')} accepted",
        missing="Submit mock data until at least one account is accepted.",
        fields=(_SUBMISSIONS,),
        readings=("mock_account_accepted", "stop_without_ltid"),
    )


def _processing_dates(judged: tuple[JudgedSubmission, ...]) -> Requirement:
    records = counted(judged)
    undated = [record for record in records if record.certified_date is None]
    if undated and undated[0].date_to_pick:
        first = undated[0]
        received, completed = first.receipt_date, first.completion_date
        days = " and completed ".join(long_date(day) for day in (received, completed) if day)
        missing = f"{name_of(first)} was received {days}: choose the processing date."
    elif undated:
        missing = f"{name_of(undated[0])} has no processing date."
    else:
        missing = ""
    dates = processing_dates(judged)
    if not records:
        return later("processing_dates", "Follows the submissions.", _SUBMISSIONS)
    fields = (f"{_SUBMISSIONS}.{undated[0].id}.processing_date",) if undated else (_SUBMISSIONS,)
    return require(
        "processing_dates",
        not undated,
        proof=", ".join(long_date(day) for day in dates),
        missing=missing,
        fields=fields,
        readings=("processing_date_by_receipt",),
    )


def _waiting(case: Case, judged: tuple[JudgedSubmission, ...]) -> tuple[Waiting, ...]:
    items = [
        Waiting("CAIS", f"finishing {name_of(item.record)}", item.record.receipt_date)
        for item in judged
        if item.record.known_status in INTERIM_STATUSES
        and not item.superseded
        and (case.practice or not item.record.practice)
    ]
    asked = case.testing.agent_asked_on
    through_agent = Track.THROUGH_AGENT in tracks_of(case.registration)
    if asked is not None and through_agent and not counted(judged, Track.THROUGH_AGENT):
        items.append(Waiting(_agent_name(case), "the proof of its submission", asked))
    return tuple(items)


def _agent_name(case: Case) -> str:
    """The agent by the name that was given for it."""
    registration = case.registration
    if registration.primary_source is Source.VENDOR and registration.primary_vendor:
        return registration.primary_vendor
    return registration.secondary_vendor or "the agent"
