"""Step 1: register (guide §1, R1.1 to R1.6)."""

from __future__ import annotations

from datetime import date

from app.onboarding.assessment import (
    Hint,
    Requirement,
    RequirementState,
    StepFindings,
    Waiting,
    later,
    plural,
    require,
)
from app.onboarding.business_calendar import add_business_days, is_business_day, long_date
from app.onboarding.case import Case
from app.onboarding.firm import OrganisationType, Registration, SecondarySource, Source
from app.onboarding.guide import the_guide

_FINRA_CAT = "FINRA CAT"


def findings(case: Case, today: date) -> StepFindings:
    """What step 1 requires of the case on `today`."""
    registration = case.registration
    waiting = _waiting(registration, today)
    return StepFindings(
        requirements=(
            _organisation(registration),
            _identifier(registration),
            _contacts(registration),
            _sources(registration),
            _connectivity(registration),
            _ltid_accounts(registration),
            _submitted(registration),
            _verified(registration, today),
        ),
        started=registration != Registration(),
        hints=_hints(case, today),
        waiting=waiting,
        faults=tuple(item.action for item in waiting if item.ask),
    )


def expected_by(registration: Registration) -> date | None:
    """When the form should have been processed: two business days after receipt (R1.5)."""
    if registration.submitted_on is None:
        return None
    return add_business_days(registration.submitted_on, the_guide().registration_business_days)


def open_items(case: Case) -> tuple[str, ...]:
    """What stays open without blocking: the ID that comes with the entitlement e-mail (R1.2)."""
    registration = case.registration
    if not (registration.is_reporting_agent and registration.awaits_identifier):
        return ()
    if registration.identifier is not None:
        return ()
    if _access_granted(case):
        return ("Access is granted: enter the ID from the entitlement e-mail in step 1.",)
    return ("The organization's ID arrives with the entitlement e-mail; enter it in step 1.",)


def _access_granted(case: Case) -> bool:
    return any(person.confirmed_on for person in case.administration.administrators)


def hidden_fields(registration: Registration) -> frozenset[str]:
    """Paths of fields that the other answers make irrelevant; what stands there is kept."""
    agent = registration.is_reporting_agent
    irrelevant = {
        "org_id": not agent,
        "awaits_identifier": not agent,
        "reports_for_others": agent,
        "primary_vendor": registration.primary_source is not Source.VENDOR,
        "secondary_vendor": registration.secondary_source is not SecondarySource.VENDOR,
    }
    return frozenset(f"registration.{name}" for name, hidden in irrelevant.items() if hidden)


def _missing(registration: Registration, names: dict[str, str]) -> dict[str, str]:
    """Of `names` (field -> words), those that are empty; keys become paths."""
    empty = {}
    for name, words in names.items():
        value: object = registration
        for part in name.split("."):
            value = getattr(value, part)
        if value is None:
            empty[f"registration.{name}"] = words
    return empty


def _asked(
    key: str, missing: dict[str, str], proof: str, readings: tuple[str, ...] = ()
) -> Requirement:
    return require(
        key,
        not missing,
        proof=proof,
        missing=f"Still missing: {', '.join(missing.values())}.",
        fields=tuple(missing),
        readings=readings,
    )


def _organisation(registration: Registration) -> Requirement:
    names = {
        "company_name": "company name",
        "street": "street",
        "city": "city",
        "state": "state",
        "postal_code": "ZIP code",
        "organisation_type": "type of organization",
    }
    if registration.organisation_type and not registration.is_reporting_agent:
        names["reports_for_others"] = "whether you report for other firms"
    return _asked("organisation", _missing(registration, names), registration.company_name or "")


def _identifier(registration: Registration) -> Requirement:
    """An Industry Member has a CRD number; an agent has either, or waits for one (R1.2)."""
    if registration.is_reporting_agent:
        if registration.identifier is None and registration.awaits_identifier:
            return require("identifier", True, proof="Left blank on the form; the ID is to come.")
        met = registration.identifier is not None
        missing = "Enter the CRD number or ORG ID, or say that there is none yet."
        fields: tuple[str, ...] = ("registration.crd", "registration.org_id")
    else:
        met = registration.crd is not None
        missing = "Still missing: CRD number. An Industry Member has one."
        fields = ("registration.crd",)
    number = f"CRD {registration.crd}" if registration.crd else f"ORG ID {registration.org_id}"
    return require("identifier", met, proof=number, missing=missing, fields=fields)


def _contacts(registration: Registration) -> Requirement:
    names = {
        f"{which}_contact.{part}": f"{words} of the {which} contact"
        for which in ("primary", "secondary")
        for part, words in (("name", "name"), ("phone", "phone"), ("email", "e-mail"))
    }
    people = f"{registration.primary_contact.name}, {registration.secondary_contact.name}"
    return _asked("contacts", _missing(registration, names), people)


def _sources(registration: Registration) -> Requirement:
    names = {"primary_source": "primary source", "secondary_source": "secondary source"}
    if registration.primary_source is Source.VENDOR:
        names["primary_vendor"] = "name of the primary vendor"
    if registration.secondary_source is SecondarySource.VENDOR:
        names["secondary_vendor"] = "name of the secondary vendor"
    # A vendor's name stays stored when the source changes to self; it is not said then.
    first = registration.primary_vendor if "primary_vendor" in names else "self"
    second = str(registration.secondary_source)
    if "secondary_vendor" in names:
        second = registration.secondary_vendor or ""
    return _asked(
        "sources", _missing(registration, names), f"Primary: {first}; secondary: {second}"
    )


def _connectivity(registration: Registration) -> Requirement:
    names = {"connectivity": "preferred connectivity", "data_submission": "type of data submission"}
    words = {"sftp": "SFTP", "portal": "CAIS Reporter Portal", "both": "SFTP and portal"}
    proof = f"{words.get(str(registration.connectivity), '')}; {registration.data_submission}"
    return _asked(
        "connectivity", _missing(registration, names), proof, readings=("own_form_wording",)
    )


def _ltid_accounts(registration: Registration) -> Requirement:
    count = registration.ltid_accounts
    scope = " (all firms together)" if registration.serves_others else ""
    missing = _missing(registration, {"ltid_accounts": "number of accounts with LTIDs"})
    return _asked("ltid_accounts", missing, f"{plural(count or 0, 'account')}{scope}")


def _submitted(registration: Registration) -> Requirement:
    names = {"submitted_on": "the day of submission", "submitted_by": "who submitted it"}
    missing = _missing(registration, names)
    if len(missing) == len(names):
        line = "Send the online form, then record the day and who sent it."
        return require("submitted", False, missing=line, fields=tuple(missing))
    on = registration.submitted_on
    proof = f"{long_date(on)} by {registration.submitted_by}" if on else ""
    return _asked("submitted", missing, proof)


def _verified(registration: Registration, today: date) -> Requirement:
    if registration.verified_on is not None:
        return require("verified", True, proof=long_date(registration.verified_on))
    fields = ("registration.verified_on",)
    expected = expected_by(registration)
    if expected is None:
        return later("verified", "Follows the submission.", *fields)
    line = _expectation(registration, expected, today)
    return Requirement("verified", RequirementState.WAITING, line, fields)


def _expectation(registration: Registration, expected: date, today: date) -> str:
    if expected >= today:
        return f"Expected by {long_date(expected)} (two business days)."
    late = f"Should have been processed by {long_date(expected)}"
    asked = registration.followed_up_on
    if asked is None:
        return f"{late}: follow up with the Help Desk."
    if _time_to_ask(registration, expected, today):
        return f"{late}; you asked the Help Desk on {long_date(asked)}. Ask again."
    return f"{late}; you asked the Help Desk on {long_date(asked)}."


def _time_to_ask(registration: Registration, expected: date, today: date) -> bool:
    """Whether the day has passed, and so have two business days since the last question."""
    asked = registration.followed_up_on
    days = the_guide().registration_business_days
    return expected < today and (asked is None or add_business_days(asked, days) <= today)


def _waiting(registration: Registration, today: date) -> tuple[Waiting, ...]:
    expected = expected_by(registration)
    if expected is None or registration.verified_on is not None:
        return ()
    return (
        Waiting(
            _FINRA_CAT,
            "processing the registration form",
            registration.submitted_on,
            expected,
            overdue=expected < today,
            action=_expectation(registration, expected, today),
            ask=_time_to_ask(registration, expected, today),
        ),
    )


def _hints(case: Case, today: date) -> tuple[Hint, ...]:
    registration = case.registration
    dates = the_guide().dates
    granted = _access_granted(case)
    hints = [Hint("§1, footnote 1", item, warning=granted) for item in open_items(case)]
    if registration.submitted_on is None and today > dates.registration_recommended_by:
        hints.append(
            Hint(
                "§1",
                f"The recommended day for registering, {long_date(dates.registration_recommended_by)}, "
                "has passed. That blocks nothing; register when you are ready.",
            )
        )
    submitted = registration.submitted_on
    if submitted is not None and submitted < dates.registration_opens:
        hints.append(
            Hint(
                "§1",
                f"Forms were accepted from {long_date(dates.registration_opens)} on; "
                f"{long_date(submitted)} lies before that.",
                warning=True,
            )
        )
    if submitted and registration.verified_on and registration.verified_on < submitted:
        hints.append(
            Hint("§1", "The form was processed before it was submitted: check.", warning=True)
        )
    if submitted is not None and not is_business_day(submitted):
        hints.append(
            Hint(
                "§1",
                f"{long_date(submitted)} is no business day; "
                f"{long_date(add_business_days(submitted, 1))} is the first that counts.",
            )
        )
    hints.extend(_number_hints(registration))
    return tuple(hints)


def changed_number(registration: Registration) -> tuple[Hint, ...]:
    """Where today's number of accounts differs from the registered one: both, and advice (R6.3)."""
    now, then = registration.ltid_accounts_today, registration.ltid_accounts
    if now is None or then is None or now == then:
        return ()
    return (
        Hint(
            "§6",
            f"Registered: {plural(then, 'account')}; today: {now:,}. The registered number rules; "
            "tell the Help Desk that it has changed.",
            warning=True,
        ),
    )


def _number_hints(registration: Registration) -> list[Hint]:
    hints = []
    if registration.ltid_accounts == 0:
        hints.append(
            Hint(
                "§6.3",
                "Without accounts with LTIDs, registering and certifying are encouraged, not required. "
                "You may stop after this step, or go on and certify with mock data.",
            )
        )
    clears = registration.organisation_type is OrganisationType.CLEARING_FIRM
    if registration.serves_others or clears:
        hints.append(Hint("§1, footnote 2", "Give the total of all firms you report for."))
    return [*hints, *changed_number(registration)]
