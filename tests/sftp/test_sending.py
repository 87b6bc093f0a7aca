"""Sending submissions: once, whole, never over what is there."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest

from app.cancellation import CancelToken
from app.failures import Cancelled, UserFacingError
from app.onboarding.access import Environment
from app.sftp.diagnosis import Fault
from app.sftp.preflight import Preflight, passed
from app.sftp.requests import Ask, Kind, Status, string
from app.sftp.sending import send_pair, send_submission
from app.sftp.session import ConnectionFailedError, Session, open_session
from app.sftp.target import ServerKind
from app.sftp.upload import Arrival, SendProgress
from app.submissions.preflight import check_submission
from tests.rig.openssh import SUBMITTER_ID, OpenSSHServer, openssh_server
from tests.sftp.hostile_server import hostile_server, status
from tests.sftp.running import AnyServer, accepted, target_of
from tests.sftp.sockets import Relay
from tests.submissions.making import TODAY, account, ltid_phase, write

NAME = "123_456_20201005_CAIS_000001.json.bz2"
PARTNER = "123_456_20201005_TIDS_000001.json.bz2"


@pytest.fixture
def own_server() -> Generator[OpenSSHServer]:
    with openssh_server() as server:
        yield server


@contextmanager
def session_with(
    server: AnyServer,
    *,
    port: int | None = None,
    cancel: CancelToken | None = None,
    environment: Environment = Environment.TEST,
    kind: ServerKind = ServerKind.CAIS,
) -> Generator[Session]:
    target = target_of(server, port=port or server.port, environment=environment, kind=kind)
    known = accepted(target, server.host_key.fingerprint)
    with open_session(
        target, lambda: server.password, known, cancel=cancel or CancelToken()
    ) as session:
        yield session


def file_with(folder: Path, content: bytes, name: str = NAME) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def checked(file: Path) -> tuple[Path, Preflight]:
    """A file with its pass, as if it had been checked; what is in it is no matter here."""
    content = file.read_bytes()
    return file, Preflight(len(content), hashlib.sha256(content).hexdigest())


@pytest.mark.parametrize("size", [0, 1, 32_768, 5_000_001])
def test_a_file_arrives_whole(own_server: OpenSSHServer, tmp_path: Path, size: int) -> None:
    content = os.urandom(size)
    steps: list[SendProgress] = []
    with session_with(own_server) as session:
        sent = send_submission(
            session, SUBMITTER_ID, *checked(file_with(tmp_path, content)), on_progress=steps.append
        )
    assert (own_server.folder("upload") / NAME).read_bytes() == content
    assert sent.sha256 == hashlib.sha256(content).hexdigest()
    assert (sent.size, sent.arrival) == (size, Arrival.SEEN_WHOLE)
    assert sent.path == f"/123/cat/cais/upload/{NAME}"
    assert sent.began_at <= sent.sent_at
    assert [step.bytes for step in steps] == sorted(step.bytes for step in steps)
    assert not steps or steps[-1].bytes == size


def test_nothing_is_overwritten(own_server: OpenSSHServer, tmp_path: Path) -> None:
    there = own_server.folder("upload") / NAME
    there.write_bytes(b"sent before")
    with (
        session_with(own_server) as session,
        pytest.raises(UserFacingError, match="already lies"),
    ):
        send_submission(session, SUBMITTER_ID, *checked(file_with(tmp_path, b"new")))
    assert there.read_bytes() == b"sent before"


def test_nothing_is_overwritten_even_if_it_appears_meanwhile(
    own_server: OpenSSHServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = own_server.folder("upload") / NAME

    def appears(*_: object) -> None:
        there.write_bytes(b"from elsewhere")
        there.chmod(0o666)  # nothing but our asking for a new file may protect it

    monkeypatch.setattr("app.sftp.upload.refuse_if_there", appears)
    with (
        session_with(own_server) as session,
        pytest.raises(UserFacingError, match="did not take"),
    ):
        send_submission(session, SUBMITTER_ID, *checked(file_with(tmp_path, b"new")))
    assert there.read_bytes() == b"from elsewhere"


def test_production_waits_for_its_access(own_server: OpenSSHServer, tmp_path: Path) -> None:
    file = file_with(tmp_path, b"x")
    with session_with(own_server, environment=Environment.PRODUCTION) as session:
        with pytest.raises(UserFacingError, match="production environment"):
            send_submission(session, SUBMITTER_ID, *checked(file))
        assert list(own_server.folder("upload").iterdir()) == []
        sent = send_submission(
            session, SUBMITTER_ID, *checked(file), production_access_recorded=True
        )
    assert sent.environment is Environment.PRODUCTION


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("123_456_20201005_caisweb_CAIS_000001.json.bz2", "caisweb"),
        ("123_456_20201005_CAIS_1.json.bz2", "can't be sent"),
        ("124_456_20201005_CAIS_000001.json.bz2", "another submitter"),
        (PARTNER, "their own hosts"),
        ("123_456_20201005_CAIS_000001.v1.feedback.json.bz2", "not the name of a submission"),
        ("holiday.jpg", "can't be sent"),
    ],
)
def test_names_that_cat_would_refuse(
    server: OpenSSHServer, tmp_path: Path, name: str, said: str
) -> None:
    with session_with(server) as session, pytest.raises(UserFacingError, match=said):
        send_submission(session, SUBMITTER_ID, *checked(file_with(tmp_path, b"x", name)))


def test_an_upload_folder_without_permission(own_server: OpenSSHServer, tmp_path: Path) -> None:
    own_server.folder("upload").chmod(0o500)
    with (
        session_with(own_server) as session,
        pytest.raises(UserFacingError, match="did not take"),
    ):
        send_submission(session, SUBMITTER_ID, *checked(file_with(tmp_path, b"x")))


def test_a_file_that_is_gone_here(server: OpenSSHServer, tmp_path: Path) -> None:
    with session_with(server) as session, pytest.raises(UserFacingError, match="can't be read"):
        send_submission(session, SUBMITTER_ID, tmp_path / NAME, Preflight(0, ""))


def test_cat_takes_the_file_at_once(own_server: OpenSSHServer, tmp_path: Path) -> None:
    there = own_server.folder("upload") / NAME

    def take_when_complete(progress: SendProgress) -> None:
        if progress.bytes == progress.bytes_in_all:
            there.unlink()

    with session_with(own_server) as session:
        sent = send_submission(
            session,
            SUBMITTER_ID,
            *checked(file_with(tmp_path, b"x" * 9)),
            on_progress=take_when_complete,
        )
    assert sent.arrival is Arrival.TAKEN


def test_a_file_that_does_not_arrive_whole(own_server: OpenSSHServer, tmp_path: Path) -> None:
    there = own_server.folder("upload") / NAME

    def lose_a_byte(progress: SendProgress) -> None:
        if progress.bytes == progress.bytes_in_all:
            os.truncate(there, 8)

    with (
        session_with(own_server) as session,
        pytest.raises(UserFacingError, match="has 8 bytes of the 9"),
    ):
        send_submission(
            session, SUBMITTER_ID, *checked(file_with(tmp_path, b"x" * 9)), on_progress=lose_a_byte
        )


def test_the_servers_disk_is_full(tmp_path: Path) -> None:
    def answers(kind: int, _body: bytes) -> tuple[int, bytes]:
        if kind == Ask.OPEN:
            return Kind.HANDLE, string(b"h")
        if kind == Ask.STAT:
            return status(Status.NO_SUCH_FILE)
        return status(Status.FAILURE, b"No space left on device")

    with (
        hostile_server(answers) as (target, known),
        open_session(target, lambda: "right", known, cancel=CancelToken()) as session,
        pytest.raises(UserFacingError, match=r"broke off .* No space left"),
    ):
        send_submission(session, SUBMITTER_ID, *checked(file_with(tmp_path, b"x" * 100_000)))


def test_a_cut_in_the_middle(either: AnyServer, tmp_path: Path) -> None:
    with Relay(either.port) as relay, session_with(either, port=relay.port) as session:

        def cut(progress: SendProgress) -> None:
            if progress.bytes > progress.bytes_in_all // 2:
                relay.cut()

        with pytest.raises(ConnectionFailedError) as failed:
            send_submission(
                session,
                SUBMITTER_ID,
                *checked(file_with(tmp_path, os.urandom(5_000_000))),
                on_progress=cut,
            )
    assert failed.value.diagnosis.fault is Fault.CUT_IN_TRANSFER


def test_silence_in_the_middle(
    either: AnyServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.sftp.session.PATIENCE_SECONDS", 0.5)
    with Relay(either.port) as relay, session_with(either, port=relay.port) as session:

        def hold(progress: SendProgress) -> None:
            if progress.bytes > progress.bytes_in_all // 2:
                relay.hold()

        with pytest.raises(ConnectionFailedError) as failed:
            send_submission(
                session,
                SUBMITTER_ID,
                *checked(file_with(tmp_path, os.urandom(5_000_000))),
                on_progress=hold,
            )
    assert failed.value.diagnosis.fault is Fault.TRANSFER_SILENT


def test_cancel_in_the_middle(either: AnyServer, tmp_path: Path) -> None:
    cancel = CancelToken()

    def cancel_half_way(progress: SendProgress) -> None:
        if progress.bytes > progress.bytes_in_all // 2:
            cancel.cancel()

    with session_with(either, cancel=cancel) as session, pytest.raises(Cancelled):
        send_submission(
            session,
            SUBMITTER_ID,
            *checked(file_with(tmp_path, os.urandom(5_000_000))),
            on_progress=cancel_half_way,
        )


def test_a_pair_goes_to_its_two_hosts(own_server: OpenSSHServer, tmp_path: Path) -> None:
    with openssh_server(submitter_ids=(), folders=("123/cat/tid/upload",)) as second:
        upload = second.folder("upload", kind="tid")
        with (
            session_with(own_server) as cais,
            session_with(second, kind=ServerKind.TRANSFORMED_IDENTIFIERS) as tid,
        ):
            data = file_with(tmp_path, b"data")
            partner = file_with(tmp_path, b"partner", PARTNER)
            sent = send_pair((cais, *checked(data)), (tid, *checked(partner)), SUBMITTER_ID)
        assert [file.path for file in sent] == [
            f"/123/cat/cais/upload/{NAME}",
            f"/123/cat/tid/upload/{PARTNER}",
        ]
        assert (upload / PARTNER).read_bytes() == b"partner"


def test_no_half_of_a_pair_is_sent(own_server: OpenSSHServer, tmp_path: Path) -> None:
    with openssh_server(submitter_ids=(), folders=("123/cat/tid/upload",)) as second:
        upload = second.folder("upload", kind="tid")
        (upload / PARTNER).write_bytes(b"sent before")
        with (
            session_with(own_server) as cais,
            session_with(second, kind=ServerKind.TRANSFORMED_IDENTIFIERS) as tid,
        ):
            data = file_with(tmp_path, b"data")
            partner = file_with(tmp_path, b"partner", PARTNER)
            with pytest.raises(UserFacingError, match="already lies"):
                send_pair((cais, *checked(data)), (tid, *checked(partner)), SUBMITTER_ID)
            other = file_with(tmp_path, b"x", PARTNER.replace("000001", "000002"))
            with pytest.raises(UserFacingError, match="belong together"):
                send_pair((cais, *checked(data)), (tid, *checked(other)), SUBMITTER_ID)
            with pytest.raises(UserFacingError, match="their own hosts"):
                send_pair((tid, *checked(data)), (cais, *checked(partner)), SUBMITTER_ID)
    assert list(own_server.folder("upload").iterdir()) == []


@pytest.mark.parametrize(
    ("preflight", "meaning"),
    [
        (Preflight(8, "0" * 64), "Nothing was sent"),
        (Preflight(9, "0" * 64), "not what was checked"),
    ],
)
def test_a_file_that_changed_after_its_check(
    own_server: OpenSSHServer, tmp_path: Path, preflight: Preflight, meaning: str
) -> None:
    with session_with(own_server) as session, pytest.raises(UserFacingError, match=meaning):
        send_submission(session, SUBMITTER_ID, file_with(tmp_path, b"x" * 9), preflight)


def test_only_what_passes_its_check_gets_a_pass(tmp_path: Path) -> None:
    good = write(tmp_path, "123_999_20201005_CAIS_000001.json.bz2", ltid_phase([account(1)]))
    bad = write(
        tmp_path,
        "123_999_20201005_CAIS_000002.json.bz2",
        ltid_phase([account(1, fdidType="NOTHING")]),
    )
    broken = file_with(tmp_path, b"no bzip2", "123_999_20201005_CAIS_000003.json.bz2")
    reports = [check_submission(path, today=TODAY) for path in (good, bad, broken)]
    assert passed(reports[0]) == checked(good)[1]
    with pytest.raises(UserFacingError, match="would reject records"):
        passed(reports[1])
    assert passed(reports[1], rejections_accepted=True) == checked(bad)[1]
    with pytest.raises(UserFacingError, match="did not pass"):
        passed(reports[2], rejections_accepted=True)
    for report in reports:
        report.close()
