"""`fetch-feedback`: new feedback into the case's own folder, and its counts into the case."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator
from typing import TYPE_CHECKING

from app.cancellation import CancelToken
from app.commands.interruption import cancelled_by_signals
from app.commands.opening import open_workplace
from app.commands.output import Exit, answer, chosen_case, today_of
from app.commands.servers import by_given_route, known_host_keys, typed_password
from app.failures import UserFacingError
from app.onboarding.access import SftpAccount
from app.onboarding.case import Case
from app.onboarding.editing import with_rows
from app.storage.credentials import PROXY_ID, account_name
from app.storage.history import EntryKind, HistoryEntry
from app.work.feedback_counts import Counted, RecordChange, changes_by, count_feedback
from app.work.fetched_feedback import Fetched, feedback_folder, fetch_for, note_counted
from app.work.sftp_targets import obstacle_of, test_target
from app.work.workplace import Workplace

if TYPE_CHECKING:
    from app.sftp.target import ConnectionTarget

_SUBMISSIONS = "testing.submissions"


def run(arguments: Namespace) -> Exit:
    """Fetch and count; the answer is "no" where a file could not be fetched or read."""
    with cancelled_by_signals() as cancel, open_workplace(arguments.data_dir) as workplace:
        case = chosen_case(workplace, arguments.firm)
        account = _account(case, arguments.user)
        keyring = workplace.credentials.load
        stored = test_target(case, account, lambda: keyring(account_name(case.id, PROXY_ID)))
        target = by_given_route(arguments, stored)

        def password() -> str | None:
            if arguments.password_stdin:
                return typed_password(from_stdin=True)
            return keyring(account_name(case.id, account.id))

        known = known_host_keys(arguments, target, workplace)
        fetched = fetch_for(case, target, password, known, workplace.folder, cancel=cancel)
        counted, changes = _count(arguments, workplace, case, target, fetched, cancel)
    document = _document(case, fetched, counted, changes)
    answer(arguments, document, _lines(case, fetched, counted, changes))
    return Exit.NO if fetched.report.skipped or counted.left_out else Exit.FINE


def _account(case: Case, username: str | None) -> SftpAccount:
    """The account of this name, or the only one."""
    accounts = [a for a in case.sftp.accounts if username is None or a.username == username]
    if len(accounts) > 1:
        raise UserFacingError(
            f"{len(accounts)} SFTP accounts fit.", action="Name one: --user followed by its name."
        )
    obstacle = obstacle_of(case, accounts[0].id if accounts else "")
    if obstacle:
        raise UserFacingError("No feedback can be fetched yet.", action=obstacle)
    return accounts[0]


def _count(
    arguments: Namespace,
    workplace: Workplace,
    case: Case,
    target: ConnectionTarget,
    fetched: Fetched,
    cancel: CancelToken,
) -> tuple[Counted, tuple[RecordChange, ...]]:
    counted = count_feedback(
        fetched.to_count,
        today_of(arguments),
        environment=target.environment,
        practice=case.practice,
        cancel=cancel,
    )
    changes = tuple(changes_by(case, counted))
    if changes:
        changed = with_rows(case, _SUBMISSIONS, [change.record for change in changes])
        workplace.cases.save(changed, [_entry(change) for change in changes])
    note_counted(feedback_folder(workplace.folder, case.id), counted.files)
    return counted, changes


def _entry(change: RecordChange) -> HistoryEntry:
    before, after = change.before, change.record
    return HistoryEntry(
        EntryKind.FEEDBACK_COUNTED,
        _SUBMISSIONS if before is None else f"{_SUBMISSIONS}.{after.id}",
        None if before is None else before.model_dump(mode="json"),
        after.model_dump(mode="json"),
        file=change.file,
    )


def _document(
    case: Case, fetched: Fetched, counted: Counted, changes: tuple[RecordChange, ...]
) -> dict[str, object]:
    report = fetched.report
    return {
        "firm": case.registration.company_name,
        "practice": case.practice,
        "on_server": len(report.on_server),
        "fetched": [file.path.name for file in report.fetched],
        "unchanged": report.unchanged,
        "skipped": [
            {"name": file.remote.name, "reason": file.reason.value} for file in report.skipped
        ],
        "submissions": [
            {
                "submission_id": change.record.submission_id,
                "file": change.record.file_name,
                "status": change.record.status,
                "received": change.record.accounts_received,
                "accepted": change.record.accounts_accepted,
                "new": change.before is None,
            }
            for change in changes
        ],
        "left_out": [{"name": item.name, "why": item.why} for item in counted.left_out],
        "days_left": dict(fetched.days_left),
    }


def _lines(
    case: Case, fetched: Fetched, counted: Counted, changes: tuple[RecordChange, ...]
) -> Iterator[str]:
    report = fetched.report
    practice = " - PRACTICE" if case.practice else ""
    yield (
        f"{case.title}{practice}: {len(report.fetched):,} files fetched, "
        f"{report.unchanged:,} were here already."
    )
    for change in changes:
        record = change.record
        counts = (
            f", {record.accounts_accepted:,} of {record.accounts_received:,} accounts accepted"
            if record.accounts_received is not None and record.accounts_accepted is not None
            else ""
        )
        yield f"  {record.file_name}: {record.status}{counts}"
    for skipped in report.skipped:
        yield f"  Not fetched: {skipped.remote.name}: {skipped.reason.value}"
    for item in counted.left_out:
        yield f"  Not counted: {item.name}: {item.why}"
    for name, days in sorted(fetched.days_left.items()):
        yield f"  CAT keeps the feedback of {name} about {days} more days."
