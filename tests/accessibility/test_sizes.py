"""Nothing cut off and nothing overlapping: in a small window, with large text, magnified."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QApplication

from app.onboarding.case import Case
from app.pages import HISTORY, PAGES
from app.widgets.theme import Theme
from tests.accessibility.looking import cut_off
from tests.rig.cases import reports_for_others_case, self_reporting_case, through_agent_case
from tests.window.conftest import Start

Begin = Callable[..., Start]
#: Layouts whose height depends on their width are placed in several rounds.
_ROUNDS = 20


@pytest.fixture
def enlarge(theme: Theme, qapp: QApplication) -> Iterator[Callable[[float], None]]:
    """Sets the system's text to so many times its size."""
    before = qapp.font()

    def set_size(factor: float) -> None:
        font = QFont(before)
        font.setPointSizeF(before.pointSizeF() * factor)
        qapp.setFont(font)
        theme.dress()

    yield set_size
    qapp.setFont(before)
    theme.dress()


@pytest.mark.parametrize(
    ("case", "size", "factor"),
    [
        (self_reporting_case("tested"), (1024, 700), 1.0),
        (reports_for_others_case("tested"), (1024, 700), 1.0),
        (self_reporting_case("tested"), (1280, 820), 1.5),
        (through_agent_case("registered"), (1280, 820), 1.5),
    ],
    ids=["1024x700", "1024x700-for-others", "enlarged-by-half", "enlarged-by-half-through-agent"],
)
def test_nothing_is_cut_off(
    enlarge: Callable[[float], None],
    begin: Begin,
    case: Case,
    size: tuple[int, int],
    factor: float,
) -> None:
    enlarge(factor)
    start = begin(case)
    start.window.resize(*size)
    # Beside the guide the page has the least room.
    start.frame.show_guide(True)
    found = []
    for entry in (*PAGES, HISTORY):
        start.frame.show_page(entry.key)
        start.frame.page.complete()
        start.qtbot.waitUntil(lambda: not start.runner.busy, timeout=20_000)
        found += [f"{entry.key}: {words}" for words in _settled(start)]
    assert not found, "\n".join(found)


def _settled(start: Start) -> list[str]:
    """What is cut off once the window has found its places, which takes a few rounds of it."""
    found = cut_off(start.window)
    for _ in range(_ROUNDS):
        if not found:
            break
        QApplication.processEvents()
        found = cut_off(start.window)
    return found


def test_nothing_is_cut_off_at_twice_the_scale() -> None:
    # The scale is fixed when Qt starts: in a process of its own.
    name = f"{Path(__file__)}::{test_nothing_is_cut_off.__name__}[1024x700]"
    words = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", name]
    done = subprocess.run(
        words,
        check=False,
        env=os.environ | {"QT_SCALE_FACTOR": "2"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout
    assert "1 passed" in done.stdout
