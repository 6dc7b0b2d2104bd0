"""A viewer's WebSocket: one connection shows one terminal."""

from typing import Any

from autobahn.twisted.websocket import (
    WebSocketServerFactory,
    WebSocketServerProtocol,
)
from autobahn.websocket.types import ConnectionDeny, ConnectionRequest
from twisted.internet.interfaces import IDelayedCall, IReactorTime
from twisted.logger import Logger

from aen.compute.apps.origin import is_own_origin
from aen.compute.apps.terminal.limits import Limits
from aen.compute.apps.terminal.messages import (
    Ack,
    Asked,
    Attach,
    Close,
    Gone,
    Restart,
    Title,
    Told,
    View,
    parse,
    render,
)
from aen.compute.apps.terminal.terminal import Terminal
from aen.compute.apps.terminal.terminals import AllTerminals
from aen.model.errors import Invalid, NotFound, TooMany

NORMAL = 1000
REFUSED = 4000
"""Close code for a message we do not take; the reason says why."""

_LONGEST_REASON = 120
"""Bytes of a close frame's reason (RFC 6455 section 5.5)."""


class Viewer(WebSocketServerProtocol):
    """Takes a viewer's messages and input, sends it messages and output."""

    factory: "ViewerFactory"
    _log = Logger()
    _terminal: Terminal | None = None
    _attach_timer: IDelayedCall | None = None

    def onConnect(self, request: ConnectionRequest) -> None:
        """Refuse pages of other sites, and more viewers than there may be.

        :raises ConnectionDeny: with the status to answer.
        """
        headers: dict[str, str] = request.headers
        hosts = [
            headers[name] for name in ("host", "x-forwarded-host") if name in headers
        ]
        if not is_own_origin(headers.get("origin"), hosts):
            raise ConnectionDeny(403, "Another site's page may not open terminals.")
        if len(self.factory.viewers) >= self.factory.limits.viewers:
            raise ConnectionDeny(503, "There are too many connections to terminals.")

    def onOpen(self) -> None:
        """Expect the viewer to say what it wants to see."""
        self.factory.viewers.add(self)
        self._attach_timer = self.factory.clock.callLater(
            self.factory.limits.attach_within, self._refuse, "Nothing was attached."
        )

    def onMessage(self, payload: bytes, isBinary: bool) -> None:  # noqa: FBT001, N803
        """Take input (binary) or a message (text)."""
        if self.state != self.STATE_OPEN:  # what was under way when we closed
            return
        try:
            if isBinary:
                self._shown().type(self, payload)
            else:
                self._obey(parse(payload))
        except Invalid as error:
            self._refuse(error.message)
        except (NotFound, TooMany) as error:
            self.tell(Gone(error.message))

    def onClose(self, wasClean: bool, code: int | None, reason: Any) -> None:  # noqa: FBT001, N803
        """Forget the viewer; the shell goes on."""
        self.factory.viewers.discard(self)
        self._attached()
        self.factory.terminals.detach(self)
        if self._terminal is not None:
            self._terminal.detach(self)
            self._terminal = None

    def show(self, output: bytes) -> None:
        """Send output; a connection that is closing gets no more."""
        if self.state == self.STATE_OPEN:
            self.sendMessage(output, isBinary=True)

    def tell(self, message: Told) -> None:
        """Send a message; the connection ends after the one that ends all."""
        if self.state != self.STATE_OPEN:
            return
        self.sendMessage(render(message))
        if isinstance(message, Gone):
            self.sendClose(NORMAL)

    def _obey(self, asked: Asked) -> None:
        match asked:
            case Attach():
                self._attach(asked)
            case Ack(received):
                self._shown().acknowledge(self, received)
            case View():
                self._shown().view(self, asked)
            case Restart():
                self._shown().restart()
            case Title(title):
                self._shown().rename(title)
            case Close():
                self.factory.terminals.close(self._shown())

    def _shown(self) -> Terminal:
        if self._terminal is None:
            raise Invalid("The first message must be “attach”.")
        return self._terminal

    def _attach(self, asked: Attach) -> None:
        if self._terminal is not None:
            raise Invalid("“attach” came twice.")
        self._attached()
        self._terminal = self.factory.terminals.attach(self, asked)

    def _attached(self) -> None:
        if self._attach_timer is not None and self._attach_timer.active():
            self._attach_timer.cancel()

    def _refuse(self, why: str) -> None:
        reason = why.encode()[:_LONGEST_REASON].decode("utf-8", "ignore")
        self._log.info("a viewer was cut off: {why}", why=why)
        self.sendClose(REFUSED, reason)


class ViewerFactory(WebSocketServerFactory):
    """Makes a `Viewer` for each connection."""

    protocol = Viewer  # type: ignore[assignment]  # Twisted's stub wants a function

    def __init__(
        self, terminals: AllTerminals, limits: Limits, clock: IReactorTime
    ) -> None:
        super().__init__(server="", reactor=clock)
        self.terminals = terminals
        self.limits = limits
        self.clock = clock
        self.viewers: set[Viewer] = set()
        self.setProtocolOptions(
            maxFramePayloadSize=limits.message,
            maxMessagePayloadSize=limits.message,
            openHandshakeTimeout=limits.attach_within,
            closeHandshakeTimeout=limits.close_within,
            autoPingInterval=limits.ping_every,
            autoPingTimeout=limits.ping_answer,
            autoPingRestartOnAnyTraffic=True,
        )
