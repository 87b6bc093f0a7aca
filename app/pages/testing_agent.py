"""What a firm that reports through an agent asks it for: the proof of its test (R6.7)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.onboarding.assessment import Assessment
from app.open_case import OpenCase
from app.widgets.card import Card
from app.widgets.drop_zone import leave_drops_to_page
from app.widgets.fields import FieldSpec, Kind
from app.widgets.form import Form
from app.widgets.tab_order import tab_before
from app.work.documents import DocumentDesk

if TYPE_CHECKING:
    from app.widgets.message_editor import MessageEditor

_WHY = (
    "Your agent has the feedback of what it submitted for you. This message asks for it; change "
    "it as you like, and enter your agent’s address."
)
_ASKED = ((FieldSpec("agent_asked_on", "I asked on", Kind.DATE),),)


class AgentCard(Card):
    """The prepared message, and the day it went out. Gone once the proof is there."""

    def __init__(self, open_case: OpenCase, documents: DocumentDesk) -> None:
        super().__init__("Ask your agent", _WHY)
        self._open_case = open_case
        self._documents = documents
        self._editor: MessageEditor | None = None
        self.form = Form(open_case, "testing", _ASKED)
        self.body.addWidget(self.form)

    def show_assessment(self, assessment: Assessment) -> None:
        """Repaint from the facts."""
        lacking = any(
            r.key == "agent_submission" and not r.met for r in assessment.step(6).requirements
        )
        self.setVisible(lacking)
        if lacking:
            editor = self._editor or self._made()
            editor.show_assessment(assessment)

    def _made(self) -> MessageEditor:
        # Only who reports through an agent needs the messages' code.
        from app.report.messages import MessageKind
        from app.widgets.message_editor import MessageEditor

        name = "testing:agent-message"
        self._editor = MessageEditor(
            self._open_case, self._documents, MessageKind.AGENT_REQUEST, name
        )
        leave_drops_to_page(self._editor)
        self.body.insertWidget(self.body.indexOf(self.form), self._editor)
        tab_before(self._editor, self.form)
        return self._editor
