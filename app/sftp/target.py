"""What a connection is made to, and how long each part of it may take."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from app.onboarding.access import Environment, ProxyKind

#: Hands the password over at the moment it is needed; None where none is kept.
#: Called at most once per run, and only after the server's key was found to be accepted.
PasswordSource = Callable[[], str | None]

LAST_PORT = 65_535


class ServerKind(StrEnum):
    """The two hosts of CAIS: their folders differ (CAIS specification §5.3.1)."""

    CAIS = "cais"
    TRANSFORMED_IDENTIFIERS = "tid"


@dataclass(frozen=True, slots=True)
class ProxySettings:
    """The firm's proxy. Its password, where it wants one, comes like the account's: when needed."""

    kind: ProxyKind
    host: str
    port: int
    username: str | None = None
    password: PasswordSource | None = None

    def __post_init__(self) -> None:
        _check_address("proxy", self.host, self.port)


@dataclass(frozen=True, slots=True)
class ConnectionTarget:
    """One account on one server, without its password.

    Args:
        host: name or address, as the firm received it.
        port: 1 to 65535.
        username: of the SFTP account.
        environment: which of the two environments the firm says this host belongs to.
        kind: CAIS, or the separate host for Transformed Identifiers Files.
        submitter_id: whose folders are looked for; None: whichever the account sees.
        proxy: the way out, where there is no direct one.
        bind_address: the address of this computer that the connection shall come from.
        practice: whether fetching and sending go to the simulated CAIS, or never go there (R6.9);
            None: either.

    Raises:
        ValueError: an address, port or user name that cannot be one.
    """

    host: str
    username: str
    port: int = 22
    environment: Environment = Environment.TEST
    kind: ServerKind = ServerKind.CAIS
    submitter_id: int | None = None
    proxy: ProxySettings | None = None
    bind_address: str | None = None
    practice: bool | None = None

    def __post_init__(self) -> None:
        _check_address("host", self.host, self.port)
        if not self.username.strip():
            raise ValueError("The user name is empty.")


def _check_address(what: str, host: str, port: int) -> None:
    if not host or any(c.isspace() or not c.isprintable() for c in host):
        raise ValueError(f"The {what} name is empty or holds blanks.")
    if not 1 <= port <= LAST_PORT:
        raise ValueError(f"The {what} port must be between 1 and {LAST_PORT}.")


@dataclass(frozen=True, slots=True)
class TimeLimits:
    """Seconds that each part may take before it counts as "no answer"."""

    find: float = 10
    reach: float = 15
    greeting: float = 15
    agreement: float = 20
    sign_in: float = 40
    file_transfer: float = 20
    listing: float = 30
