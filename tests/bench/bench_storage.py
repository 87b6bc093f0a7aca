"""Storage at the size of a service bureau: `python -m tests.bench.bench_storage`.

Every figure stands beside a reference measured in the same rounds: an empty database, a bare
write to the same disk, a plain copy of the file. Ratios are formed within a round.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import NamedTuple

from app.onboarding.case import Case, new_case
from app.onboarding.editing import with_value
from app.onboarding.relationships import Relationships, ServedFirm
from app.storage.backups import Reason, contents_of, make_backup
from app.storage.case_store import CaseStore
from app.storage.database import open_database
from app.storage.diary import chosen
from app.storage.history import EntryKind, HistoryEntry
from app.storage.paths import DataFolder
from app.storage.proof import verify_all, verify_case

TODAY = date(2020, 10, 5)
ROUNDS = 7


class Row(NamedTuple):
    """One line of the table: medians in milliseconds, and their ratio within a round."""

    what: str
    reference: str
    milliseconds: float
    reference_milliseconds: float
    ratio: float


def compared(
    what: str, work: Callable[[], object], reference: str, other: Callable[[], object]
) -> Row:
    """Both in turn, `ROUNDS` times after one round that is not counted."""
    rounds = [(_milliseconds(work), _milliseconds(other)) for _ in range(ROUNDS + 1)][1:]
    return Row(
        what,
        reference,
        statistics.median(mine for mine, _ in rounds),
        statistics.median(theirs for _, theirs in rounds),
        statistics.median(mine / theirs for mine, theirs in rounds),
    )


def _milliseconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1000


def fill(folder: DataFolder, firms: int, entries: int) -> list[str]:
    """A database with so many firms with so many entries each."""
    ids = []
    with open_database(folder) as database:
        store = CaseStore(database)
        for number in range(firms):
            case = new_case()
            case = with_value(case, "registration.company_name", f"Firm {number:05} LLC", TODAY)
            case = with_value(case, "registration.crd", str(100_000 + number), TODAY)
            told = [
                HistoryEntry(
                    EntryKind.FACT_CHANGED,
                    path="registration.street",
                    before=f"{i} Main Street",
                    after=f"{i + 1} Main Street",
                )
                for i in range(entries - 1)
            ]
            store.save(case, [HistoryEntry(EntryKind.CASE_CREATED, after=case.id), *told])
            ids.append(case.id)
    return ids


def with_served_firms(count: int) -> Case:
    """A reporting agent's case with so many firms it reports for."""
    firms = tuple(
        ServedFirm(
            id=f"{number:08x}", name=f"Served Firm {number:05} LLC", crd=str(200_000 + number)
        )
        for number in range(count)
    )
    return new_case().model_copy(update={"relationships": Relationships(served_firms=firms)})


def start(folder: DataFolder) -> None:
    """What a start asks of storage: open, list, load the first case with its history."""
    with open_database(folder) as database:
        store = CaseStore(database)
        listed = store.list_cases()
        if listed:
            store.load(listed[0].id)
            store.history(listed[0].id)


class Editing:
    """Edits one case again and again, as the open case does."""

    def __init__(self, store: CaseStore, case: Case) -> None:
        self._store, self._case, self._number = store, case, 0

    def __call__(self) -> None:
        self._number += 1
        path, text = "registration.street", f"{self._number} Elm Street"
        self._case = with_value(self._case, path, text, TODAY)
        entry = HistoryEntry(EntryKind.FACT_CHANGED, path=path, after=text)
        self._store.save(self._case, [entry])


class BareWrite:
    """The least that any safe edit needs: one page appended to a file and forced to the disk."""

    def __init__(self, file: Path) -> None:
        self._descriptor = os.open(file, os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600)

    def __call__(self) -> None:
        os.write(self._descriptor, bytes(4096))
        os.fsync(self._descriptor)

    def close(self) -> None:
        """Close the file."""
        os.close(self._descriptor)


def repeated(work: Callable[[], object], times: int = 50) -> Callable[[], None]:
    """`work` so many times in one round."""

    def run() -> None:
        for _ in range(times):
            work()

    return run


def measured(place: Path, firms: int, entries: int, served: int) -> list[Row]:
    """All rows of the table."""
    empty, large = DataFolder(place / "empty"), DataFolder(place / "large")
    open_database(empty).close()
    ids = fill(large, firms, entries)
    rows = [
        compared(
            f"start with {firms} firms, {entries:,} entries each",
            lambda: start(large),
            "start with an empty database",
            lambda: start(empty),
        )
    ]
    with open_database(empty) as small_database, open_database(large) as large_database:
        small, big = CaseStore(small_database), CaseStore(large_database)
        rows += _editing(place, small, big, ids[0], served)
        listed = big.list_cases()
        history = big.history(ids[0])
        rows.append(
            compared(
                f"search {firms} firms for a word",
                lambda: [line for line in listed if "00499" in line.firm_name.casefold()],
                "list them from the database",
                big.list_cases,
            )
        )
        rows.append(
            compared(
                f"search {entries:,} entries for two words",
                lambda: list(chosen(history, text="499 street")),
                "read them from the database",
                lambda: big.history(ids[0]),
            )
        )
        rows.append(
            compared(
                f"verify {entries:,} entries",
                lambda: verify_case(large_database, ids[0]),
                "read them from the database",
                lambda: big.history(ids[0]),
            )
        )
    return [*rows, _backup(place, large)]


def _editing(place: Path, small: CaseStore, big: CaseStore, case_id: str, served: int) -> list[Row]:
    case = new_case()
    small.save(case, [HistoryEntry(EntryKind.CASE_CREATED, after=case.id)])
    agent = with_served_firms(served)
    small.save(agent, [HistoryEntry(EntryKind.CASE_CREATED, after=agent.id)])
    in_small = repeated(Editing(small, case))
    with closing(BareWrite(place / "bare")) as bare:
        return [
            compared("50 edits, few cases", in_small, "50 bare writes", repeated(bare)),
            compared(
                "50 edits, all firms",
                repeated(Editing(big, big.load(case_id))),
                "50 edits, few cases",
                in_small,
            ),
            compared(
                f"50 edits of a case with {served:,} served firms",
                repeated(Editing(small, agent)),
                "50 edits, few cases",
                in_small,
            ),
            compared(
                f"load a case with {served:,} served firms",
                lambda: small.load(agent.id),
                "load a small case",
                lambda: small.load(case.id),
            ),
        ]


def _backup(place: Path, large: DataFolder) -> Row:
    def back_up() -> None:
        shutil.rmtree(large.backups, ignore_errors=True)
        backup = make_backup(large, Reason.DAILY)
        assert backup is not None

    def copy() -> None:
        target = place / "copy.db"
        shutil.copyfile(large.database, target)
        with target.open("rb+") as file:
            os.fsync(file.fileno())

    size = large.database.stat().st_size / 1_000_000
    return compared(f"backup of {size:,.0f} MB, proven", back_up, "plain copy of the file", copy)


def growth_per_edit(place: Path, edits: int = 1_000) -> float:
    """Bytes by which the database grows with one edit."""
    folder = DataFolder(place / "growing")
    sizes = []
    case = new_case()
    for count in (0, edits):
        with open_database(folder) as database:
            store = CaseStore(database)
            if not count:
                store.save(case, [HistoryEntry(EntryKind.CASE_CREATED, after=case.id)])
            repeated(Editing(store, store.load(case.id)), count)()
        sizes.append(folder.database.stat().st_size)
    return (sizes[1] - sizes[0]) / edits


def check_it_is_whole(large: DataFolder) -> None:
    """The figures are of a database that works."""
    with open_database(large) as database:
        assert all(report.intact for report in verify_all(database))
    backup = make_backup(large, Reason.DAILY)
    assert backup is None or contents_of(backup).entries


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--firms", type=int, default=500)
    parser.add_argument("--entries", type=int, default=1_000)
    parser.add_argument("--served", type=int, default=2_000)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-storage-") as folder:
        place = Path(folder)
        rows = measured(place, wanted.firms, wanted.entries, wanted.served)
        growth = growth_per_edit(place)
        check_it_is_whole(DataFolder(place / "large"))
    print("| what | ms | beside | ms | ratio |\n|---|---|---|---|---|")
    for row in rows:
        print(
            f"| {row.what} | {row.milliseconds:,.1f} | {row.reference} "
            f"| {row.reference_milliseconds:,.1f} | {row.ratio:.2f} |"
        )
    print(f"\nThe database grows by {growth:,.0f} bytes with one edit.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
