"""A case changes one field at a time, by its path."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.onboarding.case import LONGEST_UNACCEPTED, Case, new_case
from app.onboarding.editing import (
    FieldProblemError,
    new_row_id,
    value_at,
    with_replaced,
    with_rows,
    with_unaccepted,
    with_value,
    without_row,
)
from app.onboarding.relationships import ReportingAgent
from app.onboarding.testing import DistinctAccounts, ErrorGroup
from app.onboarding.values import Facts, is_blank
from tests.onboarding.made_cases import cases
from tests.rig.cases import TODAY, eastern, row_id, self_reporting_case, through_agent_case

CASE = self_reporting_case("tested")
ROW = row_id(1)


def paths_of(node: Any, prefix: str = "") -> list[str]:
    """Every path into a case, to groups, lists and rows as well as to fields."""
    found = []
    if isinstance(node, Facts):
        for name in type(node).model_fields:
            found.append(f"{prefix}{name}")
            found += paths_of(getattr(node, name), f"{prefix}{name}.")
    elif isinstance(node, tuple):
        for number, row in enumerate(node):
            part = getattr(row, "id", str(number))
            found.append(f"{prefix}{part}")
            found += paths_of(row, f"{prefix}{part}.")
    return found


TEXTS = st.one_of(st.text(max_size=20), st.sampled_from(["5", "self", "true", "test", "10/5/2020"]))


@given(cases(), st.data(), TEXTS)
def test_any_path_takes_any_text_or_says_why_not(
    case: Case, data: st.DataObject, text: str
) -> None:
    """A refusal is a FieldProblemError or KeyError, and the case stays readable."""
    path = data.draw(st.sampled_from(paths_of(case)) | st.text(max_size=20))
    try:
        changed = with_value(case, path, text, TODAY)
    except KeyError:
        with pytest.raises(KeyError):
            with_unaccepted(case, path, text)
        return
    except FieldProblemError as problem:
        assert problem.path == path
        assert len(problem.message.splitlines()) == 1
        changed = with_unaccepted(case, path, text)
        assert changed.unaccepted[path] == text
    else:
        assert (value_at(changed, path) is None) is is_blank(text)
    assert Case.model_validate_json(changed.model_dump_json()) == changed


@given(cases())
def test_any_case_survives_being_written_and_read(case: Case) -> None:
    assert Case.model_validate_json(case.model_dump_json()) == case


@given(cases())
def test_every_path_leads_somewhere(case: Case) -> None:
    for path in paths_of(case):
        # Entries of a list that are no rows have a number, not an id.
        if not any(part.isdecimal() and len(part) == 1 for part in path.split(".")):
            value_at(case, path)


@pytest.mark.parametrize(
    "path",
    [
        "", ".", "nothing", "registration.nothing", "registration.crd.digits", "portal.accounts.x",
        "portal.accounts.0.name", "unaccepted.x", "registration..crd", "model_fields",
        "registration.identifier", "testing.distinct_accounts.received.x", "id.x",
        f"testing.submissions.{ROW}.errors.0.code", f"testing.submissions.{ROW}.findings.0",
    ],
)  # fmt: skip
def test_a_path_that_leads_nowhere_is_a_key_error(path: str) -> None:
    record = CASE.testing.submissions[0].model_copy(
        update={"errors": (ErrorGroup(code="1", items=1),), "findings": ("x",)}
    )
    case = with_replaced(CASE, "testing.submissions", (record,))
    for call in (
        lambda: value_at(case, path),
        lambda: with_value(case, path, "x", TODAY),
        lambda: with_unaccepted(case, path, "x"),
        lambda: with_rows(case, path, [ReportingAgent(id=ROW)]),
        lambda: with_replaced(case, path, "x"),
        lambda: without_row(case, path, ROW),
    ):
        with pytest.raises(KeyError):
            call()


@pytest.mark.parametrize(
    "path",
    ["id", "format", "created_at", "practice", "registration", "unaccepted",
     f"portal.accounts.{ROW}.id", f"portal.accounts.{ROW}"],
)  # fmt: skip
def test_what_makes_a_case_or_row_what_it_is_is_no_field(path: str) -> None:
    for raw in ("abcdef0123", "", "true"):
        with pytest.raises(KeyError):
            with_value(CASE, path, raw, TODAY)


def test_a_field_can_be_read_and_changed() -> None:
    case = with_value(CASE, f"portal.accounts.{row_id(2)}.name", " Luis  O. ", TODAY)
    assert value_at(case, f"portal.accounts.{row_id(2)}.name") == "Luis O."
    assert value_at(case, f"portal.accounts.{ROW}") == CASE.portal.accounts[0]
    assert case.portal.accounts[0] is CASE.portal.accounts[0]
    assert case.sftp is CASE.sftp


def test_a_wrong_text_replaces_the_old_fact() -> None:
    """The old number must not stand where the new one was not understood."""
    case = with_unaccepted(CASE, "registration.crd", "CRD?")
    assert case.registration.crd is None
    assert case.unaccepted == {"registration.crd": "CRD?"}
    mended = with_value(case, "registration.crd", "1482", TODAY)
    assert mended.unaccepted == {}
    assert mended == CASE


def test_a_field_that_cannot_be_empty_keeps_its_fact() -> None:
    case = with_unaccepted(CASE, "sftp.test_server.port", "twenty-two")
    assert case.sftp.test_server.port == 22
    assert case.unaccepted == {"sftp.test_server.port": "twenty-two"}


def test_a_huge_paste_is_kept_up_to_a_limit() -> None:
    case = with_unaccepted(CASE, "registration.company_name", "x" * 10_000)
    assert len(case.unaccepted["registration.company_name"]) == 10_000
    case = with_unaccepted(CASE, "registration.company_name", "x" * (LONGEST_UNACCEPTED + 1))
    assert len(case.unaccepted["registration.company_name"]) == LONGEST_UNACCEPTED


def test_half_a_character_can_be_kept() -> None:
    case = with_unaccepted(CASE, "registration.crd", "1\ud83d2")
    assert case.unaccepted["registration.crd"] == "1?2"
    assert Case.model_validate_json(case.model_dump_json()) == case


def test_rows_come_and_go_with_what_they_held() -> None:
    row = ReportingAgent(id=new_row_id(), name="Second")
    case = with_rows(through_agent_case("tested"), "relationships.agents", [row])
    assert [agent.name for agent in case.relationships.agents][1] == "Second"
    case = with_unaccepted(case, f"relationships.agents.{row.id}.agent_id", "x")
    kept = f"relationships.agents.{ROW}.agent_id"
    case = with_unaccepted(case, kept, "y")
    case = without_row(case, "relationships.agents", row.id)
    assert case.unaccepted == {kept: "y"}
    assert len(case.relationships.agents) == 1
    with pytest.raises(KeyError):
        without_row(case, "relationships.agents", row.id)


def test_a_row_takes_the_place_of_the_one_with_its_id() -> None:
    first, second = (ReportingAgent(id=new_row_id(), name=name) for name in ("First", "Second"))
    path = "relationships.agents"
    case = with_rows(with_replaced(CASE, path, ()), path, [first, second])
    newer = first.model_copy(update={"name": "Newer"})
    third = ReportingAgent(id=new_row_id(), name="Third")
    assert with_rows(case, path, [third, newer]).relationships.agents == (newer, second, third)


def test_a_group_can_be_replaced_and_emptied() -> None:
    answer = DistinctAccounts(record_ids=(ROW,), received=5, stated_at=eastern(date(2020, 10, 6)))
    case = with_replaced(CASE, "testing.distinct_accounts", answer)
    assert case.testing.distinct_accounts is answer
    edited = with_value(case, "testing.distinct_accounts.received", "7", TODAY)
    assert value_at(edited, "testing.distinct_accounts.received") == 7
    assert (
        with_value(case, "testing.distinct_accounts", "", TODAY).testing.distinct_accounts is None
    )


def test_new_cases_and_rows_are_told_apart() -> None:
    assert new_case().id != new_case().id
    assert new_row_id() != new_row_id()
    assert new_case(practice=True).practice
    assert new_case().created_at.tzinfo is not None
