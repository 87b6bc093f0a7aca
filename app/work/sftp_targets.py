"""From the facts of a case to the server that its SFTP account signs in to. No Qt."""

from __future__ import annotations

from app.failures import UserFacingError
from app.onboarding.access import Route, SftpAccount
from app.onboarding.case import Case
from app.sftp.target import ConnectionTarget, PasswordSource, ProxySettings, ServerKind

#: Where the simulated CAIS listens: practice leaves this computer for nothing.
PRACTICE_HOST = "127.0.0.1"
_SERVERS = "sftp.test_"


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
    return "" if case.practice else _obstacle_on_the_way(case)


def _obstacle_on_the_way(case: Case) -> str:
    """A connection goes the way that was meant, or not at all."""
    route = case.sftp.test_route
    if any(path.startswith(_SERVERS) for path in case.unaccepted):
        return "Correct what is marked under “Servers of the test environment” on step 4."
    if route.proxy is not None and (route.proxy_host is None or route.proxy_port is None):
        return "Enter the proxy's host name and port on step 4, or choose no proxy."
    return ""


def test_target(
    case: Case,
    account: SftpAccount,
    proxy_password: PasswordSource,
    kind: ServerKind = ServerKind.CAIS,
) -> ConnectionTarget:
    """The account on a server of the test environment (guide §4; CAIS specification §5.3.1).

    Args:
        case: without an obstacle (`obstacle_of`).
        account: one of the case's.
        proxy_password: hands over the proxy's password when it is needed.
        kind: which of the two hosts; the simulated CAIS plays both on one port.

    Raises:
        UserFacingError: the host for this kind of file is not known.
    """
    sftp, identifier = case.sftp, case.registration.identifier
    server = sftp.test_server
    if kind is ServerKind.TRANSFORMED_IDENTIFIERS and not case.practice:
        server = sftp.test_identifier_server
    if server.host is None:
        raise UserFacingError(
            "The host for Transformed Identifiers Files is not known yet.",
            "These files have a host of their own. Nothing was sent.",
            "Enter it on step 4.",
        )
    route = Route() if case.practice else sftp.test_route
    return ConnectionTarget(
        host=server.host,
        port=server.port,
        username=account.username or "",
        kind=kind,
        submitter_id=int(identifier) if identifier else None,
        proxy=proxy_of(route, proxy_password),
        bind_address=route.bind_address,
        practice=case.practice,
    )


# The name is right for the program; pytest would take it for a test.
test_target.__test__ = False  # type: ignore[attr-defined]


def proxy_of(route: Route, password: PasswordSource) -> ProxySettings | None:
    """The proxy of a route; None for the direct way."""
    if route.proxy is None or route.proxy_host is None or route.proxy_port is None:
        return None
    return ProxySettings(
        route.proxy, route.proxy_host, route.proxy_port, route.proxy_username, password
    )


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
