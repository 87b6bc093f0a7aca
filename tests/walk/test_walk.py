"""The whole walk, once per track: real window, real SSH server, real keyring, real files.

Steps 1 to 4 run in a process that is killed by SIGKILL right after its last edit was shown as
saved; a second start goes on where it was, up to the certification.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import pytest
import shiboken6
from pytestqt.qtbot import QtBot

from app.background import JobRunner
from app.onboarding.assessment import StepStatus, Verdict
from app.storage.logbook import start_log, stop_log
from app.window.main_window import MainWindow
from app.work.workplace import Workplace
from tests.rig.keyring_session import KeyringSession
from tests.rig.openssh import OpenSSHServer
from tests.rig.secret_scan import find_secret
from tests.submissions import making
from tests.walk.steps import Person, Walk

CRD = "1482"
AGENT = 7059

pytestmark = pytest.mark.xdist_group("walk")

Second = Callable[[Person], None]


def feedback(folder: Path, *, submitter: int = int(CRD)) -> tuple[str, ...]:
    """Two submissions on two days: 60 received and 57 accepted, 50 received and 49 accepted."""
    folder.mkdir()
    return (
        submission(folder, 1, "20201006", received=60, rejected=3, submitter=submitter),
        submission(folder, 2, "20201007", received=50, rejected=1, submitter=submitter),
    )


def submission(
    folder: Path,
    number: int,
    day: str,
    *,
    received: int,
    rejected: int,
    submitter: int = int(CRD),
    reporter: int = int(CRD),
) -> str:
    """The final feedback on one submission."""
    outcome = "COMPLETED_WITH_REJECTIONS" if rejected else "COMPLETED_WITHOUT_REJECTIONS"
    document = making.feedback_document(
        submissionID=600_000 + number,
        catSubmitterID=submitter,
        catReporterCRD=reporter,
        receiptTimestamp=f"{day}T101500",
        completedTimestamp=f"{day}T114000",
        statusHistory=None,
        submissionStatus=outcome,
        receivedFDIDRecordCount=received,
        successfulFDIDRecordCount=received - rejected,
        rejectionItems=[making.rejection(record + 1) for record in range(rejected)],
    )
    name = f"{submitter}_{reporter}_{day}_CAIS_{number:06d}.v4.feedback.json.bz2"
    return str(making.write(folder, name, document))


def first_half(walk: Walk, data_dir: Path, *, sftp: bool) -> None:
    """Steps 1 to 4 in a process that ends as if the power went."""
    given = {"walk": asdict(walk), "data_dir": str(data_dir), "sftp": sftp}
    ended = subprocess.run(
        [sys.executable, "-m", "tests.walk.first_half"],
        input=json.dumps(given),
        text=True,
        capture_output=True,
        check=False,
        timeout=150,
    )
    assert ended.returncode == -9, ended.stderr


def second_half(
    qtbot: QtBot, walk: Walk, data_dir: Path, goes_on_at: str, steps: Second
) -> tuple[Verdict, dict[int, StepStatus]]:
    """Start again, find everything as it was, and walk to the end."""
    with Workplace.open(data_dir) as workplace:
        log, runner = start_log(workplace.folder), JobRunner()
        window = MainWindow(runner)
        window.open_on(workplace)
        window.start()
        window.show()
        person = Person(window, walk)
        person.hand.find(f"page:{goes_on_at}")
        try:
            steps(person)
            person.saved()
            assert window.frame is not None
            assessment = window.frame.open_case.assessment
            return assessment.verdict, {s.number: s.status for s in assessment.steps}
        finally:
            runner.cancel_all()
            assert runner.wait_all(20)
            shiboken6.delete(window)
            stop_log(log)


def pdf_text(path: str) -> str:
    read = subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, check=True)
    return read.stdout.decode()


def certify(person: Person) -> None:
    """Step 7, from the summary to the confirmation."""
    person.go_to("certify")
    person.save_summary()
    person.save_email()
    person.record_answers()
    person.go_to("overview")


def check_documents(walk: Walk, data_dir: Path, track_words: str, dates: tuple[str, ...]) -> None:
    text = pdf_text(walk.pdf)
    assert "Ready to certify" in text
    assert track_words in text
    for day in dates:
        assert day in text
    mail = Path(walk.eml).read_text(encoding="utf-8")
    assert "help@finracat.com" in mail
    assert "application/pdf" in mail
    if walk.password:
        assert find_secret(walk.password, data_dir, Path(walk.pdf), Path(walk.eml)) == ()


@pytest.fixture
def papers(data_dir: Path) -> dict[str, str]:
    """Where a person's documents go unless she chooses another folder."""
    folder = Path.home() / "Documents"
    folder.mkdir(exist_ok=True)
    for paper in folder.iterdir():
        paper.unlink()
    return {"pdf": str(folder / "summary.pdf"), "eml": str(folder / "mail.eml")}


@pytest.fixture
def account(server: OpenSSHServer) -> dict[str, object]:
    return {
        "host": server.host,
        "port": server.port,
        "username": server.username,
        "password": server.password,
    }


def test_a_firm_that_reports_for_itself(
    qtbot: QtBot,
    tmp_path: Path,
    data_dir: Path,
    keyring: KeyringSession,
    account: dict[str, object],
    papers: dict[str, str],
) -> None:
    walk = Walk(
        firm="Harbor Securities LLC",
        organisation="Industry Member",
        crd=CRD,
        accounts=120,
        feedback=feedback(tmp_path / "feedback"),
        distinct="105",
        **account,  # type: ignore[arg-type]
        **papers,
    )
    first_half(walk, data_dir, sftp=True)

    def steps(person: Person) -> None:
        found = person.window.frame
        assert found is not None
        kept = found.open_case.case.sftp.accounts[0]
        assert (kept.username, str(kept.password_reset_on)) == (walk.username, "2020-10-12")
        person.connect()
        person.go_to("testing")
        person.sign_in_to_portal()
        person.drop_feedback()
        person.say_how_many_differ()
        certify(person)

    verdict, statuses = second_half(qtbot, walk, data_dir, "sftp_accounts", steps)
    assert verdict is Verdict.CERTIFIED
    assert statuses[5] is StepStatus.NOT_REQUIRED
    assert all(statuses[n] is StepStatus.DONE for n in (1, 2, 3, 4, 6, 7))
    check_documents(
        walk, data_dir, "Reports for itself", ("Tue 6 Oct 2020", "Wed 7 Oct 2020", "105")
    )


def test_a_firm_whose_agent_reports_for_it(
    qtbot: QtBot, tmp_path: Path, data_dir: Path, papers: dict[str, str]
) -> None:
    walk = Walk(
        firm="Juniper Brokerage",
        organisation="Industry Member",
        crd=CRD,
        accounts=40,
        primary="Vendor",
        vendor="Lakeside Reporting",
        connectivity="CAIS Reporter Portal",
        feedback=feedback(tmp_path / "feedback", submitter=AGENT),
        **papers,
    )
    first_half(walk, data_dir, sftp=False)

    def steps(person: Person) -> None:
        person.go_to("relationships")
        person.agent()
        person.go_to("testing")
        person.sign_in_to_portal()
        person.drop_feedback()
        certify(person)

    verdict, statuses = second_half(qtbot, walk, data_dir, "user_accounts", steps)
    assert verdict is Verdict.CERTIFIED
    assert statuses[4] is StepStatus.NOT_REQUIRED
    assert all(statuses[n] is StepStatus.DONE for n in (1, 2, 3, 5, 6, 7))
    check_documents(
        walk, data_dir, "Reports through an agent", ("Tue 6 Oct 2020", "Wed 7 Oct 2020")
    )


def test_a_clearing_firm_that_reports_for_others(
    qtbot: QtBot,
    tmp_path: Path,
    data_dir: Path,
    keyring: KeyringSession,
    account: dict[str, object],
    papers: dict[str, str],
) -> None:
    folder = tmp_path / "feedback"
    folder.mkdir()
    files = (
        submission(folder, 1, "20201006", received=60, rejected=0, reporter=2236),
        submission(folder, 2, "20201006", received=60, rejected=6, reporter=5841),
    )
    walk = Walk(
        firm="Meridian Clearing",
        organisation="Clearing firm",
        crd=CRD,
        accounts=400,
        for_others="Yes",
        connectivity="SFTP",
        served=(("Juniper Brokerage", "2236"), ("Alder & Finch", "5841")),
        feedback=files,
        **account,  # type: ignore[arg-type]
        **papers,
    )
    first_half(walk, data_dir, sftp=True)

    def steps(person: Person) -> None:
        person.go_to("relationships")
        person.served_firms()
        person.go_to("testing")
        person.connect()
        person.drop_feedback()
        certify(person)

    verdict, statuses = second_half(qtbot, walk, data_dir, "sftp_accounts", steps)
    assert verdict is Verdict.CERTIFIED
    assert all(status is StepStatus.DONE for status in statuses.values())
    check_documents(walk, data_dir, "Reports for other firms", ("Tue 6 Oct 2020", "Alder & Finch"))


def test_a_firm_without_ltid_accounts_that_certifies_all_the_same(
    qtbot: QtBot,
    tmp_path: Path,
    data_dir: Path,
    keyring: KeyringSession,
    account: dict[str, object],
    papers: dict[str, str],
) -> None:
    walk = Walk(
        firm="Kestrel Advisers",
        organisation="Industry Member",
        crd=CRD,
        accounts=0,
        connectivity="SFTP",
        data="mock",
        feedback=feedback(tmp_path / "feedback")[:1],
        **account,  # type: ignore[arg-type]
        **papers,
    )
    first_half(walk, data_dir, sftp=True)

    def steps(person: Person) -> None:
        person.connect()
        person.go_to("testing")
        person.drop_feedback()
        certify(person)

    verdict, statuses = second_half(qtbot, walk, data_dir, "sftp_accounts", steps)
    assert verdict is Verdict.CERTIFIED
    assert all(statuses[n] is StepStatus.DONE for n in (1, 2, 3, 4, 6, 7))
    check_documents(walk, data_dir, "No accounts with LTIDs", ("Tue 6 Oct 2020",))
