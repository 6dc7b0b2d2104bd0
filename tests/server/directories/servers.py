"""Directories that misbehave, for tests of what we do about it."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from attrs import define, field
from twisted.internet.protocol import Factory, Protocol, connectionDone
from twisted.python.failure import Failure

from tests.reactor import reactor
from tests.waiting import eventually

BOUND = bytes.fromhex("300c0201016107 0a01000400 0400".replace(" ", ""))
"""A bind that succeeded, with the number 1."""
Answer = Callable[[bytes], bytes | None]


@define
class Odd:
    """What a directory heard, and who is connected."""

    uri: str = ""
    heard: list[bytes] = field(factory=list)
    open: set["_Odd"] = field(factory=set)


class _Odd(Protocol):
    def __init__(self, state: Odd, answer: Answer) -> None:
        self._state = state
        self._answer = answer

    def connectionMade(self) -> None:
        self._state.open.add(self)

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        self._state.open.discard(self)

    def dataReceived(self, data: bytes) -> None:
        self._state.heard.append(data)
        said = self._answer(data)
        transport: Any = self.transport
        if said is None:
            transport.loseConnection()
        else:
            transport.write(said)


@asynccontextmanager
async def odd(answer: Answer) -> AsyncIterator[Odd]:
    """Listen on a free port and answer what *answer* says; None ends the connection.

    Whoever asks must have ended all of its connections by the end.
    """
    state = Odd()
    factory = Factory.forProtocol(lambda: _Odd(state, answer))
    port = reactor.listenTCP(0, factory, interface="127.0.0.1")
    state.uri = f"ldap://127.0.0.1:{port.getHost().port}"
    try:
        yield state
        await eventually(lambda: not state.open, "every connection is ended")
    finally:
        await port.stopListening()
