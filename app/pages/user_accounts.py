"""Step 3: accounts for the CAIS Reporter Portal (guide §3)."""

from __future__ import annotations

from functools import partial

from app.onboarding.access import UserAccount
from app.onboarding.assessment import Assessment
from app.onboarding.steps.user_accounts import account_faults
from app.open_case import OpenCase
from app.widgets.card import Card
from app.widgets.fields import FieldSpec, Kind
from app.widgets.form import Form
from app.widgets.page import Page
from app.widgets.pasting import split_mailboxes
from app.widgets.row_list import ListSpec, RowList
from app.widgets.row_model import Column
from app.work.desk import Desk

_LIST = "portal.accounts"
_YES_NO = ((True, "Yes"), (False, "No"))
_FIELDS = (
    (FieldSpec("name", "Name"), FieldSpec("email", "E-mail")),
    (
        FieldSpec(
            "portal_entitlement",
            "CAIS Reporter Portal",
            Kind.CHECK,
            hint="The entitlement itself. Alone it opens nothing.",
        ),
    ),
    (
        FieldSpec(
            "reporter_user",
            "CAIS Reporter User",
            Kind.CHECK,
            hint="Creates, uploads and transmits records, repairs errors, manages relationships.",
        ),
        FieldSpec(
            "read_only_user",
            "CAIS Reporter Read-Only User",
            Kind.CHECK,
            hint="Sees status files and submission statistics.",
        ),
    ),
    (
        FieldSpec("test_access", "Test environment", Kind.CHECK),
        FieldSpec("production_access", "Production environment", Kind.CHECK),
    ),
    (
        FieldSpec("is_account_administrator", "Is also an Account Administrator", Kind.CHECK),
        FieldSpec("created_on", "Account created on", Kind.DATE),
    ),
    (
        FieldSpec("may_grant_test", "May grant test access", Kind.CHOICE, choices=_YES_NO),
        FieldSpec(
            "may_grant_production", "May grant production access", Kind.CHOICE, choices=_YES_NO
        ),
    ),
)


class UserAccountsPage(Page):
    """A table of accounts: what each may do, where, and what is wrong with it."""

    key = "user_accounts"
    step = 3

    def __init__(self, open_case: OpenCase, desk: Desk) -> None:
        super().__init__(open_case)
        self.desk = desk
        self.accounts = RowList(
            open_case,
            ListSpec(
                path=_LIST,
                title="User accounts",
                one="account",
                add="&Add account",
                remove="&Remove",
                nothing="No account is listed yet.",
                columns=(
                    Column("Name", lambda account: account.name),
                    Column("Privileges", privilege_words),
                    Column("Environments", self._environments),
                    Column("Check", fault_words, wraps=True),
                ),
                new_row=lambda row_id: UserAccount(id=row_id),
                form=lambda open_case, path: Form(open_case, path, _FIELDS),
                name=lambda account: account.name,
            ),
        )
        card = Card(
            "Accounts for the CAIS Reporter Portal",
            "Each account needs the portal entitlement, at least one privilege, and an "
            "environment of its own: nothing is assigned by itself (§3.1, §3.2).",
        )
        card.body.addWidget(self.accounts)
        self.adopt_form(self.accounts)
        self.body.addWidget(card)
        self.body.addStretch()
        self.accounts.pasted.connect(partial(split_mailboxes, self.accounts))
        self.accounts.chosen.connect(self._show_what_applies)
        self.show_assessment(open_case.assessment)

    def show_assessment(self, assessment: Assessment) -> None:
        """Repaint; production stays a plan until it is in force (R3.3)."""
        super().show_assessment(assessment)
        self.accounts.model.repaint_all()
        self._show_what_applies()

    def focus_on(self, paths: tuple[str, ...]) -> None:
        """Choose the account meant, or go to the button that adds one."""
        self.accounts.focus_on(paths)

    def _show_what_applies(self) -> None:
        account, form = self.accounts.chosen_row, self.accounts.form
        if account is not None and form is not None:
            form.show_fields(
                ["may_grant_test", "may_grant_production"], account.is_account_administrator
            )

    def _environments(self, account: UserAccount) -> str:
        return environment_words(account, in_force=self.open_case.case.production_in_force)


def privilege_words(account: UserAccount) -> str:
    """What the account may do in the portal."""
    privileges = []
    if account.reporter_user:
        privileges.append("Reporter User")
    if account.read_only_user:
        privileges.append("Read-Only User")
    return ", ".join(privileges) or "None"


def environment_words(account: UserAccount, *, in_force: bool) -> str:
    """Where the account may do it; production is a plan until it is in force."""
    environments = []
    if account.test_access:
        environments.append("Test")
    if account.production_access:
        environments.append("Production" if in_force else "Production (planned)")
    return ", ".join(environments) or "None"


def fault_words(account: UserAccount) -> str:
    """What is wrong with the account, each with its mend."""
    return " ".join(account_faults(account)) or "In order"
