"""A mistake in the program leaves a report to be read before it is copied, wherever it happens."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.rig.private_mounts import PROJECT
from tests.rig.secret_scan import find_secret, find_secret_in_text
from tests.window.broken_start import CUSTOMER, SECRET

AT_START = {
    "before_qt": "builtins.ModuleNotFoundError",
    "making_the_program": "broken_start.py",
    "opening_the_folder": "in broken",
    "filling_the_window": "in broken",
}
LATER = ("showing_the_case", "in_a_worker")


@pytest.mark.parametrize("part", [*AT_START, *LATER])
def test_a_mistake_is_reported_where_it_happens(part: str, folder: Path, own_home: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-W", "error", "-m", "tests.window.broken_start", part, str(folder)],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    seen = json.loads(ended.stdout)
    assert AT_START.get(part, "in broken") in seen["report"]
    assert seen["read-only"]
    assert seen["clipboard before"] == ""
    assert seen["clipboard"] == seen["report"]
    if part in AT_START:
        assert seen["headline"] == "CAIS Onboarding could not start."
        assert "Start the program again" in seen["words"]
        assert (seen["goes on"], seen["status"]) == ([], 2)
    else:
        assert seen["headline"] == "Something in the program did not work as it should."
        assert (seen["goes on"], seen["status"]) == (["MainWindow"], 0)
    (kept,) = (folder / "logs" / "reports").iterdir()
    assert kept.read_text(encoding="utf-8") == seen["report"]
    for hidden in (SECRET, CUSTOMER):
        assert find_secret(hidden, folder, own_home) == ()
        assert find_secret_in_text(hidden, ended.stdout + ended.stderr) == ()
    assert str(folder) not in seen["report"]


def test_without_qt_the_report_goes_where_the_start_came_from(folder: Path) -> None:
    """Qt is missing, as after a half-finished installation."""
    script = (
        "import sys; sys.modules['PySide6'] = None\n"
        "from pathlib import Path; from app import window\n"
        "sys.exit(window.run(Path(sys.argv[1])))"
    )
    ended = subprocess.run(
        [sys.executable, "-c", script, str(folder)],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 2
    assert ended.stderr.startswith("CAIS Onboarding could not start.")
    assert "builtins.ModuleNotFoundError" in ended.stderr
    assert len(list((folder / "logs" / "reports").iterdir())) == 1
