"""Steps 2 to 4: administrators, portal user accounts, SFTP accounts (guide §2 to §4)."""

from __future__ import annotations

from enum import StrEnum
from ipaddress import AddressValueError, IPv6Address, ip_address
from typing import Annotated

from pydantic import BeforeValidator

from app.onboarding.values import Email, Facts, Moment, Name, Note, PastDate, Row


class Environment(StrEnum):
    """The two CAT environments (§3.1)."""

    TEST = "test"
    PRODUCTION = "production"


class AdministratorRole(StrEnum):
    """Who manages access: one SAA per Industry Member; AAs of an agent, or delegated (§2)."""

    SUPER_ACCOUNT_ADMINISTRATOR = "saa"
    ACCOUNT_ADMINISTRATOR = "aa"


class Administrator(Row):
    """A person who manages access to CAIS (R2.1, R2.2, R3.4)."""

    name: Name | None = None
    email: Email | None = None
    role: AdministratorRole | None = None
    #: An AA to whom the SAA gave the ability to manage CAIS access (R2.2).
    may_manage_cais: bool = False
    may_grant_test: bool = False
    may_grant_production: bool = False
    #: The day the firm saw that this person can grant CAIS access.
    confirmed_on: PastDate | None = None


class Administration(Facts):
    """Everybody who manages access."""

    administrators: tuple[Administrator, ...] = ()


class PortalRole(StrEnum):
    """The privileges beside the portal entitlement itself (§3.2)."""

    REPORTER_USER = "reporter_user"
    READ_ONLY_USER = "read_only_user"


class UserAccount(Row):
    """One person's account for the CAIS Reporter Portal (R3.1 to R3.4)."""

    name: Name | None = None
    email: Email | None = None
    portal_entitlement: bool = False
    reporter_user: bool = False
    read_only_user: bool = False
    test_access: bool = False
    #: Only a plan until production access is granted (R3.3).
    production_access: bool = False
    is_account_administrator: bool = False
    may_grant_test: bool | None = None
    may_grant_production: bool | None = None
    created_on: PastDate | None = None


class PortalAccess(Facts):
    """All accounts for the CAIS Reporter Portal."""

    accounts: tuple[UserAccount, ...] = ()


class AccessLevel(StrEnum):
    """The level marked on the CAT SFTP Entitlement Form (§4.1)."""

    TEST = "test"
    PRODUCTION = "production"
    BOTH = "both"
    NOT_MARKED = "not_marked"

    @property
    def environments(self) -> frozenset[Environment]:
        """What the level opens; a form without a mark opens both (R4.2)."""
        if self is AccessLevel.TEST:
            return frozenset({Environment.TEST})
        if self is AccessLevel.PRODUCTION:
            return frozenset({Environment.PRODUCTION})
        return frozenset(Environment)


class LevelChange(Row):
    """A later form that changes an account's level (R4.4)."""

    level: AccessLevel
    requested_on: PastDate
    #: Why the change was asked for although it leaves an environment without an account.
    override_reason: Note | None = None


class SftpAccount(Row):
    """One machine-to-machine account. Its password lives in the keyring, never here (R4.7)."""

    username: Name | None = None
    level: AccessLevel | None = None
    form_contact: Name | None = None
    requested_on: PastDate | None = None
    credentials_received_on: PastDate | None = None
    password_reset_on: PastDate | None = None
    level_changes: tuple[LevelChange, ...] = ()

    @property
    def current_level(self) -> AccessLevel | None:
        """The level after the latest change."""
        return self.level_changes[-1].level if self.level_changes else self.level

    @property
    def environments(self) -> frozenset[Environment]:
        """The environments the account is (or will be) entitled for."""
        level = self.current_level
        return level.environments if level is not None else frozenset()


def _port(value: object) -> object:
    if not isinstance(value, str):
        return value
    text = value.strip()
    if not (text.isascii() and text.isdigit() and len(text) <= 5 and 0 < int(text) < 65536):
        raise ValueError("A port is a number from 1 to 65535; SFTP mostly uses 22.")
    return int(text)


def _host(value: object) -> object:
    if not isinstance(value, str):
        return value
    text = value.strip().rstrip(".")
    if "/" in text or "@" in text:
        raise ValueError("Enter the host name alone, without user name, folder or sftp://.")
    if ":" in text:
        return _ipv6_address(text)
    labels = text.split(".")
    if len(text) > 253 or any(
        not 0 < len(label) < 64 or not label.replace("-", "").replace("_", "").isalnum()
        for label in labels
    ):
        raise ValueError("Enter a host name or address, for example sftp.firm.example.")
    return text


def _ipv6_address(text: str) -> str:
    try:
        return str(IPv6Address(text.removeprefix("[").removesuffix("]")))
    except AddressValueError:
        raise ValueError("Enter the host name alone; the port has a field of its own.") from None


#: Bytes; what SOCKS5 has room for (RFC 1929 §2).
_LONGEST_PROXY_USER = 255

Host = Annotated[str, BeforeValidator(_host)]
Port = Annotated[int, BeforeValidator(_port)]


class SftpServer(Facts):
    """Where an environment is reached; the firm gets it with its account, we ship none."""

    host: Host | None = None
    port: Port = 22


class ProxyKind(StrEnum):
    """The ways out of a network that lets nothing out directly."""

    HTTP_CONNECT = "http"
    SOCKS5 = "socks5"


def _proxy_user(value: object) -> object:
    if isinstance(value, str) and ":" in value:
        raise ValueError("A proxy's user name holds no colon; the password is kept apart.")
    if isinstance(value, str) and len(value.encode("utf-8", "replace")) > _LONGEST_PROXY_USER:
        raise ValueError("A proxy's user name is shorter than this.")
    return value


def _own_address(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        return str(ip_address(value.strip().removeprefix("[").removesuffix("]")))
    except ValueError:
        raise ValueError("Enter one of this computer's addresses, such as 10.20.30.40.") from None


ProxyUser = Annotated[Name, BeforeValidator(_proxy_user)]
OwnAddress = Annotated[str, BeforeValidator(_own_address)]


class Route(Facts):
    """How connections to an environment leave the firm's network, where not simply so.

    One route for both hosts of the environment. A proxy's password lives in the keyring, never here.
    """

    proxy: ProxyKind | None = None
    proxy_host: Host | None = None
    proxy_port: Port | None = None
    proxy_username: ProxyUser | None = None
    #: The address of this computer that connections shall come from (the one on CAT's allow-list).
    bind_address: OwnAddress | None = None


class SftpAccess(Facts):
    """The SFTP accounts, the servers of the test environment, and the way there."""

    accounts: tuple[SftpAccount, ...] = ()
    test_server: SftpServer = SftpServer()
    #: The separate host for Transformed Identifiers Files (schema 2.0.0).
    test_identifier_server: SftpServer = SftpServer()
    test_route: Route = Route()


class ConnectionTest(Row):
    """A connection test as it ended: the SFTP proof for R6.1."""

    at: Moment
    environment: Environment = Environment.TEST
    host: Name
    port: int
    username: Name
    succeeded: bool
    #: The stage that failed and what was found, in plain words.
    failed_stage: Name | None = None
    finding: Note | None = None
    host_key_type: Name | None = None
    host_key_sha256: Name | None = None
    cipher: Name | None = None
    server_software: Name | None = None
    practice: bool = False


def level_change_objection(
    accounts: tuple[SftpAccount, ...], account_id: str, new_level: AccessLevel
) -> str | None:
    """Why a level change should be refused, or None.

    Removing an environment from the only account that has it would leave the
    organisation unable to submit there (guide §4.1, R4.4). An account whose credentials
    have not arrived yet is none that remains.

    Raises:
        KeyError: there is no account `account_id`.
    """
    changed = {account.id: account for account in accounts}[account_id]
    remaining = [
        account
        for account in accounts
        if account.id != account_id and account.credentials_received_on is not None
    ]
    for environment in sorted(changed.environments - new_level.environments):
        if not any(environment in account.environments for account in remaining):
            return (
                f"No other SFTP account with {environment.value} access is in place. Without this "
                f"one the organization could not submit to the {environment.value} environment "
                "(§4.1)."
            )
    return None
