"""The tables, and how older databases become this version's.

A change of the schema is a new migration at the end; a released one is never edited.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlite_utils import Database, Migrations

#: Marks the file as ours in SQLite's header ("CAIS").
APPLICATION_ID = 0x43414953
MIGRATION_SET = "cais-onboarding"

# In tables without row numbers the key's columns come first: SQLite before 3.41 reports
# empty values that are not there when it checks one that is ordered otherwise.
_TABLES = """
CREATE TABLE cases (
    id TEXT PRIMARY KEY,
    format TEXT NOT NULL,
    practice INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    changed_at TEXT NOT NULL,
    archived_at TEXT,
    firm_name TEXT NOT NULL,
    firm_number TEXT NOT NULL,
    revision INTEGER NOT NULL,
    head_seq INTEGER NOT NULL,
    head_hash TEXT NOT NULL
) STRICT;

CREATE TABLE case_sections (
    case_id TEXT NOT NULL REFERENCES cases (id),
    section TEXT NOT NULL,
    body TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    PRIMARY KEY (case_id, section)
) STRICT;

CREATE TABLE history (
    case_id TEXT NOT NULL REFERENCES cases (id),
    seq INTEGER NOT NULL,
    at_utc TEXT NOT NULL,
    os_user TEXT NOT NULL,
    workstation TEXT NOT NULL,
    program_version TEXT NOT NULL,
    kind TEXT NOT NULL,
    path TEXT NOT NULL,
    before TEXT,
    after TEXT,
    note TEXT NOT NULL,
    corrects INTEGER,
    file_name TEXT,
    file_size INTEGER,
    file_sha256 TEXT,
    state TEXT NOT NULL,
    previous_hash TEXT NOT NULL,
    hash TEXT NOT NULL,
    PRIMARY KEY (case_id, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE exports (
    case_id TEXT NOT NULL REFERENCES cases (id),
    seq INTEGER NOT NULL,
    file_sha256 TEXT NOT NULL,
    head_hash TEXT NOT NULL,
    at_utc TEXT NOT NULL,
    file_name TEXT NOT NULL,
    file_size INTEGER NOT NULL,
    PRIMARY KEY (case_id, seq, file_sha256)
) STRICT, WITHOUT ROWID;

CREATE TABLE host_keys (
    environment TEXT NOT NULL,
    host TEXT NOT NULL,
    port INTEGER NOT NULL,
    fingerprint TEXT NOT NULL,
    key_type TEXT NOT NULL,
    public_key TEXT NOT NULL,
    how TEXT NOT NULL CHECK (how IN ('always', 'imported')),
    accepted_at TEXT NOT NULL,
    accepted_by TEXT NOT NULL,
    PRIMARY KEY (environment, host, port, fingerprint)
) STRICT;

CREATE TABLE kept_credentials (
    account TEXT PRIMARY KEY,
    case_id TEXT NOT NULL,
    stored_at TEXT NOT NULL,
    outdated INTEGER NOT NULL
) STRICT;

CREATE TABLE places (
    case_id TEXT PRIMARY KEY REFERENCES cases (id),
    page TEXT NOT NULL
) STRICT;

CREATE TABLE settings (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;
"""

# The program never updates or deletes these rows; the triggers hold every other
# program to that too. An entry out of order cannot be added either, which also keeps
# INSERT OR REPLACE from overwriting one (these tables have no hidden row number).
_ADD_ONLY = """
CREATE TRIGGER history_is_never_changed BEFORE UPDATE ON history
BEGIN SELECT RAISE(ABORT, 'history entries are never changed'); END;

CREATE TRIGGER history_is_never_deleted BEFORE DELETE ON history
BEGIN SELECT RAISE(ABORT, 'history entries are never deleted'); END;

CREATE TRIGGER history_only_grows BEFORE INSERT ON history
WHEN NEW.seq IS NOT 1 + coalesce((SELECT max(seq) FROM history WHERE case_id = NEW.case_id), 0)
BEGIN SELECT RAISE(ABORT, 'history entries are only added at the end'); END;

CREATE TRIGGER exports_are_never_changed BEFORE UPDATE ON exports
BEGIN SELECT RAISE(ABORT, 'exports are never changed'); END;

CREATE TRIGGER exports_are_never_deleted BEFORE DELETE ON exports
BEGIN SELECT RAISE(ABORT, 'exports are never deleted'); END;

CREATE TRIGGER exports_are_never_replaced BEFORE INSERT ON exports
WHEN EXISTS (SELECT 1 FROM exports WHERE case_id = NEW.case_id AND seq = NEW.seq
             AND file_sha256 = NEW.file_sha256)
BEGIN SELECT RAISE(IGNORE); END;
"""


@cache
def migrations() -> Migrations:
    """All steps from an empty database to this version's, in order."""
    from sqlite_utils import Migrations

    steps = Migrations(MIGRATION_SET)

    @steps(name="0001_cases_and_history")
    def _first(db: Database) -> None:
        db.executescript(_TABLES)
        db.executescript(_ADD_ONLY)
        db.execute(f"PRAGMA application_id = {APPLICATION_ID}")

    return steps


@cache
def migration_names() -> frozenset[str]:
    """The names of all steps that this version knows."""
    from sqlite_utils import Database

    with Database(memory=True, execute_plugins=False) as nothing:
        return frozenset(step.name for step in migrations().pending(nothing))
