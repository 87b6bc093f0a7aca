"""The Overview: one thing to do, whom we wait for, the picture, the proof."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QLabel

from app.onboarding.case import Case
from app.widgets.theme import LIGHT
from app.widgets.timeline_picture import TimelinePicture
from tests.rig.cases import self_reporting_case
from tests.window.conftest import Start

Begin = Callable[..., Start]


def words(start: Start) -> list[str]:
    return [label.text() for label in start.frame.page.findChildren(QLabel) if label.isVisible()]


def submitted_case() -> Case:
    """The form is sent, and not processed yet."""
    case = self_reporting_case("registered")
    registration = case.registration.model_copy(update={"verified_on": None})
    return case.model_copy(update={"registration": registration})


@pytest.mark.parametrize(
    ("case", "day", "title", "page"),
    [
        (self_reporting_case("empty"), date(2020, 9, 1), "Next: Register", "register"),
        (
            self_reporting_case("registered"),
            date(2020, 9, 11),
            "Next: Administrators",
            "administrators",
        ),
        (self_reporting_case("tested"), date(2020, 10, 8), "Next: Certify", "certify"),
        (self_reporting_case("certified"), date(2020, 12, 2), "All done", "certify"),
    ],
)
def test_one_card_says_what_to_do_now_and_its_button_leads_there(
    begin: Begin, case: Case, day: date, title: str, page: str
) -> None:
    start = begin(case, day=day)
    assert title in words(start)
    start.click("do-next")
    assert start.frame.key == page


def test_waiting_names_whom_since_when_and_until_when(begin: Begin) -> None:
    start = begin(submitted_case(), day=date(2020, 9, 9))
    assert "FINRA CAT: processing the registration form" in words(start)
    assert "Since Tue 8 Sep 2020 (1 business day), expected by Thu 10 Sep 2020." in words(start)


def test_overdue_is_counted_in_business_days(begin: Begin) -> None:
    start = begin(submitted_case(), day=date(2020, 9, 15))
    assert (
        "Since Tue 8 Sep 2020 (5 business days), expected by Thu 10 Sep 2020, "
        "3 business days overdue."
    ) in words(start)


def test_without_anything_to_wait_for_there_is_no_waiting_card(begin: Begin) -> None:
    assert "Waiting for others" not in words(begin(self_reporting_case("tested")))


def test_an_empty_case_says_what_will_appear_here(begin: Begin) -> None:
    found = words(begin(self_reporting_case("empty"), day=date(2020, 9, 1)))
    assert any(text.startswith("Nothing has a date yet.") for text in found)
    assert "What you record as done appears here, with its date." in found


def test_proof_names_requirement_evidence_and_section(begin: Begin) -> None:
    found = words(begin(self_reporting_case("tested")))
    assert "6  Testing: 5 of 5 proven" in found
    evidence = found.index("Tue 6 Oct 2020, Wed 7 Oct 2020")
    assert found[evidence - 1 : evidence + 2] == [
        "CAT processing dates recorded",
        "Tue 6 Oct 2020, Wed 7 Oct 2020",
        "§6",
    ]


def test_all_events_are_a_press_away(begin: Begin) -> None:
    start = begin(self_reporting_case("tested"))
    assert "Tue 8 Sep 2020" not in words(start)
    start.click("all-events")
    start.qtbot.waitUntil(lambda: "Registration submitted" in words(start))
    assert not any(text.startswith("Show all") for text in words(start))


def test_the_picture_shows_past_expected_and_today(begin: Begin) -> None:
    start = begin(submitted_case(), day=date(2020, 9, 9))
    picture = start.frame.page.findChild(TimelinePicture)
    assert picture is not None
    assert picture.accessibleDescription() == (
        "Tue 8 Sep 2020: Registration submitted; "
        "Thu 10 Sep 2020: Registration should be processed (expected)"
    )
    image = picture.grab().toImage()
    found = {
        image.pixelColor(QPoint(x, y)).name()
        for x in range(image.width())
        for y in range(image.height())
    }
    for role in (LIGHT.done, LIGHT.waiting, LIGHT.accent):
        assert QColor(role).name() in found
    assert QColor(LIGHT.attention).name() not in found


def test_what_was_expected_and_is_late_shows_as_such(begin: Begin) -> None:
    start = begin(submitted_case(), day=date(2020, 9, 15))
    picture = start.frame.page.findChild(TimelinePicture)
    assert picture is not None
    image = picture.grab().toImage()
    found = {
        image.pixelColor(QPoint(x, y)).name()
        for x in range(image.width())
        for y in range(image.height())
    }
    assert QColor(LIGHT.attention).name() in found
    assert picture.focusPolicy() is Qt.FocusPolicy.NoFocus


def test_a_new_day_repaints_by_itself(begin: Begin) -> None:
    start = begin(submitted_case(), day=date(2020, 9, 9))
    start.day = date(2020, 9, 15)
    start.window.day_watch.setInterval(1)
    start.qtbot.waitUntil(lambda: any("3 business days overdue" in text for text in words(start)))


def test_what_comes_next_is_named_with_the_business_days_left(begin: Begin) -> None:
    found = words(begin(submitted_case(), day=date(2020, 9, 4)))
    at = found.index("Coming up")
    assert found[at + 1 : at + 3] == [
        "Thu 10 Sep 2020",
        "Registration should be processed (in 3 business days)",
    ]
    assert "CAIS testing opens (in 20 business days)" in found


def test_the_end_of_keeping_feedback_is_named_before_it_comes(begin: Begin) -> None:
    found = words(begin(self_reporting_case("tested"), day=date(2020, 10, 14)))
    assert "Last day to fetch feedback (in 2 business days)" in found
