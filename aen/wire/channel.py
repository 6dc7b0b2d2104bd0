"""The channel between a gateway and the server: news, pushed both ways.

A WebSocket that the gateway keeps open (`routes.CHANNEL`); each message is one
JSON object, `Down` from the server, `Up` from the gateway. A ticket in the opening
request says who it is. Both sides ping, so that a dead peer is found.
"""

import json
from collections.abc import Callable
from typing import Any, Generic, Protocol, TypeVar

from attrs import AttrsInstance, frozen
from autobahn.twisted.websocket import (
    WebSocketClientFactory,
    WebSocketClientProtocol,
    WebSocketServerFactory,
    WebSocketServerProtocol,
)
from autobahn.websocket.types import ConnectionDeny, ConnectionRequest
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorTime
from twisted.logger import Logger
from typing_extensions import override

from aen.model.errors import AenError, Invalid, Unauthenticated
from aen.runtime.structure import structure, unstructure
from aen.wire import tickets
from aen.wire.call import Door
from aen.wire.client import Identity
from aen.wire.messages import Down, Up
from aen.wire.routes import CHANNEL

In = TypeVar("In", bound=AttrsInstance)
PING_SECONDS = 10.0
MESSAGE_BYTES = 1_048_576
_NOT_UNDERSTOOD = 4007
"""RFC 6455 section 7.4.2: 4000 to 4999 are ours; autobahn sends no 1007 for us."""


def _bound(factory: WebSocketServerFactory | WebSocketClientFactory) -> None:
    factory.setProtocolOptions(
        autoPingInterval=PING_SECONDS,
        autoPingTimeout=PING_SECONDS,
        maxMessagePayloadSize=MESSAGE_BYTES,
        openHandshakeTimeout=PING_SECONDS,
    )


class _Talk(Generic[In]):
    """What both ends do: read one kind of message, write the other."""

    _kind: type[In]
    _take: Callable[[In], None]
    _log = Logger()

    def say(self, message: AttrsInstance) -> None:
        """Send *message*; nothing happens once the channel is closed."""
        full: dict[str, Any] = unstructure(message)
        text = {key: value for key, value in full.items() if value is not None}
        self.sendMessage(json.dumps(text).encode())  # type: ignore[attr-defined]

    def onMessage(self, payload: bytes, isBinary: bool) -> None:  # noqa: N803, FBT001
        """Read one message, or close the channel on one that is not ours."""
        try:
            message = structure(json.loads(payload), self._kind)
        except (ValueError, RecursionError, Invalid) as error:
            self._log.warn("channel: a message is refused: {error}", error=error)
            self.sendClose(_NOT_UNDERSTOOD, "not understood")  # type: ignore[attr-defined]
            return
        self._take(message)


class ChannelEnd(Protocol):
    """A channel as its user sees it."""

    def say(self, message: AttrsInstance) -> None:
        """Send a message."""


# ---- the gateway's end


class GatewayEnd(_Talk[Down], WebSocketClientProtocol):  # type: ignore[misc]
    """The gateway's end: hears `Down`, says `Up`."""

    _kind = Down
    factory: "GatewayEndFactory"

    @override
    def onOpen(self) -> None:
        self._take = self.factory.take
        self.factory.opened(self)

    @override
    def onClose(self, wasClean: bool, code: int, reason: str) -> None:
        self.factory.closed(self, reason or "")


class GatewayEndFactory(WebSocketClientFactory):
    """Builds the gateway's end, with a fresh ticket for each connection.

    Give it to a `ClientService`, which comes back with growing pauses.
    """

    protocol = GatewayEnd  # type: ignore[assignment]

    def __init__(
        self,
        base: str,
        identity: Identity,
        clock: IReactorTime,
        listener: "GatewayListener",
    ) -> None:
        self._identity = identity
        self._clock = clock
        self.take = listener.heard
        self.opened = listener.opened
        self.closed = listener.closed
        scheme, _, rest = base.partition("://")
        secure = "wss" if scheme == "https" else "ws"
        super().__init__(f"{secure}://{rest}{CHANNEL.path}", reactor=clock)
        _bound(self)

    @override
    def buildProtocol(self, addr: Any) -> Any:
        ticket = tickets.Ticket(
            issuer=self._identity.name,
            audience=tickets.SERVER,
            purpose="channel",
            expires=self._clock.seconds() + PING_SECONDS * 6,
        )
        text = tickets.seal(self._identity.key, ticket)
        self.setSessionParameters(url=self.url, headers={tickets.HEADER.decode(): text})
        return super().buildProtocol(addr)


class GatewayListener(Protocol):
    """What the gateway does with the channel's news."""

    def opened(self, end: ChannelEnd) -> None:
        """The channel is open: grants may be trusted again once asked anew."""

    def heard(self, message: Down) -> None:
        """The server said something."""

    def closed(self, end: ChannelEnd, reason: str) -> None:
        """The channel is gone; it is being opened again."""


# ---- the server's end


class ServerEnd(_Talk[Up], WebSocketServerProtocol):  # type: ignore[misc]
    """The server's end, once a gateway has shown its ticket."""

    _kind = Up
    factory: "ServerEndFactory"
    gateway = ""

    @override
    def onConnect(  # type: ignore[override]  # autobahn waits for a Deferred
        self, request: ConnectionRequest
    ) -> Deferred[None]:
        return Deferred.fromCoroutine(self._admit(request))

    async def _admit(self, request: ConnectionRequest) -> None:
        try:
            text = request.headers.get(tickets.HEADER.decode(), "")
            self.gateway = await self.factory.admit(text)
        except AenError as error:
            raise ConnectionDeny(401, error.message) from None

    @override
    def onOpen(self) -> None:
        self._take = lambda message: self.factory.listener.heard(self.gateway, message)
        self.factory.listener.opened(self.gateway, self)

    @override
    def onClose(self, wasClean: bool, code: int, reason: str) -> None:
        if self.gateway:
            self.factory.listener.closed(self.gateway, self)


@frozen
class _Admission:
    door: Door

    async def admit(self, text: str) -> str:
        issuer = tickets.read_issuer(text)
        public = await self.door.keys.public_key(issuer)
        now = self.door.clock.seconds()
        ticket = tickets.unseal(text, public, self.door.audience, now)
        if ticket.purpose != "channel":
            raise Unauthenticated("The ticket is for something else.")
        return issuer


class ServerEndFactory(WebSocketServerFactory):
    """Builds the server's ends; serve it with autobahn's `WebSocketResource`."""

    protocol = ServerEnd  # type: ignore[assignment]

    def __init__(self, door: Door, listener: "ServerListener") -> None:
        super().__init__(reactor=door.clock)
        self.admit = _Admission(door).admit
        self.listener = listener
        _bound(self)


class ServerListener(Protocol):
    """What the server does with gateways' channels; *gateway* is the issuer's name."""

    def opened(self, gateway: str, end: ChannelEnd) -> None:
        """A gateway has come: tell it its nodes."""

    def heard(self, gateway: str, message: Up) -> None:
        """A gateway said something."""

    def closed(self, gateway: str, end: ChannelEnd) -> None:
        """A gateway has gone."""
