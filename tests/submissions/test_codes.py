"""Every published code carries its title and advice in the program."""

from __future__ import annotations

from collections import Counter

from app.submissions.codes import error_codes, error_groups


def test_all_172_published_codes_are_there_with_advice() -> None:
    codes = error_codes()
    assert len(codes) == 172
    assert all(len(code) == 5 and code.isdecimal() for code in codes)
    for known in codes.values():
        assert known.title
        assert known.stage
        assert known.explanation.endswith(".")
        assert known.advice.endswith(".")


def test_samples() -> None:
    codes = error_codes()
    assert codes["21001"].title == "Duplicate File"
    assert codes["22002"].stage == "Data validation"
    assert codes["24905"].stage == "TIDS warning"
    assert codes["40004"].stage == "Inconsistency"


def test_groups_are_ordered_by_size_then_code() -> None:
    groups = error_groups(Counter({"22012": 3, "22001": 3, "99999": 7}))
    assert [(group.code, group.items) for group in groups] == [
        ("99999", 7),
        ("22001", 3),
        ("22012", 3),
    ]
    assert "Help Desk" in groups[0].advice
    assert groups[1].advice == error_codes()["22001"].advice
