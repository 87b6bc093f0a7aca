"""Distinct identifiers: exact, spilled or not, and nothing of them readable on disk."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.cancellation import CancelToken
from app.failures import Cancelled
from app.submissions import identifiers
from app.submissions.identifiers import (
    Identifiers,
    count_distinct,
    count_left,
    distinct,
    tags_missing_in,
)


@pytest.fixture(params=[1 << 17, 100], ids=["in memory", "spilled"])
def _limits(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(identifiers, "_IN_MEMORY", request.param)
    monkeypatch.setattr(identifiers, "_LARGEST_SLICE", 8 if request.param == 100 else 1 << 18)
    yield


def filled(values: list[str], tags: list[int] | None = None) -> Identifiers:
    store = Identifiers(tagged=tags is not None)
    for start in range(0, len(values), 33):
        store.add(values[start : start + 33], None if tags is None else tags[start : start + 33])
    return store


@pytest.mark.usefixtures("_limits")
def test_counts_and_repeats_are_exact() -> None:
    chance = random.Random(5)
    values = [f"FDID{chance.randrange(3000)}" for _ in range(5000)]
    found = distinct(filled(values, list(range(5000))))
    repeated = [place for place, value in enumerate(values) if values.count(value) > 1]
    assert found.different == len(set(values))
    assert found.repeated_places == len(repeated)
    assert found.first == tuple(repeated[:3])


@pytest.mark.usefixtures("_limits")
def test_nothing_repeats_in_a_store_without_repeats() -> None:
    found = distinct(filled([str(number) for number in range(4000)]))
    assert (found.different, found.repeated_places, found.first) == (4000, 0, ())


@pytest.mark.usefixtures("_limits")
def test_stores_are_counted_together() -> None:
    stores = [filled([str(n) for n in range(first, first + 1000)]) for first in (0, 500, 400)]
    assert count_distinct(stores) == 1500
    assert count_distinct([]) == 0


@pytest.mark.usefixtures("_limits")
def test_what_one_store_still_has_counts_where_another_has_lost_it() -> None:
    one, other = (filled([str(n) for n in range(first, first + 1000)]) for first in (0, 500))
    taken = filled([str(n) for n in range(400, 600)])
    assert count_left([(one, taken)]) == 800
    assert count_left([(one, taken), (other, Identifiers(tagged=False))]) == 1400


def test_a_store_for_tags_takes_nothing_without_one() -> None:
    with pytest.raises(ValueError, match="shorter"):
        Identifiers().add(["a"])


@pytest.mark.usefixtures("_limits")
def test_what_is_missing_in_another_store() -> None:
    one = filled([str(n) for n in range(1000)], list(range(1000)))
    other = filled([str(n) for n in range(500, 2000)])
    assert sorted(tags_missing_in(one, other)) == list(range(500))


def test_cancelling_ends_the_counting() -> None:
    cancel = CancelToken()
    cancel.cancel()
    with pytest.raises(Cancelled):
        distinct(filled(["a"]), cancel)


def test_a_closed_store_is_empty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(identifiers, "_IN_MEMORY", 10)
    store = filled([str(n) for n in range(100)])
    store.close()
    assert count_distinct([store]) == 0


def test_only_hashes_are_spilled_and_to_a_file_without_a_name(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(identifiers, "_IN_MEMORY", 10)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    store = filled([f"MARKER{n}" for n in range(100)])
    assert store._file is not None
    store._file.seek(0)
    assert b"MARKER" not in store._file.read()
    assert list(tmp_path.iterdir()) == []
    store.close()
