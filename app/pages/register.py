"""Step 1: everything for the registration form, and what became of it (guide §1)."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout

from app.onboarding.assessment import Assessment
from app.onboarding.guide import the_guide
from app.onboarding.steps.register import hidden_fields
from app.open_case import OpenCase
from app.pages.register_fields import (
    CONNECTION,
    CONTACTS,
    GOES_ON,
    IDENTIFIER,
    NUMBERS,
    ORGANISATION,
    SENT,
    SOURCES,
)
from app.widgets.banner import Banner, Tone
from app.widgets.card import Card
from app.widgets.fields import FieldSpec
from app.widgets.form import Form
from app.widgets.icons import Button
from app.widgets.links import LinkButton
from app.widgets.page import Page
from app.widgets.texts import plain_label
from app.widgets.worksheet import WorksheetButton
from app.work.desk import Desk
from app.work.documents import Order

_PREFIX = "registration"
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
            self._group("Organization", ORGANISATION),
            self._group("Identifier", IDENTIFIER),
            self._group("Contacts", CONTACTS),
            self._group("Who reports", SOURCES),
            self._group("How you connect", CONNECTION),
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
        numbers = Form(self.open_case, _PREFIX, NUMBERS)
        self._goes_on = Form(self.open_case, _PREFIX, GOES_ON)
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
        worksheet = WorksheetButton(self._make_worksheet)
        worksheet.button.setObjectName("worksheet:registration")
        top = Qt.AlignmentFlag.AlignTop
        buttons = QHBoxLayout()
        buttons.addWidget(LinkButton("registration", "&Open the form"), 0, top)
        buttons.addWidget(worksheet, 1, top)
        card.body.addLayout(buttons)
        form = Form(self.open_case, _PREFIX, SENT)
        card.body.addWidget(form)
        self.adopt_form(form)
        self._sent = form
        self._waiting = Banner()
        self._ask = Button("&Write to the Help Desk …", icon_name="external")
        self._ask.setObjectName("ask:registration")
        self._ask.clicked.connect(self._write_to_help_desk)
        card.body.addWidget(self._waiting)
        card.body.addWidget(self._ask, 0, Qt.AlignmentFlag.AlignLeft)
        self.body.addWidget(card)

    def _show_waiting(self, assessment: Assessment) -> None:
        waiting = assessment.step(self.step).findings.waiting
        overdue = bool(waiting) and waiting[0].overdue
        asked = assessment.case.registration.followed_up_on is not None
        self._sent.show_fields(("followed_up_on",), overdue or asked)
        self._ask.setVisible(overdue)
        if not waiting:
            self._waiting.show_text("")
        elif waiting[0].overdue:
            self._waiting.show_text(waiting[0].action, _help_desk(), Tone.WARNING)
        else:
            headline = f"Waiting for {waiting[0].on_whom}: {waiting[0].for_what}"
            self._waiting.show_text(headline, waiting[0].action, Tone.INFO)

    def _make_worksheet(self) -> Order:
        self.commit()
        return self.desk.documents.registration_worksheet()

    def _write_to_help_desk(self) -> None:
        # Loaded when it is needed: few forms are late.
        from app.report.messages import MessageKind
        from app.widgets.message_dialog import MessageDialog

        kind = MessageKind.REGISTRATION_FOLLOW_UP
        MessageDialog(self, self.open_case, self.desk.documents, kind).open()
