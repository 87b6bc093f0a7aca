"""A data folder that is open on another workstation is refused by name, whatever the command."""

from __future__ import annotations

import threading
from argparse import Namespace
from pathlib import Path

import pytest

from app import cli
from app.commands import opening
from app.commands.opening import open_workplace
from app.storage.faults import Fault, StorageError
from app.storage.history import EntryKind, HistoryEntry
from app.storage.origin import Origin
from app.storage.paths import DataFolder
from app.storage.workstation import FolderClaim
from app.work.workplace import Workplace
from tests.rig.cases import self_reporting_case

BACK_OFFICE = Origin("robin", "BACK-OFFICE", "0.1.0")
KEY = "SHA256:" + "A" * 43


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with Workplace.open(tmp_path / "data") as workplace:
        workplace.cases.save(self_reporting_case("tested"), [HistoryEntry(EntryKind.CASE_CREATED)])
    return tmp_path / "data"


@pytest.mark.parametrize(
    "words",
    [
        ["export", "--csv", "FILE"],
        ["fetch-feedback"],
        ["status"],
        ["assess", "--firm", "1482"],
        ["verify"],
        ["test-connection", "--host", "sftp.invalid", "--user", "harbor"],
    ],
    ids=lambda words: words[0],
)
def test_a_folder_open_on_another_workstation_is_refused_by_its_name(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    out = tmp_path / "out.csv"
    given = [word.replace("FILE", str(out)) for word in words]
    with FolderClaim(DataFolder(folder), origin=BACK_OFFICE):
        assert cli.main([*given, "--data-dir", str(folder)]) == 2
    printed = capsys.readouterr()
    assert "is open on the workstation BACK-OFFICE (by robin)" in printed.err
    assert printed.out == ""
    assert not out.exists()


def test_a_command_claims_the_folder_for_as_long_as_it_runs(folder: Path) -> None:
    with open_workplace(folder), pytest.raises(StorageError) as refused:
        FolderClaim(DataFolder(folder), origin=BACK_OFFICE).acquire()
    assert refused.value.fault is Fault.OTHER_WORKSTATION
    with FolderClaim(DataFolder(folder), origin=BACK_OFFICE):
        assert len(list((folder / "in-use").iterdir())) == 1


def test_a_window_on_this_workstation_is_no_obstacle(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    here = Origin.here()
    (folder / "in-use").mkdir()
    sign = folder / "in-use" / f"{here.workstation}-1.json"
    sign.write_text(
        f'{{"os_user": "pat", "workstation": "{here.workstation}", "program_version": "0.1.0",'
        ' "since": ""}'
    )
    assert cli.main(["status", "--data-dir", str(folder)]) == 0
    assert "Harbor Securities LLC" in capsys.readouterr().out


def test_a_long_command_keeps_its_claim_fresh_and_writes_no_more_once_it_lost_it(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refreshed = threading.Event()
    refresh = FolderClaim.refresh

    def noted(claim: FolderClaim) -> None:
        try:
            refresh(claim)
        finally:
            refreshed.set()

    monkeypatch.setattr(FolderClaim, "refresh", noted)
    monkeypatch.setattr(opening, "REFRESH_SECONDS", 0.01)
    with open_workplace(folder) as workplace:
        assert refreshed.wait(10)
        (case,) = workplace.cases.list_cases()
        arrived, wake = threading.Event(), threading.Event()

        def asleep(claim: FolderClaim) -> None:
            arrived.set()
            wake.wait(10)
            noted(claim)

        with monkeypatch.context() as sleeping:  # this computer sleeps; its sign goes stale
            sleeping.setattr(FolderClaim, "refresh", asleep)
            assert arrived.wait(10)
            for sign in (folder / "in-use").iterdir():
                sign.unlink()
            other = FolderClaim(DataFolder(folder), origin=BACK_OFFICE)
            other.acquire()
            refreshed.clear()
            wake.set()
            assert refreshed.wait(10)
        with pytest.raises(StorageError) as refused:
            while True:
                workplace.cases.record(case.id, HistoryEntry(EntryKind.STATEMENT_MADE))
        assert refused.value.fault is Fault.CLOSED
        other.release()


def test_a_mistake_in_a_command_leaves_a_report_that_quotes_nothing(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(arguments: Namespace) -> None:
        typed = "Kolibri-7#Pfingstrose"
        raise ValueError(f"cannot take {typed} of Jane Customer")

    monkeypatch.setattr("app.commands.status.run", broken)
    assert cli.main(["status", "--data-dir", str(folder)]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "in broken" in printed.err
    assert "While: the command status" in printed.err
    (kept,) = (folder / "logs" / "reports").iterdir()
    assert str(kept) in printed.err
    assert kept.read_text(encoding="utf-8") in printed.err
    for quoted in ("Kolibri", "Jane"):
        assert quoted not in printed.err
