"""What `inspect` says of files, folders and several at once."""

from __future__ import annotations

import bz2
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from app.cancellation import CancelToken
from app.failures import Cancelled
from app.submissions.inspection import inspect_paths
from tests.submissions.making import (
    CAIS_NAME,
    FEEDBACK_NAME,
    TIDS_FEEDBACK_NAME,
    TIDS_NAME,
    TODAY,
    account,
    feedback_document,
    full_cais,
    ltid_phase,
    rejection,
    tids,
    tids_document,
    write,
)

KEYS = set(
    """path kind name_valid submitter_id reporter_crd correspondent_crd generation_date group
    file_kind file_number feedback_version part readable schema_version submission_id status
    status_known final receipt_timestamp completed_timestamp accounts_received accounts_accepted
    accounts_rejected error_rate rejection_items accounts_named_in_items counts_as_evidence why_not
    errors accounts_declared accounts_in_file accounts_distinct accounts_with_ltid
    accounts_with_current_ltid ltids_distinct accounts_without_findings verdict findings
    sha256""".split()
)


def inspect(*paths: Path) -> list[dict[str, Any]]:
    """As the command prints it: through JSON."""
    text = json.dumps(list(inspect_paths(paths, today=TODAY)))
    result: list[dict[str, Any]] = json.loads(text)
    return result


def test_feedback(tmp_path: Path) -> None:
    path = write(tmp_path, FEEDBACK_NAME, feedback_document())
    (found,) = inspect(path)
    assert set(found) == KEYS
    assert found["path"] == str(path)
    assert found["kind"] == "feedback"
    assert found["generation_date"] == "2020-10-05"
    assert found["file_number"] == "000123"
    assert found["status"] == "COMPLETED_WITH_REJECTIONS"
    assert found["receipt_timestamp"] == "2020-10-05T14:15:00.123456+00:00"
    assert found["error_rate"] == {"numerator": 2, "denominator": 25}
    assert found["counts_as_evidence"] is True
    assert found["why_not"] is None
    assert found["errors"][0] == {
        "code": "22012",
        "title": "Missing or Invalid format of largeTraderID",
        "stage": "Data validation",
        "items": 8,
    }
    assert found["findings"] == []
    assert found["verdict"] is None


def test_a_rate_of_nothing_rejected_is_zero_and_not_null(tmp_path: Path) -> None:
    changes = {"successfulFDIDRecordCount": 100, "rejectionItems": [{"errorCode": 22507}]}
    (found,) = inspect(write(tmp_path, FEEDBACK_NAME, feedback_document(**changes)))
    assert found["error_rate"] == {"numerator": 0, "denominator": 1}


def test_a_submission(tmp_path: Path) -> None:
    (found,) = inspect(write(tmp_path, CAIS_NAME, ltid_phase([account(1), account(1)])))
    assert set(found) == KEYS
    assert found["kind"] == "submission"
    assert found["accounts_in_file"] == 2
    assert found["accounts_distinct"] == 1
    assert found["verdict"] == "records_refused"
    assert found["findings"][0]["official_code"] == "22002"
    assert found["findings"][0]["positions"] == [1, 2]
    assert found["counts_as_evidence"] is None


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("1_2_3_20200101_OUTSTANDINGREJECTIONS_g_meta.json", "outstanding-rejections"),
        (
            "1_2_3_20200101_OUTSTANDINGINCONSISTENCIES_g_data.json.bz2",
            "outstanding-inconsistencies",
        ),
        ("20200101_OUTSTANDINGREJECTIONS_processed", "sentinel"),
    ],
)
def test_other_kinds(tmp_path: Path, name: str, kind: str) -> None:
    (found,) = inspect(write(tmp_path, name, b""))
    assert set(found) == KEYS
    assert (found["kind"], found["name_valid"], found["findings"]) == (kind, True, [])
    assert found["sha256"]


def test_a_sentinel_with_content_and_an_unknown_file(tmp_path: Path) -> None:
    sentinel = write(tmp_path, "20200101_OUTSTANDINGREJECTIONS_processed", b"x")
    unknown = write(tmp_path, "letter.docx", b"x")
    first, second, _ = inspect(sentinel, unknown)
    assert [finding["finding"] for finding in first["findings"]] == ["sentinel-not-empty"]
    assert [finding["finding"] for finding in second["findings"]] == ["name-unknown"]


def test_folders_are_walked_in_order_and_links_to_folders_are_not_followed(tmp_path: Path) -> None:
    inner = tmp_path / "b"
    inner.mkdir()
    write(inner, FEEDBACK_NAME, feedback_document())
    write(tmp_path, CAIS_NAME, ltid_phase([account(1)]))
    (inner / "loop").symlink_to(tmp_path, target_is_directory=True)
    found = inspect(tmp_path)
    assert [entry.get("kind") for entry in found] == ["submission", "feedback", None]


def test_files_that_cannot_be_read_are_findings(tmp_path: Path) -> None:
    (tmp_path / "a link").symlink_to(tmp_path / "nowhere")
    os.mkfifo(tmp_path / "pipe")
    link, pipe, _ = inspect(tmp_path)
    assert [finding["finding"] for finding in link["findings"]] == ["name-unknown", "file-gone"]
    assert pipe["findings"][-1]["finding"] == "not-a-file"
    assert pipe["sha256"] is None
    (gone,) = inspect(tmp_path / FEEDBACK_NAME)
    assert gone["findings"][-1]["finding"] == "file-gone"
    assert gone["readable"] is False


def test_a_file_without_permission_is_a_finding(tmp_path: Path) -> None:
    """Root may read everything, so that the reading runs as somebody else."""
    path = write(tmp_path, FEEDBACK_NAME, feedback_document())
    path.chmod(0)
    code = (
        "import os, sys\n"
        "from pathlib import Path\n"
        "from datetime import date\n"
        "from app.submissions.feedback_reader import read_feedback\n"
        "if os.getuid() == 0: os.setuid(65534)\n"
        "found = read_feedback(Path(sys.argv[1]), today=date(2020, 12, 1))\n"
        "print(*(finding.finding for finding in found.findings))\n"
    )
    for folder in (tmp_path, *tmp_path.parents):
        if folder.stat().st_uid == os.getuid():
            folder.chmod(folder.stat().st_mode | 0o055)
        if folder.name.startswith("pytest-of"):
            break
    run = subprocess.run(
        [sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True
    )
    assert run.stdout.split() == ["no-permission"]


def test_several_files_together(tmp_path: Path) -> None:
    write(tmp_path, FEEDBACK_NAME, feedback_document())
    write(
        tmp_path,
        FEEDBACK_NAME.replace("v4", "v1"),
        feedback_document(submissionStatus="FILE_ACKNOWLEDGED"),
    )
    write(tmp_path, TIDS_FEEDBACK_NAME, tids_document())
    write(tmp_path, CAIS_NAME, full_cais([account(1), account(2)]))
    write(tmp_path, CAIS_NAME.replace("0123", "0124"), full_cais([account(2), account(3)]))
    write(tmp_path, TIDS_NAME, tids(1, 2))
    together = inspect(tmp_path)[-1]["together"]
    submissions = {entry["submission_id"]: entry for entry in together["submissions"]}
    assert set(submissions) == {7001, 7002}
    assert submissions[7001]["feedback_version"] == 4
    assert submissions[7001]["path"].endswith(FEEDBACK_NAME)
    assert [(pair["name"], pair["of"]) for pair in together["pairs"]["found"]] == [
        ("123_456_20201005_000123", "feedback"),
        ("123_999_20200101_000123", "submissions"),
    ]
    assert together["pairs"]["found"][1]["findings"][0]["official_code"] == "22526"
    assert together["pairs"]["missing"] == [
        {"name": "123_999_20200101_000124", "of": "submissions", "missing": "TIDS"}
    ]
    assert together["accounts"] == [
        {
            "reporter_crd": 999,
            "correspondent_crd": None,
            "files": 2,
            "accounts_in_files": 4,
            "accounts_distinct": 3,
        }
    ]
    assert together["totals"] == {
        "submissions_counted": 1,
        "accounts_received": 100,
        "accounts_accepted": 92,
        "accounts_rejected": 8,
        "error_rate": {"numerator": 2, "denominator": 25},
        "accounts_in_files": 4,
    }


def test_an_agent_s_copy_and_the_firm_s_are_one(tmp_path: Path) -> None:
    for folder in ("agent", "firm"):
        (tmp_path / folder).mkdir()
        write(tmp_path / folder, FEEDBACK_NAME, feedback_document())
    together = inspect(tmp_path)[-1]["together"]
    assert together["totals"]["accounts_received"] == 100


def test_progress_and_cancelling(tmp_path: Path) -> None:
    for number in range(5):
        write(tmp_path, f"1_2_20200101_CAIS_{number:06}.json.bz2", ltid_phase([account(1)]))
    total = sum(path.stat().st_size for path in tmp_path.iterdir())
    seen: list[tuple[int, int]] = []
    list(inspect_paths([tmp_path], today=TODAY, progress=lambda *now: seen.append(now)))
    assert seen == sorted(seen)
    assert seen[-1] == (total, total)
    cancel = CancelToken()
    files = inspect_paths([tmp_path], today=TODAY, cancel=cancel)
    next(files)
    cancel.cancel()
    with pytest.raises(Cancelled):
        next(files)


def test_nothing_of_a_record_stays_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Marker strings in personal fields reach neither the output nor a temporary file."""
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    monkeypatch.setattr("app.submissions.identifiers._IN_MEMORY", 100)
    files = tmp_path / "files"
    files.mkdir()
    records = [account(n, firmDesignatedID=f"MARKERFDID{n}") for n in range(2000)]
    records.append(account(7, firmDesignatedID="MARKER,BAD", fdidType="MARKER"))
    write(files, CAIS_NAME, full_cais(records))
    write(files, TIDS_NAME, tids(1))
    write(files, FEEDBACK_NAME, feedback_document(rejectionItems=[rejection(n) for n in range(50)]))
    broken = json.dumps(full_cais(records)).encode().replace(b'"ACCOUNT"', b'"MARKER"]', 900)
    write(files, CAIS_NAME.replace("0123", "0125"), bz2.compress(broken))
    found = inspect(files)
    assert len(found) == 5
    assert "MARKER" not in json.dumps(found)
    left = [path.read_bytes() for path in temporary.rglob("*") if path.is_file()]
    assert not any(b"MARKER" in data for data in left)
