"""No rule of the onboarding guide is without a test that names it."""

from __future__ import annotations

import ast
import re
from pathlib import Path

RULES = {1: 6, 2: 2, 3: 5, 4: 8, 5: 4, 6: 9, 7: 4}


def _named_rules() -> set[str]:
    named: set[str] = set()
    for path in Path(__file__).parent.glob("test_*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                named |= set(re.findall(r"R\d\.\d+", ast.get_docstring(node) or ""))
    return named


def test_every_rule_is_named_by_a_test() -> None:
    rules = {f"R{step}.{n}" for step, last in RULES.items() for n in range(1, last + 1)}
    assert len(rules) == 38
    assert rules - _named_rules() == set()
