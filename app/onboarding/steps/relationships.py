"""Step 5: reporting relationships in the test environment (guide §5, R5.1 to R5.4)."""

from __future__ import annotations

from collections import Counter
from datetime import date

from app.onboarding.assessment import (
    Hint,
    Requirement,
    RequirementState,
    StepFindings,
    Waiting,
    later,
    plural,
    require,
)
from app.onboarding.business_calendar import long_date
from app.onboarding.case import Case
from app.onboarding.firm import Registration, SecondarySource, Source
from app.onboarding.relationships import ReportingAgent, ServedFirm
from app.onboarding.tracks import uses_agent

_AGENTS = "relationships.agents"
_FIRMS = "relationships.served_firms"
_NOT_NEEDED = "You report for yourself only; no Reporting Agent is to be authorized (§5)."
_AGENT_FIELDS = ("name", "agent_id", "effective_date", "entered_by", "entered_on")


def findings(case: Case, today: date) -> StepFindings:
    """What step 5 requires of the case."""
    relationships = case.relationships
    agents, firms = relationships.agents, relationships.served_firms
    started = bool(agents or firms)
    requirements = []
    unanswered = _unanswered(case.registration)
    if unanswered:
        answer = "Step 1 tells whether this is needed: say who reports for whom."
        return StepFindings((later("agents", answer, *unanswered),), started)
    if uses_agent(case.registration):
        requirements.append(_agents(agents))
    if case.registration.serves_others:
        requirements.append(_served_firms(firms))
    if not requirements:
        return StepFindings(not_required=_NOT_NEEDED, started=started)
    return StepFindings(
        requirements=tuple(requirements),
        started=started,
        hints=_hints(case, today),
        waiting=_waiting(firms) if case.registration.serves_others else (),
        faults=_faults(firms) if case.registration.serves_others else (),
    )


def _unanswered(registration: Registration) -> tuple[str, ...]:
    """Answers of step 1 that must be known before this step can be said not to be required."""
    if uses_agent(registration) or registration.serves_others:
        return ()
    names = ("organisation_type", "primary_source", "secondary_source", "reports_for_others")
    return tuple(f"registration.{name}" for name in names if getattr(registration, name) is None)


def hidden_lists(case: Case) -> tuple[str, ...]:
    """Paths of the lists that the answers of step 1 make irrelevant; what they hold is kept."""
    hidden = [] if uses_agent(case.registration) else [f"{_AGENTS}."]
    return (*hidden, *(() if case.registration.serves_others else (f"{_FIRMS}.",)))


def agent_complete(agent: ReportingAgent) -> bool:
    """Whether everything about a relationship is recorded (R5.1)."""
    return all(getattr(agent, name) is not None for name in _AGENT_FIELDS)


def _agents(agents: tuple[ReportingAgent, ...]) -> Requirement:
    open_rows = [agent for agent in agents if not agent_complete(agent)]
    if open_rows:
        fields = tuple(
            f"{_AGENTS}.{open_rows[0].id}.{name}"
            for name in _AGENT_FIELDS
            if getattr(open_rows[0], name) is None
        )
        missing = f"Complete the entry for {open_rows[0].name or 'the agent'}."
    else:
        fields, missing = (
            (_AGENTS,),
            "Enter each Reporting Agent in the portal, and record it here.",
        )
    proof = "; ".join(
        f"{agent.name} ({agent.agent_id}), entered {long_date(agent.entered_on)}"
        for agent in agents
        if agent.entered_on
    )
    return require(
        "agents",
        bool(agents) and not open_rows,
        proof=proof,
        missing=missing,
        fields=fields,
        readings=("no_carry_over",),
    )


def _served_firms(firms: tuple[ServedFirm, ...]) -> Requirement:
    unnamed = [firm for firm in firms if firm.crd is None or firm.name is None]
    waiting = [firm for firm in firms if firm.relationship_entered_on is None]
    fields: tuple[str, ...] = ()
    missing = ""
    if not firms:
        missing, fields = "List the firms you report for.", (_FIRMS,)
    elif unnamed:
        missing = f"{plural(len(unnamed), 'firm')} without name or CRD number."
        empty = "crd" if unnamed[0].crd is None else "name"
        fields = (f"{_FIRMS}.{unnamed[0].id}.{empty}",)
    elif waiting:
        missing = f"{len(waiting):,} of {plural(len(firms), 'firm')} still to enter it."
        fields = (f"{_FIRMS}.{waiting[0].id}.relationship_entered_on",)
        return Requirement(
            "served_firms", RequirementState.WAITING, missing, fields, ("no_carry_over",)
        )
    return require(
        "served_firms",
        bool(firms) and not unnamed,
        proof=f"Entered by {'all ' if len(firms) > 1 else ''}{plural(len(firms), 'firm')}",
        missing=missing,
        fields=fields,
        readings=("no_carry_over",),
    )


def _waiting(firms: tuple[ServedFirm, ...]) -> tuple[Waiting, ...]:
    open_firms = [firm for firm in firms if firm.relationship_entered_on is None]
    if not open_firms:
        return ()
    names = ", ".join(firm.name or firm.crd or "a firm" for firm in open_firms[:3])
    more = f" and {len(open_firms) - 3} more" if len(open_firms) > 3 else ""
    return (Waiting(f"{names}{more}", "entering the reporting relationship", None),)


def _faults(firms: tuple[ServedFirm, ...]) -> tuple[str, ...]:
    listed = Counter(firm.crd for firm in firms if firm.crd is not None)
    return tuple(f"CRD {crd} is listed more than once." for crd, n in listed.items() if n > 1)


def _hints(case: Case, today: date) -> tuple[Hint, ...]:
    hints = [Hint("§5", "Relationships for transaction reporting do not carry over to CAIS.")]
    agents = case.relationships.agents
    registration = case.registration
    known = {(agent.name or "").casefold() for agent in agents}
    vendors = (
        registration.primary_vendor if registration.primary_source is Source.VENDOR else None,
        registration.secondary_vendor
        if registration.secondary_source is SecondarySource.VENDOR
        else None,
    )
    unlisted = [v for v in vendors if v and v.casefold() not in known]
    if uses_agent(registration) and agents:
        hints.extend(
            Hint("§5", f"{vendor} was named at registration but is not listed here.", warning=True)
            for vendor in unlisted
        )
    hints.extend(
        Hint(
            "§5",
            f"{agent.name}: effective only from {long_date(agent.effective_date)}.",
            warning=True,
        )
        for agent in agents
        if agent.effective_date is not None and agent.effective_date > today
    )
    return tuple(hints)
