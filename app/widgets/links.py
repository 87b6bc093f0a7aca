"""Buttons that lead out of the program, to an official page in the browser."""

from __future__ import annotations

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.onboarding.guide import the_guide
from app.widgets.icons import Button
from app.widgets.texts import plain_label


class LinkButton(QWidget):
    """Opens one of the guide's links; where no browser answers, its address can be pasted.

    Args:
        key: of the link in the guide's data.
        words: on the button, with a mnemonic; the link's own words where none are given.
        kind: of the button.
    """

    def __init__(self, key: str, words: str = "", *, kind: str = "") -> None:
        super().__init__()
        link = the_guide().links[key]
        self._url = link.url
        self.button = Button(words or link.text, kind=kind, icon_name="external")
        self.button.setObjectName(f"link:{key}")
        self.button.setToolTip(f"{link.text}: {link.url}")
        self.button.setAccessibleDescription("Opens in your browser.")
        self.button.clicked.connect(self._open)
        self._said = plain_label(role="hint")
        self._said.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self._said)
        self.setFocusProxy(self.button)

    def _open(self) -> None:
        opened = QDesktopServices.openUrl(QUrl(self._url))
        if not opened:
            QGuiApplication.clipboard().setText(self._url)
            self._said.setText(
                f"No browser opened. The address is copied, paste it there: {self._url}"
            )
        self._said.setVisible(not opened)
