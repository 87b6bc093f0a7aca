"""Why client and server did not agree on how to encrypt."""

from __future__ import annotations

from paramiko.ssh_exception import IncompatiblePeer

from app.sftp.diagnosis import Fault, StageFailedError
from app.sftp.plain_text import plain
from app.sftp.wire import ServerOffer, WatchedPacketizer

_SHOWN_LENGTH = 500
#: paramiko's words for what is lacking, and what it means here.
_LACKING = {
    "no acceptable ciphers": Fault.NO_AES_256,
    "no acceptable host key": Fault.OLD_HOST_KEY,
    "no acceptable kex": Fault.OLD_EXCHANGE,
    "no acceptable macs": Fault.OLD_INTEGRITY,
}


def disagreement(
    error: Exception | None, watched: WatchedPacketizer, seconds: float
) -> StageFailedError:
    """The fault behind a key exchange that ended with `error`.

    Args:
        error: what paramiko ended with; None where it gave no reason.
        watched: what was seen of the server.
        seconds: the time limit of the exchange.
    """
    offer = watched.offer
    details = () if offer is None else _offer_lines(offer)
    if isinstance(error, IncompatiblePeer) and offer is not None and any(offer.exchanges):
        for part, fault in _LACKING.items():
            if part in str(error):
                return StageFailedError(fault, details)
    if watched.expired:
        return StageFailedError(Fault.AGREEMENT_SILENT, details, seconds=f"{seconds:.0f}")
    if error is None or isinstance(error, (EOFError, OSError)):
        said = plain(watched.disconnect_text or "")
        said_line = (f"The server said: {said}",) if said else ()
        return StageFailedError(Fault.CUT_IN_AGREEMENT, (*said_line, *details))
    return StageFailedError(Fault.BROKEN_AGREEMENT, (plain(str(error)), *details))


def _offer_lines(offer: ServerOffer) -> tuple[str, ...]:
    offers = {
        "ciphers": offer.ciphers,
        "host keys": offer.host_keys,
        "key exchanges": offer.exchanges,
        "integrity": offer.digests,
    }
    return tuple(
        f"The server offers {what}: {plain(', '.join(names), _SHOWN_LENGTH)}"
        for what, names in offers.items()
    )
