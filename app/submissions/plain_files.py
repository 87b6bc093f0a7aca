"""Small files from outside: read and unpacked within limits, whatever they are."""

from __future__ import annotations

import bz2
import hashlib
import os
import stat
from dataclasses import dataclass
from io import FileIO
from pathlib import Path

from app.cancellation import CancelToken
from app.submissions.findings import Finding, UnreadableFileError, Weight

_CHUNK = 1 << 20
# Text compresses some ten times, very repetitive text a few hundred times; a bomb, a million.
_FREE_BYTES = 4 << 20
_HIGHEST_RATIO = 5_000


@dataclass(frozen=True, slots=True)
class PlainFile:
    """A file's bytes as they lie on disk."""

    data: bytes
    sha256: str


def open_regular(path: Path) -> FileIO:
    """Open a file for reading, never a folder, pipe or device.

    Raises:
        UnreadableFileError: it cannot be opened; the finding says why.
    """
    return FileIO(_descriptor(path)[0])


def _descriptor(path: Path) -> tuple[int, int]:
    """An open file's descriptor, and its size in bytes; errors as for `open_regular`."""
    try:
        # Without O_NONBLOCK, opening a pipe would wait for its other end.
        flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
        descriptor = os.open(path, flags)
    except FileNotFoundError:
        raise UnreadableFileError(
            Finding("file-gone", "There is no such file any more. Was it moved or renamed?")
        ) from None
    except (OSError, ValueError) as error:  # ValueError: a NUL byte in the path
        # Windows does not open folders at all.
        finding = _not_a_file(path) if _is_folder(path) else not_openable(error)
        raise UnreadableFileError(finding) from None
    facts = os.fstat(descriptor)
    if not stat.S_ISREG(facts.st_mode):
        os.close(descriptor)
        raise UnreadableFileError(_not_a_file(path))
    return descriptor, facts.st_size


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False


def _not_a_file(path: Path) -> Finding:
    what = "a folder" if _is_folder(path) else "no ordinary file"
    return Finding("not-a-file", f"This is {what}, so there is nothing to read in it.")


def not_openable(error: OSError | ValueError) -> Finding:
    """Why the system would not let a file be read."""
    if isinstance(error, PermissionError):
        return Finding(
            "no-permission",
            "The system does not let you read this file. Ask whoever owns it for access.",
        )
    reason = (error.strerror if isinstance(error, OSError) else None) or "the name is not usable"
    return Finding("not-readable", f"The system could not read this file: {reason}.")


def read_plain(path: Path, limit: int, cancel: CancelToken | None = None) -> PlainFile:
    """All bytes of a file of at most `limit` bytes, with its SHA-256.

    Raises:
        UnreadableFileError: it cannot be read, or is larger.
        Cancelled: the work was cancelled.
    """
    descriptor, size = _descriptor(path)
    parts: list[bytes] = []
    try:
        read, chunk = 0, min(size + 1, _CHUNK)
        while True:
            if cancel is not None:
                cancel.raise_if_cancelled()
            part = os.read(descriptor, chunk)
            parts.append(part)
            read += len(part)
            if read > limit:
                raise UnreadableFileError(_too_large(limit))
            if len(part) < chunk:
                break  # an ordinary file gives less only at its end
    except OSError as error:
        raise UnreadableFileError(not_openable(error)) from None
    finally:
        os.close(descriptor)
    data = b"".join(parts)
    return PlainFile(data, hashlib.sha256(data).hexdigest())


def _too_large(limit: int) -> Finding:
    return Finding(
        "too-large",
        f"The file is larger than {limit >> 20:,} MB, which no file of this kind needs. It was "
        "not read to its end.",
    )


def unpack_bzip2(
    data: bytes, limit: int, cancel: CancelToken | None = None
) -> tuple[bytes, list[Finding]]:
    """Unpack one or more bzip2 streams within `limit` bytes, with remarks.

    Raises:
        UnreadableFileError: not bzip2, damaged, cut short, or a bomb.
        Cancelled: the work was cancelled.
    """
    if not data:
        raise UnreadableFileError(Finding("empty-file", "The file is empty (0 bytes)."))
    if not data.startswith(b"BZh"):
        raise UnreadableFileError(
            Finding("not-bzip2", "The file is not compressed with bzip2, whatever its name says.")
        )
    parts: list[bytes] = []
    size = 0
    rest = data
    while rest.startswith(b"BZh"):
        decompressor = bz2.BZ2Decompressor()
        feed = rest
        while not decompressor.eof:
            if cancel is not None:
                cancel.raise_if_cancelled()
            part = _unpacked_part(decompressor, feed)
            feed = b""
            if not part and decompressor.needs_input:
                raise UnreadableFileError(cut_short_finding())
            size += len(part)
            _check_bomb(size, len(data), limit)
            parts.append(part)
        rest = decompressor.unused_data
    return b"".join(parts), _leftover(rest)


def _unpacked_part(decompressor: bz2.BZ2Decompressor, feed: bytes) -> bytes:
    try:
        return decompressor.decompress(feed, _CHUNK)
    except (OSError, EOFError, ValueError):
        raise UnreadableFileError(damaged_finding()) from None


def _check_bomb(size: int, packed: int, limit: int) -> None:
    if size > limit:
        raise UnreadableFileError(bomb_finding(limit))
    if size > _FREE_BYTES and size > packed * _HIGHEST_RATIO:
        raise UnreadableFileError(bomb_finding(size))


def _leftover(rest: bytes) -> list[Finding]:
    return [trailing_finding(len(rest))] if rest else []


def trailing_finding(size: int, code: str | None = None) -> Finding:
    """Bytes after the compressed text that are not compressed text."""
    return Finding(
        "trailing-bytes",
        f"After the end of the compressed text, {size:,} more bytes follow that are not bzip2. "
        "They were not read.",
        code,
        weight=Weight.FAULT if code else Weight.REMARK,
    )


def damaged_finding(code: str | None = None) -> Finding:
    """Compressed data with a wrong checksum or structure."""
    return Finding(
        "damaged-bzip2",
        "The compressed file is damaged: its checksums or its structure are wrong. Fetch or "
        "compress it again.",
        code,
    )


def cut_short_finding(code: str | None = None) -> Finding:
    """Compressed data without its end."""
    return Finding(
        "cut-short",
        "The compressed file ends too early: the rest is missing. Fetch or compress it again.",
        code,
    )


def bomb_finding(limit: int, code: str | None = None) -> Finding:
    """Compressed data that unpacks to more than is read."""
    return Finding(
        "too-large-unpacked",
        f"The file unpacks to more than {limit:,} bytes, which no file of its kind and size does. "
        "Reading stopped there.",
        code,
    )
