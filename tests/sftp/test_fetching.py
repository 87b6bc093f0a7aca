"""Fetching feedback: what is new, whole or not at all, and nothing on the server changed."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import paramiko
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.cancellation import CancelToken
from app.failures import Cancelled, UserFacingError
from app.sftp.diagnosis import Fault
from app.sftp.download import NotFetched
from app.sftp.feedback_files import (
    FEEDBACK_KEPT_DAYS,
    RemoteFile,
    days_left_by_submission,
    list_feedback,
)
from app.sftp.fetching import FetchProgress, FetchReport, fetch_feedback, fetch_files
from app.sftp.folders import NAMES_LOOKED_AT
from app.sftp.listing import list_folder
from app.sftp.local_names import local_name, local_names
from app.sftp.session import ConnectionFailedError, Session, open_session
from app.sftp.target import ConnectionTarget
from tests.rig.openssh import SUBMITTER_ID, OpenSSHServer, as_root, openssh_server
from tests.sftp.hostile_server import Folder, hostile_server, names
from tests.sftp.running import AnyServer, accepted, run_trusting, target_of
from tests.sftp.scripted_server import Script, scripted_server
from tests.sftp.sockets import Relay

NAME = "123_456_20201005_CAIS_000001.v1.feedback.json.bz2"


@contextmanager
def session_with(
    server: AnyServer, port: int | None = None, cancel: CancelToken | None = None
) -> Generator[Session]:
    target = target_of(server, port=port or server.port)
    known = accepted(target, server.host_key.fingerprint)
    with open_session(
        target, lambda: server.password, known, cancel=cancel or CancelToken()
    ) as session:
        yield session


def fetch(server: AnyServer, into: Path, port: int | None = None) -> FetchReport:
    with session_with(server, port) as session:
        return fetch_feedback(session, SUBMITTER_ID, into)


@pytest.fixture
def own_server() -> Generator[OpenSSHServer]:
    """A server of this test's own, to put files on."""
    with openssh_server() as server:
        yield server


def put(server: AnyServer, name: str, content: bytes, age_days: float = 0) -> Path:
    path = server.folder("feedback") / name
    path.write_bytes(content)
    then = datetime.now(UTC).timestamp() - age_days * 86_400
    os.utime(path, (then, then))
    return path


def fetched_names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir() if path.is_file()}


def test_everything_new_is_fetched_once(own_server: OpenSSHServer, tmp_path: Path) -> None:
    contents = {f"{n}.json.bz2": os.urandom(size) for n, size in enumerate((0, 1, 32_767, 32_768))}
    contents |= {f"big-{size}.json.bz2": os.urandom(size) for size in (32_769, 65_536, 1_000_001)}
    sources = {name: put(own_server, name, content, 3) for name, content in contents.items()}
    into = tmp_path / "case" / "feedback"
    first = fetch(own_server, into)
    assert {file.path.name for file in first.fetched} == set(contents)
    assert first.skipped == ()
    for name, content in contents.items():
        assert (into / name).read_bytes() == content
        assert int((into / name).stat().st_mtime) == int(sources[name].stat().st_mtime)
        assert sources[name].read_bytes() == content
    second = fetch(own_server, into)
    assert (second.fetched, second.unchanged) == ((), len(contents))


def test_a_file_that_changed_is_fetched_anew_and_the_older_one_kept(
    own_server: OpenSSHServer, tmp_path: Path
) -> None:
    put(own_server, NAME, b"before", 2)
    fetch(own_server, tmp_path)
    put(own_server, NAME, b"after!", 1)
    report = fetch(own_server, tmp_path)
    assert [file.path.name for file in report.fetched] == [NAME]
    assert (tmp_path / NAME).read_bytes() == b"after!"
    (kept,) = (tmp_path / "replaced").iterdir()
    assert kept.read_bytes() == b"before"
    assert kept.name.endswith(NAME)


def test_a_file_of_another_size_is_new_whatever_its_time(
    own_server: OpenSSHServer, tmp_path: Path
) -> None:
    source = put(own_server, NAME, b"whole")
    (tmp_path / NAME).write_bytes(b"who")
    then = source.stat().st_mtime
    os.utime(tmp_path / NAME, (then, then))
    assert len(fetch(own_server, tmp_path).fetched) == 1
    assert (tmp_path / NAME).read_bytes() == b"whole"


def test_folders_and_links_are_no_feedback(own_server: OpenSSHServer, tmp_path: Path) -> None:
    (own_server.folder("feedback") / "folder.json.bz2").mkdir()
    (own_server.folder("feedback") / "link.json.bz2").symlink_to("/etc/passwd")
    put(own_server, NAME, b"x")
    assert [file.path.name for file in fetch(own_server, tmp_path).fetched] == [NAME]


def test_a_file_without_permission_is_left_out(own_server: OpenSSHServer, tmp_path: Path) -> None:
    put(own_server, NAME, b"x")
    put(own_server, "closed.json.bz2", b"x").chmod(0)
    report = fetch(own_server, tmp_path)
    assert [file.path.name for file in report.fetched] == [NAME]
    assert [file.reason for file in report.skipped] == [NotFetched.DENIED]


@pytest.mark.parametrize(
    ("claimed", "holds", "reason"),
    [
        (100, 101, NotFetched.GREW),
        (32_768, 32_769, NotFetched.GREW),
        (100_000, 200_000, NotFetched.GREW),
        (100, 99, NotFetched.SHRANK),
        (100_000, 32_768, NotFetched.SHRANK),
        (100, 0, NotFetched.SHRANK),
    ],
)
def test_a_file_that_grows_or_shrinks_meanwhile(
    claimed: int, holds: int, reason: NotFetched, tmp_path: Path
) -> None:
    with hostile_server(Folder(((NAME.encode(), claimed),), holds)) as (target, known):
        report = _fetch_from(target, known, tmp_path)
    assert [file.reason for file in report.skipped] == [reason]
    assert fetched_names(tmp_path) == set()
    assert list((tmp_path / ".partial").iterdir()) == []


def test_a_file_that_vanishes_meanwhile(either: AnyServer, tmp_path: Path) -> None:
    gone = put(either, NAME, b"x")
    put(either, "stays.json.bz2", b"y")
    with session_with(either) as session:
        files = list_feedback(session.sftp, f"/{SUBMITTER_ID}/cat/cais/feedback")
        gone.unlink()
        fetched, skipped = fetch_files(session, files, tmp_path, lambda _: None)
    assert [file.path.name for file in fetched] == ["stays.json.bz2"]
    assert [file.reason for file in skipped] == [NotFetched.GONE]


def _fetch_from(target: ConnectionTarget, known: tuple[object, ...], into: Path) -> FetchReport:
    with open_session(
        target,
        lambda: "right",
        known,  # type: ignore[arg-type]
        cancel=CancelToken(),
    ) as session:
        return fetch_feedback(session, SUBMITTER_ID, into)


HOSTILE_NAMES = (
    b"../../climbs.json.bz2",
    b"/etc/passwd",
    b"..\\..\\windows.json.bz2",
    b"C:\\autoexec.bat",
    b"NUL.json",
    b"com1",
    b"\xff\xfe not text",
    b"new\nline\x1b[31m",
    "\u202egnp.exe".encode(),
    b".hidden",
    b"ends.with.dot.",
    b"x" * 255,
    b"stream.json:evil",
    b"same.json.bz2",
    b"SAME.json.bz2",
    b" ",
)


def test_names_that_climb_and_worse(tmp_path: Path) -> None:
    entries = tuple((name, 5) for name in HOSTILE_NAMES)
    into = tmp_path / "in" / "here"
    with hostile_server(Folder(entries)) as (target, known):
        report = _fetch_from(target, known, into)
    assert len(report.fetched) == len(HOSTILE_NAMES)
    assert {path.parent for path in tmp_path.rglob("*") if path.is_file()} == {into}
    here = fetched_names(into)
    assert len({name.casefold() for name in here}) == len(HOSTILE_NAMES)
    assert "same.json.bz2" in here
    assert sum(file.remote.renamed for file in report.fetched) == len(HOSTILE_NAMES) - 1


@given(st.lists(st.binary(max_size=300), unique=True, max_size=20))
@example([b"\0A.-", b"-", b"\0.-_"])
def test_any_name_becomes_a_safe_one(raw_names: list[bytes]) -> None:
    names = local_names(raw_names)
    assert len({name.casefold() for name in names.values()}) == len(raw_names)
    for name in names.values():
        assert Path(name).name == name
        assert name.isascii()
        assert name.isprintable()
        assert not set(name) & set('<>:"/\\|?* ')
        assert not name.startswith(".")
        assert not name.endswith(".")
        assert 0 < len(name) <= 250


def test_a_cais_name_stays_as_it_is() -> None:
    assert local_name(NAME.encode()) == NAME


def test_answers_that_are_no_sftp(tmp_path: Path) -> None:
    for answer in ((199, b""), (104, b"\xff" * 8), (102, b""), (101, b"")):
        with (
            hostile_server(lambda _kind, _body, answer=answer: answer) as (target, known),
            pytest.raises(UserFacingError),
        ):
            _fetch_from(target, known, tmp_path)


def test_a_hundred_thousand_names(tmp_path: Path) -> None:
    count = 100_000

    class Many(Folder):
        given = 0

        def __call__(self, kind: int, body: bytes) -> tuple[int, bytes]:
            if kind == 12 and self.given < count:
                start, self.given = self.given, self.given + 1_000
                return names(*((f"{n}.json".encode(), 1) for n in range(start, self.given)))
            self.listed = True
            return super().__call__(kind, body)

    with (
        hostile_server(Many(())) as (target, known),
        open_session(target, lambda: "right", known, cancel=CancelToken()) as session,
    ):
        assert len(list_folder(session.sftp, "/x")) == count


def test_a_long_listing_may_take_longer_than_a_silence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.sftp.session.PATIENCE_SECONDS", 0.5)
    pause = threading.Event()

    class Slow(Folder):
        given = 0

        def __call__(self, kind: int, body: bytes) -> tuple[int, bytes]:
            if kind == 12 and self.given < 10:
                pause.wait(0.1)
                self.given += 1
                return names((f"{self.given}.json.bz2".encode(), 0))
            self.listed = True
            return super().__call__(kind, body)

    with hostile_server(Slow(())) as (target, known):
        report = _fetch_from(target, known, tmp_path)
    assert len(report.fetched) == 10


def test_a_folder_with_a_hundred_thousand_files(either: AnyServer) -> None:
    folder = either.folder("feedback")
    for number in range(100_000):
        (folder / f"{number}.json.bz2").touch()
    outcome = run_trusting(either)
    assert outcome.ok
    assert outcome.folders is not None
    feedback = outcome.folders.folders[1]
    assert (feedback.files, feedback.more) == (NAMES_LOOKED_AT, True)
    assert f"more than {NAMES_LOOKED_AT:,} files" in outcome.stages[-1].finding
    with session_with(either) as session:
        files = list_feedback(session.sftp, f"/{SUBMITTER_ID}/cat/cais/feedback")
    assert len({file.name for file in files}) == 100_000


def test_a_cut_in_the_middle_of_a_file_and_going_on_from_there(
    either: AnyServer, tmp_path: Path
) -> None:
    content = os.urandom(8_000_000)
    put(either, NAME, content)
    with Relay(either.port) as relay, session_with(either, relay.port) as session:
        relay.cut_after(4_000_000)
        with pytest.raises(ConnectionFailedError) as failed:
            fetch_feedback(session, SUBMITTER_ID, tmp_path)
    assert failed.value.diagnosis.fault is Fault.CUT_IN_TRANSFER
    assert fetched_names(tmp_path) == set()
    (part,) = (tmp_path / ".partial").iterdir()
    had = part.read_bytes()
    assert 2_000_000 < len(had) < 4_000_000
    assert content.startswith(had)
    with Relay(either.port) as relay:
        with session_with(either, relay.port) as session:
            fetch_feedback(session, SUBMITTER_ID, tmp_path)
        assert relay.to_client < len(content) - len(had) + 1_000_000
    assert (tmp_path / NAME).read_bytes() == content
    assert list((tmp_path / ".partial").iterdir()) == []


def test_a_partial_file_of_another_state_is_not_gone_on_with(
    own_server: OpenSSHServer, tmp_path: Path
) -> None:
    put(own_server, NAME, b"x" * 500_000)
    (tmp_path / ".partial").mkdir()
    (tmp_path / ".partial" / f"{NAME}.500000-1").write_bytes(b"y" * 400_000)
    fetch(own_server, tmp_path)
    assert (tmp_path / NAME).read_bytes() == b"x" * 500_000


def test_a_partial_file_that_is_too_long_is_cut(own_server: OpenSSHServer, tmp_path: Path) -> None:
    path = put(own_server, NAME, b"x" * 200_000)
    (tmp_path / ".partial").mkdir()
    part = tmp_path / ".partial" / f"{NAME}.200000-{int(path.stat().st_mtime)}"
    part.write_bytes(b"x" * 900_000)
    fetch(own_server, tmp_path)
    assert (tmp_path / NAME).read_bytes() == b"x" * 200_000


def test_a_corrupted_line_is_noticed(either: AnyServer, tmp_path: Path) -> None:
    put(either, NAME, os.urandom(2_000_000))
    with Relay(either.port) as relay, session_with(either, relay.port) as session:
        relay.corrupt()
        with pytest.raises(ConnectionFailedError) as failed:
            fetch_feedback(session, SUBMITTER_ID, tmp_path)
    assert failed.value.diagnosis.fault is Fault.CUT_IN_TRANSFER
    assert fetched_names(tmp_path) == set()


def test_silence_in_the_middle_ends_the_fetch(
    either: AnyServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.sftp.session.PATIENCE_SECONDS", 0.5)
    put(either, NAME, os.urandom(2_000_000))
    with Relay(either.port) as relay, session_with(either, relay.port) as session:
        relay.hold()
        with pytest.raises(ConnectionFailedError) as failed:
            fetch_feedback(session, SUBMITTER_ID, tmp_path)
    assert failed.value.diagnosis.fault is Fault.TRANSFER_SILENT


def test_cancel_in_the_middle_of_a_file(either: AnyServer, tmp_path: Path) -> None:
    put(either, NAME, os.urandom(20_000_000))
    cancel = CancelToken()

    def cancel_half_way(progress: FetchProgress) -> None:
        if progress.bytes > progress.bytes_in_all // 2:
            cancel.cancel()

    with session_with(either, cancel=cancel) as session, pytest.raises(Cancelled):
        fetch_feedback(session, SUBMITTER_ID, tmp_path, cancel_half_way)
    assert fetched_names(tmp_path) == set()
    assert len(list((tmp_path / ".partial").iterdir())) == 1


def test_cancel_from_another_thread_while_nothing_comes(either: AnyServer, tmp_path: Path) -> None:
    put(either, NAME, os.urandom(2_000_000))
    cancel = CancelToken()
    with Relay(either.port) as relay, session_with(either, relay.port, cancel) as session:
        relay.hold()

        def cancel_when_held() -> None:
            relay.holds_something.wait()
            cancel.cancel()

        canceller = threading.Thread(target=cancel_when_held)
        canceller.start()
        with pytest.raises(Cancelled):
            fetch_feedback(session, SUBMITTER_ID, tmp_path)
        canceller.join()


def test_a_long_line_with_losses(either: AnyServer, tmp_path: Path) -> None:
    for number in range(40):
        put(either, f"{number}.json.bz2", os.urandom(2_000))
    put(either, NAME, os.urandom(500_000))
    with Relay(either.port, delay=0.125, loss=0.01) as relay:
        report = fetch(either, tmp_path, relay.port)
    assert len(report.fetched) == 41


def test_no_feedback_folder(tmp_path: Path) -> None:
    with (
        openssh_server(submitter_ids=()) as server,
        session_with(server) as session,
        pytest.raises(UserFacingError, match="can't be listed"),
    ):
        fetch_feedback(session, SUBMITTER_ID, tmp_path)


def test_an_unknown_server_is_not_signed_in_to(server: OpenSSHServer) -> None:
    target = target_of(server)
    with (
        pytest.raises(ConnectionFailedError) as failed,
        open_session(target, lambda: server.password, (), cancel=CancelToken()),
    ):
        raise AssertionError
    assert failed.value.diagnosis.fault is Fault.HOST_KEY_UNKNOWN
    assert failed.value.host_key is not None
    assert failed.value.host_key.fingerprint == server.host_key.fingerprint
    assert server.password not in str(failed.value)


_INTO_A_FULL_DISK = """
import sys
from pathlib import Path
from app.cancellation import CancelToken
from app.failures import UserFacingError
from app.sftp.fetching import fetch_feedback
from app.sftp.session import open_session
from app.sftp.target import ConnectionTarget
from tests.sftp.running import accepted

into, port, username, fingerprint, password = sys.argv[1:]
target = ConnectionTarget("127.0.0.1", username, int(port))
known = accepted(target, fingerprint)
with open_session(target, lambda: password, known, cancel=CancelToken()) as session:
    try:
        fetch_feedback(session, 123, Path(into))
    except UserFacingError as error:
        print(error)
print(sorted(path.name for path in Path(into).iterdir()))
"""


def test_a_full_disk_here(either: AnyServer, tmp_path: Path) -> None:
    put(either, "first.json.bz2", b"x" * 1_000, 5)
    put(either, "second.json.bz2", os.urandom(3_000_000), 1)
    into = tmp_path / "small"
    into.mkdir()
    # A file system of 1 MB that exists for this child only.
    mount = 'mount -t tmpfs -o size=1m tmpfs "$1" && shift && exec "$@"'
    arguments = [
        *(str(into), str(either.port), either.username),
        *(either.host_key.fingerprint, either.password),
    ]
    child = [sys.executable, "-B", "-c", _INTO_A_FULL_DISK, *arguments]
    ran = subprocess.run(
        as_root(["unshare", "--mount", "sh", "-c", mount, "sh", str(into), *child]),
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
    )
    assert "The disk of this computer is full." in ran.stdout
    assert ran.stdout.endswith("['.partial', 'first.json.bz2']\n")


def remote(name: str, days: float, now: datetime) -> RemoteFile:
    modified = int((now - timedelta(days=days)).timestamp())
    return RemoteFile(name.encode(), name, 1, modified, renamed=False)


@pytest.mark.parametrize(
    ("age", "left"),
    [(0, 10), (0.99, 10), (1, 9), (7, 3), (9.99, 1), (10, 0), (30, 0), (-2, FEEDBACK_KEPT_DAYS)],
)
def test_days_left_of_the_retention(age: float, left: int) -> None:
    now = datetime(2020, 10, 15, 12, tzinfo=UTC)
    assert remote(NAME, age, now).days_left(now) == left


def test_days_left_by_submission_are_those_of_the_oldest_file() -> None:
    now = datetime(2020, 10, 15, 12, tzinfo=UTC)
    base = "123_456_20201005_CAIS_000001"
    files = [remote(f"{base}.v{n}.feedback.json.bz2", 4 - n, now) for n in (1, 2, 3)]
    files.append(remote("sentinel_without_dot", 9, now))
    assert days_left_by_submission(files, now) == {base: 7}


class _Shouting(paramiko.SubsystemHandler):
    """Answers in the form of SFTP once, and then with something else."""

    def start_subsystem(
        self, name: str, transport: paramiko.Transport, channel: paramiko.Channel
    ) -> None:
        channel.recv(9)
        channel.sendall(b"\x00\x00\x00\x05\x02\x00\x00\x00\x03")
        channel.recv(1)
        channel.sendall(b"\xff" * 64)
        channel.recv(100_000)


def test_an_answer_of_four_gigabytes_is_not_waited_for(tmp_path: Path) -> None:
    with scripted_server(Script(), _Shouting) as server:
        target = ConnectionTarget("127.0.0.1", "firm", server.port)
        with pytest.raises(ConnectionFailedError) as failed:
            _fetch_from(target, accepted(target, server.host_key.fingerprint), tmp_path)
    assert failed.value.diagnosis.fault is Fault.CUT_IN_TRANSFER
