"""A page as the person sees it: shown in a window of its own, over a real data folder."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtWidgets import QScrollArea
from pytestqt.qtbot import QtBot

from app.background import JobRunner
from app.onboarding.case import Case
from app.open_case import OpenCase
from app.storage.history import EntryKind, HistoryEntry
from app.widgets.page import Page
from app.work.desk import Desk
from app.work.workplace import Workplace
from tests.pages.hands import Hands
from tests.rig.cases import TODAY, eastern

OpenPage = Callable[..., Hands]


@pytest.fixture
def workplace(tmp_path: Path) -> Iterator[Workplace]:
    with Workplace.open(tmp_path / "data") as opened:
        yield opened


@pytest.fixture
def runner(qapp: object) -> Iterator[JobRunner]:
    jobs = JobRunner()
    yield jobs
    jobs.cancel_all()
    assert jobs.wait_all(10)


@pytest.fixture
def open_page(qtbot: QtBot, workplace: Workplace, runner: JobRunner) -> Iterator[OpenPage]:
    """Opens the page of a class over a case, as on `today`."""
    opened: list[tuple[OpenCase, Desk, QScrollArea]] = []

    def show(page_class: type[Page], case: Case, *, today: date = TODAY) -> Hands:
        workplace.cases.save(case, [HistoryEntry(EntryKind.CASE_CREATED, "", None, None)])
        open_case = OpenCase(workplace.cases, runner, case, clock=lambda: eastern(today, 12))
        desk = Desk(open_case, runner, workplace)
        page = page_class(open_case, desk)  # type: ignore[call-arg]  # every page of a step takes it
        # A person waits these few milliseconds.
        page.complete()
        open_case.changed.connect(page.show_assessment)
        area = QScrollArea(widgetResizable=True)
        area.setWidget(page)
        area.resize(720, 900)
        opened.append((open_case, desk, area))
        with qtbot.waitActive(area):
            area.show()
            area.activateWindow()
        return Hands(qtbot, page, open_case, desk, workplace)

    yield show
    for open_case, desk, area in opened:
        area.close()
        qtbot.waitUntil(lambda case=open_case: not case.unsaved, timeout=10_000)
        # What has timers must not be collected on another thread.
        for made in (area, desk, open_case):
            shiboken6.delete(made)
