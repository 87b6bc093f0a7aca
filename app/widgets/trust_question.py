"""Asking whether to trust a server, on behalf of whatever met it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from app.failures import UserFacingError
from app.sftp.host_keys import HostKey, HowAccepted
from app.sftp.target import ConnectionTarget
from app.widgets.banner import Banner, Tone
from app.widgets.host_key_dialog import HostKeyDialog


class TrustQuestion(QObject):
    """Shows the question over `view`, hands a yes on to `accept`, and says a no in `outcome`.

    Only the view in front asks; one that is not seen at that moment says so in its outcome.
    `answered` comes with any answer.

    Args:
        view: asks, and owns this.
        accept: keeps the decision and runs again; raises UserFacingError where it can't be kept.
        outcome: where the view says how it went.
        again: what to do after a no, such as "Test again once …".
    """

    answered = Signal()

    def __init__(
        self, view: QWidget, accept: Callable[[HowAccepted], None], outcome: Banner, again: str
    ) -> None:
        super().__init__(view)
        self._view = view
        self._accept = accept
        self._outcome = outcome
        self._again = again

    def ask(self, target: ConnectionTarget, key: HostKey) -> None:
        """Ask about the server that showed `key`."""
        if not self._view.isVisible():
            self._outcome.show_text(
                "The server has not been accepted yet, so nothing was sent to it.",
                self._again,
                Tone.WARNING,
            )
            return
        dialog = HostKeyDialog(target, key, self._view)
        dialog.decided.connect(self._decide)
        dialog.open()

    def _decide(self, how: HowAccepted | None) -> None:
        self.answered.emit()
        if how is None:
            self._outcome.show_text(
                "The server was not trusted, so nothing was sent to it.", self._again, Tone.INFO
            )
            return
        try:
            self._accept(how)
        except UserFacingError as failure:
            self._outcome.show_failure(failure)
