"""Where the time of a start goes, in steps of 10 ms: `python -m tests.bench.start_steps`.

The same modules in the same order as at a start, each group's processor time at its fastest of
several processes; what is left until the page is usable is spent on running.
"""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.bench.bench_start import _a_real_case, _start

ROUNDS = 9
#: What each group is called, and what is imported in it.
GROUPS = (
    ("Python itself", ""),
    ("Qt’s binding", "PySide6.QtWidgets"),
    ("the empty window: first paint", "app.window.program"),
    ("Qt’s enumerations and the look", "app.widgets.theme"),
    ("pydantic", "pydantic.main"),
    ("what checks e-mail addresses and phone numbers", "email_validator phonenumbers"),
    ("a case: one model for each of its sections, and the rules", "app.onboarding.progress"),
    ("sqlite-utils", "sqlite_utils"),
    ("the data folder: database, history, claim, log", "app.window.opening"),
    (
        "frame, menus, overview, and what they may start",
        (
            "app.window.care app.window.case_files app.window.cases app.window.frame "
            "app.window.menus app.work.desk app.work.keeping app.pages.overview"
        ),
    ),
)
REST = "running: open, load and assess the case; build, style and paint the page"
_CHILD = """
import sys, time
from importlib import import_module
spent = [time.process_time()]
for names in sys.argv[1:]:
    for name in names.split():
        import_module(name)
    spent.append(time.process_time())
print(*spent)
"""


def imports() -> list[float]:
    """Milliseconds that each group takes."""
    words = [names for _, names in GROUPS[1:]]
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen", "PYTHONDONTWRITEBYTECODE": ""}
    rounds = []
    for _ in range(ROUNDS):
        told = subprocess.run(
            [sys.executable, "-c", _CHILD, *words],
            env=environment,
            check=True,
            capture_output=True,
            text=True,
        )
        moments = [0.0, *map(float, told.stdout.split())]
        rounds.append([after - before for before, after in itertools.pairwise(moments)])
    return [min(times) * 1e3 for times in zip(*rounds, strict=True)]


def main() -> int:
    """Print the table."""
    with tempfile.TemporaryDirectory(prefix="bench-steps-") as name:
        _a_real_case(Path(name, "data"))
        command = [sys.executable, "-m", "app", "--data-dir", str(Path(name, "data"))]
        starts = [_start(command, case=True, watch=False) for _ in range(ROUNDS)]
    usable = min(start.usable.processor for start in starts)
    found = imports()
    print("| step | ms | each █ is 10 ms |\n|---|---|---|")
    for what, took in (
        *zip((name for name, _ in GROUPS), found, strict=True),
        (REST, usable - sum(found)),
    ):
        print(f"| {what} | {took:.0f} | {'█' * round(took / 10)} |")
    print(f"| usable page | {usable:.0f} | |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
