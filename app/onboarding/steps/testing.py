"""Step 6: testing for production readiness (guide §6, R6.1 to R6.9)."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from app.onboarding.access import ConnectionTest, Environment
from app.onboarding.assessment import (
    Hint,
    Requirement,
    StepFindings,
    Waiting,
    later,
    require,
)
from app.onboarding.business_calendar import eastern_date, is_business_day, long_date
from app.onboarding.case import Case
from app.onboarding.certification import (
    LEVEL_TRACKS,
    JudgedSubmission,
    Level,
    Totals,
    below_limit,
    judge_submissions,
    level_of,
    totals_of,
)
from app.onboarding.guide import the_guide
from app.onboarding.steps.user_accounts import able_account
from app.onboarding.testing import INTERIM_STATUSES, SubmissionRecord, Testing
from app.onboarding.tracks import Track, tracks_of, uses_agent

_SUBMISSIONS = "testing.submissions"


def findings(case: Case, today: date) -> StepFindings:
    """What step 6 requires of the case."""
    tracks = tracks_of(case.registration)
    judged = judge_submissions(case)
    requirements = [_connected(case)]
    if uses_agent(case.registration):
        requirements.append(_agent_connected(case, judged))
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
        hints=_hints(case, judged, today),
        waiting=_waiting(case, judged),
        faults=tuple(
            f"{_name(item.record)}: {item.reason}" for item in judged if item.contradictory
        ),
    )


def counted(judged: tuple[JudgedSubmission, ...], *tracks: Track) -> tuple[SubmissionRecord, ...]:
    """The submissions that count, of the named tracks or of all."""
    return tuple(
        item.record for item in judged if item.counts and (not tracks or item.track in tracks)
    )


def counted_totals(case: Case, judged: tuple[JudgedSubmission, ...]) -> Totals:
    """The sums the verdict rests on: those of the level's track where there is one."""
    if LEVEL_TRACKS.intersection(tracks_of(case.registration)):
        return totals_of(counted(judged, *LEVEL_TRACKS))
    return totals_of(counted(judged))


def processing_dates(judged: tuple[JudgedSubmission, ...]) -> tuple[date, ...]:
    """The processing dates of the submissions that count, each once, in order (R6.5, R6.8)."""
    dates = {record.certified_date for record in counted(judged)}
    return tuple(sorted(day for day in dates if day is not None))


def accounts_toward_level(case: Case, records: tuple[SubmissionRecord, ...]) -> int:
    """Different accounts with a current LTID received in `records` (R6.3, R6.8).

    Where several submissions were not told apart yet, the sum is shown and the
    requirement `distinct` stays unmet.
    """
    totals = totals_of(records)
    distinct = _distinct_answer(case, records)
    received = totals.received if distinct is None else distinct
    return max(received - totals.without_current_ltid, 0)


def _distinct_answer(case: Case, records: tuple[SubmissionRecord, ...]) -> int | None:
    answer = case.testing.distinct_accounts
    asked = tuple(sorted(record.id for record in records))
    if answer is None or tuple(sorted(answer.record_ids)) != asked:
        return None
    return answer.received


def _connected(case: Case) -> Requirement:
    """SFTP by our own test, portal by the person's statement; one is enough (R6.1)."""
    proofs = []
    test = _last_success(case)
    if test is not None and case.registration.uses_sftp:
        proofs.append(f"SFTP: {test.host}, {long_date(eastern_date(test.at))}")
    login = case.testing.portal_login
    portal = (
        login.on is not None
        and login.by is not None
        and case.registration.uses_portal
        and any(able_account(case, account) for account in case.portal.accounts)
    )
    if portal and login.on is not None:
        proofs.append(f"Portal: {login.by}, {long_date(login.on)}")
    return require(
        "connected",
        bool(proofs),
        proof="; ".join(proofs),
        missing=_connect_how(case),
        fields=_connect_fields(case),
        readings=("either_connection",),
    )


def _last_success(case: Case) -> ConnectionTest | None:
    usable = [
        test
        for test in case.testing.connection_tests
        if test.succeeded
        and test.environment is Environment.TEST
        and (case.practice or not test.practice)
    ]
    return usable[-1] if usable else None


def _connect_how(case: Case) -> str:
    registration = case.registration
    login = case.testing.portal_login
    if registration.uses_portal and login.on and login.by:
        return (
            "The portal sign-in needs an account with CAIS Reporter User and test access (step 3)."
        )
    if registration.uses_sftp and registration.uses_portal:
        return "Run the connection test, or record your sign-in to the portal's test environment."
    if registration.uses_sftp:
        return "Run the connection test against the test environment."
    return "Sign in to the portal's test environment, and record who did and when."


def _connect_fields(case: Case) -> tuple[str, ...]:
    if case.registration.uses_sftp:
        return ("testing.connection_tests",)
    return ("testing.portal_login.on", "testing.portal_login.by")


def _agent_connected(case: Case, judged: tuple[JudgedSubmission, ...]) -> Requirement:
    on = case.testing.agent_connected_on
    through = counted(judged, Track.THROUGH_AGENT)
    proof = f"Stated for {long_date(on)}" if on else "It has sent a submission for you"
    return require(
        "agent_connected",
        on is not None or bool(through),
        proof=proof,
        missing="Record the day your agent connected; a counted submission of its proves it too.",
        fields=("testing.agent_connected_on",),
    )


def _level_requirements(
    case: Case, judged: tuple[JudgedSubmission, ...]
) -> tuple[Requirement, ...]:
    records = counted(judged, *LEVEL_TRACKS)
    requirements = [_level(case, level_of(case), records)]
    if len(records) > 1:
        requirements.append(_distinct(case, records))
    if Track.REPORTS_FOR_OTHERS in tracks_of(case.registration):
        requirements.append(_each_firm(case, records))
    requirements.append(_error_rate(totals_of(records)))
    return tuple(requirements)


def _level(case: Case, level: Level | None, records: tuple[SubmissionRecord, ...]) -> Requirement:
    readings = ("level_by_received", "registered_number_rules", "current_ltid_only")
    if level is None:
        return require(
            "level",
            False,
            missing="The number of accounts with LTIDs is missing (step 1).",
            fields=("registration.ltid_accounts",),
            readings=readings,
        )
    have = accounts_toward_level(case, records)
    line = f"{have:,} of {level.required_accounts:,} accounts submitted ({level.basis})"
    return require(
        "level",
        have >= level.required_accounts,
        proof=line,
        missing=f"{line}.",
        fields=(_SUBMISSIONS,),
        readings=(*readings, "chosen_submissions", "told_apart_by_id"),
    )


def _distinct(case: Case, records: tuple[SubmissionRecord, ...]) -> Requirement:
    answer = _distinct_answer(case, records)
    highest = sum(record.accounts_received or 0 for record in records)
    lowest = max(record.accounts_received or 0 for record in records)
    if answer is not None and not lowest <= answer <= highest:
        line = f"The answer {answer:,} cannot be: it lies between {lowest:,} and {highest:,}."
        return require("distinct", False, missing=line, fields=("testing.distinct_accounts",))
    how = "counted from the submission files"
    stated = case.testing.distinct_accounts
    if stated is not None and not stated.from_files:
        how = f"stated by {stated.stated_by or 'the administrator'}"
    return require(
        "distinct",
        answer is not None,
        proof=f"{answer or 0:,} different accounts, {how}",
        missing="Say how many different accounts the counted submissions hold together.",
        fields=("testing.distinct_accounts",),
        readings=("chosen_submissions",),
    )


def firms_without_account(case: Case, records: tuple[SubmissionRecord, ...]) -> tuple[str, ...]:
    """Names of served firms with LTID accounts of which none was accepted yet (R6.3)."""
    proven: set[str | None] = set()
    for record in records:
        if record.accounts_accepted:
            proven |= {record.reporter_crd, record.correspondent_crd}
    return tuple(
        firm.name or f"CRD {firm.crd}"
        for firm in case.relationships.served_firms
        if firm.ltid_accounts != 0 and (firm.crd is None or firm.crd not in proven)
    )


def _each_firm(case: Case, records: tuple[SubmissionRecord, ...]) -> Requirement:
    lacking = firms_without_account(case, records)
    total = sum(firm.ltid_accounts != 0 for firm in case.relationships.served_firms)
    names = ", ".join(lacking[:3]) + (f" and {len(lacking) - 3:,} more" if len(lacking) > 3 else "")
    listed = bool(case.relationships.served_firms)
    return require(
        "each_firm",
        listed and not lacking,
        proof=f"One accepted account for each of {total:,} firms",
        missing=f"No accepted account yet for {names}." if listed else "List the firms in step 5.",
        fields=(_SUBMISSIONS,) if listed else ("relationships.served_firms",),
        readings=("one_account_per_firm",),
    )


def percent(rate: Fraction) -> str:
    """A rate as people read it, rounded down so that below 10 % never reads as 10 %.

    9.9996 % reads "9.99 %", just 10 % reads "10 %".
    """
    hundredths = rate * 10_000
    whole, rest = divmod(int(hundredths), 100)
    return f"{whole} %" if not rest else f"{whole}.{rest:02d} %"


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
    dates = [long_date(r.certified_date) for r in accepted if r.certified_date]
    total = sum(r.accounts_accepted or 0 for r in accepted)
    return require(
        "agent_submission",
        bool(dates),
        proof=f"{total:,} accepted, {', '.join(dates)}",
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
        proof=f"{accepted:,} mock accounts accepted",
        missing="Submit mock data until at least one account is accepted.",
        fields=(_SUBMISSIONS,),
        readings=("mock_account_accepted", "stop_without_ltid"),
    )


def _processing_dates(judged: tuple[JudgedSubmission, ...]) -> Requirement:
    records = counted(judged)
    undated = [record for record in records if record.certified_date is None]
    if undated and undated[0].date_to_pick:
        first = undated[0]
        missing = (
            f"{_name(first)} was received and completed on different days: choose the "
            "processing date."
        )
    elif undated:
        missing = f"{_name(undated[0])} has no processing date."
    else:
        missing = ""
    dates = processing_dates(judged)
    if not records:
        return later("processing_dates", "Follows the submissions.", _SUBMISSIONS)
    fields = (f"{_SUBMISSIONS}.{undated[0].id}.processing_date",) if undated else (_SUBMISSIONS,)
    return require(
        "processing_dates",
        bool(dates) and not undated,
        proof=", ".join(long_date(day) for day in dates),
        missing=missing,
        fields=fields,
        readings=("processing_date_by_receipt",),
    )


def _name(record: SubmissionRecord) -> str:
    return record.file_name or record.submission_id or "A submission typed in"


def _waiting(case: Case, judged: tuple[JudgedSubmission, ...]) -> tuple[Waiting, ...]:
    items = [
        Waiting("CAIS", f"finishing {_name(item.record)}", item.record.receipt_date)
        for item in judged
        if item.record.known_status in INTERIM_STATUSES and not item.superseded
    ]
    asked = case.testing.agent_asked_on
    if asked is not None and not counted(judged, Track.THROUGH_AGENT):
        items.append(Waiting("Your agent", "the proof of its submission", asked))
    return tuple(items)


def _hints(case: Case, judged: tuple[JudgedSubmission, ...], today: date) -> tuple[Hint, ...]:
    hints = []
    opens = the_guide().dates.testing_opens
    for record in counted(judged):
        day = record.certified_date
        if day is not None and day < opens:
            hints.append(Hint("§6", f"{long_date(day)} lies before testing opened.", warning=True))
        elif day is not None and not is_business_day(day):
            hints.append(
                Hint("§6", f"{long_date(day)} is a weekend day or holiday: check.", warning=True)
            )
        if record.schema_version == "1.0.0":
            hints.append(Hint("§6", f"{_name(record)} uses schema 1.0.0, the older one."))
    hints.extend(
        Hint(
            "§6",
            f"{_name(item.record)}: {percent(item.error_rate)} of its accounts were rejected.",
            warning=True,
        )
        for item in judged
        if item.counts and item.over_limit and item.error_rate is not None
    )
    hints.extend(_group_hints(case, counted(judged)))
    hints.extend(_connection_hints(case))
    return tuple(dict.fromkeys(hints))


def _group_hints(case: Case, records: tuple[SubmissionRecord, ...]) -> list[Hint]:
    """Warnings for a processing date or a served firm with 10 % or more (R6.4)."""
    groups: dict[str, list[SubmissionRecord]] = {}
    for record in records:
        if record.certified_date is not None:
            groups.setdefault(long_date(record.certified_date), []).append(record)
    for firm in case.relationships.served_firms:
        own = [r for r in records if firm.crd in (r.reporter_crd, r.correspondent_crd)]
        if own and firm.crd is not None:
            groups[firm.name or f"CRD {firm.crd}"] = own
    hints = []
    for name, members in groups.items():
        rate = totals_of(members).error_rate
        if rate is not None and not below_limit(rate) and len(members) > 1:
            hints.append(Hint("§6", f"{name}: error rate {percent(rate)}.", warning=True))
    return hints


def _connection_hints(case: Case) -> list[Hint]:
    registration = case.registration
    if not (registration.uses_sftp and registration.uses_portal):
        return []
    sftp = _last_success(case) is not None
    portal = case.testing.portal_login.on is not None
    if sftp == portal:
        return []
    lacking = "the portal sign-in" if sftp else "the SFTP connection test"
    return [Hint("§6", f"You chose both ways to connect; {lacking} is not proven yet.")]
