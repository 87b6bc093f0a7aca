"""Fetching feedback over SFTP on behalf of step 6: once, or again and again while CAT works."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import Signal

from app.background import Job, JobRunner, Report, Work
from app.cancellation import CancelToken
from app.onboarding.access import Environment, SftpAccount
from app.onboarding.testing import INTERIM_STATUSES, FileKind
from app.open_case import OpenCase
from app.storage.credentials import PROXY_ID
from app.work.counting import CountingDesk
from app.work.feedback_counts import Counted
from app.work.fetched_feedback import (
    Fetched,
    Watched,
    feedback_folder,
    fetch_for,
    note_counted,
    watch_for,
)
from app.work.passwords import PasswordDesk
from app.work.server_desk import ServerDesk
from app.work.sftp_targets import test_target
from app.work.workplace import Workplace

_CAIS, _IDENTIFIERS = f"_{FileKind.CAIS}_", f"_{FileKind.TIDS}_"


class FetchingDesk(ServerDesk):
    """Fetches what is new, and hands it on to be counted.

    Beside the signals of every run: `progressed` carries a `FetchProgress`, `fetched` a `Fetched`,
    `looked` a `Watched`. `answered` comes in place of `cancelled` when a watch has ended by itself.
    """

    fetched = Signal(object)
    looked = Signal(object)
    answered = Signal()

    def __init__(
        self,
        open_case: OpenCase,
        runner: JobRunner,
        workplace: Workplace,
        passwords: PasswordDesk,
        counting: CountingDesk,
    ) -> None:
        super().__init__(open_case, runner, workplace, passwords)
        self._counting = counting
        self._counted: list[Path] = []
        self._again = False
        #: Submissions by base name: with the final feedback on each of them the watch ends.
        self._awaited: set[str] = set()
        self._answered = False
        self.watching = False
        self.latest: Fetched | None = None
        counting.counted.connect(self._note)
        open_case.saving_changed.connect(self._keep_note)
        self.looked.connect(self._take_look)

    def fetch(self) -> None:
        """Fetch what is new, once; one sign-in attempt."""
        self._begin(watching=False)

    def watch(self, sent: Sequence[str] = ()) -> None:
        """Fetch what is new, and keep looking.

        A watch under way begins anew: what was just sent is answered soon, and after hours without
        news it looks seldom.

        Args:
            sent: names of submissions; looking ends by itself once the final feedback on each has
                come. Without any it goes on until `cancel`.
        """
        endless = not sent or (self.running and self.watching and not self._awaited)
        # Feedback of a pair is looked for where its CAIS Data File went.
        names = {name.replace(_IDENTIFIERS, _CAIS).partition(".")[0] for name in sent}
        self._awaited = set() if endless else self._awaited | names
        if self.running and self.watching:
            super().cancel()
            self._again = True
        else:
            self._begin(watching=True)

    def cancel(self) -> None:
        """Stop for good; what was fetched completely stays, `cancelled` follows."""
        self._again = False
        self._awaited = set()
        super().cancel()

    def _run_again(self) -> None:
        self._begin(watching=self.watching)

    def _begin(self, *, watching: bool) -> None:
        account = self.account
        if self.running or account is None or self.obstacle:
            return
        self.watching = watching
        self._start("fetch feedback", self._work(account, watching=watching))

    def _work(self, account: SftpAccount, *, watching: bool) -> Work:
        case, workplace, passwords = self._open_case.case, self._workplace, self._passwords
        target = test_target(case, account, lambda: passwords.load(PROXY_ID))
        tell: Callable[[Watched], None] = self.looked.emit  # queued to the window's thread

        def work(token: CancelToken, report: Report) -> Fetched | None:
            known = workplace.host_keys.accepted(Environment.TEST, target.host, target.port)
            arguments = (case, target, lambda: passwords.load(account.id), known, workplace.folder)
            if not watching:
                return fetch_for(*arguments, cancel=token, on_progress=report)
            for watched in watch_for(*arguments, cancel=token, on_progress=report):
                tell(watched)
            return None

        return work

    def _take_outcome(self, outcome: object) -> None:
        if isinstance(outcome, Fetched):
            self._take(outcome)

    def _take_look(self, watched: Watched) -> None:
        if watched.fetched is not None:
            self._take(watched.fetched)

    def _take(self, fetched: Fetched) -> None:
        self.latest = fetched
        self._counting.add(fetched.to_count, Environment.TEST)
        self.fetched.emit(fetched)

    def _stopped(self) -> None:
        if self._answered:
            self.answered.emit()
        elif not self._again:
            self.cancelled.emit()
        self._answered = False

    def _end_when_answered(self) -> None:
        if not (self.running and self.watching and self._awaited):
            return
        self._awaited -= {
            (record.file_name or "").partition(".")[0]
            for record in self._open_case.case.testing.submissions
            if record.known_status is not None and record.known_status not in INTERIM_STATUSES
        }
        if not self._awaited:
            self._answered = True
            super().cancel()

    def _ended(self, job: Job) -> None:
        super()._ended(job)
        if self._again:
            self._again = False
            self._begin(watching=True)

    def _note(self, counted: Counted) -> None:
        folder = feedback_folder(self._workplace.folder, self._open_case.case.id)
        self._counted.extend(path for path in counted.files if path.parent == folder)
        self._keep_note()
        self._end_when_answered()

    def _keep_note(self) -> None:
        """Once the case is on disk, and not before, the files need not be counted again."""
        if not self._counted or self._open_case.unsaved:
            return
        folder = feedback_folder(self._workplace.folder, self._open_case.case.id)
        files, self._counted = tuple(self._counted), []

        def note(token: CancelToken, report: Report) -> None:
            note_counted(folder, files)

        job = self._runner.prepare("note what was counted", note)
        job.failed.connect(self._failed)
        self._runner.start(job)
