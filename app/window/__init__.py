"""The window: the frame around the pages, opening and leaving cases, and what goes wrong."""

from __future__ import annotations

from pathlib import Path

__all__ = ["run"]


def run(data_dir: Path | None = None, case_file: Path | None = None) -> int:
    """Open the window on the data folder `data_dir` (default: this person's own).

    Args:
        data_dir: the data folder.
        case_file: to be shown, as when it was double-clicked.

    Returns:
        The exit status: 0, or 2 where the data folder cannot be used.
    """
    from app.window.program import Program

    return Program(data_dir, case_file=case_file).run()
