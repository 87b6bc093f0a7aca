"""Distinct identifiers of any number of records, in constant memory and without keeping one.

Each identifier becomes a 64-bit keyed hash (Python's own, whose key is drawn when the program
starts and never leaves it). Hashes go to 256 partitions, which spill into one nameless temporary
file; at the end one partition after the other is looked at. Two different identifiers are taken
for one with a chance of one in a hundred thousand for ten million of them.
"""

from __future__ import annotations

import tempfile
import weakref
from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from heapq import nsmallest
from typing import IO

from app.cancellation import CancelToken
from app.submissions.findings import MAX_POSITIONS

_PARTITIONS = 256
_MASK = _PARTITIONS - 1
_IN_MEMORY = 1 << 17
# A partition larger than this is looked at in slices, so that memory stays constant.
_LARGEST_SLICE = 1 << 17


class Identifiers:
    """Collects hashes.

    Args:
        tagged: each comes with a tag, a number that the caller gives a meaning.
    """

    def __init__(self, *, tagged: bool = True) -> None:
        self._tagged = tagged
        # Made when the first one comes: many stores stay empty, and many may be held at a time.
        self._hashes: list[array[int]] = []
        self._tags: list[array[int]] = []
        self._add_hash: list[Callable[[int], None]] = []
        self._add_tag: list[Callable[[int], None]] = []
        self._waiting = 0
        self._file: IO[bytes] | None = None
        # For each partition, offset and size of each of its pieces in the file.
        self._spilled: list[array[int]] = []
        self._end = 0

    def close(self) -> None:
        """Forget everything; the temporary file is gone. It is also when nobody holds the store."""
        if self._file is not None:
            self._file.close()
            self._file = None
        for partitions in (self._spilled, self._hashes, self._tags, self._add_hash, self._add_tag):
            partitions.clear()

    def add(self, identifiers: Sequence[str], tags: Sequence[int] | None = None) -> None:
        """Add identifiers, each with its tag if the store is for tags."""
        if identifiers and not self._hashes:
            self._hashes, self._add_hash = _partitions()
            if self._tagged:
                self._tags, self._add_tag = _partitions()
        add_hash = self._add_hash
        if self._tagged:
            add_tag = self._add_tag
            for value, tag in zip(map(hash, identifiers), tags or (), strict=True):
                partition = value & _MASK
                add_hash[partition](value)
                add_tag[partition](tag)
        else:
            for value in map(hash, identifiers):
                add_hash[value & _MASK](value)
        self._waiting += len(identifiers)
        if self._waiting >= _IN_MEMORY:
            self._spill()

    def _spill(self) -> None:
        if self._file is None:
            self._file = tempfile.TemporaryFile(prefix="hashes-")  # noqa: SIM115 - see close
            weakref.finalize(self, self._file.close)
            self._spilled = _partitions()[0]
        self._file.seek(self._end)
        for partition in range(_PARTITIONS):
            hashes = self._hashes[partition]
            tags = self._tags[partition] if self._tagged else array("q")
            self._spilled[partition].extend((self._end, len(hashes)))
            self._file.write(hashes.tobytes())
            self._file.write(tags.tobytes())
            self._end += 8 * (len(hashes) + len(tags))
            del hashes[:], tags[:]
        self._waiting = 0

    def size_of(self, partition: int) -> int:
        """How many identifiers a partition holds."""
        spilled = sum(self._spilled[partition][1::2]) if self._spilled else 0
        return spilled + len(self._hashes[partition]) if self._hashes else 0

    def load(self, partition: int) -> tuple[array[int], array[int]]:
        """All hashes of a partition, and their tags if it has any."""
        hashes, tags = array("q"), array("q")
        spilled = self._spilled[partition] if self._spilled else ()
        for offset, size in zip(spilled[::2], spilled[1::2], strict=True):
            assert self._file is not None  # noqa: S101 - what was spilled is in the file
            self._file.seek(offset)
            hashes.frombytes(self._file.read(8 * size))
            if self._tagged:
                tags.frombytes(self._file.read(8 * size))
        if self._hashes:
            hashes.extend(self._hashes[partition])
        if self._tags:
            tags.extend(self._tags[partition])
        return hashes, tags


def _partitions() -> tuple[list[array[int]], list[Callable[[int], None]]]:
    """Empty ones, and for each what appends to it."""
    made = [array("q") for _ in range(_PARTITIONS)]
    return made, [each.append for each in made]


_Slice = tuple[Sequence[int], Sequence[int]]


def _slices(
    stores: Sequence[Identifiers], cancel: CancelToken | None
) -> Iterator[tuple[_Slice, ...]]:
    """Each store's hashes and tags, slice by slice; equal hashes are always in the same slice."""
    for partition in range(_PARTITIONS):
        held = sum(store.size_of(partition) for store in stores)
        if not held:
            continue  # in a small file most are empty
        count = 1 + held // _LARGEST_SLICE
        for wanted in range(count):
            if cancel is not None:
                cancel.raise_if_cancelled()
            yield tuple(_slice(store.load(partition), wanted, count) for store in stores)


def _slice(loaded: tuple[array[int], array[int]], wanted: int, count: int) -> _Slice:
    if count == 1:
        return loaded
    hashes, tags = loaded
    places = [place for place, value in enumerate(hashes) if (value >> 8) % count == wanted]
    return [hashes[place] for place in places], [tags[place] for place in places if tags]


@dataclass(frozen=True, slots=True)
class Distinct:
    """What a store amounts to.

    Attributes:
        different: how many different identifiers there are.
        repeated_places: how many records carry one that stands more than once.
        first: the three lowest tags of repeated places.
    """

    different: int
    repeated_places: int
    first: tuple[int, ...]


def distinct(
    store: Identifiers,
    cancel: CancelToken | None = None,
    on_repeated: Callable[[list[int]], None] | None = None,
) -> Distinct:
    """Count the different identifiers of a store, and those that repeat.

    Args:
        store: the identifiers.
        cancel: looked at for each slice.
        on_repeated: told the tags of repeated places, slice by slice.

    Raises:
        Cancelled: the work was cancelled.
    """
    different = places = 0
    first: list[int] = []
    for ((hashes, tags),) in _slices([store], cancel):
        found = set(hashes)
        different += len(found)
        if len(found) == len(hashes):
            continue
        repeated = _repeated(hashes)
        marked = [tag for value, tag in zip(hashes, tags, strict=True) if value in repeated]
        places += len(marked)
        first = nsmallest(MAX_POSITIONS, [*first, *marked])
        if on_repeated is not None:
            on_repeated(marked)
    return Distinct(different, places, tuple(first))


def _repeated(hashes: Sequence[int]) -> set[int]:
    seen: set[int] = set()
    repeated: set[int] = set()
    for value in hashes:
        (repeated if value in seen else seen).add(value)
    return repeated


def count_distinct(stores: Sequence[Identifiers], cancel: CancelToken | None = None) -> int:
    """How many different identifiers the stores hold together.

    Raises:
        Cancelled: the work was cancelled.
    """
    return sum(
        len(set().union(*(hashes for hashes, _ in slices))) for slices in _slices(stores, cancel)
    )


def count_left(
    pairs: Sequence[tuple[Identifiers, Identifiers]], cancel: CancelToken | None = None
) -> int:
    """How many different identifiers remain when from each store those of its partner are taken.

    Raises:
        Cancelled: the work was cancelled.
    """
    left = 0
    for slices in _slices([store for pair in pairs for store in pair], cancel):
        hashes = [set(found) for found, _ in slices]
        left += len(set().union(*(a - b for a, b in zip(hashes[::2], hashes[1::2], strict=True))))
    return left


def tags_missing_in(
    store: Identifiers, other: Identifiers, cancel: CancelToken | None = None
) -> Iterator[int]:
    """The tags of the identifiers of `store` that `other` does not hold.

    Raises:
        Cancelled: the work was cancelled.
    """
    for (mine, tags), (theirs, _) in _slices([store, other], cancel):
        known = set(theirs)
        yield from (tag for value, tag in zip(mine, tags, strict=True) if value not in known)
