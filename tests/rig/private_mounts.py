"""Running a piece of a test where it may mount file systems, unseen by everybody else.

A full disk, a read-only one and a drive that drops out are made with real mounts, in a
mount namespace that ends with the process. That takes root: where the tests are
not run as root, `sudo -n` is used.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parents[2]


def run_with_mounts(module: str, *arguments: str) -> Any:
    """Run `module` as a program in a mount namespace of its own; returns the JSON it prints.

    Raises:
        AssertionError: it failed; its messages are in the text.
    """
    root = [] if os.geteuid() == 0 else ["sudo", "-n"]
    done = subprocess.run(
        [
            *root,
            "unshare",
            "--mount",
            "--propagation",
            "private",
            sys.executable,
            "-W",
            "error",
            "-m",
            module,
            *arguments,
        ],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def mount(*arguments: str) -> None:
    """Mount a file system; the arguments are those of the system's command."""
    subprocess.run(["mount", *arguments], check=True)


def unmount(place: Path) -> None:
    """Take a file system away though files on it are open, as a network drive that drops out."""
    subprocess.run(["umount", "--lazy", str(place)], check=True)
