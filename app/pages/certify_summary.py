"""The certification summary on page 7: preview of the very pages, and saving them."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QStandardPaths, QTimer, QUrl
from PySide6.QtGui import QDesktopServices, QShowEvent
from PySide6.QtWidgets import QFileDialog, QHBoxLayout

from app.failures import UserFacingError
from app.open_case import OpenCase
from app.widgets.banner import Banner, Tone
from app.widgets.card import Card
from app.widgets.icons import Button
from app.widgets.pages_preview import PagesPreview
from app.work.desk import Desk
from app.work.exports import Written

#: After the last change, before the pages are set again, in milliseconds.
_SETTLED = 600


class SummaryCard(Card):
    """Shows the summary as it will be written, and writes it."""

    def __init__(self, open_case: OpenCase, desk: Desk) -> None:
        super().__init__(
            "Certification summary",
            "What is proven and what is open, with every processing date, for the Help Desk and for "
            "your files.",
        )
        self._open_case = open_case
        self._documents = desk.documents
        self._folder: Path | None = None
        self._asked = False
        self.preview = PagesPreview()
        self._save = Button("&Save the summary (PDF) …", kind="primary", icon_name="proof")
        self._save.setObjectName("save:summary")
        self._save.clicked.connect(self._choose_file)
        self._open = Button("Open &folder", icon_name="folder-open")
        self._open.setObjectName("open:folder")
        self._open.clicked.connect(self._open_folder)
        self._said = Banner()
        row = QHBoxLayout()
        row.addWidget(self._save)
        row.addWidget(self._open)
        row.addStretch()
        self.body.addWidget(self.preview)
        self.body.addLayout(row)
        self.body.addWidget(self._said)
        self._open.hide()
        self._settled = QTimer(self, singleShot=True, interval=_SETTLED)
        self._settled.timeout.connect(self._set_pages)
        self.preview.wanted.connect(self._settled.start)
        self._documents.previewed.connect(self.preview.show_pages)
        self._documents.written.connect(self._written)
        self._documents.failed.connect(self._failed)

    def show_change(self) -> None:
        """Set the pages again once the changes have settled; only while they are seen."""
        if self.isVisible():
            self._settled.start()

    def showEvent(self, event: QShowEvent) -> None:
        """Set the pages when they come into sight."""
        super().showEvent(event)
        self._settled.start(0)

    def _set_pages(self) -> None:
        self._documents.preview(self.preview.ppi())

    def _choose_file(self) -> None:
        from app.report.summary import proposed_file_name

        name = proposed_file_name(self._open_case.case, self._open_case.today)
        home = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        dialog = QFileDialog(self, "Save the summary", str(Path(home) / name), "PDF (*.pdf)")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("pdf")
        dialog.selectFile(name)
        dialog.fileSelected.connect(self._file_chosen)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _file_chosen(self, name: str) -> None:
        self._asked = True
        self._documents.write_summary(Path(name))

    def _written(self, written: Written) -> None:
        if not self._asked:
            return
        self._asked = False
        self._folder = written.path.parent
        self._open.show()
        self._said.show_text(f"Saved {written.path.name}.", written.notice, Tone.DONE)

    def _failed(self, failure: UserFacingError) -> None:
        if self._asked:
            self._asked = False
            self._said.show_failure(failure)

    def _open_folder(self) -> None:
        if self._folder is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._folder)))
