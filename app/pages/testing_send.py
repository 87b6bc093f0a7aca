"""Sending a submission to the test environment, from its check to the history entry."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFileDialog

from app.failures import UserFacingError
from app.onboarding.assessment import Assessment
from app.open_case import OpenCase
from app.pages.testing_run import RunView
from app.widgets.banner import Tone
from app.widgets.card import Card
from app.widgets.dialogs import QuestionDialog
from app.widgets.icons import Button
from app.work.desk import Desk

if TYPE_CHECKING:
    from app.sftp.sending import SentFile
    from app.sftp.upload import SendProgress

_NOTE = (
    "If you make your submissions yourself: each file is checked first, sent once to the test "
    "environment under its own name, and never over a file that is there. Of a 2.0.0 submission "
    "choose both files together. What was sent, when and by whom is kept with its SHA-256."
)
_SOON = "CAT usually acknowledges it within ten minutes; looking for that now."
_PRACTICE_SOON = "The practice CAIS answers four times within seconds; looking for that now."
_FILES = "Submissions (*.json.bz2);;All files (*)"


class SendCard(Card):
    """Who makes the submissions sends them from here."""

    def __init__(self, open_case: OpenCase, desk: Desk) -> None:
        super().__init__("Send a submission", _NOTE)
        self.view = SendView(open_case, desk)
        self.body.addWidget(self.view)

    def show_assessment(self, assessment: Assessment) -> None:
        """Repaint from the facts."""
        self.setVisible(assessment.case.registration.uses_sftp)

    def send(self, files: list[Path]) -> None:
        """Check and send these files."""
        self.view.send(files)


class SendView(RunView):
    """Chooses, checks, sends, and asks where the person has to decide."""

    def __init__(self, open_case: OpenCase, desk: Desk) -> None:
        self.send_button = Button("Choose and &send …", icon_name="folder-open")
        self.send_button.setObjectName("testing:send")
        super().__init__(
            desk.sending,
            (self.send_button,),
            name="testing:send-cancel",
            doing="Sending the submission",
            again="Send again once its fingerprint has been confirmed.",
        )
        self._open_case = open_case
        self._desk = desk.sending
        self._fetching = desk.fetching
        self._question: QuestionDialog | None = None
        self.send_button.clicked.connect(self.choose)
        self._desk.progressed.connect(self._show_progress)
        self._desk.sent.connect(self._show_sent)
        self._desk.doubted.connect(self._ask_about_doubt)
        self.show_state()

    def choose(self) -> None:
        """Ask for the files of one submission."""
        if not self.may_start("Nothing can be sent yet."):
            return
        dialog = QFileDialog(self, "Send a submission")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.setNameFilter(_FILES)
        dialog.filesSelected.connect(self._send_chosen)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def send(self, files: list[Path]) -> None:
        """Check and send these files."""
        if self.may_start("Nothing can be sent yet."):
            self._desk.send(files)

    def state_words(self) -> str:
        """What goes on."""
        return "Checking the file …" if self._desk.running else ""

    def stopped_words(self) -> str:
        """What is left of a run that the person stopped."""
        return (
            "If sending had begun, part of the file may lie in the upload folder; send it again "
            "under a new file number."
        )

    def _send_chosen(self, chosen: list[str]) -> None:
        self.send([Path(path) for path in chosen])

    def _show_progress(self, progress: SendProgress) -> None:
        # In thousandths: a file may hold more bytes than a progress bar can count.
        self.progress.setRange(0, 1_000)
        self.progress.setValue(progress.bytes * 1_000 // max(progress.bytes_in_all, 1))
        self.show_words(
            f"Sent {progress.bytes:,} of {progress.bytes_in_all:,} bytes of {progress.name}"
        )

    def _show_sent(self, files: tuple[SentFile, ...]) -> None:
        names = " and ".join(file.name for file in files)
        details = " ".join(dict.fromkeys(file.arrival.value for file in files))
        self.outcome.show_text(
            f"{names} sent.",
            f"{details} {_PRACTICE_SOON if self._open_case.case.practice else _SOON}",
            Tone.DONE,
        )
        self._fetching.watch([file.name for file in files])

    def _ask_about_doubt(self, failure: UserFacingError) -> None:
        self._question = QuestionDialog(
            self,
            failure.what,
            f"{failure.meaning} {failure.action}",
            safe="Do &not send",
            other="Send it all the &same",
        )
        self._question.confirmed.connect(self._desk.send_nonetheless)
        self._question.open()
