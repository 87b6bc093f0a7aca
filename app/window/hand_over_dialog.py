"""Handing a case to a colleague: what goes with it, whether it is locked, and where to."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QListWidget, QWidget

from app.background import JobRunner
from app.failures import UserFacingError
from app.onboarding.case import Case
from app.storage.case_store import CaseStore
from app.widgets.banner import Banner, Tone
from app.widgets.dialogs import Dialog
from app.widgets.icons import Button
from app.widgets.save_dialog import ask_where
from app.widgets.style import NEAR
from app.widgets.texts import plain_label
from app.window.passphrase_box import PassphraseBox
from app.work.hand_over import WrittenHandOver
from app.work.handing import HandingDesk

_WORDS = (
    "One file with every fact of this case and its whole history. You can both go on working: "
    "when the case comes back, the two sides are compared entry by entry."
)
_SECRECY = (
    "Tell your colleague the passphrase by another way than the file. It is kept nowhere: "
    "whoever forgets it cannot open the file."
)
_LIST_HEIGHT = 76
_WIDTH = 620


class HandOverDialog(Dialog):
    """Writes one case file. It stays while the file is being written, which can be cancelled.

    `written` carries a `WrittenHandOver`; the dialog then closes.

    Args:
        parent: the window it belongs to.
        case: the case, stored.
        cases: where it is stored.
        runner: runs all work.
        proposed_name: of the file, without a folder.
    """

    written = Signal(object)

    def __init__(
        self, parent: QWidget, case: Case, cases: CaseStore, runner: JobRunner, proposed_name: str
    ) -> None:
        headline = f"Hand {case.title} to a colleague"
        super().__init__(parent, headline, _WORDS, ("proof", "accent"))
        self.setObjectName("hand-over")
        self._case_id = case.id
        self._proposed = proposed_name
        self._attached: list[Path] = []
        self._desk = HandingDesk(cases, runner)
        self._desk.written.connect(self._finish)
        self._desk.failed.connect(self._show_failure)
        self._desk.stopped.connect(self._show_stopped)
        self._desk.idle.connect(self._show_state)
        self.body.addSpacing(NEAR)
        self.body.addWidget(plain_label("Lock the file", "strong"))
        self.passphrase = PassphraseBox(runner, case.title.split())
        self.passphrase.changed.connect(self._show_state)
        self.body.addWidget(self.passphrase)
        self._secrecy = plain_label(_SECRECY, "hint")
        self._secrecy.hide()
        self.body.addWidget(self._secrecy)
        self._add_attachments()
        self.state = Banner(Tone.INFO)
        self.body.addWidget(self.state)
        self.body.addStretch()
        self._close = self.add_button("&Cancel")
        self._close.setObjectName("cancel")
        self._close.clicked.connect(self.reject)
        self._write = self.add_button("&Write the file …", kind="primary")
        self._write.setObjectName("write-hand-over")
        self._write.setDefault(True)
        self._write.clicked.connect(self._choose_place)
        self.setMinimumWidth(_WIDTH)
        self.passphrase.first.setFocus()
        self._show_state()

    def write(self, path: str) -> None:
        """Write the file to `path`."""
        self._desk.write(self._case_id, Path(path), self.passphrase.passphrase, self._attached)
        self.state.show_text("Writing the file …", "", Tone.INFO)
        self._show_state()

    def attach(self, paths: list[str]) -> None:
        """Let the files at `paths` go with the case."""
        self._attached += [path for path in map(Path, paths) if path not in self._attached]
        self._show_state()

    def reject(self) -> None:
        """Esc: stop writing, else close."""
        if self._desk.busy:
            self._desk.cancel()
            self.state.show_text("Stopping …", "", Tone.INFO)
        else:
            super().reject()

    def done(self, result: int) -> None:
        """Close, and let nothing that was typed stay in memory longer."""
        self.passphrase.clear()
        super().done(result)

    def _add_attachments(self) -> None:
        self.body.addSpacing(NEAR)
        self.body.addWidget(plain_label("Further files that go with it", "strong"))
        self._none = plain_label(
            "None. The summary PDF, for instance, can go with the case.", "hint"
        )
        self.attached = QListWidget()
        self.attached.setObjectName("attached")
        self.attached.setAccessibleName("Files that go with the case")
        self.attached.setMaximumHeight(_LIST_HEIGHT)
        self.attached.currentRowChanged.connect(self._show_state)
        add = Button("A&ttach files …")
        add.setObjectName("attach")
        add.setAutoDefault(False)
        add.clicked.connect(self._choose_attachments)
        self._remove = Button("&Leave it out", kind="quiet")
        self._remove.setObjectName("leave-out")
        self._remove.setAutoDefault(False)
        self._remove.clicked.connect(self._leave_out)
        self._attach = add
        row = QHBoxLayout()
        row.setSpacing(NEAR)
        row.addWidget(add)
        row.addWidget(self._remove)
        row.addStretch()
        self.body.addWidget(self._none)
        self.body.addWidget(self.attached)
        self.body.addLayout(row)

    def _choose_attachments(self) -> None:
        dialog = QFileDialog(self, "Attach files")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.filesSelected.connect(self.attach)
        dialog.open()

    def _leave_out(self) -> None:
        row = self.attached.currentRow()
        if row >= 0:
            del self._attached[row]
            self._show_state()

    def _choose_place(self) -> None:
        problem = self.passphrase.problem
        if problem:
            self.state.show_text(problem, "", Tone.WARNING)
            self.passphrase.again.setFocus()
            return
        ask_where(self, "Write the case file", self._proposed, self.write)

    def _show_state(self) -> None:
        busy = self._desk.busy
        for widget in (self.passphrase, self.attached, self._attach, self._write):
            widget.setEnabled(not busy)
        names = [path.name for path in self._attached]
        if names != [self.attached.item(row).text() for row in range(self.attached.count())]:
            self.attached.clear()
            self.attached.addItems(names)
        self.attached.setVisible(bool(names))
        self._none.setVisible(not names)
        self._remove.setVisible(bool(names))
        self._remove.setEnabled(not busy and self.attached.currentRow() >= 0)
        self._secrecy.setVisible(self.passphrase.passphrase is not None)
        self._close.setText("&Stop" if busy else "&Cancel")

    def _show_stopped(self) -> None:
        self.state.show_text("Stopped. No file was written.", "", Tone.INFO)

    def _show_failure(self, failure: UserFacingError) -> None:
        self.state.show_failure(failure)

    def _finish(self, written: WrittenHandOver) -> None:
        self.written.emit(written)
        self.accept()
