"""Step 6, first part: each party has reached the test environment (guide §6.1 step 1, R6.1)."""

from __future__ import annotations

from app.onboarding.access import ConnectionTest, Environment
from app.onboarding.assessment import Hint, Requirement, require
from app.onboarding.business_calendar import eastern_date, long_date
from app.onboarding.case import Case
from app.onboarding.certification import JudgedSubmission, sender_of
from app.onboarding.steps.user_accounts import can_test_by_portal
from app.onboarding.testing import SentBy


def connected(case: Case) -> Requirement:
    """SFTP by our own test, portal by the person's statement; one of the two is enough."""
    proofs = []
    test = _last_success(case)
    if test is not None:
        proofs.append(f"SFTP: {test.host}, {long_date(eastern_date(test.at))}")
    login = case.testing.portal_login
    if _portal_proven(case) and login.on is not None:
        proofs.append(f"Portal: {login.by}, {long_date(login.on)}")
    return require(
        "connected",
        bool(proofs),
        proof="; ".join(proofs),
        missing=_how(case),
        fields=_fields(case),
        readings=("either_connection",),
    )


def agent_connected(case: Case, judged: tuple[JudgedSubmission, ...]) -> Requirement:
    """The other party: stated by the person, or proven by a submission that counts."""
    on = case.testing.agent_connected_on
    sent = any(
        item.counts and sender_of(item.record, case.registration) is SentBy.AGENT for item in judged
    )
    return require(
        "agent_connected",
        on is not None or sent,
        proof=f"Stated for {long_date(on)}" if on else "It has sent a submission for you",
        missing="Record the day your agent connected; a counted submission of its proves it too.",
        fields=("testing.agent_connected_on",),
    )


def hints(case: Case) -> list[Hint]:
    """Which of the preferred ways to connect is not proven yet: a hint, not a gap (R6.1)."""
    registration = case.registration
    sftp, portal = _last_success(case) is not None, _portal_proven(case)
    lacking = []
    if registration.uses_sftp and not sftp:
        lacking.append("the SFTP connection test")
    if registration.uses_portal and not portal:
        lacking.append("the portal sign-in")
    if not lacking or not (sftp or portal):
        return []
    return [Hint("§6", f"You chose to connect this way too, but {lacking[0]} is not proven yet.")]


def _last_success(case: Case) -> ConnectionTest | None:
    usable = [
        test
        for test in case.testing.connection_tests
        if test.succeeded
        and test.environment is Environment.TEST
        and (case.practice or not test.practice)
    ]
    return max(usable, key=lambda test: (test.at, test.id), default=None)


def _portal_proven(case: Case) -> bool:
    """Stated with day and name, and somebody could do the testing there (R3.5)."""
    login = case.testing.portal_login
    able = any(can_test_by_portal(account) for account in case.portal.accounts)
    return login.on is not None and login.by is not None and able


def _how(case: Case) -> str:
    registration, login = case.registration, case.testing.portal_login
    if login.on and login.by:
        return (
            "The portal sign-in needs an account with CAIS Reporter User and test access (step 3)."
        )
    if login.on or login.by:
        return "Record both the day of the portal sign-in and who signed in."
    if registration.uses_sftp and registration.uses_portal:
        return "Run the connection test, or record your sign-in to the portal's test environment."
    if registration.uses_portal:
        return "Sign in to the portal's test environment, and record who did and when."
    return "Run the connection test against the test environment."


def _fields(case: Case) -> tuple[str, ...]:
    login = case.testing.portal_login
    if login.on and login.by:
        return ("portal.accounts",)
    if case.registration.uses_sftp and not (login.on or login.by):
        return ("testing.connection_tests",)
    empty = [name for name in ("on", "by") if getattr(login, name) is None]
    return tuple(f"testing.portal_login.{name}" for name in empty)
