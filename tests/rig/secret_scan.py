"""Searching everything that was written for a secret, in whatever form it may lie there.

Raw bytes are searched (databases, their logs and journals, free pages, logs), and what is
packed inside: zip and gzip and bzip2, the streams of a PDF and the text a PDF shows, the parts of
an e-mail, and the values of a database, which may lie across its pages.
"""

from __future__ import annotations

import base64
import bz2
import codecs
import gzip
import io
import json
import quopri
import re
import shutil
import sqlite3
import subprocess
import tempfile
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from email import message_from_bytes, policy
from html import escape
from pathlib import Path
from urllib.parse import quote, quote_plus

_STREAM = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.DOTALL)
_DEEPEST = 5


@dataclass(frozen=True)
class Leak:
    """A place where a secret was found: the file (and what inside it), and in which form."""

    place: str
    form: str


def find_secret(secret: str, *places: Path) -> tuple[Leak, ...]:
    """Every place in the files and folders `places` that holds `secret`.

    Raises:
        FileNotFoundError: one of `places` does not exist: nothing would be searched.
    """
    forms = forms_of(secret)
    leaks: list[Leak] = []
    for file in _files(places):
        for place, content in _layers(str(file), file.read_bytes(), 0):
            leaks += _leaks(place, content, forms)
        if file.read_bytes().startswith(b"SQLite format 3\0"):
            leaks += _leaks(f"{file} > values", _values(file), forms)
    return tuple(leaks)


def find_secret_in_text(secret: str, text: str) -> tuple[Leak, ...]:
    """Every form of `secret` in a text that lies in no file, such as the clipboard's."""
    return tuple(_leaks("text", text.encode("utf-8", "surrogatepass"), forms_of(secret)))


def _leaks(place: str, content: bytes, forms: dict[str, bytes]) -> list[Leak]:
    return [Leak(place, form) for form, shape in forms.items() if shape in content]


def forms_of(secret: str) -> dict[str, bytes]:
    """How `secret` may look in a file, by the name of the form."""
    raw = secret.encode()
    forms = {
        "utf-8": raw,
        "utf-16-le": secret.encode("utf-16-le"),
        "utf-16-be": secret.encode("utf-16-be"),
        "hex": raw.hex().encode(),
        "HEX": raw.hex().upper().encode(),
        "url": quote(secret, safe="").encode(),
        "form": quote_plus(secret).encode(),
        "json": json.dumps(secret)[1:-1].encode(),
        "repr": repr(secret)[1:-1].encode(),
        "reversed": raw[::-1],
        "html": escape(secret).encode(),
        "xml": escape(secret, quote=False).encode(),
        "quoted-printable": quopri.encodestring(raw).rstrip(b"\n"),
        "base85": base64.b85encode(raw)[: len(raw) // 4 * 5],
        "ascii85": base64.a85encode(raw)[: len(raw) // 4 * 5],
        "base32": base64.b32encode(raw)[: len(raw) // 5 * 8],
        "composed otherwise": unicodedata.normalize("NFD", secret).encode(),
        "pdf string": secret.encode("utf-16-be").hex().encode(),
        "bytes listed": ", ".join(map(str, raw)).encode(),
        "rot13": codecs.encode(secret, "rot13").encode(),
    }
    for kind, text in (("utf-8", raw), ("utf-16", secret.encode("utf-16-le"))):
        for shift in range(3):
            # Inside a longer text the first and last characters depend on the neighbours.
            inside = base64.b64encode(b"\0" * shift + text)
            start = (0, 2, 3)[shift]
            forms[f"base64 of {kind} at {shift}"] = inside.rstrip(b"=")[start:-1]
    forms |= {
        f"url-safe {name}": shape.replace(b"+", b"-").replace(b"/", b"_")
        for name, shape in forms.items()
        if name.startswith("base64")
    }
    return forms


def _files(places: tuple[Path, ...]) -> Iterator[Path]:
    for place in places:
        if not place.exists():
            raise FileNotFoundError(place)
        found = sorted(place.rglob("*")) if place.is_dir() else [place]
        yield from (file for file in found if file.is_file())


def _layers(place: str, content: bytes, depth: int) -> Iterator[tuple[str, bytes]]:
    """`content` itself, and all that is packed in it."""
    yield place, content
    if depth == _DEEPEST:
        return
    for inside, unpacked in _unpacked(content):
        yield from _layers(f"{place} > {inside}", unpacked, depth + 1)


def _unpacked(content: bytes) -> Iterator[tuple[str, bytes]]:
    if content.startswith(b"PK") and zipfile.is_zipfile(io.BytesIO(content)):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for name in archive.namelist():
                yield name, archive.read(name)
    elif content.startswith(b"\x1f\x8b"):
        yield "gzip", gzip.decompress(content)
    elif content.startswith(b"BZh"):
        yield "bzip2", bz2.decompress(content)
    elif content.startswith(b"%PDF-"):
        yield from _pdf(content)
    elif b"MIME-Version:" in content[:4096]:
        yield from _parts(content)


def _parts(content: bytes) -> Iterator[tuple[str, bytes]]:
    """The parts of an e-mail, as the one who reads it gets them."""
    for number, part in enumerate(message_from_bytes(content, policy=policy.default).walk()):
        inside = part.get_payload(decode=True)
        if isinstance(inside, bytes):
            yield f"part {number}", inside


def _values(database: Path) -> bytes:
    """Every value in a database, with what its log adds; the database itself is left alone."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "copy.db"
        for suffix in ("", "-wal"):
            beside = database.with_name(database.name + suffix)
            if beside.exists():
                shutil.copyfile(beside, copy.with_name(copy.name + suffix))
        with closing(sqlite3.connect(copy)) as tables:
            tables.text_factory = bytes
            names = [
                n for (n,) in tables.execute("SELECT name FROM sqlite_schema WHERE type='table'")
            ]
            rows = [
                value if isinstance(value, bytes) else str(value).encode()
                for name in names
                for row in tables.execute(f'SELECT * FROM "{name.decode()}"')  # noqa: S608 - our own
                for value in row
            ]
    return b"\n".join(rows)


def _pdf(content: bytes) -> Iterator[tuple[str, bytes]]:
    for number, match in enumerate(_STREAM.finditer(content)):
        inflating = zlib.decompressobj()
        try:
            yield f"stream {number}", inflating.decompress(match[1])
        except zlib.error:
            continue  # packed otherwise, such as a picture; searched raw
    assert shutil.which("pdftotext"), "the text of a PDF cannot be searched: install poppler-utils"
    shown = subprocess.run(
        ["pdftotext", "-enc", "UTF-8", "-", "-"], input=content, capture_output=True, check=False
    ).stdout
    yield "text shown", shown
    # A line break may stand inside it.
    yield "text shown without breaks", b"".join(shown.split())
