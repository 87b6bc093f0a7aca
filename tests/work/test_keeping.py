"""Looking after the data folder: passwords that no case needs any more go, others stay."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.onboarding.access import Route
from app.storage.credentials import PROXY_ID, KeptIn, account_name
from app.storage.history import EntryKind, HistoryEntry
from app.work.keeping import remove_leftover_passwords
from app.work.workplace import Workplace
from tests.rig.cases import self_reporting_case
from tests.rig.keyring_session import KeyringKind, keyring_session


@pytest.fixture
def unlocked_keyring(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with keyring_session(KeyringKind.UNLOCKED) as session:
        for name, value in session.variables.items():
            monkeypatch.setenv(name, value)
        yield


@pytest.mark.usefixtures("unlocked_keyring")
def test_passwords_of_removed_accounts_and_firms_go_and_others_stay(workplace: Workplace) -> None:
    case = self_reporting_case("tested")
    route = Route.model_validate({"proxy": "http", "proxy_username": "office"})
    behind_proxy = case.sftp.model_copy(update={"test_route": route})
    archived = case.model_copy(update={"id": "8" * 32, "sftp": behind_proxy})
    for each in (case, archived):
        workplace.cases.save(each, [HistoryEntry(EntryKind.CASE_CREATED)])
    workplace.cases.archive(archived.id)
    used = [account_name(each.id, each.sftp.accounts[0].id) for each in (case, archived)]
    used.append(account_name(archived.id, PROXY_ID))
    left = [account_name(case.id, "0123456789ab"), account_name("9" * 32, "abcdef012345")]
    left.append(account_name(case.id, PROXY_ID))
    for name in (*used, *left):
        assert workplace.credentials.save(name, "Quiet-Harbor-17") is KeptIn.KEYRING
    assert sorted(remove_leftover_passwords(workplace)) == sorted(left)
    assert [workplace.credentials.load(name) for name in used] == ["Quiet-Harbor-17"] * 3
    assert [workplace.credentials.load(name) for name in left] == [None] * 3
    assert remove_leftover_passwords(workplace) == ()


def test_where_nothing_is_left_over_the_password_store_is_not_asked(workplace: Workplace) -> None:
    """There is none in this test: asking it would fail."""
    case = self_reporting_case("tested")
    workplace.cases.save(case, [HistoryEntry(EntryKind.CASE_CREATED)])
    assert remove_leftover_passwords(workplace) == ()
