"""What it is time to be reminded of: deadlines that are near, and answers that are late."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from app.onboarding.assessment import Assessment
from app.onboarding.business_calendar import add_business_days, long_date
from app.report.calendar import calendar_dates


@dataclass(frozen=True, slots=True)
class Reminder:
    """One thing to be told of once; `key` is another one when the day moves."""

    key: str
    text: str


def reminders(assessment: Assessment) -> tuple[Reminder, ...]:
    """What is late, then what is due up to the next business day, in order of its days."""
    return (*_late(assessment), *_near(assessment))


def _late(assessment: Assessment) -> list[Reminder]:
    return [
        Reminder(
            f"late-{step.number}-{_day(item.expected)}-{item.for_what}",
            f"Late since {_day(item.expected)}: {item.on_whom}, {item.for_what}. {item.action}".strip(),
        )
        for step, item in assessment.waiting
        if item.overdue
    ]


def _near(assessment: Assessment) -> list[Reminder]:
    today = assessment.today
    last = add_business_days(today, 1)
    found = []
    for item in calendar_dates(assessment):
        if item.day > last:
            break
        when = f"Today, {long_date(item.day)}" if item.day == today else long_date(item.day)
        found.append(Reminder(f"{item.key}-{item.day}", f"{when}: {item.title}. {item.text}"))
    return found


def _day(day: date | None) -> str:
    return long_date(day) if day is not None else "an unknown day"
