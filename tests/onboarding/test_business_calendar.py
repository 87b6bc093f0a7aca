"""US business days and Eastern Time, against lists, the holidays package and slow counting."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta, timezone

import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.onboarding.business_calendar import (
    add_business_days,
    business_days_between,
    computed_holidays,
    eastern_date,
    is_business_day,
    is_holiday,
    long_date,
)
from app.resources import read_text

DAYS = st.dates(date(2015, 1, 1), date(2035, 12, 31))
FEDERAL = holidays.country_holidays("US", years=range(2014, 2037))
MARKET = holidays.financial_holidays("NYSE", years=range(2014, 2037))

#: Weekdays without business, 2020 and 2021, from the published calendars.
CLOSED = [
    "2020-01-01", "2020-01-20", "2020-02-17", "2020-04-10", "2020-05-25", "2020-07-03",
    "2020-09-07", "2020-10-12", "2020-11-11", "2020-11-26", "2020-12-25",
    "2021-01-01", "2021-01-18", "2021-02-15", "2021-04-02", "2021-05-31", "2021-06-18",
    "2021-07-05", "2021-09-06", "2021-10-11", "2021-11-11", "2021-11-25", "2021-12-24",
    "2021-12-31",
]  # fmt: skip


def slow_is_business_day(day: date) -> bool:
    return day.isoweekday() not in (6, 7) and day not in FEDERAL and day not in MARKET


def test_two_years_by_hand() -> None:
    """R1.5: no federal, no market holiday, no weekend day; every other day is one."""
    days = [date(2020, 1, 1) + timedelta(days=n) for n in range(731)]
    closed = [d.isoformat() for d in days if d.weekday() < 5 and not is_business_day(d)]
    assert closed == CLOSED
    assert not any(is_business_day(d) for d in days if d.weekday() > 4)


def test_holidays_of_one_kind_only() -> None:
    """R1.5: Good Friday closes the market, Veterans Day the agencies."""
    good_friday, veterans_day = date(2021, 4, 2), date(2020, 11, 11)
    assert good_friday in MARKET
    assert good_friday not in FEDERAL
    assert veterans_day in FEDERAL
    assert veterans_day not in MARKET
    assert is_holiday(good_friday)
    assert is_holiday(veterans_day)


def test_the_years_written_down_are_those_of_the_package() -> None:
    """Where this fails after an upgrade of the package, write its dates into holidays.json."""
    written = json.loads(read_text("holidays.json"))
    assert list(written) == [str(year) for year in range(2018, 2036)]
    for year, days in written.items():
        assert days == [day.isoformat() for day in sorted(computed_holidays(int(year)))], year


@given(DAYS)
def test_business_days(day: date) -> None:
    assert is_business_day(day) is slow_is_business_day(day)


@given(DAYS, st.integers(1, 30))
def test_adding_business_days(start: date, days: int) -> None:
    """R1.5: the result is a business day with just so many of them after the start."""
    found = add_business_days(start, days)
    passed = [start + timedelta(days=n) for n in range(1, (found - start).days + 1)]
    assert sum(map(slow_is_business_day, passed)) == days
    assert slow_is_business_day(found)
    assert business_days_between(start, found) == days


@given(DAYS, DAYS)
def test_counting_business_days(start: date, end: date) -> None:
    count, day = 0, start
    while day < end:
        day += timedelta(days=1)
        count += slow_is_business_day(day)
    assert business_days_between(start, end) == count


@pytest.mark.parametrize("days", [0, -1])
def test_no_business_days_backwards(days: int) -> None:
    with pytest.raises(ValueError, match="1 or more"):
        add_business_days(date(2020, 10, 5), days)


@pytest.mark.parametrize("year", [1, 1789, 2101, 9999])
def test_years_far_away_harm_nothing(year: int) -> None:
    assert is_business_day(date(year, 12, 31)) in (True, False)


@given(st.integers(631_152_000, 2_145_916_800), st.integers(-840, 840))
def test_eastern_days(seconds: int, minutes: int) -> None:
    """R6.5: five hours behind UTC, four in summer, whatever zone the moment came in."""
    utc = datetime.fromtimestamp(seconds, UTC)
    moment = utc.astimezone(timezone(timedelta(minutes=minutes)))
    possible = {(utc - timedelta(hours=hours)).date() for hours in (4, 5)}
    assert eastern_date(moment) in possible
    if utc.month in (12, 1, 2):
        assert eastern_date(moment) == (utc - timedelta(hours=5)).date()


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2020, 10, 6, 3, 59, tzinfo=UTC), date(2020, 10, 5)),
        (datetime(2020, 10, 6, 4, 0, tzinfo=UTC), date(2020, 10, 6)),
        (datetime(2020, 11, 2, 4, 59, tzinfo=UTC), date(2020, 11, 1)),
        (datetime(2020, 11, 2, 5, 0, tzinfo=UTC), date(2020, 11, 2)),
        (datetime.min.replace(tzinfo=UTC), date.min),
        (datetime.max.replace(tzinfo=timezone(-timedelta(hours=9))), date.max),
    ],
)
def test_eastern_midnight(moment: datetime, day: date) -> None:
    """R6.5: to the minute, and at the ends of time."""
    assert eastern_date(moment) == day


@given(st.dates())
def test_dates_in_words(day: date) -> None:
    """As the platform's English calendar writes them."""
    assert long_date(day) == f"{day:%a} {day.day} {day:%b} {day.year}"
