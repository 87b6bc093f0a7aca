"""bzip2 unpacked on all processor cores, with every checksum verified.

A bzip2 stream is a row of blocks that can be unpacked on their own once they are found: each
begins with 48 known bits, at any of eight bit offsets. Each block is wrapped as a stream of one
block, so that Python's own bz2 unpacks it (in C, without holding the interpreter) and checks its
checksum; the stream's checksum over all blocks is checked here. Known bits that stand in a block
by chance are noticed, because the block so cut does not unpack.

Format: J. Seward, bzip2 1.0.
"""

from __future__ import annotations

import bz2
import os
from bisect import bisect_left, bisect_right
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from io import FileIO

from app.cancellation import CancelToken
from app.submissions.bit_search import BLOCK_MAGIC, END_MAGIC, bits_at, magic_offsets, stream_ends
from app.submissions.bzip2_stream import PART, combined_checksum, unpack_blocks
from app.submissions.findings import Finding, UnreadableFileError
from app.submissions.plain_files import cut_short_finding, damaged_finding, not_openable

_READ = 1 << 20
# A block holds at most 900,000 bytes before the last coding step, which hardly grows them.
_LARGEST_BLOCK_BITS = 8 * 1_300_000
# Blocks that follow each other are unpacked in one go: each hand-over costs a wait for the
# interpreter. Two make some 1.8 MB and take 40 ms, which cancelling may have to wait for.
_RUN = 2
# Runs unpacked ahead, so that the threads have work while the text is read: 2 MB each.
_AHEAD = 3
_HEADER = 4
_LOOK_UP = 0.02  # seconds between two looks at whether the work was cancelled
_MOST_TRIES = 4
_MOST_FALSE_MAGICS = 1_000


@dataclass(slots=True)
class _Run:
    """Blocks on their way: where each begins, and their unpacked beginning when it is ready."""

    starts: list[int]
    end: int
    checksums: list[int]
    ready: Future[tuple[bytes, bz2.BZ2Decompressor | None]]


@dataclass(slots=True)
class _StreamEnd:
    """The end of a stream, in its place among the blocks."""

    checksum: int
    next_byte: int


class Bzip2Blocks:
    """Unpacks one open file, part by part and in order.

    Args:
        file: the compressed file, at its beginning.
        on_read: told every piece of the compressed file (for a digest and for progress).
        cancel: looked at at least once per block.
        code: the official code for a file that cannot be unpacked.
        workers: threads that unpack; they end with the iteration, at most some 40 ms after it.
    """

    def __init__(
        self,
        file: FileIO,
        *,
        on_read: Callable[[bytes], None],
        cancel: CancelToken | None = None,
        code: str | None = None,
        workers: int | None = None,
    ) -> None:
        self._file = file
        self._on_read = on_read
        self._cancel = cancel
        self._code = code
        self._workers = workers or os.cpu_count() or 1
        self._data = b""
        self._base = 0  # where _data begins in the file, in bytes
        self._exhausted = False
        self._magics: list[int] = []  # bits, from the beginning of the file, in order
        self._false_magics: set[int] = set()
        self._known_ends: dict[int, int] = {}  # block start -> stream end, found the slow way
        self._next_bit: int | None = None  # start of the next block; None: a stream begins
        self._next_byte = 0
        self._level = b"9"
        self._one_by_one_to = 0  # up to this bit, blocks are unpacked singly
        self._queue: deque[_Run | _StreamEnd] = deque()
        self._checksum = 0  # of the stream, over the blocks handed on
        self.trailing_bytes = 0

    def parts(self) -> Iterator[bytes]:
        """The unpacked bytes in order.

        Raises:
            UnreadableFileError: not bzip2, damaged or cut short.
            Cancelled: the work was cancelled.
        """
        pool = ThreadPoolExecutor(self._workers, thread_name_prefix="bzip2")
        try:
            while True:
                while len(self._queue) < self._workers + _AHEAD and self._schedule(pool):
                    pass
                if not self._queue:
                    break
                if self._cancel is not None:
                    self._cancel.raise_if_cancelled()
                entry = self._queue.popleft()
                if isinstance(entry, _StreamEnd):
                    self._finish_stream(entry)
                else:
                    yield from self._unpacked(entry)
        finally:
            # Who cancels does not wait for the blocks in the making; their threads end with them.
            pool.shutdown(wait=False, cancel_futures=True)
        if self._base + len(self._data) == 0:
            raise UnreadableFileError(
                Finding("empty-file", "The file is empty (0 bytes).", self._code)
            )

    # --- reading and finding blocks ---

    def _read_more(self) -> bool:
        """Append a piece of the file, and note the block beginnings in it."""
        if self._exhausted:
            return False
        if self._cancel is not None:
            self._cancel.raise_if_cancelled()
        try:
            piece = self._file.read(_READ)
        except OSError as error:
            raise UnreadableFileError(not_openable(error)) from None
        if not piece:
            self._exhausted = True
            return False
        self._on_read(piece)
        searched = max(0, len(self._data) - 6)  # a beginning may lie across the seam
        self._data += piece
        tail = self._data[searched:] if searched else self._data
        offset = (self._base + searched) * 8
        known = self._magics[-1] if self._magics else -1
        self._magics.extend(
            offset + at for at in magic_offsets(tail, BLOCK_MAGIC) if offset + at > known
        )
        return True

    def _schedule(self, pool: ThreadPoolExecutor) -> bool:
        """Put the next block or stream end into the queue; False at the end of the file."""
        if self._next_bit is None:
            return self._begin_stream()
        starts: list[int] = []
        end, last = self._next_bit, False
        while not last and len(starts) < _RUN:
            if starts and end <= self._one_by_one_to:
                break
            starts.append(end)
            end, last = self._end_of_block(end)
        first = starts[0] // 8 - self._base
        raw = self._data[first : -(-end // 8) - self._base]
        checksums = [bits_at(raw, at - starts[0] // 8 * 8 + 48, 32) for at in starts]
        bits = (starts[0] % 8, end - starts[0])
        ready = pool.submit(unpack_blocks, raw, bits, combined_checksum(0, checksums), self._level)
        self._queue.append(_Run(starts, end, checksums, ready))
        if last:
            self._end_stream(end)
        else:
            self._next_bit = end
        return True

    def _end_stream(self, end: int) -> None:
        """Note a stream's end, whose known bits stand at `end`."""
        while (self._base + len(self._data)) * 8 < end + 80:
            if not self._read_more():
                raise UnreadableFileError(cut_short_finding(self._code))
        checksum = bits_at(self._data, end - self._base * 8 + 48, 32)
        self._next_byte = -(-(end + 80) // 8)
        self._queue.append(_StreamEnd(checksum, self._next_byte))
        self._next_bit = None

    def _begin_stream(self) -> bool:
        """Read a stream's header at `_next_byte`; False when the file ends there."""
        while self._base + len(self._data) < self._next_byte + _HEADER + 6:
            if not self._read_more():
                break
        header = self._data[self._next_byte - self._base :][: _HEADER + 6]
        if not header:
            return False
        if header[:3] != b"BZh" or not b"1" <= header[3:4] <= b"9":
            return self._not_a_stream(header)
        self._level = header[3:4]
        start = (self._next_byte + _HEADER) * 8
        known = int.from_bytes(header[_HEADER:], "big")
        if len(header) < _HEADER + 6:
            raise UnreadableFileError(cut_short_finding(self._code))
        if known == END_MAGIC:
            self._end_stream(start)
            return True
        if known != BLOCK_MAGIC:
            raise UnreadableFileError(damaged_finding(self._code))
        self._next_bit = start
        return True

    def _not_a_stream(self, header: bytes) -> bool:
        if self._next_byte:
            while self._read_more():  # what follows the last stream is not bzip2
                self._drop_before(self._base + len(self._data) - 6)
            self.trailing_bytes = self._base + len(self._data) - self._next_byte
            return False
        if b"BZh".startswith(header[:3]) and len(header) <= _HEADER:
            raise UnreadableFileError(cut_short_finding(self._code))
        raise UnreadableFileError(
            Finding(
                "not-bzip2",
                "The file is not compressed with bzip2, whatever its name says.",
                self._code,
            )
        )

    def _end_of_block(self, start: int) -> tuple[int, bool]:
        """Where the block at `start` ends (in bits), and whether its stream ends there."""
        if start in self._known_ends:
            return self._known_ends[start], True
        following = self._following_magic(start)
        if following is not None:
            end = self._stream_end_before(following)
            return (following, False) if end is None else (end, True)
        ends = stream_ends(self._data, start - self._base * 8 + 80)
        if not ends:
            finding = cut_short_finding if self._exhausted else damaged_finding
            raise UnreadableFileError(finding(self._code))
        return ends[0] + self._base * 8, True

    def _following_magic(self, start: int) -> int | None:
        """The next block beginning after `start`, reading on as far as a block can reach."""
        while True:
            for magic in self._magics[bisect_right(self._magics, start) :]:
                if magic not in self._false_magics:
                    return magic
            if (self._base + len(self._data)) * 8 - start > _LARGEST_BLOCK_BITS:
                return None
            if not self._read_more():
                return None

    def _stream_end_before(self, magic: int) -> int | None:
        """The end of a stream, when the block at `magic` is the first of another stream."""
        if magic % 8:
            return None
        header = magic // 8 - _HEADER - self._base
        if header < 11 or self._data[header : header + 3] != b"BZh":
            return None
        for padding in range(8):
            at = header * 8 - padding - 80
            if bits_at(self._data, at, 48) == END_MAGIC:
                return at + self._base * 8
        return None

    def _drop_before(self, byte: int) -> None:
        """Forget the part of the file before `byte`."""
        if byte - self._base > _READ // 2:
            self._data = self._data[byte - self._base :]
            self._base = byte
            del self._magics[: bisect_left(self._magics, byte * 8)]

    # --- putting the text together ---

    def _unpacked(self, run: _Run) -> Iterator[bytes]:
        while self._cancel is not None and not wait([run.ready], _LOOK_UP).done:
            self._cancel.raise_if_cancelled()
        try:
            part, decompressor = run.ready.result()
        except (OSError, EOFError, ValueError):
            self._try_otherwise(run)
            return
        self._checksum = combined_checksum(self._checksum, run.checksums)
        self._drop_before(run.starts[0] // 8)
        yield part
        while decompressor is not None and not decompressor.eof:
            if self._cancel is not None:
                self._cancel.raise_if_cancelled()
            try:
                part = decompressor.decompress(b"", PART)
            except (OSError, EOFError, ValueError):
                raise UnreadableFileError(damaged_finding(self._code)) from None
            if not part and not decompressor.eof:
                raise UnreadableFileError(damaged_finding(self._code))
            yield part

    def _try_otherwise(self, run: _Run) -> None:
        """The blocks did not unpack together: find the one that does not, and look at its end."""
        if len(run.starts) == 1:
            self._try_another_end(run.starts[0], run.end)
            return
        self._one_by_one_to = run.end
        self._rewind(run.starts[0])

    def _try_another_end(self, start: int, end: int) -> None:
        """A block did not unpack: its end may be elsewhere, or it is damaged.

        Either a stream ends within it (an empty stream follows), or the known bits at its end
        stood there by chance.
        """
        lead = start % 8
        raw = self._data[start // 8 - self._base : -(-end // 8) - self._base]
        checksum = bits_at(raw, lead + 48, 32)
        for stream_end in stream_ends(raw, lead + 80)[:_MOST_TRIES]:
            try:
                unpack_blocks(raw, (lead, stream_end - lead), checksum, self._level)
            except (OSError, EOFError, ValueError):
                continue
            self._known_ends[start] = start + stream_end - lead
            self._rewind(start)
            return
        possible = end in self._magics and end - start < _LARGEST_BLOCK_BITS
        if not possible or len(self._false_magics) == _MOST_FALSE_MAGICS:
            raise UnreadableFileError(damaged_finding(self._code))
        self._false_magics.add(end)
        self._rewind(start)

    def _rewind(self, start: int) -> None:
        for entry in self._queue:
            if isinstance(entry, _Run):
                entry.ready.cancel()
        self._queue.clear()
        self._next_bit = start

    def _finish_stream(self, end: _StreamEnd) -> None:
        if end.checksum != self._checksum:
            raise UnreadableFileError(damaged_finding(self._code))
        self._checksum = 0
