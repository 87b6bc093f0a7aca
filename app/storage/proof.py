"""Whether the record of a case still stands as it was written."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from app.storage import case_rows
from app.storage.chain import Break, ChainBreak, ChainReport, check_chain
from app.storage.database import Database

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlite_utils import Database as Tables

    from app.cancellation import CancelToken
    from app.storage.history import RecordedEntry


def verify_case(database: Database, case_id: str) -> ChainReport:
    """Check the history of a case, its facts against what the last entry sealed, and its exports.

    Raises:
        KeyError: there is no such case.
        StorageError: the database cannot be read.
    """
    with database.read() as tables:
        head = case_rows.read_head(tables, case_id)
        entries = case_rows.read_entries(tables, case_id)
        state = case_rows.state_of_bodies(case_rows.read_bodies(tables, case_id))
        report = check_chain(case_id, entries, head=head, state=state)
        return replace(report, broken=report.broken or _lost_export(tables, case_id, entries))


def verify_all(
    database: Database,
    *,
    cancel: CancelToken | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> tuple[ChainReport, ...]:
    """`verify_case` for every case, archived ones too.

    Args:
        database: the open database.
        cancel: ends it between two cases.
        progress: told how many cases of how many are done.

    Raises:
        StorageError: the database cannot be read.
        Cancelled: it was cancelled.
    """
    with database.read() as tables:
        ids = [row[0] for row in tables.execute("SELECT id FROM cases ORDER BY created_at, id")]
    reports = []
    for number, case_id in enumerate(ids, 1):
        if cancel is not None:
            cancel.raise_if_cancelled()
        reports.append(verify_case(database, case_id))
        if progress is not None:
            progress(number, len(ids))
    return tuple(reports)


def _lost_export(
    tables: Tables, case_id: str, entries: Sequence[RecordedEntry]
) -> ChainBreak | None:
    hashes = {entry.seq: entry.hash for entry in entries}
    for seq, head_hash, name in tables.execute(
        "SELECT seq, head_hash, file_name FROM exports WHERE case_id = ? ORDER BY seq", (case_id,)
    ):
        if hashes.get(seq) != head_hash:
            return ChainBreak(
                seq,
                Break.EXPORT_NOT_FOUND,
                f"{name} was written with entry {seq} as the last; that entry is not the same now.",
            )
    return None
