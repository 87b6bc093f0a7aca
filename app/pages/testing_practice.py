"""The simulated CAIS beside a practice case: what it plays, and a sample to send to it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout

from app.failures import UserFacingError
from app.onboarding.assessment import Assessment
from app.onboarding.case import Case
from app.onboarding.testing import INTERIM_STATUSES
from app.practice.scenario import Scenario, Tempo
from app.widgets.banner import Banner
from app.widgets.card import Card
from app.widgets.icons import Button
from app.widgets.style import NEAR
from app.widgets.texts import plain_label
from app.work.desk import Desk

_NOTE = (
    "Runs on this computer while the practice case is open. Test the connection, send a "
    "submission, fetch the feedback, and see how it counts. Another choice starts it anew; what "
    "was not answered by then stays unanswered."
)


class PracticeCard(Card):
    """Only practice cases show it. `sample_wanted` carries the paths of a sample to send."""

    sample_wanted = Signal(object)

    def __init__(self, desk: Desk) -> None:
        super().__init__("Practice CAIS", _NOTE)
        self._desk = desk.practice
        self.state = plain_label()
        self.scenario = QComboBox()
        self.scenario.setObjectName("testing:scenario")
        self.scenario.setAccessibleName("What the practice CAIS plays")
        for scenario in Scenario:
            self.scenario.addItem(scenario.words, scenario)
        self.scenario.setCurrentIndex(self.scenario.findData(self._desk.scenario))
        self.tempo = QComboBox()
        self.tempo.setObjectName("testing:tempo")
        self.tempo.setAccessibleName("How fast the practice CAIS answers")
        for tempo in Tempo:
            self.tempo.addItem(tempo.words, tempo)
        self.tempo.setCurrentIndex(self.tempo.findData(self._desk.tempo))
        self.sample = Button("Send a sam&ple submission", icon_name="add")
        self.sample.setObjectName("testing:send-sample")
        self.latest = plain_label()
        self.latest.setObjectName("testing:practice-answer")
        self.latest.setAccessibleName("The latest answer of the practice CAIS")
        self.outcome = Banner()
        row = QHBoxLayout()
        row.setSpacing(NEAR)
        row.addWidget(self.tempo, 1)
        row.addWidget(self.sample)
        self.body.addWidget(self.state)
        self.body.addWidget(self.scenario)
        self.body.addLayout(row)
        self.body.addWidget(self.latest)
        self.body.addWidget(self.outcome)
        self.scenario.activated.connect(self._choose)
        self.tempo.activated.connect(self._choose)
        self.sample.clicked.connect(self._desk.make_sample)
        self._desk.sample_made.connect(self.sample_wanted)
        self._desk.changed.connect(self._show_state)
        self._desk.failed.connect(self._show_failure)
        self._show_state()

    def show_assessment(self, assessment: Assessment) -> None:
        """Repaint from the facts."""
        self.setVisible(assessment.case.practice)
        words = _latest_answer(assessment.case)
        self.latest.setText(words)
        self.latest.setVisible(bool(words))

    def _choose(self) -> None:
        self.outcome.show_text("")
        self._desk.start(Scenario(self.scenario.currentData()), Tempo(self.tempo.currentData()))
        self._show_state()

    def _show_state(self) -> None:
        server = self._desk.server
        self.sample.setEnabled(server is not None)
        if server is None:
            self.state.setText("Starting …")
        else:
            self.state.setText(
                f"Running at {server.host}, port {server.port}, for the account {server.username}. "
                f"Its key:\n{server.host_key.fingerprint}"
            )

    def _show_failure(self, failure: UserFacingError) -> None:
        self.outcome.show_failure(failure)


def _latest_answer(case: Case) -> str:
    """What the simulated CAIS said last, in one line; empty before it said anything."""
    read = [record for record in case.testing.submissions if record.feedback_version is not None]
    if not read:
        return ""
    record = max(read, key=lambda each: each.received_at or case.created_at)
    name = (record.file_name or "").partition(".")[0]
    if record.known_status in INTERIM_STATUSES:
        return f"{name}: answer v{record.feedback_version} has come, the next comes within seconds."
    received, accepted = record.accounts_received, record.accounts_accepted
    said = (
        f"{accepted:,} of {received:,} accounts accepted"
        if received is not None and accepted is not None
        else (record.status or "").replace("_", " ").lower()
    )
    return f"{name}: {said}. How it counts stands below, under “Submissions”."
