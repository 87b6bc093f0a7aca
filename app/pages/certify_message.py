"""Telling the Help Desk on page 7: by e-mail or by phone, first and again."""

from __future__ import annotations

from app.onboarding.assessment import Assessment
from app.onboarding.case import Certification
from app.open_case import OpenCase
from app.report.messages import MessageKind
from app.widgets.card import Card
from app.widgets.icons import Button
from app.widgets.message_editor import MessageEditor
from app.work.desk import Desk


class MessageCard(Card):
    """The message with the processing dates, and what to say by phone.

    Once the contact is recorded, and until the answer has come, it is the follow-up.
    """

    def __init__(self, open_case: OpenCase, desk: Desk) -> None:
        super().__init__(
            "Tell the Help Desk",
            "By e-mail with the summary attached, or by phone. The Help Desk asks for the processing "
            "dates (§7).",
        )
        kind = _kind(open_case.case.certification)
        self._mail = MessageEditor(open_case, desk.documents, kind)
        self._call = MessageEditor(open_case, desk.documents, MessageKind.CALL, "call")
        self._call.hide()
        self._by_phone = Button("What to say by ph&one", kind="link")
        self._by_phone.setObjectName("by-phone")
        self._by_phone.setCheckable(True)
        self._by_phone.toggled.connect(self._call.setVisible)
        for widget in (self._mail, self._by_phone, self._call):
            self.body.addWidget(widget)

    def show_assessment(self, assessment: Assessment) -> None:
        """Draft again from the facts, unless the person has changed the draft."""
        self._mail.show_kind(_kind(assessment.case.certification))
        for editor in (self._mail, self._call):
            editor.show_assessment(assessment)


def _kind(certification: Certification) -> MessageKind:
    waiting = certification.contacted_on and certification.confirmation_received.on is None
    return MessageKind.CERTIFICATION_FOLLOW_UP if waiting else MessageKind.CERTIFICATION
