"""A case is handed to a colleague and comes back, each with a data folder of their own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QPushButton, QWidget

from app.onboarding.case import Case
from app.onboarding.editing import value_at, with_value
from app.storage.hand_over import is_hand_over, read_hand_over
from app.storage.history import EntryKind, HistoryEntry
from app.storage.proof import verify_case
from app.window.hand_over_dialog import HandOverDialog
from app.window.take_over_dialog import TakeOverDialog
from app.work.hand_over import see_hand_over, take_over, write_hand_over
from app.work.workplace import Workplace
from tests.rig.cases import self_reporting_case
from tests.storage.test_hand_over import repacked, replacing
from tests.window.conftest import DAY, Start
from tests.window.test_closing import type_name

Begin = Callable[..., Start]
Shown = TypeVar("Shown", bound=QDialog)
PASSPHRASE = "anchor Größe mellow 19 tundra"
CITY = "registration.city"
NAME = "registration.company_name"


def dialog_of(start: Start, kind: type[Shown]) -> Shown:
    """The dialog, once nothing is under way in it."""
    start.qtbot.waitUntil(lambda: bool(start.window.findChildren(kind)), timeout=10_000)
    start.qtbot.waitUntil(lambda: not start.runner.busy, timeout=10_000)
    return start.window.findChildren(kind)[0]


def hand(start: Start) -> HandOverDialog:
    start.window.case_files.hand_over()
    return dialog_of(start, HandOverDialog)


def take(start: Start, path: Path) -> TakeOverDialog:
    start.window.case_files.take(str(path))
    return dialog_of(start, TakeOverDialog)


def button(dialog: QDialog, name: str) -> QPushButton:
    found = dialog.findChild(QPushButton, name)
    assert found is not None, name
    return found


def press(start: Start, dialog: QDialog, name: str) -> None:
    found = button(dialog, name)
    assert found.isVisible() and found.isEnabled(), name
    start.qtbot.mouseClick(found, Qt.MouseButton.LeftButton)


def gone(start: Start, kind: type[QDialog]) -> None:
    start.qtbot.waitUntil(lambda: not start.window.findChildren(kind), timeout=10_000)
    start.qtbot.waitUntil(lambda: not start.runner.busy)


def said(dialog: HandOverDialog | TakeOverDialog) -> str:
    return dialog.state.accessibleName()


def edit(cases: Workplace, case_id: str, path: str, value: str) -> None:
    """An edit of a colleague."""
    case = cases.cases.load(case_id)
    changed = with_value(case, path, value, DAY)
    entry = HistoryEntry(EntryKind.FACT_CHANGED, path, value_at(case, path), value)
    cases.cases.save(changed, [entry])


def handed_by_colleague(folder: Path, case: Case, path: Path, **edits: str) -> Workplace:
    """The colleague's folder with the case as she handed it over to `path`."""
    colleague = Workplace.open(folder)
    colleague.cases.save(case, [HistoryEntry(EntryKind.CASE_CREATED)])
    for name, value in edits.items():
        edit(colleague, case.id, f"registration.{name}", value)
    write_hand_over(colleague.cases, case.id, path)
    return colleague


def test_a_case_is_written_with_everything_typed_and_its_evidence(
    begin: Begin, tmp_path: Path
) -> None:
    case = self_reporting_case("tested")
    start = begin(case)
    type_name(start, "Harbour & Sons")
    dialog = hand(start)
    assert "Harbour & Sons" in dialog.accessibleName()
    path = tmp_path / "harbour.caiscase"
    dialog.write(str(path))
    gone(start, HandOverDialog)
    handed = read_hand_over(path.read_bytes())
    assert handed.report.intact
    assert handed.case.registration.company_name == "Harbour & Sons"
    last = handed.entries[-1]
    assert last.kind == EntryKind.HANDED_OVER
    assert last.after_value == {"file": path.name, "locked": False, "attached": []}
    # The same chain on both sides: nothing is recorded after what the file holds.
    assert start.workplace.cases.head(case.id) == (last.seq, last.hash)
    assert f"up to entry {last.seq}" in start.frame.news.accessibleName()


def test_a_passphrase_is_typed_twice_judged_and_kept_nowhere(begin: Begin, tmp_path: Path) -> None:
    case = self_reporting_case("tested")
    start = begin(case)
    dialog = hand(start)
    strength = dialog.findChild(QLabel, "strength")
    assert strength is not None
    start.qtbot.keyClicks(dialog.passphrase.first, "harbor1")
    start.qtbot.waitUntil(lambda: strength.text().startswith(("Guessed at once", "Weak")))
    dialog.passphrase.first.setText(PASSPHRASE)
    start.qtbot.waitUntil(lambda: strength.text().startswith("Strong"))
    start.qtbot.waitUntil(lambda: not start.runner.busy)
    press(start, dialog, "write-hand-over")
    assert said(dialog) == "Type the passphrase once more beside it."
    dialog.passphrase.again.setText("another one")
    press(start, dialog, "write-hand-over")
    assert said(dialog) == "The two passphrases differ. Type both again."
    dialog.passphrase.again.setText(PASSPHRASE)
    path = tmp_path / "locked.caiscase"
    dialog.write(str(path))
    gone(start, HandOverDialog)
    content = path.read_bytes()
    assert is_hand_over(content) and b"Harbor" not in content
    assert read_hand_over(content, PASSPHRASE).case == case
    assert "only with the passphrase" in start.frame.news.accessibleName()


def test_attached_files_go_with_the_case_and_are_saved_on_the_other_side(
    begin: Begin, tmp_path: Path
) -> None:
    case = self_reporting_case("tested")
    start = begin(case)
    (tmp_path / "summary.pdf").write_bytes(b"%PDF-1.7 the summary")
    (tmp_path / "note.txt").write_text("a note")
    dialog = hand(start)
    dialog.attach([str(tmp_path / "summary.pdf"), str(tmp_path / "note.txt")])
    dialog.attached.setCurrentRow(1)
    press(start, dialog, "leave-out")
    path = tmp_path / "case.caiscase"
    dialog.write(str(path))
    gone(start, HandOverDialog)
    seen = take(start, path)
    assert "Attached: summary.pdf, 20 bytes" in seen.preview.toPlainText()
    out = tmp_path / "out"
    out.mkdir()
    seen.save_attached(str(out))
    start.qtbot.waitUntil(lambda: said(seen).startswith("1 attached file is saved."))
    assert [file.name for file in out.iterdir()] == ["summary.pdf"]
    (out / "summary.pdf").write_bytes(b"mine")
    seen.save_attached(str(out))
    start.qtbot.waitUntil(lambda: "exists already" in said(seen))
    assert (out / "summary.pdf").read_bytes() == b"mine"
    seen.close()


def test_what_cannot_be_written_is_told_and_corrected_in_the_history(
    begin: Begin, tmp_path: Path
) -> None:
    case = self_reporting_case("tested")
    start = begin(case)
    dialog = hand(start)
    dialog.write(str(tmp_path / "missing" / "case.caiscase"))
    start.qtbot.waitUntil(lambda: not start.runner.busy)
    assert "could not be written" in said(dialog)
    entries = start.workplace.cases.history(case.id)
    assert [entry.kind for entry in entries[-2:]] == ["handed_over", "correction"]
    assert entries[-1].corrects == entries[-2].seq
    assert verify_case(start.workplace.database, case.id).intact
    dialog.close()


def test_writing_is_stopped_by_the_person(begin: Begin, tmp_path: Path) -> None:
    case = self_reporting_case("tested")
    start = begin(case)
    dialog = hand(start)
    path = tmp_path / "case.caiscase"
    dialog.passphrase.first.setText(PASSPHRASE)
    dialog.passphrase.again.setText(PASSPHRASE)
    dialog.write(str(path))
    press(start, dialog, "cancel")
    start.qtbot.waitUntil(lambda: not start.runner.busy, timeout=10_000)
    assert said(dialog) == "Stopped. No file was written."
    assert dialog.isVisible()
    assert not path.exists()
    kinds = [entry.kind for entry in start.workplace.cases.history(case.id)]
    assert kinds.count("handed_over") == kinds.count("correction")
    dialog.close()


def test_a_new_case_is_shown_before_it_is_taken_over(begin: Begin, tmp_path: Path) -> None:
    case, path = self_reporting_case("tested"), tmp_path / "case.caiscase"
    with handed_by_colleague(tmp_path / "hers", case, path) as colleague:
        theirs = colleague.cases.history(case.id)
    start = begin()
    dialog = take(start, path)
    text = dialog.preview.toPlainText()
    assert "Firm: Harbor Securities LLC, 1482" in text
    assert "History: 2 entries" in text
    assert "every entry stands as written" in text
    assert start.workplace.cases.list_cases() == ()
    press(start, dialog, "take-over-now")
    gone(start, TakeOverDialog)
    start.wait_page("overview")
    assert start.stored(case.id) == case
    history = start.workplace.cases.history(case.id)
    assert history[:-1] == theirs
    assert history[-1].kind == EntryKind.IMPORTED
    assert "The case is taken over." in start.window.notice.accessibleName()


def test_leaving_the_dialog_changes_nothing(begin: Begin, tmp_path: Path) -> None:
    case, path = self_reporting_case("tested"), tmp_path / "case.caiscase"
    handed_by_colleague(tmp_path / "hers", case, path).close()
    start = begin()
    dialog = take(start, path)
    press(start, dialog, "cancel")
    gone(start, TakeOverDialog)
    assert start.workplace.cases.list_cases() == ()


def test_a_locked_file_asks_for_its_passphrase(begin: Begin, tmp_path: Path) -> None:
    case, path = self_reporting_case("tested"), tmp_path / "case.caiscase"
    with handed_by_colleague(tmp_path / "hers", case, tmp_path / "open.caiscase") as colleague:
        write_hand_over(colleague.cases, case.id, path, passphrase=PASSPHRASE)
    start = begin()
    dialog = take(start, path)
    assert "locked with a passphrase" in said(dialog)
    assert not dialog.preview.isVisible()
    assert not button(dialog, "take-over-now").isEnabled()
    dialog.passphrase.setText("a wrong one")
    press(start, dialog, "unlock")
    start.qtbot.waitUntil(lambda: "does not open" in said(dialog), timeout=10_000)
    start.qtbot.waitUntil(lambda: not start.runner.busy)
    dialog.passphrase.setText(PASSPHRASE)
    start.qtbot.keyClick(dialog.passphrase, Qt.Key.Key_Return)
    start.qtbot.waitUntil(dialog.preview.isVisible, timeout=10_000)
    start.qtbot.waitUntil(lambda: not start.runner.busy)
    press(start, dialog, "take-over-now")
    gone(start, TakeOverDialog)
    assert start.stored(case.id) == case


def parted(start: Start, folder: Path, case: Case, path: Path) -> None:
    """The colleague took the case over and changed the name and the city; here, the name too."""
    with Workplace.open(folder) as colleague:
        write_hand_over(start.workplace.cases, case.id, path)
        take_over(colleague.cases, see_hand_over(colleague.cases, path), {})
        edit(colleague, case.id, NAME, "Harbor Hers LLC")
        edit(colleague, case.id, CITY, "Salem")
        write_hand_over(colleague.cases, case.id, path)
    type_name(start, "Harbor Mine LLC")


def test_both_sides_are_compared_and_a_conflict_is_the_persons_choice(
    begin: Begin, tmp_path: Path
) -> None:
    case, path = self_reporting_case("tested"), tmp_path / "case.caiscase"
    start = begin(case)
    parted(start, tmp_path / "hers", case, path)
    dialog = take(start, path)
    assert "both of you went on" in said(dialog)
    assert "1 fact was changed on both sides" in said(dialog)
    text = dialog.preview.toPlainText()
    assert "Compared with the case here: 2 entries are the same." in text
    assert "Boston → Salem" in text
    assert "Only in the file:" in text and "Only here:" in text
    row = [dialog.rows.index(0, column).data() for column in range(4)]
    assert row[1:] == ["Harbor Mine LLC", "Harbor Hers LLC", "choose"]
    assert not button(dialog, "take-over-now").isEnabled()
    assert not button(dialog, "take-mine").isEnabled()
    dialog.table.selectRow(0)
    press(start, dialog, "take-mine")
    assert dialog.rows.index(0, 3).data() == "yours"
    dialog.table.selectRow(0)
    press(start, dialog, "take-theirs")
    press(start, dialog, "take-over-now")
    gone(start, TakeOverDialog)
    start.qtbot.waitUntil(lambda: start.frame.open_case.case.title == "Harbor Hers LLC")
    assert start.stored(case.id).registration.city == "Salem"
    history = start.workplace.cases.history(case.id)
    assert verify_case(start.workplace.database, case.id).intact
    assert "quoted" in [entry.kind for entry in history]
    assert "Chosen from the case handed over" in [entry.note for entry in history]


def test_what_changes_here_while_the_person_chooses_is_looked_at_again(
    begin: Begin, tmp_path: Path
) -> None:
    case, path = self_reporting_case("tested"), tmp_path / "case.caiscase"
    start = begin(case)
    parted(start, tmp_path / "hers", case, path)
    dialog = take(start, path)
    dialog.table.selectRow(0)
    press(start, dialog, "take-mine")
    with Workplace.open(start.workplace.folder.root) as scheduled:
        edit(scheduled, case.id, CITY, "Concord")
    press(start, dialog, "take-over-now")
    start.qtbot.waitUntil(lambda: "was changed meanwhile" in said(dialog))
    start.qtbot.waitUntil(lambda: not start.runner.busy)
    assert dialog.rows.rowCount() == 2
    assert dialog.rows.index(0, 3).data() == "yours"  # what was chosen stays
    assert not button(dialog, "take-over-now").isEnabled()
    dialog.table.selectAll()
    press(start, dialog, "take-theirs")
    press(start, dialog, "take-over-now")
    gone(start, TakeOverDialog)
    start.qtbot.waitUntil(lambda: start.frame.open_case.case.title == "Harbor Hers LLC")
    assert start.stored(case.id).registration.city == "Salem"


def test_the_same_or_an_older_file_has_nothing_to_take_over(begin: Begin, tmp_path: Path) -> None:
    case, path = self_reporting_case("tested"), tmp_path / "case.caiscase"
    start = begin(case)
    write_hand_over(start.workplace.cases, case.id, path)
    dialog = take(start, path)
    assert "is here already, the same." in said(dialog)
    assert not button(dialog, "take-over-now").isEnabled()
    dialog.close()
    gone(start, TakeOverDialog)
    type_name(start, "Harbor Mine LLC")
    dialog = take(start, path)
    assert "newer than the file" in said(dialog)
    assert not button(dialog, "take-over-now").isEnabled()
    dialog.close()


def test_a_history_that_does_not_stand_is_shown_but_not_taken_over(
    begin: Begin, tmp_path: Path
) -> None:
    case, path = self_reporting_case("tested"), tmp_path / "case.caiscase"
    handed_by_colleague(tmp_path / "hers", case, path).close()
    changed = replacing("case.json", b"Harbor", b"Harbour")
    path.write_bytes(repacked(path.read_bytes(), changed, relist=True))
    start = begin()
    dialog = take(start, path)
    assert "does not stand as it was written" in said(dialog)
    assert "Harbour" in dialog.preview.toPlainText()
    assert not button(dialog, "take-over-now").isEnabled()
    dialog.close()


def test_what_is_no_case_file_is_told(begin: Begin, tmp_path: Path) -> None:
    path = tmp_path / "holiday.caiscase"
    path.write_bytes(b"\xff\xd8 a picture")
    start = begin()
    dialog = take(start, path)
    assert "not a case file" in said(dialog)
    assert not button(dialog, "take-over-now").isEnabled()
    dialog.close()


def drag(target: QWidget, *paths: Path) -> bool:
    """Hold files over the window and let go; whether they were taken."""
    held = QMimeData()
    held.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    copy, left = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    nothing = Qt.KeyboardModifier.NoModifier
    entering = QDragEnterEvent(QPoint(5, 5), copy, held, left, nothing)
    entering.ignore()
    QApplication.sendEvent(target, entering)
    if not entering.isAccepted():
        return False
    kind = QEvent.Type.Drop
    QApplication.sendEvent(target, QDropEvent(QPointF(5, 5), copy, held, left, nothing, kind))
    return True


def test_a_case_file_dropped_on_the_window_is_taken_over(begin: Begin, tmp_path: Path) -> None:
    case, path = self_reporting_case("tested"), tmp_path / "case.caiscase"
    handed_by_colleague(tmp_path / "hers", case, path).close()
    other = tmp_path / "picture.png"
    other.write_bytes(b"x")
    start = begin()
    assert not drag(start.window, other)
    assert not drag(start.window, path, other)
    assert drag(start.window, path)
    assert "is not here yet" in said(dialog_of(start, TakeOverDialog))
    dialog_of(start, TakeOverDialog).close()
