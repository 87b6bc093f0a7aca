"""Step 2: designate administrators (guide §2, R2.1 and R2.2)."""

from __future__ import annotations

from datetime import date

from app.onboarding.access import Administrator, AdministratorRole
from app.onboarding.assessment import Hint, StepFindings, require
from app.onboarding.business_calendar import long_date
from app.onboarding.case import Case


def findings(case: Case, today: date) -> StepFindings:
    """What step 2 requires of the case."""
    people = case.administration.administrators
    wanted = main_role(case)
    word = role_word(wanted)
    mains = [person for person in people if person.role is wanted]
    ready = [person for person in mains if person.name and person.confirmed_on]
    return StepFindings(
        requirements=(
            require(
                "administrator",
                bool(ready),
                proof="; ".join(_proof(person, word) for person in ready),
                missing=_missing(mains, word),
                fields=_fields(mains),
            ),
        ),
        started=bool(people),
        hints=_hints(people, case),
        faults=_faults(mains, wanted),
    )


def main_role(case: Case) -> AdministratorRole:
    """SAA for an Industry Member, AA for a Reporting Agent (R2.1)."""
    if case.registration.is_reporting_agent:
        return AdministratorRole.ACCOUNT_ADMINISTRATOR
    return AdministratorRole.SUPER_ACCOUNT_ADMINISTRATOR


def role_word(role: AdministratorRole) -> str:
    """The role in words."""
    if role is AdministratorRole.SUPER_ACCOUNT_ADMINISTRATOR:
        return "Super Account Administrator"
    return "Account Administrator"


def _proof(person: Administrator, word: str) -> str:
    confirmed = long_date(person.confirmed_on) if person.confirmed_on else ""
    return f"{person.name}, {word}, in place {confirmed}"


def _missing(mains: list[Administrator], word: str) -> str:
    if not mains:
        return f"Name the {word}."
    if not any(person.name for person in mains):
        return f"Enter the name of the {word}."
    return f"Record the day on which the {word} could grant CAIS access."


def _fields(mains: list[Administrator]) -> tuple[str, ...]:
    if not mains:
        return ("administration.administrators",)
    prefix = f"administration.administrators.{mains[0].id}"
    empty = [name for name in ("name", "confirmed_on") if getattr(mains[0], name) is None]
    return tuple(f"{prefix}.{name}" for name in empty)


def _faults(mains: list[Administrator], wanted: AdministratorRole) -> tuple[str, ...]:
    if wanted is AdministratorRole.SUPER_ACCOUNT_ADMINISTRATOR and len(mains) > 1:
        return ("An Industry Member has one Super Account Administrator; two or more are listed.",)
    return ()


def _hints(people: tuple[Administrator, ...], case: Case) -> tuple[Hint, ...]:
    hints = [
        Hint(
            "§3.1",
            f"{person.name or 'An Account Administrator'} may grant neither test nor production "
            "access. Say which, or the role has no use for CAIS.",
            warning=True,
        )
        for person in people
        if person.may_manage_cais and not (person.may_grant_test or person.may_grant_production)
    ]
    if case.registration.is_reporting_agent and any(
        person.role is AdministratorRole.SUPER_ACCOUNT_ADMINISTRATOR for person in people
    ):
        hints.append(Hint("§2", "A Reporting Agent names an Account Administrator, not an SAA."))
    if not case.production_in_force and any(person.may_grant_production for person in people):
        hints.append(
            Hint("§3.1", "Granting production access is planned; it opens after certification.")
        )
    return tuple(hints)
