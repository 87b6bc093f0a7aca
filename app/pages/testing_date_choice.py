"""Which of two days is the processing date (R6.5)."""

from __future__ import annotations

from datetime import date

from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.onboarding.business_calendar import long_date
from app.onboarding.testing import SubmissionRecord
from app.open_case import OpenCase
from app.storage.history import EntryKind
from app.widgets.icons import Button
from app.widgets.style import NEAR


class DateChoice(QWidget):
    """A button for the day of receipt and one for the day of completion, where they differ."""

    def __init__(self, open_case: OpenCase) -> None:
        super().__init__()
        self._open_case = open_case
        self._record: SubmissionRecord | None = None
        self.received = Button("", icon_name="calendar")
        self.completed = Button("", icon_name="calendar")
        self.received.setObjectName("testing:date-received")
        self.completed.setObjectName("testing:date-completed")
        self.received.clicked.connect(self._pick_receipt)
        self.completed.clicked.connect(self._pick_completion)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(NEAR)
        row.addWidget(self.received)
        row.addWidget(self.completed)
        row.addStretch()

    def show_record(self, record: SubmissionRecord | None) -> None:
        """Offer the days of this submission; nothing where there is no choice."""
        self._record = record
        received = record.receipt_date if record else None
        completed = record.completion_date if record else None
        choice = received is not None and completed is not None and received != completed
        self.setVisible(choice)
        if received is not None and completed is not None:
            self.received.setText(f"Use {long_date(received)} (received)")
            self.completed.setText(f"Use {long_date(completed)} (completed)")

    def _pick_receipt(self) -> None:
        if self._record is not None:
            self._pick(self._record, self._record.receipt_date)

    def _pick_completion(self) -> None:
        if self._record is not None:
            self._pick(self._record, self._record.completion_date)

    def _pick(self, record: SubmissionRecord, day: date | None) -> None:
        path = f"testing.submissions.{record.id}.processing_date"
        with self._open_case.together():
            if path in self._open_case.case.unaccepted:
                self._open_case.edit(path, "")
            self._open_case.record(path, day, EntryKind.DATE_CONFIRMED)
