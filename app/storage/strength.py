"""How hard a passphrase is to guess: the estimate is zxcvbn's, the words are ours."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum

#: zxcvbn looks at no more; what comes after can only make it harder to guess.
_LOOKED_AT = 72


class Strength(IntEnum):
    """zxcvbn's score, for whoever has the file and guesses as fast as computers can."""

    GUESSED_AT_ONCE = 0
    WEAK = 1
    FAIR = 2
    GOOD = 3
    STRONG = 4


def strength_of(passphrase: str, known_words: Sequence[str] = ()) -> Strength:
    """The strength of `passphrase`, not an empty one. Takes some milliseconds.

    Args:
        passphrase: what was typed; it goes nowhere.
        known_words: what a guesser would try first, such as the firm's name.
    """
    from zxcvbn import zxcvbn

    found = zxcvbn(passphrase[:_LOOKED_AT], user_inputs=list(known_words))
    return Strength(found["score"])
