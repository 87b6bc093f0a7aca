from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QLabel, QPushButton

from app.onboarding.firm_lists import HEADINGS, read_firms
from app.pages.relationships import RelationshipsPage
from app.widgets.firm_import import FirmImportDialog
from app.work.firm_lists import read_firm_file, template
from tests.pages.conftest import OpenPage
from tests.pages.hands import Hands
from tests.rig.cases import TODAY, reports_for_others_case

FIRMS = "relationships.served_firms"
HEAD = "CRD number;Firm;City;Relationship entered on;Accounts with LTIDs\r\n"


def preview(hands: Hands, path: Path) -> FirmImportDialog:
    """Import the file as far as its preview."""
    assert isinstance(hands.page, RelationshipsPage)
    hands.page.paste.import_file(str(path))
    shown: list[FirmImportDialog] = []

    def there() -> bool:
        dialogs = hands.page.window().findChildren(FirmImportDialog)
        shown[:] = [dialog for dialog in dialogs if dialog.isVisible()]
        return bool(shown)

    hands.qtbot.waitUntil(there)
    return shown[0]


def lines(dialog: FirmImportDialog) -> list[list[str]]:
    model = dialog.model
    return [
        [str(model.index(row, column).data()) for column in range(model.columnCount())]
        for row in range(model.rowCount())
    ]


def words(dialog: FirmImportDialog) -> str:
    return "\n".join(label.text() for label in dialog.findChildren(QLabel))


def said(hands: Hands) -> str:
    return hands.page.paste.said.accessibleName()  # type: ignore[attr-defined]


def agree(dialog: FirmImportDialog) -> None:
    button = dialog.findChild(QPushButton, "agree")
    assert button is not None
    QTest.keyClick(button, Qt.Key.Key_Return)


def test_a_file_is_shown_line_by_line_and_added_when_agreed(
    open_page: OpenPage, tmp_path: Path
) -> None:
    hands = open_page(RelationshipsPage, reports_for_others_case("tested", firms=1))
    path = tmp_path / "firms.csv"
    path.write_bytes(
        (
            HEAD + '2236;"Juniper; Brokerage";Boston;9/21/2020;1,250\r\n'
            "0123;Larkspur Capital LLC;Salem;;\r\n"
            ";Nobody;;;\r\n"
            ";;;;\r\n"
            "3001;Client Firm 1;;;\r\n"
            "2236;Twice;;;\r\n"
            "4407;Café Réserve;;12/24/2031;\r\n"
            "4408;Café Réserve;Nîmes;;0\r\n"
        ).encode("cp1252")
    )
    dialog = preview(hands, path)
    assert "firms.csv: 2 firms can be added, 5 lines cannot." in words(dialog)
    assert "Columns without a use here: City." in words(dialog)
    shown = lines(dialog)
    assert shown[0] == [
        "2",
        "Juniper; Brokerage",
        "2236",
        "1,250",
        "Mon 21 Sep 2020",
        "Will be added",
    ]
    assert [(line[0], line[-1]) for line in shown[1:]] == [
        ("3", "Left out: A CRD number does not start with 0."),
        ("4", "Left out: No CRD number; it is digits only."),
        ("6", "Left out: CRD 3001 is listed already."),
        ("7", "Left out: CRD 2236 stands in line 2 already."),
        ("8", "Left out: This day lies in the future; enter the day it happened."),
        ("9", "Will be added"),
    ]
    assert len(hands.fact(FIRMS)) == 1, "nothing is added before it is agreed"
    only_wrong = dialog.findChild(QCheckBox)
    assert only_wrong is not None
    only_wrong.toggle()
    assert len(lines(dialog)) == 5
    agree(dialog)
    assert [firm.name for firm in hands.stored().relationships.served_firms] == [
        "Client Firm 1",
        "Juniper; Brokerage",
        "Café Réserve",
    ]
    assert "2 firms added from firms.csv." in said(hands)
    entries = hands.workplace.cases.history(hands.case.id)[1:]
    assert {(entry.file_name, entry.path) for entry in entries} == {("firms.csv", FIRMS)}


def test_cancelled_adds_nothing(open_page: OpenPage, tmp_path: Path) -> None:
    hands = open_page(RelationshipsPage, reports_for_others_case("tested", firms=1))
    path = tmp_path / "firms.csv"
    path.write_text("Juniper,2236\n", encoding="utf-8")
    before = hands.case
    QTest.keyClick(preview(hands, path), Qt.Key.Key_Escape)
    assert hands.case == before
    assert not hands.open_case.unsaved


def test_two_thousand_firms_are_one_step_that_is_undone(
    open_page: OpenPage, tmp_path: Path
) -> None:
    hands = open_page(RelationshipsPage, reports_for_others_case("registered"))
    path = tmp_path / "firms.csv"
    rows = "".join(f"Firm {number},{number}\r\n" for number in range(5000, 7000))
    path.write_bytes(("\ufeffFirm,CRD\r\n" + rows).encode())
    before = hands.case
    agree(preview(hands, path))
    assert len(hands.stored().relationships.served_firms) == 2000
    step = hands.desk.undoing.undo()
    assert step is not None and step.verb == "add" and len(step.paths) == 2000
    assert hands.stored() == before
    hands.desk.undoing.redo()
    assert len(hands.stored().relationships.served_firms) == 2000


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_every_encoding_that_spreadsheets_write(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "firms.csv"
    path.write_bytes("Firm\tCRD\r\nCafé Réserve\t2236\r\n".encode(encoding))
    (firm,) = read_firm_file(path, frozenset(), TODAY).found.firms
    assert (firm.name, firm.crd) == ("Café Réserve", "2236")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"PK\x03\x04rest of a workbook", "is a workbook. Only a plain list"),
        (b"\xd0\xcf\x11\xe0rest", "is a workbook"),
        (b"Firm,\x81\x8d\n", "is no text"),
        (b"a\0b", "is no text"),
        (b"x" * 5_000_001, "is larger than 5 MB"),
    ],
)
def test_what_is_no_list_says_what_to_do(
    open_page: OpenPage, tmp_path: Path, content: bytes, says: str
) -> None:
    hands = open_page(RelationshipsPage, reports_for_others_case("registered"))
    path = tmp_path / "firms.csv"
    path.write_bytes(content)
    hands.page.paste.import_file(str(path))  # type: ignore[attr-defined]
    hands.qtbot.waitUntil(lambda: says in said(hands))


def test_a_file_that_is_gone_says_so(open_page: OpenPage, tmp_path: Path) -> None:
    hands = open_page(RelationshipsPage, reports_for_others_case("registered"))
    hands.page.paste.import_file(str(tmp_path / "gone.csv"))  # type: ignore[attr-defined]
    hands.qtbot.waitUntil(lambda: "gone.csv cannot be read" in said(hands))


def test_the_template_is_understood_when_filled_in(open_page: OpenPage, tmp_path: Path) -> None:
    hands = open_page(RelationshipsPage, reports_for_others_case("registered"))
    path = tmp_path / "template.csv"
    hands.page.paste.save_template(str(path))  # type: ignore[attr-defined]
    hands.qtbot.waitUntil(lambda: "template.csv is written." in said(hands))
    assert path.read_bytes() == template()
    text = path.read_text(encoding="utf-8-sig")
    assert next(csv.reader(io.StringIO(text))) == list(HEADINGS.values())
    (firm,) = read_firms(text + "Juniper,2236,40,9/21/2020\r\n", (), TODAY).firms
    assert (firm.name, firm.crd, firm.ltid_accounts) == ("Juniper", "2236", 40)
    assert str(firm.relationship_entered_on) == "2020-09-21"


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("sep=|\nFirm|CRD\nJuniper|2236\n", ["Juniper"]),
        ('Firm,CRD\n"Juniper\nBrokerage",2236\nAlder,5841\n', ["Juniper Brokerage", "Alder"]),
        ('Firm,CRD\n5" Capital,2236\nAlder,5841\n', ['5" Capital', "Alder"]),
        ('Firm,CRD\nJuniper,="2236"\n', ["Juniper"]),
        ("CRD # (digits, at most 10)\tMember\n2236\tJuniper\n", ["Juniper"]),
        ("Smith, Barnes & Co;2236\nAlder, Finch;5841\n", ["Smith, Barnes & Co", "Alder, Finch"]),
    ],
)
def test_what_spreadsheets_make_of_a_list(text: str, names: list[str]) -> None:
    found = read_firms(text, (), TODAY)
    assert found.problems == ()
    assert [firm.name for firm in found.firms] == names
