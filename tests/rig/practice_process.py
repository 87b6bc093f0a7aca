"""The simulated CAIS as a process of its own, to be reached like any other server."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

from tests.rig.openssh import SUBMITTER_ID, HostKeyShown

_STOP_SECONDS = 20


@dataclass
class PracticeProcess:
    """A running simulation. `home` is the folder that the account sees as `/`."""

    host: str
    port: int
    username: str
    password: str
    home: Path
    host_key: HostKeyShown

    def folder(self, use: str, submitter_id: int = SUBMITTER_ID, kind: str = "cais") -> Path:
        """One of the account's folders, from outside."""
        return self.home / str(submitter_id) / "cat" / kind / use


@contextlib.contextmanager
def practice_process(folder: Path, scenario: str = "as-the-file-is") -> Generator[PracticeProcess]:
    """`cais-onboarding practice` for as long as the `with` block runs.

    Args:
        folder: its data folder.
        scenario: what it plays.
    """
    words = ["practice", "--scenario", scenario, "--json", "--data-dir", str(folder)]
    process = subprocess.Popen(
        [sys.executable, "-m", "app", *words],
        stdout=subprocess.PIPE,
        text=True,
        env=dict(os.environ),
    )
    try:
        assert process.stdout is not None
        with process.stdout as printed:
            told = ""
            while not told.endswith("}\n"):
                line = printed.readline()
                assert line, "it ended instead of listening"
                told += line
            reach = json.loads(told)
            yield PracticeProcess(
                reach["host"],
                reach["port"],
                reach["username"],
                reach["password"],
                folder / "practice" / "home",
                HostKeyShown(reach["host_key_type"], reach["host_key"], ""),
            )
    finally:
        process.terminate()
        process.wait(_STOP_SECONDS)
