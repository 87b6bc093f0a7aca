"""One window per data folder: a second start rings, and the window of the first one comes up."""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path

from PySide6.QtCore import QObject, QStandardPaths, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

from app.failures import UserFacingError
from app.storage.origin import Origin
from app.storage.paths import DataFolder

_RING = "ring"
_COMING = b"coming\n"
#: How long the first window may take to answer, in milliseconds; it may be busy painting.
_PATIENCE = 5_000
#: What the shortest of the systems takes as the path of a local socket, in bytes.
_LONGEST_PATH = 100


class Doorbell(QObject):
    """Where a second start on the same data folder makes itself known.

    `rung` comes when another start wants this window to the front; it carries the path of the
    case file that was opened with the program, or nothing.
    """

    rung = Signal(str)

    def __init__(self, folder: DataFolder) -> None:
        super().__init__()
        self._address = _address(folder)
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._meet)

    def ring(self, case_file: Path | None = None) -> bool:
        """Ask the window that is open on the folder to come up; False where there is none.

        Args:
            case_file: it shall show this one.

        Raises:
            UserFacingError: there is one, and it does not answer.
        """
        visitor = QLocalSocket()
        visitor.connectToServer(self._address)
        if not visitor.waitForConnected(_PATIENCE):
            return False
        words = [_RING, str(case_file.resolve())] if case_file else [_RING]
        visitor.write(json.dumps(words).encode() + b"\n")
        answered = visitor.waitForBytesWritten(_PATIENCE) and visitor.waitForReadyRead(_PATIENCE)
        if not answered:
            raise UserFacingError(
                "CAIS Onboarding is open already, but its window does not answer.",
                "A second window was not opened: two on the same cases could get in each "
                "other’s way.",
                "Wait a moment and start it again. If that does not help, end the program in "
                "the task manager first; everything shown as saved is kept.",
            )
        return True

    def listen(self) -> bool:
        """Answer to later starts from now on; whether that is possible."""
        if self._server.listen(self._address):
            return True
        # What a killed program left; nobody answered there a moment ago.
        QLocalServer.removeServer(self._address)
        return self._server.listen(self._address)

    def close(self) -> None:
        """Answer no more."""
        self._server.close()

    def _meet(self) -> None:
        while (visitor := self._server.nextPendingConnection()) is not None:
            visitor.readyRead.connect(self._answer)
            visitor.disconnected.connect(visitor.deleteLater)
            if visitor.canReadLine():
                self._greet(visitor)

    def _answer(self) -> None:
        visitor = self.sender()
        if isinstance(visitor, QLocalSocket) and visitor.canReadLine():
            self._greet(visitor)

    def _greet(self, visitor: QLocalSocket) -> None:
        try:
            words = json.loads(bytes(visitor.readLine().data()))
        except ValueError:
            return
        match words:
            case [str(ring), *names] if ring == _RING and all(isinstance(n, str) for n in names):
                visitor.write(_COMING)
                visitor.flush()
                self.rung.emit(names[0] if names else "")


def _address(folder: DataFolder) -> str:
    """The same for every start by this person on this folder, and for nobody else's."""
    whole = f"{Origin.here().os_user}\n{folder.root.resolve()}"
    name = f"cais-onboarding-{hashlib.sha256(whole.encode()).hexdigest()[:32]}"
    if sys.platform == "win32":
        return name
    else:
        # A folder that nobody else can write to, where the system has one.
        run = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.RuntimeLocation)
        path = str(Path(run) / name)
        return path if run and len(path.encode()) <= _LONGEST_PATH else name
