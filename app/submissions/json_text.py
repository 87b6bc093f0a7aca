"""JSON from outside: decoded whole, or the place of its first fault.

msgspec decodes (it is fast and exact about numbers, encodings and depth); Python's own json is
asked only for what msgspec cannot say: where a fault lies, and whether a key stands twice.
"""

from __future__ import annotations

import codecs
import json
import re
from typing import Any, NoReturn

import msgspec

from app.submissions.findings import Finding, UnreadableFileError

# Longer ones are refused by Python's int() and by msgspec; no number of a CAIS file comes near.
_LONGEST_INTEGER = 4_299
_SPACE_BEFORE_COLON = re.compile(rb'"[ \t\r\n]+:')
_HIDDEN_KEY_SIGNS = (b"\\u0022", b"\\u003a", b"\\u003A")  # an escaped quotation mark or colon


class _NumberTooLongError(ValueError):
    """An integer with more digits than any CAIS field can have."""


class _NotJsonNumberError(ValueError):
    """NaN or Infinity, which JSON does not have."""


def decode_document(data: bytes) -> tuple[Any, list[Finding]]:
    """The value of a whole JSON document, and remarks on its form.

    Raises:
        UnreadableFileError: it is not one valid JSON document; the finding has the byte offset.
    """
    findings: list[Finding] = []
    start = 0
    if data.startswith(codecs.BOM_UTF8):
        start = len(codecs.BOM_UTF8)
        findings.append(byte_order_mark_finding())
    text = data[start:]
    try:
        value = msgspec.json.decode(text)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, ValueError):
        raise UnreadableFileError(locate_fault(text, start)) from None
    if not proves_no_repeats(text, value):
        findings += _repeated_keys(text)
    return value, findings


def proves_no_repeats(text: bytes, value: Any) -> bool:
    """Whether it is certain that no key stands twice in an object of `text`.

    Args:
        text: valid JSON.
        value: what msgspec decoded from it. Decoding keeps one of two equal keys, so that text
            which encodes to the same bytes again has none. Nor has text with as many quotation
            marks as its encoding where nothing is escaped, or with as many signs of a key
            (quotation mark, colon) unless such signs can be hidden.
    """
    again = msgspec.json.encode(value)
    if again == text:
        return True
    if b"\\" not in text:
        return text.count(b'"') == again.count(b'"')
    if text.count(b'":') != again.count(b'":'):
        return False
    if any(sign in text for sign in _HIDDEN_KEY_SIGNS):
        return False
    return _SPACE_BEFORE_COLON.search(text) is None


def _repeated_keys(text: bytes) -> list[Finding]:
    counter = RepeatedKeys()
    try:
        json.loads(text, object_pairs_hook=counter, parse_int=_short_integer)
    except (ValueError, RecursionError):
        return []  # msgspec took it, so that it is JSON; only its depth or numbers are unusual
    return [duplicate_key_finding(counter.count)] if counter.count else []


def byte_order_mark_finding(code: str | None = None) -> Finding:
    """Text that begins with a byte order mark."""
    return Finding(
        "byte-order-mark",
        "The text begins with a byte order mark; it must be plain UTF-8 without one.",
        code,
        positions=(0,),
    )


def duplicate_key_finding(
    count: int, code: str | None = None, positions: tuple[int, ...] = (), where: str = ""
) -> Finding:
    """A key that stands twice in one object."""
    return Finding(
        "duplicate-key",
        f"The same field stands twice in one object{where}. Each field may stand once; which of "
        "the two values counts is not defined.",
        code,
        count,
        positions,
    )


class RepeatedKeys:
    """An object_pairs_hook that counts keys standing twice, and builds the object."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        """Build one object from its pairs, as json asks."""
        found = dict(pairs)
        self.count += len(pairs) - len(found)
        return found


def _short_integer(text: str) -> int:
    if len(text) > _LONGEST_INTEGER:
        raise _NumberTooLongError
    return int(text)


def _no_constant(name: str) -> NoReturn:
    raise _NotJsonNumberError(name)


def strict_decoder(hook: RepeatedKeys | None = None) -> json.JSONDecoder:
    """Python's decoder, without the numbers that JSON does not have."""
    return json.JSONDecoder(
        object_pairs_hook=hook, parse_int=_short_integer, parse_constant=_no_constant
    )


def locate_fault(data: bytes, offset: int = 0, code: str | None = None) -> Finding:
    """Why `data` is not one JSON document, as a finding with the byte offset of the fault.

    Args:
        data: the text that was refused.
        offset: where `data` begins in the unpacked file.
        code: the official code of an unreadable file of this kind.
    """
    if not data.strip(b" \t\r\n"):
        return Finding("empty-document", "The file is empty inside: it holds no JSON text.", code)
    try:
        text = data.decode()
    except UnicodeDecodeError as fault:
        return not_utf8_finding(offset + fault.start, code)
    try:
        strict_decoder().decode(text)
    except json.JSONDecodeError as fault:
        at = offset + len(text[: fault.pos].encode())
        return json_fault_finding(at, _explained(text, fault), code)
    except RecursionError:
        return Finding(
            "nested-too-deep",
            "The JSON text is nested too deeply to be a CAIS file.",
            code,
            positions=(offset,),
        )
    except _NotJsonNumberError:
        return Finding(
            "not-json",
            "The text holds NaN or Infinity, which JSON does not have.",
            code,
            positions=(offset,),
        )
    except _NumberTooLongError:
        return Finding(
            "huge-number",
            "The text holds a number with more digits than any CAIS field can have.",
            code,
            positions=(offset,),
        )
    return Finding(
        "not-json",
        "The text holds a number or a character code that is not allowed.",
        code,
        positions=(offset,),
    )


def not_utf8_finding(at: int, code: str | None) -> Finding:
    """Bytes that are not UTF-8, at byte `at`."""
    return Finding(
        "not-utf8",
        f"The text is not UTF-8: the bytes at byte {at:,} are no character.",
        code,
        positions=(at,),
    )


def json_fault_finding(at: int, explanation: str, code: str | None) -> Finding:
    """Text that is not JSON, from byte `at` on."""
    return Finding(
        "not-json",
        f"The text is not valid JSON: at byte {at:,} {explanation}.",
        code,
        positions=(at,),
    )


_EXPLANATIONS = {
    "Expecting property name enclosed in double quotes": "a field name in double quotes must stand",
    "Expecting value": "a value must stand",
    "Expecting ',' delimiter": "a comma or a closing bracket must stand",
    "Expecting ':' delimiter": "a colon must stand",
    "Unterminated string starting at": "a text begins that has no end",
    "Extra data": "the document has ended, and more text follows",
    "Invalid control character at": "a control character stands inside a text",
}


def _explained(text: str, fault: json.JSONDecodeError) -> str:
    """The fault in plain words; never anything of the content."""
    before = text[: fault.pos].rstrip(" \t\r\n")
    if fault.pos >= len(text) and "string" not in fault.msg:
        return "the text ends too early"
    if before.endswith(",") and text[fault.pos : fault.pos + 1] in {"}", "]"}:
        return "a closing bracket follows a comma"
    return _EXPLANATIONS.get(fault.msg, "an escape sequence is not one that JSON has")
