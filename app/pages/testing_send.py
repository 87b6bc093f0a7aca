"""Sending a submission to the test environment, from its check to the history entry."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QProgressBar

from app.failures import UserFacingError
from app.onboarding.assessment import Assessment
from app.open_case import OpenCase
from app.sftp.host_keys import HostKey, HowAccepted
from app.sftp.target import ConnectionTarget
from app.widgets.banner import Banner, Tone
from app.widgets.card import Card
from app.widgets.dialogs import QuestionDialog
from app.widgets.host_key_dialog import HostKeyDialog
from app.widgets.icons import Button
from app.widgets.style import NEAR
from app.widgets.texts import plain_label
from app.work.desk import Desk

if TYPE_CHECKING:
    from app.sftp.sending import SendProgress, SentFile

_NOTE = (
    "If you make your submissions yourself: each file is checked first, sent once to the test "
    "environment under its own name, and never over a file that is there. What was sent, when and "
    "by whom is kept with its SHA-256."
)
_FILES = "Submissions (*.json.bz2);;All files (*)"


class SendCard(Card):
    """Chooses, checks, sends, and asks where the person has to decide."""

    def __init__(self, open_case: OpenCase, desk: Desk) -> None:
        super().__init__("Send a submission", _NOTE)
        self._open_case = open_case
        self._desk = desk.sending
        self._fetching = desk.fetching
        self._key_dialog: HostKeyDialog | None = None
        self._question: QuestionDialog | None = None
        self.send_button = Button("Choose and s&end …", icon_name="folder-open")
        self.send_button.setObjectName("testing:send")
        self.cancel_button = Button("Stop", icon_name="close")
        self.cancel_button.setObjectName("testing:send-cancel")
        self.state = plain_label(role="hint")
        self.progress = QProgressBar(textVisible=False)
        self.progress.setAccessibleName("Sending the submission")
        self.outcome = Banner(closable=True)
        buttons = QHBoxLayout()
        buttons.setSpacing(NEAR)
        buttons.addWidget(self.send_button)
        buttons.addWidget(self.cancel_button)
        buttons.addStretch()
        self.body.addLayout(buttons)
        for widget in (self.state, self.progress, self.outcome):
            self.body.addWidget(widget)
        self._connect()
        self._show_state()

    def show_assessment(self, assessment: Assessment) -> None:
        """Repaint from the facts."""
        self.setVisible(assessment.case.registration.uses_sftp)

    def choose(self) -> None:
        """Ask for the files of one submission."""
        obstacle = self._desk.obstacle
        if obstacle:
            self.outcome.show_text("Nothing can be sent yet.", obstacle, Tone.WARNING)
            return
        dialog = QFileDialog(self, "Send a submission")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.setNameFilter(_FILES)
        dialog.filesSelected.connect(self._send_chosen)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def send(self, files: list[Path]) -> None:
        """Check and send these files."""
        self.outcome.show_text("")
        self._desk.send(files)

    def _connect(self) -> None:
        self.send_button.clicked.connect(self.choose)
        self.cancel_button.clicked.connect(self._desk.cancel)
        self._desk.changed.connect(self._show_state)
        self._desk.progressed.connect(self._show_progress)
        self._desk.sent.connect(self._show_sent)
        self._desk.doubted.connect(self._ask_about_rejections)
        self._desk.trust_wanted.connect(self._ask_for_trust)
        self._desk.failed.connect(self._show_failure)
        self._desk.cancelled.connect(self._show_cancelled)

    def _send_chosen(self, chosen: list[str]) -> None:
        self.send([Path(path) for path in chosen])

    def _show_state(self) -> None:
        running = self._desk.running
        self.send_button.setVisible(not running)
        for widget in (self.cancel_button, self.state, self.progress):
            widget.setVisible(running)
        if running:
            self.progress.setRange(0, 0)
            self.state.setText("Checking the file …")

    def _show_progress(self, progress: SendProgress) -> None:
        # In thousandths: a file may hold more bytes than a progress bar can count.
        self.progress.setRange(0, 1_000)
        self.progress.setValue(progress.bytes * 1_000 // max(progress.bytes_in_all, 1))
        self.state.setText(
            f"Sent {progress.bytes:,} of {progress.bytes_in_all:,} bytes of {progress.name}"
        )

    def _show_sent(self, files: tuple[SentFile, ...]) -> None:
        names = " and ".join(file.name for file in files)
        details = " ".join(dict.fromkeys(file.arrival.value for file in files))
        self.outcome.show_text(
            f"{names} sent.",
            f"{details} CAT usually acknowledges it within ten minutes; looking for that now.",
            Tone.DONE,
        )
        self._fetching.watch()

    def _ask_about_rejections(self, failure: UserFacingError) -> None:
        self._question = QuestionDialog(
            self,
            failure.what,
            failure.meaning,
            safe="Do &not send",
            other="Send it all the &same",
        )
        self._question.confirmed.connect(self._desk.send_although_rejected)
        self._question.open()

    def _ask_for_trust(self, target: ConnectionTarget, key: HostKey) -> None:
        if not self.isVisible():
            return
        self._key_dialog = HostKeyDialog(target, key, self)
        self._key_dialog.decided.connect(self._trust)
        self._key_dialog.open()

    def _trust(self, how: HowAccepted | None) -> None:
        self._key_dialog = None  # it deletes itself when it closes
        if how is None:
            self.outcome.show_text(
                "The server was not trusted, so nothing was sent to it.",
                "Send again once its fingerprint has been confirmed.",
                Tone.INFO,
            )
            return
        try:
            self._desk.trust(how)
        except UserFacingError as failure:
            self.outcome.show_failure(failure)

    def _show_failure(self, failure: UserFacingError) -> None:
        self.outcome.show_failure(failure)

    def _show_cancelled(self) -> None:
        self.outcome.show_text(
            "Stopped.",
            "If sending had begun, part of the file may lie in the upload folder; send it again "
            "under a new file number.",
            Tone.INFO,
        )
