"""A real OpenSSH server on loopback, with a password account that the system does not know.

It runs in mount and process namespaces of its own: its passwd, shadow and group files are laid over
the system's there, its account is confined to a folder, and it dies with whoever started it (even by
SIGKILL), because it lives only as long as its standard input stays open. That takes root: where the
tests are not run as root, `sudo -n` is used.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import os
import shutil
import socket
import subprocess
import tempfile
import threading
from collections.abc import Generator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import bcrypt

#: The account's password, here and wherever a test searches for it.
PASSWORD = "Kolibri-7#Pfingstrose"
USERNAME = "caisfirm"
SUBMITTER_ID = 123
_START_SECONDS = 20
_PORT_ATTEMPTS = 5
_ACCOUNT_ID = 64_123

_START = """
set -eu
mount --bind "$1/passwd" /etc/passwd
mount --bind "$1/shadow" /etc/shadow
mount --bind "$1/group" /etc/group
if [ -f "$1/pam" ]; then mount --bind "$1/pam" /etc/pam.d/sshd; fi
mount -t tmpfs -o mode=755 tmpfs /run
mkdir -p /run/sshd /run/home
mount --bind "$1/home" /run/home
chown root:root /run/home "$1"/host_key_*
chmod 755 /run/home
chmod 600 "$1"/host_key_* "$1/shadow"
/usr/sbin/sshd -D -e -f "$1/sshd_config" &
cat >/dev/null
"""


@dataclass(frozen=True)
class HostKeyShown:
    """A host key of the server, as a test compares it."""

    type: str
    fingerprint: str
    public_key: str


@dataclass
class OpenSSHServer:
    """A running server. `home` is the folder that the account sees as `/`."""

    host: str
    port: int
    username: str
    password: str
    home: Path
    host_keys: tuple[HostKeyShown, ...]
    _lines: list[str] = field(default_factory=list, repr=False)
    _news: threading.Condition = field(default_factory=threading.Condition, repr=False)

    @property
    def host_key(self) -> HostKeyShown:
        return self.host_keys[0]

    @property
    def log(self) -> str:
        """What the server has written so far."""
        with self._news:
            return "".join(self._lines)

    def wait_for_log(self, text: str, seconds: float = _START_SECONDS) -> None:
        """Until the server has written `text`."""
        with self._news:
            found = self._news.wait_for(lambda: text in "".join(self._lines), seconds)
        assert found, f"{text!r} is not in the server's log:\n{self.log}"

    def folder(self, use: str, submitter_id: int = SUBMITTER_ID, kind: str = "cais") -> Path:
        """One of the account's folders, from outside."""
        return self.home / str(submitter_id) / "cat" / kind / use

    def _add_line(self, line: str) -> None:
        with self._news:
            self._lines.append(line)
            self._news.notify_all()


@contextlib.contextmanager
def openssh_server(
    *,
    password: str = PASSWORD,
    username: str = USERNAME,
    submitter_ids: Sequence[int] = (SUBMITTER_ID,),
    folders: Sequence[str] = (),
    key_types: Sequence[str] = ("ed25519",),
    host_keys_from: Path | None = None,
    port: int | None = None,
    options: Sequence[str] = (),
    user_options: Sequence[str] = ("ForceCommand internal-sftp -d /",),
    methods: Sequence[str] = ("password",),
    pam: str | None = None,
    shadow_fields: str = "19000:0:99999:7:::",
    subsystem: bool = True,
) -> Generator[OpenSSHServer]:
    """A server for as long as the `with` block runs.

    Args:
        password: of the account.
        username: of the account.
        submitter_ids: whose CAIS folders the account's home has; none: an empty home.
        folders: further ones to make in the account's home, which nobody may add to later.
        key_types: of the host keys made for it, in ssh-keygen's words.
        host_keys_from: a folder with `host_key_*` files to use instead of new ones.
        port: None: a free one.
        options: further lines of the configuration, in place of the rig's own of the same name.
        user_options: lines that hold for the account only.
        methods: of signing in, as in `AuthenticationMethods`; others are off.
        pam: a PAM configuration; with it the server asks PAM.
        shadow_fields: what follows the password in the account's shadow entry.
        subsystem: whether the server knows SFTP at all.
    """
    folder = Path(tempfile.mkdtemp(prefix="openssh-", dir=_in_memory()))
    try:
        folder.chmod(0o755)
        _write_accounts(folder, username, password, shadow_fields)
        if pam is not None:
            (folder / "pam").write_text(pam)
        _make_home(folder / "home", submitter_ids, folders)
        if host_keys_from is None:
            _make_host_keys(folder, key_types)
        else:
            for key in host_keys_from.glob("host_key_*"):
                shutil.copy(key, folder)
        server = OpenSSHServer(
            "127.0.0.1", 0, username, password, folder / "home", _host_keys_in(folder)
        )
        rules = _Rules(
            tuple(options), tuple(user_options), tuple(methods), pam is not None, subsystem
        )
        with _running(server, folder, port, rules):
            yield server
    finally:
        _remove(folder)


@dataclass(frozen=True)
class _Rules:
    options: tuple[str, ...]
    user_options: tuple[str, ...]
    methods: tuple[str, ...]
    pam: bool
    subsystem: bool


def _in_memory() -> str | None:
    """A folder that no slow disk stands behind, where there is one."""
    return "/dev/shm" if os.access("/dev/shm", os.W_OK | os.X_OK) else None


def as_root(command: list[str]) -> list[str]:
    """`command`, through sudo where the tests are not run as root."""
    return command if os.geteuid() == 0 else ["sudo", "-n", *command]


def _require_root() -> None:
    missing = [tool for tool in ("unshare", "/usr/sbin/sshd") if shutil.which(tool) is None]
    assert not missing, f"The OpenSSH server for the tests needs {missing} (openssh-server)."
    if os.geteuid() == 0:
        return
    assert shutil.which("sudo"), (
        "The OpenSSH server for the tests takes root, and there is no sudo."
    )
    asked = subprocess.run(["sudo", "-n", "true"], capture_output=True, text=True, check=False)
    assert asked.returncode == 0, (
        "The OpenSSH server for the tests takes root: run them as root, or with a sudo that asks "
        f"for no password at this moment (`sudo -v`). sudo said: {asked.stderr.strip()}"
    )


def _account_id() -> int:
    """The account's user number: the tester's own, so that tests can put files into its home."""
    return os.geteuid() or _ACCOUNT_ID


def _write_accounts(folder: Path, username: str, password: str, shadow_fields: str) -> None:
    number = _account_id()
    hashed = bcrypt.hashpw(password.encode(), bcrypt.gensalt(rounds=4)).decode()
    (folder / "passwd").write_text(
        "root:x:0:0:root:/root:/bin/sh\n"
        "sshd:x:64122:65534::/run/sshd:/usr/sbin/nologin\n"
        f"{username}:x:{number}:{number}::/:/bin/sh\n"
    )
    (folder / "shadow").write_text(
        f"root:*:19000:0:99999:7:::\nsshd:*:19000:0:99999:7:::\n{username}:{hashed}:{shadow_fields}\n"
    )
    (folder / "group").write_text(
        f"root:x:0:\nnogroup:x:65534:\nshadow:x:42:\n{username}:x:{number}:\n"
    )


def _make_home(home: Path, submitter_ids: Sequence[int], folders: Sequence[str]) -> None:
    home.mkdir()
    for path in folders:
        (home / path).mkdir(parents=True)
    for submitter_id in submitter_ids:
        for path in ("cat/cais/upload", "cat/cais/feedback", "cat/cais/reports"):
            (home / str(submitter_id) / path).mkdir(parents=True)
    if os.geteuid() == 0:
        for path in home.rglob("*"):
            os.chown(path, _account_id(), _account_id())


def _make_host_keys(folder: Path, key_types: Sequence[str]) -> None:
    for key_type in key_types:
        path = folder / f"host_key_{key_type}"
        command = ["ssh-keygen", "-q", "-N", "", "-C", "", "-t", key_type, "-f", str(path)]
        subprocess.run(command, check=True, stdin=subprocess.DEVNULL)


def _host_keys_in(folder: Path) -> tuple[HostKeyShown, ...]:
    keys = []
    for path in sorted(folder.glob("host_key_*.pub")):
        key_type, encoded = path.read_text().split()[:2]
        digest = hashlib.sha256(base64.b64decode(encoded)).digest()
        fingerprint = "SHA256:" + base64.b64encode(digest).decode().rstrip("=")
        keys.append(HostKeyShown(key_type, fingerprint, encoded))
    return tuple(keys)


def _configuration(folder: Path, port: int, username: str, rules: _Rules) -> str:
    lines = [
        f"Port {port}",
        "ListenAddress 127.0.0.1",
        *(f"HostKey {path}" for path in sorted(folder.glob("host_key_*")) if not path.suffix),
        "PidFile none",
        f"UsePAM {'yes' if rules.pam else 'no'}",
        f"PasswordAuthentication {'yes' if 'password' in rules.methods else 'no'}",
        f"KbdInteractiveAuthentication {'yes' if 'keyboard-interactive' in rules.methods else 'no'}",
        f"PubkeyAuthentication {'yes' if 'publickey' in rules.methods else 'no'}",
        "StrictModes no",
        "UseDNS no",
        "PrintMotd no",
        "MaxStartups 100",
        "MaxSessions 64",
        "LogLevel VERBOSE",
        *(["Subsystem sftp internal-sftp"] if rules.subsystem else []),
        f"AllowUsers {username}",
    ]
    overridden = {option.split()[0] for option in rules.options}
    lines = [line for line in lines if line.split()[0] not in overridden]
    of_the_account = ["ChrootDirectory /run/home", "AllowTcpForwarding no", *rules.user_options]
    lines += [*rules.options, f"Match User {username}", *of_the_account]
    return "\n".join(lines) + "\n"


@contextlib.contextmanager
def _running(
    server: OpenSSHServer, folder: Path, port: int | None, rules: _Rules
) -> Generator[None]:
    _require_root()
    for _ in range(_PORT_ATTEMPTS):
        server.port = port or _free_port()
        configuration = _configuration(folder, server.port, server.username, rules)
        (folder / "sshd_config").write_text(configuration)
        process = _start(folder)
        reader = threading.Thread(target=_read_log, args=(process, server), daemon=True)
        reader.start()
        try:
            if _listens(server, process):
                yield
                return
        finally:
            _stop(process)
            reader.join(_START_SECONDS)
        assert "Address already in use" in server.log, f"sshd did not start:\n{server.log}"
    raise AssertionError(f"No free port found for sshd:\n{server.log}")


def _start(folder: Path) -> subprocess.Popen[str]:
    namespaces = [
        "unshare",
        "--mount",
        "--propagation",
        "private",
        "--pid",
        "--fork",
        "--kill-child",
    ]
    return subprocess.Popen(
        as_root([*namespaces, "sh", "-c", _START, "sh", str(folder)]),
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
    )


def _read_log(process: subprocess.Popen[str], server: OpenSSHServer) -> None:
    assert process.stderr is not None
    with process.stderr as log:
        for line in log:
            server._add_line(line)
    server._add_line("(the server has ended)\n")


def _listens(server: OpenSSHServer, process: subprocess.Popen[str]) -> bool:
    """Whether the server came to listen, told by its own log; False: it ended instead."""
    listening = f"Server listening on 127.0.0.1 port {server.port}."
    ends = (listening, "(the server has ended)", "Address already in use", "fatal:", "Cannot bind")
    with server._news:
        server._news.wait_for(
            lambda: any(end in "".join(server._lines[-9:]) for end in ends), _START_SECONDS
        )
    return listening in server.log and process.poll() is None


def _stop(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    with contextlib.suppress(BrokenPipeError):
        process.stdin.close()
    process.wait(_START_SECONDS)


def _free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port: int = sock.getsockname()[1]
        return port


def _remove(folder: Path) -> None:
    if os.geteuid() != 0:
        command = ["chown", "-R", f"{os.geteuid()}", str(folder)]
        subprocess.run(as_root(command), check=True)
        # A test may have taken its own rights away.
        subprocess.run(["chmod", "-R", "u+rwX", str(folder)], check=True)
    shutil.rmtree(folder)
