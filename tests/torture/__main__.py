"""`python -m tests.torture`: kill the program again and again, and look for what was lost.

Exits with 1 at the first thing lost or broken, and says with which seed to see it again.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from collections import Counter
from pathlib import Path

from app.storage.paths import DataFolder
from tests.torture.killing import (
    check,
    check_backups,
    kill_at_creation,
    kill_once,
    start_over,
)

#: So many kills in one data folder, then a new one: checking a long history takes its time.
KILLS_PER_FOLDER = 40
LATEST_KILL_MILLISECONDS = 300.0


def main() -> int:
    """Kill as often as asked, and print what was seen."""
    parser = argparse.ArgumentParser(prog="python -m tests.torture", description=__doc__)
    parser.add_argument("--kills", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    arguments = parser.parse_args()
    chance = random.Random(arguments.seed)
    seen: Counter[str] = Counter()
    try:
        while seen["kills"] < arguments.kills:
            with tempfile.TemporaryDirectory(prefix="torture-") as folder:
                _one_folder(Path(folder), arguments.kills, chance, seen)
    except AssertionError as lost:
        print(f"LOST after {seen['kills']} kills (--seed {arguments.seed}): {lost}")
        return 1
    print(
        f"{seen['kills']} kills, {seen['at work']} of them after an edit was shown as saved, "
        f"{seen['edits']} edits found, {seen['beyond']} kills with an edit on disk that was not "
        f"yet shown as saved, {seen['backups']} backups whole: 0 lost (seed {arguments.seed})"
    )
    return 0


def _one_folder(root: Path, kills: int, chance: random.Random, seen: Counter[str]) -> None:
    folder = DataFolder(root / "data")
    for _ in range(3):
        kill_at_creation(folder, chance.uniform(0, 25))
        seen["kills"] += 1
    case_id, number = start_over(folder), 0
    for _ in range(KILLS_PER_FOLDER):
        killed = kill_once(
            folder, chance.uniform(0, LATEST_KILL_MILLISECONDS), chance.randrange(10**9)
        )
        acknowledged = max(number, killed.acknowledged or 0)
        before, number = number, check(folder, case_id, acknowledged)
        seen["kills"] += 1
        seen["at work"] += killed.acknowledged is not None
        seen["edits"] += number - before
        seen["beyond"] += number > acknowledged
        if seen["kills"] >= kills:
            break
    seen["backups"] += check_backups(folder)


if __name__ == "__main__":
    sys.exit(main())
