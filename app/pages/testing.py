"""Step 6: connect, submit at the certification level, record the processing dates (guide §6)."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent

from app.onboarding.assessment import Assessment
from app.open_case import OpenCase
from app.pages.testing_agent import AgentCard
from app.pages.testing_connect import ConnectCard
from app.pages.testing_counts import CountsCard
from app.pages.testing_dates import DatesCard
from app.pages.testing_distinct import DistinctCard
from app.pages.testing_level import LevelCard
from app.pages.testing_practice import PracticeCard
from app.pages.testing_send import SendCard
from app.pages.testing_submissions import SubmissionsCard
from app.widgets.drop_zone import leave_drops_to_page
from app.widgets.page import Page
from app.work.desk import Desk


class TestingPage(Page):
    """From the connection to the processing dates; the verdict is live.

    Feedback may be dropped anywhere on the page.
    """

    key = "testing"
    step = 6

    def __init__(self, open_case: OpenCase, desk: Desk) -> None:
        super().__init__(open_case)
        self.practice = PracticeCard(desk)
        self.connect_card = ConnectCard(open_case, desk)
        self.level = LevelCard()
        self.agent = AgentCard(open_case, desk.documents)
        self.send = SendCard(open_case, desk)
        self.submissions = SubmissionsCard(open_case, desk)
        self.counts = CountsCard(open_case, desk.accounts)
        self.distinct = DistinctCard(open_case)
        self.dates = DatesCard()
        for card in (
            self.practice,
            self.connect_card,
            self.level,
            self.agent,
            self.send,
            self.submissions,
            self.counts,
            self.distinct,
            self.dates,
        ):
            self.body.addWidget(card)
        self.body.addStretch()
        for form in (*self.connect_card.forms, self.agent.form):
            self.adopt_form(form)
        self.adopt_form(self.submissions.details)
        leave_drops_to_page(self)
        self.setAcceptDrops(True)
        self.practice.sample_wanted.connect(self._send_sample)
        self.connect_card.connection.starting.connect(self.commit)
        self.connect_card.to_relationships.clicked.connect(self._go_to_relationships)
        self.show_assessment(open_case.assessment)

    def show_assessment(self, assessment: Assessment) -> None:
        """Repaint every part from the facts."""
        super().show_assessment(assessment)
        self.connect_card.show_assessment(assessment)
        self.level.show_assessment(assessment)
        self.agent.show_assessment(assessment)
        self.practice.show_assessment(assessment)
        self.send.show_assessment(assessment)
        self.submissions.show_assessment(assessment)
        self.counts.show_assessment(assessment)
        self.distinct.show_assessment(assessment)
        self.dates.show_assessment(assessment)

    def commit(self) -> None:
        """Hand over what is typed and not yet handed over."""
        super().commit()
        self.submissions.each.finish()
        self.distinct.commit()

    def focus_on(self, paths: tuple[str, ...]) -> None:
        """Go to the table, the question or the connection test."""
        first = paths[0] if paths else ""
        if first.startswith("testing.submissions"):
            self.submissions.focus_on(first)
        elif first == "testing.distinct_accounts":
            self.distinct.take_focus()
        else:
            self.connect_card.take_focus()

    def _go_to_relationships(self) -> None:
        self.page_wanted.emit("relationships")

    def _send_sample(self, paths: tuple[Path, ...]) -> None:
        self.send.send(list(paths))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Files and folders of this computer are welcome."""
        if _dropped_paths(event):
            event.acceptProposedAction()
            self.submissions.show_drop(True)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """They went elsewhere."""
        self.submissions.show_drop(False)

    def dropEvent(self, event: QDropEvent) -> None:
        """Read what was dropped."""
        self.submissions.show_drop(False)
        paths = _dropped_paths(event)
        if paths:
            event.acceptProposedAction()
            self.submissions.sources.add(paths)


def _dropped_paths(event: QDropEvent) -> list[Path]:
    return [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
