"""One data folder, two workstations: the second is refused and told the first one's name."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from app.storage.faults import Fault, StorageError
from app.storage.origin import Origin
from app.storage.paths import DataFolder
from app.storage.workstation import STALE_SECONDS, FolderClaim

FRONT_DESK = Origin("pat", "FRONT-DESK")
BACK_OFFICE = Origin("sam", "BACK-OFFICE")


@pytest.fixture
def shared(folder: DataFolder) -> DataFolder:
    folder.create()
    return folder


def sign_of(shared: DataFolder, origin: Origin) -> Path:
    (sign,) = shared.in_use.glob(f"{origin.workstation}-*.json")
    return sign


def test_the_second_workstation_is_refused_by_name(shared: DataFolder) -> None:
    with FolderClaim(shared, origin=FRONT_DESK):
        with pytest.raises(StorageError) as refused:
            FolderClaim(shared, origin=BACK_OFFICE).acquire()
        assert refused.value.fault is Fault.OTHER_WORKSTATION
        assert "FRONT-DESK" in refused.value.what
        assert "pat" in refused.value.what
        # The refused one leaves no sign that would shut the first one out.
        assert not list(shared.in_use.glob("BACK-OFFICE*"))
        FolderClaim(shared, origin=FRONT_DESK).refresh()
    with FolderClaim(shared, origin=BACK_OFFICE):
        assert sign_of(shared, BACK_OFFICE).stat().st_mode & 0o777 == 0o600
    assert list(shared.in_use.iterdir()) == []


def test_a_second_program_on_the_same_workstation_is_no_obstacle(shared: DataFolder) -> None:
    with FolderClaim(shared, origin=FRONT_DESK):
        sign = sign_of(shared, FRONT_DESK)
        sign.rename(sign.with_name("FRONT-DESK-1.json"))
        with FolderClaim(shared, origin=FRONT_DESK):
            pass
        assert (shared.in_use / "FRONT-DESK-1.json").exists()


def test_a_sign_not_refreshed_for_long_no_longer_counts(shared: DataFolder) -> None:
    claim = FolderClaim(shared, origin=FRONT_DESK)
    claim.acquire()
    sign = sign_of(shared, FRONT_DESK)
    now = sign.stat().st_mtime
    os.utime(sign, (now, now - STALE_SECONDS + 30))
    with pytest.raises(StorageError):
        FolderClaim(shared, origin=BACK_OFFICE).acquire()
    os.utime(sign, (now, now - STALE_SECONDS - 1))
    with FolderClaim(shared, origin=BACK_OFFICE):
        # The first one wakes up from sleep and learns that the folder is taken.
        with pytest.raises(StorageError) as refused:
            claim.refresh()
        assert "BACK-OFFICE" in refused.value.what


def test_refreshing_keeps_a_sign_young(shared: DataFolder) -> None:
    with FolderClaim(shared, origin=FRONT_DESK) as claim:
        sign = sign_of(shared, FRONT_DESK)
        os.utime(sign, (0, 0))
        claim.refresh()
        assert sign.stat().st_mtime > STALE_SECONDS


@pytest.mark.parametrize("text", ["", "{", "[]", '{"workstation": 1}'])
def test_a_half_written_sign_still_counts(shared: DataFolder, text: str) -> None:
    shared.in_use.mkdir()
    (shared.in_use / "FRONT-DESK-77.json").write_text(text)
    with pytest.raises(StorageError) as refused:
        FolderClaim(shared, origin=BACK_OFFICE).acquire()
    assert "FRONT-DESK" in refused.value.what


def test_odd_workstation_names_make_usable_files(shared: DataFolder) -> None:
    with FolderClaim(shared, origin=Origin("pat", "Büro/../3 ☕" * 40)):
        assert len(list(shared.in_use.iterdir())) == 1


def test_a_vanished_folder_is_told_and_releasing_it_is_fine(shared: DataFolder) -> None:
    claim = FolderClaim(shared, origin=FRONT_DESK)
    claim.acquire()
    shared.root.rename(shared.root.with_name("elsewhere"))
    with pytest.raises(StorageError) as refused:
        claim.refresh()
    assert refused.value.fault is Fault.GONE
    claim.release()
