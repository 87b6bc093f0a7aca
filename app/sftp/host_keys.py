"""Which servers the person has accepted, by their host keys."""

from __future__ import annotations

import base64
import binascii
import hashlib
import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Protocol

from app.onboarding.access import Environment
from app.sftp.target import ConnectionTarget

_SHA256_LENGTH = 32


@dataclass(frozen=True, slots=True)
class HostKey:
    """A server's public key.

    Args:
        type: the key's type as SSH names it (`ssh-ed25519`); empty where only a fingerprint is
            known, as when a network provider gave one beforehand.
        fingerprint: `SHA256:` and 43 characters, as OpenSSH prints it.
        public_key: the key in base64; empty where only a fingerprint is known.
    """

    type: str
    fingerprint: str
    public_key: str = ""

    @classmethod
    def of_public_key(cls, key_type: str, key: bytes) -> HostKey:
        """The value for a key as it came over the wire."""
        digest = base64.b64encode(hashlib.sha256(key).digest()).decode("ascii").rstrip("=")
        return cls(key_type, f"SHA256:{digest}", base64.b64encode(key).decode("ascii"))


class HowAccepted(StrEnum):
    """How a key came to be trusted."""

    ONCE = "once"
    ALWAYS = "always"
    IMPORTED = "imported"
    #: Given to everybody by the firm's IT department; never stored, and not revoked here.
    POLICY = "policy"


@dataclass(frozen=True, slots=True)
class AcceptedHostKey:
    """A key that the person trusts for one server of one environment.

    Args:
        accepted_at: when, with a time zone.
        how: for this session, for good, or from a fingerprint given beforehand.
    """

    environment: Environment
    host: str
    port: int
    key: HostKey
    accepted_at: datetime
    how: HowAccepted

    def __post_init__(self) -> None:
        if self.accepted_at.tzinfo is None:
            raise ValueError("The time of acceptance has no time zone.")


class HostKeyStore(Protocol):
    """Where accepted keys are kept. Host names are compared without regard to case."""

    def accepted(self, environment: Environment, host: str, port: int) -> Sequence[AcceptedHostKey]:
        """Every key accepted for this server, oldest first."""
        ...

    def all(self) -> Sequence[AcceptedHostKey]:
        """Every key there is, for the settings."""
        ...

    def accept(self, accepted: AcceptedHostKey) -> None:
        """Keep a key. The same key again replaces its entry."""
        ...

    def revoke(self, accepted: AcceptedHostKey) -> None:
        """Forget a key; nothing happens if it is not there."""
        ...


class SessionHostKeys:
    """Keys accepted for this session only: kept in memory, gone when the program ends."""

    def __init__(self) -> None:
        self._entries: dict[tuple[Environment, str, int, str], AcceptedHostKey] = {}

    def accepted(self, environment: Environment, host: str, port: int) -> Sequence[AcceptedHostKey]:
        """See `HostKeyStore`."""
        server = (environment, host.casefold(), port)
        return tuple(entry for key, entry in self._entries.items() if key[:3] == server)

    def all(self) -> Sequence[AcceptedHostKey]:
        """See `HostKeyStore`."""
        return tuple(self._entries.values())

    def accept(self, accepted: AcceptedHostKey) -> None:
        """See `HostKeyStore`."""
        self._entries[_place(accepted)] = accepted

    def revoke(self, accepted: AcceptedHostKey) -> None:
        """See `HostKeyStore`."""
        self._entries.pop(_place(accepted), None)


def _place(accepted: AcceptedHostKey) -> tuple[Environment, str, int, str]:
    return (
        accepted.environment,
        accepted.host.casefold(),
        accepted.port,
        accepted.key.fingerprint,
    )


def accept_host_key(target: ConnectionTarget, key: HostKey, how: HowAccepted) -> AcceptedHostKey:
    """The decision to trust `key` for a server, taken now."""
    return AcceptedHostKey(
        target.environment, target.host, target.port, key, datetime.now(UTC), how
    )


def parse_fingerprint(text: str) -> HostKey:
    """A key from what a network provider sends: a fingerprint, or a line of a known-hosts file.

    Takes `SHA256:…`, the bare 43 characters, a line as `ssh-keygen -l` prints it, and a public
    key (`ssh-ed25519 AAAA…`, with or without a host name before it).

    Raises:
        ValueError: with one plain line that says what is wrong.
    """
    words = text.split()
    for word, following in itertools.pairwise(words):
        if re.fullmatch(r"(ssh|ecdsa)-[a-z0-9-]+", word) and following.startswith("AAAA"):
            return _key_from_base64(word, following)
    for word in words:
        found = re.fullmatch(r"(?:SHA256:)?([A-Za-z0-9+/]{43})=?", word)
        if found and _is_sha256(found[1]):
            return HostKey("", f"SHA256:{found[1]}")
    if re.search(r"(?:[0-9a-fA-F]{2}:){15}[0-9a-fA-F]{2}", text):
        raise ValueError(
            "This is an MD5 fingerprint, which proves little. Ask for the SHA-256 one."
        )
    raise ValueError("This is no SHA-256 fingerprint: it starts with SHA256: and has 43 more.")


def _key_from_base64(key_type: str, encoded: str) -> HostKey:
    try:
        key = base64.b64decode(encoded, validate=True)
    except binascii.Error:
        raise ValueError("The public key is incomplete: copy the whole line.") from None
    named = key[4 : 4 + int.from_bytes(key[:4], "big")]
    if named != key_type.encode("ascii"):
        raise ValueError("The public key does not match its type: copy the whole line.")
    return HostKey.of_public_key(key_type, key)


def _is_sha256(encoded: str) -> bool:
    return len(base64.b64decode(encoded + "=")) == _SHA256_LENGTH
