"""A CAIS submission read as a stream: header fields one by one, records in batches.

Only a window of a few megabytes is in memory at any time. Batches of whole records are cut at the
text that stands between two records, as learned from the first two; msgspec decodes a batch, and
that it decodes proves that the cut was right. Where it does not, the batch is halved, and at last
the records are read one by one, which also finds the byte of a fault.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, NoReturn

import msgspec

from app.submissions.findings import Finding, UnreadableFileError
from app.submissions.json_text import (
    RepeatedKeys,
    json_fault_finding,
    locate_fault,
    not_utf8_finding,
    strict_decoder,
)
from app.submissions.record_decoder import RecordDecoder
from app.submissions.record_shape import Interest

# Decoding holds the interpreter: a larger batch would let the window wait, and the threads that
# unpack; it would also not stay in the processor's cache.
_BATCH = 64 << 10
_SMALLEST_BATCH = 16 << 10
_LONGEST_TOKEN = 2_000
_WINDOW = 64 << 10
LARGEST_RECORD = 4 << 20
_MOST_HEADER_FIELDS = 1_000
_MOST_ONE_BY_ONE = 256

_SPACE = re.compile(rb"[ \t\r\n]*")
_FIRST_KEY = re.compile(rb'\{[ \t\r\n]*"(?:[^"\\\x00-\x1f]|\\.){0,200}"[ \t\r\n]*:')


@dataclass(frozen=True, slots=True)
class HeaderField:
    """A field beside the lists; `repeated` when its name has stood there before."""

    key: str
    value: Any
    repeated: bool
    at: int


@dataclass(frozen=True, slots=True)
class ListBegin:
    """A list of records begins."""

    key: str
    repeated: bool
    at: int


@dataclass(frozen=True, slots=True)
class Batch:
    """Consecutive records of a list.

    Attributes:
        key: the list's name.
        first: the number of the first record, from 1.
        values: the records, decoded.
        repeats: record numbers in whose objects a key stands twice, once per such key.
    """

    key: str
    first: int
    values: list[Any]
    repeats: tuple[int, ...] = ()


Event = HeaderField | ListBegin | Batch


class DocumentReader:
    """Reads one JSON object from pieces of text.

    Args:
        parts: the text, piece by piece.
        code: the official code of a file that cannot be read.
        interest: for a list's name, the fields that are looked at in its records.
        partial: decode only those, as objects, and do not search for keys that stand twice.

    Records come as objects with the fields of interest as attributes (UNSET where absent), or
    as dictionaries where they are unlike the others of their file.
    """

    def __init__(
        self,
        parts: Iterator[bytes],
        *,
        code: str,
        interest: Callable[[str], Interest],
        partial: bool = False,
    ) -> None:
        self._parts = parts
        self._code = code
        self._interest = interest
        self._partial = partial
        self._buffer = b""
        self._at = 0  # the next byte to read, in _buffer
        self._base = 0  # where _buffer begins in the text
        self._ended = False
        self._keys: set[str] = set()
        self.has_byte_order_mark = False

    @property
    def position(self) -> int:
        """How many bytes of the text have been read."""
        return self._base + self._at

    # --- the window ---

    def _need(self, size: int) -> bool:
        """Have at least `size` bytes from here on; False when the text ends before."""
        if len(self._buffer) - self._at >= size:
            return True
        kept = [self._buffer[self._at :]]
        length = len(kept[0])
        while length < size and not self._ended:
            part = next(self._parts, None)
            if part is None:
                self._ended = True
            else:
                kept.append(part)
                length += len(part)
        self._base += self._at
        self._at = 0
        self._buffer = b"".join(kept)
        return length >= size

    def _peek(self) -> bytes:
        """The next byte that is no white space, without taking it; empty at the end."""
        while True:
            match = _SPACE.match(self._buffer, self._at)
            self._at = match.end() if match else self._at
            if self._at < len(self._buffer):
                return self._buffer[self._at : self._at + 1]
            if not self._need(1):
                return b""

    def _take(self, wanted: bytes, explanation: str) -> None:
        found = self._peek()
        if found != wanted:
            self._fault("the text ends too early" if not found else explanation)
        self._at += 1

    def _fault(self, explanation: str) -> NoReturn:
        here = self._buffer[self._at : self._at + 4]
        text, clean = _text(here)
        if not clean and not text:
            raise UnreadableFileError(not_utf8_finding(self.position, self._code))
        raise UnreadableFileError(json_fault_finding(self.position, explanation, self._code))

    # --- the document ---

    def events(self) -> Iterator[Event]:
        """The document's fields and records, in the order of the file.

        Raises:
            UnreadableFileError: it is not JSON or not one object; the finding has the byte.
        """
        if self._need(3) and self._buffer.startswith(codecs.BOM_UTF8):
            self.has_byte_order_mark = True
            self._at = 3
        if not self._peek():
            raise UnreadableFileError(locate_fault(b"", 0, self._code))
        self._take(b"{", "the object that holds everything must begin")
        if self._peek() == b"}":
            self._at += 1
        else:
            yield from self._members()
        if self._peek():
            self._fault("the document has ended, and more text follows")

    def _members(self) -> Iterator[Event]:
        while True:
            at = self.position
            if self._peek() != b'"':
                self._fault("a field name in double quotes must stand")
            key = self._single()[0]
            self._take(b":", "a colon must stand")
            repeated = key in self._keys
            self._keys.add(key)
            if len(self._keys) > _MOST_HEADER_FIELDS:
                self._fault("too many fields stand beside the lists")
            if self._peek() == b"[":
                self._at += 1
                yield ListBegin(key, repeated, at)
                yield from self._list(key)
            else:
                value, repeats = self._single()
                yield HeaderField(key, value, repeated or repeats > 0, at)
            if not self._comma(b"}"):
                return

    def _comma(self, closing: bytes) -> bool:
        """Go past a comma (True) or the closing bracket (False)."""
        found = self._peek()
        if found == closing:
            self._at += 1
            return False
        self._take(b",", "a comma or a closing bracket must stand")
        if self._peek() == closing:
            self._fault("a closing bracket follows a comma")
        return True

    # --- lists of records ---

    def _list(self, key: str) -> Iterator[Batch]:
        if self._peek() == b"]":
            self._at += 1
            return
        decoder = RecordDecoder(self._interest(key), partial=self._partial)
        number, size, burst = 1, _BATCH, 1
        separator: bytes | None = None
        while True:
            batch = self._fast(key, decoder, separator, size, number) if separator else None
            if batch is not None:
                size, burst = min(size * 2, _BATCH), 1
            else:
                # Where batches keep failing, more and more records are read before the next try.
                batch = self._slow(key, number, burst)
                size, burst = max(size // 2, _SMALLEST_BATCH), min(burst * 2, _MOST_ONE_BY_ONE)
                separator = self._separator()
            yield batch
            number += len(batch.values)
            if not self._comma(b"]"):
                return

    def _separator(self) -> bytes | None:
        """The text from a record's end to its successor's first value, standing at this place."""
        self._need(_WINDOW)
        space = _SPACE.match(self._buffer, self._at)
        comma = space.end() if space else self._at
        if self._buffer[comma : comma + 1] != b",":
            return None
        space = _SPACE.match(self._buffer, comma + 1)
        first = _FIRST_KEY.match(self._buffer, space.end() if space else comma + 1)
        return b"}" + self._buffer[self._at : first.end()] if first else None

    def _fast(
        self, key: str, decoder: RecordDecoder, separator: bytes, size: int, number: int
    ) -> Batch | None:
        """A batch of about `size` bytes, or None where it has to be read one by one."""
        self._need(size)
        while size >= _SMALLEST_BATCH:
            end = self._buffer.rfind(separator, self._at, self._at + size)
            if end < 0:
                return None
            decoded = decoder.decode(b"[" + self._buffer[self._at : end + 1] + b"]")
            if decoded is not None:
                values, repeats = decoded
                self._at = end + 1
                return Batch(key, number, values, tuple(number + index for index in repeats))
            size = min(size, end - self._at) // 2
        return None

    def _slow(self, key: str, number: int, most: int) -> Batch:
        """At most `most` records, one by one; stops before a comma or the list's end."""
        values: list[Any] = []
        repeated: list[int] = []
        while True:
            value, repeats = self._single()
            repeated += [number + len(values)] * repeats
            values.append(value)
            if len(values) == most or self._peek() != b",":
                return Batch(key, number, values, tuple(repeated))
            self._comma(b"]")

    # --- one value ---

    def _single(self) -> tuple[Any, int]:
        """One value of any kind, and how many keys stand twice in it."""
        window = _WINDOW
        while True:
            whole = not self._need(window)
            raw = self._buffer[self._at : self._at + window]
            text, clean = _text(raw)
            hook = RepeatedKeys()
            try:
                _, end = strict_decoder(hook).raw_decode(text)
            except json.JSONDecodeError as fault:
                cut = fault.pos >= len(text) or fault.msg.startswith("Unterminated string")
                if cut and not clean:
                    at = self.position + len(text.encode())
                    raise UnreadableFileError(not_utf8_finding(at, self._code)) from None
                if whole or (not cut and fault.pos < len(text) - _LONGEST_TOKEN) or not clean:
                    self._refuse(text)
            except (RecursionError, ValueError):
                self._refuse(text)
            else:
                if whole or not clean or end < len(text):
                    size = end if text.isascii() else len(text[:end].encode())
                    value = self._verified(raw[:size])
                    self._at += size
                    return value, hook.count
            if window >= LARGEST_RECORD:
                raise UnreadableFileError(_huge_value(self.position, self._code))
            window *= 4

    def _verified(self, raw: bytes) -> Any:
        """The value by msgspec, which is stricter than json about character codes and numbers."""
        try:
            return msgspec.json.decode(raw)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, ValueError):
            raise UnreadableFileError(locate_fault(raw, self.position, self._code)) from None

    def _refuse(self, text: str) -> NoReturn:
        raise UnreadableFileError(locate_fault(text.encode(), self.position, self._code))


def _text(raw: bytes) -> tuple[str, bool]:
    """`raw` up to its first bytes that are not UTF-8, and whether there are none.

    A character cut off at the end is left out.
    """
    try:
        return codecs.utf_8_decode(raw, "strict", False)[0], True
    except UnicodeDecodeError as fault:
        return raw[: fault.start].decode(), False


def _huge_value(at: int, code: str) -> Finding:
    return Finding(
        "huge-value",
        f"The record or value that begins at byte {at:,} is larger than "
        f"{LARGEST_RECORD >> 20} MB, which none in a CAIS file is.",
        code,
        positions=(at,),
    )
