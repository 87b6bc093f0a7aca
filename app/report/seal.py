"""One fingerprint over the facts that a summary rests on: it stands on the pages themselves."""

from __future__ import annotations

import hashlib
from typing import Any

from app.onboarding.case import Case
from app.storage.history import canonical_json


def attached_facts(case: Case) -> dict[str, Any]:
    """The facts as they are attached.

    Texts that a field did not accept are left out: they are no facts, and nobody can say what
    somebody pasted there. Which fields hold one stays, because the statuses depend on it.
    """
    facts = case.model_copy(update={"unaccepted": dict.fromkeys(case.unaccepted, "")})
    return facts.model_dump(mode="json")


def facts_seal(facts: object, today: str, made_at: str, version: str) -> str:
    """SHA-256 in hex over the facts as JSON, the day they were judged by, the time, the version."""
    sealed = {"case": facts, "today": today, "made_at": made_at, "program_version": version}
    return hashlib.sha256(canonical_json(sealed).encode()).hexdigest()
