"""Verifying a summary: what was changed is noticed, wherever it was changed."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.onboarding.case import Case
from app.report import typesetting
from app.report.content import Occasion, summary_content
from app.report.evidence import NotEvidenceError, evidence_json, read_evidence
from app.report.proof import Difference, verify_summary
from app.report.summary import summary_pdf
from app.report.typesetting import Paper, TypesettingError
from tests.report.samples import MADE_AT, TRACKS, assessed, case_of, history_of, occasion


def _forged(case: Case, shown: dict[str, Any], attached: str) -> bytes:
    """A file as a forger with this very program would set it."""
    return typesetting.pdf("summary.typ", shown, MADE_AT, paper=Paper.LETTER, attached=attached)


def _parts(case: Case) -> tuple[dict[str, Any], str]:
    shown = summary_content(assessed(case), occasion(case))
    return shown, evidence_json(assessed(case), occasion(case), shown, "us-letter")


@pytest.mark.parametrize("track", TRACKS)
@pytest.mark.parametrize("paper", list(Paper))
def test_what_the_program_wrote_is_unchanged(track: str, paper: Paper) -> None:
    case = case_of(track)
    content = summary_pdf(assessed(case), occasion(case), paper=paper).content
    checked = verify_summary(content)
    assert checked.unchanged, checked.found
    assert checked.exact
    assert checked.to_json()["head"] == occasion(case).history[-1].hash


def test_a_case_without_history_and_with_unaccepted_texts_is_unchanged() -> None:
    case = case_of("self_reporting").model_copy(
        update={"unaccepted": {"registration.crd": "12 34 x"}}
    )
    content = summary_pdf(assessed(case), Occasion(MADE_AT, "0.1.0")).content
    assert verify_summary(content).unchanged


def _with_other_digit(content: bytes, place: int) -> bytes:
    """`content` with one of its digits changed; `place` counts the digits."""
    at = [at for at, byte in enumerate(content) if chr(byte).isdigit()]
    spot = at[place % len(at)]
    changed = bytearray(content)
    changed[spot] = ord("0") + (changed[spot] - ord("0") + 1 + place % 8) % 10
    return bytes(changed)


_CASE = case_of("self_reporting")
_PLACES = st.integers(0, 10**9)


@settings(max_examples=12, deadline=None)
@given(place=_PLACES)
def test_one_changed_digit_anywhere_in_the_file_is_noticed(place: int) -> None:
    content = _genuine()
    assert not verify_summary(_with_other_digit(content, place)).unchanged


@settings(max_examples=12, deadline=None)
@given(place=_PLACES)
def test_one_changed_digit_anywhere_in_the_evidence_is_noticed(place: int) -> None:
    """Attached anew by somebody with the program's own template, so that the file is whole."""
    shown, attached = _parts(_CASE)
    changed = _with_other_digit(attached.encode(), place).decode()
    assert not verify_summary(_forged(_CASE, shown, changed)).unchanged


@settings(max_examples=10, deadline=None)
@given(place=_PLACES)
def test_one_changed_digit_anywhere_on_the_pages_is_noticed(place: int) -> None:
    """Set anew by somebody with the program's own template, the evidence as it was."""
    shown, attached = _parts(_CASE)
    changed = json.loads(_with_other_digit(json.dumps(shown).encode(), place))
    try:
        forged = _forged(_CASE, changed, attached)
    except TypesettingError:
        return  # numbers that a chart cannot draw
    assert not verify_summary(forged).unchanged


@cache
def _genuine() -> bytes:
    return summary_pdf(assessed(_CASE), occasion(_CASE)).content


@pytest.mark.parametrize(
    ("part", "old", "new"),
    [
        ("created_at", "2020-09-08", "2020-09-07"),
        ("today", "2020-12-02", "2020-12-03"),
        ("program_version", "0.1.0", "0.1.1"),
        ("made_at", "T15:31", "T15:32"),
    ],
)
def test_what_no_page_and_no_entry_shows_is_sealed_as_well(part: str, old: str, new: str) -> None:
    shown, attached = _parts(_CASE)
    document = json.loads(attached)
    holder = document["case"] if part == "created_at" else document
    assert old in holder[part]
    holder[part] = holder[part].replace(old, new)
    checked = verify_summary(_forged(_CASE, shown, json.dumps(document)))
    assert Difference.FACTS in {item.kind for item in checked.found}


def test_a_changed_figure_on_a_page_is_named() -> None:
    case = case_of("self_reporting")
    shown, attached = _parts(case)
    shown["cover"]["figures"][1]["value"] = "2.63 %"
    checked = verify_summary(_forged(case, shown, attached))
    assert [item.kind for item in checked.found] == [Difference.PAGES]
    assert "2.63" in checked.found[0].words
    assert "3.63" in checked.found[0].words
    assert checked.found[0].words.startswith("Page 1:")


def test_a_changed_verdict_on_a_page_is_named() -> None:
    case = case_of("self_reporting", "registered")
    shown, attached = _parts(case)
    shown["cover"]["verdict"] = "Ready to certify"
    checked = verify_summary(_forged(case, shown, attached))
    assert any("Ready" in item.words for item in checked.found)


def test_one_changed_digit_in_the_attached_facts_is_noticed() -> None:
    case = case_of("self_reporting")
    shown, attached = _parts(case)
    changed = attached.replace('"accounts_accepted":57', '"accounts_accepted":58')
    assert changed != attached
    kinds = {item.kind for item in verify_summary(_forged(case, shown, changed)).found}
    assert {Difference.FACTS, Difference.SHOWN, Difference.PAGES} <= kinds


@pytest.mark.parametrize("column", ["at_utc", "os_user", "after", "note", "state", "hash"])
def test_one_changed_history_entry_is_noticed(column: str) -> None:
    case = case_of("self_reporting")
    shown, attached = _parts(case)
    document = json.loads(attached)
    at = document["history"]["columns"].index(column)
    row = document["history"]["rows"][7]
    row[at] = f"{row[at]}1"
    checked = verify_summary(_forged(case, shown, json.dumps(document)))
    assert checked.found[0].kind is Difference.CHAIN


def test_a_history_that_was_cut_is_noticed() -> None:
    case = case_of("self_reporting")
    shown, attached = _parts(case)
    document = json.loads(attached)
    del document["history"]["rows"][-1]
    with pytest.raises(NotEvidenceError):
        read_evidence(json.dumps(document))
    checked = verify_summary(_forged(case, shown, json.dumps(document)))
    assert checked.found[0].kind is Difference.NO_EVIDENCE


def test_a_file_of_another_version_is_held_against_its_evidence() -> None:
    case = case_of("self_reporting")
    then = Occasion(MADE_AT, "0.0.9", history_of(case))
    shown = summary_content(assessed(case), then)
    attached = evidence_json(assessed(case), then, shown, "us-letter")
    genuine = verify_summary(_forged(case, shown, attached))
    assert (genuine.unchanged, genuine.exact) == (True, False)
    altered = json.loads(json.dumps(shown))
    altered["cover"]["dates"][0] = "Mon 12 Oct 2020"
    altered["requirements"][5]["rows"][3]["evidence"] = "1 % (1 of 110 rejected)"
    checked = verify_summary(_forged(case, altered, attached))
    assert any("3.63 %" in item.words for item in checked.found)


@pytest.mark.parametrize(
    "content",
    [b"", b"not a pdf", b"%PDF-1.7\n%%EOF", b"%PDF-1.7\ntrailer<</Root 1 0 R>>", b"\x00" * 4096],
)
def test_what_is_no_summary_gets_an_answer(content: bytes) -> None:
    checked = verify_summary(content)
    assert not checked.unchanged
    assert checked.evidence is None
    assert checked.sentence.endswith(".")


def test_a_cut_off_file_gets_an_answer() -> None:
    case = case_of("no_ltid_accounts")
    content = summary_pdf(assessed(case), occasion(case)).content
    for part in range(1, 8):
        assert not verify_summary(content[: len(content) * part // 8]).unchanged


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        "null",
        '{"format": "cais-onboarding-evidence/2"}',
        "[" * 100_000,
        '{"format": "cais-onboarding-evidence/1", "case": 3}',
    ],
)
def test_foreign_evidence_is_refused(text: str) -> None:
    with pytest.raises(NotEvidenceError):
        read_evidence(text)
