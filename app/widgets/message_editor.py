"""A message before it goes: to edit, to check against the guide, to send, and to record as sent."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication, QShowEvent
from PySide6.QtWidgets import (
    QGridLayout,
    QLineEdit,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from app.onboarding.assessment import Assessment
from app.onboarding.business_calendar import long_date
from app.open_case import OpenCase
from app.report.mail import mail_link
from app.report.message_contents import contents
from app.report.messages import Message, MessageKind, draft
from app.report.sent import Sent
from app.widgets.banner import Banner, Tone
from app.widgets.content_list import ContentList
from app.widgets.icons import Button
from app.widgets.named_editors import named_editors
from app.widgets.save_dialog import ask_where
from app.widgets.sent_dialog import SentDialog
from app.widgets.style import NEAR
from app.widgets.texts import plain_label
from app.work.documents import DocumentDesk
from app.work.exports import Written
from app.work.kept import Dispatches

_TEXT_LINES = 14


class MessageEditor(QWidget):
    """One message. Its draft follows the facts until it is edited; then it is left alone.

    Args:
        open_case: the facts.
        documents: writes it to a file, and knows what was sent.
        kind: which message; `show_kind` changes it.
        name: begins the names of its widgets, which stand several times in a window.
    """

    def __init__(
        self,
        open_case: OpenCase,
        documents: DocumentDesk,
        kind: MessageKind,
        name: str = "message",
    ) -> None:
        super().__init__()
        self._open_case = open_case
        self._documents = documents
        self._kind = kind
        self._name = name
        self._drafted = Message("", "", "")
        self._dispatches = Dispatches((), ())
        self._to = QLineEdit()
        self._subject = QLineEdit()
        self._text = QPlainTextEdit()
        self._contents = ContentList()
        self._said = Banner()
        self._sent = plain_label(role="hint")
        self._arrange()
        documents.looked_back.connect(self._show_dispatches)
        self.show_assessment(open_case.assessment)

    def showEvent(self, event: QShowEvent) -> None:
        """Read what was recorded as sent."""
        super().showEvent(event)
        self._documents.look_back()

    def show_kind(self, kind: MessageKind) -> None:
        """Show another message; what was edited of the one before is given up."""
        if kind is not self._kind:
            self._kind = kind
            self._drafted = self._message()
            self.show_assessment(self._open_case.assessment)
            self._show_dispatches(self._dispatches)

    def show_assessment(self, assessment: Assessment) -> None:
        """Draft again from the facts, unless the person has changed the draft."""
        edited = self._message() != self._drafted
        self._drafted = draft(self._kind, assessment)
        self._show_buttons()
        if not edited:
            self._show_draft()
        self._check()

    def _arrange(self) -> None:
        named = []
        for words, editor, name in (
            ("&To", self._to, "to"),
            ("Subje&ct", self._subject, "subject"),
        ):
            editor.setObjectName(f"{self._name}:{name}")
            editor.setMaxLength(50_000)
            editor.textEdited.connect(self._check)
            named.append((words, editor))
        self._text.setObjectName(f"{self._name}:text")
        self._text.setAccessibleName("Text of the message")
        self._text.setTabChangesFocus(True)
        self._text.setMinimumHeight(self._text.fontMetrics().lineSpacing() * _TEXT_LINES)
        self._text.textChanged.connect(self._check)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(NEAR)
        column.addLayout(named_editors(named))
        column.addWidget(self._text)
        column.addWidget(self._contents)
        column.addLayout(self._buttons())
        column.addWidget(self._said)
        column.addWidget(self._sent)

    def _buttons(self) -> QVBoxLayout:
        grid = QGridLayout()
        grid.setColumnStretch(1, 1)
        rows = QVBoxLayout()
        rows.setSpacing(NEAR)
        rows.addLayout(grid)
        made = []
        for place, (name, words, icon, slot) in enumerate(
            (
                ("save", "Save e-&mail …", "proof", self._choose_file),
                ("open", "Open in mail p&rogram", "external", self._open),
                ("copy", "Cop&y text", "copy", self._copy),
                ("redraft", "Draft a&gain", "", self._show_draft),
                ("sent", "Recor&d that it was sent …", "check", self._record),
            )
        ):
            button = Button(words, icon_name=icon)
            button.setObjectName(f"{self._name}:{name}")
            button.clicked.connect(slot)
            if name == "sent":
                rows.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
            else:
                grid.addWidget(button, *divmod(place, 2), Qt.AlignmentFlag.AlignLeft)
            made.append(button)
        self._save, self._mail, self._sent_button = made[0], made[1], made[4]
        return rows

    def _show_buttons(self) -> None:
        """A call has nothing to mail; the words say what goes with the message."""
        by_mail = self._kind is not MessageKind.CALL
        self._save.setVisible(by_mail)
        self._mail.setVisible(by_mail)
        with_pdf = self._kind.with_summary
        self._save.setText("Save e-&mail with PDF …" if with_pdf else "Save e-&mail …")
        self._sent_button.setText("Recor&d that it was sent …" if by_mail else "Record the c&all …")

    def _message(self) -> Message:
        """The message as it stands in the editors."""
        return Message(self._to.text(), self._subject.text(), self._text.toPlainText())

    def _show_draft(self) -> None:
        for line, words in ((self._to, self._drafted.to), (self._subject, self._drafted.subject)):
            line.setText(words)
            line.setCursorPosition(0)
        self._text.setPlainText(self._drafted.text)
        self._drafted = self._message()  # as the editors give it back

    def _check(self) -> None:
        found = contents(self._kind, self._message(), self._open_case.assessment)
        self._contents.show_contents(found)

    def _show_dispatches(self, dispatches: Dispatches) -> None:
        self._dispatches = dispatches
        lines = [
            f"Sent {long_date(sent.on)} to {sent.to} by {sent.by} (entry {entry.seq:,})."
            for entry, sent in dispatches.sent
            if sent.what is self._kind
        ]
        self._sent.setText("\n".join(lines))
        self._sent.setVisible(bool(lines))

    def _copy(self) -> None:
        message = self._message()
        QGuiApplication.clipboard().setText(f"{message.subject}\n\n{message.text}")
        self._said.show_text("Copied, subject and text.", tone=Tone.DONE)

    def _open(self) -> None:
        message = self._message()
        link = mail_link(message)
        attach = " Attach the summary PDF to it." if self._kind.with_summary else ""
        if not link.complete:
            QGuiApplication.clipboard().setText(message.text)
        if not QDesktopServices.openUrl(QUrl(link.url)):
            self._copy()
            to = f" to {message.to}" if message.to else ""
            self._said.show_text(
                "No mail program opened.",
                f"Subject and text are copied: paste them into an e-mail{to}.{attach}",
                Tone.WARNING,
            )
        elif link.complete:
            self._said.show_text(
                "Your mail program has the message.",
                f"{attach} Record it here once it is sent.".strip(),
                Tone.INFO,
            )
        else:
            self._said.show_text(
                "The text is too long for a link, so it is copied.",
                f"Paste it into the message.{attach} Record it here once it is sent.",
                Tone.INFO,
            )

    def _choose_file(self) -> None:
        name = f"CAIS-{self._kind.value.replace('_', '-')}.eml"
        ask_where(self, "Save the e-mail", name, self._file_chosen)

    def _file_chosen(self, name: str) -> None:
        order = self._documents.write_email(
            self._message(), Path(name), with_summary=self._kind.with_summary
        )
        order.done.connect(self._written)
        order.failed.connect(self._said.show_failure)

    def _written(self, written: Written) -> None:
        with_pdf = ", with the summary attached" if self._kind.with_summary else ""
        self._said.show_text(
            f"Saved {written.path.name}.",
            f"Open it: your mail program shows it ready to send{with_pdf}. Record it here once it "
            f"is sent. {written.notice}".strip(),
            Tone.DONE,
        )
        self._documents.look_back()

    def _record(self) -> None:
        message = self._message()
        dialog = SentDialog(
            self,
            self._open_case,
            (self._kind,),
            self._dispatches.summaries if self._kind.with_summary else (),
            message,
        )
        dialog.recorded.connect(self._recorded)
        dialog.open()

    def _recorded(self, sent: Sent) -> None:
        self._said.show_text(f"Recorded: {sent.note}, {long_date(sent.on)}.", tone=Tone.DONE)
        self._documents.look_back()
