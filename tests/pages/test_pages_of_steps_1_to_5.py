"""What holds for every one of the first five pages."""

from __future__ import annotations

import re

import pytest
from PySide6.QtWidgets import (
    QAbstractButton,
    QComboBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QTableView,
    QWidget,
)

from app.onboarding.case import Case
from app.pages.administrators import AdministratorsPage
from app.pages.register import RegisterPage
from app.pages.relationships import RelationshipsPage
from app.pages.sftp_accounts import SftpAccountsPage
from app.pages.user_accounts import UserAccountsPage
from app.widgets.page import Page
from tests.pages.conftest import OpenPage
from tests.rig.cases import (
    no_ltid_case,
    reports_for_others_case,
    self_reporting_case,
    through_agent_case,
)

PAGES = (
    RegisterPage,
    AdministratorsPage,
    UserAccountsPage,
    SftpAccountsPage,
    RelationshipsPage,
)
CASES = (
    self_reporting_case("tested"),
    through_agent_case("tested"),
    reports_for_others_case("tested"),
    no_ltid_case("tested"),
    self_reporting_case("empty"),
)
#: The frame’s own: File, Edit, View, Help, Back, Next, finish Later.
TAKEN = set("fevhbnl")

every_page = pytest.mark.parametrize("page_class", PAGES, ids=lambda page: page.key)
every_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.title)


def mnemonics(page: QWidget) -> list[str]:
    texts = [b.text() for b in page.findChildren(QAbstractButton)]
    texts += [label.text() for label in page.findChildren(QLabel) if label.buddy() is not None]
    return [m for text in texts for m in re.findall(r"(?<!&)&(\w)", text.lower())]


@every_page
@every_case
def test_each_mnemonic_leads_to_one_control(
    open_page: OpenPage, page_class: type[Page], case: Case
) -> None:
    found = mnemonics(open_page(page_class, case).page)
    # The lines that take back a removal share theirs; two of them are hardly ever in sight.
    single = [letter for letter in found if letter != "u"]
    assert len(single) == len(set(single)), found
    assert TAKEN.isdisjoint(found)


@every_page
@every_case
def test_every_control_has_an_accessible_name(
    open_page: OpenPage, page_class: type[Page], case: Case
) -> None:
    page = open_page(page_class, case).page
    kinds = (QAbstractButton, QComboBox, QLineEdit, QPlainTextEdit, QTableView)
    for kind in kinds:
        for control in page.findChildren(kind):
            if not control.isVisibleTo(page) or isinstance(control.parent(), QComboBox):
                continue
            own = control.text() if isinstance(control, QAbstractButton) else ""
            assert control.accessibleName() or own, control.objectName()


@every_page
@every_case
def test_everything_fits_beside_the_sidebar_of_a_small_window(
    open_page: OpenPage, page_class: type[Page], case: Case
) -> None:
    page = open_page(page_class, case).page
    # 1024 less sidebar, margins and scroll bar, the guide folded away.
    assert page.minimumSizeHint().width() <= 724


@every_page
@every_case
def test_text_from_outside_is_never_interpreted(
    open_page: OpenPage, page_class: type[Page], case: Case
) -> None:
    page = open_page(page_class, case).page
    rich = [
        label.text()
        for label in page.findChildren(QLabel)
        if label.textFormat().name != "PlainText" and label.buddy() is None and label.text()
    ]
    assert rich == []
