"""The window: the frame around the pages, opening and leaving cases, and what goes wrong."""

from __future__ import annotations

from pathlib import Path

__all__ = ["run"]


def run(data_dir: Path | None = None) -> int:
    """Open the window on the data folder `data_dir` (default: this person's own).

    Returns:
        The exit status: 0, or 2 where the data folder cannot be used.
    """
    from app.window.program import Program

    return Program(data_dir).run()
