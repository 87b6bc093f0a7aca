"""Times in CAIS files, which are Eastern Time (specification 6.1)."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from app.onboarding.business_calendar import EASTERN

_TIMESTAMP = re.compile(
    r"([0-9]{4})([0-9]{2})([0-9]{2})[T ]([0-9]{2})([0-9]{2})([0-9]{2})(?:\.([0-9]{1,9}))?"
)


def parse_timestamp(text: str) -> datetime | None:
    """An Eastern timestamp as an aware UTC datetime, or None when it is not one.

    The form is YYYYMMDD, T or a blank, HHMMSS, and optionally a dot with up to nine digits, of
    which six are kept.
    """
    match = _TIMESTAMP.fullmatch(text)
    if match is None:
        return None
    year, month, day, hour, minute, second = (int(part) for part in match.groups()[:6])
    micro = int((match[7] or "")[:6].ljust(6, "0"))
    try:
        local = datetime(year, month, day, hour, minute, second, micro, tzinfo=EASTERN)
        return local.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
