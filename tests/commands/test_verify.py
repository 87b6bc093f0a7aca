"""`verify`: a summary, a hand-over file, a case file, and the data folder."""

from __future__ import annotations

import io
import json
import sqlite3
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from app import cli
from app.onboarding.case import Case
from app.storage.hand_over import hand_over_file
from app.storage.history import EntryKind, HistoryEntry
from app.storage.origin import Origin
from app.work.hand_over import write_hand_over
from app.work.workplace import Workplace
from tests.rig import cases


@pytest.fixture
def case(tmp_path: Path) -> Case:
    made = cases.self_reporting_case("tested")
    with Workplace.open(tmp_path / "data") as workplace:
        workplace.cases.save(made, [HistoryEntry(EntryKind.IMPORTED)])
    return made


def run(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, *words: str
) -> tuple[int, dict[str, Any]]:
    status = cli.main([*words, "--data-dir", str(tmp_path / "data"), "--json"])
    return status, json.loads(capsys.readouterr().out)


def test_the_data_folder_stands_until_somebody_changes_it(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, case: Case
) -> None:
    status, found = run(capsys, tmp_path, "verify")
    assert (status, found["unchanged"]) == (0, True)
    with sqlite3.connect(tmp_path / "data" / "cases.db") as tables:
        tables.execute("UPDATE case_sections SET body = replace(body, '57', '58')")
    tables.close()
    status, found = run(capsys, tmp_path, "verify")
    assert (status, found["unchanged"]) == (1, False)
    (told,) = found["cases"]
    assert told["broken"]["kind"] == "changed_facts"


def test_a_summary_is_unchanged_or_not(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, case: Case
) -> None:
    path = tmp_path / "summary.pdf"
    cli.main(["export", "--pdf", str(path), "--data-dir", str(tmp_path / "data")])
    capsys.readouterr()
    status, found = run(capsys, tmp_path, "verify", str(path))
    assert (status, found["unchanged"], found["exact"]) == (0, True, True)
    assert found["records"][0].startswith("This computer wrote this very file on ")
    status = cli.main(["verify", str(path), "--json", "--data-dir", str(tmp_path / "none")])
    assert (status, json.loads(capsys.readouterr().out)["records"]) == (0, [])
    assert not (tmp_path / "none").exists()
    path.write_bytes(path.read_bytes() + b"\n% more\n")
    status, found = run(capsys, tmp_path, "verify", str(path))
    assert (status, found["unchanged"]) == (1, False)
    path.write_bytes(b"%PDF-1.7 and no more")
    status, found = run(capsys, tmp_path, "verify", str(path))
    assert status == 1
    assert found["found"][0]["kind"] == "no_pdf"


def test_a_rebuilt_summary_agrees_with_itself_but_not_with_the_records(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, case: Case
) -> None:
    renamed = case.registration.model_copy(update={"company_name": "Harbour LLC"})
    with Workplace.open(tmp_path / "elsewhere") as other:
        other.cases.save(
            case.model_copy(update={"registration": renamed}), [HistoryEntry(EntryKind.IMPORTED)]
        )
    path = tmp_path / "rebuilt.pdf"
    cli.main(["export", "--pdf", str(path), "--data-dir", str(tmp_path / "elsewhere")])
    capsys.readouterr()
    status, found = run(capsys, tmp_path, "verify", str(path))
    assert (status, found["unchanged"], found["found"]) == (1, False, [])
    assert "has another entry 1" in found["records"][1]
    status = cli.main(["verify", str(path), "--json", "--data-dir", str(tmp_path / "none")])
    assert (status, json.loads(capsys.readouterr().out)["unchanged"]) == (0, True)


def test_a_hand_over_file_proves_itself(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, case: Case
) -> None:
    with Workplace.open(tmp_path / "data") as workplace:
        stored = workplace.cases.load(case.id)
        entries = tuple(workplace.cases.history(case.id))
    path = tmp_path / "firm.caiscase"
    path.write_bytes(
        hand_over_file(stored, entries, written_at=datetime.now(UTC), origin=Origin.here())
    )
    status, found = run(capsys, tmp_path, "verify", str(path))
    assert (status, found["unchanged"]) == (0, True)


def test_a_locked_hand_over_file_proves_itself_with_its_passphrase(
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    case: Case,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Read from standard input, or typed: a passphrase among the words would be seen by others."""
    path = tmp_path / "firm.caiscase"
    with Workplace.open(tmp_path / "data") as workplace:
        write_hand_over(workplace.cases, case.id, path, passphrase="anchor mellow")
    monkeypatch.setattr("sys.stdin", io.StringIO("anchor mellow\n"))
    status, found = run(capsys, tmp_path, "verify", str(path), "--passphrase-stdin")
    assert (status, found["unchanged"], found["cases"][0]["entries"]) == (0, True, 2)
    for given, said in (("another\n", "does not open this case file"), ("", "is locked")):
        monkeypatch.setattr("sys.stdin", io.StringIO(given))
        assert cli.main(["verify", str(path), "--passphrase-stdin"]) == 2
        printed = capsys.readouterr()
        assert printed.out == ""
        assert said in printed.err
    monkeypatch.setattr("sys.stdin", io.StringIO("anchor mellow\n"))
    assert cli.main(["verify", str(path)]) == 2  # not asked for, and no terminal to type at
    with pytest.raises(SystemExit):
        cli.main(["verify", str(path), "--passphrase", "anchor mellow"])


def test_a_case_file_is_held_against_the_data_folder(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, case: Case
) -> None:
    path = tmp_path / "case.json"
    cli.main(["export", "--case", str(path), "--data-dir", str(tmp_path / "data")])
    capsys.readouterr()
    assert run(capsys, tmp_path, "verify", str(path))[0] == 0
    path.write_text(path.read_text("utf-8").replace("Harbor", "Harbour"), "utf-8")
    status, found = run(capsys, tmp_path, "verify", str(path))
    assert (status, found["facts_agree"]) == (1, False)
    status = cli.main(["verify", str(path), "--data-dir", str(tmp_path / "other")])
    printed = capsys.readouterr()
    assert (status, printed.out) == (2, "")
    assert "Nothing here proves them." in printed.err


def test_a_file_that_is_not_there(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert cli.main(["verify", str(tmp_path / "none.pdf")]) == 2
    assert "cannot be read" in capsys.readouterr().err
