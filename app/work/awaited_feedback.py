"""Which submissions CAIS still works on, when their next feedback is due, and how long it stays."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from app.onboarding.testing import FEEDBACK_KEPT_DAYS, INTERIM_STATUSES, SubmissionRecord
from app.sftp.expectations import Expectation, next_expected
from app.submissions.names import parse_name

if TYPE_CHECKING:
    from app.sftp.feedback_files import RemoteFile

_KEPT_FOR = timedelta(days=FEEDBACK_KEPT_DAYS)


@dataclass(frozen=True, slots=True)
class Awaited:
    """A submission whose final feedback has not come.

    Args:
        name: its base name.
        expectation: the next feedback, with its times.
        days_left: how long CAT still keeps what there is; None where nobody knows.
    """

    name: str
    expectation: Expectation
    days_left: int | None


def awaited(
    records: Iterable[SubmissionRecord],
    files: Iterable[RemoteFile],
    days_left: Mapping[str, int],
    now: datetime,
) -> tuple[Awaited, ...]:
    """The submissions still worked on, the most urgent first.

    Args:
        records: the submissions table.
        files: what lies in the feedback folder.
        days_left: by base name.
        now: UTC.
    """
    seen = _versions_seen(files, now)
    found = []
    for record in records:
        base, received = (record.file_name or "").partition(".")[0], record.received_at
        if not base or received is None or now - received > _KEPT_FOR:
            continue
        if record.known_status not in INTERIM_STATUSES:
            continue
        known = {record.feedback_version or 1: received} | seen.get(base, {})
        expectation = next_expected(received, known)
        if expectation is not None:
            found.append(Awaited(base, expectation, days_left.get(base)))
    return tuple(sorted(found, key=lambda item: (item.expectation.latest_by, item.name)))


def _versions_seen(files: Iterable[RemoteFile], now: datetime) -> dict[str, dict[int, datetime]]:
    seen: dict[str, dict[int, datetime]] = {}
    for file in files:
        name = parse_name(file.name, today=now.date())
        if name.base_name and name.feedback_version and file.modified is not None:
            came = datetime.fromtimestamp(file.modified, UTC)
            seen.setdefault(name.base_name, {})[name.feedback_version] = came
    return seen
