"""What `progress.assess` finds out: statuses, requirements, level, counts, verdict."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from fractions import Fraction

from app.onboarding.case import Case
from app.onboarding.certification import JudgedSubmission, Level, Totals
from app.onboarding.guide import GuideStep, the_guide
from app.onboarding.tracks import Track


class StepStatus(StrEnum):
    """Where a step stands."""

    NOT_STARTED = "not started"
    IN_PROGRESS = "in progress"
    WAITING = "waiting"
    NEEDS_ATTENTION = "needs attention"
    DONE = "done"
    NOT_REQUIRED = "not required"

    @property
    def settled(self) -> bool:
        """Whether nothing is left to do."""
        return self in (StepStatus.DONE, StepStatus.NOT_REQUIRED)


class RequirementState(StrEnum):
    """Whether a requirement is met."""

    MET = "met"
    UNMET = "unmet"
    #: Somebody else has to act.
    WAITING = "waiting"
    #: Its turn comes once something else is done.
    LATER = "later"


@dataclass(frozen=True, slots=True)
class Requirement:
    """One requirement of the guide, judged.

    `detail` says what proves it when met, and in one line what is missing when not.
    `fields` are the paths of the fields that would mend it, the first to focus first.
    `readings` are the ids of our readings that the judgement rests on.
    """

    key: str
    state: RequirementState
    detail: str
    fields: tuple[str, ...] = ()
    readings: tuple[str, ...] = ()

    @property
    def rule(self) -> str:
        """The number of the rule, such as R6.4."""
        return the_guide().requirements[self.key].rule

    @property
    def section(self) -> str:
        """The section of the guide, such as §6."""
        return the_guide().requirements[self.key].section

    @property
    def text(self) -> str:
        """What is required."""
        return the_guide().requirements[self.key].text

    @property
    def met(self) -> bool:
        """Whether the requirement is met."""
        return self.state is RequirementState.MET


def require(
    key: str,
    met: bool,
    *,
    proof: str = "",
    missing: str = "",
    fields: tuple[str, ...] = (),
    readings: tuple[str, ...] = (),
) -> Requirement:
    """A requirement that is met (`proof` says by what) or not (`missing` says what lacks)."""
    state = RequirementState.MET if met else RequirementState.UNMET
    return Requirement(key, state, proof if met else missing, () if met else fields, readings)


def later(key: str, detail: str, *fields: str) -> Requirement:
    """A requirement whose turn comes once something else is done; `detail` says what."""
    return Requirement(key, RequirementState.LATER, detail, fields)


def plural(count: int, noun: str) -> str:
    """`count` with its `noun`, such as "1 firm" or "1,250 accounts"."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


@dataclass(frozen=True, slots=True)
class Waiting:
    """Somebody else has to act."""

    on_whom: str
    for_what: str
    since: date | None
    expected: date | None = None
    overdue: bool = False
    action: str = ""
    #: Whether it is time to ask.
    ask: bool = False


@dataclass(frozen=True, slots=True)
class Hint:
    """Something worth knowing that blocks nothing; a warning asks for a second look."""

    section: str
    text: str
    warning: bool = False


@dataclass(frozen=True, slots=True)
class StepFindings:
    """What one step's rules say of a case, before the order of the steps is considered."""

    requirements: tuple[Requirement, ...] = ()
    started: bool = False
    hints: tuple[Hint, ...] = ()
    waiting: tuple[Waiting, ...] = ()
    #: What is wrong, not merely missing.
    faults: tuple[str, ...] = ()
    #: What the person must say before the rest can be judged; empty where nothing is open.
    question: str = ""
    #: Why the step does not apply; empty where it does.
    not_required: str = ""


@dataclass(frozen=True, slots=True)
class StepAssessment:
    """One step: its status, why, and everything behind it."""

    guide: GuideStep
    status: StepStatus
    reason: str
    findings: StepFindings

    @property
    def number(self) -> int:
        """1 to 7."""
        return self.guide.number

    @property
    def requirements(self) -> tuple[Requirement, ...]:
        """The step's requirements; none where the step does not apply."""
        return self.findings.requirements

    @property
    def unmet(self) -> tuple[Requirement, ...]:
        """What is not met yet, things waited for included."""
        return tuple(r for r in self.requirements if not r.met)


class Verdict(StrEnum):
    """Where the firm stands as a whole."""

    NOT_READY = "not ready"
    READY = "ready to certify"
    CONTACTED = "waiting for FINRA CAT"
    CERTIFIED = "certified"
    NOT_REQUIRED = "nothing further required"


@dataclass(frozen=True, slots=True)
class NextAction:
    """The one thing to do now."""

    step: int
    text: str


@dataclass(frozen=True, slots=True)
class Assessment:
    """Everything computed from one case on one day."""

    case: Case
    today: date
    tracks: tuple[Track, ...]
    steps: tuple[StepAssessment, ...]
    submissions: tuple[JudgedSubmission, ...]
    totals: Totals
    level: Level | None
    processing_dates: tuple[date, ...]
    verdict: Verdict
    next_action: NextAction
    open_items: tuple[str, ...] = field(default=())

    @property
    def track(self) -> Track | None:
        """The main track, or None while answers are missing."""
        return self.tracks[0] if self.tracks else None

    @property
    def ready(self) -> bool:
        """Whether everything that must come before the Help Desk is contacted is done."""
        return self.verdict in (Verdict.READY, Verdict.CONTACTED, Verdict.CERTIFIED)

    @property
    def error_rate(self) -> Fraction | None:
        """Rejected over received accounts of the counted submissions; None if none received."""
        return self.totals.error_rate

    @property
    def unmet(self) -> tuple[Requirement, ...]:
        """All unmet requirements of steps that apply, in the guide's order."""
        return tuple(r for step in self.steps for r in step.unmet)

    @property
    def waiting(self) -> tuple[tuple[StepAssessment, Waiting], ...]:
        """Everything that others have to do, with its step."""
        return tuple((step, item) for step in self.steps for item in step.findings.waiting)

    def step(self, number: int) -> StepAssessment:
        """The step with this number (1 to 7)."""
        return self.steps[number - 1]
