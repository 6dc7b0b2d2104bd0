"""A port with TLS for tests, and clients of it."""

import socket
import ssl
from collections.abc import Callable
from typing import Any, TypeVar

from attrs import define, field
from twisted.internet import reactor as _reactor  # noqa: TID251 -- tests own it
from twisted.internet.defer import Deferred
from twisted.internet.protocol import Factory, Protocol, connectionDone
from twisted.internet.threads import deferToThread
from twisted.python.failure import Failure

from aen.runtime.certificates import Certificates, TlsSettings
from aen.runtime.tls import speak_tls
from tests.pem import anybody

reactor: Any = _reactor
T = TypeVar("T")


class Server(Protocol):
    """Does what each test says with what it is sent."""

    transport: Any

    def __init__(self, door: "Door") -> None:
        self.door = door
        self.received = bytearray()
        self.lost: Deferred[None] = Deferred()

    def connectionMade(self) -> None:
        self.door.connections.append(self)
        self.door.begin(self)

    def dataReceived(self, data: bytes) -> None:
        self.received += data
        self.door.act(self, data)

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        self.lost.callback(None)


@define
class Door:
    """A port with TLS, and how to get in."""

    settings: TlsSettings
    certificates: Certificates = field(init=False)
    connections: list[Server] = field(factory=list)
    act: Callable[[Server, bytes], None] = lambda _server, _data: None
    begin: Callable[[Server], None] = lambda _server: None
    port: Any = None

    def __attrs_post_init__(self) -> None:
        """Listen."""
        self.certificates = Certificates(self.settings, reactor)
        factory = Factory.forProtocol(lambda: Server(self))
        factory.noisy = False
        self.port = reactor.listenTCP(0, factory, interface="127.0.0.1")
        speak_tls(self.port, self.certificates.context)

    def raw(self) -> socket.socket:
        """Connect without TLS."""
        return socket.create_connection(("127.0.0.1", self.port.getHost().port), 10)

    def client(self, name: str = "localhost", **how: Any) -> ssl.SSLSocket:
        """Connect with TLS."""
        context = anybody()
        for key, value in how.items():
            setattr(context, key, value)
        return context.wrap_socket(self.raw(), server_hostname=name)


async def aside(work: Callable[[], T]) -> T:
    """Do blocking *work* in a thread."""
    done: T = await deferToThread(work)
    return done
