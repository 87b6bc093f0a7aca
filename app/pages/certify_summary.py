"""The certification summary on page 7: preview of the very pages, saving and printing them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, QUrl
from PySide6.QtGui import QDesktopServices, QShowEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout

from app.failures import UserFacingError
from app.open_case import OpenCase
from app.widgets.banner import Banner, Tone
from app.widgets.card import Card
from app.widgets.icons import Button
from app.widgets.pages_preview import PagesPreview
from app.widgets.save_dialog import ask_where
from app.work.desk import Desk
from app.work.documents import Order
from app.work.exports import Written

if TYPE_CHECKING:
    from PySide6.QtPrintSupport import QPrinter

#: After the last change, before the pages are set again, in milliseconds.
_SETTLED = 600


class SummaryCard(Card):
    """Shows the summary as it will be written, writes it, and prints it."""

    def __init__(self, open_case: OpenCase, desk: Desk) -> None:
        super().__init__(
            "Certification summary",
            "What is proven and what is open, with every processing date, for the Help Desk and for "
            "your files.",
        )
        self._open_case = open_case
        self._documents = desk.documents
        self._folder: Path | None = None
        self._printer: QPrinter | None = None
        self._printing: Order | None = None
        self.preview = PagesPreview()
        self._said = Banner()
        self.body.addWidget(self.preview)
        self._add_buttons()
        self.body.addWidget(self._said)
        self._settled = QTimer(self, singleShot=True, interval=_SETTLED)
        self._settled.timeout.connect(self._set_pages)
        self.preview.wanted.connect(self._settled.start)

    def show_change(self) -> None:
        """Set the pages again once the changes have settled; only while they are seen."""
        if self.isVisible():
            self._settled.start()

    def showEvent(self, event: QShowEvent) -> None:
        """Set the pages when they come into sight."""
        super().showEvent(event)
        self._settled.start(0)

    def _add_buttons(self) -> None:
        row = QHBoxLayout()
        self._buttons: dict[str, Button] = {}
        for name, words, kind, icon, slot in (
            ("save:summary", "&Save the summary (PDF) …", "primary", "proof", self._choose_file),
            ("print:summary", "&Print …", "", "print", self._ask_printer),
            ("print:cancel", "Stop printin&g", "", "close", self._stop_printing),
            ("open:folder", "Open &folder", "", "folder-open", self._open_folder),
        ):
            button = Button(words, kind=kind, icon_name=icon)
            button.setObjectName(name)
            button.clicked.connect(slot)
            row.addWidget(button)
            self._buttons[name] = button
        row.addStretch()
        self.body.addLayout(row)
        self._buttons["print:cancel"].hide()
        self._buttons["open:folder"].hide()

    def _set_pages(self) -> None:
        self._documents.preview(self.preview.ppi()).done.connect(self.preview.show_pages)

    def _choose_file(self) -> None:
        from app.report.summary import proposed_file_name

        name = proposed_file_name(self._open_case.case, self._open_case.today)
        ask_where(self, "Save the summary", name, self._file_chosen)

    def _file_chosen(self, name: str) -> None:
        order = self._documents.write_summary(Path(name))
        order.done.connect(self._written)
        order.failed.connect(self._said.show_failure)

    def _written(self, written: Written) -> None:
        self._folder = written.path.parent
        self._buttons["open:folder"].show()
        self._said.show_text(f"Saved {written.path.name}.", written.notice, Tone.DONE)
        self._documents.look_back()

    def _ask_printer(self) -> None:
        # Loaded when it is needed: looking for printers takes its time.
        from PySide6.QtPrintSupport import QPrintDialog, QPrinter

        from app.report.summary import proposed_file_name

        self._printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        name = proposed_file_name(self._open_case.case, self._open_case.today)
        self._printer.setDocName(name)
        dialog = QPrintDialog(self._printer, self)
        dialog.setWindowTitle("Print the summary")
        dialog.accepted.connect(self._print)
        dialog.finished.connect(dialog.deleteLater)
        QDialog.open(dialog)

    def _print(self) -> None:
        if self._printer is None:
            return
        self._printing = self._documents.print_summary(self._printer)
        self._printing.progressed.connect(self._show_sheet)
        self._printing.done.connect(self._printed)
        self._printing.failed.connect(self._said.show_failure)
        self._printing.ended.connect(self._printing_ended)
        self._buttons["print:cancel"].show()
        self._buttons["print:summary"].setEnabled(False)
        self._said.show_text("Setting the pages for the printer …", "", Tone.INFO)

    def _show_sheet(self, sheet: tuple[int, int]) -> None:
        self._said.show_text(f"Printing page {sheet[0]:,} of {sheet[1]:,} …", "", Tone.INFO)

    def _printed(self, sheets: int) -> None:
        pages = "1 page went" if sheets == 1 else f"{sheets:,} pages went"
        self._said.show_text(
            f"{pages} to the printer.",
            "The file with the very same pages is kept in the list of summaries below.",
            Tone.DONE,
        )
        self._documents.look_back()

    def _stop_printing(self) -> None:
        if self._printing is not None:
            self._printing.cancel()
            self._said.show_text("Printing was stopped.", "", Tone.INFO)

    def _printing_ended(self) -> None:
        self._printing = None
        self._printer = None
        self._buttons["print:cancel"].hide()
        self._buttons["print:summary"].setEnabled(True)

    def _open_folder(self) -> None:
        if self._folder is not None:
            opened = QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._folder)))
            if not opened:
                failure = UserFacingError(
                    "No program opened the folder.", f"The file lies in {self._folder}."
                )
                self._said.show_failure(failure)
