"""Pages put together before somebody asks for them, while nothing else goes on."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum, auto
from importlib import import_module

from PySide6.QtCore import QObject, QTimer

from app.background import JobRunner, Report
from app.cancellation import CancelToken
from app.pages import PAGES, PageEntry

#: How long nothing must have happened before the next page is put together, in milliseconds.
_QUIET = 250


class _Modules(Enum):
    NOT_LOADED = auto()
    LOADING = auto()
    LOADED = auto()


class PagesAhead(QObject):
    """Loads the pages' modules beside the window, then has one page built at a time.

    Args:
        parent: it ends with it.
        runner: loads the modules on a thread of its own.
        build: puts a page together, out of sight, unless it is there already.
    """

    def __init__(
        self, parent: QObject, runner: JobRunner, build: Callable[[PageEntry], object]
    ) -> None:
        super().__init__(parent)
        self._runner = runner
        self._build = build
        self._waiting = list(PAGES)
        self._modules = _Modules.NOT_LOADED
        self._quiet = QTimer(self, singleShot=True, interval=_QUIET)
        self._quiet.timeout.connect(self._go_on)

    def put_off(self) -> None:
        """Something has happened: wait until it is quiet again."""
        if self._waiting:
            self._quiet.start()

    def _go_on(self) -> None:
        if self._modules is _Modules.NOT_LOADED:
            self._load()
        elif self._runner.busy:
            # What a job brings shall not wait behind a page that nobody asked for.
            self.put_off()
        elif self._modules is _Modules.LOADED and self._waiting:
            self._build(self._waiting.pop(0))
            self.put_off()

    def _load(self) -> None:
        self._modules = _Modules.LOADING

        def load(token: CancelToken, report: Report) -> None:
            for entry in PAGES:
                token.raise_if_cancelled()
                import_module(entry.module)

        job = self._runner.prepare("load the pages", load)
        job.done.connect(self._start)
        self._runner.start(job)

    def _start(self) -> None:
        self._modules = _Modules.LOADED
        self.put_off()
