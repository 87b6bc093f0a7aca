from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import date
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from app.onboarding.case import Case
from app.pages.firms import FirmsPage
from app.pages.relationships import RelationshipsPage
from tests.rig import cases
from tests.window.conftest import Start

FIRMS = "relationships.served_firms"


def named(case: Case, number: int, name: str, **registration: object) -> Case:
    """`case` of another firm."""
    changes = {"company_name": name, "crd": str(5000 + number)} | registration
    changed = case.registration.model_copy(update=changes)
    return case.model_copy(update={"id": f"{number:032x}", "registration": changed})


def listed(start: Start) -> FirmsPage:
    page = start.window.firms
    start.qtbot.waitUntil(lambda: start.window.views.currentWidget() is page)
    start.qtbot.waitUntil(lambda: bool(page.model.rowCount()) and all(column(page, 3)))
    start.qtbot.waitUntil(lambda: not start.runner.busy)
    return page


def column(page: FirmsPage, number: int) -> list[str]:
    return [str(page.model.index(row, number).data()) for row in range(page.model.rowCount())]


def clearing(number: int, name: str) -> Case:
    """Reports for three firms: of the second the relationship is missing, of the third an account."""
    case = cases.reports_for_others_case("tested", firms=3)
    first, second, third = case.relationships.served_firms
    firms = (first, second.model_copy(update={"relationship_entered_on": None}), third)
    crd = third.crd
    records = tuple(record for record in case.testing.submissions if record.reporter_crd != crd)
    case = case.model_copy(
        update={
            "relationships": case.relationships.model_copy(update={"served_firms": firms}),
            "testing": case.testing.model_copy(update={"submissions": records}),
        }
    )
    return named(case, number, name)


def test_firms_are_filtered_by_standing_and_sorted_by_what_comes_next(
    begin: Callable[..., Start],
) -> None:
    waiting = cases.self_reporting_case("registered")
    start = begin(
        named(waiting, 1, "Late", submitted_on=date(2020, 10, 7), verified_on=None),
        named(waiting, 2, "Early", submitted_on=date(2020, 10, 6), verified_on=None),
        named(cases.self_reporting_case("tested"), 3, "A Ready Firm", crd="1482"),
        day=date(2020, 10, 8),
    )
    page = listed(start)
    assert column(page, 0) == ["A Ready Firm", "Early", "Late"]
    page.table.sortByColumn(5, Qt.SortOrder.AscendingOrder)
    assert column(page, 0) == ["Early", "Late", "A Ready Firm"]
    assert column(page, 5) == ["Thu 8 Oct 2020", "Fri 9 Oct 2020", ""]
    page.standing.setCurrentText("In progress")
    assert column(page, 0) == ["Early", "Late"]
    page.standing.setCurrentText("Ready to certify")
    assert column(page, 0) == ["A Ready Firm"]
    page.standing.setCurrentText("Certified")
    assert column(page, 0) == []
    assert page._empty.isVisible()


def test_who_owes_what_over_all_firms_is_copied_exported_and_opened(
    begin: Callable[..., Start], tmp_path: Path
) -> None:
    start = begin(clearing(1, "Meridian Clearing"), clearing(2, "Alder Clearing"))
    page = listed(start)
    assert page.tabs.tabText(1) == "Who still owes &what (4)"
    page.tabs.setCurrentIndex(1)
    owing = page.owing
    assert [tuple(row[:3]) for row in owing._shown()[1:]] == [
        ("Alder Clearing", "Client Firm 2", "3002"),
        ("Alder Clearing", "Client Firm 3", "3003"),
        ("Meridian Clearing", "Client Firm 2", "3002"),
        ("Meridian Clearing", "Client Firm 3", "3003"),
    ]
    assert owing._shown()[1][3:] == ["Not entered yet", ""]
    assert owing._shown()[2][3:] == ["", "None accepted yet"]
    owing.what.setCurrentText("Relationship")
    assert owing.count.text() == "2 of 4 firms."
    copy = owing.findChild(QPushButton, "copy:owing")
    assert copy is not None
    start.qtbot.mouseClick(copy, Qt.MouseButton.LeftButton)
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines[1].split("\t")[:2] == ["Alder Clearing", "Client Firm 2"] and len(lines) == 3
    path = tmp_path / "owed.csv"
    owing.export(str(path))
    start.qtbot.waitUntil(lambda: "owed.csv is written." in owing.said.accessibleName())
    rows = list(csv.reader(path.read_text(encoding="utf-8-sig").splitlines()))
    assert rows[0] == ["Reported by", "Firm", "CRD", "Relationship", "Accepted account"]
    assert [row[0] for row in rows[1:]] == ["Alder Clearing", "Meridian Clearing"]
    owing.table.setFocus()
    owing.table.selectRow(1)
    QTest.keyClick(owing.table, Qt.Key.Key_Return)
    start.qtbot.waitUntil(lambda: start.window.frame is not None)
    assert start.frame.open_case.case.title == "Meridian Clearing"


def test_the_page_of_a_case_lists_what_is_owed_to_it(begin: Callable[..., Start]) -> None:
    start = begin(clearing(1, "Meridian Clearing"))
    start.frame.show_page("relationships")
    page = start.frame.page
    assert isinstance(page, RelationshipsPage)
    assert page.owing.count.text() == "2 firms owe something."
    third = start.frame.open_case.case.relationships.served_firms[2]
    page.owing.table.setFocus()
    page.owing.table.selectRow(1)
    QTest.keyClick(page.owing.table, Qt.Key.Key_Return)
    assert page.firms.chosen_id == third.id
    second = start.frame.open_case.case.relationships.served_firms[1]
    start.frame.open_case.edit(f"{FIRMS}.{second.id}.relationship_entered_on", "10/07/2020")
    assert page.owing.count.text() == "1 firm owes something."


def test_the_list_of_firms_is_found_by_its_key(begin: Callable[..., Start]) -> None:
    start = begin(clearing(1, "Meridian Clearing"), clearing(2, "Alder Clearing"))
    page = listed(start)
    page.tabs.setCurrentIndex(1)
    start.press(Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert start.focus() is page.filter
