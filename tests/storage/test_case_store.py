"""Cases are listed, loaded and saved with their history, and nothing is written twice or lost."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from app.onboarding.case import new_case
from app.onboarding.editing import with_unaccepted, with_value
from app.storage.backups import check_integrity
from app.storage.case_store import CaseStore
from app.storage.database import Database, open_database
from app.storage.faults import Fault, StorageError
from app.storage.history import EntryKind, FileFacts, HistoryEntry
from app.storage.paths import DataFolder
from app.storage.proof import verify_case
from tests.storage.sample_cases import ORIGIN, TODAY, Clock, created, edit, saved_case


def test_a_case_comes_back_as_it_was_saved(store: CaseStore, folder: DataFolder) -> None:
    case = saved_case(store)
    case = edit(store, case, "registration.crd", "123456")
    store.database.close()
    with open_database(folder) as again:
        assert CaseStore(again).load(case.id) == case


def test_odd_texts_survive(store: CaseStore) -> None:
    case = saved_case(store)
    for text in ("Ünïcøde & Söhne", "🏦 Bank", "שלום", "'; DROP TABLE cases; --", "x" * 200):
        case = edit(store, case, "registration.company_name", text)
        assert store.load(case.id).registration.company_name == text


def test_the_list_shows_name_and_number_in_order(store: CaseStore) -> None:
    second = saved_case(store, "beta Securities")
    first = edit(store, saved_case(store, "Alpha Securities"), "registration.crd", "77")
    assert [(line.firm_name, line.firm_number) for line in store.list_cases()] == [
        ("Alpha Securities", "77"),
        ("beta Securities", ""),
    ]
    assert {line.id for line in store.list_cases()} == {first.id, second.id}


def test_an_unknown_case_is_a_key_error(store: CaseStore) -> None:
    with pytest.raises(KeyError):
        store.load("0" * 32)
    with pytest.raises(KeyError):
        store.head("0" * 32)


def test_an_edit_rewrites_only_its_section(store: CaseStore) -> None:
    case = saved_case(store)
    written: list[str] = []
    with store.database.read() as tables:
        tables.conn.set_trace_callback(written.append)
    edit(store, case, "registration.city", "Boston")
    with store.database.read() as tables:
        tables.conn.set_trace_callback(None)
    sections = [sql for sql in written if sql.startswith("INSERT INTO case_sections")]
    assert len(sections) == 1
    assert "'registration'" in sections[0]
    assert "Boston" in sections[0]


def test_facts_never_change_without_an_entry(store: CaseStore) -> None:
    case = saved_case(store)
    with pytest.raises(ValueError, match="no history entry"):
        store.save(with_value(case, "registration.crd", "5", TODAY), [])
    assert store.load(case.id).registration.crd is None


def test_what_a_field_refused_is_kept_without_an_entry(store: CaseStore) -> None:
    case = saved_case(store)
    entries = len(store.history(case.id))
    store.save(with_unaccepted(case, "registration.crd", "12-x"), [])
    assert store.load(case.id).unaccepted == {"registration.crd": "12-x"}
    assert len(store.history(case.id)) == entries
    assert verify_case(store.database, case.id).intact


def test_entry_and_facts_are_saved_together_or_not_at_all(
    store: CaseStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = saved_case(store)
    head = store.head(case.id)
    changed = with_value(case, "registration.crd", "5", TODAY)
    # JSON has no infinity: writing the entry fails after the facts were written.
    entry = HistoryEntry(EntryKind.FACT_CHANGED, path="registration.crd", after=float("inf"))
    with pytest.raises(ValueError, match="JSON compliant"):
        store.save(changed, [entry])
    assert store.head(case.id) == head
    assert store.load(case.id) == case


def test_two_programs_do_not_overwrite_each_other(store: CaseStore, folder: DataFolder) -> None:
    case = saved_case(store)
    with open_database(folder) as elsewhere:
        other = CaseStore(elsewhere, origin=ORIGIN)
        edit(other, other.load(case.id), "registration.crd", "11")
    with pytest.raises(StorageError) as refused:
        edit(store, case, "registration.crd", "22")
    assert refused.value.fault is Fault.CHANGED_ELSEWHERE
    fresh = store.load(case.id)
    assert fresh.registration.crd == "11"
    assert edit(store, fresh, "registration.crd", "22").registration.crd == "22"
    assert verify_case(store.database, case.id).intact


def test_archiving_hides_a_case_and_keeps_everything(store: CaseStore) -> None:
    case = saved_case(store)
    store.archive(case.id, note="Firm withdrew its membership")
    assert store.list_cases() == ()
    assert [line.archived for line in store.list_cases(archived=True)] == [True]
    assert store.history(case.id)[-1].note == "Firm withdrew its membership"
    store.reopen(case.id)
    assert [line.id for line in store.list_cases()] == [case.id]
    # Archiving changes no fact: the open case can still be edited without being loaded again.
    edit(store, case, "registration.crd", "9")
    assert verify_case(store.database, case.id).intact


def test_a_case_with_history_cannot_be_deleted(store: CaseStore) -> None:
    case = saved_case(store)
    with pytest.raises(sqlite3.IntegrityError), store.database.write() as tables:
        tables.execute("DELETE FROM cases WHERE id = ?", (case.id,))
    assert store.load(case.id) == case


def test_a_clock_set_back_is_said_and_the_edit_saved(store: CaseStore, clock: Clock) -> None:
    case = saved_case(store)
    before = clock.moment
    clock.moment -= timedelta(hours=3)
    saved = store.save(
        with_value(case, "registration.crd", "5", TODAY),
        [HistoryEntry(EntryKind.FACT_CHANGED, path="registration.crd", after="5")],
    )
    assert saved.clock_behind == before
    report = verify_case(store.database, case.id)
    assert report.intact
    assert report.clock_went_back == (saved.entries[0].seq,)
    clock.moment = before
    assert store.archive(case.id).clock_behind is None


def test_an_export_pins_the_chain(store: CaseStore, folder: DataFolder) -> None:
    case = saved_case(store)
    seq, head = store.head(case.id)
    store.record_export(case.id, head, FileFacts("summary.pdf", 1234, "ab" * 32))
    last = store.history(case.id)[-1]
    assert (last.kind, last.after_value, last.seq) == ("document_written", head, seq + 1)
    assert last.file == FileFacts("summary.pdf", 1234, "ab" * 32)
    (export,) = store.exports(case.id)
    assert (export.file, export.at) == (last.file, last.at)
    assert (export.head_seq, export.head_hash) == (seq, head)
    assert (store.exports(), store.exports("1" * 32)) == ((export,), ())
    assert verify_case(store.database, case.id).intact
    check_integrity(folder)
    with pytest.raises(KeyError):
        store.record_export(case.id, "f" * 64, FileFacts("other.pdf", 1, "cd" * 32))


def test_saving_from_many_threads_keeps_one_chain(store: CaseStore) -> None:
    cases = [saved_case(store, f"Firm {number}") for number in range(4)]

    def work(number: int) -> None:
        case = cases[number]
        for value in range(1, 26):
            case = edit(store, case, "registration.ltid_accounts", str(value))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    for case in cases:
        report = verify_case(store.database, case.id)
        assert report.intact
        assert report.entries == 27
        assert store.load(case.id).registration.ltid_accounts == 25


def test_a_save_that_reached_the_disk_though_it_failed_is_not_repeated(
    database: Database, store: CaseStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk reports a failure after the commit: as with a network drive that drops out."""
    case = saved_case(store)
    changed = with_value(case, "registration.crd", "5", TODAY)
    entries = [HistoryEntry(EntryKind.FACT_CHANGED, path="registration.crd", after="5")]
    looks = iter([None, StorageError(Fault.GONE, "gone")])

    def presence() -> None:
        problem = next(looks, None)
        if problem is not None:
            raise problem

    with monkeypatch.context() as patched:
        patched.setattr(database, "_require_presence", presence)
        with pytest.raises(StorageError):
            store.save(changed, entries)
    count = len(store.history(case.id))
    # Meanwhile the person went on typing.
    newer = HistoryEntry(EntryKind.FACT_CHANGED, path="registration.city", after="Boston")
    further = with_value(changed, "registration.city", "Boston", TODAY)
    saved = store.save(further, [*entries, newer])
    assert len(store.history(case.id)) == count + 1
    assert [entry.path for entry in saved.entries] == ["registration.crd", "registration.city"]
    edit(store, further, "registration.crd", "6")
    assert verify_case(database, case.id).intact


def test_a_save_whose_end_was_not_heard_of_can_be_repeated(store: CaseStore) -> None:
    """A job can be cancelled at the very moment in which it succeeds."""
    case = saved_case(store)
    changed = with_value(case, "registration.crd", "5", TODAY)
    entries = [HistoryEntry(EntryKind.FACT_CHANGED, path="registration.crd", after="5")]
    first = store.save(changed, entries)
    assert store.save(changed, entries).entries == first.entries
    newer = HistoryEntry(EntryKind.FACT_CHANGED, path="registration.crd", after="6")
    further = with_value(changed, "registration.crd", "6", TODAY)
    assert store.save(further, [*entries, newer]).entries[:-1] == first.entries
    assert [entry.after_value for entry in store.history(case.id)[2:]] == ["5", "6"]
    # The same change made once more is a change of its own.
    edit(store, further, "registration.crd", "5")
    assert [entry.after_value for entry in store.history(case.id)[2:]] == ["5", "6", "5"]
    assert verify_case(store.database, case.id).intact


def test_a_new_case_that_never_reached_the_disk_can_be_saved_again(
    database: Database, store: CaseStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = new_case()

    def gone() -> None:
        raise StorageError(Fault.GONE, "gone")

    with monkeypatch.context() as patched:
        patched.setattr(database, "_require_presence", gone)
        with pytest.raises(StorageError):
            store.save(case, created(case))
    store.save(case, created(case))
    assert store.load(case.id) == case
