"""A data folder of its own, and a store in it, for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.storage.case_store import CaseStore
from app.storage.database import Database, open_database
from app.storage.paths import DataFolder
from tests.storage.sample_cases import ORIGIN, Clock


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    return DataFolder(tmp_path / "data")


@pytest.fixture
def database(folder: DataFolder) -> Iterator[Database]:
    with open_database(folder) as opened:
        yield opened


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(database: Database, clock: Clock) -> CaseStore:
    return CaseStore(database, origin=ORIGIN, now=clock)
