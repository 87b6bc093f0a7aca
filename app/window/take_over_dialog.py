"""Taking over a case that a colleague handed over: what the file holds, and what would change."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QWidget,
)

from app.background import JobRunner
from app.failures import UserFacingError
from app.onboarding.values import Row
from app.report.entry_words import fact_in_words
from app.report.words import subject
from app.storage.case_store import CaseStore
from app.storage.comparing import Difference, Relation, Side
from app.storage.faults import Fault, StorageError
from app.storage.hand_over import PassphraseNeededError
from app.widgets.banner import Banner, Tone
from app.widgets.dialogs import Dialog
from app.widgets.icons import Button
from app.widgets.row_model import Column, RowModel
from app.widgets.row_table import RowTable
from app.widgets.style import NEAR
from app.widgets.texts import plain_label
from app.window.handed_words import outcome, preview
from app.work.hand_over import SeenHandOver
from app.work.handing import HandingDesk

_WORDS = "The file is checked and shown first. Nothing is changed until you take the case over."
_CHOOSE = (
    "These facts were changed on both sides. Mark one or more and choose whose to take; both "
    "stay in the history."
)
_SIDES = {None: "choose", Side.MINE: "yours", Side.THEIRS: "your colleague’s"}


class _Conflict(Row):
    """A fact changed on both sides; `taken` says whose is taken."""

    path: str
    about: str
    mine: str
    theirs: str
    taken: str


_COLUMNS = (
    Column("Fact", lambda line: line.about, wraps=True),
    Column("Yours", lambda line: line.mine, wraps=True),
    Column("Your colleague’s", lambda line: line.theirs, wraps=True),
    Column("Taken", lambda line: line.taken),
)


class TakeOverDialog(Dialog):
    """Shows what a hand-over file holds, asks about each conflict, and takes the case over.

    `taken` carries the case's id; the dialog then closes.

    Args:
        parent: the window it belongs to.
        path: the file.
        cases: where to.
        runner: runs all work.
    """

    taken = Signal(str)

    def __init__(self, parent: QWidget, path: Path, cases: CaseStore, runner: JobRunner) -> None:
        super().__init__(parent, f"Take over {path.name}", _WORDS, ("folder-open", "accent"))
        self.setObjectName("take-over")
        self._path = path
        self._seen: SeenHandOver | None = None
        self._choices: dict[str, Side] = {}
        self._taking = False
        self._again = False
        self._desk = HandingDesk(cases, runner)
        self._desk.seen.connect(self._show_seen)
        self._desk.taken.connect(self._finish)
        self._desk.saved.connect(self._show_saved)
        self._desk.failed.connect(self._show_failure)
        self._desk.idle.connect(self._go_on)
        self._add_passphrase()
        self.state = Banner(Tone.INFO)
        self.body.addWidget(self.state)
        self.preview = QPlainTextEdit()
        self.preview.setObjectName("preview")
        self.preview.setReadOnly(True)
        self.preview.setTabChangesFocus(True)
        self.preview.setAccessibleName("What the file holds")
        self.preview.hide()
        self.body.addWidget(self.preview, 1)
        self._add_conflicts()
        self.body.addStretch()
        self._add_buttons()
        self.resize(760, 560)
        self._look(None)

    def reject(self) -> None:
        """Esc closes the dialog, but not in the moment when the case is taken over."""
        if not self._taking:
            self._desk.cancel()
            super().reject()

    def done(self, result: int) -> None:
        """Close, and let nothing that was typed stay in memory longer."""
        self.passphrase.clear()
        super().done(result)

    def _add_passphrase(self) -> None:
        self.passphrase = QLineEdit()
        self.passphrase.setObjectName("passphrase")
        self.passphrase.setEchoMode(QLineEdit.EchoMode.Password)
        self.passphrase.setMaxLength(1_000)
        self.passphrase.setAccessibleName("Passphrase of the file")
        self.passphrase.returnPressed.connect(self._unlock)
        label = QLabel("&Passphrase")
        label.setBuddy(self.passphrase)
        self._open = Button("&Open")
        self._open.setObjectName("unlock")
        self._open.clicked.connect(self._unlock)
        self._locked = QWidget()
        row = QHBoxLayout(self._locked)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(NEAR)
        row.addWidget(label)
        row.addWidget(self.passphrase, 1)
        row.addWidget(self._open)
        self._locked.hide()
        self.body.addWidget(self._locked)

    def _add_conflicts(self) -> None:
        self.rows = RowModel(_COLUMNS)
        self.table = RowTable(self.rows)
        self.table.setObjectName("conflicts")
        self.table.setAccessibleName("Facts changed on both sides")
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.table.selectionModel().selectionChanged.connect(self._show_state)
        self._mine = Button("Take &yours")
        self._mine.setObjectName("take-mine")
        self._mine.clicked.connect(self._choose_mine)
        self._theirs = Button("Take your &colleague’s")
        self._theirs.setObjectName("take-theirs")
        self._theirs.clicked.connect(self._choose_theirs)
        row = QHBoxLayout()
        row.setSpacing(NEAR)
        row.addWidget(self._mine)
        row.addWidget(self._theirs)
        row.addStretch()
        self._question = plain_label(_CHOOSE, "strong")
        self._asked: tuple[QWidget, ...] = (self._question, self.table, self._mine, self._theirs)
        self.body.addWidget(self._question)
        self.body.addWidget(self.table)
        self.body.addLayout(row)
        for widget in self._asked:
            widget.hide()

    def _add_buttons(self) -> None:
        self._save = self.add_button("Save the attached &files …")
        self._save.setObjectName("save-attached")
        self._save.clicked.connect(self._choose_folder)
        self._save.hide()
        self._cancel = self.add_button("Ca&ncel")
        self._cancel.setObjectName("cancel")
        self._cancel.clicked.connect(self.reject)
        self._take = self.add_button("&Take over", kind="primary")
        self._take.setObjectName("take-over-now")
        self._take.setEnabled(False)
        self._take.clicked.connect(self._take_over)
        self._cancel.setFocus()

    def _look(self, passphrase: str | None) -> None:
        self.state.show_text("Reading and checking the file …", "", Tone.INFO)
        self._desk.look(self._path, passphrase)
        self._show_state()

    def _unlock(self) -> None:
        if self.passphrase.text() and not self._desk.busy:
            self._look(self.passphrase.text())

    def _show_seen(self, seen: SeenHandOver) -> None:
        self._seen = seen
        self._locked.hide()
        self.preview.setPlainText(preview(seen))
        self.preview.show()
        conflicts = seen.comparison.conflicts if seen.comparison is not None else ()
        paths = {conflict.path for conflict in conflicts}
        self._choices = {path: side for path, side in self._choices.items() if path in paths}
        for widget in self._asked:
            widget.setVisible(bool(conflicts))
        self._show_conflicts(conflicts)
        headline, details, tone = outcome(seen)
        if self._again:
            headline = f"The case here was changed meanwhile. {headline}"
            self._again = False
        self.state.show_text(headline, details, tone)
        self._save.setVisible(bool(seen.handed.attachments))
        self._show_state()

    def _show_conflicts(self, conflicts: tuple[Difference, ...]) -> None:
        self.rows.show_rows(
            tuple(
                _Conflict(
                    id=f"{place:08x}",
                    path=conflict.path,
                    about=subject(conflict.path),
                    mine=fact_in_words(conflict.mine) or "(nothing)",
                    theirs=fact_in_words(conflict.theirs) or "(nothing)",
                    taken=_SIDES[self._choices.get(conflict.path)],
                )
                for place, conflict in enumerate(conflicts)
            )
        )
        self.table.fit_rows()

    def _choose_mine(self) -> None:
        self._choose(Side.MINE)

    def _choose_theirs(self) -> None:
        self._choose(Side.THEIRS)

    def _choose(self, side: Side) -> None:
        if self._seen is None or self._seen.comparison is None:
            return
        for index in self.table.selectionModel().selectedRows():
            line = self.rows.row_at(index.row())
            if isinstance(line, _Conflict):
                self._choices[line.path] = side
        self._show_conflicts(self._seen.comparison.conflicts)
        self._show_state()

    def _take_over(self) -> None:
        if self._seen is not None:
            self.state.show_text("Taking the case over …", "", Tone.INFO)
            self._taking = True
            self._desk.take(self._seen, self._choices)
            self._show_state()

    def _choose_folder(self) -> None:
        dialog = QFileDialog(self, "Save the attached files in a folder")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.fileSelected.connect(self.save_attached)
        dialog.open()

    def save_attached(self, folder: str) -> None:
        """Write the attached files into `folder`."""
        if self._seen is not None:
            self._desk.save_attachments(self._seen, Path(folder))

    def _show_saved(self, count: int) -> None:
        files = "1 attached file is" if count == 1 else f"{count} attached files are"
        self.state.show_text(f"{files} saved.", "", Tone.DONE)

    def _show_state(self) -> None:
        busy, seen = self._desk.busy, self._seen
        self._take.setEnabled(not busy and seen is not None and self._can_take(seen))
        self._save.setEnabled(not busy)
        self._open.setEnabled(not busy)
        self.passphrase.setEnabled(not busy)
        chosen = self.table.selectionModel().hasSelection()
        for button in (self._mine, self._theirs):
            button.setEnabled(chosen and not busy)

    def _can_take(self, seen: SeenHandOver) -> bool:
        comparison = seen.comparison
        if seen.handed.report.broken is not None:
            return False
        if comparison is None:
            return True
        if comparison.relation in (Relation.SAME, Relation.MINE_IS_AHEAD):
            return False
        return all(conflict.path in self._choices for conflict in comparison.conflicts)

    def _show_failure(self, failure: UserFacingError) -> None:
        if isinstance(failure, PassphraseNeededError):
            wrong = bool(self.passphrase.text())
            self._locked.show()
            self.state.show_text(failure.what, failure.action, Tone.WARNING if wrong else Tone.INFO)
            self.passphrase.selectAll()
            self.passphrase.setEnabled(True)
            self.passphrase.setFocus()
            return
        self.state.show_failure(failure)
        if isinstance(failure, StorageError) and failure.fault is Fault.CHANGED_ELSEWHERE:
            self._again = True

    def _go_on(self) -> None:
        """A job has ended. Where the case here changed meanwhile, look once more."""
        self._taking = False
        if self._again and self._seen is not None:
            self._desk.look_again(self._seen)
        self._show_state()

    def _finish(self, case_id: str) -> None:
        self.taken.emit(case_id)
        self.accept()
