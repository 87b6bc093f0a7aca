"""Everything by keyboard: reached in the order of reading, never trapped, no letter twice."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QRadioButton, QWidget

from app.onboarding.case import Case
from app.pages import HISTORY, PAGES
from tests.accessibility.looking import described, mnemonics, operable, tab_stops, upward
from tests.rig.cases import reports_for_others_case, self_reporting_case, through_agent_case
from tests.window.conftest import Start

Begin = Callable[..., Start]
CTRL = Qt.KeyboardModifier.ControlModifier
CASES = {
    "self": self_reporting_case("tested"),
    "through-agent": through_agent_case("registered"),
    "for-others": reports_for_others_case("tested"),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_keys_reach_everything_and_come_back(begin: Begin, case: Case) -> None:
    start = begin(case)
    window = start.window
    for entry in (*PAGES, HISTORY):
        start.frame.show_page(entry.key)
        start.frame.page.complete()
        start.qtbot.waitUntil(lambda: not start.runner.busy, timeout=20_000)
        forward = tab_stops(window)
        reached = {id(stop) for stop in forward}
        missed = [w for w in operable(window) if id(w) not in reached and not _by_arrows(w)]
        assert [described(widget) for widget in missed] == [], entry.key
        assert upward(forward, start.frame.stack) == [], entry.key
        twice = [texts for texts in mnemonics(window).values() if len(texts) > 1]
        assert twice == [], entry.key
        backward = tab_stops(window, back=True)
        assert [described(w) for w in backward[1:]] == [
            described(w) for w in reversed(forward[1:])
        ], entry.key


def _by_arrows(widget: QWidget) -> bool:
    """Whether the arrow keys lead there: Tab comes to one button of a group."""
    return isinstance(widget, QRadioButton) and not widget.isChecked()
