"""The message to the Help Desk on page 7: edit, copy, open in the mail program, save, or call."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QStandardPaths, Qt, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QFileDialog, QGridLayout, QLineEdit, QPlainTextEdit

from app.failures import UserFacingError
from app.onboarding.assessment import Assessment
from app.open_case import OpenCase
from app.report.messages import (
    Message,
    call_script,
    certification_follow_up,
    help_desk_message,
    lacking,
    mail_link,
)
from app.widgets.banner import Banner, Tone
from app.widgets.card import Card
from app.widgets.icons import Button
from app.widgets.texts import plain_label
from app.work.desk import Desk
from app.work.exports import Written

_TEXT_LINES = 16


class MessageCard(Card):
    """Drafts follow the facts until they are edited; an edited draft is left alone."""

    def __init__(self, open_case: OpenCase, desk: Desk) -> None:
        super().__init__(
            "Tell the Help Desk",
            "By e-mail with the summary attached, or by phone. The Help Desk asks for the processing "
            "dates (§7).",
        )
        self._open_case = open_case
        self._documents = desk.documents
        self._drafted = Message("", "", "")
        self._asked = False
        self._add_texts()
        self._said = Banner()
        self._add_buttons()
        self.body.addWidget(self._said)
        self._script = _text_box("script", "What to say by phone", read_only=True)
        self.body.addWidget(plain_label("By phone", "group"))
        self.body.addWidget(self._script)
        self._documents.written.connect(self._written)
        self._documents.failed.connect(self._failed)

    def show_assessment(self, assessment: Assessment) -> None:
        """Draft again from the facts, unless the person has changed the draft."""
        contacted = assessment.case.certification.contacted_on is not None
        draft = certification_follow_up if contacted else help_desk_message
        edited = self._message() != self._drafted
        self._drafted = draft(assessment)
        self._to.setText(f"To {self._drafted.to}" if self._drafted.to else "")
        if not edited:
            self._show_draft()
        self._script.setPlainText(call_script(assessment))
        self._check()

    def _add_texts(self) -> None:
        self._to = plain_label(role="strong")
        self._subject = QLineEdit()
        self._subject.setObjectName("message:subject")
        self._subject.setAccessibleName("Subject")
        self._text = _text_box("message:text", "Text of the e-mail", read_only=False)
        self._missing = plain_label(role="problem")
        for widget in (self._to, self._subject, self._text, self._missing):
            self.body.addWidget(widget)
        self._subject.textEdited.connect(self._check)
        self._text.textChanged.connect(self._check)

    def _add_buttons(self) -> None:
        grid = QGridLayout()
        for place, (name, words, icon, slot) in enumerate(
            (
                ("message:save", "Save e-mail &with PDF …", "proof", self._choose_file),
                ("message:open", "Open in &mail program", "external", self._open),
                ("message:copy", "Cop&y text", "copy", self._copy),
                ("message:redraft", "&Draft again", "", self._show_draft),
            )
        ):
            button = Button(words, icon_name=icon)
            button.setObjectName(name)
            button.clicked.connect(slot)
            grid.addWidget(button, *divmod(place, 2), Qt.AlignmentFlag.AlignLeft)
        grid.setColumnStretch(1, 1)
        self.body.addLayout(grid)

    def _message(self) -> Message:
        """The message as it stands on the page."""
        return replace(self._drafted, subject=self._subject.text(), text=self._text.toPlainText())

    def _show_draft(self) -> None:
        self._subject.setText(self._drafted.subject)
        self._subject.setCursorPosition(0)
        self._text.setPlainText(self._drafted.text)
        self._drafted = self._message()  # as the editors give it back

    def _check(self) -> None:
        missing = lacking(self._message(), self._open_case.assessment)
        self._missing.setText(f"No longer in the message: {', '.join(missing)}." if missing else "")
        self._missing.setVisible(bool(missing))

    def _copy(self) -> None:
        message = self._message()
        QGuiApplication.clipboard().setText(f"{message.subject}\n\n{message.text}")
        self._said.show_text("Copied, subject and text.", tone=Tone.DONE)

    def _open(self) -> None:
        link = mail_link(self._message())
        if not link.complete:
            QGuiApplication.clipboard().setText(self._message().text)
        opened = QDesktopServices.openUrl(QUrl(link.url))
        if not opened:
            self._copy()
            self._said.show_text(
                "No mail program opened.",
                "Subject and text are copied: paste them into an e-mail "
                f"to {self._drafted.to}, and attach the summary.",
                Tone.WARNING,
            )
        elif link.complete:
            self._said.show_text(
                "Your mail program has the message.", "Attach the summary PDF to it.", Tone.INFO
            )
        else:
            self._said.show_text(
                "The text is too long for a link, so it is copied.",
                "Paste it into the message, and attach the summary PDF.",
                Tone.INFO,
            )

    def _choose_file(self) -> None:
        home = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        dialog = QFileDialog(self, "Save the e-mail", home, "E-mail (*.eml)")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("eml")
        dialog.selectFile("CAIS-certification.eml")
        dialog.fileSelected.connect(self._file_chosen)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _file_chosen(self, name: str) -> None:
        self._asked = True
        self._documents.write_email(self._message(), Path(name))

    def _written(self, written: Written) -> None:
        if self._asked:
            self._asked = False
            self._said.show_text(
                f"Saved {written.path.name}.",
                "Open it: your mail program shows it ready to send, with the summary attached.",
                Tone.DONE,
            )

    def _failed(self, failure: UserFacingError) -> None:
        if self._asked:
            self._asked = False
            self._said.show_failure(failure)


def _text_box(name: str, words: str, *, read_only: bool) -> QPlainTextEdit:
    box = QPlainTextEdit()
    box.setObjectName(name)
    box.setAccessibleName(words)
    box.setReadOnly(read_only)
    box.setTabChangesFocus(True)
    box.setMinimumHeight(box.fontMetrics().lineSpacing() * _TEXT_LINES)
    return box
