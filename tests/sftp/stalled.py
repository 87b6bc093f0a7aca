"""A run of the connection test that hangs in one stage, for those who cancel or outwait it."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager

from app.sftp.reach import Address, look_up
from app.sftp.stages import Stage, StageResult
from app.sftp.target import ConnectionTarget
from tests.sftp.running import AnyServer, accepted, target_of
from tests.sftp.sockets import Relay, dropping, peer

#: The stage after whose end a relay holds the connection, so that the next one hangs.
HELD_AFTER = {
    Stage.SIGN_IN: Stage.KNOW_SERVER,
    Stage.OPEN_FILE_TRANSFER: Stage.SIGN_IN,
    Stage.SEE_FOLDERS: Stage.OPEN_FILE_TRANSFER,
}
#: Stages whose stalling shows to nobody but the one who waits.
_SILENT_AFTER = {Stage.REACH_PORT: Stage.FIND_HOST, Stage.AGREE: Stage.SPEAK_SSH}


def _greet(client: socket.socket) -> None:
    client.sendall(b"SSH-2.0-Half\r\n")


class Stalled:
    """A run that hangs in one stage, and how to tell that it does."""

    def __init__(self, stage: Stage, server: AnyServer, stack: ExitStack) -> None:
        self.stage = stage
        self.stalls = threading.Event()
        self.released = threading.Event()
        self.target = target_of(server)
        self.relay: Relay | None = None
        self.lookup: Callable[[str, int], tuple[Address, ...]] = lambda h, p: tuple(look_up(h, p))
        self.known = accepted(self.target, server.host_key.fingerprint)
        if stage is Stage.FIND_HOST:
            self.lookup = self._never_found
            stack.callback(self.released.set)
        elif stage is Stage.REACH_PORT:
            self._at(stack.enter_context(dropping()))
        elif stage is Stage.SPEAK_SSH:
            here = stack.enter_context(peer())
            self.stalls = here.spoken_to
            self._at(here.port)
        elif stage is Stage.AGREE:
            self._at(stack.enter_context(peer(_greet)).port)
        else:
            self.relay = stack.enter_context(Relay(server.port))
            self.stalls = self.relay.holds_something
            self._at(self.relay.port)

    def _at(self, port: int) -> None:
        self.target = ConnectionTarget("127.0.0.1", self.target.username, port)

    def _never_found(self, _host: str, _port: int) -> tuple[Address, ...]:
        self.stalls.set()
        self.released.wait()
        return ()

    def hold_after(self, result: StageResult) -> None:
        if result.stage is _SILENT_AFTER.get(self.stage):
            self.stalls.set()
        if self.relay is not None and result.stage is HELD_AFTER[self.stage]:
            self.relay.hold()


@contextmanager
def stalled(stage: Stage, server: AnyServer) -> Generator[Stalled]:
    with ExitStack() as stack:
        yield Stalled(stage, server, stack)


#: The stages that wait for somebody.
STALLING = [stage for stage in Stage if stage is not Stage.KNOW_SERVER]
