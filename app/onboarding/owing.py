"""Who still owes what before an organisation that reports for others can certify (§5, §6.3)."""

from __future__ import annotations

from dataclasses import dataclass

from app.onboarding.assessment import Assessment
from app.onboarding.certification import LEVEL_TRACKS
from app.onboarding.counting import counted, served_without_account
from app.onboarding.relationships import ServedFirm


@dataclass(frozen=True, slots=True)
class Owed:
    """A served firm, and whether its relationship or an accepted account of it is missing."""

    firm: ServedFirm
    relationship: bool
    account: bool


def owed_by(assessment: Assessment) -> tuple[Owed, ...]:
    """The served firms of which something is missing still, in the order of their list."""
    case = assessment.case
    if not case.registration.serves_others:
        return ()
    records = counted(assessment.submissions, *LEVEL_TRACKS)
    lacking = {firm.id for firm in served_without_account(case, records)}
    found = (
        Owed(firm, firm.relationship_entered_on is None, firm.id in lacking)
        for firm in case.relationships.served_firms
    )
    return tuple(owed for owed in found if owed.relationship or owed.account)
