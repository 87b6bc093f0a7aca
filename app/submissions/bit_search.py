"""Finds the known bits of bzip2 at any bit offset."""

from __future__ import annotations

from collections.abc import Iterator

BLOCK_MAGIC = 0x314159265359
END_MAGIC = 0x177245385090
_BITS = 48


def bits_at(data: bytes, start: int, size: int) -> int:
    """`size` bits of `data` from bit `start` on, as a number (missing bits read as 0)."""
    first, last = start // 8, -(-(start + size) // 8)
    piece = data[first:last].ljust(last - first, b"\0")
    return (int.from_bytes(piece, "big") >> (last * 8 - start - size)) & ((1 << size) - 1)


def _needles(magic: int) -> tuple[tuple[int, bytes], ...]:
    """The whole bytes that the magic has at each bit offset."""
    needles = [(0, magic.to_bytes(6, "big"))]
    for shift in range(1, 8):
        wide = magic << (8 - shift)  # seven bytes; the first and the last are shared
        needles.append((shift, (wide >> 8 & (1 << 40) - 1).to_bytes(5, "big")))
    return tuple(needles)


_NEEDLES = {magic: _needles(magic) for magic in (BLOCK_MAGIC, END_MAGIC)}


def magic_offsets(data: bytes, magic: int) -> list[int]:
    """The bit offsets at which `magic` stands in `data`, in order."""
    return sorted(
        at for shift, needle in _NEEDLES[magic] for at in _offsets(data, magic, shift, needle)
    )


def _offsets(data: bytes, magic: int, shift: int, needle: bytes) -> Iterator[int]:
    lead = 1 if shift else 0
    at = data.find(needle, lead)
    while at >= 0:
        start = (at - lead) * 8 + shift
        if start + _BITS <= len(data) * 8 and bits_at(data, start, _BITS) == magic:
            yield start
        at = data.find(needle, at + 1)


def stream_ends(data: bytes, start: int) -> list[int]:
    """The bit offsets at which the end of a stream seems to stand, from bit `start` on."""
    return [at for at in magic_offsets(data, END_MAGIC) if at >= start]
