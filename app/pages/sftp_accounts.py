"""Step 4: SFTP accounts, their passwords, and the connection test (guide §4)."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout

from app.onboarding.access import AccessLevel, Environment, SftpAccount
from app.onboarding.assessment import Assessment
from app.onboarding.business_calendar import long_date
from app.open_case import OpenCase
from app.pages.sftp_route import RouteBox
from app.widgets.banner import Banner, Tone
from app.widgets.card import Card
from app.widgets.connection_view import ConnectionView
from app.widgets.fields import FieldSpec, Kind
from app.widgets.form import Form
from app.widgets.level_change import LEVEL_WORDS, LevelChangeBox
from app.widgets.links import LinkButton
from app.widgets.page import Page
from app.widgets.password_box import PasswordBox
from app.widgets.row_list import ListSpec, RowList
from app.widgets.row_model import Column
from app.widgets.texts import plain_label, rule
from app.widgets.worksheet import WorksheetButton
from app.work.desk import Desk
from app.work.documents import Order

_LIST = "sftp.accounts"
_FIELDS = (
    (
        FieldSpec(
            "level",
            "Level to be marked on the form",
            Kind.CHOICE,
            choices=tuple(LEVEL_WORDS.items()),
        ),
    ),
    (
        FieldSpec(
            "form_contact",
            "Contact on the form",
            hint="FINRA sends the credentials to this person.",
        ),
        FieldSpec("requested_on", "Form sent on", Kind.DATE),
    ),
    (
        FieldSpec("username", "User name"),
        FieldSpec("credentials_received_on", "Credentials received on", Kind.DATE),
    ),
    (
        FieldSpec(
            "password_reset_on",
            "Initial password reset on",
            Kind.DATE,
            hint="Before first use, on the account-management page. After that it does not expire.",
        ),
    ),
)


def _server(whose: str) -> tuple[tuple[FieldSpec, ...], ...]:
    return (
        (
            FieldSpec("host", "Host name", spoken=f"Host name{whose}"),
            FieldSpec("port", "Port", grouped=False, spoken=f"Port{whose}"),
        ),
    )


_SERVERS = (
    ("sftp.test_server", "Server for data files and feedback", _server("")),
    (
        "sftp.test_identifier_server",
        "Server for Transformed Identifiers Files (only if you were given one)",
        _server(" for Transformed Identifiers Files"),
    ),
)
_ONE_FORM = (
    "The SAA or AA sends one CAT SFTP Entitlement Form per request. The form names the level and "
    "the person to whom FINRA sends the credentials."
)
_NO_MARK = (
    "No level is marked for this account.",
    "A form without a mark opens test and production. Choose a level before the form goes out.",
)
_NOT_NEEDED = (
    "You connect through the CAIS Reporter Portal alone, so no SFTP account is needed (§4). If "
    "that changes, change the preferred connectivity in step 1 and this page follows."
)
_KEPT = " What is recorded here already is kept."


class SftpAccountsPage(Page):
    """Accounts from the form to the password, and the test that they work."""

    key = "sftp_accounts"
    step = 4

    def __init__(self, open_case: OpenCase, desk: Desk) -> None:
        super().__init__(open_case)
        self.desk = desk
        self.accounts = RowList(open_case, self._list_spec())
        self.no_mark = Banner(Tone.WARNING)
        self.level_change = LevelChangeBox(open_case)
        self.password = PasswordBox(desk.passwords)
        self.connection = ConnectionView(desk.connection)
        self.connection.starting.connect(self.commit)
        self._not_needed = plain_label()
        self._cards: list[Card] = []
        self._not_needed_card = Card("Nothing to do here")
        self._not_needed_card.body.addWidget(self._not_needed)
        self.body.addWidget(self._not_needed_card)
        self._add_card(self._accounts_card())
        self.accounts.chosen.connect(self._show_chosen)
        self.show_assessment(open_case.assessment)
        self.add_later(
            lambda: self._add_card(self._server_card()),
            lambda: self._add_card(self._connection_card()),
            self.body.addStretch,
        )

    def show_assessment(self, assessment: Assessment) -> None:
        """Repaint; with the portal alone only the reason why nothing is needed is shown."""
        super().show_assessment(assessment)
        needed = self._needed
        for card in self._cards:
            card.setVisible(needed)
        self._not_needed_card.setVisible(not needed)
        self._not_needed.setText(_NOT_NEEDED + (_KEPT if assessment.case.sftp.accounts else ""))
        self.accounts.model.repaint_all()
        self._show_chosen()

    def focus_on(self, paths: tuple[str, ...]) -> None:
        """Choose the account meant, or go to the button that adds one."""
        self.accounts.focus_on(paths)

    @property
    def _needed(self) -> bool:
        registration = self.open_case.case.registration
        return registration.uses_sftp or not registration.uses_portal

    def _add_card(self, card: Card) -> None:
        self._cards.append(card)
        self.body.addWidget(card)
        card.setVisible(self._needed)

    def _list_spec(self) -> ListSpec:
        return ListSpec(
            path=_LIST,
            title="SFTP accounts",
            one="account",
            add="&Add account",
            remove="&Remove",
            nothing="No account is listed yet.",
            columns=(
                Column("User name", _name),
                Column("Level", self._level),
                Column("Progress", _standing),
            ),
            new_row=lambda row_id: SftpAccount(id=row_id),
            form=lambda open_case, path: Form(open_case, path, _FIELDS),
            name=lambda account: account.username,
        )

    def _accounts_card(self) -> Card:
        card = Card("Accounts", _ONE_FORM)
        links = QHBoxLayout()
        links.addWidget(LinkButton("sftp_form", "&Open the form page"))
        links.addWidget(LinkButton("password_reset", "Open account &management"))
        links.addStretch()
        card.body.addLayout(links)
        card.body.addWidget(self.accounts)
        self.worksheet = WorksheetButton(self._make_worksheet)
        self.worksheet.button.setObjectName("worksheet:sftp")
        self.accounts.details.addWidget(self.no_mark)
        self.accounts.details.addWidget(self.worksheet)
        self._rules = (rule(), rule())
        for widget in (self._rules[0], self.password, self._rules[1], self.level_change):
            self.accounts.details.addWidget(widget)
        self.adopt_form(self.accounts)
        return card

    def _server_card(self) -> Card:
        card = Card(
            "Servers of the test environment",
            "Host and port come with the account or from your network provider.",
        )
        for prefix, words, fields in _SERVERS:
            card.body.addWidget(plain_label(words, "strong"))
            form = Form(self.open_case, prefix, fields)
            card.body.addWidget(form)
            self.adopt_form(form)
        route = RouteBox(self.open_case, self.desk.passwords)
        card.body.addWidget(route)
        # Practice leaves this computer for nothing: there is no way to choose.
        route.setVisible(not self.open_case.case.practice)
        self.adopt_form(route)
        return card

    def _connection_card(self) -> Card:
        card = Card("Connection test")
        card.body.addWidget(self.connection)
        return card

    def _show_chosen(self) -> None:
        account: SftpAccount | None = self.accounts.chosen_row
        shown = account is not None
        sent = account is not None and account.requested_on is not None
        if self.accounts.form is not None:
            self.accounts.form.show_fields(["level"], not sent)
        unmarked = account is not None and account.level in (None, AccessLevel.NOT_MARKED)
        self.no_mark.show_text(*(_NO_MARK if unmarked and not sent else ("", "")))
        self.worksheet.setVisible(shown)
        self.password.setVisible(shown)
        self._rules[0].setVisible(shown)
        self._rules[1].setVisible(sent)
        self.level_change.show_account(account)
        self.password.show_account(account.id if account else "")
        self.connection.show_account(account.id if account else "", self.open_case.assessment)

    def _make_worksheet(self) -> Order:
        self.commit()
        return self.desk.documents.sftp_worksheet(self.accounts.chosen_id)

    def _level(self, account: SftpAccount) -> str:
        level = account.current_level
        if level is None:
            return "Not marked"
        in_force = self.open_case.case.production_in_force
        planned = Environment.PRODUCTION in account.environments and not in_force
        return LEVEL_WORDS[level] + (" (production planned)" if planned else "")


def _name(account: SftpAccount) -> str:
    return account.username or "Not known yet"


def _standing(account: SftpAccount) -> str:
    """How far the account has come."""
    if account.password_reset_on:
        return "Ready to use"
    if account.credentials_received_on:
        return "Reset the initial password"
    if account.requested_on:
        return f"Requested {long_date(account.requested_on)}"
    return "Not requested yet"
