"""When the disk fails, the window says so, keeps what was typed, and goes on once it is mended.

The disks are real ones, mounted where only the test sees them.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.rig.private_mounts import run_with_mounts

TROUBLES = {
    "full_disk": ("is full.", "Free some space on it"),
    "folder_vanished": ("is not there any more.", "Connect the drive again"),
    "read_only_folder": ("can only be read, not written.", "Make the folder writable"),
    "permission_denied": ("You are not allowed to use", "Ask your IT department"),
    "locked_by_another_program": ("Another program is using", "Close the other program"),
}


@pytest.mark.parametrize("trouble", TROUBLES)
def test_trouble_is_said_what_was_typed_stays_and_saving_goes_on(
    trouble: str, tmp_path: Path
) -> None:
    seen = run_with_mounts("tests.window.disk_trouble", trouble, str(tmp_path))
    what, action = TROUBLES[trouble]
    assert what in seen["said"]
    assert "What you typed is still on the screen but not saved yet." in seen["said"]
    assert action in seen["said"]
    assert seen["footer"] == "Not saved yet"
    assert seen["on screen"] == seen["stored"] == ["Harbor Two LLC", "Salem"]
    assert (seen["still said"], seen["status"], seen["intact"]) == (False, 0, True)


def test_a_clock_that_was_set_back_is_said_and_the_change_saved(tmp_path: Path) -> None:
    seen = run_with_mounts("tests.window.disk_trouble", "clock_set_back", str(tmp_path))
    assert "The clock of this computer seems to be wrong." in seen["said"]
    assert "Set the clock right." in seen["said"]
    assert seen["on screen"] == ["Harbor Two LLC"]
    assert seen["stored"] == ["Harbor Two LLC", "Salem"]
    assert (seen["status"], seen["intact"], seen["clock went back"]) == (0, True, [2])


def test_a_folder_that_cannot_be_written_at_start_is_said_and_left_alone(tmp_path: Path) -> None:
    seen = run_with_mounts("tests.window.disk_trouble", "refused_at_start", str(tmp_path))
    assert "can only be read, not written." in seen["said"]
    assert "Make the folder writable" in seen["words"]
    assert (seen["status"], seen["intact"]) == (2, True)
    assert seen["stored"] == ["Harbor Securities LLC", "Boston"]
