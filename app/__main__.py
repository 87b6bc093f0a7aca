"""Start: no words, or a case file -> the window; a word -> a headless command."""

from __future__ import annotations

import sys
from pathlib import Path

#: As `app.storage.hand_over` writes them; its import would hold up the first paint.
_CASE_FILE = ".caiscase"


def main() -> int:
    """Run the program; returns its exit status."""
    words = sys.argv[1:]
    data_dir = None
    if len(words) >= 2 and words[0] == "--data-dir":
        data_dir, words = Path(words[1]), words[2:]
    if not words:
        return _window(data_dir, None)
    if len(words) == 1 and words[0].lower().endswith(_CASE_FILE):
        return _window(data_dir, Path(words[0]))
    from app import cli

    return cli.main(sys.argv[1:])


def _window(data_dir: Path | None, case_file: Path | None) -> int:
    from app import window

    return window.run(data_dir, case_file)


if __name__ == "__main__":
    sys.exit(main())
