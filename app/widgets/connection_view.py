"""The connection test as it goes: its stages, what failed and why, and the question of trust."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.failures import UserFacingError
from app.onboarding.assessment import Assessment
from app.sftp.diagnosis import Fault
from app.sftp.stage import Stage
from app.widgets.banner import Banner, Tone
from app.widgets.icons import Button
from app.widgets.stage_row import StageRow, StageState
from app.widgets.style import NEAR, TIGHT
from app.widgets.texts import plain_label
from app.widgets.trust_question import TrustQuestion
from app.work.connecting import ConnectionDesk

if TYPE_CHECKING:
    from app.sftp.stages import ConnectionOutcome, StageResult

_BEFORE = (
    "Nothing is sent before you have accepted the server, and each press signs in once: accounts "
    "get locked by repeated tries."
)


class ConnectionView(QWidget):
    """Starts, shows and cancels the test of one SFTP account.

    `starting` comes before a run: who shows the view hands over then what is still being typed.
    Several views may show the same desk: all of them follow the run.
    """

    starting = Signal()

    def __init__(self, desk: ConnectionDesk) -> None:
        super().__init__()
        self._desk = desk
        self._account_id = ""
        self.start_button = Button("&Test the connection", kind="primary")
        self.start_button.setObjectName("start-connection-test")
        self.cancel_button = Button("&Cancel", kind="quiet", icon_name="close")
        self.cancel_button.setObjectName("cancel-connection-test")
        self.copy_button = Button("Copy for the Help &Desk", icon_name="copy")
        self.copy_button.setObjectName("copy-for-help-desk")
        self.whose = plain_label(role="hint")
        self.result = Banner()
        self._trust = TrustQuestion(
            self, desk.trust, self.result, "Test again once its fingerprint has been confirmed."
        )
        self.rows = {stage: StageRow(stage) for stage in Stage}
        self._list = QWidget()
        self._arrange()
        self._connect()

    def show_account(self, account_id: str, assessment: Assessment) -> None:
        """The next run tests this account; empty for none."""
        self._account_id = account_id
        accounts = {account.id: account for account in assessment.case.sftp.accounts}
        account = accounts.get(account_id)
        server = assessment.case.sftp.test_server
        if account is not None and account.username and server.host:
            route = assessment.case.sftp.test_route
            way = "" if route.proxy is None else f", through the proxy {route.proxy_host or ''}"
            self.whose.setText(
                f"{account.username} at {server.host}, port {server.port}{way.rstrip()}. {_BEFORE}"
            )
        else:
            self.whose.setText(_BEFORE)

    def showEvent(self, event: QShowEvent) -> None:
        """A run may have begun while another page was shown."""
        super().showEvent(event)
        self._show_running(self._desk.running)

    def start(self) -> None:
        """Start a run, or say what is missing for one."""
        self.starting.emit()
        obstacle = self._desk.obstacle(self._account_id)
        if obstacle:
            self.result.show_text("The test cannot start yet.", obstacle, Tone.WARNING)
        else:
            self._desk.start(self._account_id)

    def _connect(self) -> None:
        self.start_button.clicked.connect(self.start)
        self.cancel_button.clicked.connect(self._desk.cancel)
        self.copy_button.clicked.connect(self._copy)
        self._desk.started.connect(self._begin)
        self._desk.stage_ended.connect(self._show_stage)
        self._desk.ended.connect(self._end)
        self._desk.cancelled.connect(self._show_cancelled)
        self._desk.failed.connect(self._show_failure)
        self._trust.answered.connect(self.start_button.setFocus)

    def _arrange(self) -> None:
        buttons = QHBoxLayout()
        for button in (self.start_button, self.cancel_button, self.copy_button):
            buttons.addWidget(button)
        buttons.addStretch()
        stages = QVBoxLayout(self._list)
        stages.setContentsMargins(0, 0, 0, 0)
        stages.setSpacing(TIGHT)
        for row in self.rows.values():
            stages.addWidget(row)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(NEAR)
        column.addWidget(self.whose)
        column.addLayout(buttons)
        column.addWidget(self.result)
        column.addWidget(self._list)
        self._list.setAccessibleName("Stages of the connection test")
        self._list.hide()
        self.cancel_button.hide()
        self.copy_button.hide()

    def _begin(self, account_id: str) -> None:
        self.result.show_text("")
        self.copy_button.hide()
        self._list.show()
        for row in self.rows.values():
            row.show_state(StageState.LATER)
        self.rows[Stage.FIND_HOST].show_state(StageState.RUNNING)
        self._show_running(True)

    def _show_stage(self, result: StageResult) -> None:
        self.rows[result.stage].show_result(result)
        stages = tuple(Stage)
        following = stages.index(result.stage) + 1
        if result.ok and following < len(stages):
            self.rows[stages[following]].show_state(StageState.RUNNING)

    def _end(self, outcome: ConnectionOutcome) -> None:
        self._show_running(False)
        self.copy_button.show()
        if outcome.ok:
            remarks = " ".join(outcome.remarks)
            self.result.show_text(
                "The connection works. The proof is recorded for step 6.", remarks, Tone.DONE
            )
        elif outcome.asks_for_trust:
            self._ask_for_trust(outcome)
        else:
            self._show_fault(outcome)

    def _show_fault(self, outcome: ConnectionOutcome) -> None:
        changed = outcome.fault in (Fault.HOST_KEY_CHANGED, Fault.HOST_KEY_TYPE_CHANGED)
        if changed:
            headline = "Stopped: this is not the server you accepted."
        else:
            headline = f"The test ended at “{outcome.stages[-1].stage}”."
        self.result.show_text(headline, outcome.stages[-1].finding, Tone.ERROR)

    def _ask_for_trust(self, outcome: ConnectionOutcome) -> None:
        if outcome.host_key is not None:
            self._trust.ask(outcome.target, outcome.host_key)

    def _show_cancelled(self) -> None:
        self._stop_running_rows()
        self.result.show_text("Cancelled. No further attempt was made.", tone=Tone.INFO)

    def _show_failure(self, failure: UserFacingError) -> None:
        self._stop_running_rows()
        self.result.show_failure(failure)

    def _stop_running_rows(self) -> None:
        self._show_running(False)
        for row in self.rows.values():
            if row.state is StageState.RUNNING:
                row.show_state(StageState.LATER)

    def _show_running(self, running: bool) -> None:
        had_focus = self.cancel_button.hasFocus()
        self.start_button.setEnabled(not running)
        self.cancel_button.setVisible(running)
        if running and self.isVisible():
            self.cancel_button.setFocus()
        elif had_focus:
            self.start_button.setFocus()

    def _copy(self) -> None:
        # The SSH library that stands behind it is loaded by then.
        from app.sftp.help_desk import copy_for_help_desk

        if self._desk.outcome is not None:
            QGuiApplication.clipboard().setText(copy_for_help_desk(self._desk.outcome))
