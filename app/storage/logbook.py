"""The program's log: a rotating file in the data folder, for this person alone, without secrets."""

from __future__ import annotations

import logging
import sys
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path

from app.storage.faults import explained
from app.storage.masking import LiveSecrets, live_secrets
from app.storage.paths import DataFolder, create_private_file, make_private_folder

LARGEST_FILE = 1_000_000
OLDER_FILES = 3
_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


class _MaskingFormatter(logging.Formatter):
    """Cleans the finished text, so that arguments and tracebacks are covered as well."""

    def __init__(self, secrets: LiveSecrets) -> None:
        super().__init__(_FORMAT)
        self._secrets = secrets

    def format(self, record: logging.LogRecord) -> str:
        return self._secrets.masked(super().format(record))


class _PrivateFileHandler(RotatingFileHandler):
    """Never gets in the way: a log that cannot be written must not stop the work it tells of."""

    def _open(self) -> TextIOWrapper:
        create_private_file(Path(self.baseFilename))
        return super()._open()

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's own name
        error = sys.exc_info()[1]
        if not isinstance(error, OSError):
            super().handleError(record)


def start_log(
    folder: DataFolder, *, secrets: LiveSecrets = live_secrets, level: int = logging.INFO
) -> logging.Handler:
    """Write the log to the data folder from now on.

    Args:
        folder: the data folder.
        secrets: what is masked in every line.
        level: the least severity that is written.

    Returns:
        The handler; `stop_log` ends it.

    Raises:
        StorageError: the file cannot be created.
    """
    with explained(folder.log):
        make_private_folder(folder.log.parent)
        handler = _PrivateFileHandler(
            folder.log, maxBytes=LARGEST_FILE, backupCount=OLDER_FILES, encoding="utf-8"
        )
    handler.setFormatter(_MaskingFormatter(secrets))
    handler.setLevel(level)
    logging.getLogger().addHandler(handler)
    logging.getLogger("app").setLevel(level)
    return handler


def stop_log(handler: logging.Handler) -> None:
    """End the log that `start_log` began."""
    logging.getLogger().removeHandler(handler)
    handler.close()


def recent_problems(folder: DataFolder, most: int = 20) -> tuple[str, ...]:
    """The latest lines of the log that tell of something wrong, oldest first.

    Raises:
        StorageError: the log cannot be read.
    """
    with explained(folder.log):
        if not folder.log.exists():
            return ()
        lines = folder.log.read_text(encoding="utf-8", errors="replace").splitlines()
    marks = (" WARNING ", " ERROR ", " CRITICAL ")
    found = [line for line in lines if any(mark in line[:40] for mark in marks)]
    return tuple(found[-most:])
