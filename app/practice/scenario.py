"""What the simulated CAIS shall play."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Scenario(StrEnum):
    """What happens to what is sent; each value is its name on the command line."""

    AS_THE_FILE_IS = "as-the-file-is"
    REJECTS_12_PERCENT = "rejects-12-percent"
    INTEGRITY_ERROR = "integrity-error"
    PARTNER_MISSING = "partner-missing"
    CHANGED_HOST_KEY = "changed-host-key"
    LOCKED_ACCOUNT = "locked-account"
    SLOW_LINE = "slow-line"

    @property
    def words(self) -> str:
        """One line for the person who chooses."""
        return _WORDS[self]


_WORDS = {
    Scenario.AS_THE_FILE_IS: "Files are judged as they are: flawless ones are accepted wholly.",
    Scenario.REJECTS_12_PERCENT: "12 % of the accounts are rejected, whatever is in the file.",
    Scenario.INTEGRITY_ERROR: "Every file is refused at the file integrity check.",
    Scenario.PARTNER_MISSING: "Of a pair, the Transformed Identifiers File never arrives.",
    Scenario.CHANGED_HOST_KEY: "The server shows another host key than the time before.",
    Scenario.LOCKED_ACCOUNT: "The account is locked: no password is accepted.",
    Scenario.SLOW_LINE: "Every answer takes its time.",
}


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds from the arrival of a file to each stage. CAIS itself takes minutes to hours."""

    acknowledgement: float = 2
    integrity: float = 5
    scan: float = 9
    final: float = 12
    #: How long the other file of a pair is waited for (60 minutes in CAIS).
    partner: float = 60

    @classmethod
    def times(cls, factor: float) -> Pace:
        """The usual pace, slower (above 1) or quicker (below 1).

        Raises:
            ValueError: not between 0 and 1000.
        """
        if not 0 <= factor <= 1_000:
            raise ValueError("The pace must be between 0 and 1000.")
        usual = cls()
        return cls(
            usual.acknowledgement * factor,
            usual.integrity * factor,
            usual.scan * factor,
            usual.final * factor,
            usual.partner * factor,
        )


class Tempo(StrEnum):
    """The paces to choose from in the window."""

    AT_ONCE = "at-once"
    QUICK = "quick"
    SLOW = "slow"

    @property
    def words(self) -> str:
        """One line for the person who chooses."""
        return f"All four answers within {_WITHIN[self]}."

    @property
    def pace(self) -> Pace:
        """In seconds."""
        return Pace.times(_FACTORS[self])


_FACTORS = {Tempo.AT_ONCE: 0.1, Tempo.QUICK: 1.0, Tempo.SLOW: 10.0}
_WITHIN = {Tempo.AT_ONCE: "2 seconds", Tempo.QUICK: "12 seconds", Tempo.SLOW: "2 minutes"}
