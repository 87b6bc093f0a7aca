"""The fields of step 1, in the groups of its page (guide §1, R1.1)."""

from __future__ import annotations

from app.onboarding.firm import Connectivity, OrganisationType, SecondarySource, Source
from app.widgets.fields import FieldSpec, Kind

#: Where the facts of step 1 lie.
PREFIX = "registration"
_YES_NO = ((True, "Yes"), (False, "No"))


def _copied(path: str, label: str, spoken: str = "") -> FieldSpec:
    """A text that goes into the online form."""
    return FieldSpec(path, label, copyable=True, spoken=spoken)


def _choice(path: str, label: str, choices: tuple[tuple[object, str], ...]) -> FieldSpec:
    """An answer that is chosen in the online form."""
    return FieldSpec(path, label, Kind.CHOICE, choices=choices, copyable=True)


def _contact(which: str) -> tuple[tuple[FieldSpec, ...], ...]:
    return (
        (_copied(f"{which}_contact.name", f"Name of the {which} contact"),),
        (
            _copied(f"{which}_contact.phone", "Phone", f"Phone of the {which} contact"),
            _copied(f"{which}_contact.email", "E-mail", f"E-mail of the {which} contact"),
        ),
    )


ORGANISATION = (
    (
        _choice(
            "organisation_type",
            "Type of organization",
            (
                (OrganisationType.INDUSTRY_MEMBER, "Industry Member (broker-dealer)"),
                (OrganisationType.CLEARING_FIRM, "Clearing firm"),
                (OrganisationType.REPORTING_AGENT, "CAT Reporting Agent (vendor, service bureau)"),
            ),
        ),
    ),
    (_copied("company_name", "Company name"),),
    (_copied("street", "Street"),),
    (_copied("city", "City"), _copied("state", "State"), _copied("postal_code", "ZIP code")),
    (_copied("country", "Country"),),
    (
        FieldSpec(
            "reports_for_others",
            "Do you report CAIS data for other firms as well?",
            Kind.CHOICE,
            hint="Not asked on the form; it decides which of the later steps apply.",
            choices=_YES_NO,
        ),
    ),
)
IDENTIFIER = (
    (_copied("crd", "CRD number"), _copied("org_id", "ORG ID")),
    (
        FieldSpec(
            "awaits_identifier",
            "We have neither number yet",
            Kind.CHECK,
            hint="Then leave the CRD number on the form blank. The ID comes with the e-mail that "
            "grants Account Administrator access; enter it here when it arrives.",
        ),
    ),
)
CONTACTS = (*_contact("primary"), *_contact("secondary"))
SOURCES = (
    (
        _choice(
            "primary_source",
            "Primary source of reporting",
            ((Source.SELF, "Self-reporting"), (Source.VENDOR, "Vendor")),
        ),
        _copied("primary_vendor", "Name of the primary vendor"),
    ),
    (
        _choice(
            "secondary_source",
            "Secondary source of reporting",
            (
                (SecondarySource.NONE, "None"),
                (SecondarySource.SELF, "Self-reporting"),
                (SecondarySource.VENDOR, "Vendor"),
            ),
        ),
        _copied("secondary_vendor", "Name of the secondary vendor"),
    ),
)
CONNECTION = (
    (
        _choice(
            "connectivity",
            "Preferred connectivity",
            (
                (Connectivity.SFTP, "SFTP"),
                (Connectivity.PORTAL, "CAIS Reporter Portal"),
                (Connectivity.BOTH, "SFTP and CAIS Reporter Portal"),
            ),
        ),
    ),
    (
        FieldSpec(
            "data_submission",
            "Type of data submission",
            hint="Use the words of the online form; the guide names the question, not the answers.",
            suggestions=("LTID account information", "Customer and account information"),
            copyable=True,
        ),
    ),
)
NUMBERS = (
    (
        _copied("ltid_accounts", "Accounts with LTIDs, as on the form"),
        FieldSpec("ltid_accounts_today", "Today’s number, if it differs"),
    ),
)
GOES_ON = (
    (
        FieldSpec(
            "certifies_without_ltid", "Go on and certify with mock data all the same", Kind.CHECK
        ),
    ),
)
SENT = (
    (
        FieldSpec("submitted_on", "I submitted the form on", Kind.DATE),
        FieldSpec("submitted_by", "Submitted by"),
    ),
    (FieldSpec("followed_up_on", "I asked the Help Desk on", Kind.DATE),),
    (FieldSpec("verified_on", "FINRA CAT processed it on", Kind.DATE),),
)
