"""A run with the test environment's server as a page shows it: buttons, progress, outcome, trust."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from app.failures import UserFacingError
from app.widgets.banner import Banner, Tone
from app.widgets.icons import Button
from app.widgets.motion import show_busy
from app.widgets.style import NEAR
from app.widgets.texts import plain_label
from app.widgets.trust_question import TrustQuestion
from app.work.server_desk import ServerDesk


class RunView(QWidget):
    """Base of what starts, shows and stops the runs of one desk.

    Args:
        desk: runs.
        buttons: start a run; hidden while one is under way.
        name: of the Stop button, as `testing:fetch-cancel`.
        doing: what a run does, for assistive technology.
        again: what to do after the person did not trust the server.
    """

    def __init__(
        self, desk: ServerDesk, buttons: Sequence[Button], *, name: str, doing: str, again: str
    ) -> None:
        super().__init__()
        self.run_desk = desk
        self._buttons = tuple(buttons)
        self.cancel_button = Button("Stop", icon_name="close")
        self.cancel_button.setObjectName(name)
        self.state = plain_label(role="hint")
        self.progress = QProgressBar(textVisible=False)
        self.progress.setAccessibleName(doing)
        self.outcome = Banner(closable=True)
        self.trust = TrustQuestion(self, desk.trust, self.outcome, again)
        self.column = QVBoxLayout(self)
        self._arrange()
        self.cancel_button.clicked.connect(desk.cancel)
        desk.changed.connect(self.show_state)
        desk.trust_wanted.connect(self.trust.ask)
        desk.failed.connect(self._show_failure)
        desk.cancelled.connect(self._show_cancelled)

    def _arrange(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(NEAR)
        for button in (*self._buttons, self.cancel_button):
            row.addWidget(button)
        row.addStretch()
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(NEAR)
        self.column.addLayout(row)
        for widget in (self.state, self.progress, self.outcome):
            self.column.addWidget(widget)

    def may_start(self, otherwise: str) -> bool:
        """Whether a run can start; if not, `otherwise` and the reason are said."""
        self.outcome.show_text("")
        obstacle = self.run_desk.obstacle
        if obstacle:
            self.outcome.show_text(otherwise, obstacle, Tone.WARNING)
        return not obstacle

    def state_words(self) -> str:
        """The line below the buttons."""
        raise NotImplementedError

    def stopped_words(self) -> str:
        """What is left of a run that the person stopped."""
        raise NotImplementedError

    def show_state(self) -> None:
        """Repaint after a run has begun or ended."""
        running = self.run_desk.running
        had_focus = self.cancel_button.hasFocus()
        moves = running and any(button.hasFocus() for button in self._buttons)
        self.cancel_button.setVisible(running)
        for button in self._buttons:
            button.setVisible(not running)
        if moves:
            self.cancel_button.setFocus()
        elif had_focus and not running:
            self._buttons[0].setFocus()
        if running and self.progress.isHidden():
            show_busy(self.progress)
        self.progress.setVisible(running)
        self.show_words(self.state_words())

    def show_words(self, words: str) -> None:
        """Show a line below the buttons; none where it is empty."""
        self.state.setText(words)
        self.state.setVisible(bool(words))

    def _show_failure(self, failure: UserFacingError) -> None:
        self.outcome.show_failure(failure)

    def _show_cancelled(self) -> None:
        self.outcome.show_text("Stopped.", self.stopped_words(), Tone.INFO)
