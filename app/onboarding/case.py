"""One firm's onboarding case: every fact, no status."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Literal
from uuid import uuid4

from pydantic import Field

from app.onboarding.access import Administration, PortalAccess, SftpAccess
from app.onboarding.firm import Registration
from app.onboarding.relationships import Relationships
from app.onboarding.testing import Testing
from app.onboarding.values import Facts, Moment, Name, Note, PastDate

#: Longest text kept for a field that did not accept it (pastes can be huge).
LONGEST_UNACCEPTED = 20_000


class Answer(Facts):
    """Something that came back from FINRA CAT: the day, and a remark."""

    on: PastDate | None = None
    note: Note | None = None


class Certification(Facts):
    """Step 7: the contact with the Help Desk and what came back (guide §7)."""

    contacted_on: PastDate | None = None
    contacted_by: Name | None = None
    contact_note: Note | None = None
    #: When the Help Desk was last asked again, for want of an answer.
    followed_up_on: PastDate | None = None
    verified: Answer = Answer()
    production_granted: Answer = Answer()
    confirmation_received: Answer = Answer()


#: How a firm is called before its name is entered.
UNNAMED = "Firm without a name yet"


class Case(Facts):
    """The facts of one firm's onboarding. Statuses are computed by `progress.assess`."""

    #: Version of the case file.
    format: Literal["cais-onboarding-case/1"] = "cais-onboarding-case/1"
    id: str = Field(pattern=r"^[0-9a-f]{32}$")
    created_at: Moment
    #: Practice runs never count and are never exported as real (R6.9).
    practice: bool = False
    registration: Registration = Registration()
    administration: Administration = Administration()
    portal: PortalAccess = PortalAccess()
    sftp: SftpAccess = SftpAccess()
    relationships: Relationships = Relationships()
    testing: Testing = Testing()
    certification: Certification = Certification()
    #: Texts that a field did not accept, by the field's path: nothing typed is lost.
    unaccepted: dict[str, str] = Field(default_factory=dict)

    @property
    def production_in_force(self) -> bool:
        """Whether production access was granted (R3.3, R4.3)."""
        return self.certification.production_granted.on is not None

    @property
    def title(self) -> str:
        """What the firm is called in lists."""
        return self.registration.company_name or UNNAMED


#: The parts of a case that are stored apart, so that an edit rewrites one of them.
SECTIONS = (
    "registration",
    "administration",
    "portal",
    "sftp",
    "relationships",
    "testing",
    "certification",
    "unaccepted",
)


def new_case(*, practice: bool = False) -> Case:
    """An empty case with an id of its own, created now."""
    return Case(id=uuid4().hex, created_at=datetime.now(UTC), practice=practice)
