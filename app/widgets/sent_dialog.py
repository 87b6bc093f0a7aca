"""Recording that a message or a summary went out: when, by whom, to whom."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import ValidationError
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget

from app.onboarding.guide import the_guide
from app.open_case import OpenCase
from app.report.messages import Message, MessageKind
from app.report.sent import LONGEST_SUBJECT, LONGEST_TEXT, SENT_KINDS, Sent
from app.report.words import moment
from app.storage.history import FileFacts
from app.widgets.dialogs import Dialog
from app.widgets.fields import shown_text
from app.widgets.named_editors import named_editors
from app.widgets.texts import plain_label
from app.work.dispatch import record_sent
from app.work.kept import KeptSummary

_WORDS = (
    "The program does not send anything itself. What you record here is kept in the history, with "
    "the day, the people and the fingerprint of the summary that went with it."
)
_MISSING = {
    "on": "Enter the day on which it went out.",
    "by": "Enter who sent it.",
    "to": "Enter to whom it went.",
}
_HELP_DESK = frozenset(
    {
        MessageKind.CERTIFICATION,
        MessageKind.CERTIFICATION_FOLLOW_UP,
        MessageKind.REGISTRATION_FOLLOW_UP,
    }
)


class SentDialog(Dialog):
    """Asks for the day and the people, and records it. `recorded` carries the `Sent`.

    Args:
        parent: the window it belongs to.
        open_case: where it is recorded.
        kinds: what may have gone out, the likeliest first.
        summaries: those that may have gone with it, the likeliest first; may be empty.
        message: the text as it went out, where it is known.
    """

    recorded = Signal(object)

    def __init__(
        self,
        parent: QWidget,
        open_case: OpenCase,
        kinds: Sequence[MessageKind],
        summaries: Sequence[KeptSummary],
        message: Message | None = None,
    ) -> None:
        super().__init__(parent, "Record that it was sent", _WORDS, ("proof", "accent"))
        self.setObjectName("sent")
        self._open_case = open_case
        self._message = message
        self.what = QComboBox()
        self.on = QLineEdit(shown_text(open_case.today), placeholderText="month/day/year")
        self.by = QLineEdit(_sender(open_case))
        self.to = QLineEdit()
        self.summary = QComboBox()
        self.problem = plain_label(role="problem")
        for kind in kinds:
            self.what.addItem(SENT_KINDS[kind].words, kind.value)
        for kept in summaries:
            self.summary.addItem(_summary_words(kept), kept.export.file)
        self.summary.addItem("None", None)
        self._arrange()
        self.what.currentIndexChanged.connect(self._propose_recipient)
        self._propose_recipient()

    def _arrange(self) -> None:
        rows: tuple[tuple[str, str, QWidget], ...] = (
            ("&What", "sent:what", self.what),
            ("Sent &on", "sent:on", self.on),
            ("Sent &by", "sent:by", self.by),
            ("&To", "sent:to", self.to),
            ("&Summary", "sent:summary", self.summary),
        )
        shown = []
        for words, name, editor in rows:
            editor.setObjectName(name)
            if not isinstance(editor, QComboBox) or editor.count() > 1:
                shown.append((words, editor))
        for combo in (self.what, self.summary):
            adjust = QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
            combo.setSizeAdjustPolicy(adjust)
        self.body.addLayout(named_editors(shown))
        self.body.addWidget(self.problem)
        self.problem.hide()
        leave = self.add_button("&Cancel")
        leave.clicked.connect(self.reject)
        keep = self.add_button("&Record", kind="primary")
        keep.setObjectName("sent:record")
        keep.setDefault(True)
        keep.clicked.connect(self._record)
        self.on.setFocus()
        self.setMinimumWidth(560)

    def _propose_recipient(self) -> None:
        kind = MessageKind(self.what.currentData())
        desk = the_guide().help_desk
        known = self._message.to if self._message is not None else ""
        if not known and not self._open_case.case.practice:
            known = desk.email if kind in _HELP_DESK else ""
        if kind is MessageKind.CALL:
            known = f"{desk.name}, {desk.phone}"
        self.to.setText(known)

    def _record(self) -> None:
        message = self._message or Message("", "", "")
        entered = {
            "what": self.what.currentData(),
            "on": self.on.text().strip() or None,
            "by": self.by.text().strip() or None,
            "to": self.to.text().strip() or None,
            "subject": message.subject[:LONGEST_SUBJECT],
            "text": message.text[:LONGEST_TEXT],
        }
        today = max(self._open_case.today, self._open_case.now.astimezone().date())
        try:
            sent = Sent.model_validate(entered, context={"today": today})
        except ValidationError as problem:
            self._show_problem(problem)
            return
        file: FileFacts | None = self.summary.currentData()
        record_sent(self._open_case, sent, file)
        self.accept()
        self.recorded.emit(sent)

    def _show_problem(self, problem: ValidationError) -> None:
        first = problem.errors(include_url=False)[0]
        name = str(first["loc"][0])
        words = _MISSING.get(name, "")
        if first["type"] == "value_error":
            words = str(first["ctx"]["error"])
        self.problem.setText(words)
        self.problem.show()
        {"on": self.on, "by": self.by, "to": self.to}[name].setFocus()


def _sender(open_case: OpenCase) -> str:
    case = open_case.case
    return case.certification.contacted_by or case.registration.primary_contact.name or ""


def _summary_words(kept: KeptSummary) -> str:
    file = kept.export.file
    return f"{moment(kept.export.at)} · {file.name} · {file.sha256[:8]}"
