"""Step 2: who may give people access to CAIS (guide §2)."""

from __future__ import annotations

from functools import partial

from app.onboarding.access import Administrator, AdministratorRole
from app.onboarding.assessment import Assessment
from app.onboarding.case import Case
from app.onboarding.steps.administrators import main_role, role_word
from app.open_case import OpenCase
from app.widgets.card import Card
from app.widgets.fields import FieldSpec, Kind
from app.widgets.form import Form
from app.widgets.page import Page
from app.widgets.pasting import split_mailboxes
from app.widgets.row_list import ListSpec, RowList
from app.widgets.row_model import Column
from app.widgets.texts import plain_label
from app.work.desk import Desk

_LIST = "administration.administrators"
_DELEGATED = ("may_manage_cais", "may_grant_test", "may_grant_production")
_FIELDS = (
    (
        FieldSpec("name", "Name"),
        FieldSpec(
            "role",
            "Role",
            Kind.CHOICE,
            choices=tuple((role, role_word(role)) for role in AdministratorRole),
        ),
    ),
    (
        FieldSpec("email", "E-mail"),
        FieldSpec(
            "confirmed_on",
            "Verified on",
            Kind.DATE,
            hint="The day you saw that this person can grant CAIS access.",
        ),
    ),
    (
        FieldSpec(
            "may_manage_cais",
            "May manage other people’s access to CAIS",
            Kind.CHECK,
            hint="An Account Administrator manages CAIS access only if given that ability (§2).",
        ),
    ),
    (
        FieldSpec("may_grant_test", "May grant test access", Kind.CHECK),
        FieldSpec("may_grant_production", "May grant production access", Kind.CHECK),
    ),
)
_INDUSTRY_MEMBER = (
    "An Industry Member has one Super Account Administrator (SAA). The SAA may let Account "
    "Administrators (AAs) manage CAIS access as well; list those too."
)
_AGENT = (
    "A Reporting Agent names an Account Administrator (AA). The AA may let further Account "
    "Administrators manage CAIS access; list those too."
)


class AdministratorsPage(Page):
    """The SAA or AA first, then those to whom access management was delegated."""

    key = "administrators"
    step = 2

    def __init__(self, open_case: OpenCase, desk: Desk) -> None:
        super().__init__(open_case)
        self.desk = desk
        self._who = plain_label(role="hint")
        self.people = RowList(
            open_case,
            ListSpec(
                path=_LIST,
                title="Administrators",
                one="administrator",
                add="&Add administrator",
                remove="&Remove",
                nothing="Nobody is named yet.",
                columns=(
                    Column("Name", lambda person: person.name),
                    Column("Role", _role),
                    Column("May grant", self._grants),
                    Column("Verified on", lambda person: person.confirmed_on),
                ),
                new_row=self._new_person,
                form=_form,
                name=lambda person: person.name,
            ),
        )
        card = Card("Administrators")
        card.body.addWidget(self._who)
        card.body.addWidget(self.people)
        self.adopt_form(self.people)
        self.body.addWidget(card)
        self.body.addStretch()
        self.people.pasted.connect(partial(split_mailboxes, self.people))
        self.people.chosen.connect(self._show_what_applies)
        self.show_assessment(open_case.assessment)

    def show_assessment(self, assessment: Assessment) -> None:
        """Repaint: which administrator is wanted follows from step 1."""
        super().show_assessment(assessment)
        agent = assessment.case.registration.is_reporting_agent
        self._who.setText(_AGENT if agent else _INDUSTRY_MEMBER)
        self.people.model.repaint_all()
        self._show_what_applies()

    def focus_on(self, paths: tuple[str, ...]) -> None:
        """Choose the person meant, or go to the button that adds one."""
        self.people.focus_on(paths)

    def _show_what_applies(self) -> None:
        person, form = self.people.chosen_row, self.people.form
        if person is None or form is None:
            return
        delegated = person.role is AdministratorRole.ACCOUNT_ADMINISTRATOR
        form.show_fields(_DELEGATED[:1], delegated)
        form.show_fields(_DELEGATED[1:], delegated and person.may_manage_cais)

    def _new_person(self, row_id: str) -> Administrator:
        """The first one is the administrator that the guide asks for, the others are delegated."""
        case = self.open_case.case
        wanted = main_role(case)
        if not any(person.role is wanted for person in case.administration.administrators):
            return Administrator(id=row_id, role=wanted)
        return Administrator(
            id=row_id, role=AdministratorRole.ACCOUNT_ADMINISTRATOR, may_manage_cais=True
        )

    def _grants(self, person: Administrator) -> str:
        return _grant_words(person, self.open_case.case)


def _form(open_case: OpenCase, path: str) -> Form:
    return Form(open_case, path, _FIELDS)


def _role(person: Administrator) -> str:
    return role_word(person.role) if person.role else ""


def _grant_words(person: Administrator, case: Case) -> str:
    """Which access the person may grant; production only once it is in force (R3.3, R3.4)."""
    production = "production" if case.production_in_force else "production (planned)"
    if person.role is AdministratorRole.SUPER_ACCOUNT_ADMINISTRATOR:
        return f"Test, {production}"
    if not person.may_manage_cais:
        return ""
    granted = [
        words
        for words, may in (
            ("test", person.may_grant_test),
            (production, person.may_grant_production),
        )
        if may
    ]
    return ", ".join(granted).capitalize() or "Nothing yet"
