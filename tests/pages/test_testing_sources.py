"""Every way in which submissions get into the table of step 6, with real files."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit, QListWidget, QWidget

from app.onboarding import testing as facts
from app.onboarding.case import Case
from app.pages import testing as testing_page
from app.submissions.feedback import PRACTICE_MARK
from app.submissions.feedback_reader import SIMULATED
from app.widgets.theme import Theme
from tests.pages.conftest import OpenPage
from tests.pages.feedback_files import name_of, put_feedback
from tests.pages.hands import Hands
from tests.rig.cases import self_reporting_case

ROWS = "testing.submissions"
TODAY = date(2020, 10, 9)


def without_submissions(case: Case) -> Case:
    testing = facts.Testing(
        connection_tests=case.testing.connection_tests, portal_login=case.testing.portal_login
    )
    return case.model_copy(update={"testing": testing})


@pytest.fixture
def hands(open_page: OpenPage) -> Hands:
    return open_page(
        testing_page.TestingPage, without_submissions(self_reporting_case("tested")), today=TODAY
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "feedback"
    made.mkdir()
    return made


def carry(page: QWidget, paths: Sequence[Path]) -> QDragEnterEvent:
    """Hold files over the page, as a file manager does."""
    data = carried(paths)
    event = QDragEnterEvent(
        QPoint(40, 40),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    event.setAccepted(False)
    QApplication.sendEvent(page, event)
    return event


def carried(paths: Sequence[Path]) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    data.setText("\n".join(map(str, paths)))
    return data


def drop(page: QWidget, paths: Sequence[Path]) -> None:
    assert carry(page, paths).isAccepted()
    data = carried(paths)
    QApplication.sendEvent(
        page,
        QDropEvent(
            QPointF(40, 40),
            Qt.DropAction.CopyAction,
            data,
            Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
        ),
    )


def drop_and_wait(hands: Hands, paths: Sequence[Path]) -> None:
    with hands.qtbot.waitSignal(hands.desk.counting.ended, timeout=10_000):
        drop(hands.page, paths)


def records(hands: Hands) -> dict[str, tuple[int | None, int | None]]:
    return {
        str(row.submission_id): (row.accounts_received, row.accounts_accepted)
        for row in hands.stored().testing.submissions
    }


def left_out(hands: Hands) -> list[str]:
    shown = hands.find(QListWidget, "testing:left-out")
    return [shown.item(number).text() for number in range(shown.count()) if shown.isVisible()]


def test_dropped_files_become_rows_and_the_newest_state_counts(hands: Hands, folder: Path) -> None:
    paths = [
        put_feedback(folder, 1, received=60, rejected=3),
        put_feedback(folder, 1, version=3, submissionStatus="RECORD_SCAN_COMPLETED"),
        put_feedback(folder, 2, received=50, rejected=0),
    ]
    drop_and_wait(hands, paths)
    assert records(hands) == {"600001": (60, 57), "600002": (50, 50)}
    assert left_out(hands) == []
    assert "Read 2 submissions." in hands.words()


def test_feedback_of_the_simulated_cais_is_refused(hands: Hands, folder: Path) -> None:
    practised = put_feedback(folder, 1, **{PRACTICE_MARK: "a simulation"})
    drop_and_wait(hands, [practised, put_feedback(folder, 2)])
    assert list(records(hands)) == ["600002"]
    assert left_out(hands) == [f"{practised.name}: {SIMULATED}"]


def test_a_dropped_folder_is_searched(hands: Hands, folder: Path) -> None:
    below = folder / "below"
    below.mkdir()
    put_feedback(below, 1)
    (folder / "holiday.jpg").write_bytes(b"not for us")
    drop_and_wait(hands, [folder])
    assert list(records(hands)) == ["600001"]
    assert left_out(hands) == []


def test_what_was_said_of_a_submission_stays_when_newer_feedback_comes(
    hands: Hands, folder: Path
) -> None:
    drop_and_wait(
        hands,
        [put_feedback(folder, 1, version=3, submissionStatus="RECORD_SCAN_COMPLETED")],
    )
    row = hands.case.testing.submissions[0]
    hands.open_case.edit(f"{ROWS}.{row.id}.environment", "test")
    drop_and_wait(hands, [put_feedback(folder, 1)])
    assert records(hands) == {"600001": (60, 57)}
    assert hands.fact(f"{ROWS}.{row.id}.environment") == "test"


def test_files_that_bring_nothing_are_listed_with_their_reason_as_plain_text(
    hands: Hands, folder: Path
) -> None:
    html = folder / f"<b>bold<img src=x>{name_of(7)}"
    html.write_bytes(b"no bzip2 at all")
    letter = folder / "letter.docx"
    letter.write_bytes(b"PK")
    drop_and_wait(hands, [html, letter, folder / name_of(8), put_feedback(folder, 1)])
    assert list(records(hands)) == ["600001"]
    lines = left_out(hands)
    assert [line.partition(":")[0] for line in lines] == [html.name, "letter.docx", name_of(8)]
    assert all(len(line.partition(": ")[2]) > 10 for line in lines)
    assert "3 files brought nothing; see below." in hands.words()


def test_nothing_to_count_says_what_to_look_for(hands: Hands, folder: Path) -> None:
    drop_and_wait(hands, [folder])
    assert "Nothing to count was found." in hands.words()
    assert "Feedback files end in .feedback.json.bz2" in hands.words()


def test_text_and_addresses_of_elsewhere_are_not_taken(hands: Hands) -> None:
    data = QMimeData()
    data.setUrls([QUrl("https://example.com/1.feedback.json.bz2")])
    event = QDragEnterEvent(
        QPoint(40, 40),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    event.setAccepted(False)
    QApplication.sendEvent(hands.page, event)
    assert not event.isAccepted()


def test_no_editor_takes_a_dropped_file_for_text(hands: Hands, folder: Path) -> None:
    drop_and_wait(hands, [put_feedback(folder, 1)])
    page = hands.page
    assert isinstance(page, testing_page.TestingPage)
    page.submissions.table.selectRow(0)
    editors = [editor for editor in page.findChildren(QLineEdit) if editor.isVisible()]
    assert len(editors) >= 4
    takers = [child for child in page.findChildren(QWidget) if child.acceptDrops()]
    assert takers == []
    assert page.acceptDrops()


def test_the_page_shows_where_held_files_would_go(hands: Hands, folder: Path) -> None:
    carry(hands.page, [put_feedback(folder, 1)])
    assert "Let go to read these files" in hands.words()
    QApplication.sendEvent(hands.page, QDragLeaveEvent())
    assert "Let go" not in hands.words()
    assert "Drop feedback files here" in hands.words()


def choose_in_dialog(hands: Hands, button: str, text: str) -> None:
    """Drive Qt's own dialog, which stands in where there is no native one."""
    hands.press(button)
    dialog = hands.page.findChild(QFileDialog)
    assert isinstance(dialog, QFileDialog)
    hands.qtbot.waitUntil(dialog.isVisible)
    line = dialog.findChild(QLineEdit, "fileNameEdit")
    assert isinstance(line, QLineEdit)
    line.setText(text)
    QTest.keyClick(line, Qt.Key.Key_Return)


def test_files_are_chosen_in_a_dialog(hands: Hands, folder: Path) -> None:
    paths = [put_feedback(folder, 1), put_feedback(folder, 2)]
    with hands.qtbot.waitSignal(hands.desk.counting.ended, timeout=10_000):
        choose_in_dialog(hands, "testing:add-files", " ".join(f'"{path}"' for path in paths))
    assert sorted(records(hands)) == ["600001", "600002"]


def test_a_folder_is_chosen_in_a_dialog(hands: Hands, folder: Path) -> None:
    put_feedback(folder, 1)
    with hands.qtbot.waitSignal(hands.desk.counting.ended, timeout=10_000):
        choose_in_dialog(hands, "testing:add-folder", str(folder))
    assert list(records(hands)) == ["600001"]


def test_reading_can_be_cancelled_and_leaves_the_table_as_it_was(
    hands: Hands, folder: Path
) -> None:
    original = put_feedback(folder, 1)
    for number in range(2, 3_000):
        os.link(original, folder / name_of(number))
    with hands.qtbot.waitSignal(hands.desk.counting.progressed, timeout=10_000):
        drop(hands.page, [folder])
    assert "Reading " in hands.words()
    with hands.qtbot.waitSignal(hands.desk.counting.ended, timeout=2_000):
        hands.press("testing:cancel")
    assert hands.case.testing.submissions == ()
    assert "Stopped." in hands.words()
    assert "Reading " not in hands.words()


def wait_for_rows(hands: Hands, number: int) -> None:
    hands.qtbot.waitUntil(lambda: len(hands.case.testing.submissions) == number, timeout=10_000)


def test_a_watched_folder_is_read_at_once_and_whenever_feedback_arrives(
    hands: Hands, folder: Path
) -> None:
    put_feedback(folder, 1)
    choose_in_dialog(hands, "testing:watch", str(folder))
    wait_for_rows(hands, 1)
    assert f"Watching {folder}" in hands.words()
    put_feedback(folder, 2)
    wait_for_rows(hands, 2)
    hands.press("testing:stop-watching")
    assert "Watching" not in hands.words()


def test_a_watched_file_is_read_only_once_it_is_complete(hands: Hands, folder: Path) -> None:
    page = hands.page
    assert isinstance(page, testing_page.TestingPage)
    choose_in_dialog(hands, "testing:watch", str(folder))
    whole = put_feedback(folder.parent, 1).read_bytes()
    told: list[list[Path]] = []
    page.submissions.sources.watch.arrived.connect(told.append)
    target = folder / name_of(1)
    looks = hands.desk.runner
    with target.open("wb") as growing:
        for start in range(0, len(whole), len(whole) // 3):
            growing.write(whole[start : start + len(whole) // 3])
            growing.flush()
            # Each part lies there for one look; the next one finds it different.
            page.submissions.sources.watch.look()
            hands.qtbot.waitUntil(lambda: not looks.busy)
    assert told == []
    wait_for_rows(hands, 1)
    assert told == [[target]]
    assert left_out(hands) == []


def test_a_removed_row_does_not_come_back_from_the_watched_folder(
    hands: Hands, folder: Path
) -> None:
    page = hands.page
    assert isinstance(page, testing_page.TestingPage)
    put_feedback(folder, 1)
    choose_in_dialog(hands, "testing:watch", str(folder))
    wait_for_rows(hands, 1)
    page.submissions.table.selectRow(0)
    hands.press(f"remove:{ROWS}")
    put_feedback(folder, 2)
    hands.qtbot.waitUntil(lambda: "600002" in records(hands), timeout=10_000)
    assert list(records(hands)) == ["600002"]


def test_a_watched_folder_that_vanishes_is_said(hands: Hands, folder: Path) -> None:
    choose_in_dialog(hands, "testing:watch", str(folder))
    hands.qtbot.waitUntil(lambda: not hands.desk.runner.busy)
    folder.rmdir()
    hands.qtbot.waitUntil(lambda: "cannot be read" in hands.words(), timeout=10_000)
    assert "Watching" not in hands.words()
    assert "choose the folder again" in hands.words()


def test_a_hostile_name_stays_text_in_the_table_its_tooltip_and_the_details(
    hands: Hands, folder: Path
) -> None:
    Theme(QApplication.instance())  # type: ignore[arg-type]
    path = put_feedback(folder, 1, submissionStatus="<img src=x onerror=1>")
    drop_and_wait(hands, [path])
    page = hands.page
    assert isinstance(page, testing_page.TestingPage)
    model = page.submissions.table.submissions
    status = next(
        column
        for column in range(model.columnCount())
        if model.headerData(column, Qt.Orientation.Horizontal) == "Status"
    )
    index = model.index(0, status)
    assert "<img src=x onerror=1>" in str(index.data())
    tip = str(index.data(Qt.ItemDataRole.ToolTipRole))
    assert "<img" not in tip and "&lt;img" in tip
