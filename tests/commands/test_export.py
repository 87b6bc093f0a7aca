from __future__ import annotations

import csv
import io
import json
import subprocess
from pathlib import Path

import pytest

from app import cli
from app.onboarding.case import Case
from app.storage.history import EntryKind, HistoryEntry
from app.work.workplace import Workplace
from tests.rig import cases

CASE = cases.self_reporting_case("tested")


@pytest.fixture
def data(tmp_path: Path) -> list[str]:
    with Workplace.open(tmp_path / "data") as workplace:
        workplace.cases.save(CASE, [HistoryEntry(EntryKind.IMPORTED)])
    return ["--data-dir", str(tmp_path / "data"), "--on", cases.TODAY.isoformat()]


def test_everything_is_written_at_once(
    tmp_path: Path, data: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    names = ("s.pdf", "m.eml", "s.csv", "c.json", "status.json")
    pdf, eml, table, case, status = (tmp_path / name for name in names)
    wanted = ["--pdf", str(pdf), "--eml", str(eml), "--csv", str(table), "--case", str(case)]
    wanted += ["--status", str(status)]
    assert cli.main(["export", "--json", *wanted, *data]) == 0
    written = json.loads(capsys.readouterr().out)
    assert [item["kind"] for item in written] == ["pdf", "eml", "csv", "status", "case"]
    text = subprocess.run(["pdftotext", str(pdf), "-"], capture_output=True, check=True).stdout
    assert b"Ready to certify" in text
    assert b"To: help@finracat.com" in eml.read_bytes()
    rows = list(csv.DictReader(io.StringIO(table.read_text(encoding="utf-8-sig"))))
    assert {row["identifier"] for row in rows} == {"1482"}
    assert Case.model_validate_json(case.read_bytes()) == CASE
    told = json.loads(status.read_bytes())
    assert (told["number"], told["error_rate"]) == ("1482", {"numerator": 2, "denominator": 55})


def test_nothing_is_overwritten_without_force(
    tmp_path: Path, data: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    kept, new = tmp_path / "kept.json", tmp_path / "new.csv"
    kept.write_text("mine")
    assert cli.main(["export", "--csv", str(new), "--case", str(kept), *data]) == 2
    assert "exists already" in capsys.readouterr().err
    assert (kept.read_text(), new.exists()) == ("mine", False)
    assert cli.main(["export", "--case", str(kept), "--force", *data]) == 0
    assert kept.read_text() != "mine"


def test_a_summary_that_was_written_is_remembered_with_its_hash(
    tmp_path: Path, data: list[str]
) -> None:
    assert cli.main(["export", "--pdf", str(tmp_path / "s.pdf"), *data]) == 0
    with Workplace.open(tmp_path / "data") as workplace:
        first, last = workplace.cases.history(CASE.id)
    assert (last.kind, last.file_name) == (EntryKind.DOCUMENT_WRITTEN, "s.pdf")
    assert last.after_value == first.hash


def test_a_calendar_without_dates_ahead_is_said(
    tmp_path: Path, data: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    later = ["--on", "2031-01-02"]
    assert cli.main(["export", "--ics", str(tmp_path / "d.ics"), *data, *later]) == 2
    assert "no date ahead" in capsys.readouterr().err
    assert not (tmp_path / "d.ics").exists()


def test_at_least_one_file_is_to_be_named(
    data: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["export", *data]) == 2
    assert "Name at least one file" in capsys.readouterr().err


def test_a_folder_that_is_not_there_is_said(
    tmp_path: Path, data: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["export", "--case", str(tmp_path / "no" / "c.json"), *data]) == 2
    assert "could not be written" in capsys.readouterr().err
