"""What a step lacks when the person presses Next, in one line and as fields to mark."""

from __future__ import annotations

from dataclasses import dataclass

from app.onboarding.assessment import RequirementState, StepAssessment
from app.onboarding.case import Case
from app.onboarding.progress import STEP_SECTIONS

#: Missing things named in the line before the rest is only counted.
_NAMED = 3


@dataclass(frozen=True, slots=True)
class Gaps:
    """The headline, what exactly is missing, and the paths of the fields that mend it."""

    headline: str = ""
    details: str = ""
    paths: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.headline)


def gaps_of(step: StepAssessment, case: Case) -> Gaps:
    """What the person herself can mend in `step` now; what others owe is no gap."""
    prefix = f"{STEP_SECTIONS[step.number]}."
    wrong = tuple(path for path in case.unaccepted if path.startswith(prefix))
    missing = [r for r in step.requirements if r.state is RequirementState.UNMET]
    if not wrong and not missing:
        return Gaps()
    parts = []
    if wrong:
        parts.append(
            f"{len(wrong)} {'entry needs' if len(wrong) == 1 else 'entries need'} correcting"
        )
    if missing:
        things = "1 thing is" if len(missing) == 1 else f"{len(missing)} things are"
        parts.append(f"{things} still missing")
    if len(missing) == 1:
        details = missing[0].detail
    else:
        details = "; ".join(item.text for item in missing[:_NAMED])
        rest = len(missing) - _NAMED
        details += f"; and {rest} more." if rest > 0 else "." if details else ""
    fields = dict.fromkeys((*wrong, *(path for item in missing for path in item.fields)))
    headline = " and ".join(parts)
    return Gaps(f"{headline[0].upper()}{headline[1:]}.", details, tuple(fields))
