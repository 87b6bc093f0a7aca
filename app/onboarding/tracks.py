"""Which of the guide's tracks a firm is on: derived from step 1, never asked for by name."""

from __future__ import annotations

from enum import StrEnum

from app.onboarding.firm import Registration, SecondarySource, Source


class Track(StrEnum):
    """The guide's cases of §6.1, §6.2 (two sides) and §6.3."""

    SELF_REPORTING = "self_reporting"
    THROUGH_AGENT = "through_agent"
    REPORTS_FOR_OTHERS = "reports_for_others"
    NO_LTID_ACCOUNTS = "no_ltid_accounts"


#: The tracks in words, for people.
TRACK_WORDS = {
    Track.SELF_REPORTING: "Reports for itself (§6.1)",
    Track.THROUGH_AGENT: "Reports through an agent (§6.2)",
    Track.REPORTS_FOR_OTHERS: "Reports for other firms (§6.2)",
    Track.NO_LTID_ACCOUNTS: "No accounts with LTIDs (§6.3)",
}


def uses_agent(registration: Registration) -> bool:
    """Whether an agent or clearing firm reports for this firm, as either source."""
    return not registration.is_reporting_agent and (
        registration.primary_source is Source.VENDOR
        or registration.secondary_source is SecondarySource.VENDOR
    )


def reports_itself(registration: Registration) -> bool:
    """Whether the firm is a source of its own reports, primary or secondary."""
    return (
        registration.primary_source is Source.SELF
        or registration.secondary_source is SecondarySource.SELF
    )


def tracks_of(registration: Registration) -> tuple[Track, ...]:
    """The tracks whose requirements apply, the main one first; none while answers are missing.

    No LTID accounts decides alone, whatever the source (§6.3). Two sources bring the
    requirements of both tracks.
    """
    if registration.organisation_type is None:
        return ()
    if registration.ltid_accounts == 0:
        return (Track.NO_LTID_ACCOUNTS,)
    if registration.serves_others:
        main = (Track.REPORTS_FOR_OTHERS,)
        return (*main, Track.THROUGH_AGENT) if uses_agent(registration) else main
    found = []
    if reports_itself(registration):
        found.append(Track.SELF_REPORTING)
    if uses_agent(registration):
        found.append(Track.THROUGH_AGENT)
    if registration.primary_source is Source.VENDOR:
        found.reverse()
    return tuple(found)


def stops_after_registering(registration: Registration) -> bool:
    """Whether a firm without LTID accounts leaves it at registering (§1, §6.3)."""
    return registration.ltid_accounts == 0 and not registration.certifies_without_ltid
