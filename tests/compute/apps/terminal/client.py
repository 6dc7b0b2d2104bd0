"""A viewer for tests: an autobahn client on a UNIX socket."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from autobahn.twisted.websocket import (
    WebSocketClientFactory,
    WebSocketClientProtocol,
)
from twisted.internet.defer import Deferred
from twisted.internet.endpoints import UNIXClientEndpoint

from aen.runtime.tasks import pause

_KEPT = 64 * 1024
"""Bytes of output a client remembers: searching it must stay cheap."""


class Client(WebSocketClientProtocol):
    """Remembers what it was told and shown, and acknowledges it when *polite*."""

    polite = True

    def __init__(self) -> None:
        super().__init__()
        self.output = bytearray()
        self.messages: list[dict[str, Any]] = []
        self.received = 0
        self.close_code: int | None = None
        self.close_reason = ""
        self.opened: Deferred[None] = Deferred()
        self.closed: Deferred[None] = Deferred()
        self._wanted: list[tuple[Callable[[], bool], Deferred[None]]] = []

    def onOpen(self) -> None:
        self.opened.callback(None)

    def onMessage(self, payload: bytes, isBinary: bool) -> None:  # noqa: FBT001, N803
        if isBinary:
            self.output += payload
            del self.output[:-_KEPT]
            self.received += len(payload)
            if self.polite:
                self.say(type="ack", received=self.received)
        else:
            message = json.loads(payload)
            self.messages.append(message)
            if "offset" in message:
                self.received = message["offset"]
        self._look()

    def onClose(self, wasClean: bool, code: int | None, reason: Any) -> None:  # noqa: FBT001, N803
        self.close_code = code
        self.close_reason = str(reason)
        if not self.opened.called:
            self.opened.errback(ConnectionRefusedError(reason))
        self.closed.callback(None)

    def say(self, **message: object) -> None:
        """Send a message."""
        if self.state == self.STATE_OPEN:
            self.sendMessage(json.dumps(message).encode())

    def type(self, text: str) -> None:
        """Send input."""
        self.sendMessage(text.encode(), isBinary=True)

    def attach(self, terminal: str | None = None, **more: object) -> None:
        """Ask for a terminal."""
        size = {"columns": 80, "rows": 24}
        self.say(type="attach", terminal=terminal, **{**size, **more})

    def told(self, kind: str) -> list[dict[str, Any]]:
        """Return the messages of a kind."""
        return [one for one in self.messages if one["type"] == kind]

    async def until(self, condition: Callable[[], bool], seconds: float = 10) -> None:
        """Wait until *condition* holds."""
        wanted: Deferred[None] = Deferred()
        self._wanted.append((condition, wanted))
        self._look()
        await wanted.addTimeout(seconds, self.factory.reactor)

    async def shows(self, text: str, seconds: float = 10) -> None:
        """Wait until *text* was shown."""
        await self.until(lambda: text.encode() in self.output, seconds)

    async def hears(self, kind: str, seconds: float = 10) -> dict[str, Any]:
        """Wait for a message of a kind and return the last one."""
        await self.until(lambda: bool(self.told(kind)), seconds)
        return self.told(kind)[-1]

    async def leave(self) -> None:
        """Close the connection and wait until both sides know."""
        if not self.closed.called:
            self.sendClose()
            await self.closed
        await pause(self.factory.reactor, 0)

    def _look(self) -> None:
        for wanted in list(self._wanted):
            condition, done = wanted
            if done.called:
                self._wanted.remove(wanted)
            elif condition():
                self._wanted.remove(wanted)
                done.callback(None)


async def connect(
    reactor: Any, socket: Path, path: str, headers: dict[str, str] | None = None
) -> Client:
    """Open a WebSocket to the app at *socket*."""
    factory = WebSocketClientFactory(
        f"ws://localhost{path}", headers=headers or {}, reactor=reactor
    )
    factory.protocol = Client
    factory.setProtocolOptions(closeHandshakeTimeout=5, openHandshakeTimeout=5)
    client: Client = await UNIXClientEndpoint(reactor, str(socket)).connect(factory)
    await client.opened
    return client
