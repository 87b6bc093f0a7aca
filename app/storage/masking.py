"""Keeping live secrets out of every text the program writes."""

from __future__ import annotations

import base64
import json
import threading
from urllib.parse import quote, quote_plus

MASK = "[secret]"
#: Masking shorter ones would blot out ordinary text and so betray them.
SHORTEST = 4


class LiveSecrets:
    """The secrets in use in this session; known here so that texts can be cleaned of them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._forms: dict[str, tuple[str, ...]] = {}

    def add(self, secret: str) -> None:
        """Mask `secret` from now on, in all forms that a log or an error could show it in."""
        if len(secret) < SHORTEST:
            return
        with self._lock:
            self._forms[secret] = _forms(secret)

    def clear(self) -> None:
        """Forget all secrets."""
        with self._lock:
            self._forms.clear()

    def masked(self, text: str) -> str:
        """`text` with every live secret replaced."""
        with self._lock:
            forms = [form for known in self._forms.values() for form in known]
        # Longest first: a secret may be part of another one or of its own escaped form.
        for form in sorted(forms, key=len, reverse=True):
            text = text.replace(form, MASK)
        return text


#: One for the whole program: a secret must be masked whichever part writes.
live_secrets = LiveSecrets()


def _forms(secret: str) -> tuple[str, ...]:
    raw = secret.encode("utf-8", "surrogatepass")
    escaped = repr(secret)[1:-1]
    forms = {
        secret,
        escaped,
        escaped.replace("\\", "\\\\"),
        json.dumps(secret)[1:-1],
        json.dumps(secret, ensure_ascii=False)[1:-1],
        repr(raw)[2:-1],
        quote(raw, safe=""),
        quote_plus(raw),
        base64.b64encode(raw).decode(),
        base64.urlsafe_b64encode(raw).decode(),
        raw.hex(),
    }
    return tuple(forms)
