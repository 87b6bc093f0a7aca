"""The status as CSV: complete, and harmless in a spreadsheet."""

from __future__ import annotations

import csv
import io

import pytest

from app.report.tables import COLUMNS, status_csv
from tests.report.samples import MADE_AT, TRACKS, assessed, case_of, history_of


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
