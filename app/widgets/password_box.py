"""Where a password is entered once and handed to the password store; never shown again (R4.7)."""

from __future__ import annotations

from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from app.background import Job
from app.failures import UserFacingError
from app.storage.credentials import KeptIn
from app.storage.keyrings import KeyringStatus
from app.widgets.banner import Banner, Tone
from app.widgets.icons import Button
from app.widgets.style import NEAR, TIGHT
from app.widgets.texts import plain_label
from app.work.passwords import PasswordDesk

_KEPT = {
    None: "No password is kept for {whose}.",
    KeptIn.KEYRING: "The password is kept in your computer’s password store (keyring).",
    KeptIn.SESSION: "The password is kept until you close the program.",
}


class PasswordBox(QWidget):
    """The password of one SFTP account, or of the proxy: entered, kept, removed. No fact holds it.

    Args:
        desk: keeps it.
        name: of the entry and, after `keep-` and `remove-`, of the buttons.
        whose: in words, such as "the proxy".
        letters: whether Alt and a letter lead to it; one box of a page may have them.
    """

    def __init__(
        self,
        desk: PasswordDesk,
        name: str = "password",
        whose: str = "the SFTP account",
        *,
        letters: bool = True,
    ) -> None:
        super().__init__()
        self._desk = desk
        self._name = name
        self._whose = whose
        self._letters = letters
        self._account_id = ""
        self.entry = QLineEdit()
        self.keep_button = Button(self._lettered("&Keep in the keyring"))
        self.session_button = Button(self._lettered("For this &session only"))
        self.remove_button = Button("Remove it", kind="quiet", icon_name="close")
        self.state = plain_label()
        self.problem = plain_label(role="problem")
        self.keyring = Banner()
        self._buttons = (self.keep_button, self.session_button, self.remove_button)
        self._busy = False
        self._arrange()
        self._connect()

    def show_account(self, account_id: str) -> None:
        """From now on for this account; what was typed for another one is gone."""
        if account_id != self._account_id:
            self._account_id = account_id
            self._forget()
        self._show_state()

    def showEvent(self, event: QShowEvent) -> None:
        """Look how the password store stands, once."""
        super().showEvent(event)
        if self._desk.status is None:
            self._desk.probe()
        else:
            self._show_keyring(self._desk.status)

    def hideEvent(self, event: QHideEvent) -> None:
        """Nothing typed stays behind when the page is left."""
        super().hideEvent(event)
        self._forget()

    def _connect(self) -> None:
        self.entry.returnPressed.connect(self._keep)
        self.entry.textEdited.connect(self._clear_problem)
        self.keep_button.clicked.connect(self._keep)
        self.session_button.clicked.connect(self._keep_for_session)
        self.remove_button.clicked.connect(self._remove)
        self._desk.keyring_found.connect(self._show_keyring)
        self._desk.kept_changed.connect(self._kept)
        self._desk.failed.connect(self._show_failure)

    def _lettered(self, words: str) -> str:
        return words if self._letters else words.replace("&", "")

    def _arrange(self) -> None:
        self.entry.setEchoMode(QLineEdit.EchoMode.Password)
        self.entry.setMaxLength(1_000)
        self.entry.setObjectName(self._name)
        self.entry.setAccessibleName(f"Password of {self._whose}")
        self.keep_button.setObjectName(f"keep-{self._name}")
        self.session_button.setObjectName(f"keep-{self._name}-for-session")
        self.remove_button.setObjectName(f"remove-{self._name}")
        label = QLabel(self._lettered(f"&Password of {self._whose}"))
        label.setBuddy(self.entry)
        line = QHBoxLayout()
        line.addWidget(self.entry, 1)
        line.addWidget(self.keep_button)
        line.addWidget(self.session_button)
        kept = QHBoxLayout()
        kept.setSpacing(NEAR)
        kept.addWidget(self.state, 1)
        kept.addWidget(self.remove_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(TIGHT)
        column.addWidget(label)
        column.addLayout(line)
        column.addWidget(self.problem)
        column.addLayout(kept)
        column.addWidget(self.keyring)
        self.problem.hide()

    def _keep(self) -> None:
        if self.keep_button.isEnabled():
            self._hand_over(this_session_only=False)
        elif self._desk.status is not None and not self._desk.status.ready:
            self._say("The keyring cannot take it. It can be kept for this session only.")

    def _keep_for_session(self) -> None:
        self._hand_over(this_session_only=True)

    def _hand_over(self, *, this_session_only: bool) -> None:
        if not self.entry.text():
            self._say("Enter the password first.")
            self.entry.setFocus()
            return
        job = self._desk.keep(
            self._account_id, self.entry.text(), this_session_only=this_session_only
        )
        self._wait_for(job, "Handing the password over …")

    def _remove(self) -> None:
        self._wait_for(self._desk.remove(self._account_id), "Removing the password …")

    def _wait_for(self, job: Job, words: str) -> None:
        """A store may ask the person something first: say what is under way, and take nothing else."""
        self._busy = True
        for button in self._buttons:
            button.setEnabled(False)
        self.keyring.show_text("")
        self.state.setText(words)
        job.ended.connect(self._job_ended)

    def _job_ended(self) -> None:
        self._busy = False
        self.session_button.setEnabled(True)
        self.remove_button.setEnabled(True)
        self._show_state()

    def _kept(self, account_id: str) -> None:
        if account_id == self._account_id:
            self._forget()
        self._show_state()

    def _forget(self) -> None:
        self.entry.clear()
        self._clear_problem()

    def _say(self, problem: str) -> None:
        self.problem.setText(problem)
        self.problem.setVisible(bool(problem))

    def _clear_problem(self) -> None:
        self._say("")

    def _show_state(self) -> None:
        if self._busy:
            return
        kept, status = self._desk.kept_in(self._account_id), self._desk.status
        self.state.setText(_KEPT[kept].format(whose=self._whose))
        self.remove_button.setVisible(kept is not None)
        self.keep_button.setEnabled(status is None or status.ready)

    def _show_keyring(self, status: KeyringStatus) -> None:
        self.keyring.show_text(*(("", "") if status.ready else (status.what, status.action)))
        self._show_state()

    def _show_failure(self, failure: UserFacingError) -> None:
        self.keyring.show_text(
            failure.what, f"{failure.meaning} {failure.action}".strip(), Tone.ERROR
        )
