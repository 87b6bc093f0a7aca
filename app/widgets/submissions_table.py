"""The table of submissions: which count, with the reason in words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from PySide6.QtCore import QItemSelection, QItemSelectionModel, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QKeySequence, QShortcut
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QSizePolicy, QTableView

from app.onboarding.assessment import Assessment
from app.onboarding.certification import JudgedSubmission
from app.onboarding.counting import percent
from app.onboarding.testing import SubmissionRecord, SubmissionStatus
from app.widgets.row_model import Column, Index, RowModel, plain_tip
from app.widgets.row_table import WholeRow
from app.widgets.theme import colours

STATUS_WORDS = {
    SubmissionStatus.FILE_ACKNOWLEDGED: "Taken by CAIS, not checked yet",
    SubmissionStatus.FILE_INTEGRITY_PASSED: "File intact, records not checked yet",
    SubmissionStatus.RECORD_SCAN_COMPLETED: "Records checked, not final yet",
    SubmissionStatus.COMPLETED_WITHOUT_REJECTIONS: "Completed, nothing rejected",
    SubmissionStatus.COMPLETED_WITH_REJECTIONS: "Completed with rejections",
    SubmissionStatus.COMPLETED: "Completed",
    SubmissionStatus.COMPLETED_INTEGRITY_ERROR: "Refused: file not intact",
    SubmissionStatus.COMPLETED_FILE_TIMEOUT: "Ended: partner file did not come",
    SubmissionStatus.INCOMPLETE_PROCESSING_FAILURE: "Ended: CAIS could not process it",
    SubmissionStatus.CANCELLED_BY_SUPPORT: "Cancelled by CAT support",
}
_CHOSEN, _FILE, _COUNTS, _RATE = 0, 1, 2, 7
_NUMBERS = range(4, 8)
_FEEDBACK_NAME = re.compile(r"(.+)\.v[0-9]+\.feedback\.json\.bz2")
#: After so long without a change columns are fitted, in milliseconds: it costs a few frames.
_FIT_AFTER = 30
#: Views ask for many more roles, for every cell they paint.
_ROLES = frozenset(
    {
        Qt.ItemDataRole.DisplayRole,
        Qt.ItemDataRole.ToolTipRole,
        Qt.ItemDataRole.CheckStateRole,
        Qt.ItemDataRole.AccessibleTextRole,
        Qt.ItemDataRole.TextAlignmentRole,
        Qt.ItemDataRole.ForegroundRole,
    }
)
_ROWS_AT_ONCE = 9


def status_words(record: SubmissionRecord) -> str:
    """The record's status for people; an undocumented one as it is written."""
    known = record.known_status
    if known is not None:
        return STATUS_WORDS[known]
    return f"Undocumented: {record.status}" if record.status else "Not known"


def submission_title(record: SubmissionRecord) -> str:
    """What a submission is called: its file, else its ID, else that it was typed in."""
    if record.file_name:
        return record.file_name
    return f"Submission {record.submission_id}" if record.submission_id else "Typed in"


def _short_title(record: SubmissionRecord) -> str:
    """The title without the ending that all feedback files share."""
    title = submission_title(record)
    found = _FEEDBACK_NAME.fullmatch(title)
    return found[1] if found else title


def _choice_data(record: SubmissionRecord, role: int) -> object:
    """The check box of the first column."""
    words = "Chosen" if record.chosen else "Not chosen"
    return {
        Qt.ItemDataRole.CheckStateRole: (
            Qt.CheckState.Checked if record.chosen else Qt.CheckState.Unchecked
        ),
        Qt.ItemDataRole.AccessibleTextRole: words,
        Qt.ItemDataRole.ToolTipRole: words,
    }.get(Qt.ItemDataRole(role))


class SubmissionsModel(RowModel):
    """Submissions with their judgement. `choice_made` carries a row's id and the new choice."""

    choice_made = Signal(str, bool)

    def __init__(self) -> None:
        self._judged: dict[str, JudgedSubmission] = {}
        super().__init__(
            (
                Column("Chosen", lambda record: "Yes" if record.chosen else "No"),
                Column("File or submission", _short_title),
                Column("Counts", self._counts),
                Column("Processing date", self._date),
                Column("Received", lambda record: record.accounts_received),
                Column("Accepted", lambda record: record.accounts_accepted),
                Column("Rejected", lambda record: record.accounts_rejected),
                Column("Error rate", self._rate),
                Column("Status", status_words),
            )
        )

    def show_submissions(self, judged: Sequence[JudgedSubmission]) -> bool:
        """Take over the submissions as they now are, in one go; whether anything changed."""
        known, self._judged = self._judged, {item.record.id: item for item in judged}
        if known == self._judged:
            return False
        self.show_rows(tuple(item.record for item in judged))
        if known.keys() == self._judged.keys():
            self.repaint_all()
        return True

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """See Qt."""
        record = self.row_at(index.row()) if role in _ROLES else None
        if not isinstance(record, SubmissionRecord):
            return None
        column = index.column()
        if column == _CHOSEN:
            return _choice_data(record, role)
        if role == Qt.ItemDataRole.TextAlignmentRole and column in _NUMBERS:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if role == Qt.ItemDataRole.ForegroundRole and column == _COUNTS:
            return QColor(colours().done if self._judged[record.id].counts else colours().muted)
        if role == Qt.ItemDataRole.ToolTipRole and column == _FILE:
            return plain_tip(submission_title(record))
        if role == Qt.ItemDataRole.ToolTipRole and column == _COUNTS:
            return plain_tip(self._judged[record.id].reason)
        if role == Qt.ItemDataRole.DisplayRole and column == _RATE:
            rate = self._judged[record.id].error_rate
            return "" if rate is None else percent(rate)
        return super().data(index, role)

    def setData(self, index: Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """See Qt. The choice goes to the case; the repaint comes from there."""
        record = self.row_at(index.row())
        if role != Qt.ItemDataRole.CheckStateRole or record is None:
            return False
        self.choice_made.emit(record.id, Qt.CheckState(value) is Qt.CheckState.Checked)
        return True

    def flags(self, index: Index) -> Qt.ItemFlag:
        """See Qt."""
        usual = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return usual | Qt.ItemFlag.ItemIsUserCheckable if index.column() == _CHOSEN else usual

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> object:
        """See Qt. Headings stand over their numbers."""
        if role == Qt.ItemDataRole.TextAlignmentRole and section in _NUMBERS:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return super().headerData(section, orientation, role)

    def _date(self, record: SubmissionRecord) -> object:
        return record.certified_date or ("Choose one of two" if record.date_to_pick else None)

    def _rate(self, record: SubmissionRecord) -> int | None:
        """Sortable: the rate in millionths."""
        rate = self._judged[record.id].error_rate
        return None if rate is None else int(rate * 1_000_000)

    def _counts(self, record: SubmissionRecord) -> str:
        judged = self._judged[record.id]
        return "Yes" if judged.counts else f"No: {judged.reason}"


class SubmissionsTable(QTableView):
    """Shows the submissions; several rows may be selected, and stay so when the order changes.

    `selected` carries the ids of the selected rows. Space chooses them for certification or
    not (`choice_toggled`), Delete asks to remove them (`removal_wanted`), Enter asks for the fields
    of the row (`fields_wanted`).
    """

    selected = Signal(tuple)
    removal_wanted = Signal()
    choice_toggled = Signal()
    fields_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.submissions = SubmissionsModel()
        self._selected_ids: tuple[str, ...] = ()
        self.setModel(self.submissions)
        self.setItemDelegate(WholeRow(self))
        self.setObjectName("rows:testing.submissions")
        self.setAccessibleName("Submissions")
        self.setAccessibleDescription(
            "Space chooses the selected rows for certification, Delete removes them, Enter goes to "
            "the fields."
        )
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.verticalHeader().hide()
        self._fit_later = QTimer(self, singleShot=True, interval=_FIT_AFTER)
        self._fit_later.timeout.connect(self.resizeColumnsToContents)
        self._set_up_header()
        self.selectionModel().selectionChanged.connect(self._selection_changed)
        self.submissions.modelReset.connect(self._restore_selection)
        for key, signal in (
            (Qt.Key.Key_Space, self.choice_toggled),
            (Qt.Key.Key_Delete, self.removal_wanted),
            (Qt.Key.Key_Return, self.fields_wanted),
            (Qt.Key.Key_Enter, self.fields_wanted),
        ):
            shortcut = QShortcut(QKeySequence(key), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetShortcut)
            shortcut.activated.connect(signal)

    @property
    def selected_ids(self) -> tuple[str, ...]:
        """The ids of the selected rows."""
        return self._selected_ids

    def show_assessment(self, assessment: Assessment) -> None:
        """Show the submissions of the case."""
        if self.submissions.show_submissions(assessment.submissions):
            self._fit_later.start()
        known = {item.record.id for item in assessment.submissions}
        if not known.issuperset(self._selected_ids):
            self._tell([row_id for row_id in self._selected_ids if row_id in known])
        self._fit()

    def select_rows(self, row_ids: Iterable[str]) -> None:
        """Select the rows with these ids, and bring the first into view."""
        selection = QItemSelection()
        last = self.submissions.columnCount() - 1
        places = [self.submissions.place_of(row_id) for row_id in row_ids]
        for place in places:
            if place is not None:
                selection.select(
                    self.submissions.index(place, 0), self.submissions.index(place, last)
                )
        how = QItemSelectionModel.SelectionFlag.ClearAndSelect
        self.selectionModel().select(selection, how)
        if places and places[0] is not None:
            first = self.submissions.index(places[0], _FILE)
            self.selectionModel().setCurrentIndex(first, QItemSelectionModel.SelectionFlag.NoUpdate)
            self.scrollTo(first)

    def _set_up_header(self) -> None:
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        # Only rows in sight are measured; all of them would take long for thousands.
        header.setResizeContentsPrecision(0)
        # Fitted when something has changed, not whenever something is painted.
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setMaximumSectionSize(330)
        header.setStretchLastSection(True)
        header.setSortIndicatorClearable(True)
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self.setSortingEnabled(True)

    def _selection_changed(self) -> None:
        rows = self.selectionModel().selectedRows()
        chosen = [self.submissions.row_at(index.row()) for index in rows]
        self._tell([row.id for row in chosen if row is not None])

    def _tell(self, row_ids: Sequence[str]) -> None:
        if tuple(row_ids) != self._selected_ids:
            self._selected_ids = tuple(row_ids)
            self.selected.emit(self._selected_ids)

    def _restore_selection(self) -> None:
        """A table filled anew has forgotten what was selected."""
        known = [row for row in self._selected_ids if self.submissions.place_of(row) is not None]
        self.select_rows(known)

    def _fit(self) -> None:
        """As high as the rows need, up to a limit; more rows scroll."""
        seen = min(max(self.submissions.rowCount(), 1), _ROWS_AT_ONCE)
        rows = seen * self.verticalHeader().defaultSectionSize()
        bar = self.horizontalScrollBar().sizeHint().height()
        frame = 2 * self.frameWidth() + self.horizontalHeader().sizeHint().height()
        self.setFixedHeight(rows + frame + bar)
