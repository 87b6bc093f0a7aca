"""A button that makes a worksheet to print and opens it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.widgets.banner import Banner, Tone
from app.widgets.icons import Button
from app.widgets.style import NEAR
from app.work.documents import Order

if TYPE_CHECKING:
    from app.work.exports import Written


class WorksheetButton(QWidget):
    """Makes the worksheet as a PDF and opens it with the program that shows PDFs.

    Args:
        make: asks for the worksheet that is meant here.
    """

    def __init__(self, make: Callable[[], Order]) -> None:
        super().__init__()
        self._make = make
        self.button = Button("Print &worksheet", icon_name="proof")
        self.button.setAccessibleDescription("Opens it as a PDF, to be printed from there.")
        self.button.clicked.connect(self._start)
        self.said = Banner(closable=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(NEAR)
        column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.said)
        self.setFocusProxy(self.button)

    def _start(self) -> None:
        self.said.show_text("Making the worksheet …", tone=Tone.INFO)
        order = self._make()
        order.done.connect(self._open)
        order.failed.connect(self.said.show_failure)

    def _open(self, written: Written) -> None:
        if QDesktopServices.openUrl(QUrl.fromLocalFile(str(written.path))):
            headline, details = "The worksheet is open in your PDF program.", "Print it from there."
        else:
            headline, details = "No program for PDFs was found.", f"The file is {written.path}"
        self.said.show_text(headline, f"{details} {written.notice}".strip(), Tone.INFO)
