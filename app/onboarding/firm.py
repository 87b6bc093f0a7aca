"""Step 1: who the firm is, as the registration form asks for it (guide §1)."""

from __future__ import annotations

from enum import StrEnum

from app.onboarding.values import (
    AccountCount,
    Crd,
    Email,
    Facts,
    Name,
    OrgId,
    PastDate,
    Phone,
)


class OrganisationType(StrEnum):
    """What kind of organisation registers."""

    INDUSTRY_MEMBER = "industry_member"
    CLEARING_FIRM = "clearing_firm"
    REPORTING_AGENT = "reporting_agent"


class Source(StrEnum):
    """Who reports: the firm itself or a vendor (a Reporting Agent or clearing firm)."""

    SELF = "self"
    VENDOR = "vendor"


class SecondarySource(StrEnum):
    """The second source of reporting, or that there is none."""

    SELF = "self"
    VENDOR = "vendor"
    NONE = "none"


class Connectivity(StrEnum):
    """How the firm prefers to connect."""

    SFTP = "sftp"
    PORTAL = "portal"
    BOTH = "both"


class Contact(Facts):
    """A person FINRA CAT may reach."""

    name: Name | None = None
    phone: Phone | None = None
    email: Email | None = None


class Registration(Facts):
    """What the registration form collects, and what became of the form (R1.1 to R1.6)."""

    company_name: Name | None = None
    street: Name | None = None
    city: Name | None = None
    state: Name | None = None
    postal_code: Name | None = None
    country: Name | None = "United States"
    organisation_type: OrganisationType | None = None
    crd: Crd | None = None
    org_id: OrgId | None = None
    #: A Reporting Agent that has neither number yet leaves the field of the form blank (R1.2).
    awaits_identifier: bool = False
    #: Asked of Industry Members and clearing firms; a Reporting Agent always does.
    reports_for_others: bool | None = None
    primary_contact: Contact = Contact()
    secondary_contact: Contact = Contact()
    primary_source: Source | None = None
    primary_vendor: Name | None = None
    secondary_source: SecondarySource | None = None
    secondary_vendor: Name | None = None
    connectivity: Connectivity | None = None
    data_submission: Name | None = None
    #: The approximate number given on the form; it sets the certification level (R6.3).
    ltid_accounts: AccountCount | None = None
    #: Today's number where it differs from the one on the form.
    ltid_accounts_today: AccountCount | None = None
    #: A firm without LTID accounts may go on to certify all the same (§6.3).
    certifies_without_ltid: bool = False
    submitted_on: PastDate | None = None
    submitted_by: Name | None = None
    #: When the Help Desk was last asked about a form that was not processed in time (R1.5).
    followed_up_on: PastDate | None = None
    verified_on: PastDate | None = None

    @property
    def identifier(self) -> str | None:
        """The number CAT knows the organisation by.

        An Industry Member has a CRD number, an agent that or an ORG ID (R1.2).
        """
        return self.crd or (self.org_id if self.is_reporting_agent else None)

    @property
    def is_reporting_agent(self) -> bool:
        """Whether the organisation is a Reporting Agent (not an Industry Member)."""
        return self.organisation_type is OrganisationType.REPORTING_AGENT

    @property
    def serves_others(self) -> bool:
        """Whether the organisation reports for other firms."""
        return self.is_reporting_agent or self.reports_for_others is True

    @property
    def uses_sftp(self) -> bool:
        """Whether SFTP is one of the preferred ways to connect."""
        return self.connectivity in (Connectivity.SFTP, Connectivity.BOTH)

    @property
    def uses_portal(self) -> bool:
        """Whether the CAIS Reporter Portal is one of the preferred ways to connect."""
        return self.connectivity in (Connectivity.PORTAL, Connectivity.BOTH)
