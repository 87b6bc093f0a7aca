"""The guide as data: complete, cited, and in our own words."""

from __future__ import annotations

import re
from datetime import date

from app.onboarding.case import SECTIONS, Case
from app.onboarding.guide import the_guide
from app.onboarding.progress import PREREQUISITES, STEP_SECTIONS, assess
from tests.onboarding.looking import typed
from tests.rig.cases import (
    STAGES,
    TODAY,
    no_ltid_case,
    reports_for_others_case,
    self_reporting_case,
    through_agent_case,
)

GUIDE = the_guide()
#: Where the guide is silent: each of our readings, by the rule it belongs to.
READINGS = {
    "R3.5": 1, "R5.4": 1, "R6.1": 1, "R6.3": 4, "R6.4": 2, "R6.5": 1, "R6.6": 1, "R6.7": 1,
    "R6.8": 2, "R6.9": 4,
}  # fmt: skip


def test_dates_and_numbers_of_the_guide() -> None:
    """R1.5, R1.6, R6.3, R6.4: as published."""
    assert GUIDE.edition.version == "1.2"
    assert GUIDE.dates.registration_opens == date(2020, 8, 17)
    assert GUIDE.dates.registration_recommended_by == date(2020, 10, 5)
    assert GUIDE.dates.testing_opens == date(2020, 10, 5)
    assert GUIDE.dates.production_opens == date(2020, 12, 1)
    assert GUIDE.registration_business_days == 2
    assert GUIDE.full_level_accounts == 100
    assert GUIDE.error_rate_limit_percent == 10


def test_seven_steps() -> None:
    assert [step.number for step in GUIDE.steps] == [1, 2, 3, 4, 5, 6, 7]
    assert [step.section for step in GUIDE.steps] == [f"§{n}" for n in range(1, 8)]
    assert GUIDE.step(6).key == "testing"
    for step in GUIDE.steps:
        assert set(step.links) <= set(GUIDE.links)
        assert all([step.title, step.summary, step.what, step.why, step.unsure])


def test_links_are_addresses() -> None:
    for link in GUIDE.links.values():
        assert re.fullmatch(r"https?://[a-z.]+/\S*", link.url)


def test_requirements_cite_their_step() -> None:
    for requirement in GUIDE.requirements.values():
        assert requirement.rule.startswith(f"R{requirement.step}.")
        assert requirement.section.startswith(f"§{requirement.step}")


def test_every_requirement_of_the_guide_is_asked_for_on_some_track() -> None:
    """None stands in the data without being judged, and none is judged without standing there."""
    cases = [
        build(stage)
        for build in (
            self_reporting_case,
            through_agent_case,
            reports_for_others_case,
            no_ltid_case,
        )
        for stage in STAGES
    ]
    keys, readings = set(), set()
    for case in cases:
        for step in assess(case, TODAY).steps:
            for requirement in step.requirements:
                keys.add(requirement.key)
                readings |= set(requirement.readings)
                assert requirement.text
                assert requirement.rule.startswith("R")
                assert requirement.section.startswith("§")
                assert requirement.detail
    assert keys == set(GUIDE.requirements)
    assert readings <= set(GUIDE.readings)


def test_our_readings_are_complete() -> None:
    """R6.3: each place where the guide is silent has its entry."""
    found = [reading.rule for reading in GUIDE.readings.values()]
    assert {rule: found.count(rule) for rule in READINGS} == READINGS
    for reading in GUIDE.readings.values():
        assert all([reading.open, reading.reading, reading.why])


def test_steps_and_sections_fit_together() -> None:
    assert set(STEP_SECTIONS.values()) == set(SECTIONS) - {"unaccepted"}
    assert set(SECTIONS) < set(Case.model_fields)
    for number, needed in PREREQUISITES.items():
        assert all(n < number for n in needed)


def test_titles_of_cases() -> None:
    case = self_reporting_case("registered")
    assert case.title == "Harbor Securities LLC"
    assert typed(case, registration__company_name=" ").title == "Firm without a name yet"
