"""Freezes the program with PyInstaller: interpreter, libraries and program in one folder."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
BUILD = ROOT / "build" / "frozen"
NAME = "cais-onboarding"


def freeze(build: Path = BUILD) -> Path:
    """Freeze the program with the libraries of this interpreter; returns the folder of the result.

    Args:
        build: what was there before is removed.

    Raises:
        CalledProcessError: PyInstaller failed.
    """
    shutil.rmtree(build, ignore_errors=True)
    command = [sys.executable, "-m", "PyInstaller", "--noconfirm", "--log-level", "ERROR"]
    places = ["--distpath", str(build / "dist"), "--workpath", str(build / "work")]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join((str(ROOT), str(ROOT / "packaging")))}
    specification = str(ROOT / "packaging" / f"{NAME}.spec")
    subprocess.run([*command, *places, specification], check=True, env=environment)
    return build / "dist"
