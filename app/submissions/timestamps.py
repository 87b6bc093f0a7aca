"""Times in CAIS files, which are Eastern Time (specification 6.1)."""

from __future__ import annotations

import re
from datetime import UTC, datetime

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
        return datetime.fromisoformat(text).replace(tzinfo=EASTERN).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
