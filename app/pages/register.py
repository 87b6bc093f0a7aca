"""Step 1: everything for the registration form, and what became of it (guide §1)."""

from __future__ import annotations

from functools import partial

from app.onboarding.assessment import Assessment
from app.onboarding.steps.register import hidden_fields
from app.open_case import OpenCase
from app.pages.register_cards import NumbersCard, SendingCard
from app.pages.register_fields import (
    CONNECTION,
    CONTACTS,
    IDENTIFIER,
    ORGANISATION,
    PREFIX,
    SOURCES,
)
from app.widgets.card import Card
from app.widgets.fields import FieldSpec
from app.widgets.form import Form
from app.widgets.page import Page
from app.widgets.pasting import split_address, split_mailbox
from app.work.desk import Desk
from app.work.documents import Order

#: A whole address may be pasted into either.
_ADDRESS = (f"{PREFIX}.company_name", f"{PREFIX}.street")


class RegisterPage(Page):
    """The answers for the online form in short groups; each can be copied on its own."""

    key = "register"
    step = 1

    def __init__(self, open_case: OpenCase, desk: Desk) -> None:
        super().__init__(open_case)
        self.desk = desk
        self._answers: list[Form] = []
        self._cards: list[NumbersCard | SendingCard] = []
        # Those that are seen first; the others would hold up their painting.
        self._group("Organization", ORGANISATION)
        self.add_later(
            lambda: self._group("Identifier", IDENTIFIER),
            lambda: self._group("Contacts", CONTACTS),
            lambda: self._group("Who reports", SOURCES),
            lambda: self._group("How you connect", CONNECTION),
            self._add_numbers,
            self._add_sending,
        )

    def show_assessment(self, assessment: Assessment) -> None:
        """Repaint; what only some answers need is shown with those answers alone, and kept."""
        super().show_assessment(assessment)
        for form in self._answers:
            self._show_wanted(form)
        for card in self._cards:
            card.show_assessment(assessment)

    def _group(self, title: str, rows: tuple[tuple[FieldSpec, ...], ...]) -> None:
        card = Card(title)
        form = Form(self.open_case, PREFIX, rows)
        card.body.addWidget(form)
        self.adopt_form(form)
        form.pasted.connect(partial(self._take_paste, form))
        self._answers.append(form)
        self._show_wanted(form)
        self.add_section(card)

    def _take_paste(self, form: Form, path: str, text: str) -> None:
        if path in _ADDRESS:
            split_address(form, path, text)
        else:
            split_mailbox(form, path, text)

    def _show_wanted(self, form: Form) -> None:
        """Hide what the answers so far do not ask for."""
        hidden = hidden_fields(self.open_case.case.registration)
        for field in form.fields():
            field.setVisible(field.path not in hidden)

    def _add_numbers(self) -> None:
        numbers = NumbersCard(self.open_case)
        for form in numbers.forms:
            self.adopt_form(form)
        self._cards.append(numbers)
        self.add_section(numbers)

    def _add_sending(self) -> None:
        sending = SendingCard(self.open_case, self._make_worksheet)
        sending.help_wanted.connect(self._write_to_help_desk)
        self.adopt_form(sending.form)
        self._cards.append(sending)
        self.add_section(sending)
        self.body.addStretch()

    def _make_worksheet(self) -> Order:
        self.commit()
        return self.desk.documents.registration_worksheet()

    def _write_to_help_desk(self) -> None:
        # Loaded when it is needed: few forms are late.
        from app.report.messages import MessageKind
        from app.widgets.message_dialog import MessageDialog

        kind = MessageKind.REGISTRATION_FOLLOW_UP
        MessageDialog(self, self.open_case, self.desk.documents, kind).open()
