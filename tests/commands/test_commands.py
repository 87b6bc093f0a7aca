from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from app import cli
from app.onboarding.case import Case
from app.storage.case_json import case_file_text
from app.storage.history import EntryKind, HistoryEntry
from app.work.workplace import Workplace
from tests.rig import cases

ON = ["--on", cases.TODAY.isoformat()]


def case_file(folder: Path, case: Case) -> Path:
    path = folder / "case.json"
    path.write_text(case_file_text(case), encoding="utf-8")
    return path


def stored(folder: Path, *wanted: Case) -> list[str]:
    with Workplace.open(folder) as workplace:
        for case in wanted:
            workplace.cases.save(case, [HistoryEntry(EntryKind.IMPORTED)])
    return ["--data-dir", str(folder)]


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    status = cli.main(words)
    printed = capsys.readouterr()
    return status, printed.out, printed.err


def test_assess_says_yes_about_a_case_that_is_ready(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = case_file(tmp_path, cases.self_reporting_case("tested"))
    status, out, err = run(capsys, "assess", str(path), "--json", *ON)
    found = json.loads(out)
    assert (status, err) == (0, "")
    assert found["track"] == "self_reporting"
    assert found["ready"] is True
    assert found["level"]["required_accounts"] == 100
    assert found["accounts"] == {"accepted": 106, "received": 110, "rejected": 4}
    assert found["error_rate"] == {"numerator": 2, "denominator": 55}
    assert found["processing_dates"] == ["2020-10-06", "2020-10-07"]
    assert [step["number"] for step in found["steps"]] == [1, 2, 3, 4, 5, 6, 7]


def test_assess_says_no_and_what_is_missing(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = case_file(tmp_path, cases.no_ltid_case("registered"))
    status, out, _ = run(capsys, "assess", str(path), "--json", *ON)
    found = json.loads(out)
    assert status == 1
    assert found["level"] is None
    assert found["error_rate"] is None
    assert {"rule", "section", "text"} <= set(found["unmet"][0])


def test_assess_takes_a_firm_or_a_file_and_not_both(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    case = cases.through_agent_case("tested")
    folder = stored(tmp_path / "data", case)
    crd = case.registration.crd or ""
    assert run(capsys, "assess", "--firm", crd, *folder, *ON)[0] == 0
    assert run(capsys, "assess", *folder)[0] == 2
    status, out, err = run(capsys, "assess", "--firm", "999", *folder)
    assert (status, out) == (2, "")
    assert "There is no firm with the number 999." in err


@pytest.mark.parametrize(
    "text", ["", "[]", "{", '{"format": "cais-onboarding-case/9"}', "\x00\xff", '{"id": 5}']
)
def test_a_file_that_is_no_case_is_refused_in_plain_words(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, text: str
) -> None:
    path = tmp_path / "case.json"
    path.write_bytes(text.encode("latin-1"))
    status, out, err = run(capsys, "assess", str(path))
    assert (status, out) == (2, "")
    assert "case.json is not a case file" in err
    assert "Traceback" not in err


def test_a_missing_case_file_is_said(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    status, _, err = run(capsys, "assess", str(tmp_path / "none.json"))
    assert status == 2
    assert "cannot be read" in err


def test_status_lists_every_firm_with_its_steps(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    folder = stored(
        tmp_path / "data",
        cases.self_reporting_case("certified"),
        cases.through_agent_case("registered"),
    )
    status, out, _ = run(capsys, "status", "--json", *folder, *ON)
    found = json.loads(out)
    assert status == 0
    assert [firm["verdict"] for firm in found] == ["certified", "not ready"]
    assert found[1]["next_action"]["step"] == 2
    assert len(found[0]["steps"]) == 7
    _, text, _ = run(capsys, "status", *folder, *ON)
    assert "Harbor Securities LLC (1482)" in text
    assert "7 Certify" in text


def test_status_of_an_empty_folder_says_so(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    status, out, _ = run(capsys, "status", "--data-dir", str(tmp_path / "new"))
    assert (status, out) == (0, "No onboarding has been started.\n")


def test_schema_is_that_of_the_case_file(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capsys, "schema")
    schema = json.loads(out)
    assert status == 0
    assert schema["properties"]["format"]["const"] == "cais-onboarding-case/1"
    assert schema["additionalProperties"] is False


def test_diagnostics_name_versions_and_folders(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    folder = stored(tmp_path / "data", cases.no_ltid_case("certified"))
    status, out, _ = run(capsys, "diagnostics", "--json", *folder)
    found = json.loads(out)
    assert status == 0
    assert found["cases"] == 1
    assert found["database"] == "fine"
    assert found["password store"].startswith("missing")
    assert found["data folder"] == str(tmp_path / "data")


def test_commands_need_no_display_and_no_qt(tmp_path: Path) -> None:
    code = (
        "import sys; from app.cli import main; "
        f"main(['status', '--data-dir', {str(tmp_path / 'data')!r}]); "
        "sys.exit(any(name.startswith('PySide6') for name in sys.modules))"
    )
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("QT_", "DISPLAY"))}
    subprocess.run([sys.executable, "-c", code], check=True, env=environment)


def test_wrong_words_end_with_two(capsys: pytest.CaptureFixture[str]) -> None:
    for words in (["no-such-command"], ["assess", "--on", "tomorrow"], []):
        with pytest.raises(SystemExit) as end:
            cli.main(words)
        assert end.value.code == 2
    assert "usage:" in capsys.readouterr().err
