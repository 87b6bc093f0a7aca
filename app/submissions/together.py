"""Several files together: newest states, pairs, distinct accounts, totals."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from app.cancellation import CancelToken
from app.onboarding.testing import FileKind
from app.submissions.collection import SubmissionState, newest_states, pairs, totals
from app.submissions.customer_checks import unpaired_findings
from app.submissions.feedback import FULL_CAIS_SCHEMA, Feedback
from app.submissions.findings import Finding
from app.submissions.identifiers import count_distinct
from app.submissions.preflight import SubmissionReport

Content = Feedback | SubmissionReport | None


def together(
    files: Sequence[tuple[str, Content]], cancel: CancelToken | None = None
) -> dict[str, object]:
    """What several files say together, as JSON values.

    Args:
        files: each file's path as given, and what was read of it.
        cancel: looked at while accounts are told apart.

    Raises:
        Cancelled: the work was cancelled.
    """
    feedbacks = [content for _, content in files if isinstance(content, Feedback)]
    reports = [content for _, content in files if isinstance(content, SubmissionReport)]
    paths = {id(content): path for path, content in files}
    states = newest_states(feedbacks)
    found_pairs, missing_pairs = _pairs(states, reports, cancel)
    return {
        "submissions": [_state_json(state, paths) for state in states],
        "pairs": {"found": found_pairs, "missing": missing_pairs},
        "accounts": [group.to_json() for group in distinct_accounts(reports, cancel)],
        "totals": _totals_json(states, reports),
    }


def _state_json(state: SubmissionState, paths: dict[int, str]) -> dict[str, object]:
    newest = state.newest
    accounts = newest.accounts
    return {
        "submission_id": newest.submission_id,
        "base_name": newest.name.base_name,
        "file_kind": newest.name.file_kind and newest.name.file_kind.value,
        "reporter_crd": newest.reporter_crd or newest.name.reporter_crd,
        "correspondent_crd": newest.correspondent_crd,
        "path": paths[id(newest)],
        "feedback_version": newest.name.feedback_version,
        "status": newest.status_text,
        "final": newest.final,
        "accounts_received": accounts.received if accounts else None,
        "accounts_accepted": accounts.accepted if accounts else None,
        "accounts_rejected": accounts.rejected if accounts else None,
        "counts_as_evidence": newest.counts_as_evidence,
        "why_not": newest.why_not,
        "findings": [finding.to_json() for finding in state.findings],
    }


def _pairs(
    states: Iterable[SubmissionState],
    reports: Iterable[SubmissionReport],
    cancel: CancelToken | None,
) -> tuple[list[object], list[object]]:
    """Pairs of feedback and of submission files: those that are whole, and those that are not."""
    found: list[object] = []
    missing: list[object] = []
    for pair in pairs(states):
        if pair.complete:
            found.append({"name": pair.name, "of": "feedback", "findings": []})
        else:
            absent = FileKind.TIDS if pair.tids is None else FileKind.CAIS
            missing.append({"name": pair.name, "of": "feedback", "missing": absent.value})
    partners: dict[str, dict[FileKind, SubmissionReport]] = defaultdict(dict)
    for report in reports:
        name = report.name
        alone = name.file_kind is FileKind.CAIS and report.schema_version != FULL_CAIS_SCHEMA
        if name.pair_name is not None and name.file_kind is not None and not alone:
            partners[name.pair_name][name.file_kind] = report
    for pair_name, kinds in sorted(partners.items()):
        cais, tids = kinds.get(FileKind.CAIS), kinds.get(FileKind.TIDS)
        if cais is None or tids is None:
            absent = FileKind.TIDS if tids is None else FileKind.CAIS
            missing.append({"name": pair_name, "of": "submissions", "missing": absent.value})
            continue
        findings = [finding.to_json() for finding in pair_findings(cais, tids, cancel)]
        found.append({"name": pair_name, "of": "submissions", "findings": findings})
    return found, missing


def pair_findings(
    cais: SubmissionReport, tids: SubmissionReport, cancel: CancelToken | None = None
) -> list[Finding]:
    """What does not fit between a CAIS Data File and its TIDS partner.

    Raises:
        Cancelled: the work was cancelled.
    """
    if not (cais.readable and tids.readable):
        return [
            Finding(
                "pair-not-readable",
                "One file of the pair could not be read, so it was not compared.",
            )
        ]
    return unpaired_findings(cais.customers, tids.customers, cancel)


@dataclass(frozen=True, slots=True)
class ReporterAccounts:
    """Accounts of one reporter, and of one of its correspondents where files name one (R6.3)."""

    reporter_crd: int
    correspondent_crd: int | None
    files: int
    accounts: int
    different: int

    def to_json(self) -> dict[str, object]:
        """As `inspect --json` prints it."""
        return {
            "reporter_crd": self.reporter_crd,
            "correspondent_crd": self.correspondent_crd,
            "files": self.files,
            "accounts_in_files": self.accounts,
            "accounts_distinct": self.different,
        }


def distinct_accounts(
    reports: Iterable[SubmissionReport], cancel: CancelToken | None = None
) -> list[ReporterAccounts]:
    """Distinct accounts over several submission files, per reporter and correspondent (R6.8).

    Raises:
        Cancelled: the work was cancelled.
    """
    groups: dict[tuple[int, int | None], list[SubmissionReport]] = defaultdict(list)
    for report in reports:
        reporter = report.name.reporter_crd
        if reporter is None:
            reporter = report.reporter_crd
        if report.accounts_in_file is not None and reporter is not None:
            groups[reporter, report.correspondent_crd].append(report)
    return [
        ReporterAccounts(
            reporter,
            correspondent,
            files=len(members),
            accounts=sum(member.accounts_in_file or 0 for member in members),
            different=count_distinct([member.fdids for member in members], cancel),
        )
        for (reporter, correspondent), members in sorted(
            groups.items(), key=lambda item: (item[0][0], item[0][1] or -1)
        )
    ]


def _totals_json(
    states: Iterable[SubmissionState], reports: Iterable[SubmissionReport]
) -> dict[str, object]:
    counted = totals(states)
    rate: Fraction | None = counted.error_rate
    return {
        "submissions_counted": counted.submissions,
        "accounts_received": counted.received,
        "accounts_accepted": counted.accepted,
        "accounts_rejected": counted.rejected,
        "error_rate": None
        if rate is None
        else {"numerator": rate.numerator, "denominator": rate.denominator},
        "accounts_in_files": sum(report.accounts_in_file or 0 for report in reports),
    }
