"""What the window does about its data folder: going back to a backup, and telling of trouble."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.failures import UserFacingError
from app.report.words import kind, subject
from app.sftp.host_keys import AcceptedHostKey
from app.storage.history import HistoryEntry, canonical_json
from app.widgets.banner import Tone
from app.work.servers import note_accepted, note_revoked

if TYPE_CHECKING:
    # Dialogs and what is behind them are imported when they are asked for: the first page is not.
    from app.storage.salvage import Salvaged
    from app.window.main_window import MainWindow
    from app.window.restore_dialog import RestoreDialog
    from app.work.restoring import Reopened, Wanted


class Care(QObject):
    """Cares for the data folder on behalf of the main window.

    `restore_wanted` carries a `Wanted` once everything of the open case is stored; the program
    then closes the folder, restores, and opens a window on it anew.
    """

    restore_wanted = Signal(object)

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._restoring: RestoreDialog | None = None

    def choose_backup(self) -> None:
        """Offer to go back to a backup."""
        self._offer(None)

    def show_servers(self) -> None:
        """Show which servers were accepted."""
        from app.window.servers_dialog import ServersDialog

        window = self._window
        dialog = ServersDialog(window, window.workplace.host_keys, window.runner)
        dialog.accepted.connect(self._note_accepted)
        dialog.revoked.connect(self._note_revoked)
        dialog.open()

    def _note_accepted(self, key: AcceptedHostKey) -> None:
        if self._window.frame is not None:
            note_accepted(self._window.frame.open_case, key)

    def _note_revoked(self, key: AcceptedHostKey) -> None:
        if self._window.frame is not None:
            note_revoked(self._window.frame.open_case, key)

    def open_again(self) -> None:
        """Show the open case as somebody else has changed it, and what is thereby not stored."""
        frame = self._window.frame
        if frame is None:
            return
        lost = {entry.path: entry for entry in frame.open_case.unstored}
        self._window.cases.open(frame.open_case.case.id)
        self._window.notice.show_text(
            "The case is shown as it was changed elsewhere. Your last changes are not in it:",
            "\n".join(map(_in_words, lost.values())),
            Tone.WARNING,
        )

    def tell(self, failure: UserFacingError) -> None:
        """Show a failure that is no reason to stop."""
        self._window.notice.show_failure(failure)

    def tell_damage(self, failure: UserFacingError) -> None:
        """The database turned out damaged: say so, and offer the backups."""
        self.tell(failure)
        self._offer(failure)

    def tell_restored(self, reopened: Reopened) -> None:
        """Say what a restore did, or why it changed nothing."""
        if reopened.restored is not None:
            aside = reopened.restored.set_aside
            where = f" The former database lies in {aside}." if aside else ""
            carried = _carried_over(reopened.restored.salvaged)
            self._window.notice.show_text("Your cases are restored.", carried + where, Tone.DONE)
        elif reopened.failure is not None:
            self.tell(reopened.failure)

    def _offer(self, damage: UserFacingError | None) -> None:
        from app.window.restore_dialog import RestoreDialog

        if self._restoring is not None:
            return
        window = self._window
        dialog = RestoreDialog(window, window.workplace.folder, window.runner, damage)
        dialog.wanted.connect(self._restore)
        dialog.finished.connect(self._closed)
        self._restoring = dialog
        dialog.open()

    def _closed(self) -> None:
        self._restoring = None

    def _restore(self, wanted: Wanted) -> None:
        def go_on() -> None:
            self._window.let_go()
            self.restore_wanted.emit(wanted)

        self._window.leave(go_on)


def _in_words(entry: HistoryEntry) -> str:
    value = entry.after if isinstance(entry.after, str) else canonical_json(entry.after)
    about = subject(entry.path) or kind(entry.kind)
    return f"{about}: {value}" if entry.after is not None else f"{about}: removed"


def _carried_over(salvaged: Salvaged) -> str:
    count = salvaged.entries
    if not count:
        text = "Nothing had been recorded since."
    else:
        text = "1 later entry was" if count == 1 else f"{count:,} later entries were"
        text += " carried over into the history."
    cases = salvaged.cases_from_backup
    if cases:
        whose = "one case are" if cases == 1 else f"{cases:,} cases are"
        text += f" The facts of {whose} those of the backup: please check them."
    if salvaged.loose:
        text += (
            f" {len(salvaged.loose):,} entries could be read but no longer linked; "
            "they are in loose-entries.json beside it."
        )
    return text
