"""`inspect`: what CAIS files are and what they say."""

from __future__ import annotations

import sys
from argparse import Namespace

from app.commands.output import Exit, answer, today_of

#: Threads that unpack ask for Python's global lock several times a block: with its own interval
#: of 5 ms a large file takes a sixth longer. In seconds; jobs beside the window set the same.
SWITCH_INTERVAL = 0.0005


def run(arguments: Namespace) -> Exit:
    """Inspect files and folders; the answer is "no" where anything was found."""
    from app.cancellation import CancelToken
    from app.submissions.inspection import inspect_paths

    sys.setswitchinterval(SWITCH_INTERVAL)
    found = list(
        inspect_paths(tuple(arguments.paths), today=today_of(arguments), cancel=CancelToken())
    )
    answer(arguments, found, [line for item in found for line in _lines(item)])
    troubled = any(item.get("findings") or item.get("kind") == "unknown" for item in found)
    return Exit.NO if troubled else Exit.FINE


def _lines(item: dict[str, object]) -> list[str]:
    if "together" in item:
        return ["Together:", *_facts(item["together"], "  ")]
    lines = [f"{item['path']}: {item['kind']}"]
    lines.extend(
        _facts({k: v for k, v in item.items() if k not in ("path", "kind", "findings")}, "  ")
    )
    findings = item.get("findings")
    if isinstance(findings, list):
        for finding in findings:
            code = f" [{finding['official_code']}]" if finding["official_code"] else ""
            lines.append(f"  !{code} {finding['message']}")
    return lines


def _facts(facts: object, indent: str) -> list[str]:
    if not isinstance(facts, dict):
        return [f"{indent}{facts}"]
    return [
        f"{indent}{name.replace('_', ' ')}: {value}"
        for name, value in facts.items()
        if value not in (None, [], {})
    ]
