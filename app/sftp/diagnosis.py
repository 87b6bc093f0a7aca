"""What a fault of the connection test means, in plain words.

The words stand in the data file `connection-faults.toml`; the table in
docs/connection-faults.md lists every fault with the test that brings it about.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from typing import Any

from app import resources


class Ask(StrEnum):
    """Who can help with a fault."""

    NOBODY = "nobody"
    IT = "it"
    NETWORK = "network"
    ADMINISTRATOR = "administrator"
    HELP_DESK = "help_desk"

    @property
    def words(self) -> str:
        """As shown to the person; empty where nobody else is needed."""
        return _ASK_WORDS[self]


_ASK_WORDS = {
    Ask.NOBODY: "",
    Ask.IT: "Your IT department",
    Ask.NETWORK: "Your managed network provider, or your IT department",
    Ask.ADMINISTRATOR: "Your Super Account Administrator or Account Administrator",
    Ask.HELP_DESK: "The FINRA CAT Help Desk",
}


class Fault(StrEnum):
    """What can go wrong on the way to the folders, in the order of the stages, and after it."""

    NAME_NOT_FOUND = "name_not_found"
    NAME_INVALID = "name_invalid"
    LOOKUP_UNAVAILABLE = "lookup_unavailable"
    LOOKUP_SILENT = "lookup_silent"
    NO_ADDRESS_OF_FAMILY = "no_address_of_family"

    NO_ANSWER = "no_answer"
    PORT_CLOSED = "port_closed"
    NO_ROUTE = "no_route"
    BLOCKED_HERE = "blocked_here"
    BIND_ADDRESS_UNUSABLE = "bind_address_unusable"
    PROXY_UNREACHABLE = "proxy_unreachable"
    PROXY_REFUSED = "proxy_refused"
    PROXY_WANTS_SIGN_IN = "proxy_wants_sign_in"
    PROXY_GARBLED = "proxy_garbled"

    SILENT = "silent"
    CLOSED_UNGREETED = "closed_ungreeted"
    HTTP_INSTEAD = "http_instead"
    TLS_INSTEAD = "tls_instead"
    NOT_SSH = "not_ssh"
    ENDLESS_GREETING = "endless_greeting"
    OLD_SSH_1 = "old_ssh_1"
    SERVER_BUSY = "server_busy"

    NO_AES_256 = "no_aes_256"
    OLD_HOST_KEY = "old_host_key"
    OLD_EXCHANGE = "old_exchange"
    OLD_INTEGRITY = "old_integrity"
    AGREEMENT_SILENT = "agreement_silent"
    CUT_IN_AGREEMENT = "cut_in_agreement"
    BROKEN_AGREEMENT = "broken_agreement"

    HOST_KEY_UNKNOWN = "host_key_unknown"
    HOST_KEY_CHANGED = "host_key_changed"
    HOST_KEY_TYPE_CHANGED = "host_key_type_changed"

    NO_PASSWORD = "no_password"  # noqa: S105 - a fault's name
    SIGN_IN_REFUSED = "sign_in_refused"
    ACCOUNT_LOCKED = "account_locked"
    PASSWORD_EXPIRED = "password_expired"  # noqa: S105 - a fault's name
    KEY_ONLY = "key_only"
    OTHER_METHODS = "other_methods"
    SECOND_FACTOR = "second_factor"
    NO_SIGN_IN_ASKED = "no_sign_in_asked"
    SIGN_IN_SILENT = "sign_in_silent"
    CUT_AT_SIGN_IN = "cut_at_sign_in"

    FILE_TRANSFER_OFF = "file_transfer_off"
    TOO_MANY_SESSIONS = "too_many_sessions"
    FILE_TRANSFER_GARBLED = "file_transfer_garbled"
    FILE_TRANSFER_SILENT = "file_transfer_silent"
    CUT_AT_FILE_TRANSFER = "cut_at_file_transfer"

    FOLDERS_MISSING = "folders_missing"
    FOLDERS_DENIED = "folders_denied"
    LISTING_FAILED = "listing_failed"
    LISTING_SILENT = "listing_silent"
    CUT_WHILE_LISTING = "cut_while_listing"

    TRANSFER_SILENT = "transfer_silent"
    CUT_IN_TRANSFER = "cut_in_transfer"


class StageFailedError(Exception):
    """A stage ended the run.

    Args:
        fault: which of the known ones.
        facts: what the fault's words are filled in with, beside the target's own.
        details: lines for whoever helps; what the server said among them, as plain text.
    """

    def __init__(
        self,
        fault: Fault,
        details: tuple[str, ...] = (),
        **facts: str,
    ) -> None:
        super().__init__(fault.value)
        self.fault = fault
        self.facts = facts
        self.details = details


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What happened, why (most likely first), what to do and whom to ask."""

    fault: Fault
    finding: str
    causes: tuple[str, ...]
    action: str
    ask: Ask
    details: tuple[str, ...] = field(default=())


@cache
def _words() -> dict[str, dict[str, Any]]:
    return tomllib.loads(resources.read_text("connection-faults.toml"))


def diagnose(failed: StageFailedError, facts: Mapping[str, str]) -> Diagnosis:
    """The words for a fault.

    Args:
        failed: how the stage ended.
        facts: what is known of the target (host, port, environment …), as plain text.
    """
    words = _words()[failed.fault]
    known = {**facts, **failed.facts}
    return Diagnosis(
        fault=failed.fault,
        finding=words["finding"].format_map(known),
        causes=tuple(cause.format_map(known) for cause in words["causes"]),
        action=words["action"].format_map(known),
        ask=Ask(words["ask"]),
        details=failed.details,
    )
