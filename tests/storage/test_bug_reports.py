"""A report of a mistake in the program tells where it happened, and nothing of what was entered."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.storage.bug_reports import keep_report, report_of
from app.storage.paths import DataFolder

WHEN = datetime(2020, 10, 6, 12, 0, tzinfo=UTC)


def test_a_report_tells_where_but_quotes_nothing() -> None:
    def reading(customer: str) -> None:
        raise KeyError(customer)

    with pytest.raises(RuntimeError) as raised:
        try:
            reading("Jane Customer, SSN 123-45-6789")
        except KeyError as cause:
            raise RuntimeError("while reading for Jane Customer") from cause
    report = report_of(raised.value, doing="counting feedback")
    assert "Jane" not in report
    assert "123-45" not in report
    assert "While: counting feedback" in report
    assert report.index("builtins.KeyError") < report.index("builtins.RuntimeError")
    assert "tests/storage/test_bug_reports.py:" in report
    assert "in reading" in report
    assert str(Path.home()) not in report
    assert str(Path(__file__).parents[2]) not in report


def test_reports_are_private_and_twenty_are_kept(folder: DataFolder) -> None:
    folder.create()
    for second in range(25):
        path = keep_report(folder, f"report {second}", WHEN.replace(second=second))
    kept = sorted(folder.reports.iterdir())
    assert len(kept) == 20
    assert path.read_text() == "report 24"
    assert {file.stat().st_mode & 0o777 for file in kept} == {0o600}


def test_an_error_that_causes_itself_ends() -> None:
    first, second = ValueError(), KeyError()
    first.__cause__, second.__cause__ = second, first
    assert report_of(first).count("ValueError") == 1
