"""TLS with real sockets: this transport on one side, `ssl` or garbage on the other."""

import hashlib
import os
import socket
import ssl
import threading
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any, TypeVar

import pytest
import pytest_twisted
from attrs import define, field
from twisted.internet import reactor as _reactor  # noqa: TID251 -- tests own it
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import ISSLTransport
from twisted.internet.protocol import Factory, Protocol, connectionDone
from twisted.internet.threads import deferToThread
from twisted.python.failure import Failure

from aen.model.errors import Invalid
from aen.runtime.certificates import Certificates, TlsSettings
from aen.runtime.tls import speak_tls
from tests.pem import make_pair

reactor: Any = _reactor
T = TypeVar("T")


class Server(Protocol):
    """Does what each test says with what it is sent."""

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
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        for key, value in how.items():
            setattr(context, key, value)
        return context.wrap_socket(self.raw(), server_hostname=name)


@pytest_twisted.async_yield_fixture
async def door(tmp_path: Path) -> AsyncIterator[Door]:
    """Give a door with a certificate."""
    pair = make_pair(tmp_path)
    made = Door(TlsSettings(str(pair.certificate), str(pair.key)))
    yield made
    for one in made.connections:
        if not one.lost.called:
            one.transport.abortConnection()  # type: ignore[union-attr]
            await one.lost
    await made.port.stopListening()


async def aside(work: Callable[[], T]) -> T:
    """Do blocking *work* in a thread."""
    done: T = await deferToThread(work)
    return done


def echo(server: Server, data: bytes) -> None:
    """Say the same."""
    server.transport.write(data)  # type: ignore[union-attr]


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
@pytest_twisted.ensureDeferred
async def test_a_conversation(door: Door, version: ssl.TLSVersion) -> None:
    """Both versions; the end is announced to both sides."""
    door.act = echo

    def talk() -> tuple[bytes, str | None]:
        with door.client(minimum_version=version, maximum_version=version) as client:
            client.sendall(b"hello")
            said = client.recv(100)
            used = client.version()
            client.unwrap().close()  # raises unless the server says goodbye, too
        return said, used

    assert await aside(talk) == (b"hello", version.name.replace("_", "."))
    server = door.connections[0]
    assert ISSLTransport.providedBy(server.transport)
    await server.lost


@pytest_twisted.ensureDeferred
async def test_old_versions_are_refused(door: Door) -> None:
    """With an alert, and without a word to the protocol."""

    def talk() -> str:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        context.set_ciphers("AES128-SHA256")  # no forward secrecy
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        try:
            context.wrap_socket(door.raw())
        except ssl.SSLError as error:
            return str(error.reason)
        return ""

    assert "HANDSHAKE_FAILURE" in await aside(talk)
    await door.connections[0].lost
    assert door.connections[0].received == b""


@pytest_twisted.ensureDeferred
async def test_alpn_and_resumption(door: Door) -> None:
    """``http/1.1`` is agreed to; a client comes back with its ticket."""
    door.act = echo
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.set_alpn_protocols(["h2", "http/1.1"])

    def talk() -> tuple[str | None, bool]:
        with context.wrap_socket(door.raw()) as first:
            first.sendall(b"x")
            first.recv(1)
            agreed, session = first.selected_alpn_protocol(), first.session
        with context.wrap_socket(door.raw(), session=session) as second:
            return agreed, bool(second.session_reused)

    assert await aside(talk) == ("http/1.1", True)


@pytest_twisted.ensureDeferred
async def test_a_slow_handshake(door: Door) -> None:
    """Byte by byte is as good as at once, and what was written before waits."""
    door.begin = lambda server: server.transport.write(b"early ")  # type: ignore[union-attr]
    door.act = echo

    def talk() -> bytes:
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        tls = context.wrap_bio(incoming, outgoing)
        with door.raw() as connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

            def turn() -> None:
                for byte in outgoing.read():
                    connection.send(bytes((byte,)))
                incoming.write(connection.recv(65536))

            while True:
                try:
                    tls.do_handshake()
                    break
                except ssl.SSLWantReadError:
                    turn()
            tls.write(b"late")
            said = b""
            while len(said) < len(b"early late"):
                try:
                    said += tls.read(100)
                except ssl.SSLWantReadError:
                    turn()
            return said

    assert await aside(talk) == b"early late"


@pytest.mark.parametrize(
    "garbage",
    [
        b"GET / HTTP/1.1\r\nHost: a\r\n\r\n",
        b"\x16\x03\x01\xff\xff" + b"\x00" * 200,
        os.urandom(300),
        b"\x15\x03\x01\x00\x02\x02\x28",
    ],
)
@pytest_twisted.ensureDeferred
async def test_garbage_ends_the_connection(door: Door, garbage: bytes) -> None:
    """Whatever it is, nobody behind hears of it."""

    def talk() -> None:
        with door.raw() as client:
            client.sendall(garbage)
            client.shutdown(socket.SHUT_WR)
            try:
                while client.recv(1000):
                    pass
            except ConnectionResetError:
                pass

    await aside(talk)
    await door.connections[0].lost
    assert door.connections[0].received == b""


@pytest_twisted.ensureDeferred
async def test_a_forged_record_ends_the_connection(door: Door) -> None:
    """In the middle of a conversation, too; what is written then goes nowhere."""
    door.act = echo

    def talk() -> bytes:
        client = door.client()
        client.sendall(b"hello")
        said = client.recv(100)
        plain = socket.socket(fileno=client.detach())
        plain.sendall(b"\x17\x03\x03\x00\x20" + b"f" * 32)
        with plain:
            while plain.recv(1000):
                pass
        return said

    assert await aside(talk) == b"hello"
    server = door.connections[0]
    await server.lost
    assert server.received == b"hello"


@pytest_twisted.ensureDeferred
async def test_a_vanished_client(door: Door) -> None:
    """A connection cut without goodbye ends like any other; writing is harmless."""
    door.act = echo

    def talk() -> None:
        client = door.client()
        client.sendall(b"hello")
        client.recv(100)
        socket.socket(fileno=client.detach()).close()

    await aside(talk)
    server = door.connections[0]
    for _ in range(3):
        server.transport.write(b"x" * 100_000)  # type: ignore[union-attr]
    await server.lost
    server.transport.write(b"x")  # type: ignore[union-attr]


class Pump:
    """Writes *left* bytes as the transport asks for them."""

    def __init__(self, server: Server, left: int) -> None:
        self.transport: Any = server.transport
        self.left = left
        self.paused = False
        self.most = 0
        self.digest = hashlib.sha256()

    def go(self) -> None:
        while self.left and not self.paused:
            piece = os.urandom(min(self.left, 65536))
            self.digest.update(piece)
            self.left -= len(piece)
            self.transport.write(piece)
            waiting = len(self.transport.dataBuffer) + self.transport._tempDataLen
            self.most = max(self.most, waiting)
        if not self.left:
            self.transport.unregisterProducer()
            self.transport.loseConnection()

    def pauseProducing(self) -> None:
        self.paused = True

    def resumeProducing(self) -> None:
        self.paused = False
        self.go()

    def stopProducing(self) -> None:
        self.left = 0


@pytest_twisted.ensureDeferred
async def test_a_slow_reader(door: Door) -> None:
    """20 MB arrive whole, and hardly any of it waits in our memory."""
    pumps: list[Pump] = []

    def act(server: Server, data: bytes) -> None:
        pump = Pump(server, 8_000_000)
        pumps.append(pump)
        pump.transport.registerProducer(pump, True)
        pump.go()

    door.act = act
    pause = threading.Event()

    def talk() -> tuple[int, str]:
        digest, count = hashlib.sha256(), 0
        with door.client() as client:
            client.sendall(b"go")
            for turn in range(1_000_000):
                if turn % 200 == 0:
                    pause.wait(0.005)
                data = client.recv(65536)
                if not data:
                    return count, digest.hexdigest()
                count += len(data)
                digest.update(data)
        raise AssertionError

    assert await aside(talk) == (8_000_000, pumps[0].digest.hexdigest())
    assert pumps[0].most < 300_000


@pytest_twisted.ensureDeferred
async def test_a_slow_server(door: Door) -> None:
    """While it does not read, the client cannot send on; then all of it comes."""
    total, held = 8_000_000, threading.Event()

    def act(server: Server, data: bytes) -> None:
        if not held.is_set() and len(server.received) > 1_000_000:
            server.transport.pauseProducing()  # type: ignore[union-attr]
            held.set()
        if len(server.received) == total:
            digest = hashlib.sha256(server.received).digest()
            server.transport.write(digest)  # type: ignore[union-attr]

    door.act = act
    sent = 0

    def talk() -> tuple[bytes, bytes]:
        nonlocal sent
        data = os.urandom(1 << 16)
        digest = hashlib.sha256()
        with door.client() as client:
            while sent < total:
                piece = data[: total - sent]
                client.sendall(piece)
                digest.update(piece)
                sent += len(piece)
            return client.recv(100), digest.digest()

    talking = aside(talk)
    working = Deferred.fromCoroutine(talking)
    await aside(lambda: held.wait(10))
    before = len(door.connections[0].received)
    await aside(lambda: threading.Event().wait(0.1))
    assert len(door.connections[0].received) == before
    assert sent < total
    door.connections[0].transport.resumeProducing()  # type: ignore[union-attr]
    got, wanted = await working
    assert got == wanted


@pytest_twisted.ensureDeferred
async def test_half_closing(door: Door) -> None:
    """The answer is whole and its end certain, while the client may still send."""

    def act(server: Server, data: bytes) -> None:
        if data == b"first":
            server.transport.write(b"x" * 100_000)  # type: ignore[union-attr]
            server.transport.loseWriteConnection()  # type: ignore[union-attr]
            server.transport.write(b"nothing more")  # type: ignore[union-attr]
        else:
            server.transport.loseConnection()  # type: ignore[union-attr]

    door.act = act

    def talk() -> bytes:
        said = b""
        with door.client(verify_flags=0) as client:
            client.sendall(b"first")
            while data := client.recv(65536):
                said += data
            client.sendall(b"second")
        return said

    assert await aside(talk) == b"x" * 100_000
    await door.connections[0].lost
    assert door.connections[0].received == b"firstsecond"


@pytest_twisted.ensureDeferred
async def test_renegotiation_is_refused(door: Door) -> None:
    """A client of TLS 1.2 that asks for it is not served (CVE-2009-3555)."""
    assert door.certificates.context().options & ssl.OP_NO_RENEGOTIATION


def test_only_tcp() -> None:
    """A UNIX socket is no place for TLS."""
    with pytest.raises(Invalid, match="tcp"):
        speak_tls(object(), lambda: None)  # type: ignore[arg-type,return-value]
