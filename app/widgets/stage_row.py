"""One stage of the connection test: its state in shape and words, its result, its time."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from app.sftp.diagnosis import Ask
from app.sftp.stage import Stage
from app.widgets.announcing import announce
from app.widgets.icons import IconLabel
from app.widgets.style import APART, NEAR, TIGHT
from app.widgets.texts import plain_label

if TYPE_CHECKING:
    from app.sftp.stages import StageResult


class StageState(StrEnum):
    """How a stage stands; the value is what is read out for it."""

    LATER = "not reached"
    RUNNING = "under way"
    DONE = "done"
    FAILED = "failed"


_ICONS = {
    StageState.LATER: ("status-not-started", "muted"),
    StageState.RUNNING: ("status-in-progress", "accent"),
    StageState.DONE: ("status-done", "done"),
    StageState.FAILED: ("error", "attention"),
}


class StageRow(QWidget):
    """A stage; a failed one opens and says why, what to do and whom to ask."""

    def __init__(self, stage: Stage) -> None:
        super().__init__()
        self.stage = stage
        self.state = StageState.LATER
        self._icon = IconLabel(*_ICONS[self.state], 20)
        self.finding = plain_label(role="hint")
        self.time = plain_label(role="hint", wrap=False)
        self.help = QFrame()
        self._help = QVBoxLayout(self.help)
        self.setObjectName(f"stage:{stage.name.lower()}")
        self._arrange()
        self.show_state(StageState.LATER)

    def show_state(self, state: StageState, finding: str = "", time: str = "") -> None:
        """Show how the stage stands."""
        self.state = state
        self._icon.show_icon(*_ICONS[state])
        self.finding.setText(finding)
        self.finding.setVisible(bool(finding))
        self.time.setText(time)
        self.help.hide()
        self.setAccessibleName(f"{self.stage}: {state}. {finding}".strip())

    def show_result(self, result: StageResult) -> None:
        """Show how the stage ended, and announce it."""
        state = StageState.DONE if result.ok else StageState.FAILED
        self.show_state(state, result.finding, _time_words(result.milliseconds))
        if not result.ok:
            self._show_help(result)
        announce(self, self.accessibleName(), urgent=not result.ok)

    def _arrange(self) -> None:
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(plain_label(self.stage.value, "strong"))
        words.addWidget(self.finding)
        line = QHBoxLayout()
        line.setSpacing(NEAR)
        line.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        line.addLayout(words, 1)
        line.addWidget(self.time, 0, Qt.AlignmentFlag.AlignTop)
        self._help.setContentsMargins(APART + NEAR + TIGHT, TIGHT, 0, NEAR)
        self._help.setSpacing(TIGHT)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, TIGHT, 0, TIGHT)
        column.setSpacing(TIGHT)
        column.addLayout(line)
        column.addWidget(self.help)

    def _show_help(self, result: StageResult) -> None:
        while (item := self._help.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.deleteLater()
        causes = [f"{number}. {cause}" for number, cause in enumerate(result.causes, start=1)]
        heading = "Likely causes, most likely first" if len(causes) > 1 else "Likely cause"
        self._add_part(heading, causes if len(causes) > 1 else list(result.causes))
        self._add_part("What to do", [result.action] if result.action else [])
        self._add_part("Whom to ask", [result.ask.words] if result.ask is not Ask.NOBODY else [])
        self._add_part("For whoever helps", list(result.details))
        self.help.show()

    def _add_part(self, heading: str, lines: list[str]) -> None:
        if not lines:
            return
        self._help.addWidget(plain_label(heading, "strong"))
        for line in lines:
            label = plain_label(line)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            self._help.addWidget(label)


def _time_words(milliseconds: int) -> str:
    """How long a stage took, as short as it can be read."""
    if milliseconds < 1_000:
        return f"{milliseconds} ms"
    tenths = round(milliseconds / 100)
    return f"{tenths // 10}.{tenths % 10} s"
