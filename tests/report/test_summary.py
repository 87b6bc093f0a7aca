"""The summary: what its pages say, that it is the same every time, and that nothing stops it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from pypdf import PdfReader

from app.onboarding.business_calendar import long_date
from app.report import typesetting
from app.report.proof import verify_summary
from app.report.summary import proposed_file_name, summary_pages, summary_pdf
from app.report.typesetting import Paper, TypesettingError
from app.report.words import VERDICTS
from tests.report.samples import (
    TRACKS,
    assessed,
    case_of,
    occasion,
    occasion_after_sending,
    squeezed,
    text_of,
    with_long_values,
)
from tests.rig.cases import TODAY, reports_for_others_case


@pytest.mark.parametrize("track", TRACKS)
@pytest.mark.parametrize("stage", ["empty", "registered", "tested", "certified"])
def test_pages_say_the_verdict_and_every_processing_date(
    track: str, stage: str, tmp_path: Path
) -> None:
    case = case_of(track, stage)  # type: ignore[arg-type]
    assessment = assessed(case)
    summary = summary_pdf(assessment, occasion(case))
    assert summary.notice == ""
    text = text_of(summary.content, tmp_path)
    assert VERDICTS[assessment.verdict] in text
    for day in assessment.processing_dates:
        assert squeezed(long_date(day)) in squeezed(text)
    for item in [item for step in assessment.steps for item in step.requirements]:
        assert squeezed(item.text) in squeezed(text)
        assert squeezed(item.detail) in squeezed(text)
    assert occasion(case).history[-1].hash in squeezed(text)


def test_same_case_time_and_version_give_the_same_bytes() -> None:
    case = case_of("self_reporting")
    first = summary_pdf(assessed(case), occasion(case))
    again = summary_pdf(assessed(case), occasion(case))
    other = summary_pdf(assessed(case), occasion(case, entries=25))
    assert first.sha256 == again.sha256
    assert first.sha256 != other.sha256


@pytest.mark.parametrize(("seed", "zone"), [("1", "UTC"), ("2", "Asia/Tokyo")])
def test_another_process_in_another_time_zone_gives_the_same_bytes(seed: str, zone: str) -> None:
    code = (
        "from tests.report.samples import assessed, case_of, occasion\n"
        "from app.report.summary import summary_pdf\n"
        "case = case_of('self_reporting')\n"
        "print(summary_pdf(assessed(case), occasion(case)).sha256)"
    )
    environment = {**os.environ, "PYTHONHASHSEED": seed, "TZ": zone}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=True, text=True, env=environment
    )
    case = case_of("self_reporting")
    assert done.stdout.strip() == summary_pdf(assessed(case), occasion(case)).sha256


@pytest.mark.parametrize("paper", list(Paper))
def test_longest_names_in_any_script_are_all_there(paper: Paper, tmp_path: Path) -> None:
    case = with_long_values(reports_for_others_case(firms=8))
    summary = summary_pdf(assessed(case), occasion(case), paper=paper)
    assert summary.notice == ""
    text = squeezed(text_of(summary.content, tmp_path))
    for name in (case.relationships.served_firms[n].name or "" for n in (0, 5, 7)):
        assert squeezed(name) in text
    assert "港湾証券株式会社" in text
    assert "🚀" in text


def test_what_was_sent_stands_in_the_summary(tmp_path: Path) -> None:
    case = case_of("self_reporting")
    summary = summary_pdf(assessed(case), occasion_after_sending(case))
    assert summary.notice == ""
    text = squeezed(text_of(summary.content, tmp_path))
    for said in (
        "Sent so far",
        "Message to the Help Desk (R7.1, §7)",
        "Call to the Help Desk (R7.1, §7)",
        "help@finracat.com",
        "Fri 9 Oct 2020",
        "abababababababab…",
    ):
        assert squeezed(said) in text
    assert verify_summary(summary.content).unchanged


def test_practice_is_said_on_every_page(tmp_path: Path) -> None:
    case = case_of("self_reporting").model_copy(update={"practice": True})
    summary = summary_pdf(assessed(case), occasion(case))
    pages = text_of(summary.content, tmp_path).split("\f")[:-1]
    assert len(pages) > 2
    assert all("PRACTICE" in page for page in pages)
    assert all("Practice — not for certification" in page for page in pages[1:])
    assert "Nothing in it is evidence" in pages[0]
    assert proposed_file_name(case, TODAY).startswith("PRACTICE-")


def test_what_was_typed_and_not_accepted_is_nowhere_in_the_file(tmp_path: Path) -> None:
    pasted = "correct-horse-battery"
    case = case_of("self_reporting").model_copy(
        update={"unaccepted": {"registration.primary_contact.email": pasted}}
    )
    summary = summary_pdf(assessed(case), occasion(case))
    assert pasted not in text_of(summary.content, tmp_path)
    file = tmp_path / "read.pdf"
    (attached,) = PdfReader(file).attachment_list
    assert pasted.encode() not in attached.content
    assert b"registration.primary_contact.email" in attached.content


def test_a_refusal_of_the_standards_does_not_stop_the_export(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    # Nothing is known that the engine refuses once the text is cleaned: leave the cleaning out.
    monkeypatch.setattr(typesetting, "for_pages", lambda value: value)
    case = case_of("self_reporting")
    strange = case.registration.model_copy(update={"company_name": "Harbor \ue000 LLC"})
    case = case.model_copy(update={"registration": strange})
    with pytest.raises(TypesettingError):
        typesetting.pdf(
            "summary.typ",
            {"title": "\ue000", "practice": False},
            occasion(case).made_at,
            paper=Paper.LETTER,
        )
    summary = summary_pdf(assessed(case), occasion(case))
    assert "not an archival file" in summary.notice
    assert "not an archival file" in text_of(summary.content, tmp_path)


def test_preview_shows_the_pages_of_the_file(tmp_path: Path) -> None:
    case = case_of("reports_for_others")
    pictures = summary_pages(assessed(case), occasion(case), ppi=40)
    text = text_of(summary_pdf(assessed(case), occasion(case)).content, tmp_path)
    assert len(pictures) == text.count("\f")
    assert all(picture.startswith(b"\x89PNG") for picture in pictures)
