"""The choice of a backup to go back to, with what each contains."""

from __future__ import annotations

from PySide6.QtCore import QItemSelectionModel, Signal
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from app.background import JobRunner
from app.failures import UserFacingError
from app.onboarding.business_calendar import eastern_date, long_date
from app.onboarding.case import UNNAMED
from app.onboarding.values import Row
from app.report.words import moment
from app.storage.backups import Backup, FirmInBackup, Reason
from app.storage.paths import DataFolder
from app.widgets.banner import Banner, Tone
from app.widgets.dialogs import Dialog
from app.widgets.row_model import Column, RowModel
from app.widgets.row_table import RowTable
from app.work.restoring import BackupDesk, SeenBackup, Wanted

_WORDS = (
    "Your cases go back to how they were then. The present database is set aside, not deleted, "
    "and the history of what was done since the backup is carried over."
)
_WORDS_DAMAGED = (
    "Choose the backup to go on with. The damaged database is set aside, not deleted, and what "
    "was recorded after the backup is recovered where it can still be read."
)
_REASONS = {
    Reason.START: "At a start",
    Reason.DAILY: "Daily",
    Reason.UPGRADE: "Before an upgrade",
    Reason.RESTORE: "Before a restore",
}


class _Line(Row):
    """A backup in the table; `place` is its place among those seen."""

    place: int
    made: str
    why: str
    firms: int | None
    entries: int | None


_COLUMNS = (
    Column("Made", lambda line: line.made),
    Column("Why", lambda line: line.why),
    Column("Firms", lambda line: "not usable" if line.firms is None else line.firms),
    Column("Entries in the history", lambda line: line.entries),
)


class RestoreDialog(Dialog):
    """Offers the backups, newest first; the newest good one is chosen from the start.

    `wanted` carries a `Wanted`. The dialog stays, and waits, until whoever restores closes it
    or calls `show_failure`.

    Args:
        parent: the window it belongs to, if there is one.
        folder: whose backups.
        runner: runs all work.
        damage: why the database in use cannot be used; None where the person wants to go back.
    """

    wanted = Signal(object)

    def __init__(
        self,
        parent: QWidget | None,
        folder: DataFolder,
        runner: JobRunner,
        damage: UserFacingError | None = None,
    ) -> None:
        headline = damage.what if damage else "Go back to a backup?"
        words = _WORDS_DAMAGED if damage else _WORDS
        super().__init__(parent, headline, words, ("warning", "waiting"))
        self.setObjectName("restore")
        self._damaged = damage is not None
        self._busy = False
        self._seen: tuple[SeenBackup, ...] = ()
        self.rows = RowModel(_COLUMNS)
        self.table = RowTable(self.rows)
        self.table.setObjectName("backups")
        self.table.setAccessibleName("Backups")
        self.preview = QPlainTextEdit()
        self.preview.setReadOnly(True)
        self.preview.setTabChangesFocus(True)
        self.preview.setAccessibleName("What the chosen backup contains")
        self.state = Banner(Tone.INFO)
        for widget in (self.table, self.preview, self.state):
            self.body.addWidget(widget, 1 if widget is self.preview else 0)
            widget.hide()
        self.body.addStretch()
        self._add_buttons()
        self.state.show_text("Looking at the backups …")
        self.table.selectionModel().selectionChanged.connect(self._show_chosen)
        self._desk = BackupDesk(folder, runner)
        self._desk.found.connect(self._show_backups)
        self._desk.failed.connect(self.show_failure)
        self._desk.look()
        self.resize(720, 520)

    def show_failure(self, failure: UserFacingError) -> None:
        """Say why it did not work; the person can choose again."""
        self._set_busy(False)
        self.state.show_failure(failure)

    def reject(self) -> None:
        """Esc closes the dialog, but not while a backup is put in place."""
        if not self._busy:
            super().reject()

    def _add_buttons(self) -> None:
        self._empty = self.add_button("Start &without a backup")
        self._empty.setObjectName("without")
        self._empty.setToolTip("Start with what can still be read of the damaged database.")
        self._empty.clicked.connect(self._want_none)
        self._empty.setVisible(self._damaged)
        self._close = self.add_button("&Not now" if self._damaged else "&Cancel")
        self._close.setObjectName("cancel")
        self._close.clicked.connect(self.reject)
        self._restore = self.add_button("&Restore this backup", kind="primary")
        self._restore.setObjectName("restore-backup")
        self._restore.clicked.connect(self._want_chosen)
        self._restore.setEnabled(False)
        self._close.setFocus()

    def _show_backups(self, seen: tuple[SeenBackup, ...]) -> None:
        self._seen = seen
        self.rows.show_rows(tuple(_line(number, each) for number, each in enumerate(seen)))
        self.table.fit_rows()
        good = [number for number, each in enumerate(seen) if each.contents is not None]
        if good:
            self.state.show_text("")
            self._choose(good[0])
        elif self._damaged:
            self.state.show_text(
                "There is no backup that can be used.",
                "Start without one: what can still be read of the damaged database is recovered.",
                Tone.WARNING,
            )
        else:
            self.state.show_text("There is no backup yet.", "", Tone.INFO)
        for widget in (self.table, self.preview):
            widget.setVisible(bool(seen))

    def _choose(self, number: int) -> None:
        flags = (
            QItemSelectionModel.SelectionFlag.ClearAndSelect
            | QItemSelectionModel.SelectionFlag.Rows
        )
        index = self.rows.index(number, 0)
        self.table.selectionModel().setCurrentIndex(index, flags)
        self.table.setFocus()

    def _chosen(self) -> SeenBackup | None:
        line = self.table.chosen_row
        return self._seen[line.place] if isinstance(line, _Line) else None

    def _show_chosen(self) -> None:
        seen = self._chosen()
        self._restore.setEnabled(seen is not None and seen.contents is not None)
        self.preview.setPlainText(_preview(seen) if seen is not None else "")

    def _want_chosen(self) -> None:
        seen = self._chosen()
        if seen is not None and seen.contents is not None:
            self._want(seen.backup)

    def _want_none(self) -> None:
        self._want(None)

    def _want(self, backup: Backup | None) -> None:
        self._set_busy(True)
        self.state.show_text("One moment, your cases are put in place …", "", Tone.INFO)
        self.wanted.emit(Wanted(backup, recover_facts=self._damaged))

    def _set_busy(self, busy: bool) -> None:
        self._busy = busy
        for widget in (self._empty, self._close, self.table):
            widget.setEnabled(not busy)
        seen = self._chosen()
        self._restore.setEnabled(not busy and seen is not None and seen.contents is not None)


def _line(place: int, seen: SeenBackup) -> _Line:
    contents = seen.contents
    return _Line(
        id=f"{place:08x}",
        place=place,
        made=moment(seen.backup.at),
        why=_REASONS[seen.backup.reason],
        firms=len(contents.firms) if contents else None,
        entries=contents.entries if contents else None,
    )


def _preview(seen: SeenBackup) -> str:
    if seen.contents is None:
        return "This backup is damaged or of a newer version of the program, and cannot be used."
    if not seen.contents.firms:
        return "No firm had been entered yet."
    return "\n".join(_firm(firm) for firm in seen.contents.firms)


def _firm(firm: FirmInBackup) -> str:
    name = firm.name or UNNAMED
    number = f", {firm.number}" if firm.number else ""
    kind = " (practice)" if firm.practice else ""
    entries = "1 entry" if firm.entries == 1 else f"{firm.entries:,} entries"
    changed = long_date(eastern_date(firm.changed_at))
    return f"{name}{number}{kind}: {entries}, last changed {changed}"
