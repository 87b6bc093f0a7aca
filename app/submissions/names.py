"""The names of CAIS files, read and explained.

Source: CAIS Technical Specifications, sections 5.1.1 (submissions), 6.1 (feedback) and 6.5
(outstanding rejections and inconsistencies). A name that differs in letter case or padding is
refused with the element named; nothing is guessed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.onboarding.testing import FileKind
from app.submissions.findings import Finding, has_fault, has_hidden_characters, quoted
from app.submissions.name_elements import Elements

_MAX_NAME_LENGTH = 255
_DOCUMENTED_VERSIONS = range(1, 5)
_PORTAL_GROUP = "caisweb"  # kept for what is typed into the portal [5.1.1]

_FLAWLESS_FEEDBACK = re.compile(
    r"((0|[1-9][0-9]{0,17})_(0|[1-9][0-9]{0,17})_([0-9]{8})_(?:([A-Za-z0-9]{1,20})_)?"
    r"(CAIS|TIDS)_([0-9]{6}))\.v([1-4])\.feedback\.json\.bz2"
)
_FEEDBACK_TAIL = re.compile(
    r"(?P<base>.*?)(?:\.(?P<version>v?[0-9]*))?\.feedback(?P<extension>\..*)?",
    re.IGNORECASE | re.DOTALL,
)
# The specification says that a file version is added when a base name is used again, not with
# which separator: the usual ones are read.
_FILE_VERSION = re.compile(r"(?P<base>.*_[0-9]{6})[._-]v?(?P<version>[1-9][0-9]{0,5})", re.DOTALL)
_OUTSTANDING_WORDS = ("outstandingrejections", "outstandinginconsistencies")
_KINDS = frozenset(FileKind.__members__)
_EXTENSION = re.compile(
    r"(?P<stem>.*?)(?P<extension>(?:\.(?:json|bz2|gz|zip|xz|7z|txt|tar|csv))+)?",
    re.IGNORECASE | re.DOTALL,
)


class NameKind(StrEnum):
    """What a file is, by its name."""

    SUBMISSION = "submission"
    FEEDBACK = "feedback"
    OUTSTANDING_REJECTIONS = "outstanding-rejections"
    OUTSTANDING_INCONSISTENCIES = "outstanding-inconsistencies"
    SENTINEL = "sentinel"
    UNKNOWN = "unknown"


class Part(StrEnum):
    """Which file of an outstanding-rejections or -inconsistencies pair."""

    META = "meta"
    DATA = "data"


@dataclass(frozen=True, slots=True)
class CaisName:
    """A file name, taken apart. An element that is absent or not usable is None.

    `base_name` is the submission's name without extensions and file version: what joins a
    submission to its feedback. `file_version` is what CAIS adds when a base name is used again.
    """

    name: str
    kind: NameKind
    submitter_id: int | None = None
    reporter_crd: int | None = None
    correspondent_crd: int | None = None
    generation_date: date | None = None
    group: str | None = None
    file_kind: FileKind | None = None
    file_number: str | None = None
    feedback_version: int | None = None
    file_version: int | None = None
    part: Part | None = None
    base_name: str | None = None
    findings: tuple[Finding, ...] = ()

    @property
    def valid(self) -> bool:
        """Whether the name is of a known kind and every element is as it must be."""
        return self.kind is not NameKind.UNKNOWN and not has_fault(self.findings)

    @property
    def pair_name(self) -> str | None:
        """The base name without its kind: equal for a CAIS Data File and its TIDS partner."""
        if self.base_name is None or self.file_kind is None:
            return None
        head, _, number = self.base_name.rpartition("_")
        return f"{head.rpartition('_')[0]}_{number}"


def parse_name(name: str, *, today: date) -> CaisName:
    """Read a file's name (the last part of its path, extensions included).

    Args:
        name: the name as given; nothing is stripped or mended.
        today: the current date in US Eastern Time; later generation dates are refused.
    """
    return _flawless_feedback(name, today) or _explained(name, today)


def _flawless_feedback(name: str, today: date) -> CaisName | None:
    """The name of a feedback file without anything to explain; folders are full of them."""
    match = _FLAWLESS_FEEDBACK.fullmatch(name)
    if match is None:
        return None
    base, submitter, reporter, day, group, kind, number, version = match.groups()
    try:
        generated = date(int(day[:4]), int(day[4:6]), int(day[6:]))
    except ValueError:
        return None
    if generated > today or (group is not None and group.upper() in _KINDS):
        return None
    return CaisName(
        name=name,
        kind=NameKind.FEEDBACK,
        submitter_id=int(submitter),
        reporter_crd=int(reporter),
        generation_date=generated,
        group=group,
        file_kind=FileKind(kind),
        file_number=number,
        feedback_version=int(version),
        base_name=base,
    )


def _explained(name: str, today: date) -> CaisName:
    """Any name, element by element."""
    reading = Elements(name, today)
    if not _safe(reading):
        return _named(reading, NameKind.UNKNOWN)
    lowered = name.lower()
    if ".feedback" not in lowered and any(word in lowered for word in _OUTSTANDING_WORDS):
        return _outstanding(reading)
    feedback = _FEEDBACK_TAIL.fullmatch(name) if ".feedback" in lowered else None
    if feedback is not None:
        return _feedback(reading, feedback)
    extension = _EXTENSION.fullmatch(name)
    stem, tail = (extension["stem"], extension["extension"] or "") if extension else (name, "")
    if not _like_submission(stem):
        reading.wrong("unknown", _UNKNOWN_NAME)
        return _named(reading, NameKind.UNKNOWN)
    _base(reading, stem, feedback=False)
    reading.extension(tail, "21010")
    return _named(reading, NameKind.SUBMISSION)


_UNKNOWN_NAME = (
    "The name is not one of a CAIS file. A submission is named "
    "submitter_reporter_YYYYMMDD_CAIS_000001.json.bz2, its feedback the same with "
    ".v1 to .v4 and .feedback before .json.bz2."
)


def _named(reading: Elements, kind: NameKind) -> CaisName:
    return CaisName(
        name=reading.name,
        kind=kind,
        findings=tuple(reading.findings),
        **reading.found,  # type: ignore[arg-type]
    )


def _safe(reading: Elements) -> bool:
    name = reading.name
    if has_hidden_characters(name):
        reading.wrong(
            "hidden-characters",
            "The name holds characters that are not seen or that change the direction of "
            "writing. CAIS names have letters, digits, underscores and dots only.",
        )
    elif "/" in name or "\\" in name or name in {"", ".", ".."}:
        reading.wrong("path", "The name holds a path; a CAIS file's name is a plain file name.")
    elif len(name) > _MAX_NAME_LENGTH:
        reading.wrong("length", f"The name has {len(name):,} characters; CAIS names are short.")
    else:
        return True
    return False


def _kind_index(parts: list[str]) -> int | None:
    """Where the kind stands: the last CAIS or TIDS after submitter, reporter and date."""
    for index in range(len(parts) - 1, 2, -1):
        if parts[index].upper() in _KINDS:
            return index
    return None


def _like_submission(stem: str) -> bool:
    """Whether enough elements are there to say what is wrong with the rest."""
    parts = stem.split("_")
    if not 4 <= len(parts) <= 8:
        return False
    signs = (
        parts[0].isdecimal(),
        parts[1].isdecimal(),
        len(parts[2]) == 8 and parts[2].isdecimal(),
        _kind_index(parts) is not None,
        parts[-1].isdecimal(),
    )
    return sum(signs) >= 3


def _base(reading: Elements, stem: str, *, feedback: bool) -> None:
    """The elements that a submission and its feedback share [5.1.1]."""
    parts = stem.split("_")
    index = _kind_index(parts)
    reading.tids = index is not None and parts[index].upper() == FileKind.TIDS
    unknown_kind = index is None
    if index is None:
        index = 4 if len(parts) >= 6 else 3
    parts += [""] * (index + 2 - len(parts))
    reading.unsigned("submitter_id", "CAT submitter ID (first element)", parts[0], "21002")
    reading.unsigned("reporter_crd", "CAT reporter CRD (second element)", parts[1], "21003")
    reading.day(parts[2], "21004")
    if index > 3:
        reading.grouping("_".join(parts[3:index]), "21010")
        group = str(reading.found.get("group", ""))
        if not feedback and group.lower() == _PORTAL_GROUP:
            del reading.found["group"]
            reading.wrong(
                "reserved-group",
                "The group “caisweb” is kept for what is typed into the CAIS portal, in any "
                "letter case. Choose another group or leave it out.",
                "21010",
            )
    reading.kind(parts[index], unknown_kind)
    reading.number(parts[index + 1])
    if len(parts) > index + 2:
        extra = "_".join(parts[index + 2 :])
        reading.wrong(
            "extra",
            f"Nothing may follow the file number; {quoted(extra)} stands there.",
            "21010",
        )
    reading.found["base_name"] = stem


def _feedback(reading: Elements, match: re.Match[str]) -> CaisName:
    stem, version, extension = match["base"], match["version"], match["extension"] or ""
    numbered = _FILE_VERSION.fullmatch(stem)
    if numbered is not None:
        stem = numbered["base"]
        reading.found["file_version"] = int(numbered["version"])
    _base(reading, stem, feedback=True)
    _feedback_version(reading, version or "")
    middle = match.group()[match.end("version") if version else len(match["base"]) :]
    if not middle.startswith(".feedback"):
        reading.wrong("feedback-word", "“.feedback” must be written in small letters.")
    reading.extension(extension, None)
    return _named(reading, NameKind.FEEDBACK)


def _feedback_version(reading: Elements, text: str) -> None:
    if re.fullmatch(r"v[1-9][0-9]{0,2}", text):
        version = int(text[1:])
        reading.found["feedback_version"] = version
        if version not in _DOCUMENTED_VERSIONS:
            reading.remark(
                "undocumented-version",
                f"The specification knows feedback versions v1 to v4; {text} is undocumented.",
            )
        return
    found = f"{quoted(text)} stands there" if text else "it is missing"
    reading.wrong(
        "feedback-version",
        f"The feedback version must be v1 to v4, just before .feedback; {found}.",
    )


_OUTSTANDING_KINDS = {
    "OUTSTANDINGREJECTIONS": NameKind.OUTSTANDING_REJECTIONS,
    "OUTSTANDINGINCONSISTENCIES": NameKind.OUTSTANDING_INCONSISTENCIES,
}


def _outstanding(reading: Elements) -> CaisName:
    """Outstanding rejections and inconsistencies, and the sentinel beside them [6.5]."""
    extension = _EXTENSION.fullmatch(reading.name)
    stem, tail = (
        (extension["stem"], extension["extension"] or "") if extension else (reading.name, "")
    )
    parts = stem.split("_")
    index = next(
        (i for i, part in enumerate(parts) if part.upper() in _OUTSTANDING_KINDS),
        None,
    )
    if index is None:
        reading.wrong("unknown", _UNKNOWN_NAME)
        return _named(reading, NameKind.UNKNOWN)
    word = parts[index]
    if word != word.upper():
        reading.wrong("kind", f"“{word.upper()}” must be written in capitals.")
    if parts[-1].lower() == "processed" or index < 2:
        _sentinel(reading, parts, index, tail)
        return _named(reading, NameKind.SENTINEL)
    _owners(reading, parts[: index - 1])
    reading.day(parts[index - 1], None)
    rest = parts[index + 1 :]
    if rest[:-1]:
        reading.grouping("_".join(rest[:-1]), None)
    _part(reading, rest[-1] if rest else "", tail)
    return _named(reading, _OUTSTANDING_KINDS[word.upper()])


def _sentinel(reading: Elements, parts: list[str], index: int, tail: str) -> None:
    if index != 1 or len(parts) != 3 or parts[-1] != "processed" or tail:
        reading.wrong(
            "sentinel",
            "A sentinel is named YYYYMMDD_OUTSTANDINGREJECTIONS_processed (or "
            "…INCONSISTENCIES…), without more.",
        )
    reading.day(parts[index - 1] if index else "", None)


def _owners(reading: Elements, owners: list[str]) -> None:
    titles = (
        ("submitter_id", "CAT submitter ID (first element)"),
        ("reporter_crd", "CAT reporter CRD (second element)"),
        ("correspondent_crd", "correspondent CRD (third element)"),
    )
    if not 2 <= len(owners) <= 3:
        reading.wrong(
            "owners",
            "Submitter ID, reporter CRD and correspondent CRD must stand before the date.",
        )
    for (key, title), text in zip(titles, owners, strict=False):
        if key == "correspondent_crd" and not text:
            continue  # no correspondent: the place is empty
        reading.unsigned(key, title, text, None)


def _part(reading: Elements, text: str, tail: str) -> None:
    wanted = {"meta": ".json", "data": ".json.bz2"}.get(text)
    if wanted is None:
        reading.wrong("part", f"“meta” or “data” must stand last; {quoted(text)} stands there.")
        return
    reading.found["part"] = Part(text)
    if tail != wanted:
        reading.wrong("extension", f"The extension of the {text} file must be {wanted}.")
