"""The kinds of failure that are not bugs.

Whatever else leaves a function as an exception is a bug and is reported as one.
"""

from __future__ import annotations


class Cancelled(Exception):  # noqa: N818 - the outcome of a job, not an error
    """The person stopped the work. Nothing is shown for it."""


class UserFacingError(Exception):
    """Something the person can understand and act on.

    Args:
        what: what happened, one plain sentence.
        meaning: what that means for her work.
        action: what to do now.

    None of the three may ever hold a secret or a customer's data.
    """

    def __init__(self, what: str, meaning: str = "", action: str = "") -> None:
        super().__init__(" ".join(part for part in (what, meaning, action) if part))
        self.what = what
        self.meaning = meaning
        self.action = action
