"""The history of a case as a diary: what was done when and by whom, filtered, checked, exported."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QSizePolicy,
)

from app.onboarding.values import Row
from app.open_case import OpenCase, SaveState, Saving
from app.report.entry_words import change_in_words, fact_in_words, what_in_words
from app.report.words import ENTRY_KINDS, kind, moment, subject
from app.storage.diary import chosen
from app.storage.history import RecordedEntry
from app.widgets.banner import Banner, Tone
from app.widgets.choice_box import ChoiceBox
from app.widgets.correction_line import CorrectionLine
from app.widgets.icons import Button
from app.widgets.page import Page
from app.widgets.row_model import Column, RowModel
from app.widgets.row_table import RowTable
from app.widgets.save_dialog import ask_where
from app.widgets.style import NEAR
from app.widgets.texts import plain_label
from app.work.desk import Desk
from app.work.history import CheckedHistory, HistoryDesk

_TABLE_HEIGHT = 300
_DETAILS_HEIGHT = 170


class _Line(Row):
    """An entry as a line of the diary; `place` is its place among all entries."""

    place: int
    when: str
    what: str
    details: str
    who: str


_COLUMNS = (
    Column("When", lambda line: line.when),
    Column("Who", lambda line: line.who),
    Column("What", lambda line: line.what),
    Column("Details", lambda line: line.details),
)


class HistoryPage(Page):
    """Every entry of the open case, newest first."""

    key = "history"

    def __init__(self, open_case: OpenCase, desk: Desk) -> None:
        super().__init__(open_case)
        self._desk = HistoryDesk(open_case, desk.runner, desk.workplace)
        self._desk.read.connect(self._show_history)
        self._desk.written.connect(self._show_written)
        self._desk.corrected.connect(self._show_corrected)
        self._desk.failed.connect(self._show_failure)
        open_case.saving_changed.connect(self._look_again)
        self._entries: tuple[RecordedEntry, ...] = ()
        self._lines: dict[int, _Line] = {}
        self.state = Banner(Tone.INFO)
        self.outcome = Banner(Tone.DONE, closable=True)
        self.body.addWidget(self.state)
        self.body.addWidget(self.outcome)
        self._add_filter()
        self.rows = RowModel(_COLUMNS)
        self.table = RowTable(self.rows)
        self.table.setObjectName("history")
        self.table.setAccessibleName("History")
        self.table.setMinimumHeight(_TABLE_HEIGHT)
        policy = QSizePolicy.Policy.Expanding
        self.table.setSizePolicy(policy, policy)
        self.table.selectionModel().selectionChanged.connect(self._show_chosen)
        self._none = plain_label("No entry matches the filter.", "hint")
        self._none.hide()
        self.details = QPlainTextEdit()
        self.details.setReadOnly(True)
        self.details.setTabChangesFocus(True)
        self.details.setAccessibleName("The chosen entry in full")
        self.details.setPlaceholderText("Choose an entry to see all of it.")
        self.details.setFixedHeight(_DETAILS_HEIGHT)
        for widget in (self._none, self.table, self.details):
            self.body.addWidget(widget)
        self.correction = CorrectionLine()
        self.correction.given.connect(self._correct)
        self.body.addWidget(self.correction)

    def showEvent(self, event: QShowEvent) -> None:
        """Read what was recorded since."""
        super().showEvent(event)
        self._desk.look()

    def _add_filter(self) -> None:
        self.filter = QLineEdit()
        self.filter.setObjectName("filter-history")
        self.filter.setPlaceholderText("Filter by words")
        self.filter.setAccessibleName("Filter the history")
        self.filter.setClearButtonEnabled(True)
        self.filter.textChanged.connect(self._show_entries)
        self.kinds = ChoiceBox()
        self.kinds.setSizeAdjustPolicy(ChoiceBox.SizeAdjustPolicy.AdjustToContents)
        self.kinds.setObjectName("kinds")
        self.kinds.setAccessibleName("Kind of entry")
        self.kinds.addItem("All kinds", "")
        for value, words in ENTRY_KINDS.items():
            self.kinds.addItem(words, value.value)
        self.kinds.currentIndexChanged.connect(self._show_entries)
        export = Button("E&xport as CSV …")
        export.setObjectName("export-history")
        export.clicked.connect(self._choose_file)
        row = QHBoxLayout()
        row.setSpacing(NEAR)
        row.addWidget(self.filter, 1)
        row.addWidget(self.kinds)
        row.addWidget(export)
        self.body.addLayout(row)

    def _correct(self, words: str) -> None:
        entry = self._chosen()
        if entry is not None:
            self._desk.correct(entry, words)

    def _show_corrected(self) -> None:
        self.correction.words.clear()
        self.outcome.show_text(
            "The correction is recorded; the entry stays as it was.", "", Tone.DONE
        )
        self._desk.look()

    def _look_again(self, saving: Saving) -> None:
        if saving.state is SaveState.SAVED and self.isVisible():
            self._desk.look()

    def _show_history(self, history: CheckedHistory) -> None:
        # Worded once, not with every letter typed into the filter.
        known = {entry.seq: entry for entry in self._entries}
        self._lines = {
            entry.seq: self._lines[entry.seq] if known.get(entry.seq) == entry else _line(entry)
            for entry in history.entries
        }
        self._entries = history.entries
        report = history.report
        if report.broken is not None:
            self.state.show_text(
                "The history does not stand as it was written.",
                f"{report.broken.words} Keep this case as it is, and tell your compliance officer.",
                Tone.ERROR,
            )
        else:
            count = "1 entry stands" if report.entries == 1 else f"{report.entries:,} entries stand"
            self.state.show_text(
                f"{count} as written. No entry was changed, removed or put in between.",
                f"Fingerprint of the last one: {_grouped(report.head)}",
                Tone.DONE,
            )
        self._show_entries()

    def _filtered(self) -> tuple[RecordedEntry, ...]:
        wanted = self.kinds.currentData()
        kinds = (wanted,) if wanted else ()
        return tuple(chosen(self._entries, text=self.filter.text(), kinds=kinds))

    def _show_entries(self) -> None:
        shown = self._filtered()
        self.rows.show_rows(tuple(self._lines[entry.seq] for entry in reversed(shown)))
        self.table.fit_rows()
        self._none.setVisible(bool(self._entries) and not shown)
        self._show_chosen()

    def _chosen(self) -> RecordedEntry | None:
        line = self.table.chosen_row
        return self._entries[line.place] if isinstance(line, _Line) else None

    def _show_chosen(self) -> None:
        entry = self._chosen()
        self.details.setPlainText(_in_full(entry) if entry is not None else "")
        self.correction.allow(entry is not None)

    def _choose_file(self) -> None:
        ask_where(self, "Export the history", "history.csv", self.export)

    def export(self, path: str) -> None:
        """Write the entries that are shown as CSV to `path`, oldest first."""
        self._desk.export(self._filtered(), Path(path))

    def _show_written(self, path: Path) -> None:
        self.outcome.show_text(f"{path.name} is written.", "", Tone.DONE)
        self._desk.look()

    def _show_failure(self, failure: Exception) -> None:
        self.outcome.show_text(str(failure), "", Tone.ERROR)


def _line(entry: RecordedEntry) -> _Line:
    return _Line(
        id=f"{entry.seq:08x}",
        place=entry.seq - 1,
        when=moment(entry.at),
        what=what_in_words(entry),
        details=change_in_words(entry),
        who=entry.os_user,
    )


def _grouped(fingerprint: str) -> str:
    """In groups of eight, which can be compared by eye and broken at the end of a line."""
    return " ".join(fingerprint[at : at + 8] for at in range(0, len(fingerprint), 8))


def _in_full(entry: RecordedEntry) -> str:
    file = entry.file
    facts = (
        ("Entry", f"{entry.seq}, {kind(entry.kind)}"),
        ("Recorded", f"{moment(entry.at)} ({entry.at:%Y-%m-%d %H:%M:%S} UTC)"),
        ("By", f"{entry.os_user} on {entry.workstation}, version {entry.program_version}"),
        ("About", subject(entry.path)),
        ("Before", fact_in_words(entry.before_value)),
        ("After", fact_in_words(entry.after_value)),
        ("Note", entry.note),
        ("Corrects", f"entry {entry.corrects}" if entry.corrects else ""),
        ("File", f"{file.name}, {file.size:,} bytes, SHA-256 {file.sha256}" if file else ""),
        ("Fingerprint", _grouped(entry.hash)),
    )
    return "\n".join(f"{name}: {words}" for name, words in facts if words)
