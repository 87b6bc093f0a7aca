"""Clicks, keystrokes and pages of a first walk, against the fewest possible: tests/walk/counting.py."""

from __future__ import annotations

import sys

from tests.walk.counting import main

if __name__ == "__main__":
    sys.exit(main())
