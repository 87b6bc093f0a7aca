"""Step 5: who may report for whom, as entered in the test environment (guide §5)."""

from __future__ import annotations

from app.onboarding.values import (
    AccountCount,
    AnyDate,
    Crd,
    Facts,
    Name,
    PastDate,
    Row,
    SubmitterId,
)


class ReportingAgent(Row):
    """An agent that this Industry Member authorises (R5.1)."""

    name: Name | None = None
    agent_id: SubmitterId | None = None
    effective_date: AnyDate | None = None
    entered_by: Name | None = None
    entered_on: PastDate | None = None


class ServedFirm(Row):
    """A firm this organisation reports for (R5.2, R6.3)."""

    name: Name | None = None
    crd: Crd | None = None
    #: None: not known; 0: none, so no account is needed for it (§6.3).
    ltid_accounts: AccountCount | None = None
    relationship_entered_on: PastDate | None = None


class Relationships(Facts):
    """Both directions of reporting relationships."""

    agents: tuple[ReportingAgent, ...] = ()
    served_firms: tuple[ServedFirm, ...] = ()
