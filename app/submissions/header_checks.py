"""The fields beside the lists of a submission, against its name and its lists (5.1.3)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from app.onboarding.testing import FileKind
from app.submissions.feedback import FULL_CAIS_SCHEMA, KNOWN_SCHEMAS, LTID_PHASE_SCHEMA
from app.submissions.findings import Finding
from app.submissions.json_text import duplicate_key_finding
from app.submissions.name_elements import MAX_UNSIGNED
from app.submissions.names import CaisName

ACCOUNTS = "fdidRecordList"
NATURAL_PERSONS = "naturalPersonCustomerList"
LEGAL_ENTITIES = "legalEntityCustomerList"
CORRECTIONS = "correctionList"


@dataclass(frozen=True, slots=True)
class FileCodes:
    """The official codes of one kind of file."""

    unreadable: str
    not_unpacked: str
    version: str
    unknown_field: str
    duplicate_key: str
    count: str


CODES = {
    FileKind.CAIS: FileCodes("21011", "21013", "21008", "21012", "21019", "21007"),
    FileKind.TIDS: FileCodes("21511", "21513", "21508", "21512", "21516", "21507"),
}

_COUNTS = {
    "fdidRecordCount": (ACCOUNTS, "21007"),
    "naturalPersonCustomerRecordCount": (NATURAL_PERSONS, "21016"),
    "legalEntityCustomerRecordCount": (LEGAL_ENTITIES, "21017"),
}
_OWNERS = ("catReporterCRD", "catSubmitterID")
_LTID_FIELDS = frozenset({"version", *_OWNERS, "fdidRecordCount", ACCOUNTS})
_FULL_FIELDS = frozenset(
    {"version", *_OWNERS, "correspondentCRD", *_COUNTS}
    | {ACCOUNTS, NATURAL_PERSONS, LEGAL_ENTITIES, CORRECTIONS}
)


@dataclass
class Header:
    """What stood beside the records, and how many records stood in each list."""

    values: dict[str, Any] = field(default_factory=dict)
    lists: dict[str, int] = field(default_factory=dict)
    repeated_at: list[int] = field(default_factory=list)

    def number(self, key: str) -> int | None:
        """An unsigned number of the header, or None."""
        value = self.values.get(key)
        return value if type(value) is int and 0 <= value <= MAX_UNSIGNED else None

    @property
    def version(self) -> str | None:
        """The schema version, if it is a text."""
        value = self.values.get("version")
        return value[:40] if isinstance(value, str) else None

    def declared_accounts(self) -> int | None:
        """The declared number of accounts."""
        return self.number("fdidRecordCount")


def header_findings(header: Header, name: CaisName) -> Iterator[Finding]:
    """What is wrong with the header, or does not fit the name or the lists."""
    kind = name.file_kind or FileKind.CAIS
    codes = CODES[kind]
    if header.repeated_at:
        yield duplicate_key_finding(
            len(header.repeated_at),
            codes.duplicate_key,
            tuple(header.repeated_at[:3]),
            f" (first beside the lists, at byte {header.repeated_at[0]:,})",
        )
    yield from _version(header, codes, kind)
    if kind is FileKind.TIDS:
        yield from _tids_count(header)
        return
    yield from _owners(header, name)
    yield from _counts(header)
    yield from _unknown(header, codes)
    yield from _wrong_lists(header, codes)


def _version(header: Header, codes: FileCodes, kind: FileKind) -> Iterator[Finding]:
    known = (FULL_CAIS_SCHEMA,) if kind is FileKind.TIDS else KNOWN_SCHEMAS
    if header.version in known:
        return
    what = "is missing" if "version" not in header.values else "is not one that is known"
    yield Finding(
        "version",
        f"The schema version {what}. It must be {' or '.join(known)}, as a text.",
        codes.version,
    )


def _owners(header: Header, name: CaisName) -> Iterator[Finding]:
    for key, in_name, code in (
        ("catReporterCRD", name.reporter_crd, "21003"),
        ("catSubmitterID", name.submitter_id, "21002"),
    ):
        value = header.number(key)
        if value is None:
            what = "is missing" if key not in header.values else "is no unsigned number"
            yield Finding(f"header-{key}", f"{key} {what}.", code)
        elif in_name is not None and value != in_name:
            yield Finding(
                f"header-{key}",
                f"{key} is {value} in the file, but {in_name} in its name. They must be equal.",
                code,
            )
    if "correspondentCRD" in header.values and header.number("correspondentCRD") is None:
        yield Finding("header-correspondentCRD", "correspondentCRD is no CRD number.", "21018")


def _counts(header: Header) -> Iterator[Finding]:
    for key, (records, code) in _COUNTS.items():
        if key != "fdidRecordCount" and header.version == LTID_PHASE_SCHEMA:
            continue
        yield from _count(header, key, header.lists.get(records, 0), code)


def _tids_count(header: Header) -> Iterator[Finding]:
    yield from _count(header, "tidRecordCount", sum(header.lists.values()), "21507")


def _count(header: Header, key: str, found: int, code: str) -> Iterator[Finding]:
    declared = header.number(key)
    if declared is None:
        what = "is missing" if key not in header.values else "is no unsigned number"
        yield Finding("count-missing", f"{key} {what}; the file holds {found:,} records.", code)
    elif declared != found:
        yield Finding(
            "count-wrong", f"{key} says {declared:,}, but the file holds {found:,} records.", code
        )


def _unknown(header: Header, codes: FileCodes) -> Iterator[Finding]:
    fields = _LTID_FIELDS if header.version == LTID_PHASE_SCHEMA else _FULL_FIELDS
    present: Mapping[str, object] = {**header.values, **header.lists}
    unknown = [key for key in present if key not in fields]
    if unknown:
        yield Finding(
            "unknown-field",
            "Beside the lists stand fields that this schema version does not have.",
            codes.unknown_field,
            len(unknown),
        )


def _wrong_lists(header: Header, codes: FileCodes) -> Iterator[Finding]:
    for key in (ACCOUNTS, NATURAL_PERSONS, LEGAL_ENTITIES, CORRECTIONS):
        if key in header.values:
            yield Finding("not-a-list", f"{key} must be a list of records.", codes.unreadable)
    for key in header.lists:
        if key in {"version", *_OWNERS, *_COUNTS, "correspondentCRD"}:
            yield Finding("a-list", f"{key} must be one value, not a list.", codes.unreadable)
