"""The submissions of step 6: read, chosen, asked about, removed."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QMenu

from app.onboarding.assessment import Assessment
from app.onboarding.editing import new_row_id, value_at
from app.onboarding.testing import (
    EvidenceSource,
    SubmissionRecord,
)
from app.open_case import OpenCase
from app.pages.testing_details import SubmissionDetails
from app.pages.testing_each import EachSubmission
from app.pages.testing_fetch import FetchBar
from app.pages.testing_questions import ASKED, Questions
from app.pages.testing_sources import SourcesBar
from app.storage.history import EntryKind
from app.widgets.card import Card
from app.widgets.drop_zone import DropZone
from app.widgets.icons import Button
from app.widgets.submissions_table import SubmissionsTable, submission_title
from app.widgets.undo_line import UndoLine
from app.work.desk import Desk

_SUBMISSIONS = "testing.submissions"
_DROP = "Drop feedback files here, or the whole folder they lie in"
_EMPTY = (
    "Each submission becomes one row; older feedback of the same submission does no harm. "
    "No files at hand? Type in the counts that the portal shows."
)
_CHOICES = ((True, "Choose for certification"), (False, "Do not choose"))


class SubmissionsCard(Card):
    """Sources, table and details of the submissions."""

    def __init__(self, open_case: OpenCase, desk: Desk) -> None:
        super().__init__(
            "Submissions",
            "Only completed submissions to the test environment count, and of those the ones you "
            "choose.",
        )
        self._open_case = open_case
        self.sources = SourcesBar(desk)
        self.fetch = FetchBar(open_case, desk)
        self.empty = DropZone(_DROP, _EMPTY)
        self.each = EachSubmission(open_case, self)
        self.questions = Questions(open_case, self.each)
        self.undo = UndoLine(open_case, _SUBMISSIONS)
        self.table = SubmissionsTable()
        self.type_button = Button("Ty&pe in a row")
        self.remove_button = Button("&Remove")
        self.set_button = Button("&Set for selected rows")
        self.details = SubmissionDetails(open_case)
        self._arrange()
        self.type_button.clicked.connect(self._type_in)
        self.table.selected.connect(self._selected)
        self.table.removal_wanted.connect(self.remove_selected)
        self.table.fields_wanted.connect(self.details.take_focus)
        self.table.choice_toggled.connect(self._toggle_choice)
        self.table.submissions.choice_made.connect(self._choose_one)
        self.remove_button.clicked.connect(self.remove_selected)
        self.undo.restored.connect(self._show_restored)

    def show_assessment(self, assessment: Assessment) -> None:
        """Repaint from the facts."""
        some = bool(assessment.submissions)
        self.fetch.show_assessment(assessment)
        self.table.show_assessment(assessment)
        self.details.show_assessment(assessment)
        self.questions.show_assessment(assessment)
        self.undo.show_case(assessment.case)
        self.empty.setVisible(not some)
        for widget in (self.table, self.remove_button, self.set_button):
            widget.setVisible(some)

    def show_drop(self, over: bool) -> None:
        """Show where files held over the page would go."""
        self.empty.show_over(over)
        self.empty.setVisible(over or not self._open_case.case.testing.submissions)

    def focus_on(self, path: str) -> None:
        """Go to where the fact at `path` is mended."""
        row_id = path.removeprefix(_SUBMISSIONS).strip(".").partition(".")[0]
        if row_id:
            self.table.select_rows([row_id])
        found = self.details.field(path) if row_id else None
        if found is not None:
            found.show_missing()
            found.take_focus()
        elif self._open_case.case.testing.submissions:
            self.table.setFocus()
        else:
            self.sources.files.setFocus()

    def remove_selected(self) -> None:
        """Take the selected rows out; the line above the table offers to undo it."""
        self.details.commit()
        records = {record.id: record for record in self._records(self.table.selected_ids)}

        def remove(row_id: str) -> None:
            self.undo.remove(records[row_id], submission_title(records[row_id]))

        self.each.change(records, remove)

    def _arrange(self) -> None:
        self.type_button.setObjectName("testing:type-in")
        self.remove_button.setObjectName(f"remove:{_SUBMISSIONS}")
        self.set_button.setObjectName(f"set:{_SUBMISSIONS}")
        self.set_button.setMenu(self._menu())
        buttons = QHBoxLayout()
        for button in (self.type_button, self.remove_button, self.set_button):
            buttons.addWidget(button)
        buttons.addStretch()
        for widget in (self.sources, self.fetch, self.undo, self.empty, self.questions, self.table):
            self.body.addWidget(widget)
        self.body.addLayout(buttons)
        self.body.addWidget(self.details)
        self._selected(())

    def _menu(self) -> QMenu:
        menu = QMenu(self)
        for name, answers in (("chosen", _CHOICES), *ASKED):
            for value, words in answers:
                menu.addAction(words).setData((name, value))
            menu.addSeparator()
        menu.triggered.connect(self._set_by_menu)
        return menu

    def _records(self, ids: Iterable[str]) -> list[SubmissionRecord]:
        wanted = set(ids)
        return [row for row in self._open_case.case.testing.submissions if row.id in wanted]

    def _selected(self, ids: tuple[str, ...]) -> None:
        self.details.show_rows(ids)
        self.remove_button.setEnabled(bool(ids))
        self.set_button.setEnabled(bool(ids))

    def _set_by_menu(self, action: QAction) -> None:
        name, value = action.data()
        self._set(name, value)

    def _set(self, name: str, value: object) -> None:
        """One answer for all selected rows: one entry in the history for each."""

        def change(row_id: str) -> None:
            if name == "chosen":
                self._choose_one(row_id, value is True)
            else:
                self._open_case.edit(f"{_SUBMISSIONS}.{row_id}.{name}", value)

        self.each.change(self.table.selected_ids, change)

    def _choose_one(self, row_id: str, chosen: bool) -> None:
        path = f"{_SUBMISSIONS}.{row_id}.chosen"
        if value_at(self._open_case.case, path) != chosen:
            self._open_case.record(path, chosen, EntryKind.SUBMISSION_CHOSEN)

    def _toggle_choice(self) -> None:
        """Choose all selected rows; if they all are, none of them."""
        all_chosen = all(row.chosen for row in self._records(self.table.selected_ids))
        self._set("chosen", not all_chosen)

    def _type_in(self) -> None:
        """A row for what the portal shows, and the focus in its first field."""
        registration = self._open_case.case.registration
        crd = None if registration.serves_others else registration.crd
        row = SubmissionRecord(id=new_row_id(), source=EvidenceSource.TYPED_IN, reporter_crd=crd)
        self._open_case.add_row(_SUBMISSIONS, row)
        self.table.select_rows([row.id])
        self.details.take_focus()

    def _show_restored(self, row_id: str) -> None:
        self.table.select_rows([row_id])
