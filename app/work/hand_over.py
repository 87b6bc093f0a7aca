"""Handing a case to a colleague as a file, and reading such a file. No Qt: commands use it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from app.cancellation import CancelToken
from app.failures import UserFacingError
from app.storage import taking_over
from app.storage.case_rows import read_bodies, read_case, read_entries
from app.storage.case_store import CaseStore
from app.storage.comparing import Comparison, Side
from app.storage.files import write_whole
from app.storage.hand_over import LARGEST, HandOver, hand_over_file, read_hand_over
from app.storage.history import EntryKind, HistoryEntry, JsonValue, RecordedEntry
from app.storage.masking import live_secrets
from app.storage.proof import verify_case
from app.storage.taking_over import compare_with

#: All attached files together; the case itself is small beside them.
LARGEST_ATTACHMENTS = 100 * 1024 * 1024


@dataclass(frozen=True)
class WrittenHandOver:
    """A hand-over file that was written, and the entry of the history that tells of it."""

    path: Path
    locked: bool
    entry: RecordedEntry


@dataclass(frozen=True)
class SeenHandOver:
    """What a hand-over file holds, and how it stands to the case here, if it is here."""

    path: Path
    handed: HandOver
    comparison: Comparison | None


def write_hand_over(
    cases: CaseStore,
    case_id: str,
    path: Path,
    *,
    passphrase: str | None = None,
    attachments: Sequence[Path] = (),
    cancel: CancelToken | None = None,
) -> WrittenHandOver:
    """Write the hand-over file of a stored case to `path`, replacing what is there.

    That it is handed over is recorded first, so that the file tells of it as well. Where the
    file then cannot be written, a correction says so.

    Args:
        cases: where the case is stored.
        case_id: which case.
        path: where to.
        passphrase: locks the file; kept nowhere.
        attachments: further files that go with it.
        cancel: ends it without a file.

    Raises:
        UserFacingError: the history does not stand, or a file cannot be read or written.
        StorageError: the database cannot be read or written.
        Cancelled: it was cancelled.
    """
    token = cancel or CancelToken()
    if passphrase:
        live_secrets.add(passphrase)
    attached = _attachments(attachments)
    _require_intact(cases, case_id)
    token.raise_if_cancelled()
    with cases.database.write() as tables:
        told = HistoryEntry(
            EntryKind.HANDED_OVER, after=_told(path, attached, locked=bool(passphrase))
        )
        (entry,) = cases.append(tables, case_id, (told,)).entries
        case, _ = read_case(tables, case_id)
        bodies = read_bodies(tables, case_id)
        entries = tuple(read_entries(tables, case_id))
    try:
        token.raise_if_cancelled()
        content = hand_over_file(
            case,
            entries,
            written_at=entry.at,
            origin=cases.origin,
            bodies=bodies,
            attachments=attached,
            passphrase=passphrase,
        )
        token.raise_if_cancelled()
        write_whole(path, content, overwrite=True)
    except BaseException:
        note = "The file was not written; nothing was handed over."
        cases.record(case_id, HistoryEntry(EntryKind.CORRECTION, note=note, corrects=entry.seq))
        raise
    return WrittenHandOver(path, bool(passphrase), entry)


def see_hand_over(cases: CaseStore, path: Path, passphrase: str | None = None) -> SeenHandOver:
    """What the hand-over file at `path` holds; nothing is taken over.

    Raises:
        PassphraseNeededError: it is locked, and `passphrase` is missing or wrong.
        UserFacingError: it cannot be read, or is no hand-over file.
        StorageError: the case here cannot be read.
    """
    if passphrase:
        live_secrets.add(passphrase)
    handed = read_hand_over(_content(path, LARGEST), passphrase)
    return SeenHandOver(path, handed, compare_with(_beside(cases), handed))


def compared_again(cases: CaseStore, seen: SeenHandOver) -> SeenHandOver:
    """What was seen, held against the case here as it is now.

    Raises:
        StorageError: the case here cannot be read.
    """
    return replace(seen, comparison=compare_with(_beside(cases), seen.handed))


def take_over(cases: CaseStore, seen: SeenHandOver, choices: Mapping[str, Side]) -> str:
    """Take over what was seen; returns the id of the case. See `app.storage.taking_over`.

    Raises:
        UserFacingError: nothing was changed, also where the case here changed meanwhile.
    """
    return taking_over.take_over(_beside(cases), seen.handed, seen.comparison, choices).id


def save_attachments(handed: HandOver, folder: Path) -> tuple[Path, ...]:
    """Write the attached files into `folder`; none is replaced.

    Raises:
        UserFacingError: one of them exists already or cannot be written.
    """
    paths = {folder / name: content for name, content in handed.attachments.items()}
    for path in paths:
        if path.exists():
            raise UserFacingError(
                f"{path.name} exists already in that folder.",
                "Nothing was written.",
                "Choose another folder.",
            )
    for path, content in paths.items():
        write_whole(path, content, overwrite=False)
    return tuple(paths)


def _beside(cases: CaseStore) -> CaseStore:
    # A store of its own: what is read or written here must not hide from the open case that the
    # case was changed beside it.
    return CaseStore(cases.database, origin=cases.origin, now=cases.now)


def _require_intact(cases: CaseStore, case_id: str) -> None:
    broken = verify_case(cases.database, case_id).broken
    if broken is not None:
        raise UserFacingError(
            "The history of this case does not stand as it was written, so it cannot be handed "
            f"over. {broken.words}",
            "Whoever took the case over would be refused for the same reason.",
            "Keep this case as it is, and tell your compliance officer.",
        )


def _attachments(paths: Sequence[Path]) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    room = LARGEST_ATTACHMENTS
    for path in paths:
        if path.name in found:
            raise UserFacingError(
                f"Two of the attached files are named {path.name}.",
                "No file was written.",
                "Rename one of them, or leave it out.",
            )
        found[path.name] = _content(path, room)
        room -= len(found[path.name])
    return found


def _content(path: Path, room: int) -> bytes:
    try:
        if path.stat().st_size > room:
            raise UserFacingError(
                f"{path.name} is too large.",
                f"Attached files may have {LARGEST_ATTACHMENTS // 1024**2} MB together."
                if room != LARGEST
                else "A case file is far smaller. Nothing was read.",
                "Leave it out." if room != LARGEST else "Check that it is the right file.",
            )
        return path.read_bytes()
    except OSError as refused:
        raise UserFacingError(
            f"{path.name} cannot be read: {refused.strerror}.",
            "Nothing was changed.",
            "Check the name and that you may open the file.",
        ) from refused


def _told(path: Path, attached: Mapping[str, bytes], *, locked: bool) -> JsonValue:
    files: list[JsonValue] = [
        {"name": name, "size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        for name, content in attached.items()
    ]
    return {"file": path.name, "locked": locked, "attached": files}
