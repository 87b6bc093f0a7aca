"""Step 3: user accounts for the CAIS Reporter Portal (guide §3, R3.1 to R3.5)."""

from __future__ import annotations

from datetime import date

from app.onboarding.access import UserAccount
from app.onboarding.assessment import Hint, StepFindings, require
from app.onboarding.case import Case
from app.onboarding.tracks import uses_agent

_LIST = "portal.accounts"


def findings(case: Case, today: date) -> StepFindings:
    """What step 3 requires of the case."""
    accounts = case.portal.accounts
    faulty = [account for account in accounts if account_faults(account)]
    return StepFindings(
        requirements=(
            require(
                "portal_account",
                any(able_account(case, account) for account in accounts),
                proof=", ".join(a.name or "" for a in accounts if able_account(case, a)),
                missing=_what_is_needed(case),
                fields=(_LIST,),
                readings=("portal_account_before_testing",),
            ),
            require(
                "portal_accounts_valid",
                bool(accounts) and not faulty,
                proof=f"{len(accounts)} checked",
                missing=_fault_line(faulty) if faulty else "No account is listed yet.",
                fields=_fault_fields(faulty),
            ),
        ),
        started=bool(accounts),
        hints=_hints(case),
        faults=tuple(_fault_line([account]) for account in faulty if _has_choices(account)),
    )


def needs_reporter_user(case: Case) -> bool:
    """Whether somebody must be able to transmit or to manage relationships in the portal."""
    registration = case.registration
    portal_alone = registration.uses_portal and not registration.uses_sftp
    return portal_alone or uses_agent(registration)


def able_account(case: Case, account: UserAccount) -> bool:
    """Whether this account can do what the case needs, in the test environment (R3.5)."""
    privileged = account.reporter_user or (account.read_only_user and not needs_reporter_user(case))
    return bool(account.name and account.portal_entitlement and privileged and account.test_access)


def can_test_by_portal(account: UserAccount) -> bool:
    """Whether step 6 can be done through the portal with this account (R3.5)."""
    entitled = account.portal_entitlement and account.reporter_user
    return bool(account.name and entitled and account.test_access)


def account_faults(account: UserAccount) -> tuple[str, ...]:
    """What is wrong with an account, each with its mend (R3.1, R3.2, R3.4)."""
    found = []
    privileged = account.reporter_user or account.read_only_user
    if account.name is None:
        found.append("Enter the person's name.")
    if account.portal_entitlement and not privileged:
        found.append(
            "The portal entitlement alone gives no access: add CAIS Reporter User or "
            "CAIS Reporter Read-Only User."
        )
    if privileged and not account.portal_entitlement:
        found.append(
            "A privilege has no effect without the CAIS Reporter Portal entitlement: add it."
        )
    if not privileged and not account.portal_entitlement:
        found.append("Give the CAIS Reporter Portal entitlement and a privilege.")
    if not (account.test_access or account.production_access):
        found.append("Choose test, production, or both: no environment is assigned by itself.")
    if account.is_account_administrator and None in (
        account.may_grant_test,
        account.may_grant_production,
    ):
        found.append("Say whether this Account Administrator may grant test and production access.")
    return tuple(found)


def _has_choices(account: UserAccount) -> bool:
    """Whether anything was chosen yet: an entry just begun is incomplete, not wrong."""
    return (
        account.portal_entitlement
        or account.reporter_user
        or account.read_only_user
        or account.test_access
        or account.production_access
    )


def _what_is_needed(case: Case) -> str:
    if needs_reporter_user(case):
        return "Add an account with the portal entitlement, CAIS Reporter User and test access."
    return "Add an account with the portal entitlement, a privilege and test access."


def _fault_line(faulty: list[UserAccount]) -> str:
    name = faulty[0].name or "An account"
    more = f" ({len(faulty) - 1} more like it)" if len(faulty) > 1 else ""
    return f"{name}: {account_faults(faulty[0])[0]}{more}"


def _fault_fields(faulty: list[UserAccount]) -> tuple[str, ...]:
    return (f"{_LIST}.{faulty[0].id}.name",) if faulty else (_LIST,)


def _hints(case: Case) -> tuple[Hint, ...]:
    planned = [a.name or "one account" for a in case.portal.accounts if a.production_access]
    if planned and not case.production_in_force:
        return (
            Hint(
                "§3.1",
                f"Production access is planned for {', '.join(planned)}; it comes into force when "
                "production access is granted (step 7).",
            ),
        )
    return ()
