"""A case handed to a colleague arrives whole and proven, and overwrites nothing silently."""

from __future__ import annotations

import hashlib
import io
import json
import re
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest

from app import __version__
from app.onboarding.access import UserAccount
from app.onboarding.case import Case
from app.onboarding.editing import with_rows, with_unaccepted, without_row
from app.storage import hand_over
from app.storage.case_json import case_file_text, read_case_file
from app.storage.case_rows import read_bodies, write_sections
from app.storage.case_store import CaseStore
from app.storage.chain import Break
from app.storage.comparing import Relation, Side
from app.storage.database import open_database
from app.storage.faults import Fault, StorageError
from app.storage.hand_over import (
    HandOver,
    HandOverError,
    PassphraseNeededError,
    hand_over_file,
    read_hand_over,
)
from app.storage.history import EntryKind, HistoryEntry, canonical_json
from app.storage.origin import Origin
from app.storage.paths import DataFolder
from app.storage.proof import verify_case
from app.storage.taking_over import compare_with, take_over
from tests.rig import cases
from tests.storage.sample_cases import ORIGIN, Clock, created, edit, saved_case

WHEN = datetime(2020, 10, 6, 12, 0, tzinfo=UTC)
COLLEAGUE = Origin("sam", "BACK-OFFICE", "0.1.0")


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[CaseStore]:
    """The colleague's data folder."""
    with open_database(DataFolder(tmp_path / "elsewhere")) as database:
        yield CaseStore(database, origin=COLLEAGUE, now=Clock())


def handed(store: CaseStore, case: Case, passphrase: str | None = None) -> bytes:
    return hand_over_file(
        store.load(case.id),
        tuple(store.history(case.id)),
        written_at=WHEN,
        origin=store.origin,
        attachments={"summary.pdf": b"%PDF-1.7 the summary"},
        passphrase=passphrase,
    )


def give(giver: CaseStore, taker: CaseStore, case: Case, **choices: Side) -> Case:
    content = read_hand_over(handed(giver, case))
    return take_over(taker, content, compare_with(taker, content), choices)


def add_account(store: CaseStore, case: Case, row_id: str, name: str) -> Case:
    row = UserAccount(id=row_id, name=name)
    changed = with_rows(case, "portal.accounts", [row])
    after = row.model_dump(mode="json")
    store.save(changed, [HistoryEntry(EntryKind.FACT_CHANGED, path="portal.accounts", after=after)])
    return changed


def test_a_case_arrives_whole(store: CaseStore, elsewhere: CaseStore) -> None:
    case = add_account(store, saved_case(store), "abcdef01", "Pat Doe")
    entries = store.history(case.id)
    content = read_hand_over(handed(store, case))
    assert content.report.intact
    assert content.attachments == {"summary.pdf": b"%PDF-1.7 the summary"}
    assert (content.written_by, content.written_at) == (ORIGIN, WHEN)
    assert compare_with(elsewhere, content) is None
    assert take_over(elsewhere, content, None) == case
    history = elsewhere.history(case.id)
    assert history[:-1] == entries
    assert (history[-1].kind, history[-1].os_user) == (EntryKind.IMPORTED, "sam")
    assert "pat on FRONT-DESK" in history[-1].note
    assert verify_case(elsewhere.database, case.id).intact
    edit(elsewhere, elsewhere.load(case.id), "registration.crd", "5")
    assert verify_case(elsewhere.database, case.id).intact


@pytest.mark.parametrize(
    "complete",
    [
        cases.self_reporting_case,
        cases.through_agent_case,
        cases.reports_for_others_case,
        cases.no_ltid_case,
    ],
)
def test_every_kind_of_case_arrives_as_it_was(
    store: CaseStore, elsewhere: CaseStore, complete: Callable[[], Case]
) -> None:
    case = complete()
    store.save(case, created(case))
    assert give(store, elsewhere, case) == case
    assert verify_case(elsewhere.database, case.id).intact


def test_no_text_that_a_field_refused_is_handed_over(
    store: CaseStore, elsewhere: CaseStore
) -> None:
    """It may be a password typed into the wrong field."""
    case = saved_case(store)
    store.save(with_unaccepted(case, "registration.crd", "hunter2 hunter2"), [])
    archive = zipfile.ZipFile(io.BytesIO(handed(store, case)))
    assert all(b"hunter2" not in archive.read(name) for name in archive.namelist())
    assert give(store, elsewhere, case).unaccepted == {}
    assert verify_case(elsewhere.database, case.id).intact


def test_the_case_goes_there_and_back_again(store: CaseStore, elsewhere: CaseStore) -> None:
    case = saved_case(store)
    theirs = edit(elsewhere, give(store, elsewhere, case), "registration.crd", "5")
    content = read_hand_over(handed(elsewhere, theirs))
    comparison = compare_with(store, content)
    assert comparison is not None
    assert comparison.relation is Relation.THEIRS_IS_AHEAD
    assert [d.path for d in comparison.differences] == ["registration.crd"]
    assert take_over(store, content, comparison).registration.crd == "5"
    assert [entry.os_user for entry in store.history(case.id)] == ["pat"] * 2 + ["sam"] * 2 + [
        "pat"
    ]
    assert verify_case(store.database, case.id).intact


def test_an_older_or_the_same_file_changes_nothing(store: CaseStore) -> None:
    case = saved_case(store)
    content = read_hand_over(handed(store, case))
    for relation in (Relation.SAME, Relation.MINE_IS_AHEAD):
        head = store.head(case.id)
        comparison = compare_with(store, content)
        assert comparison is not None
        assert comparison.relation is relation
        assert take_over(store, content, comparison) == case
        assert store.head(case.id) == head
        case = edit(store, case, "registration.crd", "7")


def test_changes_of_both_are_merged_and_only_conflicts_asked(
    store: CaseStore, elsewhere: CaseStore
) -> None:
    base = add_account(store, saved_case(store), "aaaaaaa1", "Before both")
    theirs = give(store, elsewhere, base)
    mine = edit(store, base, "registration.crd", "1")
    mine = edit(store, mine, "registration.city", "Boston")
    mine = add_account(store, mine, "bbbbbbb1", "Mine")
    theirs = edit(elsewhere, theirs, "registration.crd", "2")
    theirs = edit(elsewhere, theirs, "registration.state", "MA")
    theirs = add_account(elsewhere, theirs, "ccccccc1", "Theirs")
    removed = without_row(theirs, "portal.accounts", "aaaaaaa1")
    elsewhere.save(removed, [HistoryEntry(EntryKind.FACT_CHANGED, path="portal.accounts.aaaaaaa1")])
    content = read_hand_over(handed(elsewhere, theirs))
    comparison = compare_with(store, content)
    assert comparison is not None
    assert comparison.relation is Relation.PARTED
    assert [conflict.path for conflict in comparison.conflicts] == ["registration.crd"]
    (conflict,) = comparison.conflicts
    assert (conflict.mine, conflict.theirs) == ("1", "2")
    with pytest.raises(KeyError):
        take_over(store, content, comparison)
    assert store.load(base.id) == mine
    both = take_over(store, content, comparison, {"registration.crd": Side.THEIRS})
    registration = both.registration
    assert (registration.crd, registration.city, registration.state) == ("2", "Boston", "MA")
    assert [account.name for account in both.portal.accounts] == ["Mine", "Theirs"]
    assert verify_case(store.database, base.id).intact
    history = store.history(base.id)
    quoted = [entry.after_value for entry in history if entry.kind == EntryKind.QUOTED]
    assert [entry["hash"] for entry in quoted if isinstance(entry, dict)] == [
        entry.hash for entry in comparison.theirs
    ]
    chosen = [entry for entry in history if entry.note == "Chosen from the case handed over"]
    assert [(entry.before_value, entry.after_value) for entry in chosen] == [("1", "2")]


def test_choosing_mine_keeps_mine(store: CaseStore, elsewhere: CaseStore) -> None:
    base = saved_case(store)
    theirs = edit(elsewhere, give(store, elsewhere, base), "registration.crd", "2")
    edit(store, base, "registration.crd", "1")
    content = read_hand_over(handed(elsewhere, theirs))
    comparison = compare_with(store, content)
    both = take_over(store, content, comparison, {"registration.crd": Side.MINE})
    assert both.registration.crd == "1"
    assert verify_case(store.database, base.id).intact


def test_a_case_changed_while_the_person_chose_is_not_overwritten(
    store: CaseStore, elsewhere: CaseStore
) -> None:
    base = saved_case(store)
    theirs = edit(elsewhere, give(store, elsewhere, base), "registration.crd", "2")
    content = read_hand_over(handed(elsewhere, theirs))
    comparison = compare_with(store, content)
    mine = edit(store, base, "registration.city", "Boston")
    with pytest.raises(StorageError) as refused:
        take_over(store, content, comparison)
    assert refused.value.fault is Fault.CHANGED_ELSEWHERE
    assert store.load(base.id) == mine


def test_a_passphrase_locks_the_file(store: CaseStore) -> None:
    case = saved_case(store)
    locked = handed(store, case, "Größe XL — 7")
    assert b"Harbor" not in locked
    for wrong in (None, "", "Größe XL — 8"):
        with pytest.raises(PassphraseNeededError):
            read_hand_over(locked, wrong)
    # The same letters composed otherwise, as another system types them.
    assert read_hand_over(locked, "Gro\u0308ße XL — 7").case == case
    with pytest.raises(PassphraseNeededError):
        read_hand_over(locked[:-40] + b"A" * 39 + b"\n", "Größe XL — 7")


Change = Callable[[dict[str, bytes]], object]


def repacked(content: bytes, change: Change, *, relist: bool) -> bytes:
    """The file after `change`; with `relist` by somebody who also mends the manifest."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    change(files)
    if relist:
        manifest = json.loads(files["manifest.json"])
        manifest["files"] = {
            name: {"size": len(held), "sha256": hashlib.sha256(held).hexdigest()}
            for name, held in files.items()
            if name != "manifest.json"
        }
        files["manifest.json"] = json.dumps(manifest).encode()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, held in files.items():
            archive.writestr(name, held)
    return packed.getvalue()


def replacing(name: str, old: bytes, new: bytes) -> Change:
    def change(files: dict[str, bytes]) -> None:
        assert old in files[name]
        files[name] = files[name].replace(old, new)

    return change


def without_last_entry(files: dict[str, bytes]) -> None:
    files["history.jsonl"] = b"".join(files["history.jsonl"].splitlines(keepends=True)[:-1])


@pytest.mark.parametrize(
    ("change", "how"),
    [
        (replacing("case.json", b"Harbor", b"Harbour"), Break.CHANGED_FACTS),
        (replacing("history.jsonl", b"Harbor", b"Harbour"), Break.CHANGED_ENTRY),
        (without_last_entry, Break.CUT_SHORT),
    ],
)
def test_tampering_is_found(store: CaseStore, change: Change, how: Break) -> None:
    content = handed(store, saved_case(store))
    with pytest.raises(HandOverError, match="damaged"):
        read_hand_over(repacked(content, change, relist=False))
    told = read_hand_over(repacked(content, change, relist=True))
    assert told.report.broken is not None
    assert told.report.broken.how is how
    with pytest.raises(HandOverError, match="does not stand"):
        take_over(store, told, None)


@pytest.mark.parametrize(
    "change",
    [
        lambda files: files.pop("history.jsonl"),
        lambda files: files.pop("manifest.json"),
        lambda files: files.update({"manifest.json": b"[]"}),
        lambda files: files.update({"case.json": b"{}"}),
        lambda files: files.update({"case.json": b"\xff"}),
        lambda files: files.update({"history.jsonl": b"[]\n"}),
        lambda files: files.update({"history.jsonl": b"{}\n"}),
        replacing("history.jsonl", b'"seq":1', b'"seq":"1"'),
        replacing("history.jsonl", b'"seq":1', b'"seq":1,"added":2'),
        replacing("manifest.json", b"hand-over/1", b"hand-over/2"),
        replacing("manifest.json", b"case_id", b"case_ib"),
        replacing("case.json", b'"practice": false', b'"practice": "maybe"'),
    ],
)
def test_what_is_no_case_file_is_told(store: CaseStore, change: Change) -> None:
    with pytest.raises(HandOverError) as refused:
        read_hand_over(repacked(handed(store, saved_case(store)), change, relist=False))
    assert refused.value.action


@pytest.mark.parametrize("content", [b"", b"PK", b"%PDF-1.7", b"{}"])
def test_other_files_are_told(content: bytes) -> None:
    with pytest.raises(HandOverError):
        read_hand_over(content)


def test_the_history_can_be_checked_by_other_means(store: CaseStore) -> None:
    """As docs/case-file.md says, with nothing of this program."""

    def sha(value: object) -> str:
        text = json.dumps(value, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()

    case = add_account(store, saved_case(store, "Ünï & Söhne"), "abcdef01", "Pat")
    with zipfile.ZipFile(io.BytesIO(handed(store, case))) as archive:
        manifest = json.loads(archive.read("manifest.json"))
        facts = json.loads(archive.read("case.json"))
        lines = archive.read("history.jsonl").splitlines()
    before = hashlib.sha256(f"cais-onboarding history of {case.id}".encode()).hexdigest()
    entry: dict[str, object] = {}
    for number, line in enumerate(lines, 1):
        entry = json.loads(line)
        told = entry.pop("hash")
        assert told == sha({**entry, "format": 1})
        assert (entry["seq"], entry["previous_hash"]) == (number, before)
        before = told
    assert (manifest["head_seq"], manifest["head_hash"]) == (len(lines), before)
    sections = facts.keys() - {"format", "id", "created_at", "practice", "unaccepted"}
    assert entry["state"] == sha({section: sha(facts[section]) for section in sections})


def test_commands_read_plain_and_handed_over_cases_alike(store: CaseStore, tmp_path: Path) -> None:
    case = saved_case(store)
    plain, packed, locked = (tmp_path / name for name in ("a.json", "a.caiscase", "b.caiscase"))
    plain.write_text(case_file_text(case))
    packed.write_bytes(handed(store, case))
    locked.write_bytes(handed(store, case, "a passphrase"))
    assert read_case_file(plain) == read_case_file(packed) == case
    with pytest.raises(PassphraseNeededError):
        read_case_file(locked)


def test_a_cut_off_file_is_told(store: CaseStore) -> None:
    content = handed(store, saved_case(store))
    for length in range(0, len(content), 97):
        with pytest.raises(HandOverError):
            read_hand_over(content[:length])


def test_a_file_that_unpacks_to_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hand_over, "LARGEST", 1_000_000)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(11):
            archive.writestr(f"{number}", bytes(100_000))
    assert len(packed.getvalue()) < 10_000
    with pytest.raises(HandOverError, match="too large"):
        read_hand_over(packed.getvalue())


def test_attachments_keep_no_folders(store: CaseStore) -> None:
    case = saved_case(store)
    content = hand_over_file(
        case,
        tuple(store.history(case.id)),
        written_at=WHEN,
        origin=ORIGIN,
        attachments={"../../etc/passwd": b"x"},
    )
    held: HandOver = read_hand_over(content)
    assert held.attachments == {"passwd": b"x"}


def test_no_flipped_byte_gets_through_unnoticed(store: CaseStore) -> None:
    content = handed(store, saved_case(store))
    whole = read_hand_over(content)
    told = 0
    for at in range(0, len(content), 3):
        flipped = bytearray(content)
        flipped[at] ^= 0x55
        try:
            read = read_hand_over(bytes(flipped))
        except HandOverError:
            told += 1
        else:
            # A date of the archive itself, say; nothing of the case.
            assert (read.case, read.entries) == (whole.case, whole.entries)
    assert told > 500


def test_the_documentation_names_every_member(store: CaseStore) -> None:
    text = (Path(__file__).parents[2] / "docs" / "case-file.md").read_text(encoding="utf-8")
    named = {
        place: set(re.findall(r"`(\w+)`", "".join(rows.split("|")[1::3])))
        for place, rows in re.findall(
            r"\| in (?:a line of )?`([^`]+)` \|.*\n\|-.*\n((?:\|.*\n)+)", text
        )
    }
    with zipfile.ZipFile(io.BytesIO(handed(store, saved_case(store)))) as archive:
        manifest = json.loads(archive.read("manifest.json"))
        entry = json.loads(archive.read("history.jsonl").splitlines()[0])
    assert named == {"manifest.json": set(manifest), "history.jsonl": set(entry)}


def test_sections_as_an_earlier_version_stored_them_still_prove_themselves(
    store: CaseStore, elsewhere: CaseStore
) -> None:
    """Facts that were added to a section since are not in what its seal covers."""
    case = saved_case(store)
    with store.database.write() as tables:
        bodies = read_bodies(tables, case.id)
        older = json.loads(bodies["sftp"])
        older.pop("accounts")
        older_bodies = bodies | {"sftp": canonical_json(older)}
        write_sections(tables, case.id, older_bodies)
        entry = HistoryEntry(EntryKind.STATEMENT_MADE)
        store.append(tables, case.id, (entry,))
    store.forget(case.id)
    content = hand_over_file(
        store.load(case.id),
        tuple(store.history(case.id)),
        written_at=WHEN,
        origin=store.origin,
        bodies=older_bodies,
    )
    told = read_hand_over(content)
    assert told.report.intact
    assert take_over(elsewhere, told, None) == case
    assert verify_case(elsewhere.database, case.id).intact


def test_facts_of_another_version_are_told_from_damage(store: CaseStore) -> None:
    content = handed(store, saved_case(store))
    newer = repacked(
        content, replacing("case.json", b'"practice"', b'"added": 1, "practice"'), relist=True
    )
    with pytest.raises(HandOverError, match="damaged"):
        read_hand_over(newer)
    version = replacing("manifest.json", f'"{__version__}"'.encode(), b'"99.0"')

    def both(files: dict[str, bytes]) -> None:
        replacing("case.json", b'"practice"', b'"added": 1, "practice"')(files)
        version(files)

    with pytest.raises(HandOverError, match="do not fit this version") as told:
        read_hand_over(repacked(content, both, relist=True))
    assert "version 99.0" in told.value.meaning


def test_a_case_that_goes_to_and_fro_is_quoted_once_and_asked_about_once(
    store: CaseStore, elsewhere: CaseStore
) -> None:
    """Both go on all the time; what one side has decided or quoted is known on the other."""
    base = saved_case(store)
    give(store, elsewhere, base)
    mine = edit(store, store.load(base.id), "registration.crd", "1")
    edit(elsewhere, elsewhere.load(base.id), "registration.crd", "2")
    mine = give(elsewhere, store, base, **{"registration.crd": Side.MINE})
    assert mine.registration.crd == "1"
    # What was decided there is not asked here: nothing new was done here since.
    assert give(store, elsewhere, base).registration.crd == "1"
    lengths = []
    for number in range(3, 13):
        edit(store, store.load(base.id), "registration.city", f"City {number}")
        edit(elsewhere, elsewhere.load(base.id), "registration.state", "MA" if number % 2 else "NY")
        there = give(store, elsewhere, base)
        here = give(elsewhere, store, base)
        assert here == there
        assert here.registration.city == f"City {number}"
        lengths.append(sum(len(entry.after or "") for entry in store.history(base.id)))
    grown = [after - before for before, after in pairwise(lengths)]
    assert max(grown) < 2 * min(grown)  # as much each time, not ever more
    quoted = [e.after for e in store.history(base.id) if e.kind == EntryKind.QUOTED]
    assert len(quoted) == len(set(quoted))
    for side in (store, elsewhere):
        assert verify_case(side.database, base.id).intact
    comparison = compare_with(store, read_hand_over(handed(elsewhere, base)))
    assert comparison is not None
    assert comparison.relation is Relation.SAME or comparison.conflicts == ()
