"""Which history entries stand behind a requirement: who recorded it, and when."""

from __future__ import annotations

from collections.abc import Iterable

from app.report import words
from app.storage.history import RecordedEntry

_REGISTRATION_OF = {
    "organisation": (
        "company_name",
        "street",
        "city",
        "state",
        "postal_code",
        "country",
        "organisation_type",
        "reports_for_others",
    ),
    "identifier": ("crd", "org_id", "awaits_identifier"),
    "contacts": ("primary_contact", "secondary_contact"),
    "sources": ("primary_source", "primary_vendor", "secondary_source", "secondary_vendor"),
    "connectivity": ("connectivity", "data_submission"),
    "ltid_accounts": ("ltid_accounts",),
    "submitted": ("submitted_on", "submitted_by"),
    "verified": ("verified_on",),
}
_SUBMISSIONS = "testing.submissions"
#: The fields that each requirement rests on, by the start of their paths.
PATHS: dict[str, tuple[str, ...]] = {
    **{
        key: tuple(f"registration.{name}" for name in names)
        for key, names in _REGISTRATION_OF.items()
    },
    "administrator": ("administration.administrators",),
    "portal_account": ("portal.accounts",),
    "portal_accounts_valid": ("portal.accounts",),
    "sftp_requested": ("sftp.accounts",),
    "sftp_received": ("sftp.accounts",),
    "sftp_password_reset": ("sftp.accounts",),
    "agents": ("relationships.agents",),
    "served_firms": ("relationships.served_firms",),
    "connected": ("testing.connection_tests", "testing.portal_login"),
    "agent_connected": ("testing.agent_connected_on", _SUBMISSIONS),
    "level": (_SUBMISSIONS,),
    "distinct": ("testing.distinct_accounts",),
    "each_firm": (_SUBMISSIONS, "relationships.served_firms"),
    "error_rate": (_SUBMISSIONS,),
    "processing_dates": (_SUBMISSIONS,),
    "mock_data": (_SUBMISSIONS,),
    "agent_submission": (_SUBMISSIONS,),
    "steps_done": (),
    "contacted": ("certification.contacted_on", "certification.contacted_by"),
    "certification_verified": ("certification.verified",),
    "production_granted": ("certification.production_granted",),
    "confirmation": ("certification.confirmation_received",),
}


def last_entries(history: Iterable[RecordedEntry]) -> dict[str, RecordedEntry]:
    """The latest entry behind each requirement, by the requirement's key."""
    newest: dict[str, RecordedEntry] = {}
    for entry in history:
        parts = entry.path.split(".")
        for length in range(1, len(parts) + 1):
            newest[".".join(parts[:length])] = entry
    found = {}
    for key, paths in PATHS.items():
        behind = [newest[path] for path in paths if path in newest]
        if behind:
            found[key] = max(behind, key=lambda entry: entry.seq)
    return found


def recorded(entry: RecordedEntry | None) -> str:
    """Who recorded something, and when, in one line; a dash where nothing is known."""
    if entry is None:
        return words.NONE
    return f"{words.day(entry.at_eastern.date())}, {entry.os_user} (entry {entry.seq:,})"
