"""The status as CSV and JSON: complete, and harmless in a spreadsheet."""

from __future__ import annotations

import csv
import io
import json
from datetime import date

import pytest

from app.onboarding.progress import assess
from app.report.status_json import status_json
from app.report.tables import COLUMNS, status_csv
from tests.report.samples import (
    MADE_AT,
    TRACKS,
    assessed,
    case_of,
    history_of,
    occasion_after_sending,
)


@pytest.mark.parametrize("track", TRACKS)
def test_every_step_requirement_and_submission_has_a_row(track: str) -> None:
    case = case_of(track)
    assessment = assessed(case)
    text = status_csv(assessment, MADE_AT, history_of(case))
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert rows
    assert tuple(rows[0]) == COLUMNS
    kinds = [row["kind"] for row in rows]
    assert kinds.count("step") == 7
    assert kinds.count("submission") == len(assessment.submissions)
    rules = [row["rule"] for row in rows if row["kind"] == "requirement"]
    assert rules == [item.rule for step in assessment.steps for item in step.requirements]
    assert rows[0]["state"] == assessment.verdict.value
    assert rows[0]["received"] == str(assessment.totals.received)
    assert {row["identifier"] for row in rows} == {case.registration.identifier}
    assert any(row["recorded_by"] == "dwhitfield" for row in rows)


@pytest.mark.parametrize("name", ["=HYPERLINK(1)", "+1", "-1", "@SUM(A1)"])
def test_no_cell_is_a_formula(name: str) -> None:
    case = case_of("self_reporting")
    strange = case.registration.model_copy(update={"company_name": name})
    text = status_csv(assessed(case.model_copy(update={"registration": strange})), MADE_AT)
    for row in csv.reader(io.StringIO(text, newline="")):
        assert all(cell[:1] not in ("=", "+", "-", "@") for cell in row)
    assert f"'{name}" in text


def test_json_says_the_same_and_more() -> None:
    case = case_of("self_reporting", "tested")
    assessment = assess(case, date(2020, 10, 8))
    made = occasion_after_sending(case)
    told = json.loads(status_json(assessment, MADE_AT, made.history))
    assert told["format"] == "cais-onboarding-status/1"
    assert told["error_rate"] == {"numerator": 2, "denominator": 55}
    assert told["accounts"] == {"received": 110, "accepted": 106, "rejected": 4}
    assert told["processing_dates"] == ["2020-10-06", "2020-10-07"]
    assert [step["number"] for step in told["steps"]] == [1, 2, 3, 4, 5, 6, 7]
    rates = [r for r in told["steps"][5]["requirements"] if r["rule"] == "R6.4"]
    assert (rates[0]["state"], rates[0]["recorded_by"]) == ("met", "dwhitfield")
    assert {item["date"] for item in told["dates_ahead"]} >= {"2020-10-16", "2021-01-04"}
    assert told["sent"][0]["to"] == "help@finracat.com"
    assert told["sent"][0]["sha256"] == "ab" * 32


def test_the_table_has_dates_ahead_and_what_was_sent() -> None:
    case = case_of("self_reporting", "tested")
    made = occasion_after_sending(case)
    text = status_csv(assess(case, date(2020, 10, 8)), MADE_AT, made.history)
    rows = list(csv.DictReader(io.StringIO(text)))
    kinds = {row["kind"] for row in rows}
    assert {"verdict", "step", "requirement", "submission", "date ahead", "sent"} <= kinds
    (first, _) = [row for row in rows if row["kind"] == "sent"]
    assert (first["date"], first["rule"]) == ("2020-10-09", "R7.1")
