"""Step 4: SFTP accounts (guide §4, R4.1 to R4.8)."""

from __future__ import annotations

from datetime import date

from app.onboarding.access import AccessLevel, Environment, SftpAccount
from app.onboarding.assessment import (
    Hint,
    Requirement,
    RequirementState,
    StepFindings,
    Waiting,
    later,
    require,
)
from app.onboarding.business_calendar import long_date
from app.onboarding.case import Case

_LIST = "sftp.accounts"


def findings(case: Case, today: date) -> StepFindings:
    """What step 4 requires of the case."""
    registration = case.registration
    accounts = case.sftp.accounts
    if registration.uses_portal and not registration.uses_sftp:
        return StepFindings(
            not_required="You connect through the CAIS Reporter Portal alone (step 1).",
            started=bool(accounts),
        )
    best = _furthest(accounts)
    return StepFindings(
        requirements=(_requested(best, accounts), _received(best), _password_reset(best)),
        started=bool(accounts),
        hints=_hints(case),
        waiting=_waiting(accounts),
    )


def usable_for_testing(account: SftpAccount) -> bool:
    """Whether the account may be used in the test environment now."""
    return (
        Environment.TEST in account.environments
        and account.credentials_received_on is not None
        and account.password_reset_on is not None
    )


def _furthest(accounts: tuple[SftpAccount, ...]) -> SftpAccount | None:
    """The account with test access that is closest to being usable."""

    def progress(account: SftpAccount) -> int:
        steps = (
            account.requested_on,
            account.credentials_received_on,
            account.password_reset_on,
        )
        return sum(step is not None for step in steps) + bool(account.username)

    able = [account for account in accounts if Environment.TEST in account.environments]
    return max(able, key=progress, default=None)


def _requested(account: SftpAccount | None, accounts: tuple[SftpAccount, ...]) -> Requirement:
    unmarked = next((a for a in accounts if a.current_level is None), None)
    if account is None and unmarked is not None:
        return require(
            "sftp_requested",
            False,
            missing="Say which access level the form marks: test, production, both, or none.",
            fields=(f"{_LIST}.{unmarked.id}.level",),
        )
    if account is None:
        return require(
            "sftp_requested",
            False,
            missing="Add an account with test access, and send the form for it.",
            fields=(_LIST,),
        )
    on = account.requested_on
    return require(
        "sftp_requested",
        on is not None,
        proof=f"Form sent {long_date(on)}" if on else "",
        missing="Record the day on which the CAT SFTP Entitlement Form was sent.",
        fields=(f"{_LIST}.{account.id}.requested_on",),
    )


def _received(account: SftpAccount | None) -> Requirement:
    if account is None:
        return later("sftp_received", "Follows the request.", _LIST)
    on, path = account.credentials_received_on, f"{_LIST}.{account.id}"
    if on is not None and account.username:
        return require("sftp_received", True, proof=f"{account.username}, {long_date(on)}")
    if on is not None:
        return require(
            "sftp_received",
            False,
            missing="Enter the user name that came with the credentials.",
            fields=(f"{path}.username",),
        )
    fields = (f"{path}.credentials_received_on",)
    if account.requested_on is None:
        return later("sftp_received", "Follows the request.", *fields)
    detail = f"FINRA sends the credentials to {account.form_contact or 'the contact on the form'}."
    return Requirement("sftp_received", RequirementState.WAITING, detail, fields)


def _password_reset(account: SftpAccount | None) -> Requirement:
    path = f"{_LIST}.{account.id}.password_reset_on" if account else _LIST
    if account is None or account.credentials_received_on is None:
        return later("sftp_password_reset", "Follows the credentials.", path)
    on = account.password_reset_on
    return require(
        "sftp_password_reset",
        on is not None,
        proof=f"Reset {long_date(on)}" if on else "",
        missing="Reset the initial password on the account-management page, then record the day.",
        fields=(path,),
    )


def _waiting(accounts: tuple[SftpAccount, ...]) -> tuple[Waiting, ...]:
    return tuple(
        Waiting(
            "FINRA Entitlement",
            f"credentials for {account.username or 'the SFTP account'}",
            account.requested_on,
            action="The guide names no time; ask the Help Desk when it seems long.",
        )
        for account in accounts
        if account.requested_on is not None and account.credentials_received_on is None
    )


def _hints(case: Case) -> tuple[Hint, ...]:
    hints = []
    for account in case.sftp.accounts:
        name = account.username or "The account"
        if account.level in (None, AccessLevel.NOT_MARKED) and account.requested_on is None:
            hints.append(
                Hint(
                    "§4.1",
                    f"{name}: no level is marked. A form without a mark opens test and production.",
                    warning=True,
                )
            )
        if Environment.PRODUCTION in account.environments and not case.production_in_force:
            hints.append(
                Hint(
                    "§4.1",
                    f"{name}: production access is designated and comes by itself once production "
                    "access is granted (step 7).",
                )
            )
        hints.extend(
            Hint("§4.1", f"{name}: level changed against advice. Reason: {change.override_reason}")
            for change in account.level_changes
            if change.override_reason
        )
    if case.sftp.accounts:
        hints.append(
            Hint(
                "§4.1",
                "These accounts are for CAIS alone; other FINRA FTP accounts do not work here.",
            )
        )
    return tuple(hints)
