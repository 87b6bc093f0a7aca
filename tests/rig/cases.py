"""Complete example cases for the four tracks, each at four stages.

`empty` holds nothing yet, `registered` has step 1 done, `tested` steps 1 to 6 (ready to
certify), `certified` everything. All are the same on every call; seen on `TODAY` nothing in
them lies in the future.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any, Literal

from app.onboarding.access import (
    AccessLevel,
    Administration,
    Administrator,
    AdministratorRole,
    ConnectionTest,
    Environment,
    PortalAccess,
    SftpAccess,
    SftpAccount,
    SftpServer,
    UserAccount,
)
from app.onboarding.business_calendar import EASTERN
from app.onboarding.case import Answer, Case, Certification
from app.onboarding.firm import (
    Connectivity,
    Contact,
    OrganisationType,
    Registration,
    SecondarySource,
    Source,
)
from app.onboarding.relationships import Relationships, ReportingAgent, ServedFirm
from app.onboarding.testing import (
    DataKind,
    DistinctAccounts,
    EvidenceSource,
    PortalLogin,
    SentBy,
    SubmissionRecord,
    Testing,
)

Stage = Literal["empty", "registered", "tested", "certified"]
STAGES: tuple[Stage, ...] = ("empty", "registered", "tested", "certified")

#: The day after the last event of the certified cases.
TODAY = date(2020, 12, 2)
#: The processing dates of the tested cases.
FIRST_TEST_DAY = date(2020, 10, 6)
SECOND_TEST_DAY = date(2020, 10, 7)

_CREATED = datetime(2020, 9, 8, 13, 30, tzinfo=UTC)
_AGENT_ID = "7059"


def row_id(number: int) -> str:
    """An id for a row, the same for the same number."""
    return f"{number:012x}"


def eastern(day: date, hour: int = 10, minute: int = 0) -> datetime:
    """The moment of a clock time in Eastern Time on `day`, stored in UTC."""
    return datetime.combine(day, time(hour, minute), EASTERN).astimezone(UTC)


def submission(number: int = 1, **changes: Any) -> SubmissionRecord:
    """A completed submission of 50 production accounts to the test environment, by the firm."""
    facts: dict[str, Any] = {
        "id": row_id(number),
        "source": EvidenceSource.FEEDBACK_FILE,
        "file_name": f"1482_1482_20201006_CAIS_{number:06d}.v4.feedback.json.bz2",
        "file_size": 812,
        "file_sha256": f"{number:064x}",
        "submission_id": f"60{number:04d}",
        "submitter_id": "1482",
        "reporter_crd": "1482",
        "schema_version": "2.0.0",
        "feedback_version": 4,
        "status": "COMPLETED_WITHOUT_REJECTIONS",
        "received_at": eastern(FIRST_TEST_DAY, 10),
        "completed_at": eastern(FIRST_TEST_DAY, 14),
        "accounts_received": 50,
        "accounts_accepted": 50,
        "environment": Environment.TEST,
        "data": DataKind.PRODUCTION,
        "sent_by": SentBy.OURSELVES,
    }
    return SubmissionRecord(**(facts | changes))


def distinct(records: tuple[SubmissionRecord, ...], received: int) -> DistinctAccounts:
    """The person's answer that `records` hold `received` different accounts together."""
    return DistinctAccounts(
        record_ids=tuple(record.id for record in records),
        received=received,
        stated_by="Dana Whitfield",
        stated_at=eastern(SECOND_TEST_DAY, 16),
    )


def self_reporting_case(stage: Stage = "certified") -> Case:
    """Harbor Securities: 120 accounts, reports for itself by SFTP and portal; two test days."""
    records = (
        submission(1, accounts_received=60, accounts_accepted=57, status=_WITH_REJECTIONS),
        submission(
            2,
            file_name="1482_1482_20201007_CAIS_000002.v4.feedback.json.bz2",
            received_at=eastern(SECOND_TEST_DAY, 9),
            completed_at=eastern(SECOND_TEST_DAY, 11),
            accounts_received=50,
            accounts_accepted=49,
            status=_WITH_REJECTIONS,
        ),
    )
    return _at_stage(
        stage,
        1,
        _registration("Harbor Securities LLC", crd="1482", ltid_accounts=120),
        relationships=Relationships(),
        testing=Testing(
            connection_tests=(_connection_test(),),
            portal_login=_portal_login(),
            submissions=records,
            distinct_accounts=distinct(records, 110),
        ),
    )


def through_agent_case(stage: Stage = "certified") -> Case:
    """Juniper Brokerage: 40 accounts, a vendor reports for it; connects by the portal alone."""
    record = submission(
        1,
        file_name="7059_2236_20201006_CAIS_000001.v4.feedback.json.bz2",
        submitter_id=_AGENT_ID,
        reporter_crd="2236",
        accounts_received=40,
        accounts_accepted=38,
        status=_WITH_REJECTIONS,
        sent_by=SentBy.AGENT,
    )
    return _at_stage(
        stage,
        2,
        _registration(
            "Juniper Brokerage Inc.",
            crd="2236",
            ltid_accounts=40,
            primary_source=Source.VENDOR,
            primary_vendor="Northgate Data Services",
            connectivity=Connectivity.PORTAL,
        ),
        relationships=Relationships(
            agents=(
                ReportingAgent(
                    id=row_id(1),
                    name="Northgate Data Services",
                    agent_id=_AGENT_ID,
                    effective_date=date(2020, 9, 21),
                    entered_by="Dana Whitfield",
                    entered_on=date(2020, 9, 21),
                ),
            )
        ),
        testing=Testing(
            portal_login=_portal_login(),
            agent_connected_on=date(2020, 10, 5),
            agent_asked_on=date(2020, 10, 5),
            submissions=(record,),
        ),
    )


def reports_for_others_case(
    stage: Stage = "certified", firms: int = 3, accounts_each: int = 60
) -> Case:
    """Northgate Data Services: an agent with an ORG ID that reports for `firms` firms by SFTP.

    Each firm has one submission of all its accounts, of which every thirtieth is rejected.
    """
    numbers = range(1, firms + 1)
    records = tuple(
        submission(
            number,
            file_name=f"{_AGENT_ID}_{3000 + number}_20201006_CAIS_{number:06d}"
            ".v4.feedback.json.bz2",
            submitter_id=_AGENT_ID,
            reporter_crd=str(3000 + number),
            accounts_received=accounts_each,
            accounts_accepted=accounts_each - accounts_each // 30,
            status=_WITH_REJECTIONS,
        )
        for number in numbers
    )
    return _at_stage(
        stage,
        3,
        _registration(
            "Northgate Data Services",
            crd=None,
            org_id=_AGENT_ID,
            organisation_type=OrganisationType.REPORTING_AGENT,
            reports_for_others=None,
            connectivity=Connectivity.SFTP,
            ltid_accounts=accounts_each * firms,
        ),
        relationships=Relationships(
            served_firms=tuple(
                ServedFirm(
                    id=row_id(number),
                    name=f"Client Firm {number}",
                    crd=str(3000 + number),
                    ltid_accounts=accounts_each,
                    relationship_entered_on=date(2020, 9, 22),
                )
                for number in numbers
            )
        ),
        testing=Testing(
            connection_tests=(_connection_test(),),
            submissions=records,
            distinct_accounts=distinct(records, accounts_each * firms) if firms > 1 else None,
        ),
    )


def no_ltid_case(stage: Stage = "certified", *, goes_on: bool = True) -> Case:
    """Larkspur Capital: no accounts with LTIDs; certifies all the same where it `goes_on`."""
    return _at_stage(
        stage,
        4,
        _registration(
            "Larkspur Capital LLC",
            crd="4407",
            ltid_accounts=0,
            certifies_without_ltid=goes_on,
            connectivity=Connectivity.PORTAL,
        ),
        relationships=Relationships(),
        testing=Testing(
            portal_login=_portal_login(),
            submissions=(
                SubmissionRecord(
                    id=row_id(1),
                    source=EvidenceSource.TYPED_IN,
                    submission_id="604407",
                    status="COMPLETED_WITHOUT_REJECTIONS",
                    accounts_received=2,
                    accounts_accepted=2,
                    environment=Environment.TEST,
                    data=DataKind.MOCK,
                    sent_by=SentBy.OURSELVES,
                    processing_date=FIRST_TEST_DAY,
                ),
            ),
        ),
    )


_WITH_REJECTIONS = "COMPLETED_WITH_REJECTIONS"


def _registration(company_name: str, **changes: Any) -> Registration:
    facts: dict[str, Any] = {
        "company_name": company_name,
        "street": "40 Water Street",
        "city": "Boston",
        "state": "MA",
        "postal_code": "02109",
        "organisation_type": OrganisationType.INDUSTRY_MEMBER,
        "reports_for_others": False,
        "primary_contact": Contact(
            name="Dana Whitfield", phone="(617) 555-0142", email="dana@firm.example"
        ),
        "secondary_contact": Contact(
            name="Luis Ortega", phone="(617) 555-0178", email="luis@firm.example"
        ),
        "primary_source": Source.SELF,
        "secondary_source": SecondarySource.NONE,
        "connectivity": Connectivity.BOTH,
        "data_submission": "Accounts with large traders",
        "submitted_on": date(2020, 9, 8),
        "submitted_by": "Dana Whitfield",
        "verified_on": date(2020, 9, 10),
    }
    return Registration(**(facts | changes))


def _at_stage(
    stage: Stage,
    number: int,
    registration: Registration,
    *,
    relationships: Relationships,
    testing: Testing,
) -> Case:
    empty = Case(id=f"{number:032x}", created_at=_CREATED)
    if stage == "empty":
        return empty
    registered = empty.model_copy(update={"registration": registration})
    if stage == "registered":
        return registered
    tested = registered.model_copy(
        update={
            "administration": _administration(registration),
            "portal": _portal(),
            "sftp": _sftp() if registration.uses_sftp else SftpAccess(),
            "relationships": relationships,
            "testing": testing,
        }
    )
    return (
        tested if stage == "tested" else tested.model_copy(update={"certification": _certified()})
    )


def _administration(registration: Registration) -> Administration:
    role = (
        AdministratorRole.ACCOUNT_ADMINISTRATOR
        if registration.is_reporting_agent
        else AdministratorRole.SUPER_ACCOUNT_ADMINISTRATOR
    )
    return Administration(
        administrators=(
            Administrator(
                id=row_id(1),
                name="Dana Whitfield",
                email="dana@firm.example",
                role=role,
                confirmed_on=date(2020, 9, 14),
            ),
        )
    )


def _portal() -> PortalAccess:
    return PortalAccess(
        accounts=(
            UserAccount(
                id=row_id(1),
                name="Dana Whitfield",
                email="dana@firm.example",
                portal_entitlement=True,
                reporter_user=True,
                test_access=True,
                production_access=True,
                created_on=date(2020, 9, 15),
            ),
            UserAccount(
                id=row_id(2),
                name="Luis Ortega",
                email="luis@firm.example",
                portal_entitlement=True,
                read_only_user=True,
                test_access=True,
                created_on=date(2020, 9, 15),
            ),
        )
    )


def _sftp() -> SftpAccess:
    return SftpAccess(
        accounts=(
            SftpAccount(
                id=row_id(1),
                username="harbor_cais",
                level=AccessLevel.BOTH,
                form_contact="Dana Whitfield",
                requested_on=date(2020, 9, 15),
                credentials_received_on=date(2020, 9, 18),
                password_reset_on=date(2020, 9, 18),
            ),
        ),
        test_server=SftpServer(host="sftp-test.cais.example", port=22),
    )


def _connection_test() -> ConnectionTest:
    return ConnectionTest(
        id=row_id(1),
        at=eastern(date(2020, 10, 5), 9, 30),
        host="sftp-test.cais.example",
        port=22,
        username="harbor_cais",
        succeeded=True,
        host_key_type="ssh-ed25519",
        host_key_sha256="SHA256:mVPwvezndPv/ARoIadVY98vAC0g+P/5633yTC4d/wXE",
        cipher="aes256-ctr",
        server_software="SSH-2.0-Example",
    )


def _portal_login() -> PortalLogin:
    return PortalLogin(on=date(2020, 10, 5), by="Dana Whitfield")


def _certified() -> Certification:
    return Certification(
        contacted_on=date(2020, 10, 9),
        contacted_by="Dana Whitfield",
        verified=Answer(on=date(2020, 10, 14), note="Confirmed by phone"),
        production_granted=Answer(on=date(2020, 12, 1)),
        confirmation_received=Answer(on=date(2020, 12, 1), note="E-mail from the Help Desk"),
    )
