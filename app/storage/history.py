"""The history of a case: entries that are only ever added, each sealed with the one before.

Every entry carries the SHA-256 of its own content together with the hash of the entry
before it, so that changing, removing or reordering one breaks every later link. The chain
runs per case, not per database: a case can then be handed to a colleague with its whole
chain, and one damaged case says nothing against the others.

An entry also seals the facts as they stood after it (`state`), so that facts changed
behind the program's back are found as well.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import TypeAlias
from zoneinfo import ZoneInfo

from app.storage.origin import Origin

JsonValue: TypeAlias = "bool | int | float | str | list[JsonValue] | dict[str, JsonValue] | None"

ENTRY_FORMAT = 1
EASTERN = ZoneInfo("America/New_York")


class EntryKind(StrEnum):
    """What an entry is about."""

    CASE_CREATED = "case_created"
    FACT_CHANGED = "fact_changed"
    STATEMENT_MADE = "statement_made"
    CONNECTION_TESTED = "connection_tested"
    FEEDBACK_COUNTED = "feedback_counted"
    ACCOUNTS_COUNTED = "accounts_counted"
    SUBMISSION_SENT = "submission_sent"
    SUBMISSION_CHOSEN = "submission_chosen"
    RULE_OVERRIDDEN = "rule_overridden"
    DATE_CONFIRMED = "date_confirmed"
    HOST_KEY_ACCEPTED = "host_key_accepted"
    HOST_KEY_REVOKED = "host_key_revoked"
    CREDENTIAL_STORED = "credential_stored"
    CREDENTIAL_REMOVED = "credential_removed"
    DOCUMENT_WRITTEN = "document_written"
    #: A person says that a message, or a summary, went out.
    SENT = "sent"
    CORRECTION = "correction"
    HANDED_OVER = "handed_over"
    IMPORTED = "imported"
    #: An entry of a colleague's history that cannot stand in this chain itself.
    QUOTED = "quoted"
    RESTORED = "restored"
    ARCHIVED = "archived"
    REOPENED = "reopened"


@dataclass(frozen=True)
class FileFacts:
    """A file that an entry rests on: its name without folder, size in bytes, SHA-256 in hex."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True)
class HistoryEntry:
    """What is to be recorded; time, person and seals are added when it is written.

    Args:
        kind: what it is about.
        path: the field, as in `app.onboarding.editing`; empty for the whole case.
        before: the fact before, as JSON.
        after: the fact after, as JSON.
        note: a remark or a reason, in plain text.
        corrects: the `seq` of the entry that this one corrects.
        file: the file it rests on.
    """

    kind: EntryKind
    path: str = ""
    before: JsonValue = None
    after: JsonValue = None
    note: str = ""
    corrects: int | None = None
    file: FileFacts | None = None


@dataclass(frozen=True)
class RecordedEntry:
    """One entry exactly as it is stored; texts stay as they are, so that its hash can be checked.

    `at_utc` is ISO 8601 in UTC with microseconds; `before` and `after` are JSON texts;
    `state`, `previous_hash` and `hash` are SHA-256 in hex.
    """

    case_id: str
    seq: int
    at_utc: str
    os_user: str
    workstation: str
    program_version: str
    kind: str
    path: str
    before: str | None
    after: str | None
    note: str
    corrects: int | None
    file_name: str | None
    file_size: int | None
    file_sha256: str | None
    state: str
    previous_hash: str
    hash: str

    @property
    def at(self) -> datetime:
        """When it was recorded, in UTC."""
        return datetime.fromisoformat(self.at_utc)

    @property
    def at_eastern(self) -> datetime:
        """When it was recorded, in Eastern Time, the time CAT goes by."""
        return self.at.astimezone(EASTERN)

    @property
    def before_value(self) -> JsonValue:
        """The fact before."""
        return None if self.before is None else _parsed(self.before)

    @property
    def after_value(self) -> JsonValue:
        """The fact after."""
        return None if self.after is None else _parsed(self.after)

    @property
    def file(self) -> FileFacts | None:
        """The file it rests on."""
        if self.file_name is None or self.file_size is None or self.file_sha256 is None:
            return None
        return FileFacts(self.file_name, self.file_size, self.file_sha256)


def first_link(case_id: str) -> str:
    """What stands in for the hash before the first entry; it binds the chain to its case."""
    return hashlib.sha256(f"cais-onboarding history of {case_id}".encode()).hexdigest()


def seal_of(entry: RecordedEntry) -> str:
    """The SHA-256 that `entry` must carry."""
    content = {name: value for name, value in vars(entry).items() if name != "hash"}
    return hashlib.sha256(canonical_json({"format": ENTRY_FORMAT, **content}).encode()).hexdigest()


def state_of(section_hashes: Mapping[str, str]) -> str:
    """The one hash over all sections of a case, from the SHA-256 of each."""
    return hashlib.sha256(canonical_json(dict(section_hashes)).encode()).hexdigest()


def recorded(
    entry: HistoryEntry,
    *,
    case_id: str,
    after: RecordedEntry | None,
    at: datetime,
    origin: Origin,
    state: str,
) -> RecordedEntry:
    """`entry` with time, person and seals, as the next one in its case's chain.

    Args:
        entry: what is recorded.
        case_id: the case.
        after: the entry before it; None for the first.
        at: when, aware.
        origin: who and where.
        state: the hash over the facts after the change.
    """
    file = entry.file
    unsealed = RecordedEntry(
        case_id=case_id,
        seq=after.seq + 1 if after else 1,
        at_utc=at.astimezone(UTC).isoformat(timespec="microseconds"),
        os_user=storable(origin.os_user),
        workstation=storable(origin.workstation),
        program_version=origin.program_version,
        kind=entry.kind.value,
        path=storable(entry.path),
        before=None if entry.before is None else canonical_json(entry.before),
        after=None if entry.after is None else canonical_json(entry.after),
        note=storable(entry.note),
        corrects=entry.corrects,
        file_name=storable(file.name) if file else None,
        file_size=file.size if file else None,
        file_sha256=file.sha256 if file else None,
        state=state,
        previous_hash=after.hash if after else first_link(case_id),
        hash="",
    )
    return _with_hash(unsealed)


def canonical_json(value: object) -> str:
    """The one way `value` is written as JSON: sorted keys, no blanks, ASCII only.

    Raises:
        ValueError: `value` holds NaN or infinity.
        TypeError: `value` is not made of JSON's types.
    """
    return json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False
    )


def storable(text: str) -> str:
    """`text` without half characters, which come from broken file names and no database takes."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _with_hash(entry: RecordedEntry) -> RecordedEntry:
    return replace(entry, hash=seal_of(entry))


def _parsed(text: str) -> JsonValue:
    value: JsonValue = json.loads(text)
    return value
