"""Many feedback files together: one newest state per submission, pairs, totals.

Submissions are told apart by submissionID, never by name: a file that CAIS took and that is sent
again is answered with 21001 under the same name while the first one stays accepted. A CAIS Data
File and its TIDS partner have different submissionIDs and are joined by their base names.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction

from app.onboarding.testing import FileKind
from app.submissions.feedback import FULL_CAIS_SCHEMA, Feedback, Tally
from app.submissions.findings import Finding, Weight
from app.submissions.names import NameKind

_LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class SubmissionState:
    """One submission as its feedback files show it.

    Attributes:
        newest: the feedback that holds now.
        older: the other feedback of the same submission, newest first, each content once.
        findings: contradictions between the files.
    """

    newest: Feedback
    older: tuple[Feedback, ...] = ()
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Totals:
    """Over the submissions that count as evidence by themselves."""

    submissions: int
    received: int
    accepted: int

    @property
    def rejected(self) -> int:
        """Accounts that CAIS did not take."""
        return self.received - self.accepted

    @property
    def error_rate(self) -> Fraction | None:
        """Rejected over received, exactly; None when nothing was received (R6.4)."""
        return Tally(self.received, self.accepted).error_rate


@dataclass(frozen=True, slots=True)
class Pair:
    """A CAIS Data File and its TIDS partner, by their common base name; None: not there."""

    name: str
    cais: SubmissionState | None
    tids: SubmissionState | None

    @property
    def complete(self) -> bool:
        """Whether both are there."""
        return self.cais is not None and self.tids is not None


def newest_states(feedbacks: Iterable[Feedback]) -> tuple[SubmissionState, ...]:
    """One state per submission, in order of receipt; feedback without a submissionID is left out.

    The same feedback may lie in several folders (an agent's and its firm's): it is one.
    """
    readable: dict[tuple[str, str | None, int | None], list[Feedback]] = defaultdict(list)
    unread: list[Feedback] = []
    for feedback in feedbacks:
        if feedback.submission_id is not None:
            readable[submission_key(feedback)].append(feedback)
        elif feedback.name.kind is NameKind.FEEDBACK:
            unread.append(feedback)
    states = [_state(group, unread) for group in readable.values()]
    return tuple(sorted(states, key=_order))


def submission_key(feedback: Feedback) -> tuple[str, str | None, int | None]:
    """What makes a submission one: its ID, its kind of file and whose accounts it holds."""
    kind, reporter = feedback.name.file_kind, feedback.reporter_crd
    if reporter is None:
        reporter = feedback.name.reporter_crd  # TIDS feedback names no reporter inside
    return str(feedback.submission_id), kind and kind.value, reporter


def _age(feedback: Feedback) -> tuple[int, bool, datetime]:
    return (
        feedback.name.feedback_version or 0,
        feedback.final,
        feedback.completed_timestamp or feedback.receipt_timestamp or _LONG_AGO,
    )


def _order(state: SubmissionState) -> tuple[datetime, str]:
    newest = state.newest
    return newest.receipt_timestamp or _LONG_AGO, str(newest.submission_id)


def _state(group: Sequence[Feedback], unread: Sequence[Feedback]) -> SubmissionState:
    distinct: dict[object, Feedback] = {}
    for feedback in sorted(group, key=_age, reverse=True):
        distinct.setdefault(feedback.sha256 or id(feedback), feedback)
    newest, *older = distinct.values()
    findings: list[Finding] = []
    if any(_contradicts(newest, other) for other in older):
        findings.append(
            Finding(
                "conflicting-copies",
                "Two files of the same feedback version of this submission say different things. "
                "Fetch the feedback again.",
            )
        )
    if any(_newer(other, newest) for other in unread):
        findings.append(
            Finding(
                "newer-unreadable",
                "A newer feedback file of this submission is there but could not be read.",
                weight=Weight.REMARK,
            )
        )
    return SubmissionState(newest, tuple(older), tuple(findings))


def _contradicts(one: Feedback, other: Feedback) -> bool:
    if one.name.feedback_version != other.name.feedback_version:
        return False
    return (one.status_text, one.accounts, one.identifiers) != (
        other.status_text,
        other.accounts,
        other.identifiers,
    )


def _newer(unread: Feedback, newest: Feedback) -> bool:
    same = (unread.name.base_name, unread.name.file_version) == (
        newest.name.base_name,
        newest.name.file_version,
    )
    return same and (unread.name.feedback_version or 0) > (newest.name.feedback_version or 0)


def pairs(states: Iterable[SubmissionState]) -> tuple[Pair, ...]:
    """CAIS Data Files and their TIDS partners, by base name.

    Files of the LTID phase come alone and make no pair. Where a base name was sent several
    times, the last submission of each kind stands for it.
    """
    found: dict[str, dict[FileKind, SubmissionState]] = defaultdict(dict)
    for state in states:
        name = state.newest.name
        if name.pair_name is None or name.file_kind is None:
            continue
        if state.newest.schema_version == FULL_CAIS_SCHEMA or name.file_kind is FileKind.TIDS:
            found[name.pair_name][name.file_kind] = state
    return tuple(
        Pair(name, kinds.get(FileKind.CAIS), kinds.get(FileKind.TIDS))
        for name, kinds in sorted(found.items())
    )


def totals(states: Iterable[SubmissionState]) -> Totals:
    """Accounts over the submissions whose newest state counts as evidence by itself."""
    tallies = [
        state.newest.accounts
        for state in states
        if state.newest.counts_as_evidence and state.newest.accounts is not None
    ]
    return Totals(
        submissions=len(tallies),
        received=sum(tally.received for tally in tallies),
        accepted=sum(tally.accepted for tally in tallies),
    )
