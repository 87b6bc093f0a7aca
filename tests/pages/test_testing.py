"""Step 6 as the person uses it: what counts, which answers are asked for, and what they change."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, QPoint, Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLineEdit, QMenu, QPushButton

from app.onboarding import testing as facts
from app.onboarding.access import Environment, SftpAccount
from app.onboarding.case import Case
from app.onboarding.firm import SecondarySource
from app.onboarding.testing import DataKind, SentBy, SubmissionRecord
from app.open_case import SaveState
from app.pages import testing as testing_page
from app.storage.history import EntryKind, RecordedEntry
from app.widgets.submissions_table import SubmissionsTable
from tests.pages.conftest import OpenPage
from tests.pages.feedback_files import put_feedback
from tests.pages.hands import Hands
from tests.rig.cases import (
    eastern,
    no_ltid_case,
    reports_for_others_case,
    row_id,
    self_reporting_case,
    submission,
    through_agent_case,
)

ROWS = "testing.submissions"
TODAY = date(2020, 10, 9)


def with_submissions(case: Case, *records: SubmissionRecord) -> Case:
    testing = facts.Testing(
        connection_tests=case.testing.connection_tests,
        portal_login=case.testing.portal_login,
        submissions=records,
    )
    return case.model_copy(update={"testing": testing})


def self_reporting(*records: SubmissionRecord) -> Case:
    return with_submissions(self_reporting_case("tested"), *records)


def opened(open_page: OpenPage, case: Case) -> Hands:
    return open_page(testing_page.TestingPage, case, today=TODAY)


def the_page(hands: Hands) -> testing_page.TestingPage:
    assert isinstance(hands.page, testing_page.TestingPage)
    return hands.page


def the_table(hands: Hands) -> SubmissionsTable:
    return the_page(hands).submissions.table


def select(hands: Hands, *numbers: int) -> None:
    """Click the rows with these places, the later ones with Ctrl."""
    table = the_table(hands)
    for count, number in enumerate(numbers):
        held = Qt.KeyboardModifier.ControlModifier if count else Qt.KeyboardModifier.NoModifier
        QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, held, cell(table, number, 1))


def cell(table: SubmissionsTable, row: int, column: int) -> QPoint:
    return table.visualRect(table.model().index(row, column)).center()


def column(hands: Hands, title: str) -> list[str]:
    """What the column with this heading shows, from top to bottom."""
    model = the_table(hands).model()
    titles = [
        model.headerData(number, Qt.Orientation.Horizontal) for number in range(model.columnCount())
    ]
    return [str(model.index(row, titles.index(title)).data()) for row in range(model.rowCount())]


def history(hands: Hands) -> list[RecordedEntry]:
    hands.stored()
    return list(hands.workplace.cases.history(hands.case.id))


def kinds(hands: Hands) -> list[str]:
    return [entry.kind for entry in history(hands)][1:]


# --- what is shown ---


def test_level_and_error_rate_follow_the_submissions(open_page: OpenPage) -> None:
    hands = opened(
        open_page,
        self_reporting(
            submission(
                1, accounts_received=92, accounts_accepted=88, status="COMPLETED_WITH_REJECTIONS"
            )
        ),
    )
    assert "92 of 100 accounts submitted, 88 accepted" in hands.words()
    assert "Error rate 4.34 %, limit below 10 %" in hands.words()
    bar = the_page(hands).level.bar
    assert bar.accessibleDescription() == "92 of 100 accounts submitted, 88 accepted"
    hands.open_case.edit(f"{ROWS}.{row_id(1)}.accounts_accepted", "80")
    assert "Error rate 13.04 %: it must be below 10 %" in hands.words()


def test_todays_number_is_shown_beside_the_registered_one(open_page: OpenPage) -> None:
    hands = opened(open_page, self_reporting())
    hands.open_case.edit("registration.ltid_accounts_today", "131")
    assert "Today you have 131 accounts with LTIDs" in hands.words()
    assert "given at registration, 120, rules" in hands.words()


def test_through_an_agent_no_level_applies_and_the_agent_is_asked(open_page: OpenPage) -> None:
    hands = opened(open_page, with_submissions(through_agent_case("tested")))
    assert "No level of your own applies here" in hands.words()
    assert "accounts submitted" not in hands.words()
    assert hands.shows("testing.agent_connected_on")
    assert "Ask your agent" in hands.words()
    hands.press("testing:agent-message:copy")
    copied = QGuiApplication.clipboard().text()
    assert "To Northgate Data Services," in copied
    assert "_2236_" in copied
    assert "It says all that it must say" in hands.words()
    hands.press("testing:agent-message:sent")
    for name, text in (("on", "10/08/2020"), ("to", "proof@northgate.example")):
        hands.write(hands.find(QLineEdit, f"sent:{name}"), text)
    hands.press("sent:record")
    assert hands.case.testing.agent_asked_on == date(2020, 10, 8)
    hands.stored()
    kinds = [entry.kind for entry in hands.workplace.cases.history(hands.case.id)]
    assert "sent" in kinds
    assert (
        "since Thu 8 Oct 2020: the proof of its submission"
        in hands.open_case.assessment.step(6).reason
    )
    hands.type("testing.agent_connected_on", "10/06/2020")
    hands.qtbot.waitUntil(lambda: hands.case.testing.agent_connected_on == date(2020, 10, 6))
    assert hands.stored().testing.agent_connected_on == date(2020, 10, 6)


class Mailbox(QObject):
    """Takes the links that would open the mail program, which this system does not have."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[QUrl] = []

    @Slot(QUrl)
    def open(self, link: QUrl) -> None:
        self.links.append(link)


def test_the_request_opens_in_the_mail_program(open_page: OpenPage) -> None:
    hands = opened(open_page, with_submissions(through_agent_case("tested")))
    mailbox = Mailbox()
    QDesktopServices.setUrlHandler("mailto", mailbox, "open")
    try:
        hands.press("testing:agent-message:open")
    finally:
        QDesktopServices.unsetUrlHandler("mailto")
    assert [link.scheme() for link in mailbox.links] == ["mailto"]
    assert "Juniper Brokerage" in mailbox.links[0].toString()
    assert "Your mail program has the message." in hands.words()


def test_the_request_is_gone_once_the_proof_is_there(open_page: OpenPage) -> None:
    hands = opened(open_page, through_agent_case("tested"))
    assert "Ask your agent" not in hands.words()
    assert "Proven: An account of ours accepted" in hands.words()


def test_without_ltid_accounts_mock_data_is_what_counts(open_page: OpenPage) -> None:
    hands = opened(open_page, no_ltid_case("tested"))
    assert "No level and no error rate apply" in hands.words()
    assert "2 mock accounts accepted" in hands.words()
    assert "Everything that testing asks for is met." in hands.words()


def test_before_step_1_is_answered_it_says_so(open_page: OpenPage) -> None:
    hands = opened(open_page, self_reporting_case("empty"))
    assert "Step 1 tells which level applies" in hands.words()
    assert "Drop feedback files here" in hands.words()


def test_an_agent_sees_which_firm_still_lacks_an_account(open_page: OpenPage) -> None:
    case = reports_for_others_case("tested", firms=3)
    kept = tuple(record for record in case.testing.submissions if record.reporter_crd != "3002")
    hands = opened(open_page, with_submissions(case, *kept))
    firms = the_page(hands).dates.firms
    assert firms.summary.text() == "3 firms you report for, 1 still lacking an accepted account"
    shown = [[str(firms.model.index(row, place).data()) for place in (1, 4, 6)] for row in range(3)]
    assert shown == [
        ["3002", "0", "Still lacking"],
        ["3001", "58", "Yes"],
        ["3003", "58", "Yes"],
    ]


def test_a_served_firm_without_ltid_accounts_needs_none(open_page: OpenPage) -> None:
    case = reports_for_others_case("tested", firms=1)
    firm = case.relationships.served_firms[0].model_copy(update={"ltid_accounts": 0})
    relationships = case.relationships.model_copy(update={"served_firms": (firm,)})
    hands = opened(
        open_page,
        with_submissions(case).model_copy(update={"relationships": relationships}),
    )
    firms = the_page(hands).dates.firms
    assert firms.summary.text() == "1 firm you report for, none lacks an accepted account"
    assert firms.model.index(0, 6).data() == "Not needed: no accounts with LTIDs (§6.3)"


def test_open_relationships_lead_to_step_5(open_page: OpenPage) -> None:
    hands = opened(open_page, through_agent_case("registered"))
    assert "Step 5, Relationships: not started." in hands.words()
    with hands.qtbot.waitSignal(hands.page.page_wanted) as wanted:
        hands.press("testing:go-to-relationships")
    assert wanted.args == ["relationships"]


def test_portal_sign_in_is_stated_with_name_and_day(open_page: OpenPage) -> None:
    case = self_reporting()
    bare = case.testing.model_copy(update={"portal_login": facts.PortalLogin()})
    hands = opened(open_page, case.model_copy(update={"testing": bare}))
    hands.type("testing.portal_login.by", "Dana Whitfield")
    hands.type("testing.portal_login.on", "10/12/2020")
    assert hands.problem("testing.portal_login.on") == (
        "This day lies in the future; enter the day it happened."
    )
    hands.type("testing.portal_login.on", "10/05/2020")
    login = hands.stored().testing.portal_login
    assert (login.by, login.on) == ("Dana Whitfield", date(2020, 10, 5))


def test_with_several_sftp_accounts_the_one_to_test_is_chosen(open_page: OpenPage) -> None:
    case = self_reporting()
    second = SftpAccount(id=row_id(9), username="harbor_backup", password_reset_on=TODAY)
    sftp = case.sftp.model_copy(update={"accounts": (*case.sftp.accounts, second)})
    hands = opened(open_page, case.model_copy(update={"sftp": sftp}))
    connect = the_page(hands).connect_card
    assert "harbor_cais at sftp-test.cais.example" in hands.words()
    hands.pick(connect.account, "harbor_backup")
    assert "harbor_backup at sftp-test.cais.example" in hands.words()
    hands.open_case.refresh()
    assert connect.account.currentText() == "harbor_backup"


# --- which submissions count ---


def test_the_reason_why_a_row_does_not_count_stands_in_the_table(open_page: OpenPage) -> None:
    hands = opened(
        open_page,
        self_reporting(
            submission(1),
            submission(2, environment=None, submission_id="7"),
            submission(3, submission_id="8", status="RECORD_SCAN_COMPLETED"),
        ),
    )
    assert column(hands, "Counts") == [
        "Yes",
        "No: Say which environment it was sent to.",
        "No: CAIS is not finished with it (RECORD_SCAN_COMPLETED).",
    ]
    assert column(hands, "Status")[2] == "Records checked, not final yet"


def test_space_takes_a_row_out_of_the_count_and_brings_it_back(open_page: OpenPage) -> None:
    hands = opened(open_page, self_reporting(submission(1)))
    select(hands, 0)
    QTest.keyClick(the_table(hands), Qt.Key.Key_Space)
    assert hands.fact(f"{ROWS}.{row_id(1)}.chosen") is False
    assert column(hands, "Counts") == ["No: Not chosen for certification."]
    assert "0 of 100 accounts submitted, 0 accepted" in hands.words()
    QTest.keyClick(the_table(hands), Qt.Key.Key_Space)
    assert column(hands, "Counts") == ["Yes"]
    assert kinds(hands) == [EntryKind.SUBMISSION_CHOSEN] * 2


def test_the_check_box_chooses(open_page: OpenPage) -> None:
    hands = opened(open_page, self_reporting(submission(1)))
    table = the_table(hands)
    rect = table.visualRect(table.model().index(0, 0))
    box = QPoint(rect.left() + 14, rect.center().y())
    QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=box)
    assert hands.stored().testing.submissions[0].chosen is False


def test_what_feedback_does_not_say_is_asked_once_for_all(
    open_page: OpenPage, tmp_path: Path
) -> None:
    hands = opened(open_page, self_reporting())
    paths = [put_feedback(tmp_path, number) for number in (1, 2)]
    with hands.qtbot.waitSignal(hands.desk.counting.ended, timeout=10_000):
        the_page(hands).submissions.sources.add(paths)
    assert "Where did you send these 2 submissions?" in hands.words()
    before = len(history(hands))
    hands.press("testing:all-environment-test")
    assert "Where did you send" not in hands.words()
    hands.press("testing:all-data-production")
    assert column(hands, "Counts") == ["Yes", "Yes"]
    entries = history(hands)[before:]
    assert [entry.after_value for entry in entries] == ["test"] * 2 + ["production"] * 2
    assert len({entry.path for entry in entries}) == 4


def test_who_sent_it_is_asked_where_both_may_have(open_page: OpenPage) -> None:
    case = self_reporting(submission(1, sent_by=None, submitter_id=None))
    registration = case.registration.model_copy(
        update={"secondary_source": SecondarySource.VENDOR, "secondary_vendor": "Northgate"}
    )
    hands = opened(open_page, case.model_copy(update={"registration": registration}))
    assert "Who sent this submission?" in hands.words()
    hands.press("testing:all-sent_by-agent")
    assert hands.fact(f"{ROWS}.{row_id(1)}.sent_by") is SentBy.AGENT
    assert "Who sent" not in hands.words()


def test_one_setting_for_several_selected_rows(open_page: OpenPage) -> None:
    rows = [submission(number, submission_id=str(number)) for number in (1, 2, 3)]
    hands = opened(open_page, self_reporting(*rows))
    select(hands, 0, 2)
    choose_in_menu(hands, "Mock data")
    kinds_of_data = [row.data for row in hands.stored().testing.submissions]
    assert kinds_of_data == [DataKind.MOCK, DataKind.PRODUCTION, DataKind.MOCK]
    assert kinds(hands) == [EntryKind.FACT_CHANGED] * 2


def choose_in_menu(hands: Hands, words: str) -> None:
    menu = hands.find(QPushButton, f"set:{ROWS}").menu()
    assert isinstance(menu, QMenu)
    next(action for action in menu.actions() if action.text() == words).trigger()


def test_what_is_chosen_already_gets_no_second_entry(open_page: OpenPage) -> None:
    rows = [submission(number, submission_id=str(number)) for number in (1, 2)]
    hands = opened(open_page, self_reporting(rows[0], rows[1].model_copy(update={"chosen": False})))
    select(hands, 0, 1)
    choose_in_menu(hands, "Choose for certification")
    assert [row.chosen for row in hands.stored().testing.submissions] == [True, True]
    assert kinds(hands) == [EntryKind.SUBMISSION_CHOSEN]


def many_without_environment() -> Case:
    return self_reporting(
        *(submission(n, submission_id=str(n), environment=None) for n in range(1, 91))
    )


def test_an_answer_for_many_submissions_reaches_all_in_one_save(open_page: OpenPage) -> None:
    hands = opened(open_page, many_without_environment())
    saves = []
    hands.open_case.saving_changed.connect(saves.append)
    hands.press("testing:all-environment-test")
    hands.qtbot.waitUntil(lambda: not the_page(hands).submissions.each.busy)
    stored = hands.stored().testing.submissions
    assert {row.environment for row in stored} == {Environment.TEST}
    assert len(kinds(hands)) == 90
    assert [saving.state for saving in saves] == [SaveState.SAVING, SaveState.SAVED]


def test_leaving_the_page_finishes_what_is_under_way(open_page: OpenPage) -> None:
    hands = opened(open_page, many_without_environment())
    hands.press("testing:all-environment-test")
    hands.page.commit()
    assert {row.environment for row in hands.case.testing.submissions} == {Environment.TEST}


def test_a_row_removed_meanwhile_is_passed_over(open_page: OpenPage) -> None:
    hands = opened(open_page, many_without_environment())
    hands.press("testing:all-environment-test")
    hands.open_case.remove_row(ROWS, row_id(90))
    hands.qtbot.waitUntil(lambda: not the_page(hands).submissions.each.busy)
    assert len(hands.stored().testing.submissions) == 89


def test_sorting_keeps_the_selection_on_its_row(open_page: OpenPage) -> None:
    hands = opened(
        open_page,
        self_reporting(
            submission(1, submission_id="1", accounts_received=9, accounts_accepted=9),
            submission(2, submission_id="2", accounts_received=80, accounts_accepted=80),
            submission(3, submission_id="3", accounts_received=100, accounts_accepted=100),
        ),
    )
    table = the_table(hands)
    select(hands, 0)
    header = table.horizontalHeader()
    for _ in range(2):
        place = header.sectionViewportPosition(4) + 20
        table.horizontalScrollBar().setValue(0)
        QTest.mouseClick(
            header.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(place, header.height() // 2)
        )
    assert column(hands, "Received") == ["100", "80", "9"]
    assert table.selected_ids == (row_id(1),)
    assert [index.row() for index in table.selectionModel().selectedRows()] == [2]


def test_removed_rows_come_back(open_page: OpenPage) -> None:
    rows = [submission(number, submission_id=str(number)) for number in (1, 2)]
    hands = opened(open_page, self_reporting(*rows))
    select(hands, 0, 1)
    QTest.keyClick(the_table(hands), Qt.Key.Key_Delete)
    assert hands.stored().testing.submissions == ()
    for _ in rows:
        undo = next(
            button
            for button in the_page(hands).submissions.undo.findChildren(QPushButton)
            if button.text() == "&Undo"
        )
        hands.qtbot.mouseClick(undo, Qt.MouseButton.LeftButton)
    assert set(hands.stored().testing.submissions) == set(rows)


# --- details ---


def test_codes_are_shown_with_official_title_and_advice(
    open_page: OpenPage, tmp_path: Path
) -> None:
    hands = opened(open_page, self_reporting())
    with hands.qtbot.waitSignal(hands.desk.counting.ended, timeout=10_000):
        the_page(hands).submissions.sources.add(
            [put_feedback(tmp_path, 1, rejected=3), put_feedback(tmp_path, 2, rejected=1)]
        )
    select(hands, 0, 1)
    from app.submissions.codes import error_codes

    known = error_codes()["22012"]
    hands.qtbot.waitUntil(lambda: f"22012 {known.title}, 4 times" in hands.words())
    assert known.advice in hands.words()
    assert "2 submissions selected" in hands.words()
    select(hands, 1)
    hands.qtbot.waitUntil(lambda: f"22012 {known.title}, once" in hands.words())


def test_an_undocumented_code_is_said_to_be_one(open_page: OpenPage) -> None:
    record = submission(1, errors=(facts.ErrorGroup(code="<b>9</b>", items=2),))
    hands = opened(open_page, self_reporting(record))
    select(hands, 0)
    hands.qtbot.waitUntil(lambda: "<b>9</b> Undocumented code, 2 times" in hands.words())


def test_enter_goes_from_the_row_to_its_fields(open_page: OpenPage) -> None:
    hands = opened(open_page, self_reporting(submission(1)))
    select(hands, 0)
    QTest.keyClick(the_table(hands), Qt.Key.Key_Return)
    hands.qtbot.waitUntil(lambda: hands.editor(f"{ROWS}.{row_id(1)}.environment").hasFocus())


def test_of_two_days_the_person_picks_one(open_page: OpenPage) -> None:
    overnight = submission(
        1, received_at=eastern(date(2020, 10, 6), 22), completed_at=eastern(date(2020, 10, 7), 1)
    )
    hands = opened(open_page, self_reporting(overnight))
    assert column(hands, "Processing date") == ["Choose one of two"]
    assert the_page(hands).dates.chart.words.startswith("Date still open: 50 received")
    select(hands, 0)
    hands.press("testing:date-completed")
    assert column(hands, "Processing date") == ["Wed 7 Oct 2020"]
    assert the_page(hands).dates.chart.words == (
        "Wed 7 Oct 2020: 50 received, 50 accepted, 0 % rejected"
    )
    assert kinds(hands) == [EntryKind.DATE_CONFIRMED]
    assert hands.stored().testing.submissions[0].processing_date == date(2020, 10, 7)


def test_picking_a_day_replaces_a_text_that_was_no_date(open_page: OpenPage) -> None:
    overnight = submission(
        1, received_at=eastern(date(2020, 10, 6), 22), completed_at=eastern(date(2020, 10, 7), 1)
    )
    hands = opened(open_page, self_reporting(overnight))
    select(hands, 0)
    path = f"{ROWS}.{row_id(1)}.processing_date"
    hands.qtbot.waitUntil(lambda: hands.shows(path))
    hands.type(path, "next week")
    assert hands.problem(path).startswith("Enter a date as month/day/year")
    hands.press("testing:date-received")
    assert hands.problem(path) == ""
    assert hands.stored().unaccepted == {}
    assert hands.fact(path) == date(2020, 10, 6)


def test_unfinished_feedback_says_how_long_it_can_still_be_fetched(open_page: OpenPage) -> None:
    record = submission(1, status="RECORD_SCAN_COMPLETED", completed_at=None)
    hands = opened(open_page, self_reporting(record))
    select(hands, 0)
    assert "can be fetched until about Fri 16 Oct 2020: 7 days left" in hands.words()


def test_the_missing_processing_date_is_gone_to(open_page: OpenPage) -> None:
    overnight = submission(
        1, received_at=eastern(date(2020, 10, 6), 22), completed_at=eastern(date(2020, 10, 7), 1)
    )
    hands = opened(open_page, self_reporting(overnight))
    unmet = {r.key: r.fields for r in hands.open_case.assessment.step(6).unmet}
    hands.page.mark_missing(unmet["processing_dates"])
    path = f"{ROWS}.{row_id(1)}.processing_date"
    hands.qtbot.waitUntil(lambda: hands.editor(path).hasFocus())


@pytest.mark.parametrize(
    ("paths", "name"),
    [
        ((ROWS,), "testing:add-files"),
        (("testing.connection_tests",), "start-connection-test"),
    ],
)
def test_what_is_missing_is_gone_to(open_page: OpenPage, paths: tuple[str, ...], name: str) -> None:
    hands = opened(open_page, self_reporting())
    hands.page.mark_missing(paths)
    assert hands.find(QAbstractButton, name).hasFocus()


# --- typed rows ---


def typed_row(hands: Hands) -> str:
    hands.press("testing:type-in")
    return f"{ROWS}.{hands.case.testing.submissions[-1].id}"


def test_counts_are_typed_in_from_the_portal(open_page: OpenPage) -> None:
    hands = opened(open_page, self_reporting())
    row = typed_row(hands)
    hands.qtbot.waitUntil(lambda: hands.editor(f"{row}.submission_id").hasFocus())
    assert hands.fact(f"{row}.reporter_crd") == "1482"
    hands.type(f"{row}.submission_id", "604407")
    hands.choose(f"{row}.status", "Completed with rejections")
    hands.type(f"{row}.accounts_received", "1,100")
    hands.type(f"{row}.accounts_accepted", "1,099")
    hands.choose(f"{row}.environment", "Test environment")
    hands.choose(f"{row}.data", "Production data")
    hands.type(f"{row}.processing_date", "10/06/2020")
    assert column(hands, "Counts") == ["Yes"]
    stored = hands.stored().testing.submissions[0]
    assert (stored.status, stored.accounts_received, stored.accounts_rejected) == (
        "COMPLETED_WITH_REJECTIONS",
        1100,
        1,
    )
    assert stored.environment is Environment.TEST
    assert "1,100 accounts submitted, 100 needed, 1,099 accepted" in hands.words()
    assert "Everything that testing asks for is met." in hands.words()


@pytest.mark.parametrize(
    ("field", "typed", "line"),
    [
        ("accounts_received", "many", "Enter a whole number of accounts"),
        ("accounts_received", "-3", "The number of accounts cannot be below 0."),
        ("accounts_received", "9" * 30, "More than 1,000,000,000 accounts"),
        ("accounts_accepted", "12.5", "Enter a whole number of accounts"),
        ("submission_id", "x" * 10_000, "At most 200 characters"),
        ("reporter_crd", "CRD 14", "A CRD number is digits only"),
        ("processing_date", "10/12/2020", "This day lies in the future"),
    ],
)
def test_wrong_entries_get_one_line_and_nothing_is_lost(
    open_page: OpenPage, field: str, typed: str, line: str
) -> None:
    hands = opened(open_page, self_reporting())
    path = f"{typed_row(hands)}.{field}"
    hands.qtbot.waitUntil(lambda: hands.shows(path))
    hands.type(path, typed)
    assert hands.problem(path).startswith(line)
    assert hands.stored().unaccepted == {path: typed}
    assert column(hands, "Counts")[0].startswith("No: ")


def test_more_accepted_than_received_is_said_to_be_impossible(open_page: OpenPage) -> None:
    hands = opened(open_page, self_reporting(submission(1)))
    hands.open_case.edit(f"{ROWS}.{row_id(1)}.accounts_accepted", "51")
    assert column(hands, "Counts") == [
        "No: More accounts accepted than received cannot be: check the numbers."
    ]


# --- different accounts ---


def two_submissions() -> Case:
    return self_reporting(
        submission(1, submission_id="1", accounts_received=60, accounts_accepted=60),
        submission(2, submission_id="2", accounts_received=50, accounts_accepted=50),
    )


def answer(hands: Hands, number: str) -> None:
    hands.write(hands.find(QLineEdit, "field:testing.distinct_accounts"), number)
    hands.press("testing:record-distinct")


def test_how_many_different_accounts_is_asked_and_recorded(open_page: OpenPage) -> None:
    hands = opened(open_page, two_submissions())
    assert "2 submissions count: 110 accounts if none stands twice, at least 60." in hands.words()
    answer(hands, "104")
    given = hands.stored().testing.distinct_accounts
    assert given is not None
    assert (given.received, given.stated_by, given.from_files) == (104, "Dana Whitfield", False)
    assert set(given.record_ids) == {row_id(1), row_id(2)}
    assert given.stated_at == eastern(TODAY, 12)
    assert kinds(hands) == [EntryKind.STATEMENT_MADE]
    assert "Recorded by Dana Whitfield on Fri 9 Oct 2020: 104 accounts." in hands.words()
    assert "104 accounts submitted, 100 needed" in hands.words()


def test_an_answer_that_is_no_number_is_kept_and_mended(open_page: OpenPage) -> None:
    hands = opened(open_page, two_submissions())
    answer(hands, "a hundred")
    assert "Enter a whole number of accounts, for example 85 or 1,250." in hands.words()
    assert hands.stored().unaccepted == {"testing.distinct_accounts": "a hundred"}
    answer(hands, "100")
    assert hands.stored().unaccepted == {}
    assert "Enter a whole number" not in hands.words()
    assert hands.fact("testing.distinct_accounts.received") == 100


def test_an_answer_that_was_no_number_is_there_after_a_restart(open_page: OpenPage) -> None:
    case = two_submissions()
    kept = {"testing.distinct_accounts": "a hundred"}
    hands = opened(open_page, case.model_copy(update={"unaccepted": kept}))
    assert hands.find(QLineEdit, "field:testing.distinct_accounts").text() == "a hundred"
    assert "Enter a whole number of accounts, for example 85 or 1,250." in hands.words()


def test_a_wrong_name_marks_its_own_field(open_page: OpenPage) -> None:
    hands = opened(open_page, two_submissions())
    by = hands.find(QLineEdit, "field:testing.distinct_accounts.stated_by")
    hands.write(by, "x" * 10_000)
    answer(hands, "104")
    assert "At most 200 characters" in hands.words()
    assert by.property("problem") is True
    number = hands.find(QLineEdit, "field:testing.distinct_accounts")
    assert number.property("problem") is False
    hands.write(by, "Luis Ortega")
    hands.press("testing:record-distinct")
    assert hands.stored().unaccepted == {}
    assert hands.fact("testing.distinct_accounts.stated_by") == "Luis Ortega"


def test_an_answer_out_of_range_stays_open(open_page: OpenPage) -> None:
    hands = opened(open_page, two_submissions())
    answer(hands, "111")
    assert "111 different accounts cannot be" in hands.words()
    assert not hands.open_case.assessment.ready


def test_the_answer_is_asked_for_again_when_another_submission_counts(
    open_page: OpenPage,
) -> None:
    hands = opened(open_page, two_submissions())
    answer(hands, "104")
    hands.open_case.add_row(ROWS, submission(3, submission_id="3"))
    assert "It no longer fits" in hands.words()
    assert "160 accounts submitted" in hands.words()


def test_leaving_the_page_records_a_typed_answer(open_page: OpenPage) -> None:
    hands = opened(open_page, two_submissions())
    hands.write(hands.find(QLineEdit, "field:testing.distinct_accounts"), "104")
    hands.page.commit()
    assert hands.fact("testing.distinct_accounts.received") == 104


def test_one_submission_raises_no_question(open_page: OpenPage) -> None:
    hands = opened(open_page, self_reporting(submission(1)))
    assert "How many different accounts?" not in hands.words()
