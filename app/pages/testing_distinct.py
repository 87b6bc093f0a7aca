"""The question how many different accounts several submissions hold together (R6.8)."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QLineEdit

from app.onboarding import editing
from app.onboarding.assessment import Assessment
from app.onboarding.business_calendar import eastern_date, long_date
from app.onboarding.certification import LEVEL_TRACKS
from app.onboarding.counting import counted, distinct_range
from app.onboarding.testing import DistinctAccounts, SubmissionRecord
from app.open_case import OpenCase
from app.storage.history import EntryKind
from app.widgets.card import Card
from app.widgets.icons import Button
from app.widgets.style import NEAR
from app.widgets.texts import plain_label

_PATH = "testing.distinct_accounts"
_WHY = (
    "An account that stands in several submissions counts once. Feedback does not name the "
    "accounts: let the program count them in your submission files above, or state the number."
)


class DistinctCard(Card):
    """Number and name, recorded together with the submissions they are about."""

    def __init__(self, open_case: OpenCase) -> None:
        super().__init__("How many different accounts?", _WHY)
        self._open_case = open_case
        self._records: tuple[SubmissionRecord, ...] = ()
        self.range = plain_label()
        self.number = QLineEdit(maxLength=50_000)
        self.ended = QLineEdit(maxLength=50_000, placeholderText="None")
        self.by = QLineEdit(maxLength=50_000)
        self.record_button = Button("Record th&is answer")
        self.problem = plain_label(role="problem")
        self.given = plain_label()
        self._arrange()

    def show_assessment(self, assessment: Assessment) -> None:
        """Repaint from the facts."""
        asked = any(r.key == "distinct" for r in assessment.step(6).requirements)
        self.setVisible(asked)
        self._records = counted(assessment.submissions, *LEVEL_TRACKS)
        if not asked:
            return
        least, most = distinct_range(assessment.case, self._records)
        self.range.setText(
            f"{len(self._records):,} submissions count: {most:,} accounts if none stands twice, "
            f"at least {least:,}."
        )
        answer = assessment.case.testing.distinct_accounts
        self._show_answer(assessment, answer)
        if not self.by.text() and not self.by.hasFocus():
            self.by.setText(assessment.case.registration.primary_contact.name or "")

    def commit(self) -> None:
        """Record what is typed and not yet recorded."""
        if self.number.isModified() and self.number.text().strip():
            self.record()

    def record(self) -> None:
        """Record the answer for just the submissions that count now, with who and when."""
        typed = self.number.text()
        try:
            answer = self._answer(typed)
        except editing.FieldProblemError as refused:
            self._open_case.edit(_PATH, typed)
            self._show_problem(refused)
            return
        self.number.setModified(False)
        with self._open_case.together():
            if _PATH in self._open_case.case.unaccepted:
                self._open_case.edit(_PATH, "")
            self._open_case.record(_PATH, answer, EntryKind.STATEMENT_MADE)
        self._show_problem(None)

    def take_focus(self) -> None:
        """Put the focus into the number."""
        self.number.setFocus()

    def _answer(self, typed: str) -> DistinctAccounts:
        """The answer as the domain takes it.

        Raises:
            FieldProblemError: number or name do not fit.
        """
        case, today = self._open_case.case, self._open_case.today
        asked = tuple(record.id for record in self._records)
        empty = DistinctAccounts(record_ids=asked, received=0, stated_at=self._open_case.now)
        case = editing.with_replaced(case, _PATH, empty)
        case = editing.with_value(case, f"{_PATH}.received", typed, today)
        case = editing.with_value(case, f"{_PATH}.without_current_ltid", self.ended.text(), today)
        case = editing.with_value(case, f"{_PATH}.stated_by", self.by.text(), today)
        answer = case.testing.distinct_accounts
        return answer or empty

    def _show_answer(self, assessment: Assessment, answer: DistinctAccounts | None) -> None:
        requirement = next(r for r in assessment.step(6).requirements if r.key == "distinct")
        unaccepted = assessment.case.unaccepted.get(_PATH)
        if unaccepted is not None and not self.number.text():
            self._show_unaccepted(unaccepted)
        if answer is None:
            self.given.setText("")
        else:
            day = long_date(eastern_date(answer.stated_at))
            who = f" by {answer.stated_by}" if answer.stated_by else ""
            who = " from the submission files" if answer.from_files else who
            still = "" if requirement.met else f" It no longer fits: {requirement.detail}"
            self.given.setText(f"Recorded{who} on {day}: {answer.received:,} accounts.{still}")
            if not self.number.isModified() and not self.number.hasFocus():
                self.number.setText(f"{answer.received:,}")
        self.given.setVisible(bool(self.given.text()))

    def _show_unaccepted(self, typed: str) -> None:
        """What was typed before the program was started again."""
        self.number.setText(typed)
        try:
            self._answer(typed)
        except editing.FieldProblemError as refused:
            self._show_problem(refused)

    def _show_problem(self, problem: editing.FieldProblemError | None) -> None:
        """The line below the fields, and the mark on the field that it is about."""
        line = problem.message if problem else ""
        self.problem.setText(line)
        self.problem.setVisible(bool(line))
        for name, editor in (
            ("received", self.number),
            ("without_current_ltid", self.ended),
            ("stated_by", self.by),
        ):
            wrong = problem is not None and problem.path.endswith(f".{name}")
            editor.setProperty("problem", wrong)
            editor.style().polish(editor)
            editor.setAccessibleDescription(line if wrong else "")

    def _arrange(self) -> None:
        grid = QGridLayout()
        grid.setVerticalSpacing(2)
        for number, (words, editor) in enumerate(
            (
                ("&Different accounts", self.number),
                ("Of these, all LTIDs ended", self.ended),
                ("Counted by", self.by),
            )
        ):
            label = QLabel(words)
            label.setBuddy(editor)
            editor.setAccessibleName(words.replace("&", ""))
            editor.returnPressed.connect(self.record)
            row, column = divmod(number, 2)
            label.setContentsMargins(0, NEAR * row, 0, 0)
            grid.addWidget(label, 2 * row, column)
            grid.addWidget(editor, 2 * row + 1, column)
        grid.addWidget(self.record_button, 3, 1, Qt.AlignmentFlag.AlignLeft)
        self.number.setObjectName(f"field:{_PATH}")
        self.ended.setObjectName(f"field:{_PATH}.without_current_ltid")
        self.by.setObjectName(f"field:{_PATH}.stated_by")
        self.record_button.setObjectName("testing:record-distinct")
        self.record_button.clicked.connect(self.record)
        self.body.addWidget(self.range)
        self.body.addLayout(grid)
        self.body.addWidget(self.problem)
        self.body.addWidget(self.given)
        self.problem.hide()
