"""Buttons that lead out of the program, to an official page in the browser."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication, QResizeEvent
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
        self._words = words or link.text
        self.button = Button(self._words, kind=kind, icon_name="external")
        # Where it is too narrow the words end in an ellipsis; the rest of the page stays as it is.
        self._around = self.button.sizeHint().width() - self._width_of(self._words)
        self.button.setMinimumWidth(1)
        self.button.setObjectName(f"link:{key}")
        self.button.setToolTip(f"{link.text}: {link.url}")
        self.button.setAccessibleName(self._words.replace("&", ""))
        self.button.setAccessibleDescription("Opens in your browser.")
        self.button.clicked.connect(self._open)
        self._said = plain_label(role="hint")
        self._said.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self._said)
        self.setFocusProxy(self.button)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Shorten the words to the room there is."""
        super().resizeEvent(event)
        room = event.size().width() - self._around
        fits = self._width_of(self._words) <= room
        metrics = self.button.fontMetrics()
        shown = metrics.elidedText(self._words, Qt.TextElideMode.ElideRight, room)
        self.button.setText(self._words if fits else shown)

    def sizeHint(self) -> QSize:
        """Wide enough for all words, whatever is shown now."""
        return QSize(self._width_of(self._words) + self._around, super().sizeHint().height())

    def _width_of(self, words: str) -> int:
        flags = Qt.TextFlag.TextShowMnemonic.value
        return self.button.fontMetrics().size(flags, words).width()

    def _open(self) -> None:
        opened = QDesktopServices.openUrl(QUrl(self._url))
        if not opened:
            QGuiApplication.clipboard().setText(self._url)
            self._said.setText(
                f"No browser opened. The address is copied, paste it there: {self._url}"
            )
        self._said.setVisible(not opened)
