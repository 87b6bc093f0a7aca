"""Worksheets for forms that are filled in elsewhere: every value, field by field (R1.4, R4.1)."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from app.onboarding.access import AccessLevel, SftpAccount
from app.onboarding.case import Case
from app.onboarding.firm import Contact, Registration, SecondarySource, Source
from app.onboarding.guide import Link, the_guide
from app.onboarding.steps.administrators import main_role, role_word
from app.report import typesetting, words
from app.report.typesetting import Paper, TypesettingError

_TEMPLATE = "worksheet.typ"


@dataclass(frozen=True)
class Field:
    """One field of the form: its label, the value to enter, and a remark. A value may be empty."""

    label: str
    value: str
    remark: str = ""


@dataclass(frozen=True)
class Group:
    """Fields that stand together."""

    heading: str
    fields: tuple[Field, ...]


@dataclass(frozen=True)
class Worksheet:
    """Everything that a form asks for, in the form's order."""

    title: str
    firm: str
    form: Link
    groups: tuple[Group, ...]
    notes: tuple[str, ...]
    practice: bool = False

    @property
    def missing(self) -> tuple[str, ...]:
        """Labels of fields without a value that are not marked as left blank on purpose."""
        return tuple(
            field.label
            for group in self.groups
            for field in group.fields
            if not field.value and not field.remark
        )


def registration_worksheet(case: Case) -> Worksheet:
    """The values for the online registration form (guide §1)."""
    registration = case.registration
    return Worksheet(
        title="CAIS registration worksheet",
        firm=case.title,
        form=the_guide().links["registration"],
        groups=(
            Group("Company", _company_fields(registration)),
            Group("Primary contact", _contact_fields(registration.primary_contact)),
            Group("Secondary contact", _contact_fields(registration.secondary_contact)),
            Group("Reporting", _reporting_fields(registration)),
        ),
        notes=(
            (
                "The form is processed within "
                f"{the_guide().registration_business_days} business days of receipt."
            ),
            "Record in step 1 the day on which the form was submitted, and by whom.",
        ),
        practice=case.practice,
    )


def sftp_worksheet(case: Case, account: SftpAccount) -> Worksheet:
    """The values for the CAT SFTP Entitlement Form of one account (guide §4)."""
    return Worksheet(
        title="CAT SFTP Entitlement Form worksheet",
        firm=case.title,
        form=the_guide().links["sftp_form"],
        groups=(
            Group("Organization", _organisation_fields(case)),
            Group("Account", _account_fields(account)),
        ),
        notes=(
            "One form for each request; a later change of the level needs another form.",
            "Production access begins only when production access is granted to the organization.",
            (
                "The initial password must be reset before first use: "
                f"{the_guide().links['password_reset'].url}"
            ),
        ),
        practice=case.practice,
    )


def worksheet_text(worksheet: Worksheet) -> str:
    """The worksheet as plain text."""
    lines = ["PRACTICE, not to be sent.", ""] if worksheet.practice else []
    lines += [f"{worksheet.title}: {worksheet.firm}", worksheet.form.url, ""]
    for group in worksheet.groups:
        lines.append(group.heading)
        for field in group.fields:
            remark = f"  ({field.remark})" if field.remark else ""
            lines.append(f"  {field.label}: {field.value}{remark}".rstrip())
        lines.append("")
    return "\n".join([*lines, *worksheet.notes]) + "\n"


def worksheet_pdf(
    worksheet: Worksheet, made_at: datetime, version: str, *, paper: Paper = Paper.LETTER
) -> bytes:
    """The worksheet to print: PDF/A-3a and PDF/UA-1 where its text allows, plain PDF else."""
    content = {
        **asdict(worksheet),
        "form": {"text": worksheet.form.text, "url": worksheet.form.url},
        "title": f"{worksheet.title}: {worksheet.firm}",
        "heading": worksheet.title,
        "version": version,
        "made_at": words.moment(made_at),
    }
    try:
        return typesetting.pdf(_TEMPLATE, content, made_at, paper=paper)
    except TypesettingError:
        return typesetting.pdf(_TEMPLATE, content, made_at, paper=paper, archival=False)


def _company_fields(registration: Registration) -> tuple[Field, ...]:
    kind = registration.organisation_type
    return (
        Field("Company name", registration.company_name or ""),
        Field("Street", registration.street or ""),
        Field("City", registration.city or ""),
        Field("State", registration.state or ""),
        Field("ZIP code", registration.postal_code or ""),
        Field("Country", registration.country or ""),
        Field("Type of organization", words.ORGANISATION_TYPES[kind] if kind else ""),
        Field("CRD number or ORG ID", registration.identifier or "", _blank_id(registration)),
    )


def _reporting_fields(registration: Registration) -> tuple[Field, ...]:
    connectivity = registration.connectivity
    total = "The total of all firms you report for." if registration.serves_others else ""
    return (
        Field(
            "Primary source of reporting",
            _source(registration.primary_source, registration.primary_vendor),
        ),
        Field(
            "Secondary source of reporting",
            _source(registration.secondary_source, registration.secondary_vendor),
        ),
        Field("Preferred connectivity", words.CONNECTIVITY[connectivity] if connectivity else ""),
        Field("Type of data submission", registration.data_submission or ""),
        Field(
            "Approximate number of accounts with LTIDs", _count(registration.ltid_accounts), total
        ),
    )


def _organisation_fields(case: Case) -> tuple[Field, ...]:
    role = main_role(case)
    sender = next(
        (p for p in case.administration.administrators if p.role is role and p.name), None
    )
    return (
        Field("Organization", case.registration.company_name or ""),
        Field("CRD number or ORG ID", case.registration.identifier or ""),
        Field(f"Requested by ({role_word(role)})", (sender and sender.name) or ""),
        Field("E-mail", (sender and sender.email) or ""),
    )


def _account_fields(account: SftpAccount) -> tuple[Field, ...]:
    level = account.current_level
    marked = words.ACCESS_LEVELS[level] if level and level is not AccessLevel.NOT_MARKED else ""
    return (
        Field("System", "CAIS", "Other FINRA FTP accounts cannot be used for CAIS."),
        Field(
            "User name",
            account.username or "",
            "" if account.username else "New account: FINRA gives the name.",
        ),
        Field(
            "Access level",
            marked,
            "" if marked else "Without a mark the account gets test and production. Mark one.",
        ),
        Field("Contact who receives the credentials", account.form_contact or ""),
    )


def _contact_fields(contact: Contact) -> tuple[Field, ...]:
    return (
        Field("Name", contact.name or ""),
        Field("Phone", contact.phone or ""),
        Field("E-mail", contact.email or ""),
    )


def _source(which: Source | SecondarySource | None, vendor: str | None) -> str:
    text = words.source(which, vendor)
    return "" if text == words.NONE else text


def _count(value: int | None) -> str:
    return f"{value:,}" if value is not None else ""


def _blank_id(registration: Registration) -> str:
    if registration.is_reporting_agent and registration.identifier is None:
        return "Leave blank without a CRD number or ORG ID; the ID comes with the entitlement."
    return ""
