"""The dated events of a case, past and expected, for the Overview."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from app.onboarding.assessment import Assessment
from app.onboarding.business_calendar import eastern_date
from app.onboarding.steps.register import expected_by


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened, or that is expected, on a day."""

    day: date
    step: int
    text: str
    expected: bool = False


def timeline(assessment: Assessment) -> tuple[Event, ...]:
    """All events of the case in order of their days."""
    case = assessment.case
    registration, certification = case.registration, case.certification
    found: list[tuple[date | None, int, str]] = [
        (registration.submitted_on, 1, "Registration submitted"),
        (registration.followed_up_on, 1, "Help Desk asked about the registration"),
        (registration.verified_on, 1, "Registration processed"),
        (case.testing.portal_login.on, 6, "Signed in to the portal"),
        (case.testing.agent_asked_on, 6, "Agent asked for its proof"),
        (certification.contacted_on, 7, "Help Desk contacted"),
        (certification.followed_up_on, 7, "Help Desk asked again"),
        (certification.verified.on, 7, "Onboarding verified"),
        (certification.production_granted.on, 7, "Production access granted"),
        (certification.confirmation_received.on, 7, "Confirmation received"),
    ]
    found.extend(
        (person.confirmed_on, 2, f"{person.name or 'Administrator'} in place")
        for person in case.administration.administrators
    )
    for account in case.sftp.accounts:
        name = account.username or "SFTP account"
        found.append((account.requested_on, 4, f"{name} requested"))
        found.append((account.credentials_received_on, 4, f"{name}: credentials received"))
    found.extend(
        (agent.entered_on, 5, f"{agent.name or 'Agent'} authorized")
        for agent in case.relationships.agents
    )
    for test in case.testing.connection_tests:
        outcome = "Connected by SFTP" if test.succeeded else "Connection test failed"
        found.append((eastern_date(test.at), 6, outcome))
    found.extend((day, 6, "Accounts processed") for day in assessment.processing_dates)
    events = [Event(day, step, text) for day, step, text in found if day is not None]
    due = expected_by(registration)
    if due is not None and registration.verified_on is None:
        events.append(Event(due, 1, "Registration should be processed", expected=True))
    return tuple(sorted(dict.fromkeys(events), key=lambda event: (event.day, event.step)))
