"""What must be reached in step 6, and how far it is: level, error rate, verdict."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.onboarding.assessment import Assessment, StepStatus
from app.onboarding.certification import LEVEL_TRACKS, Level
from app.onboarding.counting import accounts_toward_level, counted
from app.onboarding.firm import Registration
from app.onboarding.guide import the_guide
from app.onboarding.tracks import Track
from app.widgets.accounts_bar import AccountsBar
from app.widgets.banner import Banner, Tone
from app.widgets.card import Card
from app.widgets.error_rate_gauge import ErrorRateGauge
from app.widgets.icons import IconLabel
from app.widgets.requirement_list import RequirementList
from app.widgets.style import NEAR
from app.widgets.texts import plain_label

#: What the connection part shows, and what bar and gauge do.
_CONNECTION = frozenset({"connected", "agent_connected"})
_BY_BAR_AND_GAUGE = frozenset({"level", "error_rate"})
_LEGEND = "Solid: accepted. Hatched: submitted, not accepted. The line marks your level."
_THROUGH_AGENT = (
    "No level of your own applies here: your agent is held to one (§6.2). What counts is at least "
    "one of your accounts, accepted in a completed submission of your agent, with its date. Ask "
    "the Help Desk whether more is expected of your firm."
)
_NO_LTID = (
    "No level and no error rate apply to a firm without LTID accounts (§6.3). What counts is mock "
    "data: at least one mock account, accepted in a completed submission."
)
# Icon and colour role of each standing.
_ENOUGH = ("status-done", "done")
_UNDER_WAY = ("status-in-progress", "accent")
_NOT_STARTED = ("status-not-started", "muted")
_TOO_HIGH = ("status-needs-attention", "attention")
_OPEN = "Step 1 tells which level applies: who reports, and the number of accounts with LTIDs."


class LevelCard(Card):
    """Bar and gauge where a level applies, what counts instead where none does, the verdict."""

    def __init__(self) -> None:
        super().__init__("What you must reach")
        self.accounts = HeadLine()
        self.bar = AccountsBar()
        self.legend = plain_label(_LEGEND, "hint")
        self.basis = plain_label()
        self.beside = plain_label(role="hint")
        self.rate = HeadLine()
        self.gauge = ErrorRateGauge()
        self.instead = plain_label()
        self.requirements = RequirementList()
        self.verdict = Banner()
        for widget in (
            self.accounts,
            self.bar,
            self.legend,
            self.basis,
            self.beside,
            self.rate,
            self.gauge,
            self.instead,
            self.requirements,
            self.verdict,
        ):
            self.body.addWidget(widget)

    def show_assessment(self, assessment: Assessment) -> None:
        """Repaint from the facts."""
        level = assessment.level
        for widget in (self.accounts, self.bar, self.legend, self.basis, self.rate, self.gauge):
            widget.setVisible(level is not None)
        if level is not None:
            self._show_level(assessment, level)
        beside = _beside(assessment)
        self.beside.setText(beside)
        self.beside.setVisible(bool(beside))
        instead = _instead(assessment.tracks)
        self.instead.setText(instead)
        self.instead.setVisible(bool(instead))
        elsewhere = _CONNECTION | (_BY_BAR_AND_GAUGE if level is not None else frozenset())
        self.requirements.show_requirements(
            [r for r in assessment.step(6).requirements if r.key not in elsewhere]
        )
        self._show_verdict(assessment)

    def _show_level(self, assessment: Assessment, level: Level) -> None:
        records = counted(assessment.submissions, *LEVEL_TRACKS)
        submitted = accounts_toward_level(assessment.case, records)
        self.bar.show_accounts(level.required_accounts, submitted, assessment.totals.accepted)
        self.gauge.show_rate(assessment.totals.error_rate)
        met = {r.key: r.met for r in assessment.step(6).requirements}
        short = _UNDER_WAY if submitted else _NOT_STARTED
        self.legend.setVisible(submitted > 0)
        self.accounts.show_line(self.bar.words, _ENOUGH if met["level"] else short)
        high = _TOO_HIGH if assessment.error_rate is not None else _NOT_STARTED
        self.rate.show_line(self.gauge.words, _ENOUGH if met["error_rate"] else high)
        self.basis.setText(f"Your level: {level.basis} (§6).")

    def _show_verdict(self, assessment: Assessment) -> None:
        step = assessment.step(6)
        open_ones = [r for r in step.requirements if not r.met]
        if step.status is StepStatus.NOT_REQUIRED:
            self.verdict.show_text("")
        elif not open_ones:
            later = "" if step.status is StepStatus.DONE else step.reason
            self.verdict.show_text("Everything that testing asks for is met.", later, Tone.DONE)
        else:
            number = len(open_ones)
            still = "One thing is" if number == 1 else f"{number} things are"
            self.verdict.show_text(f"{still} still open.", open_ones[0].detail, Tone.INFO)


class HeadLine(QWidget):
    """A number in words, with the shape that says whether it suffices."""

    def __init__(self) -> None:
        super().__init__()
        self._shape = IconLabel("status-not-started", "muted")
        self.words = plain_label(role="strong")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(NEAR)
        row.addWidget(self._shape)
        row.addWidget(self.words, 1)

    def show_line(self, words: str, look: tuple[str, str]) -> None:
        """Show the words beside the shape (icon and colour role) of where they stand."""
        self._shape.show_icon(*look)
        self.words.setText(words)
        self.setAccessibleName(words)


def _instead(tracks: tuple[Track, ...]) -> str:
    if Track.NO_LTID_ACCOUNTS in tracks:
        return _NO_LTID
    if not tracks:
        return _OPEN
    return _THROUGH_AGENT if tracks == (Track.THROUGH_AGENT,) else ""


def _beside(assessment: Assessment) -> str:
    """What is shown beside the level without changing it (R6.3)."""
    lines = []
    ended = assessment.totals.without_current_ltid
    if ended and assessment.level is not None:
        noun = "account" if ended == 1 else "accounts"
        lines.append(f"{ended:,} {noun} without a current LTID not counted toward the level.")
    lines.append(_today_line(assessment.case.registration))
    return " ".join(line for line in lines if line)


def _today_line(registration: Registration) -> str:
    given, now = registration.ltid_accounts, registration.ltid_accounts_today
    if given is None or now is None or given == now:
        return ""
    return (
        f"Today you have {now:,} accounts with LTIDs. The number given at registration, {given:,}, "
        f"rules; tell the Help Desk of the change ({the_guide().help_desk.phone})."
    )
