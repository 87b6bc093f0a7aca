"""Every summary that was written, on page 7: which one it was, and to whom it went."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QHeaderView

from app.onboarding.business_calendar import long_date
from app.onboarding.values import Row
from app.open_case import OpenCase, SaveState, Saving
from app.report.messages import MessageKind
from app.report.sent import Sent
from app.report.words import moment
from app.widgets.banner import Banner, Tone
from app.widgets.card import Card
from app.widgets.icons import Button
from app.widgets.message_dialog import MessageDialog
from app.widgets.row_model import Column, RowModel
from app.widgets.row_table import RowTable
from app.widgets.save_dialog import ask_where
from app.widgets.sent_dialog import SentDialog
from app.widgets.style import NEAR
from app.widgets.texts import plain_label
from app.work.desk import Desk
from app.work.exports import Written
from app.work.kept import Dispatches, KeptSummary

_NONE_YET = "No summary has been saved, attached or printed yet."
_NOT_SAID = "not recorded"
_GROUP = 8


class _Line(Row):
    """A summary as a line of the table; `place` is its place among all of them."""

    place: int
    written: str
    name: str
    sent: str


_COLUMNS = (
    Column("Written", lambda line: line.written),
    Column("Sent", lambda line: line.sent),
    Column("File", lambda line: line.name),
)


class SentCard(Card):
    """The summaries that left the program, newest first, each with its copy and where it went."""

    def __init__(self, open_case: OpenCase, desk: Desk) -> None:
        super().__init__(
            "Summaries that were written",
            "Every summary that was saved, attached or printed, with the SHA-256 fingerprint of its "
            "file. A copy of each is kept with your cases.",
        )
        self.setObjectName("card:sent")
        self._open_case = open_case
        self._documents = desk.documents
        self._found: Dispatches = Dispatches((), ())
        self._none = plain_label(_NONE_YET, "hint")
        self.rows = RowModel(_COLUMNS)
        self.table = RowTable(self.rows)
        self.table.setObjectName("summaries")
        self.table.setAccessibleName("Summaries that were written")
        # Below the table the name stands in full: in a narrow window it may be cut.
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(len(_COLUMNS) - 1, QHeaderView.ResizeMode.Stretch)
        self.table.selectionModel().selectionChanged.connect(self._show_chosen)
        self._details = plain_label()
        self._details.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self._said = Banner(closable=True)
        for widget in (self._none, self.table, self._details):
            self.body.addWidget(widget)
        self._add_buttons()
        self.body.addWidget(self._said)
        self._documents.looked_back.connect(self._show_found)
        open_case.saving_changed.connect(self._look_again)
        self._show_found(self._found)

    def showEvent(self, event: QShowEvent) -> None:
        """Read what was written since."""
        super().showEvent(event)
        self._documents.look_back()

    def _add_buttons(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(NEAR)
        self._of_one: list[Button] = []
        for name, words, icon, slot in (
            ("summary:open", "&Open", "external", self._open),
            ("summary:copy", "Save a cop&y …", "proof", self._choose_file),
            ("summary:sent", "Record that &it was sent …", "check", self._record),
        ):
            button = Button(words, icon_name=icon)
            button.setObjectName(name)
            button.clicked.connect(slot)
            row.addWidget(button)
            self._of_one.append(button)
        row.addStretch()
        self.body.addLayout(row)
        other = Button("Write to somebody else, with the summary …", kind="link")
        other.setObjectName("summary:to-others")
        other.clicked.connect(self._write_to_others)
        self.body.addWidget(other, 0, Qt.AlignmentFlag.AlignLeft)

    def _look_again(self, saving: Saving) -> None:
        if saving.state is SaveState.SAVED and self.isVisible():
            self._documents.look_back()

    def _show_found(self, found: Dispatches) -> None:
        chosen = self._chosen()
        self._found = found
        self.rows.show_rows(tuple(_line(place, kept) for place, kept in enumerate(found.summaries)))
        self.table.fit_rows()
        self._none.setVisible(not found.summaries)
        self.table.setVisible(bool(found.summaries))
        place = self.rows.place_of(_row_id(chosen)) if chosen is not None else None
        if found.summaries:
            self.table.selectRow(place or 0)
        self._show_chosen()

    def _chosen(self) -> KeptSummary | None:
        line = self.table.chosen_row
        if isinstance(line, _Line) and line.place < len(self._found.summaries):
            return self._found.summaries[line.place]
        return None

    def _show_chosen(self) -> None:
        kept = self._chosen()
        self._details.setText(_in_full(kept) if kept is not None else "")
        self._details.setVisible(kept is not None)
        for button in self._of_one:
            button.setVisible(kept is not None)

    def _open(self) -> None:
        kept = self._chosen()
        if kept is not None:
            order = self._documents.copy_again(kept.export, None)
            order.done.connect(self._show_copy)
            order.failed.connect(self._said.show_failure)

    def _show_copy(self, written: Written) -> None:
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(written.path))):
            self._said.show_text(
                "No program for PDFs was found.", "Save a copy, and open it elsewhere.", Tone.INFO
            )

    def _choose_file(self) -> None:
        kept = self._chosen()
        if kept is not None:
            # The file itself may still lie where it was saved.
            file = kept.export.file
            name = f"{file.name.partition('.pdf')[0]}-{file.sha256[:_GROUP]}.pdf"
            ask_where(self, "Save a copy", name, self._file_chosen)

    def _file_chosen(self, name: str) -> None:
        kept = self._chosen()
        if kept is not None:
            order = self._documents.copy_again(kept.export, Path(name))
            order.done.connect(self._copied)
            order.failed.connect(self._said.show_failure)

    def _copied(self, written: Written) -> None:
        self._said.show_text(
            f"Saved {written.path.name}.", "It is, byte for byte, what was written.", Tone.DONE
        )

    def _record(self) -> None:
        kept = self._chosen()
        if kept is None:
            return
        contacted = self._open_case.case.certification.contacted_on is not None
        kinds = [
            MessageKind.CERTIFICATION,
            MessageKind.CERTIFICATION_FOLLOW_UP,
            MessageKind.SUMMARY,
        ]
        if contacted:
            kinds[:2] = reversed(kinds[:2])
        dialog = SentDialog(self, self._open_case, kinds, (kept,))
        dialog.recorded.connect(self._recorded)
        dialog.open()

    def _recorded(self, sent: Sent) -> None:
        self._said.show_text(f"Recorded: {_said(sent)}.", tone=Tone.DONE)
        self._documents.look_back()

    def _write_to_others(self) -> None:
        MessageDialog(self, self._open_case, self._documents, MessageKind.SUMMARY).open()


def _row_id(kept: KeptSummary) -> str:
    return kept.export.file.sha256[:32]


def _line(place: int, kept: KeptSummary) -> _Line:
    file = kept.export.file
    return _Line(
        id=_row_id(kept),
        place=place,
        written=moment(kept.export.at),
        name=file.name,
        sent="; ".join(map(_said, kept.sent)) or _NOT_SAID,
    )


def _said(sent: Sent) -> str:
    return f"{long_date(sent.on)} to {sent.to}"


def _in_full(kept: KeptSummary) -> str:
    export = kept.export
    sha = export.file.sha256
    grouped = " ".join(sha[at : at + _GROUP] for at in range(0, len(sha), _GROUP))
    written = f"{export.file.name}, {export.file.size:,} bytes, written {moment(export.at)}."
    lines = [
        f"{written} The history went up to entry {export.head_seq:,}.",
        f"SHA-256 {grouped}",
        *(f"{sent.note}: sent {_said(sent)} by {sent.by}." for sent in kept.sent),
    ]
    if not kept.copy_kept:
        lines.append("Its copy is not on this computer.")
    return "\n".join(lines)
