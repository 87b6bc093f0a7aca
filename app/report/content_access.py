"""The part of the summary about people and firms: contacts, accounts, relationships."""

from __future__ import annotations

from typing import Any

from app.onboarding.access import Administrator, UserAccount
from app.onboarding.assessment import Assessment
from app.onboarding.case import Case
from app.onboarding.certification import totals_of
from app.onboarding.counting import counted
from app.onboarding.firm import Contact, Registration
from app.onboarding.guide import the_guide
from app.onboarding.steps.administrators import role_word
from app.onboarding.testing import SubmissionRecord
from app.report import words
from app.report.content_testing import rate_words


def access_content(assessment: Assessment) -> dict[str, Any]:
    """Registration, contacts, administrators, accounts and relationships."""
    case = assessment.case
    desk = the_guide().help_desk
    return {
        "registration": _registration(case.registration),
        "contacts": [
            ["Primary contact", *_contact(case.registration.primary_contact)],
            ["Secondary contact", *_contact(case.registration.secondary_contact)],
            ["FINRA CAT", desk.name, desk.phone, desk.email],
        ],
        "administrators": [_administrator(person) for person in case.administration.administrators],
        "portal": [_user_account(account, case) for account in case.portal.accounts],
        "sftp": [
            [
                account.username or words.NONE,
                words.production(account, case),
                words.day(account.requested_on),
                words.day(account.credentials_received_on),
                words.day(account.password_reset_on),
            ]
            for account in case.sftp.accounts
        ],
        "agents": [
            [
                agent.name or words.NONE,
                agent.agent_id or words.NONE,
                words.day(agent.effective_date),
                words.day(agent.entered_on),
                agent.entered_by or words.NONE,
            ]
            for agent in case.relationships.agents
        ],
        "served_firms": _served_firms(assessment),
    }


def _registration(registration: Registration) -> list[list[str]]:
    kind = registration.organisation_type
    today = registration.ltid_accounts_today
    accounts = words.number(registration.ltid_accounts)
    if today is not None and today != registration.ltid_accounts:
        accounts += f" (today: {today:,})"
    return [
        ["Company", registration.company_name or words.NONE],
        ["Address", words.address(registration)],
        ["Type of organization", words.ORGANISATION_TYPES[kind] if kind else words.NONE],
        ["CRD number or ORG ID", words.identifier(registration)],
        [
            "Primary source",
            words.source(registration.primary_source, registration.primary_vendor),
        ],
        [
            "Secondary source",
            words.source(registration.secondary_source, registration.secondary_vendor),
        ],
        [
            "Preferred connectivity",
            words.CONNECTIVITY[registration.connectivity]
            if registration.connectivity
            else words.NONE,
        ],
        ["Type of data submission", registration.data_submission or words.NONE],
        ["Accounts with LTIDs (approximate)", accounts],
    ]


def _contact(contact: Contact) -> list[str]:
    return [
        contact.name or words.NONE,
        contact.phone or words.NONE,
        contact.email or words.NONE,
    ]


def _administrator(person: Administrator) -> list[str]:
    grants = [
        word
        for word, may in (
            ("test", person.may_grant_test),
            ("production", person.may_grant_production),
        )
        if may
    ]
    return [
        person.name or words.NONE,
        role_word(person.role) if person.role else words.NONE,
        person.email or words.NONE,
        ", ".join(grants) or words.NONE,
        words.day(person.confirmed_on),
    ]


def _user_account(account: UserAccount, case: Case) -> list[str]:
    roles = [
        word
        for word, has in (
            ("CAIS Reporter Portal", account.portal_entitlement),
            ("CAIS Reporter User", account.reporter_user),
            ("CAIS Reporter Read-Only User", account.read_only_user),
        )
        if has
    ]
    environments = ["test"] if account.test_access else []
    if account.production_access:
        environments.append("production" if case.production_in_force else "production (planned)")
    return [
        account.name or words.NONE,
        account.email or words.NONE,
        ", ".join(roles) or words.NONE,
        ", ".join(environments) or words.NONE,
    ]


def _served_firms(assessment: Assessment) -> list[list[str]]:
    """One row per served firm, with what was accepted for it in the counted submissions."""
    firms = assessment.case.relationships.served_firms
    served = {firm.crd for firm in firms if firm.crd is not None}
    by_crd: dict[str | None, list[SubmissionRecord]] = {}
    for record in counted(assessment.submissions):
        # An account is the correspondent's where that is a served firm, else the reporter's.
        own = record.correspondent_crd in served
        by_crd.setdefault(record.correspondent_crd if own else record.reporter_crd, []).append(
            record
        )
    rows = []
    for firm in firms:
        totals = totals_of(by_crd.get(firm.crd, ()) if firm.crd else ())
        accounts = words.number(firm.ltid_accounts)
        rows.append(
            [
                firm.name or words.NONE,
                firm.crd or words.NONE,
                "none (§6.3)" if firm.ltid_accounts == 0 else accounts,
                words.day(firm.relationship_entered_on),
                f"{totals.accepted:,}",
                rate_words(totals),
            ]
        )
    return rows
