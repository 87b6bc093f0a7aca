"""The calendar file: deadlines, expected answers, ends of retention."""

from __future__ import annotations

from datetime import date, timedelta

import icalendar
import pytest

from app.failures import UserFacingError
from app.onboarding.case import Case, Certification
from app.onboarding.progress import assess
from app.report.calendar import calendar_dates, calendar_ics
from tests.report.samples import MADE_AT, case_of

DAY = date(2020, 10, 8)


def _events(case: Case, today: date) -> list[icalendar.Event]:
    calendar = icalendar.Calendar.from_ical(calendar_ics(assess(case, today), MADE_AT))
    assert isinstance(calendar, icalendar.Calendar)
    assert calendar.errors == []
    return [event for event in calendar.walk("VEVENT") if isinstance(event, icalendar.Event)]


def test_ends_of_retention_are_ten_and_ninety_days_after_completion() -> None:
    events = _events(case_of("self_reporting", "tested"), DAY)
    days = {event["DTSTART"].dt: str(event["SUMMARY"]) for event in events}
    assert "fetch feedback" in days[date(2020, 10, 16)]
    assert "portal list" in days[date(2021, 1, 4)]


def test_expected_answers_and_reminders() -> None:
    case = case_of("self_reporting", "tested")
    contacted = Certification(contacted_on=date(2020, 10, 8), contacted_by="Dana Whitfield")
    events = _events(case.model_copy(update={"certification": contacted}), DAY)
    (asked,) = [event for event in events if "Help Desk" in str(event["SUMMARY"])]
    # Columbus Day lies between: Fri 9 Oct is the first business day, Tue 13 Oct the second.
    assert asked["DTSTART"].dt == date(2020, 10, 13)
    assert asked["DTEND"].dt == date(2020, 10, 14)
    (alarm,) = asked.walk("VALARM")
    assert alarm["TRIGGER"].dt == timedelta(hours=-15)


def test_a_registration_under_way_is_expected() -> None:
    case = case_of("self_reporting", "registered")
    waiting = case.registration.model_copy(update={"verified_on": None})
    events = _events(case.model_copy(update={"registration": waiting}), date(2020, 9, 9))
    (due,) = [event for event in events if "registration should" in str(event["SUMMARY"])]
    assert due["DTSTART"].dt == date(2020, 9, 10)


def test_every_event_has_an_identity_that_stays() -> None:
    case = case_of("reports_for_others", "tested")
    first = [str(event["UID"]) for event in _events(case, DAY)]
    assert len(set(first)) == len(first)
    later = [str(event["UID"]) for event in _events(case, DAY + timedelta(days=1))]
    assert later == first


def test_three_submissions_of_one_day_are_one_event() -> None:
    keys = [item.key for item in calendar_dates(assess(case_of("reports_for_others"), DAY))]
    assert sum(key.startswith("feedback") for key in keys) == 1


def test_nothing_ahead_is_said() -> None:
    with pytest.raises(UserFacingError, match="no date ahead"):
        calendar_ics(assess(case_of("self_reporting"), date(2030, 1, 1)), MADE_AT)


def test_practice_and_strange_names_stay_on_their_line() -> None:
    case = case_of("self_reporting", "tested")
    named = case.registration.model_copy(update={"company_name": "A; B, C\\ \r\nDTSTART:x 港湾 🚀"})
    case = case.model_copy(update={"registration": named, "practice": True})
    event = _events(case, DAY)[0]
    assert str(event["SUMMARY"]).startswith("Practice: A; B, C\\")
    assert "港湾 🚀" in str(event["SUMMARY"])
