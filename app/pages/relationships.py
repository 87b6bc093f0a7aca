"""Step 5: who may report for whom, entered in the test environment (guide §5)."""

from __future__ import annotations

from app.onboarding.assessment import Assessment
from app.onboarding.owing import Owed, owed_by
from app.onboarding.relationships import ReportingAgent, ServedFirm
from app.onboarding.tracks import uses_agent
from app.open_case import OpenCase
from app.widgets.card import Card
from app.widgets.fields import FieldSpec, Kind
from app.widgets.firm_paste import FirmPaste
from app.widgets.form import Form
from app.widgets.owing_list import OwingList, owing_lines
from app.widgets.page import Page
from app.widgets.row_list import ListSpec, RowList
from app.widgets.row_model import Column
from app.widgets.texts import plain_label
from app.work.desk import Desk
from app.work.firm_lists import FirmLists

_AGENTS = "relationships.agents"
_FIRMS = "relationships.served_firms"
_AGENT_FIELDS = (
    (FieldSpec("name", "Reporting Agent"), FieldSpec("agent_id", "CRD number or ORG ID")),
    (
        FieldSpec("effective_date", "Effective date", Kind.DATE),
        FieldSpec("entered_on", "Entered in the portal on", Kind.DATE),
    ),
    (FieldSpec("entered_by", "Entered by"),),
)
_FIRM_FIELDS = (
    (FieldSpec("name", "Firm"), FieldSpec("crd", "CRD number")),
    (
        FieldSpec("ltid_accounts", "Accounts with LTIDs", hint="Leave blank if not known."),
        FieldSpec("relationship_entered_on", "Firm entered the relationship on", Kind.DATE),
    ),
)
_AUTHORISES = (
    "A relationship lets the agent send data to CAIS for you, and see and act on the feedback and "
    "errors for what it sent. For what it sends by SFTP, a copy of the error feedback comes to "
    "your own SFTP feedback folder. Enter it in the portal’s test environment, and record it here."
)
_SERVED = (
    "Each firm enters the relationship itself, in the portal’s test environment. Record here "
    "when it has; CAIS refuses what you send for a firm that has not."
)
_OWED = (
    "Firms that have not entered the relationship yet, and firms without an accepted account "
    "(§6.3). Copy the list into a message, or export it."
)
_FOLLOWS = "If that changes, change the answers in step 1 and this page follows."
_NOT_KNOWN_YET = "Step 1 tells whether this is needed: say there who reports for whom."


class RelationshipsPage(Page):
    """Agents that report for the firm, and firms it reports for; only what the track needs."""

    key = "relationships"
    step = 5

    def __init__(self, open_case: OpenCase, desk: Desk) -> None:
        super().__init__(open_case)
        self.desk = desk
        self._owed: tuple[Owed, ...] = ()
        self._listed = open_case.case.relationships.served_firms
        self._not_needed = plain_label()
        self._not_needed_card = Card("Nothing to do here")
        self._not_needed_card.body.addWidget(self._not_needed)
        self.agents = RowList(open_case, _agents())
        self._agents_card = Card("Agents that report for you", _AUTHORISES)
        self._agents_card.body.addWidget(self.agents)
        self.firms = RowList(open_case, _firms())
        self.paste = FirmPaste(FirmLists(open_case, desk.runner))
        self._firms_card = Card("Firms you report for", _SERVED)
        for widget in (self.firms, self.paste):
            self._firms_card.body.addWidget(widget)
        self.owing = OwingList(desk.runner)
        self._owing_card = Card("Who still owes what", _OWED)
        self._owing_card.body.addWidget(self.owing)
        cards = (self._not_needed_card, self._agents_card, self._firms_card, self._owing_card)
        for card in cards:
            self.body.addWidget(card)
        self.body.addStretch()
        self.adopt_form(self.agents)
        self.adopt_form(self.firms)
        self.owing.wanted.connect(self._choose_firm)
        self.paste.added.connect(self.firms.choose)
        self.show_assessment(open_case.assessment)

    def show_assessment(self, assessment: Assessment) -> None:
        """Repaint; lists that another track needs stay stored, and hidden."""
        super().show_assessment(assessment)
        case = assessment.case
        registration = case.registration
        agents, firms = uses_agent(registration), registration.serves_others
        self._agents_card.setVisible(agents)
        self._firms_card.setVisible(firms)
        self._not_needed_card.setVisible(not (agents or firms))
        self._show_owed(assessment)
        reason = assessment.step(self.step).findings.not_required
        self._not_needed.setText(f"{reason} {_FOLLOWS}" if reason else _NOT_KNOWN_YET)
        if case.relationships.served_firms is not self._listed:
            self._listed = case.relationships.served_firms
            self.paste.look_again()

    def _show_owed(self, assessment: Assessment) -> None:
        owed = owed_by(assessment)
        self._owing_card.setVisible(bool(owed))
        if owed != self._owed:
            self._owed = owed
            case = assessment.case
            self.owing.show_lines(owing_lines(case.id, case.title, owed))

    def _choose_firm(self, case_id: str, row_id: str) -> None:
        self.firms.reveal(f"{_FIRMS}.{row_id}")

    def focus_on(self, paths: tuple[str, ...]) -> None:
        """Choose the row meant, or go to the button that adds one."""
        if not self.agents.focus_on(paths):
            self.firms.focus_on(paths)


def _agents() -> ListSpec:
    return ListSpec(
        path=_AGENTS,
        title="Reporting Agents",
        one="agent",
        add="&Add agent",
        remove="&Remove agent",
        nothing="No agent is recorded yet.",
        columns=(
            Column("Reporting Agent", lambda agent: agent.name),
            Column("ID", lambda agent: agent.agent_id),
            Column("Effective", lambda agent: agent.effective_date),
            Column("Entered on", lambda agent: agent.entered_on),
        ),
        new_row=lambda row_id: ReportingAgent(id=row_id),
        form=lambda open_case, path: Form(open_case, path, _AGENT_FIELDS),
        name=lambda agent: agent.name,
    )


def _firms() -> ListSpec:
    return ListSpec(
        path=_FIRMS,
        title="Firms you report for",
        one="firm",
        add="Add f&irm",
        remove="Remove fir&m",
        nothing="No firm is listed yet.",
        columns=(
            Column("Firm", lambda firm: firm.name),
            Column("CRD", lambda firm: firm.crd),
            Column("Accounts", _accounts),
            Column("Relationship entered", _entered),
        ),
        new_row=lambda row_id: ServedFirm(id=row_id),
        form=lambda open_case, path: Form(open_case, path, _FIRM_FIELDS),
        name=lambda firm: firm.name or firm.crd,
    )


def _accounts(firm: ServedFirm) -> object:
    if firm.ltid_accounts == 0:
        return "None (§6.3)"
    return firm.ltid_accounts


def _entered(firm: ServedFirm) -> object:
    return firm.relationship_entered_on or "Not yet"
