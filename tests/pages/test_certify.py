from __future__ import annotations

import email
import email.policy
import hashlib
import json
import subprocess
from datetime import date
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import unquote

import pytest
from pypdf import PdfReader
from PySide6.QtCore import QBuffer, Qt
from PySide6.QtGui import QColor, QGuiApplication, QImage
from PySide6.QtPrintSupport import QPrintDialog
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QFileDialog,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QTableView,
)

from app.onboarding.assessment import Verdict
from app.pages.certify import CertifyPage
from app.storage.history import EntryKind, RecordedEntry
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
    dialogs = hands.page.window().findChildren(QFileDialog)
    (dialog,) = [dialog for dialog in dialogs if dialog.isVisible()]
    entry = dialog.findChild(QLineEdit, "fileNameEdit")
    assert entry is not None
    entry.setCompleter(None)  # type: ignore[arg-type]  # a popup, which offscreen has no place
    entry.selectAll()
    QTest.keyClicks(entry, name)
    QTest.keyClick(entry, Qt.Key.Key_Return)


def find_visible(hands: Hands, name: str) -> bool:
    return hands.find(QAbstractButton, name).isVisible()


def text_of(hands: Hands) -> QPlainTextEdit:
    return hands.find(QPlainTextEdit, "message:text")


def test_a_ready_firm_is_told_to_contact_the_help_desk(open_page: OpenPage) -> None:
    hands = open_page(CertifyPage, self_reporting_case("tested"))
    words = hands.words()
    assert "Ready: contact the Help Desk with the processing dates" in words
    assert "CAT processing dates: Tue 6 Oct 2020, Wed 7 Oct 2020" in words
    assert hands.find(QLineEdit, "message:to").text() == "help@finracat.com"
    assert "It says all that it must say" in words


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
        return preview.findChildren(QLabel)

    def unpacked() -> list[int]:
        return [n for n, page in enumerate(pages(), 1) if not page.pixmap().isNull()]

    hands.qtbot.waitUntil(lambda: len(pages()) > 2 and 1 in unpacked(), timeout=20_000)
    assert pages()[0].accessibleName() == f"Page 1 of {len(pages())}"
    assert len(pages()) not in unpacked()
    bar = preview.verticalScrollBar()
    hands.qtbot.waitUntil(lambda: bar.maximum() > 2 * preview.height())
    bar.setValue(bar.maximum())
    assert len(pages()) in unpacked()
    assert 1 not in unpacked()
    bar.setValue(0)
    hands.page.window().resize(560, 900)
    hands.qtbot.waitUntil(
        lambda: pages()[0].width() == pytest.approx(preview.ppi() * 8.5, abs=5), timeout=20_000
    )
    preview.show_pages([wide_page()] * 3)  # set before the window became narrower
    hands.qtbot.waitUntil(
        lambda: pages()[0].width() == pytest.approx(preview.ppi() * 8.5, abs=5), timeout=20_000
    )
    assert pages()[0].pixmap().width() == pytest.approx(preview.ppi() * 8.5, abs=2)
    first = pages()[0].pixmap().toImage()
    hands.type("certification.contacted_by", "Dana Whitfield")
    hands.type("certification.contacted_on", "10/15/2020")
    hands.qtbot.waitUntil(lambda: pages()[0].pixmap().toImage() != first, timeout=20_000)


def wide_page() -> bytes:
    """A page as wide as a large window's preview."""
    picture = QImage(760, 984, QImage.Format.Format_RGB32)
    picture.fill(Qt.GlobalColor.white)
    store = QBuffer()
    store.open(QBuffer.OpenModeFlag.WriteOnly)
    picture.save(store, "PNG")  # type: ignore[call-overload]  # takes a device as well
    return bytes(store.data().data())


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
    assert "2 of 5 things that it must say are missing" in hands.words()
    assert "Missing: CAT processing date Wed 7 Oct 2020 (§7)" in hands.words()
    assert "Missing: Name of the firm (§7)" in hands.words()


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


def record(hands: Hands, **entries: str) -> None:
    """Fill in the dialog that records what was sent, and press Record."""
    for name, text in entries.items():
        hands.write(hands.find(QLineEdit, f"sent:{name}"), text)
    hands.press("sent:record")


def sent_entries(hands: Hands) -> list[RecordedEntry]:
    hands.stored()
    entries = hands.workplace.cases.history(hands.case.id)
    return [entry for entry in entries if entry.kind == EntryKind.SENT]


def save_summary(hands: Hands, name: str = "summary.pdf") -> None:
    hands.press("save:summary")
    answer_dialog(hands, name)
    hands.qtbot.waitUntil(lambda: f"Saved {name}." in hands.words(), timeout=20_000)


def test_which_summary_went_to_whom_on_which_day_can_be_told(
    open_page: OpenPage, documents: Path
) -> None:
    hands = open_page(CertifyPage, self_reporting_case("tested"))
    save_summary(hands)
    table = hands.find(QTableView, "summaries")
    hands.qtbot.waitUntil(lambda: table.model().rowCount() == 1, timeout=10_000)
    sha = hashlib.sha256((documents / "summary.pdf").read_bytes()).hexdigest()
    cells = [str(table.model().index(0, column).data()) for column in range(3)]
    assert cells[1:] == ["not recorded", "summary.pdf"]
    hands.qtbot.waitUntil(lambda: sha in hands.words().replace(" ", ""))
    hands.press("summary:sent")
    record(hands, on="12/1/2020", by="Dana Whitfield", to="help@finracat.com")
    (entry,) = sent_entries(hands)
    assert (entry.file_name, entry.file_sha256) == ("summary.pdf", sha)
    assert entry.note == "Message to the Help Desk (R7.1, §7)"
    assert hands.case.certification.contacted_on == date(2020, 12, 1)
    assert hands.case.certification.contacted_by == "Dana Whitfield"
    words = "Tue 1 Dec 2020 to help@finracat.com"
    hands.qtbot.waitUntil(lambda: table.model().index(0, 1).data() == words, timeout=10_000)
    assert sha in hands.words().replace(" ", "")


def test_a_copy_of_a_summary_is_the_very_file(open_page: OpenPage, documents: Path) -> None:
    hands = open_page(CertifyPage, self_reporting_case("tested"))
    save_summary(hands)
    hands.qtbot.waitUntil(lambda: find_visible(hands, "summary:copy"), timeout=10_000)
    hands.press("summary:copy")
    answer_dialog(hands, "again.pdf")
    hands.qtbot.waitUntil(lambda: "Saved again.pdf." in hands.words(), timeout=10_000)
    assert (documents / "again.pdf").read_bytes() == (documents / "summary.pdf").read_bytes()
    (kept,) = hands.workplace.folder.exports.iterdir()
    kept.write_bytes(b"%PDF-1.7 something else")
    hands.press("summary:copy")
    answer_dialog(hands, "third.pdf")
    said = "The copy of summary.pdf is not the file that was written."
    hands.qtbot.waitUntil(lambda: said in hands.words(), timeout=10_000)
    kept.unlink()
    with opened_addresses("file") as opened:
        hands.press("summary:open")
        said = "The copy of summary.pdf is not in the data folder."
        hands.qtbot.waitUntil(lambda: said in hands.words(), timeout=10_000)
    assert (opened, (documents / "third.pdf").exists()) == ([], False)


def test_a_message_is_recorded_with_its_text_and_a_first_contact_stays(
    open_page: OpenPage,
) -> None:
    hands = open_page(CertifyPage, self_reporting_case("tested"))
    text_of(hands).setFocus()
    QTest.keyClicks(text_of(hands), "Good morning! ")
    hands.press("message:sent")
    record(hands, on="11/30/2020", by="Dana Whitfield")
    (entry,) = sent_entries(hands)
    said = entry.after_value
    assert isinstance(said, dict)
    assert str(said["text"]).startswith("Good morning! To the FINRA CAT Help Desk")
    assert said["to"] == "help@finracat.com"
    assert "Wed 7 Oct 2020" in str(said["subject"])
    assert "We have had no answer yet" in text_of(hands).toPlainText()
    hands.press("message:sent")
    record(hands, on="12/2/2020", by="Dana Whitfield")
    assert hands.case.certification.contacted_on == date(2020, 11, 30)
    assert hands.case.certification.followed_up_on == date(2020, 12, 2)
    lines = "Sent Wed 2 Dec 2020 to help@finracat.com by Dana Whitfield"
    hands.qtbot.waitUntil(lambda: lines in hands.words(), timeout=10_000)


@pytest.mark.parametrize(
    ("entries", "line"),
    [
        ({"on": ""}, "Enter the day on which it went out."),
        ({"on": "12/3/2020"}, "This day lies in the future; enter the day it happened."),
        ({"by": ""}, "Enter who sent it."),
        ({"to": ""}, "Enter to whom it went."),
    ],
)
def test_what_was_sent_needs_day_and_people(
    open_page: OpenPage, entries: dict[str, str], line: str
) -> None:
    hands = open_page(CertifyPage, self_reporting_case("tested"))
    hands.press("message:sent")
    record(hands, **entries)
    assert line in hands.words()
    assert sent_entries(hands) == []


def test_dates_and_status_go_to_other_programs(open_page: OpenPage, documents: Path) -> None:
    hands = open_page(CertifyPage, self_reporting_case("tested"), today=date(2020, 10, 8))
    for name, file in (
        ("save:calendar", "CAIS-dates-1482.ics"),
        ("save:table", "CAIS-status-1482.csv"),
        ("save:json", "CAIS-status-1482.json"),
    ):
        hands.press(name)
        answer_dialog(hands, file)
        hands.qtbot.waitUntil(lambda file=file: f"Saved {file}." in hands.words(), timeout=10_000)
    assert "last day to fetch feedback" in (documents / "CAIS-dates-1482.ics").read_text("utf-8")
    assert "Error rate below 10 %" in (documents / "CAIS-status-1482.csv").read_text("utf-8-sig")
    assert json.loads((documents / "CAIS-status-1482.json").read_bytes())["ready"] is True


def test_the_summary_is_printed_as_it_is_kept(
    open_page: OpenPage, documents: Path, tmp_path: Path
) -> None:
    hands = open_page(CertifyPage, self_reporting_case("tested"))
    hands.press("print:summary")
    dialog = hands.page.window().findChild(QPrintDialog)
    assert dialog is not None
    # There is no printer here: the dialog then offers to print into a file.
    name = dialog.findChild(QLineEdit, "filename")
    assert name is not None
    name.setText(str(tmp_path / "printed.pdf"))
    dialog.accept()
    hands.qtbot.waitUntil(lambda: "to the printer." in hands.words(), timeout=60_000)
    printed = PdfReader(tmp_path / "printed.pdf")
    (kept,) = hands.workplace.folder.exports.iterdir()
    pages = PdfReader(kept).pages
    assert len(printed.pages) == len(pages)
    assert f"{len(pages)} pages went to the printer." in hands.words()
    for sheet, page in zip(printed.pages, pages, strict=True):
        assert float(sheet.mediabox.width) == pytest.approx(float(page.mediabox.width), abs=1.5)
        assert float(sheet.mediabox.height) == pytest.approx(float(page.mediabox.height), abs=1.5)
    assert ink_box(tmp_path / "printed.pdf") == pytest.approx(ink_box(kept), abs=2)
    last = hands.workplace.cases.history(hands.case.id)[-1]
    assert last.file_name == f"CAIS-certification-1482-{TODAY.isoformat()}.pdf (printed)"


def ink_box(pdf: Path) -> tuple[int, int, int, int]:
    """Left, top, right and bottom end of what is printed on the first page, in 1/60 inch."""
    stem = pdf.parent / f"{pdf.stem[:8]}-look"
    command = ["pdftoppm", "-r", "60", "-f", "1", "-singlefile", "-gray", str(pdf), str(stem)]
    subprocess.run(command, check=True)
    picture = QImage(f"{stem}.pgm")
    dark = [
        (x, y)
        for x in range(picture.width())
        for y in range(picture.height())
        if QColor(picture.pixel(x, y)).red() < 200
    ]
    across, down = [x for x, _ in dark], [y for _, y in dark]
    return min(across), min(down), max(across), max(down)


def test_the_call_script_names_number_and_dates(open_page: OpenPage) -> None:
    hands = open_page(CertifyPage, self_reporting_case("tested"))
    hands.press("by-phone")
    script = hands.find(QPlainTextEdit, "call:text").toPlainText()
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
