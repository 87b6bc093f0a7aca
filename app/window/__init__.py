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
        The exit status: 0, or 2 where the data folder cannot be used or the program could not start.
    """
    try:
        from app.window.program import Program

        return Program(data_dir, case_file=case_file).run()
    except Exception as bug:  # noqa: BLE001 - nobody else is there yet who could tell of it
        from app.window.start_failure import tell

        return tell(bug, data_dir)
