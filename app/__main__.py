"""Start: no words -> the window; a word -> a headless command."""

from __future__ import annotations

import sys
from pathlib import Path


def main() -> int:
    """Run the program; returns its exit status."""
    words = sys.argv[1:]
    if words and words[0] == "--data-dir" and len(words) == 2:
        return _window(Path(words[1]))
    if words:
        from app import cli

        return cli.main(words)
    return _window(None)


def _window(data_dir: Path | None) -> int:
    from app import window

    return window.run(data_dir)


if __name__ == "__main__":
    sys.exit(main())
