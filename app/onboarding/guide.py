"""The onboarding guide as data: steps, requirements, citations, dates, our readings."""

from __future__ import annotations

from datetime import date
from functools import cache

from app.onboarding.values import Facts
from app.resources import read_text


class Edition(Facts):
    """Which edition of the guide the data file follows."""

    title: str
    version: str
    published: date


class HelpDesk(Facts):
    """How FINRA CAT is reached (§7)."""

    name: str
    phone: str
    email: str


class GuideDates(Facts):
    """Days the guide names. Production opens in December 2020; the day is not given."""

    registration_opens: date
    registration_recommended_by: date
    testing_opens: date
    production_opens: date


class Link(Facts):
    """An official page."""

    text: str
    url: str


class GuideStep(Facts):
    """One of the seven steps, explained in our words."""

    number: int
    key: str
    title: str
    section: str
    summary: str
    what: str
    why: str
    unsure: str
    links: tuple[str, ...]


class GuideRequirement(Facts):
    """Something the guide asks for, with its section."""

    rule: str
    section: str
    step: int
    text: str


class Reading(Facts):
    """How we read the guide where it is silent."""

    rule: str
    open: str
    reading: str
    why: str


class Guide(Facts):
    """One edition of the guide."""

    edition: Edition
    help_desk: HelpDesk
    dates: GuideDates
    production_opens_text: str
    registration_business_days: int
    full_level_accounts: int
    error_rate_limit_percent: int
    links: dict[str, Link]
    steps: tuple[GuideStep, ...]
    requirements: dict[str, GuideRequirement]
    readings: dict[str, Reading]

    def step(self, number: int) -> GuideStep:
        """The step with this number (1 to 7)."""
        return self.steps[number - 1]


@cache
def the_guide() -> Guide:
    """The edition that this program follows (a data file shipped with it)."""
    return Guide.model_validate_json(read_text("guide.json"))
