"""What a firm that reports through an agent asks it for: the proof of its test (R6.7)."""

from __future__ import annotations

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QSizePolicy

from app.onboarding.assessment import Assessment
from app.open_case import OpenCase
from app.widgets.card import Card
from app.widgets.fields import FieldSpec, Kind
from app.widgets.form import Form
from app.widgets.icons import Button
from app.widgets.style import NEAR
from app.widgets.texts import plain_label

_WHY = (
    "Your agent has the feedback of what it submitted for you. This message asks for it; change "
    "it in your mail program as you like."
)
_ASKED = ((FieldSpec("agent_asked_on", "I asked on", Kind.DATE),),)
_LINES_SHOWN = 9


class AgentCard(Card):
    """The prepared message, and the day it went out. Gone once the proof is there."""

    def __init__(self, open_case: OpenCase) -> None:
        super().__init__("Ask your agent", _WHY)
        self._open_case = open_case
        self.text = QPlainTextEdit(readOnly=True)
        self.text.setObjectName("testing:agent-message")
        self.text.setAccessibleName("Message to your agent")
        self.text.setTabChangesFocus(True)
        self.text.setFixedHeight(self.text.fontMetrics().lineSpacing() * _LINES_SHOWN + 16)
        self.text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.copy = Button("Copy the &message", kind="primary", icon_name="copy")
        self.copy.setObjectName("testing:copy-agent-message")
        self.mail = Button("O&pen in e-mail", icon_name="external")
        self.mail.setObjectName("testing:mail-agent-message")
        self.said = plain_label(role="hint")
        self.said.hide()
        self.form = Form(open_case, "testing", _ASKED)
        buttons = QHBoxLayout()
        buttons.setSpacing(NEAR)
        for button in (self.copy, self.mail):
            buttons.addWidget(button)
        buttons.addStretch()
        self.body.addWidget(self.text)
        self.body.addLayout(buttons)
        self.body.addWidget(self.said)
        self.body.addWidget(self.form)
        self.copy.clicked.connect(self._copy)
        self.mail.clicked.connect(self._open_mail)

    def show_assessment(self, assessment: Assessment) -> None:
        """Repaint from the facts."""
        lacking = any(
            r.key == "agent_submission" and not r.met for r in assessment.step(6).requirements
        )
        self.setVisible(lacking)
        if lacking:
            # Only who reports through an agent needs the documents' code.
            from app.report.messages import agent_request

            text = agent_request(assessment).text
            if text != self.text.toPlainText():
                self.text.setPlainText(text)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.text.toPlainText())
        self._say("Copied. Paste it into a message to your agent, and record the day below.")

    def _open_mail(self) -> None:
        from app.report.mail import mail_link
        from app.report.messages import agent_request

        message = agent_request(self._open_case.assessment)
        link = mail_link(message)
        if not link.complete:
            QGuiApplication.clipboard().setText(message.text)
        if QDesktopServices.openUrl(QUrl(link.url)):
            self._say("Enter your agent’s address in your mail program, and record the day below.")
        else:
            QGuiApplication.clipboard().setText(message.text)
            self._say("No mail program answered. The message is copied: paste it where you write.")

    def _say(self, words: str) -> None:
        self.said.setText(words)
        self.said.show()
