"""A helper process that is asked one line and answers one; late ones are killed."""

import contextlib
from collections.abc import Mapping, Sequence
from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.error import ProcessDone, ProcessExitedAlready
from twisted.internet.protocol import ProcessProtocol
from twisted.python.failure import Failure
from typing_extensions import override

from aen.model.errors import Unavailable

_MOST = 16_384
"""Bytes of an answer, and of complaints, that are kept."""


class OneLine(ProcessProtocol):
    """Writes a line to a process and keeps what it says."""

    def __init__(self, line: bytes) -> None:
        self.done: Deferred[bytes] = Deferred(lambda _: self.kill())
        self._line = line
        self._said = b""
        self._complained = b""

    @override
    def connectionMade(self) -> None:
        transport: Any = self.transport
        transport.write(self._line)
        transport.closeStdin()
        self._line = b""

    @override
    def outReceived(self, data: bytes) -> None:
        self._said = (self._said + data)[:_MOST]

    @override
    def errReceived(self, data: bytes) -> None:
        self._complained = (self._complained + data)[:_MOST]

    @override
    def processEnded(self, reason: Failure) -> None:
        done = self.done
        if done.called:
            return
        if reason.check(ProcessDone) and self._said:
            done.callback(self._said)
            return
        text = " ".join(self._complained.decode("utf-8", "replace").split())[-200:]
        done.errback(Unavailable(text or "it ended without an answer"))

    def kill(self) -> None:
        """End the process; nobody waits for its answer any more."""
        transport: Any = self.transport
        if transport is not None:
            with contextlib.suppress(ProcessExitedAlready):
                transport.signalProcess("KILL")


async def ask(
    reactor: Any,
    command: Sequence[str],
    environment: Mapping[str, str],
    line: bytes,
    seconds: float,
) -> bytes:
    """Return what *command* answers to *line*.

    :raises Unavailable: it could not be started, gave no answer, or not in time.
    """
    process = OneLine(line)
    try:
        reactor.spawnProcess(process, command[0], list(command), dict(environment))
    except OSError as error:
        raise Unavailable(f"{command[0]} cannot be started: {error}") from None

    def late(_: object, seconds: float) -> bytes:
        raise Unavailable(f"it did not answer within {seconds:g} seconds")

    return await process.done.addTimeout(seconds, reactor, late)
