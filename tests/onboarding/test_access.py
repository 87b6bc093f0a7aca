"""Steps 2 to 4: administrators, portal accounts, SFTP accounts (guide §2 to §4)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from pydantic import BaseModel

from app.onboarding.access import (
    AccessLevel,
    Administrator,
    AdministratorRole,
    Environment,
    LevelChange,
    SftpAccount,
    UserAccount,
    level_change_objection,
)
from app.onboarding.assessment import RequirementState, StepStatus
from app.onboarding.case import Case
from app.onboarding.editing import with_replaced
from app.onboarding.progress import PREREQUISITES, assess
from app.onboarding.steps.sftp_accounts import usable_for_testing
from app.onboarding.steps.user_accounts import account_faults, can_test_by_portal
from tests.onboarding.looking import changed, hints, reason, requirement, status, typed
from tests.rig.cases import (
    TODAY,
    no_ltid_case,
    reports_for_others_case,
    row_id,
    self_reporting_case,
    through_agent_case,
)

TESTED = self_reporting_case("tested")
CERTIFIED = self_reporting_case("certified")
PEOPLE, USERS, SFTP = "administration.administrators", "portal.accounts", "sftp.accounts"
SAA, AA = AdministratorRole.SUPER_ACCOUNT_ADMINISTRATOR, AdministratorRole.ACCOUNT_ADMINISTRATOR


def without(case: Case, path: str) -> Case:
    return with_replaced(case, path, ())


# --- step 2 ---------------------------------------------------------------------------------


def test_a_member_names_its_saa_an_agent_its_aa() -> None:
    """R2.1: who must be named follows from who registers."""
    assert reason(without(TESTED, PEOPLE), 2) == "Name the Super Account Administrator."
    agent = without(reports_for_others_case("tested"), PEOPLE)
    assert reason(agent, 2) == "Name the Account Administrator."
    assert status(changed(TESTED, PEOPLE, 0, role=AA), 2) is StepStatus.IN_PROGRESS
    wrong = changed(reports_for_others_case("tested"), PEOPLE, 0, role=SAA)
    assert status(wrong, 2) is StepStatus.IN_PROGRESS
    assert "names an Account Administrator, not an SAA" in hints(wrong, 2)


def test_an_administrator_is_named_and_in_place() -> None:
    """R2.1: what is missing is asked for, one after the other."""
    nobody = changed(TESTED, PEOPLE, 0, name=None, confirmed_on=None)
    prefix = f"{PEOPLE}.{row_id(1)}"
    assert reason(nobody, 2) == "Enter the name of the Super Account Administrator."
    assert requirement(nobody, "administrator").fields == (
        f"{prefix}.name",
        f"{prefix}.confirmed_on",
    )
    named = changed(TESTED, PEOPLE, 0, confirmed_on=None)
    assert "Record the day" in reason(named, 2)
    assert requirement(named, "administrator").fields == (f"{prefix}.confirmed_on",)
    assert requirement(TESTED, "administrator").detail == (
        "Dana Whitfield, Super Account Administrator, in place Mon 14 Sep 2020"
    )


def test_administrators_follow_the_registration() -> None:
    """R2.1: prepared ahead, but not done before the registration is verified."""
    case = typed(TESTED, registration__verified_on="")
    assert status(case, 2, date(2020, 9, 9)) is StepStatus.IN_PROGRESS
    assert reason(case, 2, date(2020, 9, 9)) == "Prepared; done once step 1 (Register) is."


def test_a_member_has_one_saa() -> None:
    """R2.1: one per organisation; an agent may have several AAs."""
    second = Administrator(id=row_id(2), name="Luis", role=SAA)
    two = with_replaced(TESTED, PEOPLE, (*TESTED.administration.administrators, second))
    assert status(two, 2) is StepStatus.NEEDS_ATTENTION
    agent = reports_for_others_case("tested")
    several = with_replaced(
        agent,
        PEOPLE,
        (*agent.administration.administrators, second.model_copy(update={"role": AA})),
    )
    assert status(several, 2) is StepStatus.DONE


def test_delegated_administrators_say_what_they_may_grant() -> None:
    """R2.2, R3.4: managing CAIS access without any environment is of no use."""
    helper = Administrator(id=row_id(2), name="Luis", role=AA, may_manage_cais=True)
    people = TESTED.administration.administrators
    case = with_replaced(TESTED, PEOPLE, (*people, helper))
    assert status(case, 2) is StepStatus.DONE
    assert "! Luis may grant neither test nor production" in hints(case, 2)
    test_only = changed(case, PEOPLE, 1, may_grant_test=True)
    assert "Luis" not in hints(test_only, 2)
    production = changed(case, PEOPLE, 1, may_grant_production=True)
    assert "it opens after certification" in hints(production, 2)
    granted = with_replaced(CERTIFIED, PEOPLE, production.administration.administrators)
    assert "it opens after certification" not in hints(granted, 2)


# --- step 3 ---------------------------------------------------------------------------------


def user(**facts: Any) -> UserAccount:
    complete: dict[str, Any] = {
        "id": row_id(9),
        "name": "Kim",
        "portal_entitlement": True,
        "reporter_user": True,
        "test_access": True,
    }
    return UserAccount(**(complete | facts))


def with_user(case: Case, **facts: Any) -> Case:
    return with_replaced(case, USERS, (user(**facts),))


def test_each_account_has_an_environment() -> None:
    """R3.1: test, production, or both; none comes by itself."""
    assert account_faults(user()) == ()
    assert account_faults(user(test_access=False, production_access=True)) == ()
    (fault,) = account_faults(user(test_access=False))
    assert fault.startswith("Choose test, production, or both")
    assert status(with_user(TESTED, test_access=False), 3) is StepStatus.NEEDS_ATTENTION


def test_the_entitlement_alone_gives_no_access() -> None:
    """R3.2: shown as a fault, with its mend."""
    (fault,) = account_faults(user(reporter_user=False))
    assert fault == (
        "The portal entitlement alone gives no access: add CAIS Reporter User or "
        "CAIS Reporter Read-Only User."
    )
    case = with_user(TESTED, reporter_user=False)
    assert status(case, 3) is StepStatus.NEEDS_ATTENTION
    assert reason(case, 3) == f"Kim: {fault}"
    assert requirement(case, "portal_accounts_valid").fields == (f"{USERS}.{row_id(9)}.name",)
    assert account_faults(user(reporter_user=False, read_only_user=True)) == ()
    (other,) = account_faults(user(portal_entitlement=False))
    assert "no effect without" in other
    (both,) = account_faults(user(portal_entitlement=False, reporter_user=False))
    assert both == "Give the CAIS Reporter Portal entitlement and a privilege."


def test_without_an_account_nothing_is_valid() -> None:
    """R3.1: the list itself is asked for."""
    case = without(TESTED, USERS)
    assert status(case, 3) is StepStatus.NOT_STARTED
    for key in ("portal_account", "portal_accounts_valid"):
        assert not requirement(case, key).met
        assert requirement(case, key).fields == (USERS,)


def test_one_fault_among_several_accounts_is_enough() -> None:
    """R3.2: every account is looked at."""
    faulty = user(id=row_id(8), name=None, reporter_user=False)
    case = with_replaced(TESTED, USERS, (user(), faulty, user(id=row_id(7), test_access=False)))
    assert status(case, 3) is StepStatus.NEEDS_ATTENTION
    assert requirement(case, "portal_accounts_valid").detail == (
        "An account: Enter the person's name. (1 more like it)"
    )
    assert len(assess(case, TODAY).step(3).findings.faults) == 2


def test_an_entry_just_begun_is_not_wrong() -> None:
    case = with_replaced(TESTED, USERS, (UserAccount(id=row_id(9)),))
    assert status(case, 3) is StepStatus.IN_PROGRESS
    named = with_replaced(TESTED, USERS, (user(), UserAccount(id=row_id(8), name="Lee")))
    assert status(named, 3) is StepStatus.IN_PROGRESS
    assert not requirement(named, "portal_accounts_valid").met


def test_production_access_is_planned_until_granted() -> None:
    """R3.3: kept, and shown as not yet in force, until production access is granted."""
    assert "Production access is planned for Dana Whitfield" in hints(TESTED, 3)
    assert not TESTED.production_in_force
    assert CERTIFIED.production_in_force
    assert hints(CERTIFIED, 3) == ""
    assert 1 in PREREQUISITES[3]


def test_an_account_administrator_says_what_it_may_grant() -> None:
    """R3.4: test and production, each yes or no."""
    (fault,) = account_faults(user(is_account_administrator=True, may_grant_test=True))
    assert "may grant test and production" in fault
    said = user(is_account_administrator=True, may_grant_test=True, may_grant_production=False)
    assert account_faults(said) == ()


def test_testing_through_the_portal_takes_a_reporter_user() -> None:
    """R3.5: with test access; a read-only account cannot transmit."""
    portal_only = no_ltid_case("tested")
    assert status(portal_only, 6) is StepStatus.DONE
    read_only = with_user(portal_only, reporter_user=False, read_only_user=True)
    assert status(read_only, 3) is not StepStatus.DONE
    assert not requirement(read_only, "connected").met
    production_only = with_user(portal_only, test_access=False, production_access=True)
    assert not requirement(production_only, "portal_account").met
    # Where SFTP is tested, reading is enough; but it is no proof of the portal.
    both = with_user(TESTED, reporter_user=False, read_only_user=True)
    assert status(both, 3) is StepStatus.DONE
    assert requirement(both, "connected").met
    by_portal = with_replaced(both, "testing.connection_tests", ())
    assert not requirement(by_portal, "connected").met
    assert "CAIS Reporter User" in requirement(by_portal, "connected").detail
    assert requirement(by_portal, "connected").fields == (USERS,)
    assert requirement(with_replaced(TESTED, "testing.connection_tests", ()), "connected").met


@pytest.mark.parametrize(
    "lack", [{"name": None}, {"portal_entitlement": False}, {"reporter_user": False},
             {"test_access": False}]
)  # fmt: skip
def test_what_an_account_needs_to_test_by_portal(lack: dict[str, Any]) -> None:
    """R3.5: all of it."""
    assert can_test_by_portal(user())
    assert not can_test_by_portal(user(read_only_user=True, **lack))


def test_an_agent_is_authorised_by_somebody_who_can() -> None:
    """R3.5, R5.1: managing relationships takes a Reporter User even where SFTP transmits."""
    case = typed(through_agent_case("tested"), registration__connectivity="sftp")
    case = with_user(case, reporter_user=False, read_only_user=True)
    assert not requirement(case, "portal_account").met


# --- step 4 ---------------------------------------------------------------------------------


def account(**facts: Any) -> SftpAccount:
    complete: dict[str, Any] = {
        "id": row_id(1),
        "username": "harbor_cais",
        "level": AccessLevel.TEST,
        "requested_on": date(2020, 9, 15),
        "credentials_received_on": date(2020, 9, 18),
        "password_reset_on": date(2020, 9, 18),
    }
    return SftpAccount(**(complete | facts))


def with_accounts(*accounts: SftpAccount, case: Case = TESTED) -> Case:
    return with_replaced(case, SFTP, accounts)


def test_the_request_comes_after_the_administrator() -> None:
    """R4.1: prepared ahead, not done without SAA or AA."""
    assert status(with_accounts(account()), 4) is StepStatus.DONE
    no_saa = without(with_accounts(account()), PEOPLE)
    assert status(no_saa, 4) is StepStatus.IN_PROGRESS
    assert reason(no_saa, 4) == "Prepared; done once step 2 (Administrators) is."


def test_the_way_of_an_account() -> None:
    """R4.1, R4.5: form, credentials, reset password, each asked for in its turn."""
    path = f"{SFTP}.{row_id(1)}"
    nothing = account(requested_on=None, credentials_received_on=None, password_reset_on=None)
    case = with_accounts(nothing)
    assert requirement(case, "sftp_requested").fields == (f"{path}.requested_on",)
    assert requirement(case, "sftp_received").state is RequirementState.LATER
    requested = with_accounts(account(credentials_received_on=None, password_reset_on=None))
    assert status(requested, 4) is StepStatus.WAITING
    assert reason(requested, 4).startswith(
        "Waiting for FINRA Entitlement since Tue 15 Sep 2020: credentials for harbor_cais."
    )
    assert requirement(requested, "sftp_password_reset").state is RequirementState.LATER
    unnamed = with_accounts(account(username=None))
    assert requirement(unnamed, "sftp_received").fields == (f"{path}.username",)
    received = with_accounts(account(password_reset_on=None))
    assert status(received, 4) is StepStatus.IN_PROGRESS
    assert reason(received, 4).startswith("Reset the initial password")
    assert requirement(received, "sftp_password_reset").fields == (f"{path}.password_reset_on",)


def test_only_an_account_with_test_access_helps() -> None:
    """R4.1: one for production alone does not open the test environment."""
    case = with_accounts(account(level=AccessLevel.PRODUCTION))
    assert status(case, 4) is StepStatus.IN_PROGRESS
    assert reason(case, 4).startswith("Add an account with test access")
    assert not usable_for_testing(account(level=AccessLevel.PRODUCTION))
    assert usable_for_testing(account())
    assert not usable_for_testing(account(password_reset_on=None))
    assert not usable_for_testing(account(credentials_received_on=None))


def test_the_furthest_account_is_looked_at() -> None:
    """R4.1: a second account under way does not undo the first."""
    begun = account(id=row_id(2), requested_on=None, credentials_received_on=None,
                    password_reset_on=None)  # fmt: skip
    assert status(with_accounts(begun, account()), 4) is StepStatus.DONE


def test_a_form_without_a_level_opens_both() -> None:
    """R4.2: said before the form goes out."""
    assert AccessLevel.NOT_MARKED.environments == frozenset(Environment)
    assert AccessLevel.TEST.environments == {Environment.TEST}
    assert AccessLevel.PRODUCTION.environments == {Environment.PRODUCTION}
    assert AccessLevel.BOTH.environments == frozenset(Environment)
    before = account(level=AccessLevel.NOT_MARKED, requested_on=None)
    assert "! harbor_cais: no level is marked. A form without a mark opens test and production" in (
        hints(with_accounts(before), 4)
    )
    gone_out = account(level=AccessLevel.NOT_MARKED)
    assert "no level is marked" not in hints(with_accounts(gone_out), 4)
    assert status(with_accounts(gone_out), 4) is StepStatus.DONE


def test_an_unanswered_level_is_asked_for() -> None:
    """R4.1, R4.2: not answered here is not the same as not marked there."""
    case = with_accounts(account(level=None))
    assert requirement(case, "sftp_requested").fields == (f"{SFTP}.{row_id(1)}.level",)
    assert "Say which access level" in reason(case, 4)
    before = with_accounts(account(level=None, requested_on=None))
    assert "A form without a mark opens test and production" in hints(before, 4)


def test_production_comes_by_itself_after_certification() -> None:
    """R4.3: designated before, in force when granted."""
    assert "comes by itself once production access is granted" in hints(TESTED, 4)
    assert "comes by itself" not in hints(CERTIFIED, 4)
    assert "comes by itself" not in hints(with_accounts(account()), 4)


BOTH = account(level=AccessLevel.BOTH)


@pytest.mark.parametrize(
    ("others", "new_level", "refused"),
    [
        ((), AccessLevel.TEST, "production"),
        ((), AccessLevel.PRODUCTION, "test"),
        ((), AccessLevel.BOTH, None),
        ((), AccessLevel.NOT_MARKED, None),
        ((account(id=row_id(2)),), AccessLevel.PRODUCTION, None),
        ((account(id=row_id(2)),), AccessLevel.TEST, "production"),
        ((account(id=row_id(2), credentials_received_on=None),), AccessLevel.PRODUCTION, "test"),
        ((account(id=row_id(2), level=None),), AccessLevel.PRODUCTION, "test"),
    ],
)
def test_the_last_account_of_an_environment_keeps_it(
    others: tuple[SftpAccount, ...], new_level: AccessLevel, refused: str | None
) -> None:
    """R4.4: refused where no account of that environment would remain."""
    objection = level_change_objection((BOTH, *others), BOTH.id, new_level)
    if refused is None:
        assert objection is None
    else:
        assert objection is not None
        assert f"No other SFTP account with {refused} access" in objection
        assert "(§4.1)" in objection


def test_a_level_change_can_be_overridden_with_a_reason() -> None:
    """R4.4: what was changed before counts, and the reason is shown."""
    change = LevelChange(
        id=row_id(1),
        level=AccessLevel.PRODUCTION,
        requested_on=date(2020, 11, 2),
        override_reason="A new test account follows next week.",
    )
    changed_account = BOTH.model_copy(update={"level_changes": (change,)})
    assert changed_account.current_level is AccessLevel.PRODUCTION
    assert changed_account.environments == {Environment.PRODUCTION}
    assert "A new test account follows next week." in hints(with_accounts(changed_account), 4)
    assert status(with_accounts(changed_account), 4) is not StepStatus.DONE
    back = change.model_copy(update={"id": row_id(2), "level": AccessLevel.TEST})
    twice = BOTH.model_copy(update={"level_changes": (change, back)})
    assert twice.current_level is AccessLevel.TEST
    other = account(id=row_id(2))
    assert level_change_objection((changed_account, other), other.id, AccessLevel.PRODUCTION)
    with pytest.raises(KeyError):
        level_change_objection((BOTH,), row_id(5), AccessLevel.TEST)


def test_the_initial_password_is_reset_first() -> None:
    """R4.5: an account is not usable before."""
    assert status(with_accounts(account(password_reset_on=None)), 4) is not StepStatus.DONE


def test_accounts_are_for_cais_alone() -> None:
    """R4.6: other FINRA FTP accounts cannot be used."""
    assert "other FINRA FTP accounts do not work here" in hints(TESTED, 4)


def test_no_field_of_a_case_holds_a_password() -> None:
    """R4.7: credentials live in the keyring only."""

    def names(model: type[BaseModel]) -> set[str]:
        found: set[str] = set()
        for name, field in model.model_fields.items():
            found.add(name)
            for inner in models_in(field.annotation):
                found |= names(inner)
        return found

    def models_in(annotation: Any) -> set[type[BaseModel]]:
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            return {annotation}
        inner: set[type[BaseModel]] = set()
        return inner.union(*(models_in(arg) for arg in getattr(annotation, "__args__", ())))

    fields = names(Case)
    assert {"username", "credentials_received_on", "chosen"} <= fields
    suspicious = {name for name in fields if "password" in name or "secret" in name}
    assert suspicious == {"password_reset_on"}


def test_not_required_where_the_portal_is_enough() -> None:
    """R4.8: only with the portal alone; what was entered is kept."""
    case = typed(TESTED, registration__connectivity="portal")
    assert status(case, 4) is StepStatus.NOT_REQUIRED
    assert reason(case, 4) == "You connect through the CAIS Reporter Portal alone (step 1)."
    assert case.sftp == TESTED.sftp
    for connectivity in ("sftp", "both", ""):
        case = typed(without(TESTED, SFTP), registration__connectivity=connectivity)
        assert status(case, 4) is StepStatus.NOT_STARTED
