"""The question whether to trust a server met for the first time."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QDialog, QFormLayout, QHBoxLayout, QVBoxLayout, QWidget

from app.sftp.host_keys import HostKey, HowAccepted
from app.sftp.plain_text import plain
from app.sftp.target import ConnectionTarget
from app.widgets.icons import Button
from app.widgets.style import APART, FAR
from app.widgets.texts import plain_label


class HostKeyDialog(QDialog):
    """Shows host, key type and fingerprint. Whoever only presses Enter or Esc trusts nothing.

    `decided` carries a `HowAccepted`, or None for no trust; it comes once.
    """

    decided = Signal(object)

    def __init__(self, target: ConnectionTarget, key: HostKey, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("host-key")
        self.setWindowTitle("Do you trust this server?")
        self._how: HowAccepted | None = None
        facts = QFormLayout()
        facts.setHorizontalSpacing(APART)
        for name, value in (
            ("Host", f"{plain(target.host)}, port {target.port}"),
            ("Key type", plain(key.type)),
            ("SHA-256 fingerprint", plain(key.fingerprint)),
        ):
            label = plain_label(value)
            label.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
            label.setTextInteractionFlags(
                Qt.TextInteractionFlag.TextSelectableByMouse
                | Qt.TextInteractionFlag.TextSelectableByKeyboard
            )
            label.setAccessibleName(f"{name}: {value}")
            label.setObjectName(f"host-key:{name}")
            facts.addRow(plain_label(name, wrap=False), label)
        column = QVBoxLayout(self)
        column.setContentsMargins(FAR, FAR, FAR, APART)
        column.setSpacing(APART)
        column.addWidget(plain_label("This server is new to the program", "group"))
        column.addWidget(
            plain_label(
                "Compare the fingerprint with the one you were given by your network provider or "
                "the FINRA CAT Help Desk. Trust the server only if they are the same, character by "
                "character. Your password has not been sent."
            )
        )
        column.addLayout(facts)
        column.addLayout(self._buttons())
        self.setMinimumWidth(self.fontMetrics().averageCharWidth() * 84)
        self.finished.connect(self._finish)

    def _buttons(self) -> QHBoxLayout:
        dont = Button("&Don’t trust")
        dont.setObjectName("trust:no")
        dont.setDefault(True)
        dont.clicked.connect(self.reject)
        once = Button("Trust &once")
        once.setObjectName("trust:once")
        once.clicked.connect(self._trust_once)
        always = Button("&Always trust")
        always.setObjectName("trust:always")
        always.clicked.connect(self._trust_always)
        row = QHBoxLayout()
        row.addStretch()
        for button in (always, once, dont):
            row.addWidget(button)
        dont.setFocus()
        return row

    def _trust_once(self) -> None:
        self._how = HowAccepted.ONCE
        self.accept()

    def _trust_always(self) -> None:
        self._how = HowAccepted.ALWAYS
        self.accept()

    def _finish(self) -> None:
        self.decided.emit(self._how)
