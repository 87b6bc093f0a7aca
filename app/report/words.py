"""How documents word the values of a case."""

from __future__ import annotations

from datetime import date, datetime

from app.onboarding.access import AccessLevel, SftpAccount
from app.onboarding.assessment import Assessment, Verdict
from app.onboarding.business_calendar import EASTERN, long_date
from app.onboarding.case import Case
from app.onboarding.firm import (
    Connectivity,
    OrganisationType,
    Registration,
    SecondarySource,
    Source,
)
from app.onboarding.guide import the_guide
from app.onboarding.tracks import TRACK_WORDS
from app.storage.history import EntryKind

NONE = "–"

VERDICTS = {
    Verdict.NOT_READY: "Not ready to certify",
    Verdict.READY: "Ready to certify",
    Verdict.CONTACTED: "Waiting for FINRA CAT",
    Verdict.CERTIFIED: "Certified",
    Verdict.NOT_REQUIRED: "Nothing further required",
}
ORGANISATION_TYPES = {
    OrganisationType.INDUSTRY_MEMBER: "Industry Member",
    OrganisationType.CLEARING_FIRM: "Clearing firm",
    OrganisationType.REPORTING_AGENT: "CAT Reporting Agent",
}
CONNECTIVITY = {
    Connectivity.SFTP: "SFTP",
    Connectivity.PORTAL: "CAIS Reporter Portal",
    Connectivity.BOTH: "SFTP and CAIS Reporter Portal",
}
ACCESS_LEVELS = {
    AccessLevel.TEST: "Test",
    AccessLevel.PRODUCTION: "Production",
    AccessLevel.BOTH: "Test and production",
    AccessLevel.NOT_MARKED: "Not marked: test and production",
}
ENTRY_KINDS = {
    EntryKind.CASE_CREATED: "Case created",
    EntryKind.FACT_CHANGED: "Changed",
    EntryKind.STATEMENT_MADE: "Stated",
    EntryKind.CONNECTION_TESTED: "Connection tested",
    EntryKind.FEEDBACK_COUNTED: "Feedback counted",
    EntryKind.ACCOUNTS_COUNTED: "Accounts counted",
    EntryKind.SUBMISSION_SENT: "Submission sent",
    EntryKind.SUBMISSION_CHOSEN: "Submission chosen",
    EntryKind.RULE_OVERRIDDEN: "Rule overridden",
    EntryKind.DATE_CONFIRMED: "Date confirmed",
    EntryKind.HOST_KEY_ACCEPTED: "Host key accepted",
    EntryKind.HOST_KEY_REVOKED: "Host key revoked",
    EntryKind.CREDENTIAL_STORED: "Credential stored",
    EntryKind.CREDENTIAL_REMOVED: "Credential removed",
    EntryKind.DOCUMENT_WRITTEN: "Document written",
    EntryKind.SENT: "Sent",
    EntryKind.CORRECTION: "Corrected",
    EntryKind.HANDED_OVER: "Handed over",
    EntryKind.IMPORTED: "Imported",
    EntryKind.QUOTED: "Colleague's entry",
    EntryKind.RESTORED: "Restored",
    EntryKind.ARCHIVED: "Archived",
    EntryKind.REOPENED: "Reopened",
}
_SECTIONS = {
    "registration": "Registration",
    "administration": "Administrators",
    "portal": "User accounts",
    "sftp": "SFTP",
    "relationships": "Relationships",
    "testing": "Testing",
    "certification": "Certification",
}
_UPPER = {"crd": "CRD", "ltid": "LTID", "org": "ORG", "id": "ID", "sftp": "SFTP"}


def day(value: date | None) -> str:
    """`value` as "Mon 5 Oct 2020", or a dash."""
    return long_date(value) if value is not None else NONE


def moment(value: datetime | None) -> str:
    """An aware `value` as "Mon 5 Oct 2020, 09:30 EDT", or a dash."""
    if value is None:
        return NONE
    eastern = value.astimezone(EASTERN)
    return f"{long_date(eastern.date())}, {eastern:%H:%M} {eastern.tzname()}"


def number(value: int | None) -> str:
    """`value` with thousands separated, or a dash."""
    return f"{value:,}" if value is not None else NONE


def identifier(registration: Registration) -> str:
    """The number CAT knows the organisation by, with its kind."""
    if registration.crd:
        return f"CRD {registration.crd}"
    if registration.identifier:
        return f"ORG ID {registration.identifier}"
    return "ID to be assigned" if registration.awaits_identifier else "CRD not entered yet"


def track(assessment: Assessment) -> str:
    """The track or tracks in words."""
    if not assessment.tracks:
        return "Open: step 1 is not complete"
    return "; ".join(TRACK_WORDS[each] for each in assessment.tracks)


def source(which: Source | SecondarySource | None, vendor: str | None) -> str:
    """A source of reporting in words."""
    if which is None:
        return NONE
    if which.value == "vendor":
        return f"Vendor: {vendor}" if vendor else "Vendor"
    return "Self-reporting" if which.value == "self" else "None"


def address(registration: Registration) -> str:
    """The firm's address on one line."""
    state = " ".join(part for part in (registration.state, registration.postal_code) if part)
    parts = (registration.street, registration.city, state, registration.country)
    return ", ".join(part for part in parts if part) or NONE


def edition() -> str:
    """The edition of the guide that was followed."""
    found = the_guide().edition
    return f"{found.title}, version {found.version} of {long_date(found.published)}"


def subject(path: str) -> str:
    """What a history entry is about, from the path of its field."""
    parts = path.split(".")
    section = _SECTIONS.get(parts[0])
    if section is None:
        return ""
    names = [part for part in parts[1:] if not _is_row_id(part)]
    words = " ".join(_UPPER.get(word, word) for name in names for word in name.split("_"))
    return f"{section}: {words}" if words else section


def _is_row_id(part: str) -> bool:
    return len(part) >= 8 and all(character in "0123456789abcdef" for character in part)


def kind(value: str) -> str:
    """The kind of a history entry in words; one of a newer version stays as it is."""
    try:
        return ENTRY_KINDS[EntryKind(value)]
    except ValueError:
        return value


def production(account: SftpAccount, case: Case) -> str:
    """The level of an SFTP account, with what is only planned (R4.3)."""
    level = account.current_level
    if level is None:
        return NONE
    planned = "production" in level.environments and not case.production_in_force
    return ACCESS_LEVELS[level] + (" (production planned)" if planned else "")
