"""US business days and Eastern Time."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from app.resources import read_text

EASTERN = ZoneInfo("America/New_York")


@lru_cache(maxsize=8192)
def eastern_date(moment: datetime) -> date:
    """The calendar day of an aware `moment` in Eastern Time."""
    try:
        return moment.astimezone(EASTERN).date()
    except OverflowError:
        # A file may state the first or last hours that can be written down.
        return moment.date()


@lru_cache(maxsize=64)
def _holidays(year: int) -> frozenset[date]:
    written_down = _written_down().get(str(year))
    if written_down is not None:
        return frozenset(map(date.fromisoformat, written_down))
    return frozenset(computed_holidays(year))


@lru_cache(maxsize=1)
def _written_down() -> dict[str, list[str]]:
    """The years around now: importing what knows all years takes longer than opening a case."""
    years: dict[str, list[str]] = json.loads(read_text("holidays.json"))
    return years


def computed_holidays(year: int) -> set[date]:
    """The federal and the market holidays of a year."""
    import holidays

    federal = holidays.country_holidays("US", years=year)
    market = holidays.financial_holidays("NYSE", years=year)
    return set(federal) | set(market)


def is_holiday(day: date) -> bool:
    """Whether `day` is a federal or market holiday."""
    return day in _holidays(day.year)


def is_business_day(day: date) -> bool:
    """Whether `day` is neither a weekend day nor a federal or market holiday (R1.5)."""
    return day.weekday() < 5 and not is_holiday(day)


def add_business_days(start: date, days: int) -> date:
    """The business day that lies `days` (1 or more) business days after `start`.

    The day of the start never counts: from a Saturday on, Monday is the first business
    day and Tuesday the second.

    Raises:
        ValueError: `days` is below 1.
    """
    if days < 1:
        raise ValueError("days must be 1 or more")
    day = start
    while days:
        day += timedelta(days=1)
        days -= is_business_day(day)
    return day


def business_days_between(start: date, end: date) -> int:
    """How many business days lie after `start` up to and including `end`; 0 if none."""
    span = (end - start).days
    return sum(is_business_day(start + timedelta(days=n)) for n in range(1, span + 1))


def long_date(day: date) -> str:
    """`day` as the program writes dates, such as "Mon 5 Oct 2020"."""
    months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    weekdays = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
    return f"{weekdays[day.weekday()]} {day.day} {months[day.month - 1]} {day.year}"
