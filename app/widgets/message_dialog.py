"""A message in a window of its own, where the person is when it is time to send it."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from app.open_case import OpenCase
from app.report.messages import MessageKind
from app.report.sent import SENT_KINDS
from app.widgets.dialogs import Dialog
from app.widgets.message_editor import MessageEditor
from app.work.documents import DocumentDesk

_WORDS = "Change it as you like. It goes out from your own mail program; record here that it did."


class MessageDialog(Dialog):
    """Edits, checks and records one message of the open case."""

    def __init__(
        self, parent: QWidget, open_case: OpenCase, documents: DocumentDesk, kind: MessageKind
    ) -> None:
        super().__init__(parent, SENT_KINDS[kind].words, _WORDS, ("hint", "accent"))
        self.setObjectName(f"message:{kind.value}")
        self.editor = MessageEditor(open_case, documents, kind, kind.value)
        self.body.addWidget(self.editor, 1)
        open_case.changed.connect(self.editor.show_assessment)
        close = self.add_button("&Close", kind="primary")
        close.clicked.connect(self.close)
        self.resize(680, 620)
