"""The connection part of step 6: SFTP test, sign-in to the portal, the agent's connection."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import QComboBox, QHBoxLayout

from app.onboarding.assessment import Assessment, Requirement, StepStatus
from app.onboarding.tracks import uses_agent
from app.open_case import OpenCase
from app.widgets.card import Card
from app.widgets.connection_view import ConnectionView
from app.widgets.fields import FieldSpec, Kind
from app.widgets.form import Form
from app.widgets.icons import Button, IconLabel
from app.widgets.requirement_list import RequirementList
from app.widgets.statuses import LOOKS
from app.widgets.style import NEAR
from app.widgets.texts import plain_label
from app.work.desk import Desk

_PORTAL = (
    (
        FieldSpec("on", "Signed in to the portal’s test environment on", Kind.DATE),
        FieldSpec("by", "Who signed in"),
    ),
)
_AGENT = (
    (
        FieldSpec(
            "agent_connected_on",
            "Your agent connected on",
            Kind.DATE,
            hint="As your agent told you. A submission of its that counts proves it as well.",
        ),
    ),
)
_REQUIREMENTS = ("connected", "agent_connected")


class ConnectCard(Card):
    """Who has to connect how follows from the connectivity and the sources of step 1."""

    def __init__(self, open_case: OpenCase, desk: Desk) -> None:
        super().__init__("Connect", "To the test environment, by SFTP or through the portal.")
        self._open_case = open_case
        self.portal = Form(open_case, "testing.portal_login", _PORTAL)
        self.agent = Form(open_case, "testing", _AGENT)
        self.requirements = RequirementList()
        self.connection = ConnectionView(desk.connection)
        self.account = QComboBox()
        self.account.setObjectName("testing:sftp-account")
        self.account.setAccessibleName("SFTP account to test")
        self._accounts: tuple[tuple[str, str], ...] = ()
        self.relationships = plain_label()
        self.to_relationships = Button("Go to step 5", kind="link")
        self.to_relationships.setObjectName("testing:go-to-relationships")
        self._shape = IconLabel("status-not-started", "muted")
        row = QHBoxLayout()
        row.setSpacing(NEAR)
        row.addWidget(self._shape, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.relationships, 1)
        row.addWidget(self.to_relationships)
        for widget in (
            self.requirements,
            self.account,
            self.connection,
            self.portal,
            self.agent,
        ):
            self.body.addWidget(widget)
        self.account.currentIndexChanged.connect(self._account_chosen)
        self.body.addLayout(row)

    @property
    def forms(self) -> tuple[Form, ...]:
        """The forms for the page to adopt."""
        return (self.portal, self.agent)

    def show_assessment(self, assessment: Assessment) -> None:
        """Repaint from the facts."""
        registration = assessment.case.registration
        self.connection.setVisible(registration.uses_sftp)
        self._show_accounts(assessment)
        self.portal.setVisible(registration.uses_portal or registration.connectivity is None)
        self.agent.setVisible(uses_agent(registration))
        self.requirements.show_requirements(_own(assessment))
        step = assessment.step(5)
        look = LOOKS[step.status]
        self._shape.show_icon(look.icon, look.role)
        where = f"Step 5, {step.guide.title}"
        self.to_relationships.setVisible(not step.status.settled)
        if step.status is StepStatus.DONE:
            self.relationships.setText(f"{where}: done.")
        else:
            self.relationships.setText(f"{where}: {look.words.lower()}. {step.reason}")

    def take_focus(self) -> None:
        """Go to where connecting is proven."""
        if self.connection.isVisibleTo(self):
            self.connection.start_button.setFocus()
        else:
            self.portal.fields()[0].take_focus()

    def _show_accounts(self, assessment: Assessment) -> None:
        """Which account is tested is asked where there are several."""
        accounts = tuple(
            (account.id, account.username or "User name not known yet")
            for account in assessment.case.sftp.accounts
        )
        if accounts != self._accounts:
            self._accounts = accounts
            chosen = self.account.currentData()
            with QSignalBlocker(self.account):
                self.account.clear()
                for row_id, words in accounts:
                    self.account.addItem(words, row_id)
                self.account.setCurrentIndex(max(self.account.findData(chosen), 0))
        self.account.setVisible(assessment.case.registration.uses_sftp and len(accounts) > 1)
        self.connection.show_account(self.account.currentData() or "", assessment)

    def _account_chosen(self) -> None:
        self.connection.show_account(self.account.currentData() or "", self._open_case.assessment)


def _own(assessment: Assessment) -> tuple[Requirement, ...]:
    return tuple(r for r in assessment.step(6).requirements if r.key in _REQUIREMENTS)
