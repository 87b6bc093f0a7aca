"""Opening, creating and listing cases, in jobs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from PySide6.QtCore import QObject, Signal, SignalInstance

from app.background import Job, JobRunner, Report, Work
from app.cancellation import CancelToken
from app.failures import UserFacingError
from app.onboarding.business_calendar import eastern_date, is_business_day
from app.onboarding.case import Case, new_case
from app.onboarding.progress import assess
from app.pages.firms import firm_line
from app.storage.case_store import CaseStore, CaseSummary
from app.storage.history import EntryKind, HistoryEntry
from app.widgets.firm_model import FirmLine
from app.window.places import Places
from app.work.workplace import Workplace


@dataclass(frozen=True, slots=True)
class Found:
    """What is there to show: a case with its place, or none; and how many cases there are."""

    cases: int
    case: Case | None = None
    page: str | None = None
    seen: date | None = None
    guide_open: bool | None = None


class Cases(QObject):
    """The cases of this data folder.

    `found` carries a `Found` after `open`, `create`, `practise` and `take_file`, `written` the path after
    `write_file`, `listed` the lines after `list_firms`, `standing` the same lines again and again
    as it becomes known how the firms stand, `failed` a `UserFacingError`.
    """

    found = Signal(object)
    written = Signal(object)
    listed = Signal(object)
    standing = Signal(object)
    failed = Signal(object)

    def __init__(self, workplace: Workplace, runner: JobRunner, places: Places) -> None:
        super().__init__()
        self._workplace = workplace
        self._runner = runner
        self._places = places
        self._today = date.min
        self._assessing: Job | None = None

    def open(self, case_id: str | None = None) -> None:
        """Open this case; without an id the last one, or the only one."""

        def look(token: CancelToken, report: Report) -> Found:
            return self._look(case_id)

        self._start("open a case", look, self.found)

    def create(self) -> None:
        """Store a new, empty case, and open it."""

        def store(token: CancelToken, report: Report) -> Found:
            case, route = new_case(), self._workplace.policy.route
            if route is not None:
                sftp = case.sftp.model_copy(update={"test_route": route})
                case = case.model_copy(update={"sftp": sftp})
            self._workplace.cases.save(case, [HistoryEntry(EntryKind.CASE_CREATED)])
            return self._look(case.id)

        self._start("create a case", store, self.found)

    def practise(self) -> None:
        """Open the practice case; the first time, store one with a sample firm."""

        def look(token: CancelToken, report: Report) -> Found:
            from app.practice.sample import sample_case

            store = self._workplace.cases
            known = [summary.id for summary in store.list_cases() if summary.practice]
            if known:
                return self._look(known[0])
            case = sample_case(eastern_date(datetime.now(UTC)))
            store.save(case, [HistoryEntry(EntryKind.CASE_CREATED)])
            return self._look(case.id)

        self._start("practise", look, self.found)

    def take_file(self, path: Path) -> None:
        """Bring the case in a case file into the list, and open it."""

        def take(token: CancelToken, report: Report) -> Found:
            from app.storage.case_json import read_case_file

            case = read_case_file(path)
            store = self._workplace.cases
            known = {summary.id for summary in store.list_cases(archived=True)}
            if case.id in known:
                if store.load(case.id) != case:
                    raise UserFacingError(
                        f"The case of {case.title} is here already, with other facts.",
                        "Nothing was changed.",
                        "Open it from the list of firms and compare the two by hand.",
                    )
            else:
                store.save(case, [HistoryEntry(EntryKind.IMPORTED, note=path.name)])
            return self._look(case.id)

        self._start("open a case file", take, self.found)

    def write_file(self, case: Case, path: Path) -> None:
        """Write `case` as a case file; the person has agreed to replace an existing one."""

        def write(token: CancelToken, report: Report) -> Path:
            from app.storage.case_json import case_file_text
            from app.storage.files import write_whole

            facts = write_whole(path, case_file_text(case).encode(), overwrite=True)
            self._workplace.cases.record(
                case.id, HistoryEntry(EntryKind.DOCUMENT_WRITTEN, note="case file", file=facts)
            )
            return path

        self._start("write a case file", write, self.written)

    def list_firms(self, today: date) -> None:
        """List the firms at once, and then find out how every one stands."""
        self._today = today

        def look(token: CancelToken, report: Report) -> tuple[FirmLine, ...]:
            store = CaseStore(self._workplace.database)
            return tuple(firm_line(summary) for summary in self._listed(store))

        self._start("list the firms", look, self.listed).done.connect(self._assess_firms)

    def _assess_firms(self) -> None:
        today = self._today

        def look(token: CancelToken, report: Report) -> tuple[FirmLine, ...]:
            # A store of its own: reading here must not hide from the open case that another
            # program has changed it.
            store = CaseStore(self._workplace.database)
            summaries = self._listed(store)
            lines = [firm_line(summary) for summary in summaries]
            for place, summary in enumerate(summaries):
                token.raise_if_cancelled()
                lines[place] = firm_line(summary, assess(store.load(summary.id), today))
                report(lines)
            return tuple(lines)

        job = self._runner.prepare("assess the firms", look)
        job.progressed.connect(self.standing)
        job.done.connect(self.standing)
        job.failed.connect(self._failed)
        job.ended.connect(self._assessed)
        self._assessing = self._runner.start(job)

    def _assessed(self, job: Job) -> None:
        if job is self._assessing:
            self._assessing = None

    def _look(self, case_id: str | None) -> Found:
        """On a job's thread."""
        store, places = self._workplace.cases, self._places
        ids = [summary.id for summary in self._listed(store)]
        wanted = case_id or places.last_case()
        if wanted not in ids:
            wanted = ids[0] if len(ids) == 1 else None
        guide_open = places.guide_open()
        if wanted is None:
            return Found(len(ids), guide_open=guide_open)
        case = store.load(wanted)
        # What the first assessment loads (the guide, the calendar) is loaded here, off the
        # window's thread.
        today = eastern_date(datetime.now(UTC))
        is_business_day(today)
        assess(case, today)
        return Found(
            len(ids),
            case,
            places.last_page(wanted),
            places.last_seen(wanted),
            guide_open,
        )

    def _listed(self, store: CaseStore) -> list[CaseSummary]:
        """The cases of this folder; none for practice where the IT department switched that off."""
        offered = self._workplace.policy.practice
        return [summary for summary in store.list_cases() if offered or not summary.practice]

    def _start(self, name: str, work: Work, outcome: SignalInstance) -> Job:
        if self._assessing is not None:
            self._assessing.cancel()
        job = self._runner.prepare(name, work)
        job.done.connect(outcome)
        job.failed.connect(self._failed)
        return self._runner.start(job)

    def _failed(self, failure: Exception) -> None:
        if isinstance(failure, UserFacingError):
            self.failed.emit(failure)
