"""Deadlines are told of while the program is open, each once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from app.onboarding.case import Case
from app.onboarding.progress import assess
from app.report.reminders import reminders
from tests.rig.cases import self_reporting_case
from tests.window.conftest import Start

Begin = Callable[..., Start]


def submitted_case() -> Case:
    """The form was sent on Tuesday 8 September: it should be processed by Thursday."""
    case = self_reporting_case("registered")
    registration = case.registration.model_copy(update={"verified_on": None})
    return case.model_copy(update={"registration": registration})


def texts(case: Case, day: date) -> list[str]:
    return [item.text for item in reminders(assess(case, day))]


def test_what_is_due_on_the_next_business_day_is_told() -> None:
    case = submitted_case()
    assert texts(case, date(2020, 9, 8)) == []
    (near,) = texts(case, date(2020, 9, 9))
    assert near.startswith("Thu 10 Sep 2020: registration should be processed.")
    (today,) = texts(case, date(2020, 9, 10))
    assert today.startswith("Today, Thu 10 Sep 2020: registration should be processed.")


def test_a_weekend_does_not_hide_monday() -> None:
    # Recommended for registering: Monday 5 October, also when testing opens.
    empty = self_reporting_case("empty")
    assert texts(empty, date(2020, 10, 1)) == []
    friday = texts(empty, date(2020, 10, 2))
    assert [text.partition(".")[0] for text in friday] == [
        "Mon 5 Oct 2020: register for CAIS",
        "Mon 5 Oct 2020: CAIS testing opens",
    ]


def test_what_is_late_is_told_first_and_says_what_to_do() -> None:
    (late,) = texts(submitted_case(), date(2020, 9, 15))
    assert late.startswith(
        "Late since Thu 10 Sep 2020: FINRA CAT, processing the registration form."
    )
    assert "Help Desk" in late


def test_a_deadline_is_told_once_also_over_several_starts(begin: Begin) -> None:
    start = begin(submitted_case(), day=date(2020, 9, 9))
    banner = start.window.deadlines.banner
    start.qtbot.waitUntil(banner.isVisible)
    assert "registration should be processed" in banner.accessibleName()
    start.quit()
    again = begin(day=date(2020, 9, 9))
    again.qtbot.waitUntil(lambda: not again.window.deadlines.waiting)
    assert not again.window.deadlines.banner.isVisible()
    # The next day it is the same deadline; once it has passed, that is another thing to know.
    again.day = date(2020, 9, 11)
    again.window.day_watch.setInterval(1)
    again.qtbot.waitUntil(again.window.deadlines.banner.isVisible)
    assert "Late since Thu 10 Sep 2020" in again.window.deadlines.banner.accessibleName()


def test_another_case_takes_the_notice_away(begin: Begin) -> None:
    start = begin(submitted_case(), day=date(2020, 9, 9))
    start.qtbot.waitUntil(start.window.deadlines.banner.isVisible)
    start.window.show_firms()
    start.qtbot.waitUntil(lambda: start.window.frame is None)
    assert not start.window.deadlines.banner.isVisible()
