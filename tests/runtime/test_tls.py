"""TLS with real sockets: this transport on one side, `ssl` or garbage on the other."""

import contextlib
import os
import shutil
import socket
import ssl
import subprocess
from collections.abc import Callable
from typing import TypeVar

import pytest
import pytest_twisted
from twisted.internet.interfaces import ISSLTransport

from aen.runtime.tls import speak_tls
from tests.pem import anybody
from tests.runtime.tls_door import Door, Server, aside

T = TypeVar("T")


def echo(server: Server, data: bytes) -> None:
    """Say the same."""
    server.transport.write(data)


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
    context = anybody()
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
    door.begin = lambda server: server.transport.write(b"early ")
    door.act = echo

    def talk() -> bytes:
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        tls = anybody().wrap_bio(incoming, outgoing)
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


@pytest_twisted.ensureDeferred
async def test_too_much_before_the_handshake(door: Door) -> None:
    """It is not kept for one who may never shake hands."""

    def begin(server: Server) -> None:
        server.transport.write(b"x" * 40_000)
        server.transport.write(b"y" * 40_000)
        server.transport.write(b"z")

    door.begin = begin

    def talk() -> bytes:
        # The reset may come as early as in connect(): nothing has to be said first.
        with contextlib.suppress(ConnectionResetError), door.raw() as client:
            return client.recv(100)
        return b""

    assert await aside(talk) == b""
    await door.connections[0].lost


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
        plain.settimeout(10)
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
        server.transport.write(b"x" * 100_000)
    await server.lost
    server.transport.write(b"x")
    assert server.received == b"hello"


@pytest_twisted.ensureDeferred
async def test_half_closing(door: Door) -> None:
    """The answer is whole and its end certain, while the client may still send."""

    def act(server: Server, data: bytes) -> None:
        if data == b"first":
            server.transport.write(b"x" * 100_000)
            server.transport.loseWriteConnection()
            server.transport.write(b"nothing more")
        else:
            server.transport.loseConnection()

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


@pytest.mark.skipif(shutil.which("openssl") is None, reason="needs openssl")
@pytest_twisted.ensureDeferred
async def test_renegotiation_is_refused(door: Door) -> None:
    """A client of TLS 1.2 that asks for it is told so (RFC 5246, 7.2.2)."""

    def talk() -> str:
        number = door.port.getHost().port
        done = subprocess.run(
            ("openssl", "s_client", "-tls1_2", "-connect", f"127.0.0.1:{number}"),
            input="R\n",
            capture_output=True,
            text=True,
            check=False,
            timeout=10,
        )
        return done.stdout + done.stderr

    said = await aside(talk)
    assert "RENEGOTIATING" in said
    assert "no renegotiation" in said
    await door.connections[0].lost
    assert door.connections[0].received == b""


@pytest_twisted.ensureDeferred
async def test_a_client_that_makes_us_talk(door: Door) -> None:
    """TLS answers what it must, but not without end to one who may not listen."""
    door.act = echo

    def talk() -> bytes:
        with door.client() as client:
            client.sendall(b"hello")
            said = client.recv(100)
            door.connections[0].transport._answers = 100
            door.connections[0].transport._outgoing.write(b"?")
            client.sendall(b"again")
            return said + client.recv(100)

    assert await aside(talk) == b"hello"
    await door.connections[0].lost


@pytest_twisted.ensureDeferred
async def test_asking_and_ending_at_once(door: Door) -> None:
    """A client that says goodbye with its question still gets the answer."""
    door.act = echo

    def talk() -> bytes:
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        tls = anybody().wrap_bio(incoming, outgoing)
        with door.raw() as connection:

            def until_done(work: Callable[[], T]) -> T:
                while True:
                    try:
                        return work()
                    except ssl.SSLWantReadError:
                        connection.sendall(outgoing.read())
                        incoming.write(connection.recv(65536))

            until_done(tls.do_handshake)
            tls.write(b"hello")
            with contextlib.suppress(ssl.SSLWantReadError):
                tls.unwrap()
            return until_done(lambda: tls.read(100))

    assert await aside(talk) == b"hello"
    await door.connections[0].lost


def test_only_tcp() -> None:
    """A UNIX socket is no place for TLS."""
    with pytest.raises(ValueError, match="tcp"):
        speak_tls(object(), lambda: None)  # type: ignore[arg-type,return-value]
