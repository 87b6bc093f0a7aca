"""The menu bar. An entry that leads nowhere just now is not shown."""

from __future__ import annotations

import platform
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, qVersion
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu

from app import __version__
from app.background import Report
from app.cancellation import CancelToken
from app.onboarding.guide import the_guide
from app.pages import HISTORY, PAGES
from app.widgets.dialogs import ReportDialog
from app.widgets.help_dialog import HelpDialog
from app.window.edit_menu import EditMenu

if TYPE_CHECKING:
    from app.window.main_window import MainWindow

_KEYS = (
    ("Ctrl+0", "Overview"),
    ("Ctrl+1 to Ctrl+7", "A step"),
    ("Ctrl+F", "Find in the whole case"),
    ("Ctrl+Z, Ctrl+Shift+Z", "Undo, redo, also on other pages"),
    ("Ctrl+H", "The history of the case"),
    ("Alt+N, Alt+B", "Next, Back"),
    ("Alt+L", "Continue, finish later"),
    ("F1", "Help for the field you are in, and the search; again: back"),
    ("Ctrl+F1", "Open the guide, or fold it away"),
    ("F6", "Sidebar, page, guide, footer in turn"),
    ("Tab, Shift+Tab", "Next field, field before"),
    ("Space, Enter", "Press the button with the focus"),
    ("Ctrl+N", "Start an onboarding for another firm"),
    ("Ctrl+Q", "Quit"),
)


class Menus(QObject):
    """All menus of the main window."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._of_case: list[QAction] = []
        self._file(window.menuBar().addMenu("&File"))
        self.edit = EditMenu(window, window.menuBar().addMenu("&Edit"))
        self._view(window.menuBar().addMenu("&View"))
        self._help(window.menuBar().addMenu("&Help"))
        self.show_state()

    def show_state(self) -> None:
        """Show the entries that lead somewhere now."""
        for action in self._of_case:
            action.setVisible(self._window.frame is not None)
        self.edit.show_state()

    def _file(self, menu: QMenu) -> None:
        window = self._window
        self._add(menu, "&New firm", QKeySequence.StandardKey.New).triggered.connect(
            window.new_case
        )
        self._firms = self._add(menu, "&Firms …", "Ctrl+Shift+F", of_case=True)
        self._firms.triggered.connect(window.show_firms)
        menu.addSeparator()
        hand = self._add(menu, "&Hand this case to a colleague …", of_case=True)
        hand.triggered.connect(window.case_files.hand_over)
        taken = self._add(menu, "&Take over a case …", QKeySequence.StandardKey.Open)
        taken.triggered.connect(window.case_files.choose)
        export = self._add(menu, "&Export the facts …", "Ctrl+E", of_case=True)
        export.triggered.connect(window.case_files.choose_export)
        if window.workplace.policy.practice:
            practise = self._add(menu, "&Practice in a simulated CAIS")
            practise.triggered.connect(window.practise)
        menu.addSeparator()
        check = self._add(menu, "&Check a summary …")
        check.triggered.connect(window.summary_checks.choose)
        menu.addSeparator()
        servers = self._add(menu, "&Accepted servers …")
        servers.triggered.connect(window.care.show_servers)
        restore = self._add(menu, "&Restore a backup …")
        restore.triggered.connect(window.care.choose_backup)
        menu.addSeparator()
        leave = self._add(menu, "&Quit", "Ctrl+Q")
        leave.setMenuRole(QAction.MenuRole.QuitRole)
        leave.triggered.connect(window.close)

    def _view(self, menu: QMenu) -> None:
        guide = the_guide()
        for entry in PAGES:
            number = entry.step
            title = f"{number}  {guide.step(number).title}" if number else "Overview"
            action = self._add(menu, title, f"Ctrl+{number}", of_case=True)
            action.setData(entry.key)
            action.triggered.connect(self._show_page)
        history = self._add(menu, "&History", "Ctrl+H", of_case=True)
        history.setData(HISTORY.key)
        history.triggered.connect(self._show_page)
        menu.addSeparator()
        self._add(menu, "&Guide panel", "Ctrl+F1", of_case=True).triggered.connect(
            self._toggle_guide
        )
        self._add(menu, "Next &area", "F6", of_case=True).triggered.connect(self._next_pane)

    def _help(self, menu: QMenu) -> None:
        self._add(menu, "&Help and search", "F1").triggered.connect(self._show_help)
        self._add(menu, "&Keyboard …").triggered.connect(self._show_keys)
        self._add(menu, "&Diagnostics …").triggered.connect(self._collect_diagnostics)
        menu.addSeparator()
        about = self._add(menu, "&About CAIS Onboarding …")
        about.setMenuRole(QAction.MenuRole.AboutRole)
        about.triggered.connect(self._show_about)

    def _add(
        self,
        menu: QMenu,
        words: str,
        keys: str | QKeySequence.StandardKey | None = None,
        *,
        of_case: bool = False,
    ) -> QAction:
        action = menu.addAction(words)
        if keys is not None:
            action.setShortcut(QKeySequence(keys))
        if of_case:
            self._of_case.append(action)
        return action

    def _show_page(self) -> None:
        action = self.sender()
        if isinstance(action, QAction) and self._window.frame is not None:
            self._window.frame.show_page(action.data())

    def _toggle_guide(self) -> None:
        if self._window.frame is not None:
            self._window.frame.toggle_guide()

    def _show_help(self) -> None:
        if self._window.frame is not None:
            self._window.frame.help()
        else:
            HelpDialog(self._window).open()

    def _next_pane(self) -> None:
        if self._window.frame is not None:
            self._window.frame.next_pane()

    def _show_keys(self) -> None:
        wide = max(len(keys) for keys, _ in _KEYS)
        text = "\n".join(f"{keys:<{wide}}   {words}" for keys, words in _KEYS)
        ReportDialog(self._window, "Keyboard", "", text, ("keyboard", "accent")).open()

    def _show_about(self) -> None:
        edition = the_guide().edition
        text = (
            f"CAIS Onboarding {__version__}\n"
            f"Follows the {edition.title}, version {edition.version} of {edition.published}\n"
            f"Python {platform.python_version()}, Qt {qVersion()}\n"
            "License: Apache-2.0. It comes without any warranty."
        )
        words = "An aid for the seven steps of onboarding to FINRA CAT's CAIS."
        ReportDialog(self._window, "CAIS Onboarding", words, text).open()

    def _collect_diagnostics(self) -> None:
        folder = self._window.workplace.folder

        def collect(token: CancelToken, report: Report) -> str:
            from app.commands.diagnostics import collect as found_in
            from app.commands.diagnostics import lines_of

            return "\n".join(lines_of(found_in(folder)))

        job = self._window.runner.prepare("diagnostics", collect)
        job.done.connect(self._show_diagnostics)
        self._window.runner.start(job)

    def _show_diagnostics(self, text: str) -> None:
        words = "What helps to find a fault. No passwords and nothing that you entered is in it."
        ReportDialog(self._window, "Diagnostics", words, text).open()
