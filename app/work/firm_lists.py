"""Files with many served firms: read and checked in a job, and a template to fill in."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from app.background import Job, JobRunner, Report, Work
from app.cancellation import CancelToken
from app.failures import UserFacingError
from app.onboarding.firm_lists import HEADINGS, FirmList, read_firms
from app.onboarding.relationships import ServedFirm
from app.open_case import OpenCase
from app.storage.files import write_whole
from app.storage.history import EntryKind, FileFacts
from app.storage.spreadsheets import csv_bytes

_FIRMS = "relationships.served_firms"
#: Far more than 10,000 lines of names and numbers.
_LARGEST = 5_000_000
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")


@dataclass(frozen=True, slots=True)
class FirmFile:
    """A file that was read: what it holds, and which file it was."""

    found: FirmList
    file: FileFacts


class FirmLists(QObject):
    """Reads lists of served firms, and adds what the person has agreed to.

    `read` carries a `FirmFile`, `told_apart` the `FirmList` of a long pasted text, `written` the path
    of a template, `failed` a `UserFacingError`.
    """

    read = Signal(object)
    told_apart = Signal(object)
    written = Signal(object)
    failed = Signal(object)

    def __init__(self, open_case: OpenCase, runner: JobRunner) -> None:
        super().__init__()
        self._open_case = open_case
        self._runner = runner
        self._telling: Job | None = None

    def look_into(self, path: Path) -> None:
        """Read the file at `path`; nothing is added by it."""
        known, today = self._known, self._open_case.today

        def work(token: CancelToken, report: Report) -> FirmFile:
            return read_firm_file(path, known, today)

        self._start("read a list of firms", work).done.connect(self.read)

    def tell_apart(self, text: str) -> FirmList:
        """The firms in a short pasted text."""
        return read_firms(text, self._known, self._open_case.today)

    def tell_apart_later(self, text: str) -> None:
        """Look through a long pasted text; a look at an older one is dropped."""
        known, today = self._known, self._open_case.today
        if self._telling is not None:
            self._telling.done.disconnect(self.told_apart)

        def work(token: CancelToken, report: Report) -> FirmList:
            return read_firms(text, known, today)

        self._telling = self._start("look through a list of firms", work)
        self._telling.done.connect(self.told_apart)

    def add(self, firms: tuple[ServedFirm, ...], file: FileFacts | None = None) -> None:
        """Add `firms` in one transaction, as one step that can be undone; `file` told them."""
        files = {firm.id: file for firm in firms} if file is not None else {}
        self._open_case.put_rows(_FIRMS, firms, EntryKind.FACT_CHANGED, files=files)

    def write_template(self, path: Path) -> None:
        """Write a CSV with the headings alone; the person has agreed to replace an existing file."""

        def work(token: CancelToken, report: Report) -> Path:
            write_whole(path, template(), overwrite=True)
            return path

        self._start("write a template", work).done.connect(self.written)

    @property
    def _known(self) -> frozenset[str]:
        firms = self._open_case.case.relationships.served_firms
        return frozenset(firm.crd for firm in firms if firm.crd)

    def _start(self, name: str, work: Work) -> Job:
        job = self._runner.prepare(name, work)
        job.failed.connect(self._failed)
        return self._runner.start(job)

    def _failed(self, failure: Exception) -> None:
        if isinstance(failure, UserFacingError):
            self.failed.emit(failure)


def read_firm_file(path: Path, known_crds: frozenset[str], today: date) -> FirmFile:
    """What the file at `path` holds.

    Raises:
        UserFacingError: it cannot be read, or is no text.
    """
    try:
        with path.open("rb") as file:
            content = file.read(_LARGEST + 1)
    except OSError as refused:
        raise UserFacingError(
            f"{path.name} cannot be read: {refused.strerror}.",
            "Nothing was added.",
            "Close the program that has the file open, or copy the file to this computer.",
        ) from refused
    if len(content) > _LARGEST:
        raise UserFacingError(
            f"{path.name} is larger than 5 MB.",
            "A list of firms is far smaller, so this is probably another file.",
            "Choose the list of firms.",
        )
    found = read_firms(_text(content, path.name), known_crds, today)
    facts = FileFacts(path.name, len(content), hashlib.sha256(content).hexdigest())
    return FirmFile(found, facts)


def template() -> bytes:
    """A CSV with the headings that are understood, so that spreadsheets read it right."""
    return csv_bytes([HEADINGS.values()])


def _text(content: bytes, name: str) -> str:
    """`content` in the encoding it has: with a mark, UTF-8, or that of older spreadsheets."""
    if content.startswith(_WORKBOOKS):
        raise UserFacingError(
            f"{name} is a workbook.",
            "Only a plain list can be read.",
            "In the spreadsheet program choose Save As, then CSV, and import that file.",
        )
    marked = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "cp1252"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise UserFacingError(
        f"{name} is no text.",
        "It holds no list of firms that can be read.",
        "Save the list as CSV in the spreadsheet program, and import that file.",
    )
