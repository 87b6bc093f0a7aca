"""Taking over a case that a colleague handed over. Nothing is ever overwritten silently."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING

from app.onboarding.business_calendar import long_date
from app.onboarding.case import Case
from app.storage import case_rows
from app.storage.case_store import CaseStore
from app.storage.comparing import Comparison, Relation, Side, compare, merged
from app.storage.faults import Fault, fault
from app.storage.hand_over import HandOver, HandOverError
from app.storage.history import EntryKind, HistoryEntry

if TYPE_CHECKING:
    from sqlite_utils import Database as Tables


def compare_with(store: CaseStore, handed: HandOver) -> Comparison | None:
    """How the case handed over stands to the one here; None where there is none here.

    Raises:
        StorageError: the case here cannot be read.
    """
    try:
        mine = store.load(handed.case.id)
    except KeyError:
        return None
    return compare(mine, store.history(mine.id), handed.case, handed.entries)


def take_over(
    store: CaseStore,
    handed: HandOver,
    comparison: Comparison | None,
    choices: Mapping[str, Side] | None = None,
) -> Case:
    """Bring the case handed over into the database; returns it as it is now.

    A new case comes with its whole history, a longer history continues the one here. Where
    both went on, the facts are merged; the colleague's entries are then quoted in new
    entries, because one chain cannot hold two.

    Args:
        store: where to.
        handed: what `read_hand_over` gave.
        comparison: what `compare_with` gave, and the person saw.
        choices: whose fact is taken, by the path of each conflict.

    Raises:
        HandOverError: the history handed over does not stand.
        KeyError: a conflict without a choice.
        StorageError: nothing was changed; also where the case here changed meanwhile.
    """
    if handed.report.broken is not None:
        raise HandOverError(
            "The history in this case file does not stand: " + handed.report.broken.words,
            "Nothing was taken over.",
            "Ask for the file again; if it stays so, keep it and tell your compliance officer.",
        )
    case_id = handed.case.id
    if comparison is not None and comparison.relation in (Relation.SAME, Relation.MINE_IS_AHEAD):
        return store.load(case_id)
    with store.database.write() as tables:
        if comparison is None:
            _insert(tables, store, handed)
        else:
            _continue(tables, store, handed, comparison, choices or {})
        note = (
            f"Taken over from {handed.written_by.os_user} on {handed.written_by.workstation}, "
            f"handed over {long_date(handed.written_at.date())}, {handed.written_at:%H:%M} UTC."
        )
        store.append(tables, case_id, (HistoryEntry(EntryKind.IMPORTED, note=note),))
    store.forget(case_id)
    return store.load(case_id)


def _insert(tables: Tables, store: CaseStore, handed: HandOver) -> None:
    if tables.execute("SELECT 1 FROM cases WHERE id = ?", (handed.case.id,)).fetchone():
        raise fault(Fault.CHANGED_ELSEWHERE, store.database.path)
    case_rows.insert_case(tables, handed.case, store.now())
    case_rows.write_sections(tables, handed.case.id, handed.bodies)
    for entry in handed.entries:
        case_rows.insert_entry(tables, entry)


def _continue(
    tables: Tables,
    store: CaseStore,
    handed: HandOver,
    comparison: Comparison,
    choices: Mapping[str, Side],
) -> None:
    case_id = handed.case.id
    mine, revision = case_rows.read_case(tables, case_id)
    last = case_rows.read_last_entry(tables, case_id)
    if (last.seq if last else 0) != comparison.head:
        raise fault(Fault.CHANGED_ELSEWHERE, store.database.path)
    if comparison.relation is Relation.THEIRS_IS_AHEAD:
        _lengthen(tables, handed, comparison)
        case_rows.update_case(tables, handed.case, store.now(), revision + 1)
        return
    both = merged(mine, handed.case, comparison, choices)
    case_rows.write_sections(tables, case_id, case_rows.sections_of(both, unlike=mine))
    case_rows.update_case(tables, both, store.now(), revision + 1)
    store.append(tables, case_id, _quoted(comparison) + _chosen(comparison, choices))


def _lengthen(tables: Tables, handed: HandOver, comparison: Comparison) -> None:
    sealed = {
        section: body
        for section, body in handed.bodies.items()
        if section not in case_rows.UNSEALED_SECTIONS
    }
    case_rows.write_sections(tables, handed.case.id, sealed)
    for entry in comparison.theirs:
        case_rows.insert_entry(tables, entry)


def _quoted(comparison: Comparison) -> tuple[HistoryEntry, ...]:
    return tuple(
        HistoryEntry(
            EntryKind.QUOTED,
            path=entry.path,
            after=asdict(entry),
            note=f"Entry {entry.seq} of {entry.os_user} on {entry.workstation}",
        )
        for entry in comparison.theirs
    )


def _chosen(comparison: Comparison, choices: Mapping[str, Side]) -> tuple[HistoryEntry, ...]:
    return tuple(
        HistoryEntry(
            EntryKind.FACT_CHANGED,
            path=difference.path,
            before=difference.mine,
            after=difference.theirs,
            note="Chosen from the case handed over",
        )
        for difference in comparison.conflicts
        if choices[difference.path] is Side.THEIRS
    )
