"""`verify`: whether what was recorded still stands as it was written."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from app.commands.interruption import cancelled_by_signals
from app.commands.opening import open_workplace
from app.commands.output import Exit, answer
from app.commands.servers import typed_password
from app.failures import UserFacingError
from app.onboarding.case import Case
from app.storage.case_json import read_case_file
from app.storage.chain import ChainReport
from app.storage.hand_over import HandOver, PassphraseNeededError, is_hand_over, read_hand_over
from app.storage.paths import DataFolder
from app.storage.proof import verify_all, verify_case


def run(arguments: Namespace) -> Exit:
    """Check a summary, a case file or the data folder; the answer is "no" where anything differs."""
    if arguments.file is None:
        return _data_folder(arguments)
    content = _content(arguments.file)
    if is_hand_over(content):
        handed = _handed(arguments, content)
        return _say(arguments, [(handed.case.title, handed.report)])
    if arguments.file.suffix.lower() == ".pdf" or content.startswith(b"%PDF"):
        return _summary(arguments)
    return _case_file(arguments, read_case_file(arguments.file))


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as refused:
        raise UserFacingError(
            f"{path.name} cannot be read: {refused.strerror}.",
            action="Check the name and that you may open the file.",
        ) from refused


def _handed(arguments: Namespace, content: bytes) -> HandOver:
    """What a hand-over file holds; the passphrase is asked for only where there is one."""
    try:
        return read_hand_over(content)
    except PassphraseNeededError:
        passphrase = typed_password(
            from_stdin=arguments.passphrase_stdin, prompt="Passphrase of the file: "
        )
        return read_hand_over(content, passphrase)


def _summary(arguments: Namespace) -> Exit:
    """Also against what the data folder has recorded, where there is one."""
    from app.work.checking import check_summary

    if DataFolder.of(arguments.data_dir).database.exists():
        with open_workplace(arguments.data_dir) as workplace:
            checked = check_summary(arguments.file, workplace.cases)
    else:
        checked = check_summary(arguments.file, None)
    document = {
        **checked.verification.to_json(),
        "unchanged": checked.unchanged,
        "sha256": checked.sha256,
        "records": list(checked.records),
    }
    found = [f"  {item.words}" for item in checked.verification.found]
    answer(arguments, document, [checked.sentence, *found, *checked.records])
    return Exit.FINE if checked.unchanged else Exit.NO


def _data_folder(arguments: Namespace) -> Exit:
    with cancelled_by_signals() as cancel, open_workplace(arguments.data_dir) as workplace:
        titles = {case.id: case.firm_name for case in workplace.cases.list_cases(archived=True)}
        reports = verify_all(workplace.database, cancel=cancel)
    return _say(arguments, [(titles.get(r.case_id) or r.case_id, r) for r in reports])


def _case_file(arguments: Namespace, case: Case) -> Exit:
    """A plain case file holds facts without a history: they are held against the data folder's."""
    with open_workplace(arguments.data_dir) as workplace:
        known = {summary.id for summary in workplace.cases.list_cases(archived=True)}
        if case.id not in known:
            raise UserFacingError(
                "This case file holds the facts alone, and this data folder has no such case.",
                "Nothing here proves them.",
                "Ask for the hand-over file, which holds the history as well.",
            )
        report = verify_case(workplace.database, case.id)
        same = workplace.cases.load(case.id) == case
    return _say(arguments, [(case.title, report)], facts_agree=same)


def _say(
    arguments: Namespace,
    reports: list[tuple[str, ChainReport]],
    *,
    facts_agree: bool | None = None,
) -> Exit:
    unchanged = all(report.intact for _, report in reports) and facts_agree is not False
    document = {
        "unchanged": unchanged,
        "facts_agree": facts_agree,
        "cases": [_document(title, report) for title, report in reports],
    }
    lines = [_line(title, report) for title, report in reports] or ["There is no case."]
    if facts_agree is False:
        lines.append("The facts in the file are not those in this data folder.")
    answer(arguments, document, lines)
    return Exit.FINE if unchanged else Exit.NO


def _document(title: str, report: ChainReport) -> dict[str, object]:
    broken = report.broken
    return {
        "firm": title,
        "case_id": report.case_id,
        "entries": report.entries,
        "head": report.head,
        "intact": report.intact,
        "broken": {"entry": broken.seq, "kind": broken.how, "text": broken.words}
        if broken
        else None,
        "clock_went_back": list(report.clock_went_back),
    }


def _line(title: str, report: ChainReport) -> str:
    if report.broken is not None:
        return f"{title}: not as it was written. {report.broken.words}"
    return f"{title}: unchanged, {report.entries:,} entries, the last is {report.head or 'none'}"
