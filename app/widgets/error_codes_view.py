"""Rejections grouped by their code, each with the official title and what to do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.onboarding.testing import SubmissionRecord
from app.submissions.codes import ErrorGroup, error_groups
from app.widgets.style import TIGHT
from app.widgets.texts import plain_label

#: A file may be made to hold any number of codes; the most frequent ones are what helps.
_CODES_SHOWN = 40


class ErrorCodesView(QWidget):
    """The codes of some submissions, the most frequent first."""

    def __init__(self) -> None:
        super().__init__()
        self._shown: tuple[ErrorGroup, ...] | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(TIGHT)
        self.setAccessibleName("Error codes")

    def show_records(self, records: Iterable[SubmissionRecord]) -> None:
        """Show the codes of `records` together."""
        counts: Counter[str] = Counter()
        for record in records:
            for group in record.errors:
                counts[group.code] += group.items
        groups = error_groups(counts)
        if groups != self._shown:
            self._shown = groups
            self._fill(groups)

    def _fill(self, groups: tuple[ErrorGroup, ...]) -> None:
        while (item := self._column.takeAt(0)) is not None:
            old = item.widget()
            if old is not None:
                old.hide()
                old.deleteLater()
        self.setVisible(bool(groups))
        for group in groups[:_CODES_SHOWN]:
            times = "once" if group.items == 1 else f"{group.items:,} times"
            self._column.addWidget(plain_label(f"{group.code} {group.title}, {times}", "strong"))
            self._column.addWidget(plain_label(group.advice))
        if len(groups) > _CODES_SHOWN:
            more = len(groups) - _CODES_SHOWN
            self._column.addWidget(plain_label(f"And {more:,} less frequent codes.", "hint"))
