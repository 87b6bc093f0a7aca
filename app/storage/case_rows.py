"""How a case and its history lie in the tables."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pydantic import ValidationError

from app.onboarding.case import SECTIONS, Case
from app.storage.faults import Fault, StorageError
from app.storage.history import (
    FileFacts,
    RecordedEntry,
    canonical_json,
    first_link,
    state_of,
)

if TYPE_CHECKING:
    from sqlite_utils import Database as Tables

#: Texts that no field accepted: kept so that nothing typed is lost, but no fact, so no
#: history entry goes with them and no seal covers them.
UNSEALED_SECTIONS = frozenset({"unaccepted"})
_NAMES = tuple(field.name for field in fields(RecordedEntry))
_COLUMNS = ", ".join(_NAMES)
_VALUES = ", ".join("?" for _ in _NAMES)


@dataclass(frozen=True)
class Export:
    """A summary that was written: when (UTC), its file, and the entry that it names as the last."""

    case_id: str
    at: datetime
    file: FileFacts
    head_seq: int
    head_hash: str


def sections_of(case: Case, unlike: Case | None = None) -> dict[str, str]:
    """The sections of `case` as canonical JSON; with `unlike`, only those that differ from it."""
    bodies: dict[str, str] = {}
    for section in SECTIONS:
        value = getattr(case, section)
        if unlike is not None:
            other = getattr(unlike, section)
            if other is value or other == value:
                continue
        document = value if isinstance(value, dict) else value.model_dump(mode="json")
        # Canonical, so that its hash can be found again from the facts in any other form.
        bodies[section] = canonical_json(document)
    return bodies


def case_of(header: Mapping[str, object], bodies: Mapping[str, str]) -> Case:
    """The case whose sections are the JSON texts `bodies`.

    Args:
        header: `id`, `format`, `practice` and `created_at` of the case.
        bodies: JSON text per section; a missing one is empty.

    Raises:
        StorageError: a section does not hold what this version understands.
    """
    try:
        facts = {section: json.loads(body) for section, body in bodies.items()}
        return Case.model_validate_json(json.dumps({**header, **facts}))
    except (ValueError, ValidationError) as error:
        raise StorageError(
            Fault.DAMAGED,
            "The stored facts of this case cannot be read.",
            "They were changed outside the program, or damaged. The history lies apart from them.",
            "Restore a backup, or send the diagnostics from the Help menu.",
        ) from error


def read_case(tables: Tables, case_id: str) -> tuple[Case, int]:
    """The case and its revision.

    Raises:
        KeyError: there is no such case.
        StorageError: its facts cannot be read.
    """
    head = tables.execute(
        "SELECT format, practice, created_at, revision FROM cases WHERE id = ?", (case_id,)
    ).fetchone()
    if head is None:
        raise KeyError(case_id)
    header = {"id": case_id, "format": head[0], "practice": bool(head[1]), "created_at": head[2]}
    return case_of(header, read_bodies(tables, case_id)), head[3]


def read_bodies(tables: Tables, case_id: str) -> dict[str, str]:
    """The sections of a case as JSON texts."""
    return dict(
        tables.execute(
            "SELECT section, body FROM case_sections WHERE case_id = ?", (case_id,)
        ).fetchall()
    )


def read_head(tables: Tables, case_id: str) -> tuple[int, str]:
    """Number and hash of the last entry of a case.

    Raises:
        KeyError: there is no such case.
    """
    row = tables.execute(
        "SELECT head_seq, head_hash FROM cases WHERE id = ?", (case_id,)
    ).fetchone()
    if row is None:
        raise KeyError(case_id)
    return row[0], row[1]


def insert_case(tables: Tables, case: Case, at: datetime) -> None:
    """Add the row of a new case; its sections and entries follow."""
    tables.execute(
        "INSERT INTO cases (id, format, practice, created_at, changed_at, firm_name, firm_number, "
        "revision, head_seq, head_hash) VALUES (?, ?, ?, ?, ?, ?, ?, 1, 0, ?)",
        (
            case.id,
            case.format,
            case.practice,
            utc_text(case.created_at),
            utc_text(at),
            *_firm(case),
            first_link(case.id),
        ),
    )


def update_case(tables: Tables, case: Case, at: datetime, revision: int) -> bool:
    """Step the row of a case to `revision`; False if it is not at the one before."""
    stepped = tables.execute(
        "UPDATE cases SET revision = ?, changed_at = ?, firm_name = ?, firm_number = ? "
        "WHERE id = ? AND revision = ?",
        (revision, utc_text(at), *_firm(case), case.id, revision - 1),
    )
    return stepped.rowcount == 1


def write_sections(tables: Tables, case_id: str, bodies: Mapping[str, str]) -> None:
    """Store the JSON texts of sections."""
    for section, body in bodies.items():
        tables.execute(
            "INSERT INTO case_sections VALUES (?, ?, ?, ?) ON CONFLICT (case_id, section) "
            "DO UPDATE SET body = excluded.body, sha256 = excluded.sha256",
            (case_id, section, body, sha256_of(body)),
        )


def read_state(tables: Tables, case_id: str) -> str:
    """The one hash over the stored facts of a case, as its next entry seals them."""
    rows = tables.execute(
        "SELECT section, sha256 FROM case_sections WHERE case_id = ?", (case_id,)
    ).fetchall()
    return state_of({section: sha for section, sha in rows if section not in UNSEALED_SECTIONS})


def state_of_bodies(bodies: Mapping[str, str]) -> str:
    """The same hash, computed from the sections' texts themselves."""
    return state_of(
        {
            section: sha256_of(body)
            for section, body in bodies.items()
            if section not in UNSEALED_SECTIONS
        }
    )


def read_entries(
    tables: Tables, case_id: str, *, after: int = 0, limit: int = -1
) -> list[RecordedEntry]:
    """The entries of a case as stored, in order."""
    rows = tables.execute(
        f"SELECT {_COLUMNS} FROM history WHERE case_id = ? AND seq > ? ORDER BY seq LIMIT ?",  # noqa: S608 - our own column names
        (case_id, after, limit),
    )
    return [RecordedEntry(*row) for row in rows]


def read_last_entry(tables: Tables, case_id: str) -> RecordedEntry | None:
    """The newest entry of a case."""
    row = tables.execute(
        f"SELECT {_COLUMNS} FROM history WHERE case_id = ? ORDER BY seq DESC LIMIT 1",  # noqa: S608 - our own column names
        (case_id,),
    ).fetchone()
    return RecordedEntry(*row) if row else None


def insert_entry(tables: Tables, entry: RecordedEntry) -> None:
    """Store `entry` as it is, as the new head; the schema refuses one out of order."""
    tables.execute(
        f"INSERT INTO history ({_COLUMNS}) VALUES ({_VALUES})",  # noqa: S608 - our own column names
        tuple(getattr(entry, name) for name in _NAMES),
    )
    tables.execute(
        "UPDATE cases SET head_seq = ?, head_hash = ? WHERE id = ?",
        (entry.seq, entry.hash, entry.case_id),
    )


def insert_export(tables: Tables, told: RecordedEntry, seq: int, head_hash: str) -> None:
    """Pin entry `seq` with its `head_hash` to the document that the entry `told` is about."""
    row = {
        "case_id": told.case_id,
        "seq": seq,
        "file_sha256": told.file_sha256,
        "head_hash": head_hash,
        "at_utc": told.at_utc,
        "file_name": told.file_name,
        "file_size": told.file_size,
    }
    tables.table("exports").insert(row)


def read_exports(tables: Tables, case_id: str | None) -> list[Export]:
    """The exports of a case, or of all cases, oldest first."""
    rows = tables.execute(
        "SELECT case_id, at_utc, file_name, file_size, file_sha256, seq, head_hash FROM exports "
        "WHERE case_id = ?1 OR ?1 IS NULL ORDER BY at_utc, seq",
        (case_id,),
    )
    return [
        Export(row[0], datetime.fromisoformat(row[1]), FileFacts(*row[2:5]), row[5], row[6])
        for row in rows
    ]


def sha256_of(text: str) -> str:
    """SHA-256 of `text` in UTF-8, in hex."""
    return hashlib.sha256(text.encode()).hexdigest()


def utc_text(moment: datetime) -> str:
    """`moment` as it is stored: ISO 8601 in UTC."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def _firm(case: Case) -> tuple[str, str]:
    return case.registration.company_name or "", case.registration.identifier or ""
