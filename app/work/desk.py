"""Everything a page may start, in one place."""

from __future__ import annotations

from PySide6.QtCore import QObject

from app.background import JobRunner
from app.open_case import OpenCase
from app.work.connecting import ConnectionDesk
from app.work.counting import CountingDesk
from app.work.counting_accounts import AccountsDesk
from app.work.documents import DocumentDesk
from app.work.fetching import FetchingDesk
from app.work.passwords import PasswordDesk
from app.work.practising import PracticeDesk
from app.work.sending import SendingDesk
from app.work.undoing import UndoStack
from app.work.workplace import Workplace


class Desk(QObject):
    """The work that belongs to one open case."""

    def __init__(self, open_case: OpenCase, runner: JobRunner, workplace: Workplace) -> None:
        super().__init__()
        self.runner = runner
        self.workplace = workplace
        self.undoing = UndoStack(open_case)
        self.passwords = PasswordDesk(open_case, runner, workplace.credentials)
        self.connection = ConnectionDesk(open_case, runner, workplace, self.passwords)
        self.counting = CountingDesk(open_case, runner)
        self.accounts = AccountsDesk(open_case, runner)
        self.counting.counted.connect(self.accounts.take)
        self.fetching = FetchingDesk(open_case, runner, workplace, self.passwords, self.counting)
        self.documents = DocumentDesk(open_case, runner, workplace)
        self.sending = SendingDesk(open_case, runner, workplace, self.passwords)
        self.practice = PracticeDesk(open_case, runner, workplace, self.passwords)

    def stop(self) -> None:
        """End what goes on by itself: another case is opened."""
        self.accounts.cancel()
        self.connection.cancel()
        self.fetching.cancel()
        self.sending.cancel()
        self.practice.stop()
