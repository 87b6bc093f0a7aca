"""bzip2 unpacked in parallel says exactly what Python's own bz2 says, damage included."""

from __future__ import annotations

import bz2
import random
import threading
from io import FileIO
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.cancellation import CancelToken
from app.failures import Cancelled
from app.submissions.bit_search import BLOCK_MAGIC, END_MAGIC, bits_at, magic_offsets
from app.submissions.bzip2_blocks import Bzip2Blocks
from app.submissions.findings import UnreadableFileError

CHANCE = random.Random(1)
# Random bytes, text, and repeats: blocks of all kinds, some 12 of them at level 1.
TEXT = CHANCE.randbytes(400_000) + b"abcdefg" * 60_000 + bytes(CHANCE.choices(b"aeiou ", k=400_000))


def unpacked(path: Path, workers: int | None = None) -> tuple[bytes, int]:
    with FileIO(path) as file:
        blocks = Bzip2Blocks(file, on_read=lambda _: None, workers=workers)
        return b"".join(blocks.parts()), blocks.trailing_bytes


def result(path: Path, data: bytes) -> bytes | str:
    path.write_bytes(data)
    try:
        return unpacked(path)[0]
    except UnreadableFileError as error:
        return error.finding.finding


@pytest.mark.parametrize("level", range(1, 10))
@pytest.mark.parametrize("workers", [1, 3])
def test_every_level_is_read(tmp_path: Path, level: int, workers: int) -> None:
    path = tmp_path / "x"
    path.write_bytes(bz2.compress(TEXT, level))
    assert unpacked(path, workers) == (TEXT, 0)


def test_many_streams_with_empty_ones_between(tmp_path: Path) -> None:
    empty = bz2.compress(b"")
    data = (
        empty + bz2.compress(TEXT, 1) + empty * 3 + bz2.compress(b"hello") + bz2.compress(TEXT, 9)
    )
    assert result(tmp_path / "x", data + empty) == TEXT + b"hello" + TEXT


def test_a_hundred_small_streams(tmp_path: Path) -> None:
    data = b"".join(bz2.compress(b"%d " % number) for number in range(100))
    assert result(tmp_path / "x", data) == b"".join(b"%d " % number for number in range(100))


def test_large_repeats_come_in_parts(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(bz2.compress(b"\0" * 60_000_000))
    with FileIO(path) as file:
        sizes = [len(part) for part in Bzip2Blocks(file, on_read=lambda _: None).parts()]
    assert sum(sizes) == 60_000_000
    assert max(sizes) <= 2 << 20


def test_block_signs_that_stand_in_a_block_by_chance(tmp_path: Path) -> None:
    """A block whose compressed data contain the sign of a block: cut there, it does not unpack."""
    packed = bz2.compress(TEXT, 1)
    starts = magic_offsets(packed, BLOCK_MAGIC)
    path = tmp_path / "x"
    path.write_bytes(packed)
    with FileIO(path) as file:
        blocks = Bzip2Blocks(file, on_read=lambda _: None)
        read_more = blocks._read_more

        def with_false_signs() -> bool:
            more = read_more()
            false = [(one + other) // 2 for one, other in pairwise(starts)]
            blocks._magics = sorted({*blocks._magics, *false})
            return more

        blocks._read_more = with_false_signs  # type: ignore[method-assign]
        assert b"".join(blocks.parts()) == TEXT


def test_every_single_damaged_bit_is_judged_as_bz2_judges_it(tmp_path: Path) -> None:
    packed = bz2.compress(b"some text, some more text")
    for bit in range(len(packed) * 8):
        damaged = bytearray(packed)
        damaged[bit // 8] ^= 1 << bit % 8
        mine = result(tmp_path / "x", bytes(damaged))
        try:
            theirs: bytes | None = bz2.decompress(bytes(damaged))
        except (OSError, ValueError):
            theirs = None
        assert mine == theirs if theirs is not None else isinstance(mine, str), bit


@pytest.mark.parametrize("keep", [0, 1, 3, 4, 7, 10, 14, 50, 90_000, -20, -9, -4, -1])
def test_a_file_cut_short_is_noticed(tmp_path: Path, keep: int) -> None:
    packed = bz2.compress(TEXT, 5)[:keep]
    assert result(tmp_path / "x", packed) in ({"empty-file"} if not packed else {"cut-short"})


def test_wrong_stream_checksum_is_noticed(tmp_path: Path) -> None:
    packed = bytearray(bz2.compress(TEXT, 1))
    end = magic_offsets(bytes(packed), END_MAGIC)[-1]
    packed[(end + 60) // 8] ^= 1
    assert result(tmp_path / "x", bytes(packed)) == "damaged-bzip2"


def test_bytes_behind_the_last_stream_are_counted(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(bz2.compress(b"text") + b"?" * 3_000_000)
    assert unpacked(path) == (b"text", 3_000_000)


def test_threads_end_with_the_reading(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(bz2.compress(TEXT, 1))
    with FileIO(path) as file:
        parts = Bzip2Blocks(file, on_read=lambda _: None).parts()
        next(parts)
        threads = [thread for thread in threading.enumerate() if thread.name.startswith("bzip2")]
        assert threads
        parts.close()
    for thread in threads:
        thread.join(10)
        assert not thread.is_alive()


def test_cancelling_is_noticed_between_blocks(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(bz2.compress(TEXT, 1))
    cancel = CancelToken()
    with FileIO(path) as file, pytest.raises(Cancelled):
        for _ in Bzip2Blocks(file, on_read=lambda _: None, cancel=cancel).parts():
            cancel.cancel()


@given(st.binary(max_size=30), st.integers(0, 7), st.binary(max_size=30))
def test_signs_are_found_at_every_bit(before: bytes, shift: int, after: bytes) -> None:
    bits = f"{0:0{shift}b}" if shift else ""
    bits += f"{BLOCK_MAGIC:048b}"
    bits += "0" * (-len(bits) % 8)
    data = before + int(bits, 2).to_bytes(len(bits) // 8, "big") + after
    offsets = magic_offsets(data, BLOCK_MAGIC)
    assert len(before) * 8 + shift in offsets
    assert all(bits_at(data, at, 48) == BLOCK_MAGIC for at in offsets)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_damage_is_judged_as_bz2_judges_it(tmp_path: Path, data: st.DataObject) -> None:
    packed = bytearray(bz2.compress(TEXT[350_000:500_000], 1) + bz2.compress(b"end"))
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(packed) - 1))
        packed[at : at + data.draw(st.integers(0, 2))] = data.draw(st.binary(max_size=2))
    mine = result(tmp_path / "x", bytes(packed))
    try:
        theirs: bytes | None = bz2.decompress(bytes(packed))
    except (OSError, ValueError):
        theirs = None
    assert mine == theirs if isinstance(mine, bytes) else mine
