"""A firm to practise with, and submissions for it. All of it is invented."""

from __future__ import annotations

import bz2
import json
from datetime import date
from pathlib import Path

from app.onboarding.access import AccessLevel, SftpAccess, SftpAccount
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
from app.practice.server import SUBMITTER_ID, USERNAME

#: Accounts with LTIDs that the sample firm has, all of which are in its sample submissions.
SAMPLE_ACCOUNTS = 120


def sample_case(today: date) -> Case:
    """A practice case whose firm has its SFTP account already.

    Args:
        today: in US Eastern Time.
    """
    account = SftpAccount(
        id=new_row_id(),
        username=USERNAME,
        level=AccessLevel.TEST,
        form_contact="Pat Sample",
        requested_on=today,
        credentials_received_on=today,
        password_reset_on=today,
    )
    registration = Registration(
        company_name="Sample Securities LLC",
        street="1 Practice Street",
        city="New York",
        state="NY",
        postal_code="10001",
        organisation_type=OrganisationType.INDUSTRY_MEMBER,
        crd=str(SUBMITTER_ID),
        reports_for_others=False,
        primary_contact=Contact(
            name="Pat Sample", phone="+1 212 555 0100", email="pat@sample.example"
        ),
        primary_source=Source.SELF,
        secondary_source=SecondarySource.NONE,
        connectivity=Connectivity.SFTP,
        ltid_accounts=SAMPLE_ACCOUNTS,
    )
    return new_case(practice=True).model_copy(
        update={"registration": registration, "sftp": SftpAccess(accounts=(account,))}
    )


def write_sample_submission(folder: Path, today: date) -> Path:
    """Write a flawless CAIS Data File of the LTID phase; each call takes the next file number.

    Args:
        folder: it is made if it is not there.
        today: the date in the file's name, in US Eastern Time.

    Raises:
        OSError: the folder can't be written to.
    """
    folder.mkdir(parents=True, exist_ok=True)
    base = f"{SUBMITTER_ID}_{SUBMITTER_ID}_{today:%Y%m%d}_CAIS_"
    taken = [int(path.name[len(base) :][:6]) for path in folder.glob(f"{base}*.json.bz2")]
    path = folder / f"{base}{max(taken, default=0) + 1:06}.json.bz2"
    accounts = [_account(number) for number in range(1, SAMPLE_ACCOUNTS + 1)]
    document = {
        "version": "1.0.0",
        "catReporterCRD": SUBMITTER_ID,
        "catSubmitterID": SUBMITTER_ID,
        "fdidRecordCount": len(accounts),
        "fdidRecordList": accounts,
    }
    path.write_bytes(bz2.compress(json.dumps(document).encode()))
    return path


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
