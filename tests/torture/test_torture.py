"""A short run of the torture; `make torture` does a thousand kills."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def test_nothing_shown_as_saved_is_lost_when_the_program_is_killed() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.torture", "--kills", "25"],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=170,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 lost" in done.stdout
    assert "25 kills" in done.stdout
