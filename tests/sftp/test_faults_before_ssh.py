"""Everything that can go wrong before SSH is spoken; each gets its own diagnosis (R4)."""

from __future__ import annotations

import errno
import http.server
import itertools
import socket
import ssl
import threading
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from app.cancellation import CancelToken
from app.sftp.diagnosis import Fault
from app.sftp.reach import Address
from app.sftp.stages import ConnectionOutcome, Stage, run_connection_test, test_connection
from app.sftp.target import ConnectionTarget
from tests.sftp.running import SHORT, run
from tests.sftp.sockets import closed_port, dropping, peer


def at_port(port: int) -> ConnectionOutcome:
    return run(ConnectionTarget("127.0.0.1", "firm", port), limits=SHORT)


def with_lookup(
    target: ConnectionTarget, answer: Exception | tuple[Address, ...]
) -> ConnectionOutcome:
    """A run whose name service is made up: this system has none to bring these answers about."""

    def lookup(_host: str, _port: int) -> tuple[Address, ...]:
        if isinstance(answer, Exception):
            raise answer
        return answer

    return run_connection_test(
        test_connection(
            target, lambda: None, (), cancel=CancelToken(), limits=SHORT, lookup=lookup
        ),
        lambda _: None,
    )


def stopped_at(outcome: ConnectionOutcome, stage: Stage, fault: Fault) -> None:
    assert (outcome.stages[-1].stage, outcome.fault) == (stage, fault)


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        (socket.EAI_NONAME, Fault.NAME_NOT_FOUND),
        (socket.EAI_NODATA, Fault.NAME_NOT_FOUND),
        (socket.EAI_AGAIN, Fault.LOOKUP_UNAVAILABLE),
        (socket.EAI_FAIL, Fault.LOOKUP_UNAVAILABLE),
    ],
)
def test_names_that_lead_nowhere(code: int, fault: Fault) -> None:
    target = ConnectionTarget("sftp.firm.example", "firm")
    outcome = with_lookup(target, socket.gaierror(code, "said by the system"))
    stopped_at(outcome, Stage.FIND_HOST, fault)
    assert outcome.stages[-1].details == (f"[Errno {code}] said by the system",)


@pytest.mark.parametrize("host", ["a..b", "x" * 64 + ".example"])
def test_a_name_that_can_be_none(host: str) -> None:
    stopped_at(run(ConnectionTarget(host, "firm")), Stage.FIND_HOST, Fault.NAME_INVALID)


def test_a_name_without_an_address_of_the_right_family() -> None:
    target = ConnectionTarget("sftp.firm.example", "firm", bind_address="127.0.0.1")
    only_v6 = (Address(socket.AF_INET6, ("::1", 22, 0, 0)),)
    outcome = with_lookup(target, only_v6)
    stopped_at(outcome, Stage.FIND_HOST, Fault.NO_ADDRESS_OF_FAMILY)
    assert "only IPv6 addresses" in outcome.stages[-1].causes[0]
    assert "IPv4" in outcome.stages[-1].causes[0]


def test_a_look_up_that_takes_too_long() -> None:
    answered = threading.Event()

    def lookup(_host: str, _port: int) -> tuple[Address, ...]:
        answered.wait()
        return ()

    target = ConnectionTarget("sftp.firm.example", "firm")
    outcome = run_connection_test(
        test_connection(
            target, lambda: None, (), cancel=CancelToken(), limits=SHORT, lookup=lookup
        ),
        lambda _: None,
    )
    answered.set()
    stopped_at(outcome, Stage.FIND_HOST, Fault.LOOKUP_SILENT)


def test_a_closed_port() -> None:
    outcome = at_port(closed_port())
    stopped_at(outcome, Stage.REACH_PORT, Fault.PORT_CLOSED)
    assert outcome.stages[-1].details == ("127.0.0.1: ECONNREFUSED",)


def test_packets_that_are_dropped() -> None:
    with dropping() as port:
        outcome = at_port(port)
    stopped_at(outcome, Stage.REACH_PORT, Fault.NO_ANSWER)
    assert "allow-list" in outcome.stages[-1].causes[0]


def test_no_way_to_the_address() -> None:
    # The broadcast address of loopback: no connection leads there.
    outcome = run(ConnectionTarget("127.255.255.255", "firm"), limits=SHORT)
    stopped_at(outcome, Stage.REACH_PORT, Fault.NO_ROUTE)


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        (errno.EHOSTUNREACH, Fault.NO_ROUTE),
        (errno.ENETDOWN, Fault.NO_ROUTE),
        (errno.EACCES, Fault.BLOCKED_HERE),
        (errno.EPERM, Fault.BLOCKED_HERE),
        (errno.ECONNRESET, Fault.PORT_CLOSED),
        (errno.ETIMEDOUT, Fault.NO_ANSWER),
    ],
)
def test_what_only_other_networks_answer(
    code: int, fault: Fault, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Made up: loopback has no firewall and no router that answers so.
    monkeypatch.setattr("app.sftp.reach._connect", lambda *_: code)
    stopped_at(run(ConnectionTarget("127.0.0.1", "firm")), Stage.REACH_PORT, fault)


def test_a_bind_address_that_is_not_ours() -> None:
    target = ConnectionTarget("127.0.0.1", "firm", 22, bind_address="192.0.2.1")
    stopped_at(run(target), Stage.REACH_PORT, Fault.BIND_ADDRESS_UNUSABLE)


def test_a_bind_address_is_used() -> None:
    with peer() as here:
        target = ConnectionTarget("127.0.0.1", "firm", here.port, bind_address="127.0.0.77")
        outcome = run(target, limits=SHORT)
    stopped_at(outcome, Stage.SPEAK_SSH, Fault.SILENT)


def test_a_second_address_is_tried_when_the_first_refuses() -> None:
    with peer(lambda client: client.close()) as here:
        target = ConnectionTarget("sftp.firm.example", "firm", here.port)
        refusing = Address(socket.AF_INET, ("127.0.0.1", closed_port()))
        answering = Address(socket.AF_INET, ("127.0.0.1", here.port))
        outcome = with_lookup(target, (refusing, answering))
    stopped_at(outcome, Stage.SPEAK_SSH, Fault.CLOSED_UNGREETED)


def test_a_server_that_stays_silent() -> None:
    with peer() as here:
        outcome = at_port(here.port)
    stopped_at(outcome, Stage.SPEAK_SSH, Fault.SILENT)
    assert here.received.startswith(b"SSH-2.0-")


def test_a_server_that_hangs_up_at_once() -> None:
    with peer(lambda client: client.close()) as here:
        stopped_at(at_port(here.port), Stage.SPEAK_SSH, Fault.CLOSED_UNGREETED)


def test_a_web_server() -> None:
    server = http.server.HTTPServer(("127.0.0.1", 0), http.server.SimpleHTTPRequestHandler)
    server.RequestHandlerClass.log_message = lambda *_: None  # type: ignore[method-assign]
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        outcome = at_port(server.server_port)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
    stopped_at(outcome, Stage.SPEAK_SSH, Fault.HTTP_INSTEAD)


@contextmanager
def _tls_context(folder: Path) -> Generator[ssl.SSLContext]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now)
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    pem = folder / "server.pem"
    pem.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    yield context


def test_a_tls_server(tmp_path: Path) -> None:
    with _tls_context(tmp_path) as context:

        def handshake(client: socket.socket) -> None:
            # It ends what is no TLS without a word; ssl.SSLError is an OSError.
            context.wrap_socket(client, server_side=True)

        with peer(handshake) as here:
            outcome = at_port(here.port)
    stopped_at(outcome, Stage.SPEAK_SSH, Fault.TLS_INSTEAD)


@pytest.mark.parametrize(
    ("greeting", "fault"),
    [
        (b"220 FTP service ready\r\n", Fault.NOT_SSH),
        (b"SSH", Fault.NOT_SSH),
        (b"\x00\x01\x02\xff", Fault.NOT_SSH),
        (b"SSH-1.5-Ancient\r\n", Fault.OLD_SSH_1),
        (b"SSH-9.9-Future\r\n", Fault.OLD_SSH_1),
        (b"Not allowed at this time\r\n", Fault.SERVER_BUSY),
    ],
)
def test_greetings_that_are_no_ssh_2(greeting: bytes, fault: Fault) -> None:
    def greet(client: socket.socket) -> None:
        client.sendall(greeting)
        client.shutdown(socket.SHUT_WR)

    with peer(greet) as here:
        stopped_at(at_port(here.port), Stage.SPEAK_SSH, fault)


@pytest.mark.parametrize("piece", [b"x" * 4_000, b"line\r\n"])
def test_a_banner_without_end(piece: bytes) -> None:
    def talk(client: socket.socket) -> None:
        for _ in itertools.count():
            client.sendall(piece)

    with peer(talk) as here:
        stopped_at(at_port(here.port), Stage.SPEAK_SSH, Fault.ENDLESS_GREETING)


def test_a_banner_that_drips_without_end_meets_the_time_limit() -> None:
    enough = threading.Event()

    def drip(client: socket.socket) -> None:
        while not enough.wait(0.02):
            client.sendall(b"x")

    with peer(drip) as here:
        outcome = at_port(here.port)
        enough.set()
    stopped_at(outcome, Stage.SPEAK_SSH, Fault.NOT_SSH)


def test_a_banner_with_terminal_escapes_and_html_is_shown_as_plain_text() -> None:
    def greet(client: socket.socket) -> None:
        client.sendall(b"\x1b]0;owned\x07\x1b[31m<b>Hello</b>\x00\xe2\x80\xae gnp.exe\r\n")
        client.shutdown(socket.SHUT_WR)

    with peer(greet) as here:
        outcome = at_port(here.port)
    stopped_at(outcome, Stage.SPEAK_SSH, Fault.NOT_SSH)
    (detail,) = outcome.stages[-1].details
    assert detail == "It said: ]0;owned[31m<b>Hello</b> gnp.exe"


def test_a_greeting_that_is_followed_by_nothing() -> None:
    with peer(lambda client: client.sendall(b"SSH-2.0-Half\r\n")) as here:
        outcome = at_port(here.port)
    stopped_at(outcome, Stage.AGREE, Fault.AGREEMENT_SILENT)
    assert outcome.server_version == "SSH-2.0-Half"


def test_a_greeting_that_is_followed_by_the_end() -> None:
    def greet(client: socket.socket) -> None:
        client.sendall(b"SSH-2.0-Half\r\n")
        client.recv(65_536)
        client.close()

    with peer(greet) as here:
        stopped_at(at_port(here.port), Stage.AGREE, Fault.CUT_IN_AGREEMENT)


@pytest.mark.parametrize("kind", [b"\x14", b"\x63"])
def test_a_greeting_that_is_followed_by_nonsense(kind: bytes) -> None:
    nonsense = b"\x00\x00\x00\x0c\x0a" + kind + b"\xff" * 64
    with peer(lambda client: client.sendall(b"SSH-2.0-Half\r\n" + nonsense)) as here:
        outcome = at_port(here.port)
    stopped_at(outcome, Stage.AGREE, Fault.BROKEN_AGREEMENT)
