"""Whatever the program writes holds no password: every file of a whole session is searched."""

from __future__ import annotations

import base64
import bz2
import codecs
import gzip
import html
import io
import json
import logging
import quopri
import sqlite3
import unicodedata
import zipfile
import zlib
from contextlib import closing
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest

from app.storage.backups import Reason, make_backup
from app.storage.bug_reports import keep_report, report_of
from app.storage.case_store import CaseStore
from app.storage.credentials import CredentialStore, account_name
from app.storage.hand_over import hand_over_file
from app.storage.history import EntryKind, HistoryEntry
from app.storage.keyrings import KeyringUnavailableError
from app.storage.logbook import start_log, stop_log
from app.storage.masking import LiveSecrets
from app.storage.paths import DataFolder
from tests.rig.keyring_session import KeyringKind, keyring_session
from tests.rig.secret_scan import find_secret, find_secret_in_text
from tests.storage.sample_cases import ORIGIN, edit, saved_case

SECRET = "Kolibri-7#Pfingstrose/ü"
WHEN = datetime(2020, 10, 6, 12, 0, tzinfo=UTC)


def zipped(content: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("inside.txt", content)
    return packed.getvalue()


def pdf_with_stream(content: bytes) -> bytes:
    return b"%PDF-1.7\n1 0 obj <<>>\nstream\n" + zlib.compress(content) + b"\nendstream\nendobj\n"


def mail_with(content: bytes) -> bytes:
    """Attached, in base64 that is broken into lines."""
    mail = EmailMessage()
    mail.set_content("see the file")
    mail.add_attachment(b"x" * 50 + content, maintype="application", subtype="octet-stream")
    return mail.as_bytes()


PLANTED = {
    "plain": f"... {SECRET} ...".encode(),
    "wide": f"... {SECRET} ...".encode("utf-16-le"),
    "wide, the other way round": f"... {SECRET} ...".encode("utf-16-be"),
    "base64": base64.b64encode(SECRET.encode()),
    "base64, one in": base64.b64encode(b"x" + SECRET.encode() + b"yz"),
    "base64, two in": base64.b64encode(b"user:" + SECRET.encode() + b"!"),
    "base64 for addresses": base64.urlsafe_b64encode(b"\xff" + SECRET.encode()),
    "base64 of wide": base64.b64encode(SECRET.encode("utf-16-le")),
    "hex": SECRET.encode().hex().encode(),
    "json": json.dumps({"password": SECRET}).encode(),
    "zip": zipped(SECRET.encode()),
    "zip in a zip in gzip": gzip.compress(zipped(zipped(SECRET.encode()))),
    "bzip2": bz2.compress(SECRET.encode()),
    "pdf": pdf_with_stream(SECRET.encode()),
    "reversed": SECRET.encode()[::-1],
    "html": html.escape(SECRET).encode(),
    "e-mail": mail_with(SECRET.encode()),
    "quoted-printable": quopri.encodestring(SECRET.encode()),
    "base85": base64.b85encode(SECRET.encode() + b"..."),
    "ascii85": base64.a85encode(SECRET.encode() + b"..."),
    "base32": base64.b32encode(SECRET.encode() + b"..."),
    "composed otherwise": unicodedata.normalize("NFD", SECRET).encode(),
    "pdf string": SECRET.encode("utf-16-be").hex().encode(),
    "bytes listed": str(list(SECRET.encode())).encode(),
    "rot13": codecs.encode(SECRET, "rot13").encode(),
}


@pytest.mark.parametrize("form", PLANTED)
def test_the_scanner_finds_what_is_planted(tmp_path: Path, form: str) -> None:
    (tmp_path / "folder").mkdir()
    packed = ("zip", "zip in a zip in gzip", "bzip2", "pdf", "e-mail")
    before = b"" if form in packed else b"before\n"
    (tmp_path / "folder" / "file").write_bytes(before + PLANTED[form])
    assert find_secret(SECRET, tmp_path)
    (tmp_path / "folder" / "file").write_bytes(b"nothing of that kind")
    assert not find_secret(SECRET, tmp_path)


def test_the_scanner_finds_what_a_database_only_keeps_in_its_log(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "a.db", isolation_level=None)) as database:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("CREATE TABLE t (x)")
        database.execute("INSERT INTO t VALUES (?)", (SECRET,))
        assert {leak.place.rpartition("/")[2] for leak in find_secret(SECRET, tmp_path)} == {
            "a.db-wal",
            "a.db > values",
        }


def test_the_scanner_finds_what_lies_across_the_pages_of_a_database(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.execute("CREATE TABLE t (x)")
        for shift in range(0, len(SECRET), 4):
            database.execute(
                "INSERT INTO t VALUES (?)", ("." * (4_000 + shift) + SECRET + "." * 99,)
            )
    found = find_secret(SECRET, path)
    assert f"{path} > values" in {leak.place for leak in found}
    assert find_secret_in_text(SECRET, f"see {SECRET}")
    assert not find_secret_in_text(SECRET, "see")


def test_searching_nothing_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        find_secret(SECRET, tmp_path / "missing")


def whole_session(store: CaseStore, folder: DataFolder, secrets: LiveSecrets) -> None:
    """Everything that storage writes, with a password in use and things going wrong."""
    log = start_log(folder, secrets=secrets, level=logging.DEBUG)
    credentials = CredentialStore(store.database, secrets=secrets)
    case = saved_case(store)
    account = account_name(case.id, "abcdef012345")
    try:
        credentials.save(account, SECRET)
        credentials.save("other", SECRET, this_session_only=True)
        assert credentials.load(account) == SECRET
        store.record(case.id, HistoryEntry(EntryKind.CREDENTIAL_STORED, path="sftp.accounts"))
        edit(store, case, "registration.crd", "123456")
        with pytest.raises(ValueError, match="Kolibri") as raised:
            raise ValueError(f"cannot sign in with {SECRET}")
        logging.getLogger("app").error("failed with %r", SECRET, exc_info=raised.value)
        keep_report(folder, report_of(raised.value, doing=SECRET, secrets=secrets))
    finally:
        stop_log(log)
    make_backup(folder, Reason.START)
    handed = hand_over_file(case, tuple(store.history(case.id)), written_at=WHEN, origin=ORIGIN)
    (folder.root / "case.caiscase").write_bytes(handed)


def test_a_whole_session_leaves_no_password_in_any_file(
    store: CaseStore,
    folder: DataFolder,
    monkeypatch: pytest.MonkeyPatch,
    own_home: Path,
    tmp_path: Path,
) -> None:
    with keyring_session(KeyringKind.UNLOCKED) as session:
        for name, value in session.variables.items():
            monkeypatch.setenv(name, value)
        whole_session(store, folder, LiveSecrets())
        written = {path.suffix or path.name for path in folder.root.rglob("*") if path.is_file()}
        assert written >= {".db", ".db-wal", ".log", ".txt", ".caiscase"}
        # The keyring's own folder too: it keeps the password encrypted.
        assert find_secret(SECRET, tmp_path, own_home, Path(session.variables["HOME"])) == ()


def test_a_refused_password_leaves_no_trace_either(
    store: CaseStore, folder: DataFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    with keyring_session(KeyringKind.LOCKED) as session:
        for name, value in session.variables.items():
            monkeypatch.setenv(name, value)
        log = start_log(folder, secrets=LiveSecrets(), level=logging.DEBUG)
        try:
            with pytest.raises(KeyringUnavailableError) as refused:
                CredentialStore(store.database, secrets=LiveSecrets()).save("account", SECRET)
            logging.getLogger("app").error("not kept", exc_info=refused.value)
        finally:
            stop_log(log)
    assert find_secret(SECRET, folder.root) == ()
