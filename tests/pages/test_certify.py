from __future__ import annotations

import email
import email.policy
from datetime import date
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import unquote

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QLabel, QLineEdit, QPlainTextEdit

from app.onboarding.assessment import Verdict
from app.pages.certify import CertifyPage
from app.storage.history import EntryKind
from app.widgets.pages_preview import PagesPreview
from tests.pages.conftest import OpenPage
from tests.pages.hands import Hands, opened_addresses, pdf_text
from tests.rig.cases import TODAY, no_ltid_case, self_reporting_case


@pytest.fixture
def documents(own_home: Path) -> Path:
    """Where documents go unless the person chooses another folder."""
    folder = own_home / "Documents"
    folder.mkdir()
    return folder


def answer_dialog(hands: Hands, name: str) -> None:
    """Type a name into the file dialog (Qt's own, as there is no other offscreen) and press Enter."""
    dialog = hands.page.window().findChild(QFileDialog)
    assert dialog is not None
    entry = dialog.findChild(QLineEdit, "fileNameEdit")
    assert entry is not None
    entry.setCompleter(None)  # type: ignore[arg-type]  # a popup, which offscreen has no place
    entry.selectAll()
    QTest.keyClicks(entry, name)
    QTest.keyClick(entry, Qt.Key.Key_Return)


def text_of(hands: Hands) -> QPlainTextEdit:
    return hands.find(QPlainTextEdit, "message:text")


def test_a_ready_firm_is_told_to_contact_the_help_desk(open_page: OpenPage) -> None:
    hands = open_page(CertifyPage, self_reporting_case("tested"))
    words = hands.words()
    assert "Ready: contact the Help Desk with the processing dates" in words
    assert "CAT processing dates: Tue 6 Oct 2020, Wed 7 Oct 2020" in words
    assert "To help@finracat.com" in words


def test_what_is_missing_is_listed_and_nothing_else(open_page: OpenPage) -> None:
    hands = open_page(CertifyPage, self_reporting_case("registered"))
    words = hands.words()
    assert "Not ready to certify yet" in words
    assert "Missing: Administrator named and in place (§2)" in words
    assert "Registration processed by FINRA CAT" not in words


def test_the_preview_shows_the_very_pages(open_page: OpenPage) -> None:
    hands = open_page(CertifyPage, self_reporting_case("tested"))
    preview = hands.find(PagesPreview, "preview")

    def pages() -> list[QLabel]:
        return [page for page in preview.findChildren(QLabel) if not page.pixmap().isNull()]

    hands.qtbot.waitUntil(lambda: len(pages()) > 2, timeout=20_000)
    assert pages()[0].accessibleName() == f"Page 1 of {len(pages())}"
    assert pages()[0].pixmap().width() == pytest.approx(preview.ppi() * 8.5, abs=2)
    first = pages()[0].pixmap().toImage()
    hands.type("certification.contacted_by", "Dana Whitfield")
    hands.type("certification.contacted_on", "10/15/2020")
    hands.qtbot.waitUntil(lambda: pages()[0].pixmap().toImage() != first, timeout=20_000)


def test_the_summary_is_saved_under_the_proposed_name_and_remembered(
    open_page: OpenPage, documents: Path
) -> None:
    hands = open_page(CertifyPage, self_reporting_case("tested"))
    hands.press("save:summary")
    dialog = hands.page.window().findChild(QFileDialog)
    assert dialog is not None
    name = dialog.findChild(QLineEdit, "fileNameEdit")
    assert name is not None
    assert name.text() == f"CAIS-certification-1482-{TODAY.isoformat()}.pdf"
    answer_dialog(hands, "summary.pdf")
    hands.qtbot.waitUntil(lambda: "Saved summary.pdf." in hands.words(), timeout=20_000)
    assert "Ready to certify" in pdf_text(documents / "summary.pdf")
    last = hands.workplace.cases.history(hands.case.id)[-1]
    assert last.kind == EntryKind.DOCUMENT_WRITTEN
    with opened_addresses("file") as opened:
        hands.press("open:folder")
    assert opened == [documents.as_uri()]


def test_a_folder_that_takes_nothing_is_said(
    open_page: OpenPage, documents: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Root may write anywhere, so the disk's refusal is made up.
    def refuse(*arguments: object, **more: object) -> None:
        raise OSError(28, "No space left on device")

    hands = open_page(CertifyPage, self_reporting_case("tested"))
    monkeypatch.setattr("app.storage.files.tempfile.mkstemp", refuse)
    hands.press("message:save")
    answer_dialog(hands, "mail.eml")
    said = "mail.eml could not be written: No space left on device."
    hands.qtbot.waitUntil(lambda: said in hands.words(), timeout=20_000)
    assert hands.words().count(said) == 1
    assert list(documents.iterdir()) == []


def test_the_email_is_a_draft_with_the_summary_attached(
    open_page: OpenPage, documents: Path
) -> None:
    hands = open_page(CertifyPage, self_reporting_case("tested"))
    hands.press("message:save")
    answer_dialog(hands, "mail.eml")
    hands.qtbot.waitUntil(lambda: "Saved mail.eml." in hands.words(), timeout=20_000)
    raw = (documents / "mail.eml").read_bytes()
    mail = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(mail, EmailMessage)
    assert mail["To"] == "help@finracat.com"
    assert mail["X-Unsent"] == "1"
    body = mail.get_body()
    assert body is not None
    assert "Tue 6 Oct 2020, Wed 7 Oct 2020" in body.get_content()
    (attached,) = mail.iter_attachments()
    assert attached.get_content_type() == "application/pdf"
    assert attached.get_content().startswith(b"%PDF-")


def test_the_draft_follows_the_facts_until_it_is_edited(open_page: OpenPage) -> None:
    hands = open_page(CertifyPage, self_reporting_case("tested"))
    hands.open_case.edit("registration.company_name", "Harbour Lights LLC")
    assert "Harbour Lights LLC" in text_of(hands).toPlainText()
    text_of(hands).setFocus()
    text_of(hands).moveCursor(text_of(hands).textCursor().MoveOperation.Start)
    QTest.keyClicks(text_of(hands), "Hello, ")
    hands.open_case.edit("registration.company_name", "Quiet Bay LLC")
    assert text_of(hands).toPlainText().startswith("Hello, ")
    assert "Harbour Lights LLC" in text_of(hands).toPlainText()
    hands.press("message:redraft")
    assert "Quiet Bay LLC" in text_of(hands).toPlainText()


def test_a_message_that_lost_a_date_says_so(open_page: OpenPage) -> None:
    hands = open_page(CertifyPage, self_reporting_case("tested"))
    subject = hands.find(QLineEdit, "message:subject")
    subject.setFocus()
    subject.selectAll()
    QTest.keyClicks(subject, "About CAIS")
    text_of(hands).setFocus()
    text_of(hands).selectAll()
    QTest.keyClicks(text_of(hands), "Tue 6 Oct 2020, CRD 1482")
    assert "No longer in the message: Wed 7 Oct 2020." in hands.words()


def test_copy_takes_subject_and_text(open_page: OpenPage) -> None:
    hands = open_page(CertifyPage, self_reporting_case("tested"))
    hands.press("message:copy")
    copied = QGuiApplication.clipboard().text()
    assert copied.startswith("CAIS testing completed: Harbor Securities LLC")
    assert "Wed 7 Oct 2020" in copied


def test_the_mail_program_gets_the_message_and_without_one_it_is_copied(
    open_page: OpenPage,
) -> None:
    hands = open_page(CertifyPage, self_reporting_case("tested"))
    with opened_addresses("mailto") as opened:
        hands.press("message:open")
    assert unquote(opened[0]).startswith("mailto:help@finracat.com?subject=CAIS testing completed")
    with opened_addresses("mailto", works=False):
        hands.press("message:open")
    assert "No mail program opened." in hands.words()


def test_the_call_script_names_number_and_dates(open_page: OpenPage) -> None:
    hands = open_page(CertifyPage, self_reporting_case("tested"))
    script = hands.find(QPlainTextEdit, "script").toPlainText()
    assert "888-696-3348" in script
    assert "Tue 6 Oct 2020" in script


def test_the_answers_that_came_back_bring_production_into_force(open_page: OpenPage) -> None:
    hands = open_page(CertifyPage, self_reporting_case("tested"))
    hands.type("certification.contacted_on", "10/15/2020")
    hands.type("certification.contacted_by", "Dana Whitfield")
    assert "We have had no answer yet" in text_of(hands).toPlainText()
    assert not hands.case.production_in_force
    for name in ("verified", "production_granted", "confirmation_received"):
        hands.type(f"certification.{name}.on", "12/01/2020")
    hands.type("certification.verified.note", "By phone, Ms. Bell")
    stored = hands.stored()
    assert stored.production_in_force
    assert stored.certification.verified.on == date(2020, 12, 1)
    assert stored.certification.verified.note == "By phone, Ms. Bell"
    assert hands.open_case.assessment.verdict is Verdict.CERTIFIED
    assert "Certified: production access is granted and confirmed" in hands.words()


@pytest.mark.parametrize(
    ("typed", "line"),
    [
        ("12/25/2030", "This day lies in the future; enter the day it happened."),
        ("soon", "Enter a date as month/day/year, for example 10/05/2020."),
    ],
)
def test_a_wrong_day_gets_one_line_and_stays(open_page: OpenPage, typed: str, line: str) -> None:
    hands = open_page(CertifyPage, self_reporting_case("tested"))
    hands.type("certification.contacted_on", typed)
    assert hands.problem("certification.contacted_on") == line
    assert hands.stored().unaccepted == {"certification.contacted_on": typed}


def test_a_firm_that_stops_after_registering_has_nothing_to_certify(open_page: OpenPage) -> None:
    hands = open_page(CertifyPage, no_ltid_case("registered", goes_on=False))
    assert "Nothing further is required" in hands.words()
