"""What the summary says of a case, section by section."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from app.onboarding.access import AccessLevel, LevelChange
from app.onboarding.case import Case
from app.onboarding.certification import JudgedSubmission
from app.onboarding.guide import the_guide
from app.onboarding.testing import ErrorGroup
from app.report.content import Occasion, summary_content
from app.report.provenance import PATHS, last_entries
from app.storage.history import EntryKind, HistoryEntry, recorded
from tests.report.samples import MADE_AT, ORIGIN, TRACKS, VERSION, assessed, case_of, occasion
from tests.rig.cases import (
    FIRST_TEST_DAY,
    SECOND_TEST_DAY,
    eastern,
    reports_for_others_case,
    row_id,
    submission,
)


def _content(case: Case) -> dict[str, Any]:
    return summary_content(assessed(case), occasion(case))


def _testing(case: Case, **changes: Any) -> Case:
    return case.model_copy(update={"testing": case.testing.model_copy(update=changes)})


def _entry(case: Case, seq: int, kind: EntryKind, path: str, note: str = "") -> Any:
    made = recorded(
        HistoryEntry(kind, path=path, note=note),
        case_id=case.id,
        after=None,
        at=MADE_AT - timedelta(days=30 - seq),
        origin=ORIGIN,
        state="",
    )
    return type(made)(**{**vars(made), "seq": seq})


def test_every_requirement_of_the_guide_has_its_fields() -> None:
    assert set(PATHS) == set(the_guide().requirements)


def test_the_latest_entry_behind_a_requirement_is_found() -> None:
    case = case_of("self_reporting")
    history = [
        _entry(case, 1, EntryKind.FACT_CHANGED, "registration.crd"),
        _entry(case, 2, EntryKind.FEEDBACK_COUNTED, "testing.submissions"),
        _entry(case, 3, EntryKind.FACT_CHANGED, f"testing.submissions.{row_id(1)}.chosen"),
        _entry(case, 4, EntryKind.FACT_CHANGED, "registration.ltid_accounts_today"),
    ]
    found = {key: entry.seq for key, entry in last_entries(history).items()}
    assert found["identifier"] == 1
    assert found["level"] == found["error_rate"] == found["processing_dates"] == 3
    assert "ltid_accounts" not in found
    content = summary_content(assessed(case), Occasion(MADE_AT, VERSION, history))
    rows = {row["text"]: row for group in content["requirements"] for row in group["rows"]}
    assert "dwhitfield (entry 3)" in rows["Certification level reached"]["recorded"]


def test_open_points_are_everything_that_is_not_met() -> None:
    for track in TRACKS:
        case = case_of(track, "registered")
        texts = [point["what"] for point in _content(case)["open"]]
        assert texts
        for item in assessed(case).unmet:
            assert item.text in texts


def test_overrides_are_listed_with_their_reasons() -> None:
    case = case_of("self_reporting")
    change = LevelChange(
        id=row_id(7),
        level=AccessLevel.PRODUCTION,
        requested_on=date(2020, 10, 9),
        override_reason="A second test account is on its way.",
    )
    account = case.sftp.accounts[0].model_copy(update={"level_changes": (change,)})
    sftp = case.sftp.model_copy(update={"accounts": (account,)})
    case = case.model_copy(update={"sftp": sftp})
    entry = _entry(
        case, 1, EntryKind.RULE_OVERRIDDEN, "sftp.accounts", note="Agreed with J. Ortega"
    )
    content = summary_content(assessed(case), Occasion(MADE_AT, VERSION, [entry]))
    reasons = [decision["reason"] for decision in content["decisions"]]
    assert "A second test account is on its way." in reasons
    assert "Agreed with J. Ortega" in reasons


def test_a_picked_processing_date_is_a_decision() -> None:
    record = submission(1, processing_date=SECOND_TEST_DAY, accounts_received=120)
    case = _testing(case_of("self_reporting"), submissions=(record,), distinct_accounts=None)
    (decision,) = _content(case)["decisions"]
    assert "Wed 7 Oct 2020" in decision["what"]
    assert "received Tue 6 Oct 2020" in decision["reason"]


def test_accepted_accounts_stand_beside_each_served_firm() -> None:
    rows = _content(reports_for_others_case(firms=3))["access"]["served_firms"]
    assert [row[1] for row in rows] == ["3001", "3002", "3003"]
    assert [(row[4], row[5]) for row in rows] == [("58", "3.33 %")] * 3


def test_errors_are_summed_by_code_over_counted_submissions() -> None:
    records = (
        submission(1, errors=(ErrorGroup(code="21003", items=2),)),
        submission(
            2, errors=(ErrorGroup(code="21003", items=3), ErrorGroup(code="99999", items=1))
        ),
        submission(3, errors=(ErrorGroup(code="21001", items=9),), chosen=False),
    )
    case = _testing(case_of("self_reporting"), submissions=records)
    rows = _content(case)["testing"]["errors"]
    assert [(row[0], row[3]) for row in rows] == [("21003", "5"), ("99999", "1")]
    assert rows[0][1] == "Missing or Invalid CAT Reporter CRD"
    assert rows[1][1] == "Undocumented code"


def test_dates_are_summed_and_ten_percent_is_marked() -> None:
    late = {"received_at": eastern(SECOND_TEST_DAY), "completed_at": eastern(SECOND_TEST_DAY, 14)}
    records = (
        submission(1, accounts_received=100, accounts_accepted=90),
        submission(2, accounts_received=1_000, accounts_accepted=901),
        submission(3, accounts_received=200, accounts_accepted=200, **late),
    )
    testing = _content(_testing(case_of("self_reporting"), submissions=records))["testing"]
    assert testing["dates"] == [
        ["Tue 6 Oct 2020", "2", "1,100", "991", "109", "9.90 %"],
        ["Wed 7 Oct 2020", "1", "200", "200", "0", "0 %"],
    ]
    assert testing["total"] == ["All counted", "3", "1,300", "1,191", "109", "8.38 %"]
    assert testing["submissions"][0]["rate"] == "10 % (10 % or more)"
    assert [bar["before"] for bar in testing["chart"]["bars"]] == [0, 1_100]


def test_accounts_counted_once_are_explained_beside_the_chart() -> None:
    note = _content(case_of("self_reporting"))["testing"]["chart"]["note"]
    assert note == ""
    case = case_of("self_reporting")
    answer = case.testing.distinct_accounts
    assert answer is not None
    fewer = answer.model_copy(update={"received": 101})
    content = _content(_testing(case, distinct_accounts=fewer))
    assert "101 different accounts" in content["testing"]["chart"]["note"]
    assert content["cover"]["figures"][0]["value"] == "101"


def test_a_submission_that_does_not_count_says_why() -> None:
    records = (submission(1), submission(2, status="RECORD_SCAN_COMPLETED"))
    case = _testing(case_of("self_reporting"), submissions=records)
    judged: tuple[JudgedSubmission, ...] = assessed(case).submissions
    rows = _content(case)["testing"]["submissions"]
    assert [row["counts"] for row in rows] == [True, False]
    assert rows[1]["why"] == judged[1].reason
    assert FIRST_TEST_DAY in assessed(case).processing_dates


def test_only_the_latest_entries_of_a_long_log_are_printed_and_the_rest_is_counted() -> None:
    case = case_of("self_reporting")
    log = summary_content(assessed(case), occasion(case, 512))["log"]
    assert len(log["entries"]) == 500
    assert log["entries"][-1][0] == "512"
    assert log["left_out"] == "12"
