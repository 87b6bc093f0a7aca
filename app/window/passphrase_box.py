"""Where a passphrase for a file is chosen: typed twice, judged, kept nowhere."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QLineEdit, QWidget

from app.background import Job, JobRunner, Report
from app.cancellation import CancelToken
from app.storage.strength import Strength, strength_of
from app.widgets.style import NEAR, TIGHT
from app.widgets.texts import plain_label

#: How long nothing is typed before the passphrase is judged, in milliseconds.
_PAUSE = 150
_NONE = (
    "Without a passphrase, whoever gets hold of the file can read it. Passwords are never in it."
)
_ADVICE = "Four words that have nothing to do with one another are easy to keep and hard to guess."
#: For somebody who has the file and tries about a thousand passphrases a second.
_WORDS = {
    Strength.GUESSED_AT_ONCE: f"Guessed at once. {_ADVICE}",
    Strength.WEAK: f"Weak: guessed within hours. {_ADVICE}",
    Strength.FAIR: f"Fair: guessed within days. {_ADVICE}",
    Strength.GOOD: "Good: it takes months to guess.",
    Strength.STRONG: "Strong: it takes years to guess.",
}


class PassphraseBox(QWidget):
    """Two fields for the same passphrase, and a line about its strength. `changed` after typing.

    Args:
        runner: judges it beside the window.
        known_words: what somebody who guesses would try first.
    """

    changed = Signal()

    def __init__(self, runner: JobRunner, known_words: Sequence[str]) -> None:
        super().__init__()
        self._runner = runner
        self._known_words = tuple(known_words)
        self._judging: Job | None = None
        self.first, self.again = _entry("passphrase"), _entry("passphrase-again")
        self.hint = plain_label(_NONE, "hint")
        self.hint.setObjectName("strength")
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(NEAR)
        grid.setVerticalSpacing(TIGHT)
        entries = (("&Passphrase (you may leave it empty)", self.first), ("&Again", self.again))
        for column, (words, entry) in enumerate(entries):
            label = QLabel(words)
            label.setBuddy(entry)
            entry.setAccessibleName(words.replace("&", ""))
            entry.textChanged.connect(self._typed)
            grid.addWidget(label, 0, column)
            grid.addWidget(entry, 1, column)
            grid.setColumnStretch(column, 1)
        grid.addWidget(self.hint, 2, 0, 1, 2)
        self._pause = QTimer(self, singleShot=True, interval=_PAUSE)
        self._pause.timeout.connect(self._judge)

    @property
    def passphrase(self) -> str | None:
        """What was typed; None for none."""
        return self.first.text() or None

    @property
    def problem(self) -> str:
        """Why it cannot be used; empty where it can."""
        if self.first.text() == self.again.text():
            return ""
        return (
            "Type the passphrase once more beside it."
            if not self.again.text()
            else "The two passphrases differ. Type both again."
        )

    def clear(self) -> None:
        """Forget what was typed."""
        self.first.clear()
        self.again.clear()

    def _typed(self) -> None:
        if self.first.text():
            self._pause.start()
        else:
            self._pause.stop()
            self.hint.setText(_NONE)
        self.changed.emit()

    def _judge(self) -> None:
        passphrase, known_words = self.first.text(), self._known_words
        if self._judging is not None:
            self._judging.cancel()

        def judge(token: CancelToken, report: Report) -> Strength:
            return strength_of(passphrase, known_words)

        self._judging = self._runner.prepare("judge a passphrase", judge)
        self._judging.done.connect(self._show_strength)
        self._judging.ended.connect(self._ended)
        self._runner.start(self._judging)

    def _show_strength(self, strength: Strength) -> None:
        if self.first.text():
            self.hint.setText(_WORDS[strength])

    def _ended(self, job: Job) -> None:
        if job is self._judging:
            self._judging = None


def _entry(name: str) -> QLineEdit:
    entry = QLineEdit()
    entry.setObjectName(name)
    entry.setEchoMode(QLineEdit.EchoMode.Password)
    entry.setMaxLength(1_000)
    return entry
