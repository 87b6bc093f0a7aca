"""The history is filtered as a person expects, and its CSV opens in a spreadsheet."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime

from app.storage.case_store import CaseStore
from app.storage.diary import as_csv, chosen
from app.storage.history import EntryKind, FileFacts, HistoryEntry
from tests.storage.sample_cases import Clock, edit, saved_case


def rows_of(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_filters_by_words_kind_and_day(store: CaseStore, clock: Clock) -> None:
    case = saved_case(store)
    clock.moment = datetime(2020, 10, 7, 3, 30, tzinfo=UTC)  # still 6 October in New York
    case = edit(store, case, "registration.city", "Boston")
    edit(store, case, "registration.ltid_accounts", "0")
    entries = store.history(case.id)
    assert [e.seq for e in chosen(entries)] == [1, 2, 3, 4]
    assert [e.seq for e in chosen(entries, text="BOSTON city")] == [3]
    assert [e.seq for e in chosen(entries, text="boston harbor")] == []
    assert [e.seq for e in chosen(entries, kinds={EntryKind.CASE_CREATED})] == [1]
    assert [e.seq for e in chosen(entries, first_day=date(2020, 10, 6))] == [3, 4]
    assert [e.seq for e in chosen(entries, last_day=date(2020, 10, 5))] == [1, 2]
    assert [e.seq for e in chosen(entries, first_day=date(2020, 10, 7))] == []


def test_csv_holds_everything_an_examiner_asks(store: CaseStore) -> None:
    case = saved_case(store, "Ünï, “quoted” & Söhne")
    store.record(
        case.id,
        HistoryEntry(
            EntryKind.FEEDBACK_COUNTED,
            note="two\nlines",
            corrects=1,
            file=FileFacts("a.json.bz2", 12, "ab" * 32),
        ),
    )
    rows = rows_of(as_csv(store.history(case.id)))
    assert [row["entry"] for row in rows] == ["1", "2", "3"]
    assert rows[1]["after"] == "Ünï, “quoted” & Söhne"
    assert rows[0]["time (Eastern)"] == "2020-10-05 10:00:01 EDT"
    assert rows[0]["time (UTC)"] == "2020-10-05 14:00:01"
    assert (rows[2]["note"], rows[2]["corrects entry"]) == ("two\nlines", "1")
    assert (rows[2]["file"], rows[2]["file size"]) == ("a.json.bz2", "12")
    assert rows[2]["hash"] == store.head(case.id)[1]


def test_no_text_becomes_a_formula_in_a_spreadsheet(store: CaseStore) -> None:
    case = saved_case(store)
    for text in ("=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "\t=1"):
        store.record(case.id, HistoryEntry(EntryKind.STATEMENT_MADE, note=text))
    notes = [row["note"] for row in rows_of(as_csv(store.history(case.id)))[2:]]
    assert all(note.startswith("'") for note in notes)
