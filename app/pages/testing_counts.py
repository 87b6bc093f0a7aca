"""Accounts counted in the submission files themselves: told apart, offered, recorded (R6.8)."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QListWidget, QProgressBar, QSizePolicy

from app.failures import UserFacingError
from app.onboarding.assessment import Assessment, plural
from app.onboarding.certification import LEVEL_TRACKS
from app.onboarding.counting import counted, distinct_answer, distinct_range
from app.onboarding.values import Row
from app.open_case import OpenCase
from app.widgets.banner import Banner, Tone
from app.widgets.card import Card
from app.widgets.icons import Button
from app.widgets.row_model import Column, RowModel
from app.widgets.row_table import RowTable
from app.widgets.style import NEAR
from app.widgets.texts import plain_label
from app.work.account_counts import FileProgress, ToldApart
from app.work.counting_accounts import AccountsDesk

_NOTE = (
    "Add the submission files that you sent, or drop them anywhere on this page. The program counts "
    "the different accounts in them, for each reporter and correspondent. It keeps numbers, never "
    "a record."
)
_FILES = "Submission files (*.json.bz2);;All files (*)"
_LISTED_AT_ONCE = 5


class _Accounts(Row):
    """The files of one reporter, and of one of its correspondents where they name one."""

    reporter_crd: str
    correspondent_crd: str | None
    files: int
    accounts: int
    different: int


class CountsCard(Card):
    """Files, progress with Cancel, a table, and the number to record."""

    def __init__(self, open_case: OpenCase, desk: AccountsDesk) -> None:
        super().__init__("Accounts in your submission files", _NOTE)
        self._open_case = open_case
        self.desk = desk
        self.files = Button("Add s&ubmission files …", icon_name="add")
        self.cancel = Button("Cancel")
        self.reading = plain_label()
        self.progress = QProgressBar(textVisible=False)
        self.model = RowModel(
            (
                Column("Reporter CRD", lambda row: row.reporter_crd),
                Column("Correspondent CRD", lambda row: row.correspondent_crd),
                Column("Files", lambda row: row.files),
                Column("Accounts", lambda row: row.accounts),
                Column("Different accounts", lambda row: row.different),
            )
        )
        self.table = RowTable(self.model)
        self.left_out = QListWidget()
        self.offer = Banner()
        self.record_button = Button("Record this num&ber", kind="primary")
        self._arrange()
        self._connect()
        self._show_running()

    def show_assessment(self, assessment: Assessment) -> None:
        """Repaint from the facts."""
        asked = any(r.key == "distinct" for r in assessment.step(6).requirements)
        some = bool(self.desk.told.reports or self.desk.told.left_out)
        self.setVisible(asked or some or self.desk.running)
        self._show_offer(assessment)

    def choose(self) -> None:
        """Ask for submission files."""
        dialog = QFileDialog(self, "Add submission files")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.setNameFilter(_FILES)
        dialog.filesSelected.connect(self._add_chosen)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _arrange(self) -> None:
        self.files.setObjectName("testing:add-submission-files")
        self.cancel.setObjectName("testing:cancel-accounts")
        self.record_button.setObjectName("testing:record-counted")
        self.progress.setAccessibleName("Counting accounts")
        self.progress.setRange(0, 1_000)
        self.table.setAccessibleName("Accounts by reporter and correspondent")
        self.left_out.setAccessibleName("Submission files that tell nothing")
        self.left_out.setWordWrap(True)
        self.left_out.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        adding, running, recording = QHBoxLayout(), QHBoxLayout(), QHBoxLayout()
        for row, button in ((adding, self.files), (recording, self.record_button)):
            row.addWidget(button)
            row.addStretch()
        running.setSpacing(NEAR)
        running.addWidget(self.progress, 1)
        running.addWidget(self.cancel)
        self.body.addLayout(adding)
        self.body.addWidget(self.reading)
        self.body.addLayout(running)
        self.body.addWidget(self.table)
        self.body.addWidget(self.left_out)
        self.body.addWidget(self.offer)
        self.body.addLayout(recording)

    def _connect(self) -> None:
        self.files.clicked.connect(self.choose)
        self.cancel.clicked.connect(self.desk.cancel)
        self.record_button.clicked.connect(self.desk.record)
        self.desk.started.connect(self._begun)
        self.desk.progressed.connect(self._show_progress)
        self.desk.told_apart.connect(self._show_told)
        self.desk.failed.connect(self._show_failure)
        self.desk.cancelled.connect(self._show_cancelled)
        self.desk.ended.connect(self._ended)
        self._show_told(self.desk.told)

    def _add_chosen(self, chosen: list[str]) -> None:
        self.desk.add([Path(path) for path in chosen])

    def _begun(self) -> None:
        self.setVisible(True)
        self.reading.setText("Counting …")
        self.progress.setValue(0)
        self._show_running()

    def _show_running(self) -> None:
        running = self.desk.running
        for widget in (self.reading, self.progress, self.cancel):
            widget.setVisible(running)
        self.files.setEnabled(not running)

    def _show_progress(self, progress: FileProgress) -> None:
        # In thousandths: a file may hold more bytes than a progress bar can count.
        self.progress.setValue(progress.bytes * 1_000 // max(progress.bytes_in_all, 1))
        self.reading.setText(f"Counting the accounts in {progress.name}")

    def _show_told(self, told: ToldApart) -> None:
        self.model.show_rows(
            tuple(
                _Accounts(
                    id=f"{number:08x}",
                    reporter_crd=str(row.reporter_crd),
                    correspondent_crd=None
                    if row.correspondent_crd is None
                    else str(row.correspondent_crd),
                    files=row.files,
                    accounts=row.accounts,
                    different=row.different,
                )
                for number, row in enumerate(told.reporters)
            )
        )
        self.model.repaint_all()
        self.table.setVisible(bool(told.reporters))
        self.table.fit_rows()
        self.left_out.clear()
        self.left_out.addItems([f"{item.name}: {item.why}" for item in told.left_out])
        line = self.left_out.fontMetrics().height() + 12
        self.left_out.setFixedHeight(min(len(told.left_out), _LISTED_AT_ONCE) * line + 8)
        self.left_out.setVisible(bool(told.left_out))
        # Before it has its place in the page it would be a window of its own.
        if self.parentWidget() is not None:
            self.show_assessment(self._open_case.assessment)

    def _show_failure(self, failure: UserFacingError) -> None:
        self.offer.show_failure(failure)

    def _show_cancelled(self) -> None:
        self.offer.show_text("Stopped.", "What was counted before stays.", Tone.INFO)

    def _ended(self) -> None:
        self._show_running()

    def _show_offer(self, assessment: Assessment) -> None:
        """What the files say about the submissions that count, and whether it can be recorded."""
        told = self.desk.told
        records = counted(assessment.submissions, *LEVEL_TRACKS)
        least, most = distinct_range(assessment.case, records)
        current = {record.id for record in records} == set(told.asked)
        answer = distinct_answer(assessment.case, records)
        fits = least <= told.different <= most
        self.record_button.hide()
        nothing_to_ask = least == most
        if not told.reports or not current or (nothing_to_ask and not told.complete):
            self.offer.show_text("")
        elif nothing_to_ask:
            # What the files say about LTIDs is worth knowing all the same.
            what = " Enter that number at the submission." if told.without_current_ltid else ""
            self.offer.show_text(_counted_words(told), f"{_ended_words(told)}{what}", Tone.INFO)
        elif told.lacking:
            names = ", ".join(told.lacking[:3])
            more = f" and {len(told.lacking) - 3:,} more" if len(told.lacking) > 3 else ""
            self.offer.show_text(
                f"Still missing: {names}{more}.",
                "Once the files of all submissions that count are here, the number can be recorded.",
                Tone.INFO,
            )
        elif not fits:
            self.offer.show_text(
                f"{plural(told.different, 'different account')} cannot be: by their feedback the "
                f"submissions hold between {least:,} and {most:,}.",
                "A Firm Designated ID that stands twice in one file is refused by CAIS; check the "
                "files with “Send a submission” or state the number below.",
                Tone.WARNING,
            )
        elif answer is not None and answer.from_files and answer.received == told.different:
            self.offer.show_text(
                f"Recorded: {plural(told.different, 'different account')}.",
                _ended_words(told),
                Tone.DONE,
            )
        else:
            self.offer.show_text(_counted_words(told), _ended_words(told), Tone.INFO)
            self.record_button.show()


def _counted_words(told: ToldApart) -> str:
    return f"{plural(told.different, 'different account')} in {plural(len(told.files), 'file')}."


def _ended_words(told: ToldApart) -> str:
    ended = told.without_current_ltid
    if not ended:
        return "Each has a current LTID."
    if ended == 1:
        return "1 of them has no current LTID and does not count toward the level."
    return f"{ended:,} of them have no current LTID and do not count toward the level."
