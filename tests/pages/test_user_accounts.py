from __future__ import annotations

from app.onboarding.assessment import StepStatus
from app.pages.user_accounts import UserAccountsPage
from tests.pages.conftest import OpenPage
from tests.rig.cases import row_id, self_reporting_case

LIST = "portal.accounts"


def test_faults_are_explained_in_the_row_until_they_are_mended(open_page: OpenPage) -> None:
    case = self_reporting_case("tested")
    hands = open_page(UserAccountsPage, case.model_copy(update={"portal": type(case.portal)()}))
    hands.press(f"add:{LIST}")
    account = f"{LIST}.{hands.fact(LIST)[0].id}"
    hands.type(f"{account}.name", "Dana Whitfield")
    hands.tick(f"{account}.portal_entitlement")
    assert "entitlement alone gives no access" in hands.cells(LIST)[0][3]
    hands.tick(f"{account}.reporter_user")
    assert "Choose test, production, or both" in hands.cells(LIST)[0][3]
    hands.tick(f"{account}.test_access")
    assert hands.cells(LIST) == [["Dana Whitfield", "Reporter User", "Test", "In order"]]
    assert hands.open_case.assessment.step(3).status is StepStatus.DONE
    hands.tick(f"{account}.portal_entitlement")
    assert "no effect without the CAIS Reporter Portal entitlement" in hands.cells(LIST)[0][3]


def test_production_is_planned_until_it_is_in_force(open_page: OpenPage) -> None:
    hands = open_page(UserAccountsPage, self_reporting_case("tested"))
    assert hands.cells(LIST)[0][2] == "Test, Production (planned)"
    hands = open_page(
        UserAccountsPage, self_reporting_case("certified").model_copy(update={"id": "f" * 32})
    )
    assert hands.cells(LIST)[0][2] == "Test, Production"


def test_an_account_administrator_must_say_what_may_be_granted(open_page: OpenPage) -> None:
    hands = open_page(UserAccountsPage, self_reporting_case("tested"))
    account = f"{LIST}.{row_id(1)}"
    assert not hands.shows(f"{account}.may_grant_test")
    hands.tick(f"{account}.is_account_administrator")
    assert "Say whether this Account Administrator may grant" in hands.cells(LIST)[0][3]
    hands.choose(f"{account}.may_grant_test", "Yes")
    hands.choose(f"{account}.may_grant_production", "No")
    assert hands.cells(LIST)[0][3] == "In order"
    kept = hands.stored().portal.accounts[0]
    assert (kept.may_grant_test, kept.may_grant_production) == (True, False)


def test_a_long_fault_is_not_cut_off(open_page: OpenPage) -> None:
    hands = open_page(UserAccountsPage, self_reporting_case("tested"))
    table = hands.table(LIST)
    for name in ("portal_entitlement", "reporter_user", "test_access", "production_access"):
        hands.tick(f"{LIST}.{row_id(1)}.{name}")
    hands.tick(f"{LIST}.{row_id(1)}.is_account_administrator")
    line = table.fontMetrics().lineSpacing()
    hands.qtbot.waitUntil(lambda: table.rowHeight(0) >= 3 * line)
    assert table.rowHeight(0) >= table.sizeHintForRow(0)
    hands.qtbot.waitUntil(lambda: table.verticalScrollBar().maximum() == 0)
