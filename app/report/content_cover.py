"""The first page of the summary: the firm, the verdict, the figures it rests on."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.onboarding.assessment import Assessment, Verdict
from app.onboarding.business_calendar import eastern_date
from app.onboarding.certification import LEVEL_TRACKS
from app.onboarding.counting import accounts_toward_level, counted, percent
from app.onboarding.guide import the_guide
from app.report import words


def cover_content(assessment: Assessment, made_at: datetime) -> dict[str, Any]:
    """Firm, track, edition, verdict, figures and processing dates."""
    registration = assessment.case.registration
    return {
        "facts": [
            ["Identifier", words.identifier(registration)],
            ["Track", words.track(assessment)],
            ["Guide", words.edition()],
            ["As of", _as_of(assessment, made_at)],
        ],
        "verdict": words.VERDICTS[assessment.verdict],
        "verdict_state": "met" if _good(assessment) else "unmet",
        "verdict_detail": _verdict_detail(assessment),
        "figures": _figures(assessment),
        "dates": [words.day(day) for day in assessment.processing_dates],
    }


def _as_of(assessment: Assessment, made_at: datetime) -> str:
    """When it was made; and the day that it was judged by, where a person chose another."""
    moment = words.moment(made_at)
    if assessment.today == eastern_date(made_at):
        return moment
    return f"{moment}; judged by {words.day(assessment.today)}"


def _good(assessment: Assessment) -> bool:
    return assessment.ready or assessment.verdict is Verdict.NOT_REQUIRED


def _verdict_detail(assessment: Assessment) -> str:
    if assessment.verdict is Verdict.NOT_READY:
        count = len(assessment.unmet)
        noun = "requirement is" if count == 1 else "requirements are"
        return f"{count} {noun} still open. Next: {assessment.next_action.text}"
    contacted = assessment.case.certification.contacted_on
    return {
        Verdict.READY: "Steps 1 to 6 are settled. The Help Desk is to be contacted with the "
        "processing dates (§7).",
        Verdict.CONTACTED: "Steps 1 to 6 are settled. The Help Desk was contacted on "
        f"{words.day(contacted)}; the answers that are still to come are listed as open points.",
        Verdict.CERTIFIED: "FINRA CAT verified the onboarding and granted production access (§7).",
        Verdict.NOT_REQUIRED: "The firm has no accounts with LTIDs and stops after registering; "
        "certifying is encouraged, not required (§6.3).",
    }[assessment.verdict]


def _figures(assessment: Assessment) -> list[dict[str, str]]:
    """The figures the verdict rests on, each with its measure and whether it is met."""
    found = {r.key: r for step in assessment.steps for r in step.requirements}
    totals, level, rate = assessment.totals, assessment.level, assessment.error_rate
    limit = the_guide().error_rate_limit_percent
    figures = []
    if level is not None and "level" in found:
        records = counted(assessment.submissions, *LEVEL_TRACKS)
        figures.append(
            {
                "label": "Accounts submitted",
                "value": words.number(accounts_toward_level(assessment.case, records)),
                "detail": f"level: {level.required_accounts:,} ({level.basis})",
                "state": found["level"].state.value,
            }
        )
    else:
        kind = "mock accounts" if "mock_data" in found else "accounts"
        key = "mock_data" if "mock_data" in found else "agent_submission"
        if key in found:
            figures.append(
                {
                    "label": "Accounts accepted",
                    "value": words.number(totals.accepted),
                    "detail": f"at least one of the {kind} is to be accepted",
                    "state": found[key].state.value,
                }
            )
    if rate is not None:
        judged = found.get("error_rate")
        figures.append(
            {
                "label": "Error rate",
                "value": percent(rate),
                "detail": f"{totals.rejected:,} of {totals.received:,} rejected; "
                + (f"limit: below {limit} %" if judged else "no limit applies on this track"),
                "state": judged.state.value if judged else "",
            }
        )
    return figures
