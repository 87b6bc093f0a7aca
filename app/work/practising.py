"""The simulated CAIS while a practice case is open: started, filled into the case, and ended."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.background import Job, JobRunner, Report
from app.cancellation import CancelToken
from app.failures import UserFacingError
from app.open_case import OpenCase
from app.practice.scenario import Scenario, Tempo
from app.work.passwords import PasswordDesk
from app.work.workplace import Workplace

if TYPE_CHECKING:
    from app.practice.server import PracticeServer


class PracticeDesk(QObject):
    """Runs the server in a job, on loopback; with the job it ends.

    `changed` comes when it listens, when it has ended, and when another scenario was chosen;
    `failed` carries a `UserFacingError`, `sample_made` the paths of a submission to send. For a
    case that is not for practice nothing is ever started.
    """

    changed = Signal()
    failed = Signal(object)
    sample_made = Signal(object)
    _started = Signal(object)

    def __init__(
        self, open_case: OpenCase, runner: JobRunner, workplace: Workplace, passwords: PasswordDesk
    ) -> None:
        super().__init__()
        self._open_case = open_case
        self._runner = runner
        self._folder = workplace.folder.practice
        self._passwords = passwords
        self._job: Job | None = None
        self._again = False
        self.scenario = Scenario.AS_THE_FILE_IS
        self.tempo = Tempo.QUICK
        self.server: PracticeServer | None = None
        self._started.connect(self._fill_in)

    def start(self, scenario: Scenario | None = None, tempo: Tempo | None = None) -> None:
        """Run the server; with another scenario or tempo than it plays, anew."""
        if not self._open_case.case.practice:
            return
        wanted = (scenario or self.scenario, tempo or self.tempo)
        if wanted != (self.scenario, self.tempo):
            self.scenario, self.tempo = wanted
            if self._job is not None:
                self._again = True
                self._job.cancel()
                return
        if self._job is None:
            self._run()

    def stop(self) -> None:
        """End the server; nothing happens if it does not run."""
        self._again = False
        if self._job is not None:
            self._job.cancel()

    def make_sample(self) -> None:
        """Write a sample submission; `sample_made` or `failed` follows."""
        folder, today = self._folder / "samples", self._open_case.today
        # What only a pair can show is shown with one.
        pair = self.scenario is Scenario.PARTNER_MISSING

        def write(token: CancelToken, report: Report) -> tuple[Path, ...]:
            from app.practice.sample import write_sample_submission

            try:
                return write_sample_submission(folder, today, pair=pair)
            except OSError as refused:
                raise UserFacingError(
                    f"The sample could not be written: {refused.strerror or refused}.",
                    f"It belongs into {folder}.",
                ) from refused

        job = self._runner.prepare("write a sample", write)
        job.done.connect(self.sample_made)
        job.failed.connect(self._failed)
        self._runner.start(job)

    def _run(self) -> None:
        scenario, pace = self.scenario, self.tempo.pace
        folder, started = self._folder, self._started.emit
        server = self._open_case.case.sftp.test_server
        # The same port again: a server is known by it, and may show another key.
        ports = (server.port, 0) if server.host == "127.0.0.1" else (0,)

        def work(token: CancelToken, report: Report) -> None:
            from app.practice.running import run_practice

            for port in ports:
                try:
                    run_practice(
                        folder, started, scenario=scenario, port=port, pace=pace, cancel=token
                    )
                except UserFacingError:
                    if port == 0:
                        raise
                else:
                    return

        self._job = self._runner.prepare("practice CAIS", work)
        self._job.failed.connect(self._failed)
        self._job.ended.connect(self._ended)
        self._runner.start(self._job)

    def _fill_in(self, server: PracticeServer) -> None:
        """Host, port and user name into the case, the password into memory for this session."""
        self.server = server
        case = self._open_case.case
        facts = {"sftp.test_server.host": server.host, "sftp.test_server.port": server.port}
        account = case.sftp.accounts[0] if case.sftp.accounts else None
        if account is not None:
            facts[f"sftp.accounts.{account.id}.username"] = server.username
        with self._open_case.together(by_hand=False):
            for path, value in facts.items():
                self._open_case.edit(path, value)
        if account is not None:
            kept = self._passwords.keep(account.id, server.password, this_session_only=True)
            kept.ended.connect(self._ready)

    def _ready(self, job: Job) -> None:
        self.changed.emit()

    def _failed(self, failure: Exception) -> None:
        if isinstance(failure, UserFacingError):
            self.failed.emit(failure)

    def _ended(self, job: Job) -> None:
        self._job, self.server = None, None
        if self._again:
            self._again = False
            self._run()
        self.changed.emit()
