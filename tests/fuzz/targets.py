"""What the fuzzers feed, and what must hold for any input: a result or a finding, never more.

Each target takes bytes. Whatever it raises is a bug.
"""

from __future__ import annotations

import bz2
import io
import json
import tempfile
from collections.abc import Callable
from datetime import date
from io import FileIO
from pathlib import Path

from app.submissions.bzip2_blocks import Bzip2Blocks
from app.submissions.document_reader import Batch, DocumentReader, HeaderField
from app.submissions.feedback_reader import interpret_feedback
from app.submissions.findings import UnreadableFileError
from app.submissions.names import parse_name
from app.submissions.preflight import check_submission, count_submission
from app.submissions.record_shape import Interest

TODAY = date(2020, 12, 1)
FEEDBACK = parse_name("123_456_20201005_CAIS_000123.v4.feedback.json.bz2", today=TODAY)
TIDS_FEEDBACK = parse_name("123_456_20201005_TIDS_000123.v4.feedback.json.bz2", today=TODAY)
_INTEREST: Interest = {"firmDesignatedID": None, "largeTraderList": {"largeTraderID": None}}


def names(data: bytes) -> None:
    """Any text is a name that is valid or explained."""
    text = data.decode("utf-8", "surrogateescape")
    name = parse_name(text, today=TODAY)
    assert name.valid or name.findings
    for finding in name.findings:
        assert finding.message.isprintable()


def feedback(data: bytes) -> None:
    """Any bytes are feedback that is read or explained."""
    for name in (FEEDBACK, TIDS_FEEDBACK):
        found = interpret_feedback(data, name)
        assert found.readable or found.findings
        assert found.counts_as_evidence or found.why_not
        if found.accounts is not None:
            assert 0 <= found.accounts.accepted <= found.accounts.received


def document(data: bytes) -> None:
    """The stream of records agrees with Python's json on what is JSON, and on what is in it."""
    size = data[0] % 64 + 1 if data else 1
    text = data[1:]
    parts = (text[start : start + size] for start in range(0, len(text), size))
    fields: dict[str, object] = {}
    records = 0
    try:
        for event in DocumentReader(parts, code="21011", interest=lambda _: _INTEREST).events():
            if isinstance(event, HeaderField):
                fields[event.key] = event.value
            elif isinstance(event, Batch):
                records += len(event.values)
    except UnreadableFileError as error:
        assert all(0 <= at <= len(text) for at in error.finding.positions)
        return
    value = json.loads(text.decode("utf-8-sig"))
    assert isinstance(value, dict)
    assert set(fields) <= set(value)
    lists = [entry for key, entry in value.items() if isinstance(entry, list)]
    assert records >= sum(len(entry) for entry in lists)


def bzip2(data: bytes) -> None:
    """Blocks unpacked in parallel give what bz2 gives, and notice what bz2 notices."""
    with tempfile.NamedTemporaryFile() as file:
        file.write(data)
        file.flush()
        with FileIO(file.name) as opened:
            try:
                mine = b"".join(_some(Bzip2Blocks(opened, on_read=lambda _: None, workers=2)))
            except UnreadableFileError:
                return
    theirs = io.BytesIO()
    with bz2.open(io.BytesIO(data)) as reader:
        try:
            theirs.write(reader.read(_MOST))
        except OSError:
            # Damaged, but beyond what was asked of ours: it reads ahead.
            assert len(mine) > _MOST
            return
    assert mine[:_MOST] == theirs.getvalue()


_MOST = 8 << 20


def _some(blocks: Bzip2Blocks) -> list[bytes]:
    parts: list[bytes] = []
    for part in blocks.parts():
        parts.append(part)
        if sum(map(len, parts)) > _MOST:
            break
    return parts


def submission(data: bytes) -> None:
    """A whole file: checked and counted to the same numbers, whatever is in it."""
    kind = b"TIDS" if data[:1] == b"T" else b"CAIS"
    packed = data if data.startswith(b"BZh") else bz2.compress(data, 1)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"123_999_20200101_{kind.decode()}_000123.json.bz2"
        path.write_bytes(packed)
        checked = check_submission(path, today=TODAY)
        counted = count_submission(path, today=TODAY)
    assert checked.readable or checked.findings
    assert (checked.readable, checked.accounts_in_file, checked.accounts_distinct) == (
        counted.readable,
        counted.accounts_in_file,
        counted.accounts_distinct,
    )
    if checked.accounts_in_file is not None and checked.accounts_without_findings is not None:
        assert 0 <= checked.accounts_without_findings <= checked.accounts_in_file


TARGETS: dict[str, Callable[[bytes], None]] = {
    "names": names,
    "feedback": feedback,
    "document": document,
    "bzip2": bzip2,
    "submission": submission,
}
