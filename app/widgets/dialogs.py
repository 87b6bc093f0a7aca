"""Dialogs. All are opened, never run in a loop of their own."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from app.failures import UserFacingError
from app.widgets.icons import Button, IconLabel
from app.widgets.style import APART, FAR, NEAR
from app.widgets.texts import plain_label


class Dialog(QDialog):
    """A headline with a shape, words below it, and a row of buttons. Esc closes it."""

    def __init__(
        self, parent: QWidget | None, headline: str, words: str, shape: tuple[str, str]
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("CAIS Onboarding")
        self.setAccessibleName(headline)
        self.setAccessibleDescription(words)
        self.body = QVBoxLayout()
        self.body.setSpacing(NEAR)
        self.body.addWidget(plain_label(headline, "group"))
        if words:
            self.body.addWidget(plain_label(words))
        self.buttons = QHBoxLayout()
        self.buttons.setSpacing(NEAR)
        self.buttons.addStretch()
        top = QHBoxLayout()
        top.setSpacing(APART)
        top.addWidget(IconLabel(*shape, 32), 0, Qt.AlignmentFlag.AlignTop)
        top.addLayout(self.body, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(FAR, FAR, FAR, APART)
        column.setSpacing(APART)
        column.addLayout(top, 1)
        column.addLayout(self.buttons)
        self.setMinimumWidth(480)

    def add_button(self, words: str, *, kind: str = "") -> Button:
        """A button at the right end of the row."""
        button = Button(words, kind=kind)
        self.buttons.addWidget(button)
        return button


class FailureDialog(Dialog):
    """A failure that the person can act on."""

    def __init__(self, parent: QWidget | None, failure: UserFacingError) -> None:
        words = "\n\n".join(part for part in (failure.meaning, failure.action) if part)
        super().__init__(parent, failure.what, words, ("error", "attention"))
        close = self.add_button("&Close", kind="primary")
        close.clicked.connect(self.close)
        close.setFocus()


class QuestionDialog(Dialog):
    """Two ways to go on. The safe one is the default; `confirmed` tells of the other.

    Args:
        parent: the window it belongs to.
        headline: what it is about.
        words: what each way means.
        safe: words of the button that changes nothing.
        other: words of the button that goes on.
    """

    confirmed = Signal()

    def __init__(
        self, parent: QWidget | None, headline: str, words: str, *, safe: str, other: str
    ) -> None:
        super().__init__(parent, headline, words, ("warning", "waiting"))
        go_on = self.add_button(other)
        go_on.setObjectName("other")
        go_on.clicked.connect(self._confirm)
        stay = self.add_button(safe, kind="primary")
        stay.setObjectName("safe")
        stay.setDefault(True)
        stay.clicked.connect(self.close)
        stay.setFocus()

    def _confirm(self) -> None:
        self.close()
        self.confirmed.emit()


class ReportDialog(Dialog):
    """A text to read and copy: a bug report, diagnostics."""

    def __init__(
        self,
        parent: QWidget | None,
        headline: str,
        words: str,
        report: str,
        shape: tuple[str, str] = ("info", "accent"),
    ) -> None:
        super().__init__(parent, headline, words, shape)
        self.report = QPlainTextEdit(report)
        self.report.setObjectName("report")
        self.report.setReadOnly(True)
        self.report.setTabChangesFocus(True)
        self.report.setAccessibleName("Report")
        self.report.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.report.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.body.addWidget(self.report, 1)
        self._copy = self.add_button("Co&py")
        self._copy.setObjectName("copy")
        self._copy.clicked.connect(self._copied)
        close = self.add_button("&Close", kind="primary")
        close.clicked.connect(self.close)
        close.setFocus()
        self.resize(680, 460)

    def _copied(self) -> None:
        QGuiApplication.clipboard().setText(self.report.toPlainText())
        self._copy.setText("Copied")
