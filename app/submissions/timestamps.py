"""Times in CAIS files, which are Eastern Time (specification 6.1)."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from functools import lru_cache

from app.onboarding.business_calendar import EASTERN

_TIMESTAMP = re.compile(r"[0-9]{8}[T ][0-9]{6}(?:\.[0-9]{1,9})?")


def parse_timestamp(text: str) -> datetime | None:
    """An Eastern timestamp as an aware UTC datetime, or None when it is not one.

    The form is YYYYMMDD, T or a blank, HHMMSS, and optionally a dot with up to nine digits, of
    which six are kept.
    """
    if _TIMESTAMP.fullmatch(text) is None:
        return None
    try:
        # The short ISO form; digits beyond microseconds are dropped.
        return datetime.fromisoformat(f"{text}Z") - _utc_offset(text[:11])
    except (ValueError, OverflowError):
        return None


@lru_cache(maxsize=4096)
def _utc_offset(hour: str) -> timedelta:
    """Eastern Time's distance from UTC in an hour, YYYYMMDDTHH: it changes on the hour."""
    moment = datetime.fromisoformat(f"{hour}0000").replace(tzinfo=EASTERN)
    return moment.utcoffset() or timedelta(0)
