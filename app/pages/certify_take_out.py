"""Dates and status for other programs, on page 7: calendars, and a firm's own registers."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout

from app.open_case import OpenCase
from app.widgets.banner import Banner, Tone
from app.widgets.card import Card
from app.widgets.icons import Button
from app.widgets.save_dialog import ask_where
from app.widgets.texts import plain_label
from app.work.desk import Desk
from app.work.exports import Written

_CALENDAR = (
    "Deadlines, expected answers and the last days of feedback, for Outlook, Google or Apple."
)
_TABLE = "Every step and requirement with its state, for a spreadsheet or a register (CSV)."
_JSON = "The same and more, exact, for your firm’s own systems (JSON)."


class TakeOutCard(Card):
    """Writes the dates as a calendar file, and the whole status as a table or as JSON."""

    def __init__(self, open_case: OpenCase, desk: Desk) -> None:
        super().__init__("For other programs")
        self._open_case = open_case
        self._documents = desk.documents
        self._said = Banner(closable=True)
        grid = QGridLayout()
        grid.setColumnStretch(1, 1)
        for row, (name, words, icon, what, slot) in enumerate(
            (
                ("save:calendar", "Save the dates …", "calendar", _CALENDAR, self._ask_calendar),
                ("save:table", "Save a table …", "", _TABLE, self._ask_table),
                ("save:json", "Save as &JSON …", "", _JSON, self._ask_json),
            )
        ):
            button = Button(words, icon_name=icon)
            button.setObjectName(name)
            button.setAccessibleDescription(what)
            button.clicked.connect(slot)
            grid.addWidget(button, row, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(plain_label(what, "hint"), row, 1, Qt.AlignmentFlag.AlignVCenter)
        self.body.addLayout(grid)
        self.body.addWidget(self._said)

    def _name(self, kind: str) -> str:
        number = self._open_case.case.registration.identifier or "no-ID"
        practice = "PRACTICE-" if self._open_case.case.practice else ""
        return f"{practice}CAIS-{kind.replace('.', f'-{number}.')}"

    def _ask_calendar(self) -> None:
        ask_where(self, "Save the dates", self._name("dates.ics"), self._write_calendar)

    def _ask_table(self) -> None:
        ask_where(self, "Save the status", self._name("status.csv"), self._write_status)

    def _ask_json(self) -> None:
        ask_where(self, "Save the status", self._name("status.json"), self._write_status)

    def _write_calendar(self, name: str) -> None:
        order = self._documents.write_calendar(Path(name))
        order.done.connect(self._written)
        order.failed.connect(self._said.show_failure)

    def _write_status(self, name: str) -> None:
        order = self._documents.write_status(Path(name))
        order.done.connect(self._written)
        order.failed.connect(self._said.show_failure)

    def _written(self, written: Written) -> None:
        details = ""
        if written.path.suffix == ".ics":
            details = "Open it to put the dates into your calendar. Opening a later one moves them."
        self._said.show_text(f"Saved {written.path.name}.", details, Tone.DONE)
