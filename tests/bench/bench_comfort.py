"""How long the window stands still beside long lists: `python -m tests.bench.bench_comfort`.

A file with 2,000 served firms is looked into, added, undone and redone; what is owed is filtered;
the whole case with a history of its own is searched, letter by letter. Longest gap between two
beats (see bench_window), and the processor time of the window's thread, beside the idle window.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.pages.relationships import RelationshipsPage
from app.widgets.firm_import import FirmImportDialog
from app.widgets.theme import Theme
from app.window.find import FindDialog
from app.window.program import prepare_application
from tests.bench.bench_window import Opened, opened
from tests.rig import cases

FIRMS = 2_000
ROUNDS = 3


def measured(
    window: Opened, what: str, work: Callable[[], object], ended: Callable[[], bool]
) -> None:
    """Print the longest gap of `work`, and the thread's processor time in it."""
    before = time.thread_time()
    row = window.measured(what, work, ended, 0.0)
    used = (time.thread_time() - before) * 1_000
    print(f"| {what} | {row.gap:,.0f} | {used:,.0f} |", flush=True)


def main() -> int:
    """Print the table."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    application = prepare_application(["bench"])
    Theme(application, Qt.ColorScheme.Light)
    print("| what | longest gap, ms | processor time of the window's thread, ms |\n|---|---|---|")
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory(prefix="bench-comfort-") as name:
            place = Path(name)
            file = place / "firms.csv"
            lines = (f"Client {number},{number},40\r\n" for number in range(5_000, 5_000 + FIRMS))
            file.write_text("Firm,CRD,Accounts\r\n" + "".join(lines), encoding="utf-8")
            with opened(place / "data", cases.reports_for_others_case("tested")) as window:
                _round(window, file)
    return 0


def _round(window: Opened, file: Path) -> None:
    frame = window.window.frame
    assert frame is not None
    frame.show_page("relationships")
    QTest.qWait(2_500)
    page, open_case = frame.page, frame.open_case
    assert isinstance(page, RelationshipsPage)
    firms = len(open_case.case.relationships.served_firms)

    def previews() -> list[FirmImportDialog]:
        return [d for d in window.window.findChildren(FirmImportDialog) if d.isVisible()]

    def listed(count: int) -> Callable[[], bool]:
        there = open_case
        return lambda: len(there.case.relationships.served_firms) == count and not there.unsaved

    measured(window, "idle", lambda: QTest.qWait(1_000), lambda: True)
    measured(
        window,
        f"{FIRMS:,} firms of a file looked into",
        lambda: page.paste.import_file(str(file)),
        lambda: bool(previews()),
    )
    preview = previews()[0]
    measured(window, "added", preview._agree, listed(firms + FIRMS))
    undoing = frame.desk.undoing
    measured(window, "undone", undoing.undo, listed(firms))
    measured(window, "redone", undoing.redo, listed(firms + FIRMS))
    measured(window, "an edit beside them", lambda: _edit(window), lambda: not open_case.unsaved)
    owing = page.owing
    measured(window, "what is owed, filtered", lambda: owing.what.setCurrentIndex(2), lambda: True)
    measured(window, "what is owed, searched", lambda: owing.search.setText("77"), lambda: True)
    _find(window)


def _edit(window: Opened) -> None:
    frame = window.window.frame
    assert frame is not None
    first = frame.open_case.case.relationships.served_firms[0]
    frame.open_case.edit(f"relationships.served_firms.{first.id}.name", "Another name")


def _find(window: Opened) -> None:
    frame = window.window.frame
    assert frame is not None
    measured(
        window,
        "find opened",
        window.window.menus.edit.find.trigger,
        lambda: any("Looking" not in d.said.text() for d in _finds(window)),
    )
    dialog = _finds(window)[0]
    for letter in "client 5777":
        measured(
            window,
            f"find: {letter!r} typed",
            lambda letter=letter: QTest.keyClicks(dialog.search, letter),  # type: ignore[misc]
            lambda: True,
        )
    dialog.reject()


def _finds(window: Opened) -> list[FindDialog]:
    return [d for d in window.window.findChildren(FindDialog) if d.isVisible()]


if __name__ == "__main__":
    sys.exit(main())
