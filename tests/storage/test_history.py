"""The history only grows, and whoever tampers with it is found out."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.cancellation import CancelToken
from app.failures import Cancelled
from app.storage.case_store import CaseStore
from app.storage.chain import Break, check_chain
from app.storage.history import (
    EntryKind,
    FileFacts,
    HistoryEntry,
    JsonValue,
    RecordedEntry,
    recorded,
    seal_of,
)
from app.storage.paths import DataFolder
from app.storage.proof import verify_all, verify_case
from tests.storage.sample_cases import ORIGIN, Clock, edit, saved_case

CASE_ID = "0" * 32


def a_chain(length: int) -> list[RecordedEntry]:
    clock, chain = Clock(), list[RecordedEntry]()
    for number in range(length):
        chain.append(
            recorded(
                HistoryEntry(EntryKind.FACT_CHANGED, path="registration.crd", after=str(number)),
                case_id=CASE_ID,
                after=chain[-1] if chain else None,
                at=clock(),
                origin=ORIGIN,
                state="",
            )
        )
    return chain


def test_an_entry_knows_when_who_where_and_what(store: CaseStore) -> None:
    case = saved_case(store)
    entry = store.history(case.id)[-1]
    assert (entry.os_user, entry.workstation, entry.program_version) == (
        "pat",
        "FRONT-DESK",
        "0.1.0",
    )
    assert entry.at_utc == "2020-10-05T14:00:02.000000+00:00"
    assert entry.at_eastern.isoformat() == "2020-10-05T10:00:02-04:00"
    assert (entry.path, entry.before_value) == ("registration.company_name", None)
    assert entry.after_value == "Harbor Securities LLC"
    assert entry.file is None


def test_entries_can_be_read_in_parts(store: CaseStore) -> None:
    case = saved_case(store)
    for number in range(1, 9):
        case = edit(store, case, "registration.crd", str(number))
    assert [entry.seq for entry in store.history(case.id, after=3, limit=4)] == [4, 5, 6, 7]


def test_a_correction_names_the_entry_it_corrects(store: CaseStore) -> None:
    case = saved_case(store)
    store.record(case.id, HistoryEntry(EntryKind.CORRECTION, note="wrong day", corrects=2))
    assert verify_case(store.database, case.id).intact
    store.record(case.id, HistoryEntry(EntryKind.CORRECTION, note="of the future", corrects=99))
    broken = verify_case(store.database, case.id).broken
    assert broken is not None
    assert (broken.seq, broken.how) == (4, Break.WRONG_CORRECTION)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE history SET note = 'x'",
        "DELETE FROM history",
        "INSERT OR REPLACE INTO history SELECT * FROM history WHERE seq = 1",
        "UPDATE OR REPLACE history SET seq = 1 WHERE seq = 2",
        "DELETE FROM exports",
        "UPDATE exports SET head_hash = 'x'",
    ],
)
def test_any_program_is_refused_to_change_entries(
    store: CaseStore, folder: DataFolder, statement: str
) -> None:
    case = saved_case(store)
    store.record_export(case.id, store.head(case.id)[1], FileFacts("a.pdf", 1, "ab" * 32))
    with (
        closing(sqlite3.connect(folder.database)) as outsider,
        pytest.raises(sqlite3.IntegrityError, match=r"never|only added"),
    ):
        outsider.execute(statement)


Tamper = Callable[[sqlite3.Connection], object]

TAMPERINGS: dict[str, tuple[Tamper, int, Break]] = {
    "a changed note": (
        lambda raw: raw.execute("UPDATE history SET note = 'x' WHERE seq = 2"),
        2,
        Break.CHANGED_ENTRY,
    ),
    "a changed time": (
        lambda raw: raw.execute("UPDATE history SET at_utc = 'yesterday' WHERE seq = 3"),
        3,
        Break.CHANGED_ENTRY,
    ),
    "a removed entry": (
        lambda raw: raw.execute("DELETE FROM history WHERE seq = 2"),
        2,
        Break.MISSING_ENTRY,
    ),
    "a removed first entry": (
        lambda raw: raw.execute("DELETE FROM history WHERE seq = 1"),
        1,
        Break.MISSING_ENTRY,
    ),
    "a removed end": (
        lambda raw: raw.execute("DELETE FROM history WHERE seq >= 4"),
        4,
        Break.CUT_SHORT,
    ),
    "changed facts": (
        lambda raw: raw.execute(
            "UPDATE case_sections SET body = replace(body, 'Harbor', 'Harbour')"
        ),
        5,
        Break.CHANGED_FACTS,
    ),
    "a removed section": (
        lambda raw: raw.execute("DELETE FROM case_sections WHERE section = 'testing'"),
        5,
        Break.CHANGED_FACTS,
    ),
    "an export of another chain": (
        lambda raw: raw.execute("UPDATE exports SET head_hash = 'x'"),
        4,
        Break.EXPORT_NOT_FOUND,
    ),
}


@pytest.mark.parametrize("name", TAMPERINGS)
def test_verify_says_where_the_record_breaks(
    store: CaseStore, folder: DataFolder, name: str
) -> None:
    case = saved_case(store)
    for value in ("1", "2"):
        case = edit(store, case, "registration.crd", value)
    store.record_export(case.id, store.head(case.id)[1], FileFacts("summary.pdf", 1, "ab" * 32))
    assert verify_case(store.database, case.id).intact
    tamper, seq, how = TAMPERINGS[name]
    with closing(sqlite3.connect(folder.database)) as raw:
        for (trigger,) in raw.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        ).fetchall():
            raw.execute(f"DROP TRIGGER {trigger}")
        tamper(raw)
        raw.commit()
    (report,) = verify_all(store.database)
    assert report.broken is not None
    assert (report.broken.seq, report.broken.how) == (seq, how)


def test_swapping_and_forging_entries_is_found() -> None:
    chain = a_chain(5)
    swapped = [chain[0], chain[2], chain[1], *chain[3:]]
    assert check_chain(CASE_ID, swapped).broken is not None
    forged = replace(chain[2], after='"forged"')
    forged = replace(forged, hash=seal_of(forged))
    report = check_chain(CASE_ID, [*chain[:2], forged, *chain[3:]])
    assert report.broken is not None
    assert (report.broken.seq, report.broken.how) == (4, Break.WRONG_LINK)
    assert check_chain("1" * 32, chain).broken is not None


def test_an_empty_history_is_whole() -> None:
    report = check_chain(CASE_ID, [])
    assert report.intact
    assert report.entries == 0


@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers(-(2**63), 2**63)
        | st.text(st.characters(codec=None)),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
        max_leaves=8,
    ),
    st.text(st.characters(codec=None), max_size=50),
)
def test_every_value_is_sealed_and_comes_back(value: JsonValue, note: str) -> None:
    entry = recorded(
        HistoryEntry(EntryKind.FACT_CHANGED, path="x", after=value, note=note),
        case_id=CASE_ID,
        after=None,
        at=Clock()(),
        origin=ORIGIN,
        state="",
    )
    assert entry.hash == seal_of(entry)
    assert entry.note.encode() == note.encode("utf-8", "replace")
    assert entry.after_value == (None if value is None else json.loads(json.dumps(value)))
    assert check_chain(CASE_ID, [entry]).intact


def test_verifying_everything_tells_how_far_it_is_and_can_be_cancelled(store: CaseStore) -> None:
    for number in range(3):
        saved_case(store, f"Firm {number}")
    told: list[tuple[int, int]] = []
    cancel = CancelToken()

    def progress(done: int, total: int) -> None:
        told.append((done, total))
        if len(told) == 5:
            cancel.cancel()

    assert len(verify_all(store.database, cancel=cancel, progress=progress)) == 3
    assert told == [(1, 3), (2, 3), (3, 3)]
    with pytest.raises(Cancelled):
        verify_all(store.database, cancel=cancel, progress=progress)
    assert told[3:] == [(1, 3), (2, 3)]
