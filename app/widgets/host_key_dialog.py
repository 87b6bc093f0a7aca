"""The question whether to trust a server met for the first time."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from app.sftp.host_keys import HostKey, HowAccepted
from app.sftp.plain_text import plain
from app.sftp.target import ConnectionTarget
from app.widgets.dialogs import Dialog
from app.widgets.style import APART
from app.widgets.texts import plain_label

_WORDS = (
    "Compare the fingerprint with the one you were given by your network provider or the FINRA CAT "
    "Help Desk. Trust the server only if they are the same, character by character. Your password "
    "has not been sent."
)
_PRACTICE_WORDS = (
    "Practice what matters: compare the fingerprint with the one you were given. That of the "
    "practice CAIS stands on step 6 under “Practice CAIS”; a real one comes from your network "
    "provider or the FINRA CAT Help Desk. Your password has not been sent."
)


class HostKeyDialog(Dialog):
    """Shows host, key type and fingerprint. Whoever only presses a key trusts nothing.

    `decided` carries a `HowAccepted`, or None for no trust; it comes once.
    """

    decided = Signal(object)

    def __init__(self, target: ConnectionTarget, key: HostKey, parent: QWidget) -> None:
        words = _PRACTICE_WORDS if target.practice else _WORDS
        super().__init__(parent, "Do you trust this server?", words, ("warning", "waiting"))
        self.setObjectName("host-key")
        self._how: HowAccepted | None = None
        facts = QGridLayout()
        facts.setHorizontalSpacing(APART)
        facts.setColumnStretch(1, 1)
        for line, (name, value) in enumerate(
            (
                ("Host", f"{plain(target.host)}, port {target.port}"),
                ("Key type", plain(key.type)),
                ("SHA-256 fingerprint", plain(key.fingerprint)),
            )
        ):
            facts.addWidget(plain_label(name, wrap=False), line, 0)
            facts.addWidget(_fact(name, value), line, 1)
        self.body.addLayout(facts)
        always = self.add_button("&Always trust")
        always.setObjectName("trust:always")
        always.clicked.connect(self._trust_always)
        once = self.add_button("Trust &once")
        once.setObjectName("trust:once")
        once.clicked.connect(self._trust_once)
        dont = self.add_button("&Don’t trust", kind="primary")
        dont.setObjectName("trust:no")
        dont.clicked.connect(self.reject)
        dont.setDefault(True)
        dont.setFocus()
        self.finished.connect(self._finish)
        width = max(self.minimumSizeHint().width(), self.fontMetrics().averageCharWidth() * 96)
        self.resize(width, self.heightForWidth(width))

    def _trust_once(self) -> None:
        self._how = HowAccepted.ONCE
        self.accept()

    def _trust_always(self) -> None:
        self._how = HowAccepted.ALWAYS
        self.accept()

    def _finish(self) -> None:
        self.decided.emit(self._how)


def _fact(name: str, value: str) -> QLabel:
    """A value that can be marked and copied, in letters that are told apart."""
    label = plain_label(value, wrap=False)
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    label.setFont(font)
    label.setTextInteractionFlags(
        Qt.TextInteractionFlag.TextSelectableByMouse
        | Qt.TextInteractionFlag.TextSelectableByKeyboard
    )
    label.setAccessibleName(f"{name}: {value}")
    return label
