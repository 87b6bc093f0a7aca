"""Reports of mistakes in the program: what a developer needs, and nothing else.

No local variables and no texts of exceptions stand in one: both can hold what the person
typed, customers' data or a secret. What remains is masked once more before it is written.
"""

from __future__ import annotations

import platform
import sqlite3
import sys
import traceback
from datetime import UTC, datetime
from pathlib import Path

from app import __version__
from app.storage.faults import StorageError, explained
from app.storage.masking import LiveSecrets, live_secrets
from app.storage.paths import DataFolder, create_private_file, make_private_folder

KEPT = 20
_PACKAGE = Path(__file__).parents[1]


def report_of(error: BaseException, *, doing: str = "", secrets: LiveSecrets = live_secrets) -> str:
    """The report about `error` as the person reads it before she copies it.

    Args:
        error: the exception.
        doing: what the program was doing, in our own words.
        secrets: what is masked.
    """
    system = f"{platform.system()} {platform.release()}"
    lines = [
        f"CAIS Onboarding {__version__}",
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, {system}",
        f"While: {doing}" if doing else "",
        "",
    ]
    for link in _chain(error):
        lines.append(f"{type(link).__module__}.{type(link).__qualname__}")
        lines += [f"  {_place(frame)}" for frame in traceback.extract_tb(link.__traceback__)]
    return secrets.masked("\n".join(lines) + "\n")


def keep_report(folder: DataFolder, report: str, now: datetime | None = None) -> Path:
    """Keep a report in the data folder; the oldest beyond twenty goes.

    Raises:
        StorageError: it cannot be written.
    """
    at = (now or datetime.now(UTC)).astimezone(UTC)
    with explained(folder.reports):
        make_private_folder(folder.reports)
        path = folder.reports / f"report-{at:%Y%m%dT%H%M%S.%fZ}.txt"
        create_private_file(path)
        path.write_text(report, encoding="utf-8")
        for old in sorted(folder.reports.glob("report-*.txt"))[:-KEPT]:
            old.unlink(missing_ok=True)
    return path


def told_and_kept(
    error: Exception, folder: DataFolder | None, doing: str
) -> tuple[str, Path | None]:
    """The report about `error`, and where it is kept; None where the disk does not take it."""
    report = report_of(error, doing=doing)
    try:
        return report, keep_report(folder, report) if folder is not None else None
    except (StorageError, OSError):
        return report, None  # the person still has the text


def _chain(error: BaseException) -> list[BaseException]:
    """`error` after what caused it."""
    found: list[BaseException] = []
    link: BaseException | None = error
    while link is not None and link not in found:
        found.append(link)
        link = link.__cause__ or (None if link.__suppress_context__ else link.__context__)
    return found[::-1]


def _place(frame: traceback.FrameSummary) -> str:
    """Where, without the folders of this computer, which may name the person."""
    path = Path(frame.filename)
    for root in (_PACKAGE.parent, *map(Path, sys.path)):
        if path.is_absolute() and root.is_absolute() and path.is_relative_to(root):
            path = path.relative_to(root)
            break
    else:
        path = Path(path.name)
    return f"{path.as_posix()}:{frame.lineno} in {frame.name}"
