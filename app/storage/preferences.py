"""Small things remembered between starts: settings, and the page where each case was left."""

from __future__ import annotations

import json

from app.storage.database import Database
from app.storage.history import JsonValue


class Preferences:
    """Settings by key, and the last page per case. No facts of a case, no secrets."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def setting(self, key: str) -> JsonValue:
        """The value kept under `key`, or None.

        Raises:
            StorageError: the database cannot be read.
        """
        with self._database.read() as tables:
            row = tables.execute("SELECT value FROM settings WHERE key = ?", (key,)).fetchone()
        return None if row is None else json.loads(row[0])

    def keep(self, key: str, value: JsonValue) -> None:
        """Keep `value` under `key`; None forgets it.

        Raises:
            StorageError: it was not saved.
        """
        with self._database.write() as tables:
            if value is None:
                tables.execute("DELETE FROM settings WHERE key = ?", (key,))
            else:
                tables.table("settings").upsert({"key": key, "value": json.dumps(value)}, pk="key")

    def last_page(self, case_id: str) -> str | None:
        """The page where the case was left.

        Raises:
            StorageError: the database cannot be read.
        """
        with self._database.read() as tables:
            row = tables.execute("SELECT page FROM places WHERE case_id = ?", (case_id,)).fetchone()
        return row[0] if row else None

    def remember_page(self, case_id: str, page: str) -> None:
        """Remember where the person is in a case that has been saved once.

        Raises:
            StorageError: it was not saved.
        """
        with self._database.write() as tables:
            tables.table("places").upsert({"case_id": case_id, "page": page}, pk="case_id")
