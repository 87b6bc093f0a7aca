"""What changed while the person was away: by the calendar alone, for she changed nothing."""

from __future__ import annotations

from datetime import date

from app.onboarding.business_calendar import long_date
from app.onboarding.case import Case
from app.onboarding.progress import assess


def news_since(case: Case, seen: date | None, today: date) -> tuple[str, str]:
    """Headline and details of what the days since `seen` changed; both empty if nothing."""
    if seen is None or seen >= today:
        return "", ""
    before, now = assess(case, seen), assess(case, today)
    changed = [
        f"Step {new.number}, {new.guide.title}: {new.reason}"
        for old, new in zip(before.steps, now.steps, strict=True)
        if (old.status, old.findings.faults) != (new.status, new.findings.faults)
    ]
    if not changed:
        return "", ""
    return f"Since you were here on {long_date(seen)}:", "\n".join(changed)
