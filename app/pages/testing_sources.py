"""Where submissions come from: files, folders, a watched folder, rows from the portal."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QListWidget,
    QProgressBar,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from app.failures import UserFacingError
from app.pages.testing_watch import FolderWatch
from app.widgets.banner import Banner, Tone
from app.widgets.icons import Button
from app.widgets.motion import show_busy
from app.widgets.style import NEAR
from app.widgets.texts import plain_label
from app.work.desk import Desk
from app.work.feedback_counts import Counted, CountingProgress, LeftOut

_FEEDBACK = "Feedback files (*.feedback.json.bz2);;All files (*)"
_WHERE = (
    "Or drop files and folders anywhere on this page. Feedback lies in the folder "
    "cais/feedback of your SFTP account; CAT keeps it about 10 days, so fetch it soon."
)
_LEFT_OUT_AT_ONCE = 5


class SourcesBar(QWidget):
    """Buttons for files and folders, progress with Cancel, and what came of it."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._counted = False
        self.watch = FolderWatch(desk.runner, self)
        self.files = self._button("&Add files …", "testing:add-files", "primary", "add")
        self.folder = self._button("Add a f&older …", "testing:add-folder", "", "folder-open")
        self.watching = self._button("&Watch a folder …", "testing:watch", "", "folder-open")
        self.stop_watching = self._button("Stop watching", "testing:stop-watching", "quiet", "")
        self.cancel = self._button("Cancel", "testing:cancel", "", "")
        self.watched = plain_label()
        self.reading = plain_label(wrap=False)
        self.progress = QProgressBar(textVisible=False)
        self.progress.setAccessibleName("Reading feedback files")
        self.outcome = Banner(closable=True)
        self.left_out = QListWidget()
        self._arrange()
        self._connect()
        self._show_left_out(())
        self._show_running()
        self._show_watched()

    def add(self, paths: list[Path]) -> None:
        """Read these files and folders."""
        self._counted = False
        self.outcome.show_text("")
        self._show_left_out(())
        self._desk.counting.add(paths)
        self._show_running()

    def choose_files(self) -> None:
        """Ask for files."""
        dialog = self._dialog("Add feedback files", QFileDialog.FileMode.ExistingFiles)
        dialog.setNameFilter(_FEEDBACK)
        dialog.filesSelected.connect(self._add_chosen)
        dialog.open()

    def choose_folder(self) -> None:
        """Ask for a folder whose feedback files are read once."""
        dialog = self._dialog("Add a folder of feedback", QFileDialog.FileMode.Directory)
        dialog.filesSelected.connect(self._add_chosen)
        dialog.open()

    def choose_watched(self) -> None:
        """Ask for a folder to watch."""
        dialog = self._dialog("Watch a folder for feedback", QFileDialog.FileMode.Directory)
        dialog.fileSelected.connect(self._watch_chosen)
        dialog.open()

    def _button(self, words: str, name: str, kind: str, icon_name: str) -> Button:
        button = Button(words, kind=kind, icon_name=icon_name)
        button.setObjectName(name)
        return button

    def _arrange(self) -> None:
        self.left_out.setObjectName("testing:left-out")
        self.left_out.setAccessibleName("Files that brought nothing")
        self.left_out.setWordWrap(True)
        self.left_out.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(NEAR)
        buttons = (self.files, self.folder, self.watching)
        for widgets, filler in (
            (buttons, None),
            ((self.reading, self.progress, self.cancel), self.progress),
            ((self.watched, self.stop_watching), self.watched),
        ):
            row = QHBoxLayout()
            row.setSpacing(NEAR)
            for widget in widgets:
                row.addWidget(widget, 1 if widget is filler else 0)
            if filler is None:
                row.addStretch()
                column.addLayout(row)
                column.addWidget(plain_label(_WHERE, "hint"))
            else:
                column.addLayout(row)
        column.addWidget(self.outcome)
        column.addWidget(self.left_out)

    def _connect(self) -> None:
        self.files.clicked.connect(self.choose_files)
        self.folder.clicked.connect(self.choose_folder)
        self.watching.clicked.connect(self.choose_watched)
        self.cancel.clicked.connect(self._desk.counting.cancel)
        self.stop_watching.clicked.connect(self.watch.stop)
        self.watch.arrived.connect(self.add)
        self.watch.lost.connect(self.outcome.show_failure)
        self.watch.changed.connect(self._show_watched)
        counting = self._desk.counting
        counting.progressed.connect(self._show_progress)
        counting.counted.connect(self._show_counted)
        counting.failed.connect(self._show_failed)
        counting.ended.connect(self._ended)

    def _dialog(self, title: str, mode: QFileDialog.FileMode) -> QFileDialog:
        dialog = QFileDialog(self, title)
        dialog.setFileMode(mode)
        dialog.finished.connect(dialog.deleteLater)
        return dialog

    def _add_chosen(self, chosen: list[str]) -> None:
        self.add([Path(path) for path in chosen])

    def _watch_chosen(self, chosen: str) -> None:
        self.watch.start(Path(chosen))

    def _show_running(self) -> None:
        running = self._desk.counting.running
        if running and self.reading.isHidden():
            show_busy(self.progress)
            self.reading.setText("Reading …")
        for widget in (self.reading, self.progress, self.cancel):
            widget.setVisible(running)

    def _show_progress(self, progress: CountingProgress) -> None:
        self.progress.setRange(0, progress.total)
        self.progress.setValue(progress.done)
        self.reading.setText(f"Reading {progress.done:,} of {progress.total:,} files")

    def _show_counted(self, counted: Counted) -> None:
        self._counted = True
        number, left = len(counted.records), len(counted.left_out)
        files = len(counted.submission_files)
        noun = "submission" if number == 1 else "submissions"
        headline = f"Read {number:,} {noun}." if number else "Nothing to count was found."
        details = ""
        if left:
            details = (
                f"{'One file' if left == 1 else f'{left:,} files'} brought nothing; see below."
            )
        elif files:
            what = "one submission file" if files == 1 else f"{files:,} submission files"
            details = f"The accounts in {what} are counted below."
            headline = headline if number else "No feedback among these files."
        elif not number:
            details = "Feedback files end in .feedback.json.bz2. Choose the folder they lie in."
        tone = Tone.DONE if number and not left else Tone.WARNING
        if files and not number and not left:
            tone = Tone.INFO
        self.outcome.show_text(headline, details, tone)
        self._show_left_out(counted.left_out)

    def _show_failed(self, failure: UserFacingError) -> None:
        self._counted = True
        self.outcome.show_failure(failure)

    def _ended(self) -> None:
        self._show_running()
        if not self._counted:
            self.outcome.show_text("Stopped.", "The table is as it was before.", Tone.INFO)

    def _show_left_out(self, left_out: tuple[LeftOut, ...]) -> None:
        self.left_out.clear()
        self.left_out.addItems([f"{item.name}: {item.why}" for item in left_out])
        line = self.left_out.fontMetrics().height() + 12
        self.left_out.setFixedHeight(min(len(left_out), _LEFT_OUT_AT_ONCE) * line + 8)
        self.left_out.setVisible(bool(left_out))

    def _show_watched(self) -> None:
        folder = self.watch.folder
        if folder is not None:
            self.watched.setText(f"Watching {folder}: new feedback is read as it arrives.")
        self.watched.setVisible(folder is not None)
        self.stop_watching.setVisible(folder is not None)
