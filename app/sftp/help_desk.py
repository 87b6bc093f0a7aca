"""A run of the connection test as text to send to whoever helps. It holds no secret."""

from __future__ import annotations

from collections.abc import Iterator

from app.sftp.stages import ConnectionOutcome, StageResult


def copy_for_help_desk(outcome: ConnectionOutcome) -> str:
    """The outcome as plain text: what was tried, what each stage found, and the details.

    The password is not in it, because it is not in the outcome.
    """
    return "\n".join([*_head(outcome), "", *_stages(outcome)]) + "\n"


def _head(outcome: ConnectionOutcome) -> Iterator[str]:
    target = outcome.target
    ended = "succeeded" if outcome.ok else f'ended at "{outcome.stages[-1].stage.value}"'
    yield f"CAIS SFTP connection test, {target.environment.value} environment: {ended}"
    yield f"Time: {outcome.at:%Y-%m-%d %H:%M:%S} UTC"
    yield f"Host: {target.host}, port {target.port} (address: {outcome.address or 'none'})"
    yield f"User name: {target.username}"
    if target.bind_address is not None:
        yield f"Connecting from: {target.bind_address}"
    if target.proxy is not None:
        yield f"Proxy: {target.proxy.kind.value}, {target.proxy.host}, port {target.proxy.port}"
    if outcome.server_version is not None:
        yield f"Server: {outcome.server_version}"
    if outcome.cipher is not None:
        yield f"Cipher: {outcome.cipher}"
    if outcome.host_key is not None:
        yield f"Host key: {outcome.host_key.type} {outcome.host_key.fingerprint}"
    if outcome.server_text is not None:
        yield f"Server's words: {outcome.server_text}"


def _stages(outcome: ConnectionOutcome) -> Iterator[str]:
    for number, result in enumerate(outcome.stages, start=1):
        yield f"{number}. {result.stage.value}: {_word(result)} ({result.milliseconds} ms)"
        yield f"   {result.finding}"
        for detail in result.details:
            yield f"   {detail}"
        if result.fault is not None:
            yield f"   Fault: {result.fault.value}"
    for remark in outcome.remarks:
        yield f"Note: {remark}"


def _word(result: StageResult) -> str:
    return "ok" if result.ok else "failed"
