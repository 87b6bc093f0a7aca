"""Step 6: what was tested, and what came back (guide §6). Counts only, never a record."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from app.onboarding.access import ConnectionTest, Environment
from app.onboarding.business_calendar import eastern_date
from app.onboarding.values import (
    AccountCount,
    Crd,
    Facts,
    Moment,
    Name,
    Note,
    PastDate,
    Row,
    SubmitterId,
)

#: CAT keeps feedback for at least so many calendar days (CAIS specification §5.3.1).
FEEDBACK_KEPT_DAYS = 10


class EvidenceSource(StrEnum):
    """Where a row of the submissions table comes from."""

    FEEDBACK_FILE = "feedback_file"
    TYPED_IN = "typed_in"


class DataKind(StrEnum):
    """What was submitted: customers' real accounts, or mock ones (§6.3)."""

    PRODUCTION = "production"
    MOCK = "mock"


class FileKind(StrEnum):
    """A CAIS Data File holds accounts; a Transformed Identifiers File holds none."""

    CAIS = "CAIS"
    TIDS = "TIDS"


class SentBy(StrEnum):
    """Who sent the submission."""

    OURSELVES = "ourselves"
    AGENT = "agent"


class SubmissionStatus(StrEnum):
    """The documented statuses of a submission."""

    FILE_ACKNOWLEDGED = "FILE_ACKNOWLEDGED"
    FILE_INTEGRITY_PASSED = "FILE_INTEGRITY_PASSED"
    COMPLETED_INTEGRITY_ERROR = "COMPLETED_INTEGRITY_ERROR"
    RECORD_SCAN_COMPLETED = "RECORD_SCAN_COMPLETED"
    COMPLETED_FILE_TIMEOUT = "COMPLETED_FILE_TIMEOUT"
    COMPLETED_WITHOUT_REJECTIONS = "COMPLETED_WITHOUT_REJECTIONS"
    COMPLETED_WITH_REJECTIONS = "COMPLETED_WITH_REJECTIONS"
    COMPLETED = "COMPLETED"
    INCOMPLETE_PROCESSING_FAILURE = "INCOMPLETE_PROCESSING_FAILURE"
    CANCELLED_BY_SUPPORT = "CANCELLED_BY_SUPPORT"


#: The only statuses that prove accepted accounts.
COMPLETED_STATUSES = frozenset(
    {
        SubmissionStatus.COMPLETED_WITHOUT_REJECTIONS,
        SubmissionStatus.COMPLETED_WITH_REJECTIONS,
    }
)
#: Statuses after which CAIS still works on the submission.
INTERIM_STATUSES = frozenset(
    {
        SubmissionStatus.FILE_ACKNOWLEDGED,
        SubmissionStatus.FILE_INTEGRITY_PASSED,
        SubmissionStatus.RECORD_SCAN_COMPLETED,
    }
)


class ErrorGroup(Facts):
    """How often one error code stands in a feedback file."""

    code: str
    items: int


class SubmissionRecord(Row):
    """One submission as its newest feedback tells it, or as typed in from the portal."""

    source: EvidenceSource
    file_name: Name | None = None
    file_size: int | None = None
    file_sha256: str | None = None
    submission_id: Name | None = None
    submitter_id: SubmitterId | None = None
    reporter_crd: Crd | None = None
    correspondent_crd: Crd | None = None
    kind: FileKind = FileKind.CAIS
    schema_version: Name | None = None
    feedback_version: int | None = None
    #: As written in the file; one that is not documented never counts.
    status: Name | None = None
    received_at: Moment | None = None
    completed_at: Moment | None = None
    accounts_received: AccountCount | None = None
    accounts_accepted: AccountCount | None = None
    #: Of the received ones, those whose LTIDs have all ended (R6.3).
    accounts_without_current_ltid: AccountCount | None = None
    errors: tuple[ErrorGroup, ...] = ()
    findings: tuple[Note, ...] = ()
    #: Feedback says neither; the person does, or the host it was fetched from.
    environment: Environment | None = None
    data: DataKind | None = None
    sent_by: SentBy | None = None
    practice: bool = False
    #: The administrator's choice: does this submission stand for certification (R6.8).
    chosen: bool = True
    #: The processing date that the person picked; None: the proposed one.
    processing_date: PastDate | None = None

    @property
    def known_status(self) -> SubmissionStatus | None:
        """The status where the specification documents it."""
        try:
            return SubmissionStatus(self.status) if self.status else None
        except ValueError:
            return None

    @property
    def receipt_date(self) -> date | None:
        """The day of receipt, Eastern Time."""
        return eastern_date(self.received_at) if self.received_at else None

    @property
    def completion_date(self) -> date | None:
        """The day of completion, Eastern Time."""
        return eastern_date(self.completed_at) if self.completed_at else None

    @property
    def date_to_pick(self) -> bool:
        """Whether receipt and completion name two days and the person has not picked (R6.5)."""
        if self.processing_date is not None or not self.received_at or not self.completed_at:
            return False
        return self.receipt_date != self.completion_date

    @property
    def certified_date(self) -> date | None:
        """The processing date: the picked one, else the day of receipt where it is beyond doubt."""
        if self.processing_date is not None:
            return self.processing_date
        return None if self.date_to_pick else self.receipt_date

    @property
    def accounts_rejected(self) -> int | None:
        """Received minus accepted: one account with five errors is one (R6.4)."""
        if self.accounts_received is None or self.accounts_accepted is None:
            return None
        return self.accounts_received - self.accounts_accepted


class DistinctAccounts(Facts):
    """How many different accounts the named submissions hold together (R6.8).

    The answer stands only for just these submissions; add one and it is asked again.
    """

    record_ids: tuple[str, ...]
    received: AccountCount
    #: Of these, accounts whose LTIDs have all ended; None: the sum over the submissions is taken.
    without_current_ltid: AccountCount | None = None
    stated_by: Name | None = None
    stated_at: Moment
    #: Counted from the submission files themselves rather than stated.
    from_files: bool = False


class PortalLogin(Facts):
    """The person's statement that the portal's test environment was reached (R6.1)."""

    on: PastDate | None = None
    by: Name | None = None


class Testing(Facts):
    """Everything step 6 rests on."""

    connection_tests: tuple[ConnectionTest, ...] = ()
    portal_login: PortalLogin = PortalLogin()
    #: The agent's own connection, as it told the firm (R6.1: by each party).
    agent_connected_on: PastDate | None = None
    #: When the agent was asked for its proof (R6.7).
    agent_asked_on: PastDate | None = None
    submissions: tuple[SubmissionRecord, ...] = ()
    distinct_accounts: DistinctAccounts | None = None
