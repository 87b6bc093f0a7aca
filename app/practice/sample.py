"""A firm to practise with, and submissions for it. All of it is invented."""

from __future__ import annotations

import bz2
import json
from datetime import date, timedelta
from pathlib import Path

from app.onboarding.access import (
    AccessLevel,
    Administration,
    Administrator,
    AdministratorRole,
    PortalAccess,
    SftpAccess,
    SftpAccount,
    UserAccount,
)
from app.onboarding.business_calendar import is_business_day
from app.onboarding.case import Case, new_case
from app.onboarding.editing import new_row_id
from app.onboarding.firm import (
    Connectivity,
    Contact,
    OrganisationType,
    Registration,
    SecondarySource,
    Source,
)
from app.onboarding.testing import FileKind
from app.practice.server import SUBMITTER_ID, USERNAME
from app.submissions.feedback import FULL_CAIS_SCHEMA, LTID_PHASE_SCHEMA

#: Accounts with LTIDs that the sample firm has, all of which are in its sample submissions.
SAMPLE_ACCOUNTS = 120
_PERSON, _EMAIL = "Pat Sample", "pat@sample.example"


def sample_case(today: date) -> Case:
    """A practice case whose firm has everything up to step 5: what is practised is testing.

    Args:
        today: in US Eastern Time.
    """
    return new_case(practice=True).model_copy(
        update={
            "registration": _registration(today),
            "administration": Administration(administrators=(_administrator(today),)),
            "portal": PortalAccess(accounts=(_user(today),)),
            "sftp": SftpAccess(accounts=(_sftp_account(today),)),
        }
    )


def _before(today: date, days: int) -> date:
    """The first business day that lies `days` days or more before today."""
    day = today - timedelta(days=days)
    while not is_business_day(day):
        day -= timedelta(days=1)
    return day


def _registration(today: date) -> Registration:
    return Registration(
        company_name="Sample Securities LLC",
        street="1 Practice Street",
        city="New York",
        state="NY",
        postal_code="10001",
        organisation_type=OrganisationType.INDUSTRY_MEMBER,
        crd=str(SUBMITTER_ID),
        reports_for_others=False,
        primary_contact=Contact(name=_PERSON, phone="+1 212 555 0100", email=_EMAIL),
        secondary_contact=Contact(
            name="Robin Sample", phone="+1 212 555 0101", email="robin@sample.example"
        ),
        primary_source=Source.SELF,
        secondary_source=SecondarySource.NONE,
        connectivity=Connectivity.SFTP,
        ltid_accounts=SAMPLE_ACCOUNTS,
        data_submission="Accounts with large traders",
        submitted_on=_before(today, 30),
        submitted_by=_PERSON,
        verified_on=_before(today, 28),
    )


def _administrator(today: date) -> Administrator:
    return Administrator(
        id=new_row_id(),
        name=_PERSON,
        email=_EMAIL,
        role=AdministratorRole.SUPER_ACCOUNT_ADMINISTRATOR,
        may_manage_cais=True,
        may_grant_test=True,
        may_grant_production=True,
        confirmed_on=_before(today, 27),
    )


def _user(today: date) -> UserAccount:
    return UserAccount(
        id=new_row_id(),
        name=_PERSON,
        email=_EMAIL,
        portal_entitlement=True,
        reporter_user=True,
        test_access=True,
        created_on=_before(today, 26),
    )


def _sftp_account(today: date) -> SftpAccount:
    return SftpAccount(
        id=new_row_id(),
        username=USERNAME,
        level=AccessLevel.BOTH,
        form_contact=_PERSON,
        requested_on=_before(today, 25),
        credentials_received_on=_before(today, 22),
        password_reset_on=_before(today, 22),
    )


def write_sample_submission(folder: Path, today: date, *, pair: bool = False) -> tuple[Path, ...]:
    """Write a flawless submission; each call takes the next file number.

    Args:
        folder: it is made if it is not there.
        today: the date in the file's name, in US Eastern Time.
        pair: of schema 2.0.0, with a Transformed Identifiers File; else of the LTID phase.

    Returns:
        The CAIS Data File, and its partner if it has one.

    Raises:
        OSError: the folder can't be written to.
    """
    folder.mkdir(parents=True, exist_ok=True)
    base = f"{SUBMITTER_ID}_{SUBMITTER_ID}_{today:%Y%m%d}_"
    taken = [
        int(path.name[len(base) + len("CAIS_") :][:6])
        for path in folder.glob(f"{base}CAIS_*.json.bz2")
    ]
    number = f"{max(taken, default=0) + 1:06}"
    accounts = [_account(number) for number in range(1, SAMPLE_ACCOUNTS + 1)]
    document: dict[str, object] = {
        "version": FULL_CAIS_SCHEMA if pair else LTID_PHASE_SCHEMA,
        "catReporterCRD": SUBMITTER_ID,
        "catSubmitterID": SUBMITTER_ID,
        "fdidRecordCount": len(accounts),
        "fdidRecordList": accounts,
    }
    documents = {FileKind.CAIS: document}
    if pair:
        customers = [{"customerRecordID": number} for number in range(1, SAMPLE_ACCOUNTS + 1)]
        document |= {
            "naturalPersonCustomerRecordCount": len(customers),
            "naturalPersonCustomerList": customers,
            "legalEntityCustomerRecordCount": 0,
            "legalEntityCustomerList": [],
        }
        documents[FileKind.TIDS] = {
            "version": FULL_CAIS_SCHEMA,
            "tidRecordCount": len(customers),
            "tidRecordList": customers,
        }
    paths = []
    for kind, content in documents.items():
        path = folder / f"{base}{kind}_{number}.json.bz2"
        path.write_bytes(bz2.compress(json.dumps(content).encode()))
        paths.append(path)
    return tuple(paths)


def _account(number: int) -> dict[str, object]:
    """One FDID record with one LTID in force (CAIS specification §4.1)."""
    return {
        "fdidRecordID": number,
        "firmDesignatedID": f"SAMPLE{number:06}",
        "fdidType": "ACCOUNT",
        "accountType": "OTHER",
        "accountName": f"Sample account {number}",
        "fdidDate": 20150102,
        "largeTraderList": [
            {
                "largeTraderRecordID": number,
                "largeTraderID": f"{number:08}-0000",
                "ltidEffectiveDate": 20200101,
            }
        ],
    }
