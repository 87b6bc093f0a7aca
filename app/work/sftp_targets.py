"""From the facts of a case to the server that its SFTP account signs in to. No Qt."""

from __future__ import annotations

from app.failures import UserFacingError
from app.onboarding.access import SftpAccount
from app.onboarding.case import Case
from app.sftp.target import ConnectionTarget

#: Where the simulated CAIS listens: practice leaves this computer for nothing.
PRACTICE_HOST = "127.0.0.1"


def obstacle_of(case: Case, account_id: str) -> str:
    """Why this account cannot connect to the test environment yet, in one line; empty if it can."""
    account = next((a for a in case.sftp.accounts if a.id == account_id), None)
    if account is None:
        return "Add the SFTP account first."
    if case.sftp.test_server.host is None:
        return "Enter the host name of the test environment."
    if case.practice and case.sftp.test_server.host != PRACTICE_HOST:
        return "This is a practice case: it connects to the simulated CAIS alone."
    if not account.username:
        return "Enter the account's user name."
    if account.password_reset_on is None:
        return "Reset the initial password first, and record the day."
    return ""


def test_target(case: Case, account: SftpAccount) -> ConnectionTarget:
    """The account on the test environment's server (guide §4; CAIS specification §5.3.1)."""
    server, identifier = case.sftp.test_server, case.registration.identifier
    return ConnectionTarget(
        host=server.host or "",
        port=server.port,
        username=account.username or "",
        submitter_id=int(identifier) if identifier else None,
        practice=case.practice,
    )


# The name is right for the program; pytest would take it for a test.
test_target.__test__ = False  # type: ignore[attr-defined]


def submitter_id_of(case: Case) -> int:
    """Whose folders the server has for this firm: its CRD number or ORG ID.

    Raises:
        UserFacingError: the case has neither yet.
    """
    identifier = case.registration.identifier
    if not identifier:
        raise UserFacingError(
            "The firm's CRD number is not known yet.",
            "The folders on the server are named after it.",
            "Enter it on step 1.",
        )
    return int(identifier)
