"""Cases with a history, as the program would have recorded it, and what their pages say."""

from __future__ import annotations

import subprocess
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from app.onboarding.assessment import Assessment
from app.onboarding.case import Case
from app.onboarding.firm import Contact
from app.onboarding.progress import assess
from app.onboarding.relationships import ServedFirm
from app.report.content import Occasion
from app.report.messages import MessageKind
from app.report.sent import Sent
from app.storage.case_rows import sections_of, state_of_bodies
from app.storage.history import EntryKind, FileFacts, HistoryEntry, RecordedEntry, recorded
from app.storage.origin import Origin
from tests.rig.cases import (
    TODAY,
    Stage,
    no_ltid_case,
    reports_for_others_case,
    row_id,
    self_reporting_case,
    through_agent_case,
)

MADE_AT = datetime(2020, 12, 2, 15, 31, tzinfo=UTC)
VERSION = "0.1.0"
TRACKS = ("self_reporting", "through_agent", "reports_for_others", "no_ltid_accounts")
ORIGIN = Origin(os_user="dwhitfield", workstation="FRONT-DESK", program_version=VERSION)
LONG_NAMES = (
    "Wolfeschlegelsteinhausenbergerdorff" * 6,
    "شركة الميناء للأوراق المالية ذات المسؤولية المحدودة " * 3,
    "חברת נמל לניירות ערך בע״מ " * 7,
    "港湾証券株式会社 하버증권 주식회사 海港证券有限公司 " * 6,
    "Harbor 🚀 Securities 👩‍💻 LLC 🏦🇺🇸 " * 6,
    "Société Générale d’Épargne — Zürich Ægir Łódź Ελλάδα Москва " * 3,
    "हार्बर सिक्योरिटीज ฮาร์เบอร์ ჰარბორი Հարբոր ሃርቦር " * 4,
    "W" * 200,
)


def case_of(track: str, stage: Stage = "certified") -> Case:
    """The example case of a track."""
    makers = {
        "self_reporting": self_reporting_case,
        "through_agent": through_agent_case,
        "reports_for_others": reports_for_others_case,
        "no_ltid_accounts": no_ltid_case,
    }
    return makers[track](stage)


def assessed(case: Case) -> Assessment:
    return assess(case, TODAY)


def history_of(case: Case, entries: int = 24) -> tuple[RecordedEntry, ...]:
    """A history of `case` that ends with its facts as they are."""
    state = state_of_bodies(sections_of(case))
    paths = (
        "registration.company_name",
        "registration.crd",
        "registration.primary_contact.email",
        "administration.administrators",
        f"portal.accounts.{row_id(1)}.test_access",
        "testing.connection_tests",
        "testing.submissions",
        "testing.distinct_accounts",
        "certification.contacted_on",
    )
    chain: list[RecordedEntry] = []
    for number in range(entries):
        kind = EntryKind.FACT_CHANGED if number else EntryKind.CASE_CREATED
        entry = HistoryEntry(kind, path=paths[number % len(paths)] if number else "", after=number)
        chain.append(
            recorded(
                entry,
                case_id=case.id,
                after=chain[-1] if chain else None,
                at=MADE_AT - timedelta(hours=entries - number),
                origin=ORIGIN,
                state=state,
            )
        )
    return tuple(chain)


def occasion(case: Case, entries: int = 24) -> Occasion:
    return Occasion(MADE_AT, VERSION, history_of(case, entries))


def occasion_after_sending(case: Case) -> Occasion:
    """The same after a message to the Help Desk with a summary, and a call."""
    chain = list(history_of(case))
    summary = FileFacts("CAIS-certification-1482-2020-10-09.pdf", 174_506, "ab" * 32)
    for what, to, file in (
        (MessageKind.CERTIFICATION, "help@finracat.com", summary),
        (MessageKind.CALL, LONG_NAMES[7], None),
    ):
        sent = Sent(what=what, on=date(2020, 10, 9), by="Dana Whitfield", to=to)
        entry = HistoryEntry(
            EntryKind.SENT,
            path="certification.contacted_on",
            after=sent.model_dump(mode="json"),
            note=sent.note,
            file=file,
        )
        chain.append(
            recorded(
                entry,
                case_id=case.id,
                after=chain[-1],
                at=MADE_AT,
                origin=ORIGIN,
                state=chain[-1].state,
            )
        )
    return Occasion(MADE_AT, VERSION, tuple(chain))


def with_long_values(case: Case) -> Case:
    """The case with the longest names that its fields take, in several scripts."""
    names = [name[:200].strip() for name in LONG_NAMES]
    registration = case.registration.model_copy(
        update={
            "company_name": names[0],
            "street": names[5],
            "city": names[7],
            "primary_contact": Contact(
                name=names[1], phone="(617) 555-0142", email=f"{'a' * 60}@{'b' * 60}.example"
            ),
            "secondary_contact": Contact(name=names[4], phone="+81 3-1234-5678"),
            "data_submission": names[6],
            "primary_vendor": names[3],
            "secondary_vendor": names[2],
        }
    )
    firms = tuple(
        ServedFirm(id=row_id(n + 1), name=name, crd=str(3001 + n), ltid_accounts=1_000_000_000)
        for n, name in enumerate(names)
    )
    relationships = case.relationships.model_copy(
        update={"served_firms": firms + case.relationships.served_firms[len(firms) :]}
    )
    return case.model_copy(update={"registration": registration, "relationships": relationships})


def text_of(content: bytes, folder: Path) -> str:
    """The text of a PDF's pages, as pdftotext reads it, in the order in which it was written."""
    file = folder / "read.pdf"
    file.write_bytes(content)
    done = subprocess.run(
        ["pdftotext", "-raw", str(file), "-"], capture_output=True, check=True, text=True
    )
    return done.stdout


def squeezed(text: str) -> str:
    """`text` without any blank: lines break where they must."""
    return "".join(text.split())
