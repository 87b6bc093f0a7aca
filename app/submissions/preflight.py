"""A submission file before it is sent: would CAIS take it, and what does it count?"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from io import FileIO
from pathlib import Path

from app.cancellation import CancelToken
from app.onboarding.testing import FileKind
from app.submissions import account_checks, account_counts, customer_checks
from app.submissions.account_checks import AccountChecks
from app.submissions.account_counts import AccountCounts
from app.submissions.bzip2_blocks import Bzip2Blocks
from app.submissions.customer_checks import CustomerChecks
from app.submissions.document_reader import Batch, DocumentReader, HeaderField
from app.submissions.findings import (
    MAX_POSITIONS,
    Finding,
    UnreadableFileError,
    Weight,
    has_fault,
)
from app.submissions.header_checks import (
    ACCOUNTS,
    CODES,
    LEGAL_ENTITIES,
    NATURAL_PERSONS,
    Header,
    header_findings,
)
from app.submissions.identifiers import Identifiers
from app.submissions.json_text import byte_order_mark_finding, duplicate_key_finding
from app.submissions.names import CaisName, parse_name
from app.submissions.plain_files import (
    bomb_finding,
    not_openable,
    open_regular,
    trailing_finding,
)
from app.submissions.record_shape import Interest

LARGEST_BY_SFTP = 7 << 30  # unpacked [5.1.3]
ADVISED_SIZE = 1 << 30
MOST_BY_PORTAL = 100_000
_READ = 1 << 20

# Told how many bytes of the compressed file are read, and how many there are.
Progress = Callable[[int, int], None]


class Verdict(StrEnum):
    """What CAIS would do with the file, as far as can be told from here."""

    OK = "ok"
    FILE_REFUSED = "file_refused"
    RECORDS_REFUSED = "records_refused"


@dataclass(frozen=True, slots=True)
class SubmissionReport:
    """One submission file, checked. What could not be told is None.

    `fdids` and `customers` hold keyed hashes, for telling apart those of several files;
    `fdids_ended` (after `count_submission` alone) those of accounts without a current LTID. They
    take memory, or a temporary file, until `close` is called or nobody holds the report.
    """

    name: CaisName
    size: int | None = None
    sha256: str | None = None
    readable: bool = False
    unpacked_size: int | None = None
    schema_version: str | None = None
    reporter_crd: int | None = None
    correspondent_crd: int | None = None
    accounts_declared: int | None = None
    accounts_in_file: int | None = None
    accounts_distinct: int | None = None
    accounts_with_ltid: int | None = None
    accounts_with_current_ltid: int | None = None
    accounts_without_findings: int | None = None
    ltids_distinct: int | None = None
    customers_in_file: int | None = None
    file_findings: tuple[Finding, ...] = ()
    record_findings: tuple[Finding, ...] = ()
    fdids: Identifiers = field(default_factory=Identifiers, repr=False)
    fdids_ended: Identifiers = field(default_factory=Identifiers, repr=False)
    customers: Identifiers = field(default_factory=Identifiers, repr=False)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Everything found: in the name, in the file, in its records."""
        return (*self.name.findings, *self.file_findings, *self.record_findings)

    @property
    def verdict(self) -> Verdict:
        """Whether CAIS would refuse the file, some of its records, or neither."""
        if has_fault((*self.name.findings, *self.file_findings)):
            return Verdict.FILE_REFUSED
        return Verdict.RECORDS_REFUSED if has_fault(self.record_findings) else Verdict.OK

    def close(self) -> None:
        """Give up the hashes, and with them comparing with other files; all counts stay."""
        self.fdids.close()
        self.fdids_ended.close()
        self.customers.close()


def check_submission(
    path: Path,
    *,
    today: date,
    cancel: CancelToken | None = None,
    progress: Progress | None = None,
) -> SubmissionReport:
    """Check one submission file whole, in constant memory. Faults become findings.

    Args:
        path: the file, as it will be sent.
        today: the current date in US Eastern Time.
        cancel: looked at every few milliseconds.
        progress: told each piece that is read; the caller throttles what it shows.

    Raises:
        Cancelled: the work was cancelled.
    """
    return _run(path, _Scan(path, today, cancel), progress)


def count_submission(
    path: Path,
    *,
    today: date,
    cancel: CancelToken | None = None,
    progress: Progress | None = None,
) -> SubmissionReport:
    """Count the accounts of one submission file: faster, with no look into its records.

    The report has the counts, the name and the header; faults of records are not found, and
    `accounts_without_findings` and `ltids_distinct` stay None. Arguments and errors as for
    `check_submission`.
    """
    return _run(path, _Scan(path, today, cancel, counting=True), progress)


def _run(path: Path, scan: _Scan, progress: Progress | None) -> SubmissionReport:
    try:
        with open_regular(path) as file:
            return scan.run(file, progress)
    except UnreadableFileError as error:
        scan.file_findings.append(error.finding)
        return scan.report(readable=False)


class _Scan:
    """One walk over one file."""

    def __init__(
        self, path: Path, today: date, cancel: CancelToken | None, *, counting: bool = False
    ) -> None:
        name = parse_name(path.name, today=today)
        self._name = name
        self._kind = name.file_kind or FileKind.CAIS
        self._cancel = cancel
        self._codes = CODES[self._kind]
        self._header = Header()
        self._counting = counting
        self._accounts = AccountCounts(today) if counting else AccountChecks(today)
        self._customers = CustomerChecks(tids=self._kind is FileKind.TIDS)
        self._digest = hashlib.sha256()
        self._read = 0
        self._opened = False
        self._unpacked = 0
        self._repeats = 0
        self._repeated_in: list[int] = []
        self.file_findings: list[Finding] = []
        self.record_findings: list[Finding] = []

    def run(self, file: FileIO, progress: Progress | None) -> SubmissionReport:
        self._opened = True
        size = os.fstat(file.fileno()).st_size

        def on_read(piece: bytes) -> None:
            self._digest.update(piece)
            self._read += len(piece)
            if progress is not None:
                progress(self._read, max(size, self._read))

        blocks = Bzip2Blocks(
            file, on_read=on_read, cancel=self._cancel, code=self._codes.not_unpacked
        )
        reader = DocumentReader(
            self._limited(blocks.parts()),
            code=self._codes.unreadable,
            interest=self._interest,
            partial=self._counting,
        )
        try:
            self._walk(reader)
        except UnreadableFileError as error:
            self.file_findings.append(error.finding)
            self._read_rest(file, on_read)
            return self.report(readable=False)
        self._finish(blocks, reader)
        if os.fstat(file.fileno()).st_size != self._read or self._read != size:
            self.file_findings.append(
                Finding(
                    "changed-while-read",
                    "The file changed while it was read. Check it again when it is finished.",
                )
            )
        return self.report(readable=True)

    def _interest(self, key: str) -> Interest:
        if self._kind is FileKind.TIDS or key in {NATURAL_PERSONS, LEGAL_ENTITIES}:
            return customer_checks.INTEREST
        if key != ACCOUNTS:
            return {}
        return account_counts.INTEREST if self._counting else account_checks.INTEREST

    def _limited(self, parts: Iterator[bytes]) -> Iterator[bytes]:
        for part in parts:
            self._unpacked += len(part)
            if self._unpacked > LARGEST_BY_SFTP:
                raise UnreadableFileError(bomb_finding(LARGEST_BY_SFTP))
            yield part

    def _read_rest(self, file: FileIO, on_read: Callable[[bytes], None]) -> None:
        """Read on for the digest alone."""
        try:
            while piece := file.read(_READ):
                if self._cancel is not None:
                    self._cancel.raise_if_cancelled()
                on_read(piece)
        except OSError as error:
            self.file_findings.append(not_openable(error))

    def _walk(self, reader: DocumentReader) -> None:
        for event in reader.events():
            if self._cancel is not None:
                self._cancel.raise_if_cancelled()
            if isinstance(event, Batch):
                self._take_batch(event)
                continue
            if event.repeated:
                self._header.repeated_at.append(event.at)
            if isinstance(event, HeaderField):
                self._header.values[event.key] = event.value
            else:
                self._header.lists.setdefault(event.key, 0)

    def _take_batch(self, batch: Batch) -> None:
        self._header.lists[batch.key] += len(batch.values)
        self._repeats += len(batch.repeats)
        if len(self._repeated_in) < MAX_POSITIONS:
            self._repeated_in += sorted(set(batch.repeats) - set(self._repeated_in))
        if self._kind is FileKind.TIDS or batch.key in {NATURAL_PERSONS, LEGAL_ENTITIES}:
            self._customers.check(batch.values)
        elif batch.key == ACCOUNTS:
            self._accounts.check(batch.values, batch.first)

    def _finish(self, blocks: Bzip2Blocks, reader: DocumentReader) -> None:
        found = self.file_findings
        if blocks.trailing_bytes:
            found.append(trailing_finding(blocks.trailing_bytes, self._codes.not_unpacked))
        if reader.has_byte_order_mark:
            found.append(byte_order_mark_finding(self._codes.unreadable))
        found += header_findings(self._header, self._name)
        if self._repeats:
            where = " of a record (positions are record numbers)"
            first = tuple(self._repeated_in[:MAX_POSITIONS])
            code = self._codes.duplicate_key
            found.append(duplicate_key_finding(self._repeats, code, first, where))
        found += _size_remarks(self._unpacked, self._header.lists.get(ACCOUNTS, 0))
        if self._kind is FileKind.CAIS:
            self.record_findings += self._accounts.finish(self._cancel)
        self.record_findings += self._customers.finish(self._cancel)

    def report(self, *, readable: bool) -> SubmissionReport:
        """What is known now."""
        accounts, header = self._accounts, self._header
        counted = readable and self._kind is FileKind.CAIS
        return SubmissionReport(
            name=self._name,
            size=self._read if self._read else None,
            sha256=self._digest.hexdigest() if self._opened else None,
            readable=readable,
            unpacked_size=self._unpacked if readable else None,
            schema_version=header.version,
            reporter_crd=header.number("catReporterCRD"),
            correspondent_crd=header.number("correspondentCRD"),
            accounts_declared=header.number("fdidRecordCount"),
            accounts_in_file=accounts.accounts if counted else None,
            accounts_distinct=accounts.distinct if counted else None,
            accounts_with_ltid=accounts.with_ltid if counted else None,
            accounts_with_current_ltid=accounts.with_current_ltid if counted else None,
            accounts_without_findings=accounts.without_findings if counted else None,
            ltids_distinct=accounts.ltids_distinct if counted else None,
            customers_in_file=self._customers.total if readable else None,
            file_findings=tuple(self.file_findings),
            record_findings=tuple(self.record_findings),
            fdids=accounts.fdids,
            fdids_ended=accounts.fdids_ended,
            customers=self._customers.numbers,
        )


def _size_remarks(unpacked: int, accounts: int) -> Iterator[Finding]:
    if unpacked > ADVISED_SIZE:
        yield Finding(
            "large-file",
            "The file unpacks to more than 1 GB. CAIS takes up to 7 GB by SFTP, but advises 1 GB "
            "or less; the portal takes no more than 1 GB.",
            weight=Weight.REMARK,
        )
    if accounts > MOST_BY_PORTAL:
        yield Finding(
            "too-many-for-portal",
            f"The file holds {accounts:,} accounts; the portal takes at most 100,000. Send it by "
            "SFTP.",
            "21009",
            weight=Weight.REMARK,
        )
