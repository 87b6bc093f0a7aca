"""Dates to keep, as an .ics file for Outlook, Google and Apple calendars."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from app.failures import UserFacingError
from app.onboarding.assessment import Assessment
from app.onboarding.business_calendar import add_business_days
from app.onboarding.guide import the_guide
from app.onboarding.steps.certify import FOLLOW_UP_BUSINESS_DAYS
from app.onboarding.timeline import timeline
from app.report import words

if TYPE_CHECKING:
    from icalendar import Event

#: How long CAT keeps feedback files at least, and the portal its list of submissions, in days.
FEEDBACK_DAYS = 10
PORTAL_DAYS = 90
#: The reminder comes at 9 in the morning of the day before.
_REMINDER = timedelta(hours=-15)


@dataclass(frozen=True)
class CalendarDate:
    """A day to keep in mind; `key` stays the same when the day moves."""

    key: str
    day: date
    title: str
    text: str


def calendar_dates(assessment: Assessment) -> tuple[CalendarDate, ...]:
    """Deadlines, expected answers and ends of retention from today on, in order."""
    found = [
        *_deadlines(assessment),
        *_expected(assessment),
        *_retention(assessment),
    ]
    ahead = [item for item in found if item.day >= assessment.today]
    return tuple(sorted(ahead, key=lambda item: (item.day, item.key)))


def calendar_ics(assessment: Assessment, made_at: datetime) -> bytes:
    """The dates as an iCalendar file; importing it again moves the entries, it adds none.

    Raises:
        UserFacingError: no date lies ahead.
    """
    import icalendar

    dates = calendar_dates(assessment)
    if not dates:
        raise UserFacingError(
            "There is no date ahead to keep.",
            "Nothing is waited for, and no deadline is near.",
            "Come back when a form was sent or a submission was made.",
        )
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//CAIS Onboarding//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    for item in dates:
        calendar.add_component(_event(assessment, item, made_at))
    return bytes(calendar.to_ical())


def _event(assessment: Assessment, item: CalendarDate, made_at: datetime) -> Event:
    import icalendar

    practice = "Practice: " if assessment.case.practice else ""
    event = icalendar.Event()
    uid = hashlib.sha256(f"{assessment.case.id} {item.key}".encode()).hexdigest()[:32]
    event.add("uid", f"{uid}@cais-onboarding")
    event.add("dtstamp", made_at)
    event.add("summary", f"{practice}{assessment.case.title}: {item.title}")
    event.add("description", item.text)
    event.add("dtstart", item.day)
    event.add("dtend", item.day + timedelta(days=1))
    event.add("transp", "TRANSPARENT")
    alarm = icalendar.Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", item.title)
    alarm.add("trigger", _REMINDER)
    event.add_component(alarm)
    return event


def _deadlines(assessment: Assessment) -> list[CalendarDate]:
    """The guide's own days that still mean something for this case."""
    dates = the_guide().dates
    registration = assessment.case.registration
    found = []
    if registration.submitted_on is None:
        found.append(
            CalendarDate(
                "register",
                dates.registration_recommended_by,
                "register for CAIS",
                "Recommended day for the CAIS registration form (§1).",
            )
        )
    if not assessment.processing_dates:
        found.append(
            CalendarDate(
                "testing", dates.testing_opens, "CAIS testing opens", "Testing certification (§6)."
            )
        )
    if not assessment.case.production_in_force:
        found.append(
            CalendarDate(
                "production",
                dates.production_opens,
                "CAIS production opens this month",
                f"Production opens in {the_guide().production_opens_text}; "
                "the guide names no day (§7).",
            )
        )
    return found


def _expected(assessment: Assessment) -> list[CalendarDate]:
    """Answers that are due, and when it is time to ask for one."""
    desk = the_guide().help_desk
    found = [
        CalendarDate(
            "registration-answer",
            event.day,
            "registration should be processed",
            f"If there is no answer, ask the {desk.name}: {desk.phone}, {desk.email} (§1).",
        )
        for event in timeline(assessment)
        if event.expected and event.step == 1
    ]
    certification = assessment.case.certification
    if certification.contacted_on and certification.confirmation_received.on is None:
        found.append(
            CalendarDate(
                "certification-answer",
                add_business_days(
                    max(
                        certification.contacted_on,
                        certification.followed_up_on or certification.contacted_on,
                    ),
                    FOLLOW_UP_BUSINESS_DAYS,
                ),
                "ask the Help Desk about the certification",
                f"Contacted on {words.day(certification.contacted_on)}; no date is promised. "
                f"{desk.phone}, {desk.email} (§7).",
            )
        )
    return found


def _retention(assessment: Assessment) -> list[CalendarDate]:
    """When CAT may remove feedback and the portal forgets submissions, one entry a day."""
    ends: Counter[tuple[str, date]] = Counter()
    for record in assessment.case.testing.submissions:
        done = record.completion_date or record.receipt_date
        if done is not None:
            ends["feedback", done + timedelta(days=FEEDBACK_DAYS)] += 1
            ends["portal", done + timedelta(days=PORTAL_DAYS)] += 1
    texts = {
        "feedback": (
            "last day to fetch feedback",
            (
                f"CAT keeps feedback files for at least {FEEDBACK_DAYS} calendar days and may then "
                "remove them."
            ),
        ),
        "portal": (
            "portal list of submissions ends",
            f"The portal lists submissions for {PORTAL_DAYS} days.",
        ),
    }
    return [
        CalendarDate(
            f"{kind}-{day.isoformat()}",
            day,
            texts[kind][0],
            f"{texts[kind][1]} Submissions concerned: {count:,}.",
        )
        for (kind, day), count in ends.items()
    ]
