"""The pages, by the names under which the frame shows and remembers them."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from app.open_case import OpenCase
    from app.widgets.page import Page
    from app.work.desk import Desk


@dataclass(frozen=True, slots=True)
class PageEntry:
    """A page: its key, the step it belongs to (0: none), and where it is defined.

    Named and not imported: a page is loaded when it is first shown, so that the window
    opens fast.
    """

    key: str
    step: int
    module: str
    class_name: str

    def build(self, open_case: OpenCase, desk: Desk) -> Page:
        """Make the page for an open case."""
        page_class = getattr(import_module(self.module), self.class_name)
        return cast("Page", page_class(open_case, desk))


PAGES = (
    PageEntry("overview", 0, "app.pages.overview", "OverviewPage"),
    PageEntry("register", 1, "app.pages.register", "RegisterPage"),
    PageEntry("administrators", 2, "app.pages.administrators", "AdministratorsPage"),
    PageEntry("user_accounts", 3, "app.pages.user_accounts", "UserAccountsPage"),
    PageEntry("sftp_accounts", 4, "app.pages.sftp_accounts", "SftpAccountsPage"),
    PageEntry("relationships", 5, "app.pages.relationships", "RelationshipsPage"),
    PageEntry("testing", 6, "app.pages.testing", "TestingPage"),
    PageEntry("certify", 7, "app.pages.certify", "CertifyPage"),
)
#: Reached from the menu and the Overview; no step, so not on the way from Back to Next.
HISTORY = PageEntry("history", 0, "app.pages.history", "HistoryPage")
