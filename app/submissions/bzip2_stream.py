"""Some blocks of a bzip2 stream, unpacked as a stream of their own."""

from __future__ import annotations

import bz2
from collections.abc import Iterable

from app.submissions.bit_search import END_MAGIC

# A block of repeats may unpack to 46 MB; it is handed on in parts of this size.
PART = 2 << 20


def combined_checksum(checksum: int, checksums: Iterable[int]) -> int:
    """A stream's checksum, from the checksum so far and those of its next blocks."""
    for block in checksums:
        checksum = ((checksum << 1 | checksum >> 31) & 0xFFFFFFFF) ^ block
    return checksum


def unpack_blocks(
    raw: bytes, bits: tuple[int, int], checksum: int, level: bytes
) -> tuple[bytes, bz2.BZ2Decompressor | None]:
    """Unpack blocks: a number of bits of `raw`, from a bit on, given as `bits`.

    Returns:
        The text, up to `PART` bytes of it; and what unpacks the rest where there is more. It takes
        4 MB of memory.

    Raises:
        OSError, EOFError, ValueError: these are not whole blocks, or their checksums are wrong.
    """
    lead, size = bits
    tail = len(raw) * 8 - lead - size
    value = (int.from_bytes(raw, "big") >> tail) & ((1 << size) - 1)
    value = (value << 48 | END_MAGIC) << 32 | checksum
    size += 80
    padding = -size % 8
    wrapped = b"BZh" + level + (value << padding).to_bytes((size + padding) // 8, "big")
    decompressor = bz2.BZ2Decompressor()
    part = decompressor.decompress(wrapped, PART)
    if not decompressor.eof and len(part) < PART:
        raise EOFError
    if decompressor.eof and decompressor.unused_data:
        raise ValueError
    return part, None if decompressor.eof else decompressor
