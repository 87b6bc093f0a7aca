"""The file by which a case is handed to a colleague: facts, whole history, attachments.

A zip with `manifest.json` (format, origin, and size and SHA-256 of every other file),
`case.json` (the facts), `history.jsonl` (one sealed entry a line) and `attachments/`.
Secrets are in none of them, nor texts that no field accepted.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from app import __version__
from app.failures import UserFacingError
from app.onboarding.case import SECTIONS, Case
from app.storage import case_rows
from app.storage.chain import ChainReport, check_chain
from app.storage.history import RecordedEntry, canonical_json
from app.storage.locked_file import WrongPassphraseError, is_locked, lock, unlock
from app.storage.origin import Origin

FORMAT = "cais-onboarding-hand-over/1"
SUFFIX = ".caiscase"
#: Far above any real case; a crafted file must not fill the memory.
LARGEST = 512 * 1024 * 1024
MOST_FILES = 1_000
_PACKINGS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
#: How unpacking fails: no zip, one locked by a zip's own means, or damaged in any place.
_NOT_OURS = (
    zipfile.BadZipFile,
    zlib.error,
    NotImplementedError,
    RuntimeError,
    EOFError,
    ValueError,
)
_ENTRIES = TypeAdapter(list[RecordedEntry])
_FIELDS = {field.name for field in fields(RecordedEntry)}


class HandOverError(UserFacingError):
    """A file that cannot be taken over, in words."""


class PassphraseNeededError(HandOverError):
    """The file is locked: no passphrase was given, or a wrong one."""


class _Listed(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    size: int
    sha256: str


class _Manifest(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    format: str
    case_id: str
    written_at: datetime
    os_user: str
    workstation: str
    program_version: str
    head_seq: int
    head_hash: str
    files: dict[str, _Listed]


@dataclass(frozen=True)
class HandOver:
    """What a hand-over file holds, checked.

    Attributes:
        case: the facts.
        bodies: the facts as canonical JSON per section, as the last entry seals them.
        entries: the whole history.
        report: what checking the history found.
        attachments: further files by name.
        written_at: when it was written (UTC).
        written_by: who wrote it.
    """

    case: Case
    bodies: Mapping[str, str]
    entries: tuple[RecordedEntry, ...]
    report: ChainReport
    attachments: Mapping[str, bytes]
    written_at: datetime
    written_by: Origin


def hand_over_file(
    case: Case,
    entries: tuple[RecordedEntry, ...],
    *,
    written_at: datetime,
    origin: Origin,
    bodies: Mapping[str, str] | None = None,
    attachments: Mapping[str, bytes] | None = None,
    passphrase: str | None = None,
) -> bytes:
    """The hand-over file of a saved case.

    Args:
        case: the facts as last saved.
        entries: its whole history.
        written_at: now, aware.
        origin: who hands it over.
        bodies: the sections as they are stored, which the history seals: those that an earlier
            version wrote may lack what was added to a section since. Those of `case` unless told.
        attachments: further files by plain name, such as the summary PDF.
        passphrase: locks the file.
    """
    contents = {
        "case.json": json.dumps(_facts(case, bodies), indent=1).encode(),
        "history.jsonl": "".join(canonical_json(vars(e)) + "\n" for e in entries).encode(),
    }
    for name, content in (attachments or {}).items():
        contents[f"attachments/{PurePosixPath(name).name}"] = content
    manifest = _Manifest(
        format=FORMAT,
        case_id=case.id,
        written_at=written_at,
        os_user=origin.os_user,
        workstation=origin.workstation,
        program_version=origin.program_version,
        head_seq=entries[-1].seq if entries else 0,
        head_hash=entries[-1].hash if entries else "",
        files={
            name: _Listed(size=len(content), sha256=hashlib.sha256(content).hexdigest())
            for name, content in contents.items()
        },
    )
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("manifest.json", manifest.model_dump_json(indent=1))
        for name, content in contents.items():
            archive.writestr(name, content)
    return lock(packed.getvalue(), passphrase) if passphrase else packed.getvalue()


def _facts(case: Case, bodies: Mapping[str, str] | None) -> dict[str, object]:
    facts: dict[str, object] = case.model_dump(mode="json")
    if bodies is not None:
        header = {name: value for name, value in facts.items() if name not in SECTIONS}
        facts = header | {name: json.loads(body) for name, body in bodies.items()}
    return facts | {name: {} for name in case_rows.UNSEALED_SECTIONS}


def is_hand_over(content: bytes) -> bool:
    """Whether `content` looks like a hand-over file, locked or not."""
    return is_locked(content) or content.startswith(b"PK")


def read_hand_over(content: bytes, passphrase: str | None = None) -> HandOver:
    """What the hand-over file `content` holds, after checking all of it.

    A history that does not stand is told in `report`, not refused: it can be looked at.

    Raises:
        PassphraseNeededError: it is locked and `passphrase` is missing or wrong.
        HandOverError: it is no hand-over file of this version, or damaged.
    """
    if is_locked(content):
        content = _unlocked(content, passphrase)
    files = _files(content)
    try:
        manifest = _manifest(files)
        _require_listed(manifest, files)
        case = _case(manifest, files["case.json"])
        facts = json.loads(files["case.json"])
        entries = _entries(files["history.jsonl"])
    except (KeyError, ValueError, AttributeError) as error:
        raise _damaged() from error
    if case.id != manifest.case_id:
        raise _damaged()
    bodies = {section: canonical_json(facts[section]) for section in SECTIONS if section in facts}
    return HandOver(
        case=case,
        bodies=bodies,
        entries=entries,
        report=_checked(manifest, entries, bodies),
        attachments={
            PurePosixPath(name).name: held
            for name, held in files.items()
            if name.startswith("attachments/")
        },
        written_at=manifest.written_at,
        written_by=Origin(manifest.os_user, manifest.workstation, manifest.program_version),
    )


def _unlocked(content: bytes, passphrase: str | None) -> bytes:
    if not passphrase:
        raise PassphraseNeededError(
            "This case file is locked with a passphrase.",
            "Nothing was read.",
            "Ask the colleague who sent it for the passphrase.",
        )
    try:
        return unlock(content, passphrase)
    except WrongPassphraseError:
        raise PassphraseNeededError(
            "The passphrase does not open this case file.",
            "Nothing was read.",
            "Type it again, or ask for the file anew: it may have been damaged on its way.",
        ) from None


def _files(content: bytes) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return _unpacked(archive)
    except _NOT_OURS as error:
        raise HandOverError(
            "This is not a case file, or it was damaged on its way.",
            "Nothing was changed.",
            "Ask for the file again.",
        ) from error


def _unpacked(archive: zipfile.ZipFile) -> dict[str, bytes]:
    listed = archive.infolist()
    if len(listed) > MOST_FILES or sum(info.file_size for info in listed) > LARGEST:
        raise HandOverError(
            "This file is too large for a case file.",
            "Nothing was read.",
            "Check that it is the right file.",
        )
    if any(info.compress_type not in _PACKINGS for info in listed):
        raise zipfile.BadZipFile("packed otherwise than we do")
    return {info.filename: archive.read(info) for info in listed}


def _manifest(files: Mapping[str, bytes]) -> _Manifest:
    told: Any = json.loads(files["manifest.json"])
    form = told.get("format", "") if isinstance(told, dict) else ""
    if isinstance(form, str) and form != FORMAT and form.startswith(FORMAT.partition("/")[0]):
        raise HandOverError(
            "This case file was written by a newer version of CAIS Onboarding.",
            "Nothing was changed.",
            "Install the newer version, or ask for a file written by this one.",
        )
    return _Manifest.model_validate(told)


def _case(manifest: _Manifest, facts: bytes) -> Case:
    try:
        return Case.model_validate_json(facts)
    except ValidationError as unfit:
        if manifest.program_version == __version__:
            raise
        raise HandOverError(
            "The facts in this case file do not fit this version of CAIS Onboarding.",
            f"It was written by version {manifest.program_version}; this is {__version__}. "
            "Nothing was taken over.",
            "Install the same version as your colleague, or ask for the file again.",
        ) from unfit


def _require_listed(manifest: _Manifest, files: Mapping[str, bytes]) -> None:
    held = {
        name: _Listed(size=len(content), sha256=hashlib.sha256(content).hexdigest())
        for name, content in files.items()
        if name != "manifest.json"
    }
    if held != manifest.files:
        raise ValueError("files are not those listed")


def _entries(lines: bytes) -> tuple[RecordedEntry, ...]:
    told = lines.splitlines()
    # Pydantic would let an entry with further fields pass, which its seal does not cover.
    if any(json.loads(line).keys() != _FIELDS for line in told):
        raise ValueError("not entries of this version")
    return tuple(_ENTRIES.validate_json(b"[" + b",".join(told) + b"]", strict=True))


def _checked(
    manifest: _Manifest, entries: tuple[RecordedEntry, ...], bodies: Mapping[str, str]
) -> ChainReport:
    head = (manifest.head_seq, manifest.head_hash) if entries else None
    return check_chain(
        manifest.case_id, entries, head=head, state=case_rows.state_of_bodies(bodies)
    )


def _damaged() -> HandOverError:
    return HandOverError(
        "This case file is damaged, or something in it was changed.",
        "Nothing was taken over.",
        "Ask for the file again.",
    )
