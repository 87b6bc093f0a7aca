"""Text that came from a server, made safe to show as plain text."""

from __future__ import annotations

import unicodedata

from app.onboarding.values import one_line

#: What a banner, a prompt or a refusal may fill of a screen.
SERVER_TEXT_LENGTH = 300
#: Formatting, surrogate, private-use and unassigned characters: invisible, or not to be shown.
_UNSHOWABLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})


def plain(text: str | bytes, limit: int = SERVER_TEXT_LENGTH) -> str:
    """`text` on one line of at most `limit` characters, without anything that a terminal,
    a window or a reader's eye could take for more than text.
    """  # noqa: D205 - one sentence
    if isinstance(text, bytes):
        text = text[: 8 * limit].decode("utf-8", "replace")
    kept = one_line(text[: 8 * limit])
    kept = "".join(c for c in kept if unicodedata.category(c) not in _UNSHOWABLE)
    return kept if len(kept) <= limit else kept[: limit - 1] + "…"
