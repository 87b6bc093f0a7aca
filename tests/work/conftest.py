from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import shiboken6

from app.background import JobRunner
from app.onboarding.case import new_case
from app.open_case import OpenCase
from app.work.workplace import Workplace


@pytest.fixture
def workplace(tmp_path: Path) -> Iterator[Workplace]:
    with Workplace.open(tmp_path / "data") as opened:
        yield opened


@pytest.fixture
def runner(qapp: object) -> Iterator[JobRunner]:
    jobs = JobRunner()
    yield jobs
    jobs.cancel_all()
    assert jobs.wait_all(10)


@pytest.fixture
def open_case(workplace: Workplace, runner: JobRunner) -> Iterator[OpenCase]:
    opened = OpenCase(workplace.cases, runner, new_case())
    yield opened
    # A timer must not be collected on another thread.
    shiboken6.delete(opened)
