"""Data files that ship with the program."""

from __future__ import annotations

from pathlib import Path


def read_text(name: str) -> str:
    """The text of the data file `name` (UTF-8).

    Raises:
        FileNotFoundError: no such file was shipped.
    """
    return path_of(name).read_text(encoding="utf-8")


def path_of(name: str) -> Path:
    """Where the data file or folder `name` lies on disk (the program is never run from a zip)."""
    return Path(__file__).parent / name
