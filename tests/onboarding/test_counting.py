"""Step 6: level, error rate, processing dates, and which submissions count (guide §6)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.onboarding.access import Environment
from app.onboarding.assessment import StepStatus, Verdict
from app.onboarding.case import Case
from app.onboarding.certification import (
    LEVEL_TRACKS,
    Totals,
    below_limit,
    certification_level,
    level_of,
    totals_of,
)
from app.onboarding.counting import distinct_range, firms_without_account
from app.onboarding.editing import with_replaced
from app.onboarding.progress import assess
from app.onboarding.steps.testing import percent
from app.onboarding.testing import (
    COMPLETED_STATUSES,
    INTERIM_STATUSES,
    DataKind,
    EvidenceSource,
    FileKind,
    SentBy,
    SubmissionRecord,
    SubmissionStatus,
)
from app.onboarding.tracks import Track
from tests.onboarding.looking import (
    changed,
    has_requirement,
    hints,
    reason,
    requirement,
    status,
    typed,
    why_not,
    with_submissions,
)
from tests.rig.cases import (
    TODAY,
    distinct,
    eastern,
    no_ltid_case,
    reports_for_others_case,
    self_reporting_case,
    submission,
    through_agent_case,
)

SELF = self_reporting_case("tested")
AGENT = through_agent_case("tested")
OTHERS = reports_for_others_case("tested")
NONE = no_ltid_case("tested")
FIRMS = "relationships.served_firms"


def own(accounts: int, *records: SubmissionRecord) -> Case:
    """A firm that reports for itself, with so many registered accounts and these submissions."""
    return with_submissions(typed(SELF, registration__ltid_accounts=str(accounts)), *records)


def counts(received: int, accepted: int | None = None, **facts: Any) -> SubmissionRecord:
    accepted = received if accepted is None else accepted
    return submission(accounts_received=received, accounts_accepted=accepted, **facts)


# --- level ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("accounts", "level"), [(0, 0), (1, 1), (99, 99), (100, 100), (101, 100), (1_000_000, 100)]
)
def test_levels_by_hand(accounts: int, level: int) -> None:
    """R6.3: all below 100, at least 100 from there on."""
    assert certification_level(accounts) == level


@given(st.integers(0, 10**9))
def test_levels(accounts: int) -> None:
    """R6.3: nobody submits more than it has, or more than 100."""
    level = certification_level(accounts)
    assert level == (accounts if accounts < 100 else 100)
    assert level <= certification_level(accounts + 1) <= level + 1


@given(st.integers(max_value=-1))
def test_no_level_for_less_than_nothing(accounts: int) -> None:
    with pytest.raises(ValueError, match="negative"):
        certification_level(accounts)


@pytest.mark.parametrize(
    ("accounts", "basis"),
    [
        (99, "fewer than 100 accounts with LTIDs: all 99"),
        (100, "100 accounts with LTIDs: at least 100"),
        (1_000, "1,000 accounts with LTIDs: at least 100"),
    ],
)
def test_where_the_level_comes_from(accounts: int, basis: str) -> None:
    """R6.3: said in words."""
    level = level_of(own(accounts))
    assert level is not None
    assert level.basis == basis


@pytest.mark.parametrize(
    ("registered", "received", "met"),
    [
        (1, 0, False), (1, 1, True), (99, 98, False), (99, 99, True), (99, 100, True),
        (100, 99, False), (100, 100, True), (101, 99, False), (101, 100, True), (5000, 100, True),
    ],
)  # fmt: skip
def test_the_level_is_met_by_accounts_received(registered: int, received: int, met: bool) -> None:
    """R6.3: received, not accepted; the error rate is the tolerance."""
    case = own(registered, counts(received))
    assert requirement(case, "level").met is met
    assert (status(case, 6) is StepStatus.DONE) is met


def test_submitted_and_accepted_are_both_shown() -> None:
    """R6.3: and where the level comes from."""
    assert requirement(own(120, counts(92, 88)), "level").detail == (
        "92 of 100 accounts submitted; 88 of 92 received were accepted "
        "(120 accounts with LTIDs: at least 100)."
    )
    assert requirement(own(85, counts(85, 80)), "level").detail == (
        "85 of 85 accounts submitted; 80 of 85 received were accepted "
        "(fewer than 100 accounts with LTIDs: all 85)"
    )
    rated = requirement(own(85, counts(85, 80)), "level")
    assert {"level_by_received", "registered_number_rules", "current_ltid_only"} <= set(
        rated.readings
    )


def test_all_accounts_with_some_rejected_reach_the_level() -> None:
    """R6.3, R6.4: 85 of 85 received and 77 accepted is 9.41 %."""
    assert assess(own(85, counts(85, 77)), TODAY).verdict is Verdict.READY
    assert assess(own(85, counts(85, 76)), TODAY).verdict is Verdict.NOT_READY


def test_without_the_registered_number_there_is_no_level() -> None:
    """R6.3: it is asked for."""
    case = typed(SELF, registration__ltid_accounts="")
    assert assess(case, TODAY).level is None
    assert requirement(case, "level").fields == ("registration.ltid_accounts",)


@pytest.mark.parametrize("case", [AGENT, NONE])
def test_tracks_without_a_level(case: Case) -> None:
    """R6.6, R6.7: neither level nor error rate applies."""
    assert level_of(case) is None
    assert not has_requirement(case, "level")
    assert not has_requirement(case, "error_rate")
    assert status(case, 6) is StepStatus.DONE


def test_accounts_without_a_current_ltid_do_not_count() -> None:
    """R6.3: toward the level only those whose LTID has not ended; the others stand beside."""
    case = own(100, counts(102, 102, accounts_without_current_ltid=3))
    assert not requirement(case, "level").met
    assert "99 of 100 accounts submitted" in requirement(case, "level").detail
    assert "3 without a current LTID do not count" in requirement(case, "level").detail
    assert requirement(own(100, counts(103, accounts_without_current_ltid=3)), "level").met


def test_the_registered_number_rules() -> None:
    """R6.3: both numbers are shown, with the advice to tell the Help Desk."""
    case = typed(own(120, counts(100)), registration__ltid_accounts_today="40")
    assert requirement(case, "level").met
    assert level_of(case) == level_of(own(120))
    for step in (1, 6):
        assert "! Registered: 120 accounts; today: 40." in hints(case, step)
        assert "tell the Help Desk" in hints(case, step)
    same = typed(case, registration__ltid_accounts_today="120")
    assert "today" not in hints(same, 6)


def test_an_agent_is_held_to_the_aggregate_and_to_each_firm() -> None:
    """R6.3: 120 firms with one account each: level 100, and 120 accounts needed."""
    case = reports_for_others_case("tested", firms=120, accounts_each=1)
    level = level_of(case)
    assert level is not None
    assert (level.required_accounts, level.registered_accounts, level.firms) == (100, 120, 120)
    assert assess(case, TODAY).verdict is Verdict.READY
    fewer = with_submissions(case, *case.testing.submissions[:119])
    assert requirement(fewer, "level").met
    assert not requirement(fewer, "each_firm").met
    assert requirement(fewer, "each_firm").detail == "No accepted account yet for Client Firm 120."
    assert assess(fewer, TODAY).verdict is Verdict.NOT_READY


def test_one_account_per_served_firm_means_accepted() -> None:
    """R6.3: received and rejected proves nothing for that firm."""
    case = changed(OTHERS, "testing.submissions", 2, accounts_received=1, accounts_accepted=0)
    assert requirement(case, "level").met
    assert requirement(case, "each_firm").detail == "No accepted account yet for Client Firm 3."
    assert requirement(case, "error_rate").met
    accepted = changed(case, "testing.submissions", 2, accounts_accepted=1)
    assert requirement(accepted, "each_firm").met
    assert requirement(accepted, "each_firm").detail == (
        "At least one accepted account for 3 firms"
    )


def test_many_firms_without_an_account_are_summed_up() -> None:
    case = reports_for_others_case("tested", firms=6, accounts_each=60)
    case = with_submissions(case, case.testing.submissions[0])
    assert requirement(case, "each_firm").detail == (
        "No accepted account yet for Client Firm 2, Client Firm 3, Client Firm 4 and 2 more."
    )


def test_a_served_firm_without_ltid_accounts_needs_none() -> None:
    """R6.3: and is listed with a pointer to §6.3."""
    case = with_submissions(OTHERS, *OTHERS.testing.submissions[:2])
    case = changed(case, FIRMS, 2, ltid_accounts=0)
    assert requirement(case, "each_firm").met
    assert "Client Firm 3 has no accounts with LTIDs, so none is needed for it. (§6.3)" in (
        hints(case, 6)
    )
    unknown = changed(case, FIRMS, 2, ltid_accounts=None)
    assert not requirement(unknown, "each_firm").met
    without_crd = changed(unknown, FIRMS, 2, crd=None, name=None)
    assert firms_without_account(without_crd, case.testing.submissions) == (
        "a firm without a name",
    )


def test_an_accepted_account_proves_one_firm() -> None:
    """R6.3: the correspondent's where that is a served firm, not the reporter's as well."""
    records = (
        submission(1, submitter_id="7059", reporter_crd="3001", correspondent_crd="3002"),
        submission(2, submitter_id="7059", reporter_crd="3003", correspondent_crd="999"),
    )
    assert firms_without_account(OTHERS, records) == ("Client Firm 1",)


def test_no_firm_listed_proves_nothing() -> None:
    """R6.3: an agent without a list of firms is asked for it."""
    case = with_replaced(OTHERS, FIRMS, ())
    assert requirement(case, "each_firm").fields == (FIRMS,)
    assert requirement(case, "each_firm").detail == "List the firms in step 5."
    level = level_of(case)
    assert level is not None
    assert level.basis.endswith("aggregate of all firms, and one for each firm")
    assert level_of(OTHERS).basis.endswith("one for each of 3 firms")  # type: ignore[union-attr]


# --- error rate -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("received", "accepted", "met", "shown"),
    [
        (100, 90, False, "10 %"),
        (100, 91, True, "9 %"),
        (10_000, 9_001, True, "9.99 %"),
        (10_000, 9_000, False, "10 %"),
        (10_000, 8_999, False, "10.01 %"),
        (1_000_000_000, 900_000_001, True, "9.99 %"),
        (100, 100, True, "0 %"),
        (100, 0, False, "100 %"),
    ],
)
def test_error_rates_by_hand(received: int, accepted: int, met: bool, shown: str) -> None:
    """R6.4: less than 10 %; just 10 % fails, in exact arithmetic."""
    case = own(100, counts(received, accepted))
    assert requirement(case, "error_rate").met is met
    assert requirement(case, "error_rate").detail.startswith(f"{shown} (")
    assert assess(case, TODAY).error_rate == Fraction(received - accepted, received)


def test_nothing_received_has_no_rate() -> None:
    """R6.4: undefined is not met."""
    for case in (own(100), own(100, counts(0))):
        assert assess(case, TODAY).error_rate is None
        assert requirement(case, "error_rate").detail == (
            "Nothing was received yet, so there is no rate."
        )
    assert Totals().error_rate is None


@given(st.integers(1, 10**9), st.integers(0, 10**9))
def test_error_rates(received: int, rejected: int) -> None:
    """R6.4: ten times the rejected against the received, in whole numbers."""
    rejected = min(rejected, received)
    rate = Totals(received, received - rejected).error_rate
    assert rate is not None
    assert below_limit(rate) is (10 * rejected < received)
    assert (percent(rate) == "10 %") is (
        10_000 * rejected // received == 1_000
    )  # never what is below
    assert below_limit(rate) is (int(percent(rate).split(".")[0].removesuffix(" %")) < 10)


@given(st.lists(st.tuples(st.integers(0, 300), st.integers(0, 300)), max_size=6))
def test_totals_are_sums(pairs: list[tuple[int, int]]) -> None:
    """R6.4: over all counted submissions together; a row without counts adds nothing."""
    rows = [counts(max(pair), min(pair)) for pair in pairs]
    rows.append(submission(accounts_received=None))
    rows.append(submission(accounts_accepted=None))
    totals = totals_of(rows)
    assert totals.received == sum(max(pair) for pair in pairs)
    assert totals.rejected == sum(max(pair) - min(pair) for pair in pairs)


def test_the_rate_is_taken_over_all_counted_submissions() -> None:
    """R6.4: one over the limit is a warning; the verdict is that of all together."""
    case = own(100, counts(50, 40), submission(2, accounts_received=100, accounts_accepted=100))
    case = with_replaced(case, "testing.distinct_accounts", distinct(case.testing.submissions, 150))
    assert requirement(case, "error_rate").detail == "6.66 % (10 of 150 rejected)"
    assert assess(case, TODAY).verdict is Verdict.READY
    assert assess(case, TODAY).submissions[0].over_limit
    assert not assess(case, TODAY).submissions[1].over_limit
    assert "! 1482_1482_20201006_CAIS_000001.v4.feedback.json.bz2: 20 % of its" in hints(case, 6)


def test_dates_and_served_firms_over_the_limit_are_warned_of() -> None:
    """R6.4: also shown per processing date and, for agents, per served firm."""
    case = changed(OTHERS, "testing.submissions", 1, accounts_accepted=54)
    said = hints(case, 6)
    assert "! Client Firm 2 (CRD 3002): error rate 10 %." in said
    assert "Client Firm 1 (CRD 3001): error" not in said
    assert "Tue 6 Oct 2020: error rate" not in said
    worse = changed(case, "testing.submissions", 1, accounts_accepted=40)
    assert "! Tue 6 Oct 2020: error rate 13.33 %." in hints(worse, 6)


def test_a_status_that_contradicts_the_counts_is_shown() -> None:
    """R6.4: the counts rule."""
    case = own(100, counts(100, 98))
    assert "the counts say 2 accounts. The counts rule." in hints(case, 6)
    assert requirement(case, "error_rate").detail == "2 % (2 of 100 rejected)"
    with_rejections = own(100, counts(100, 98, status="COMPLETED_WITH_REJECTIONS"))
    assert "The counts rule" not in hints(with_rejections, 6)


def test_rejected_is_received_minus_accepted() -> None:
    """R6.4: one account with five errors is one; unknown where either number is."""
    assert counts(100, 95).accounts_rejected == 5
    assert submission(accounts_received=None).accounts_rejected is None
    assert submission(accounts_accepted=None).accounts_rejected is None


def test_with_rejections_can_mean_customers_only() -> None:
    """R6.4: zero rejected accounts are zero."""
    case = own(100, counts(100, 100, status="COMPLETED_WITH_REJECTIONS"))
    assert assess(case, TODAY).error_rate == 0
    assert assess(case, TODAY).verdict is Verdict.READY


# --- processing dates -----------------------------------------------------------------------


def at(*clock: int) -> datetime:
    return datetime(*clock, tzinfo=UTC)  # type: ignore[misc]


@pytest.mark.parametrize(
    ("received", "completed", "proposed", "to_pick"),
    [
        (at(2020, 10, 6, 14), at(2020, 10, 6, 18), date(2020, 10, 6), False),
        # 8 p.m. to 11 p.m. in New York: two days in UTC, one there.
        (at(2020, 10, 6, 23, 30), at(2020, 10, 7, 3, 0), date(2020, 10, 6), False),
        (at(2020, 10, 7, 3, 59), at(2020, 10, 7, 4, 0), None, True),
        # After the clocks were set back, midnight is an hour later in UTC.
        (at(2020, 11, 2, 4, 30), at(2020, 11, 2, 4, 59), date(2020, 11, 1), False),
        (at(2020, 11, 2, 4, 30), at(2020, 11, 2, 5, 0), None, True),
        (at(2020, 10, 6, 14), None, date(2020, 10, 6), False),
        (None, at(2020, 10, 6, 14), None, False),
        (None, None, None, False),
    ],
)
def test_the_day_of_receipt_is_proposed(
    received: datetime | None, completed: datetime | None, proposed: date | None, to_pick: bool
) -> None:
    """R6.5: in Eastern Time; where completion fell on another day the person picks."""
    record = counts(100, received_at=received, completed_at=completed)
    assert record.certified_date == proposed
    assert record.date_to_pick is to_pick
    case = own(100, record)
    assert requirement(case, "processing_dates").met is (proposed is not None)
    if proposed is None:
        path = f"testing.submissions.{record.id}.processing_date"
        assert requirement(case, "processing_dates").fields == (path,)
        words = ": choose the processing date." if to_pick else "has no processing date"
        assert words in requirement(case, "processing_dates").detail


def test_the_picked_day_stands() -> None:
    """R6.5: whichever of the two it is."""
    record = counts(100, received_at=eastern(date(2020, 10, 6), 23), completed_at=eastern(
        date(2020, 10, 7), 1))  # fmt: skip
    for day in (date(2020, 10, 6), date(2020, 10, 7)):
        case = own(100, record.model_copy(update={"processing_date": day}))
        assert assess(case, TODAY).processing_dates == (day,)
        assert status(case, 6) is StepStatus.DONE
        assert "neither" not in hints(case, 6)
    other = own(100, record.model_copy(update={"processing_date": date(2020, 10, 8)}))
    assert "! " in hints(other, 6)
    assert "Thu 8 Oct 2020 is neither the day of receipt nor of completion" in hints(other, 6)


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2020, 10, 2), "Fri 2 Oct 2020 lies before testing opened"),
        (date(2020, 10, 10), "Sat 10 Oct 2020 is a weekend day or holiday"),
        (date(2020, 11, 26), "Thu 26 Nov 2020 is a weekend day or holiday"),
        (date(2021, 4, 2), "Fri 2 Apr 2021 is a weekend day or holiday"),
        (date(2020, 12, 3), "Thu 3 Dec 2020 lies in the future"),
    ],
)
def test_odd_processing_dates_are_flagged_not_refused(day: date, words: str) -> None:
    """R6.5: weekend, holiday, before 5 October 2020."""
    today = TODAY if day > date(2020, 12, 1) and day.year == 2020 else date(2021, 5, 1)
    record = counts(100, received_at=None, completed_at=None, processing_date=day)
    case = own(100, record)
    assert assess(case, today).processing_dates == (day,)
    assert f"! {words}" in hints(case, 6, today)
    assert status(case, 6, today) is StepStatus.DONE


def test_both_days_are_named_where_one_is_to_be_picked() -> None:
    """R6.5: the person sees between what to choose."""
    record = counts(100, received_at=at(2020, 10, 7, 3, 59), completed_at=at(2020, 10, 7, 4, 0))
    assert requirement(own(100, record), "processing_dates").detail == (
        "1482_1482_20201006_CAIS_000001.v4.feedback.json.bz2 was received Tue 6 Oct 2020 and "
        "completed Wed 7 Oct 2020: choose the processing date."
    )


def test_every_counted_submission_has_its_date() -> None:
    """R6.5, R6.8: one that has a date does not cover for one that has none."""
    undated = submission(2, received_at=None, completed_at=None)
    case = own(100, counts(100), undated)
    assert not requirement(case, "processing_dates").met
    assert requirement(case, "processing_dates").fields == (
        f"testing.submissions.{undated.id}.processing_date",
    )


def test_when_testing_opens_is_said_until_then() -> None:
    """R6.5: nothing can be tested before 5 October 2020."""
    assert "certification opens Mon 5 Oct 2020" in hints(SELF, 6, date(2020, 10, 4))
    assert "opens" not in hints(SELF, 6, date(2020, 10, 5))


def test_ordinary_days_are_not_flagged() -> None:
    """R6.5: 5 October 2020 itself was the first day."""
    for day in (date(2020, 10, 5), date(2020, 10, 7), TODAY):
        case = own(100, counts(100, received_at=eastern(day), completed_at=eastern(day, 12)))
        assert hints(case, 6) == ""


def test_timestamps_at_the_ends_of_time_harm_nothing() -> None:
    """R6.5: a file may state any year."""
    first = datetime.min.replace(tzinfo=UTC)
    last = datetime.max.replace(tzinfo=UTC)
    case = own(100, counts(100, received_at=first, completed_at=last))
    assert assess(case, TODAY).step(6).status is StepStatus.IN_PROGRESS
    alone = own(100, counts(100, received_at=last, completed_at=None))
    assert "lies in the future" in hints(alone, 6)


# --- no LTID accounts, through an agent -------------------------------------------------------


def test_mock_data_is_enough_without_ltid_accounts() -> None:
    """R6.6: one mock account accepted in a completed submission; an empty file proves nothing."""
    assert requirement(NONE, "mock_data").detail == "2 mock accounts accepted"
    one = changed(NONE, "testing.submissions", 0, accounts_received=50, accounts_accepted=1)
    assert requirement(one, "mock_data").detail == "1 mock account accepted"
    assert assess(one, TODAY).verdict is Verdict.READY
    empty = changed(NONE, "testing.submissions", 0, accounts_received=0, accounts_accepted=0)
    assert not requirement(empty, "mock_data").met
    refused = changed(NONE, "testing.submissions", 0, accounts_accepted=0)
    assert not requirement(refused, "mock_data").met
    assert requirement(NONE, "mock_data").readings == (
        "mock_account_accepted",
        "stop_without_ltid",
    )


def test_mock_and_production_data_are_not_mixed_up() -> None:
    """R6.6, R6.9: mock data only in §6.3, production data only elsewhere."""
    real = changed(NONE, "testing.submissions", 0, data=DataKind.PRODUCTION)
    assert why_not(real) == "A firm without LTID accounts certifies with mock data (§6.3)."
    mock = own(100, counts(100, data=DataKind.MOCK))
    assert why_not(mock) == "Mock data counts only for firms without LTID accounts (§6.3)."
    for case in (AGENT, OTHERS):
        assert why_not(changed(case, "testing.submissions", 0, data=DataKind.MOCK))


def test_one_own_account_in_the_agents_submission_is_enough() -> None:
    """R6.7: with the date; whether more is expected is the Help Desk's to say."""
    assert requirement(AGENT, "agent_submission").detail == "38 accounts accepted, Tue 6 Oct 2020"
    one = changed(AGENT, "testing.submissions", 0, accounts_received=40, accounts_accepted=1)
    assert assess(one, TODAY).verdict is Verdict.READY
    assert "You registered 40 accounts with LTIDs." in hints(one, 6)
    assert "ask the Help Desk whether more is expected" in hints(one, 6)
    none = changed(AGENT, "testing.submissions", 0, accounts_accepted=0)
    assert not requirement(none, "agent_submission").met
    assert requirement(none, "agent_submission").readings == ("agent_proof",)
    undated = changed(AGENT, "testing.submissions", 0, received_at=None, completed_at=None)
    assert requirement(undated, "agent_submission").met
    assert status(undated, 6) is StepStatus.IN_PROGRESS


def test_who_sent_it_decides_which_track_it_serves() -> None:
    """R6.7, R6.9: stated, or told by the submitter's number."""
    both = typed(SELF, registration__secondary_source="vendor")
    agents = submission(2, submitter_id="7059", sent_by=None)
    judged = assess(with_submissions(both, submission(1, sent_by=None), agents), TODAY).submissions
    assert [item.track for item in judged] == [Track.SELF_REPORTING, Track.THROUGH_AGENT]
    silent = submission(1, submitter_id=None, sent_by=None)
    assert why_not(with_submissions(both, silent)) == (
        "Say who sent it: the firm itself or its agent."
    )
    assert why_not(with_submissions(SELF, silent)) == ""
    assert why_not(with_submissions(AGENT, silent.model_copy(update={"reporter_crd": None}))) == ""
    ours = submission(1, sent_by=SentBy.OURSELVES, reporter_crd="2236")
    assert why_not(with_submissions(AGENT, ours)) == (
        "Sent by the firm itself, but its agent reports for it (step 1)."
    )
    assert why_not(with_submissions(SELF, agents)) == (
        "Sent by somebody else, but no agent reports for this firm (step 1)."
    )
    nobody = typed(SELF, registration__organisation_type="")
    assert why_not(nobody) == "Who reports for the firm is not answered yet (step 1)."


def test_the_level_counts_only_what_serves_it() -> None:
    """R6.3: the agent's submission does not help a firm that also reports itself."""
    case = typed(SELF, registration__secondary_source="vendor")
    records = (counts(50), submission(2, submitter_id="7059", sent_by=SentBy.AGENT,
                                      accounts_received=80, accounts_accepted=80))  # fmt: skip
    case = with_submissions(case, *records)
    assert assess(case, TODAY).totals.received == 50
    assert not requirement(case, "level").met
    assert requirement(case, "agent_submission").met
    assert not has_requirement(case, "distinct")
    assert {Track.SELF_REPORTING, Track.REPORTS_FOR_OTHERS} == LEVEL_TRACKS


# --- several submissions ----------------------------------------------------------------------


def two(second: dict[str, Any], **facts: Any) -> Case:
    return own(100, counts(60, **facts), submission(2, **second))


def test_only_the_chosen_submissions_are_judged() -> None:
    """R6.8: the administrator names them; several dates may be combined."""
    case = two({"accounts_received": 60, "accounts_accepted": 1, "chosen": False})
    assert why_not(case, 1) == "Not chosen for certification."
    assert assess(case, TODAY).totals == Totals(60, 60)
    assert assess(SELF, TODAY).processing_dates == (date(2020, 10, 6), date(2020, 10, 7))


def test_the_same_account_counts_once() -> None:
    """R6.8: where it cannot be told, it is asked, and the answer is kept with its evidence."""
    case = two({"accounts_received": 60, "accounts_accepted": 60})
    assert not requirement(case, "distinct").met
    assert requirement(case, "distinct").detail.startswith("Say how many different accounts")
    records = case.testing.submissions

    def answered(number: int, **facts: Any) -> Case:
        answer = distinct(records, number).model_copy(update=facts)
        return with_replaced(case, "testing.distinct_accounts", answer)

    enough = answered(100)
    assert requirement(enough, "distinct").detail == (
        "100 different accounts, stated by Dana Whitfield"
    )
    assert assess(enough, TODAY).verdict is Verdict.READY
    assert not requirement(answered(99), "level").met
    for impossible in (59, 121):
        refused = answered(impossible)
        assert not requirement(refused, "distinct").met
        assert "between 60 and 120" in requirement(refused, "distinct").detail
    assert requirement(answered(60), "distinct").met
    assert requirement(answered(120), "distinct").met
    nobody = answered(100, stated_by=None)
    assert requirement(nobody, "distinct").detail.endswith("stated by the administrator")
    from_files = answered(100, from_files=True)
    assert requirement(from_files, "distinct").detail.endswith("counted from the submission files")
    other_rows = with_submissions(enough, *records, submission(3))
    asked_again = with_replaced(
        other_rows, "testing.distinct_accounts", enough.testing.distinct_accounts
    )
    assert not requirement(asked_again, "distinct").met


def test_ended_ltids_are_not_taken_off_twice() -> None:
    """R6.3, R6.8: the same 105 accounts sent twice, 5 of them without a current LTID."""
    facts = {"accounts_received": 105, "accounts_accepted": 105,
             "accounts_without_current_ltid": 5}  # fmt: skip
    case = own(100, submission(1, **facts), submission(2, **facts))
    answer = distinct(case.testing.submissions, 105)
    stated = with_replaced(case, "testing.distinct_accounts", answer)
    assert not requirement(stated, "level").met
    exact = answer.model_copy(update={"without_current_ltid": 5})
    told = with_replaced(case, "testing.distinct_accounts", exact)
    assert "100 of 100 accounts submitted" in requirement(told, "level").detail
    assert requirement(told, "level").met


def test_nothing_is_asked_that_is_known() -> None:
    """R6.8: an account belongs to one reporter, so other reporters' accounts are others."""
    unasked = with_replaced(OTHERS, "testing.distinct_accounts", None)
    assert not has_requirement(unasked, "distinct")
    assert assess(unasked, TODAY).verdict is Verdict.READY
    assert not has_requirement(own(100, counts(100), submission(2, accounts_received=0,
                                                                accounts_accepted=0)), "distinct")  # fmt: skip
    again = submission(9, submitter_id="7059", reporter_crd="3001", accounts_received=10,
                       accounts_accepted=10)  # fmt: skip
    records = (*OTHERS.testing.submissions, again)
    assert distinct_range(OTHERS, records) == (180, 190)
    assert has_requirement(with_submissions(OTHERS, *records), "distinct")
    typed_in = submission(2, reporter_crd=None, accounts_received=10)
    assert distinct_range(SELF, (counts(60), typed_in)) == (60, 70)


def test_submissions_are_told_apart_by_id() -> None:
    """R6.8: the newest state of one submission counts, whatever its name."""
    states = [
        submission(1, submission_id="77", feedback_version=3, status="RECORD_SCAN_COMPLETED"),
        submission(2, submission_id="77", feedback_version=4, accounts_received=100,
                   accounts_accepted=95),
        submission(3, submission_id="77", feedback_version=2, accounts_received=9),
    ]  # fmt: skip
    case = own(100, *states)
    assert assess(case, TODAY).totals == Totals(100, 95)
    assert why_not(case, 0) == "Another row holds the same submission, in a newer or equal state."
    assert [item.superseded for item in assess(case, TODAY).submissions] == [True, False, True]


def test_a_name_sent_again_leaves_the_accepted_one_standing() -> None:
    """R6.8: the refusal of a second sending has a submission ID of its own."""
    first = counts(100)
    again = submission(2, file_name=first.file_name, status="COMPLETED_INTEGRITY_ERROR",
                       accounts_received=None, accounts_accepted=None)  # fmt: skip
    case = own(100, first, again)
    assert assess(case, TODAY).totals == Totals(100, 100)
    assert why_not(case, 1).startswith("It ended without accepted accounts")


def test_the_same_feedback_twice_is_one_submission() -> None:
    """R6.8: from the agent's and from the member's folder; the order does not matter."""
    one = submission(1, submission_id="77", accounts_received=100, accounts_accepted=99)
    copy = one.model_copy(update={"id": "abcdef0123", "accounts_accepted": 90})
    forth, back = own(100, one, copy), own(100, copy, one)
    assert assess(forth, TODAY).totals == assess(back, TODAY).totals
    assert assess(forth, TODAY).totals.received == 100
    unchosen = copy.model_copy(update={"chosen": False})
    assert assess(own(100, unchosen, one), TODAY).totals == Totals(100, 99)
    typed_in = copy.model_copy(update={"source": EvidenceSource.TYPED_IN})
    assert assess(own(100, typed_in, one), TODAY).totals == Totals(100, 99)
    later = one.completed_at.replace(hour=23) if one.completed_at else None
    newer = one.model_copy(update={"id": "0" * 12, "completed_at": later, "accounts_accepted": 98})
    assert assess(own(100, newer, one), TODAY).totals == Totals(100, 98)
    uncounted = copy.model_copy(update={"accounts_received": None})
    assert assess(own(100, uncounted, one), TODAY).totals == Totals(100, 99)


@pytest.mark.parametrize("facts", [{"practice": True}, {"environment": Environment.PRODUCTION}])
def test_numbers_of_other_systems_hide_nothing(facts: dict[str, Any]) -> None:
    """R6.8, R6.9: practice and production number their submissions by themselves."""
    real = submission(1, submission_id="77", accounts_received=100, accounts_accepted=100,
                      feedback_version=3)  # fmt: skip
    other = submission(2, submission_id="77", feedback_version=4).model_copy(update=facts)
    assert assess(own(100, real, other), TODAY).totals == Totals(100, 100)
    assert not any(item.superseded for item in assess(own(100, real, other), TODAY).submissions)


def test_rows_without_an_id_stand_for_themselves() -> None:
    """R6.8: what was typed in without one is not the same submission."""
    rows = [submission(n, submission_id=None) for n in (1, 2)]
    assert assess(own(100, *rows), TODAY).totals.received == 100


# --- what counts --------------------------------------------------------------------------------


@pytest.mark.parametrize("state", [*SubmissionStatus, "SOMETHING_ELSE", "completed", None])
def test_only_completed_submissions_count(state: str | None) -> None:
    """R6.9: with the reason why one does not."""
    case = own(100, counts(100, status=state))
    if state in {status.value for status in COMPLETED_STATUSES}:
        assert why_not(case) == ""
    elif state in {status.value for status in INTERIM_STATUSES}:
        assert why_not(case) == f"CAIS is not finished with it ({state})."
    elif state is None:
        assert why_not(case) == "Its status is not known."
    elif state in list(SubmissionStatus):
        assert why_not(case) == f"It ended without accepted accounts ({state})."
    else:
        assert why_not(case) == f"The status “{state}” is not documented."


def test_two_statuses_prove_accepted_accounts() -> None:
    """R6.9: no other does; COMPLETED belongs to the identifiers file."""
    assert {status.value for status in COMPLETED_STATUSES} == {
        "COMPLETED_WITHOUT_REJECTIONS",
        "COMPLETED_WITH_REJECTIONS",
    }
    assert {status.value for status in INTERIM_STATUSES} == {
        "FILE_ACKNOWLEDGED",
        "FILE_INTEGRITY_PASSED",
        "RECORD_SCAN_COMPLETED",
    }


@pytest.mark.parametrize(
    ("facts", "reason_given"),
    [
        ({"environment": Environment.PRODUCTION}, "Sent to production: only the test"),
        ({"environment": None}, "Say which environment it was sent to."),
        ({"data": None}, "Say whether it holds production data or mock data."),
        ({"practice": True}, "From practice: never counts."),
        ({"kind": FileKind.TIDS}, "A Transformed Identifiers File holds no accounts."),
        ({"reporter_crd": "999"}, "Sent for CRD 999, not for this firm (1482)."),
        ({"reporter_crd": None, "correspondent_crd": "999"}, "Sent for CRD 999, not for"),
        ({"accounts_received": None}, "The numbers of accounts received and accepted are"),
        ({"accounts_accepted": None}, "The numbers of accounts received and accepted are"),
    ],
)
def test_what_does_not_count_and_why(facts: dict[str, Any], reason_given: str) -> None:
    """R6.9: environment, data, reporter, practice; each with its reason."""
    case = own(100, counts(100).model_copy(update=facts))
    assert why_not(case).startswith(reason_given)
    assert assess(case, TODAY).totals.received == 0
    assert assess(case, TODAY).verdict is Verdict.NOT_READY


def test_a_firm_without_its_number_yet_refuses_no_reporter() -> None:
    """R6.9: who the right reporter is, is known with the CRD number."""
    case = typed(own(100, counts(100)), registration__crd="")
    assert why_not(case) == ""


def test_a_question_that_only_the_person_can_answer_comes_first() -> None:
    """R6.9: feedback says neither environment nor data; the step says what to answer."""
    case = own(100, counts(100, environment=None))
    line = "1482_1482_20201006_CAIS_000001.v4.feedback.json.bz2: Say which environment it was"
    assert reason(case, 6).startswith(line)
    assert f"! {line}" in hints(case, 6)
    unchosen = own(100, counts(100, environment=None, chosen=False))
    assert "Say which environment" not in hints(unchosen, 6)
    nameless = own(100, counts(100, environment=None, file_name=None))
    assert reason(nameless, 6).startswith("Submission 600001: Say which")
    unnumbered = own(100, counts(100, environment=None, file_name=None, submission_id=None))
    assert reason(unnumbered, 6).startswith("A submission typed in: Say which")


@pytest.mark.parametrize(
    ("open_facts", "question"),
    [
        ({"environment": None}, "3 submissions: Say which environment each was sent to."),
        ({"data": None}, "3 submissions: Say whether each holds production data or mock data."),
    ],
)
def test_one_question_about_many_is_asked_once_with_their_number(
    open_facts: dict[str, Any], question: str
) -> None:
    records = [counts(50, number=n, submission_id=str(n), **open_facts) for n in (1, 2, 3)]
    case = own(100, *records)
    assert reason(case, 6) == question
    assert hints(case, 6).count("Say wh") == 1
    assert f"! {question}" in hints(case, 6)
    mixed = own(100, *records, counts(50, number=4, submission_id="4", environment=None))
    assert hints(mixed, 6).count("Say wh") == 1 + ("data" in open_facts)


def test_practice_counts_in_practice_only() -> None:
    """R6.9: there it is what the case is about."""
    case = own(100, counts(100, practice=True)).model_copy(update={"practice": True})
    assert why_not(case) == ""


def test_the_reporter_of_an_agents_submission_is_a_served_firm() -> None:
    """R6.9: named, and on the list; its own accounts count too."""
    nameless = changed(OTHERS, "testing.submissions", 0, reporter_crd=None)
    assert why_not(nameless) == "Say which firm it was sent for (reporter CRD)."
    other = changed(OTHERS, "testing.submissions", 0, reporter_crd="999")
    assert why_not(other) == "Sent for CRD 999, which is not among the firms of step 5."
    by_correspondent = changed(other, "testing.submissions", 0, correspondent_crd="3001")
    assert why_not(by_correspondent) == ""
    ours = changed(OTHERS, "testing.submissions", 0, reporter_crd="7059")
    assert why_not(ours) == ""
    foreign = changed(OTHERS, "testing.submissions", 0, sent_by=SentBy.AGENT)
    assert "not for this firm (7059)" in why_not(foreign)


def test_a_member_that_serves_others_counts_only_own_accounts_of_its_agent() -> None:
    """R6.7, R6.9: what another agent sends for a served firm proves nothing for the member."""
    case = typed(
        OTHERS,
        registration__organisation_type="clearing_firm",
        registration__crd="7059",
        registration__reports_for_others=True,
        registration__secondary_source="vendor",
    )
    foreign = submission(5, submitter_id="888", sent_by=SentBy.AGENT, reporter_crd="3001")
    case = with_submissions(case, *case.testing.submissions, foreign)
    assert why_not(case, 3) == "Sent for CRD 3001, not for this firm (7059)."
    ours = changed(case, "testing.submissions", 3, reporter_crd="7059")
    assert assess(ours, TODAY).submissions[3].track is Track.THROUGH_AGENT
    unnamed = changed(case, "testing.submissions", 3, reporter_crd=None)
    assert assess(unnamed, TODAY).submissions[3].counts


@pytest.mark.parametrize(
    "facts",
    [
        {"accounts_received": 10, "accounts_accepted": 11},
        {"accounts_received": 10, "accounts_accepted": 9, "accounts_without_current_ltid": 11},
    ],
)
def test_numbers_that_cannot_be_true_need_attention(facts: dict[str, Any]) -> None:
    """R6.9: while the row is chosen and the newest of its submission."""
    case = own(100, submission(**facts))
    assert "cannot be: check the numbers" in why_not(case)
    assert status(case, 6) is StepStatus.NEEDS_ATTENTION
    assert reason(case, 6).endswith(why_not(case))
    possible = submission(accounts_received=10, accounts_accepted=10,
                          accounts_without_current_ltid=10)  # fmt: skip
    assert why_not(own(100, possible)) == ""
    good = submission(2, accounts_received=100, accounts_accepted=100)
    beside = own(100, submission(**facts, chosen=False), good)
    assert status(beside, 6) is StepStatus.DONE
    older = own(
        100,
        submission(1, **facts, submission_id="7", feedback_version=3),
        submission(2, submission_id="7", accounts_received=100, accounts_accepted=100),
    )
    assert status(older, 6) is StepStatus.DONE
    interim = own(100, submission(**facts, status="FILE_ACKNOWLEDGED"), good)
    assert status(interim, 6) is StepStatus.DONE


def test_the_older_schema_is_accepted_and_said_to_be_old() -> None:
    """R6.9: schema 1.0.0 is the phase the guide is about; others are undocumented."""
    old = own(100, counts(100, schema_version="1.0.0"))
    assert status(old, 6) is StepStatus.DONE
    assert "uses schema 1.0.0, the older one" in hints(old, 6)
    assert "old_schema_accepted" in requirement(old, "level").readings
    assert "old_schema_accepted" not in requirement(own(100, counts(100)), "level").readings
    unknown = own(100, counts(100, schema_version="3.0.0"))
    assert "! 1482_" in hints(unknown, 6)
    assert "schema version “3.0.0” is not documented" in hints(unknown, 6)
    assert "schema" not in hints(own(100, counts(100)), 6)


@pytest.mark.parametrize(("day", "left"), [(12, "4 days"), (15, "1 day"), (16, "0 days")])
def test_feedback_still_to_come_is_asked_for_before_cat_removes_it(day: int, left: str) -> None:
    case = self_reporting_case("tested")
    open_one = submission(9, status="FILE_ACKNOWLEDGED", feedback_version=1)
    testing = case.testing.model_copy(update={"submissions": (open_one,)})
    found = assess(case.model_copy(update={"testing": testing}), date(2020, 10, day))
    texts = [hint.text for hint in found.step(6).findings.hints if hint.warning]
    assert any(f"{left} left to fetch the final feedback on" in text for text in texts)


@pytest.mark.parametrize("day", [11, 17])
def test_feedback_is_not_asked_for_too_early_or_too_late(day: int) -> None:
    case = self_reporting_case("tested")
    open_one = submission(9, status="FILE_ACKNOWLEDGED", feedback_version=1)
    testing = case.testing.model_copy(update={"submissions": (open_one,)})
    found = assess(case.model_copy(update={"testing": testing}), date(2020, 10, day))
    assert not any("left to fetch" in hint.text for hint in found.step(6).findings.hints)
