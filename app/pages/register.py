"""Step 1: everything for the registration form, and what became of it (guide §1)."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout

from app.onboarding.assessment import Assessment
from app.onboarding.firm import (
    Connectivity,
    OrganisationType,
    SecondarySource,
    Source,
)
from app.onboarding.guide import the_guide
from app.onboarding.steps.register import hidden_fields
from app.open_case import OpenCase
from app.widgets.banner import Banner, Tone
from app.widgets.card import Card
from app.widgets.fields import FieldSpec, Kind
from app.widgets.form import Form
from app.widgets.links import LinkButton
from app.widgets.page import Page
from app.widgets.texts import plain_label
from app.widgets.worksheet import WorksheetButton
from app.work.desk import Desk

_PREFIX = "registration"
_YES_NO = ((True, "Yes"), (False, "No"))


def _copied(path: str, label: str, hint: str = "") -> FieldSpec:
    """A text that goes into the online form."""
    return FieldSpec(path, label, hint=hint, copyable=True)


def _choice(
    path: str, label: str, choices: tuple[tuple[object, str], ...], hint: str = ""
) -> FieldSpec:
    return FieldSpec(path, label, Kind.CHOICE, hint=hint, choices=choices, copyable=True)


_ORGANISATION = (
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
_IDENTIFIER = (
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


def _contact(which: str) -> tuple[tuple[FieldSpec, ...], ...]:
    return (
        (_copied(f"{which}_contact.name", f"Name of the {which} contact"),),
        (_copied(f"{which}_contact.phone", "Phone"), _copied(f"{which}_contact.email", "E-mail")),
    )


_SOURCES = (
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
_CONNECTION = (
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
_NUMBERS = (
    (
        _copied("ltid_accounts", "Accounts with LTIDs, as on the form"),
        FieldSpec("ltid_accounts_today", "Today’s number, if it differs"),
    ),
)
_GOES_ON = (
    (
        FieldSpec(
            "certifies_without_ltid", "Go on and certify with mock data all the same", Kind.CHECK
        ),
    ),
)
_SENT = (
    (
        FieldSpec("submitted_on", "I submitted the form on", Kind.DATE),
        FieldSpec("submitted_by", "Submitted by"),
    ),
    (FieldSpec("verified_on", "FINRA CAT processed it on", Kind.DATE),),
)
_AGGREGATE = "Give the total of all firms you report for (§1, footnote 2)."
_NO_LTID = (
    "No accounts with LTIDs: certifying is encouraged, not required",
    "You may stop after this step, or go on and be ready for such an account (§1, §6.3).",
)


def _help_desk() -> str:
    desk = the_guide().help_desk
    return f"{desk.name}: {desk.phone}, {desk.email}"


class RegisterPage(Page):
    """The answers for the online form in short groups; each can be copied on its own."""

    key = "register"
    step = 1

    def __init__(self, open_case: OpenCase, desk: Desk) -> None:
        super().__init__(open_case)
        self.desk = desk
        self._answers = (
            self._group("Organization", _ORGANISATION),
            self._group("Identifier", _IDENTIFIER),
            self._group("Contacts", (*_contact("primary"), *_contact("secondary"))),
            self._group("Who reports", _SOURCES),
            self._group("How you connect", _CONNECTION),
        )
        self._add_numbers()
        self._add_sending()
        self.body.addStretch()
        self.show_assessment(open_case.assessment)

    def show_assessment(self, assessment: Assessment) -> None:
        """Repaint; what only some answers need is shown with those answers alone, and kept."""
        super().show_assessment(assessment)
        registration = assessment.case.registration
        hidden = hidden_fields(registration)
        for form in self._answers:
            for field in form.fields():
                field.setVisible(field.path not in hidden)
        without = registration.ltid_accounts == 0
        self._goes_on.setVisible(without)
        self._no_ltid.show_text(*(_NO_LTID if without else ("", "")))
        self._aggregate.setVisible(registration.serves_others)
        self._show_waiting(assessment)

    def _group(self, title: str, rows: tuple[tuple[FieldSpec, ...], ...]) -> Form:
        card = Card(title)
        form = Form(self.open_case, _PREFIX, rows)
        card.body.addWidget(form)
        self.body.addWidget(card)
        self.adopt_form(form)
        return form

    def _add_numbers(self) -> None:
        self._aggregate = plain_label(_AGGREGATE, "hint")
        self._no_ltid = Banner()
        card = Card(
            "Large-trader accounts",
            "The number on the form sets how many accounts you must submit in testing (§6). "
            "An approximate number is what is asked for.",
        )
        numbers = Form(self.open_case, _PREFIX, _NUMBERS)
        self._goes_on = Form(self.open_case, _PREFIX, _GOES_ON)
        for widget in (numbers, self._aggregate, self._no_ltid, self._goes_on):
            card.body.addWidget(widget)
        self.adopt_form(numbers)
        self.adopt_form(self._goes_on)
        self.body.addWidget(card)

    def _add_sending(self) -> None:
        card = Card(
            "Send the form",
            "The form is online. Copy each answer into it with the button beside the field, or "
            "print them all on one sheet.",
        )
        worksheet = WorksheetButton(self.desk.documents, self._make_worksheet)
        worksheet.button.setObjectName("worksheet:registration")
        top = Qt.AlignmentFlag.AlignTop
        buttons = QHBoxLayout()
        buttons.addWidget(LinkButton("registration", "&Open the form"), 0, top)
        buttons.addWidget(worksheet, 1, top)
        card.body.addLayout(buttons)
        form = Form(self.open_case, _PREFIX, _SENT)
        card.body.addWidget(form)
        self.adopt_form(form)
        self._waiting = Banner()
        card.body.addWidget(self._waiting)
        self.body.addWidget(card)

    def _show_waiting(self, assessment: Assessment) -> None:
        waiting = assessment.step(self.step).findings.waiting
        if not waiting:
            self._waiting.show_text("")
        elif waiting[0].overdue:
            self._waiting.show_text(waiting[0].action, _help_desk(), Tone.WARNING)
        else:
            headline = f"Waiting for {waiting[0].on_whom}: {waiting[0].for_what}"
            self._waiting.show_text(headline, waiting[0].action, Tone.INFO)

    def _make_worksheet(self) -> None:
        self.commit()
        self.desk.documents.registration_worksheet()
