"""Decodes batches of records fast, and notices every key that stands twice."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

import msgspec

from app.submissions.json_text import RepeatedKeys, proves_no_repeats, strict_decoder
from app.submissions.record_shape import Interest, Shape

_SAMPLE = 200
_MOST_LESSONS = 20


class RecordDecoder:
    """Decodes the records of one list.

    Args:
        interest: the fields that are looked at.
        partial: decode only those, and do not search for keys that stand twice.
    """

    def __init__(self, interest: Interest, *, partial: bool) -> None:
        self._interest = interest
        self._partial = partial
        self._shape = Shape()
        self._lessons = 0
        self._general = msgspec.json.Decoder(list[dict[str, Any]])
        self._typed: msgspec.json.Decoder[list[Any]] | None = None
        if partial:
            self._typed = _decoder(Shape().record_type(interest))

    def decode(self, raw: bytes) -> tuple[list[Any], tuple[int, ...]] | None:
        """The records in the JSON list `raw`, and the indexes of those with a key standing twice.

        None when it is not a list of whole records.
        """
        try:
            values = self._decode_typed(self._typed, raw) if self._typed is not None else None
            if values is None:
                values = self._general.decode(raw)
                self._learn(values)
            repeats = () if self._partial else _repeats(raw, values)
        except (msgspec.MsgspecError, RecursionError, ValueError):
            return None  # also bytes that are not UTF-8, which are a ValueError
        return values, repeats

    def _decode_typed(
        self, decoder: msgspec.json.Decoder[list[Any]], raw: bytes
    ) -> list[Any] | None:
        """The records as objects, or None when they are unlike those before."""
        if self._partial and not raw.isascii():
            raw.decode()  # msgspec does not look into fields that it skips
        try:
            return decoder.decode(raw)
        except msgspec.ValidationError:
            return None

    def _learn(self, values: list[dict[str, Any]]) -> None:
        if self._partial or self._lessons == _MOST_LESSONS:
            return
        self._shape.learn(values if self._lessons else islice(values, _SAMPLE))
        self._lessons += 1
        self._typed = None
        if self._shape.usable:
            self._typed = _decoder(self._shape.record_type(self._interest))


def _decoder(kind: type) -> msgspec.json.Decoder[list[Any]]:
    return msgspec.json.Decoder(list[kind])  # type: ignore[valid-type]


def _repeats(raw: bytes, values: list[Any]) -> tuple[int, ...]:
    """The indexes of records in which a key stands twice, once per such key."""
    if proves_no_repeats(raw, values):
        return ()
    return tuple(_repeats_one_by_one(raw.decode(), len(values)))


def _repeats_one_by_one(text: str, size: int) -> Iterator[int]:
    hook = RepeatedKeys()
    decoder, at = strict_decoder(hook), 0
    for index in range(size):
        at = text.find("{", at)
        before = hook.count
        _, at = decoder.raw_decode(text, at)
        yield from [index] * (hook.count - before)
