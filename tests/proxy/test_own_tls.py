"""The proxy with TLS at its door: Twisted's, and our own."""

import os
from hashlib import sha256
from pathlib import Path
from typing import Any, cast

import pytest
import pytest_twisted
from autobahn.twisted.websocket import WebSocketClientFactory
from twisted.internet.defer import Deferred
from twisted.internet.endpoints import SSL4ClientEndpoint, TCP4ClientEndpoint
from twisted.internet.protocol import Factory
from twisted.internet.ssl import CertificateOptions, PrivateCertificate

from aen.proxy.factory import ProxyFactory
from aen.proxy.limits import Limits
from aen.proxy.routing import Forward
from aen.runtime.certificates import Certificates, TlsSettings
from aen.runtime.tls import speak_tls
from tests.pem import make_pair
from tests.proxy.stage import BIG, Raw, Speaker, Stage, until


def listen(stage: Stage, folder: Path, *, ours: bool) -> Any:
    """Return a port with TLS before the proxy."""
    pair = make_pair(folder / "pem")
    if ours:
        settings = TlsSettings(str(pair.certificate), str(pair.key))
        port = stage.reactor.listenTCP(0, stage.factory, interface="127.0.0.1")
        speak_tls(port, Certificates(settings, stage.reactor).context)
        return port
    pem = pair.key.read_bytes() + pair.certificate.read_bytes()
    options = PrivateCertificate.loadPEM(pem).options()
    return stage.reactor.listenSSL(0, stage.factory, options, interface="127.0.0.1")


def endpoint(stage: Stage, port: Any) -> SSL4ClientEndpoint:
    """Return where *port* is, for clients that believe anybody."""
    number = port.getHost().port
    return SSL4ClientEndpoint(stage.reactor, "127.0.0.1", number, CertificateOptions())


async def ask(where: SSL4ClientEndpoint, *pieces: bytes) -> bytes:
    """Send a request and return all that comes before the end."""
    client = cast("Raw", await where.connect(Factory.forProtocol(Raw)))
    for piece in pieces:
        cast("Any", client.transport).write(piece)
    await client.closed
    return bytes(client.data)


@pytest.mark.parametrize("ours", [False, True])
@pytest_twisted.ensureDeferred
async def test_over_tls(stage: Stage, tmp_path: Path, ours: bool) -> None:  # noqa: FBT001
    """With TLS at the door everything is the same, refusals included."""
    port = listen(stage, tmp_path, ours=ours)
    where = endpoint(stage, port)
    for request, begin, end in (
        (b"GET /big HTTP/1.0\r\nHost: a\r\n\r\n", b"HTTP/1.1 200 ", BIG),
        (b"GET /big HTTP/1.1\r\n\r\n", b"HTTP/1.1 400 ", b"\n"),
    ):
        answer = await ask(where, request)
        assert answer.startswith(begin)
        assert answer.endswith(end)
    assert stage.app.seen[0].getHeader(b"x-forwarded-proto") == b"https"
    await port.stopListening()


@pytest_twisted.ensureDeferred
async def test_uploads(stage: Stage, tmp_path: Path) -> None:
    """A large body arrives whole; a refused one does not hide the answer."""
    port = listen(stage, tmp_path, ours=True)
    where = endpoint(stage, port)
    body = os.urandom(5_000_000)
    head = b"POST / HTTP/1.0\r\nHost: a\r\nContent-Length: %d\r\n\r\n" % len(body)
    answer = await ask(where, head, body)
    assert answer.endswith(sha256(body).hexdigest().encode())
    refused = await ask(where, head.replace(b"Host: a\r\n", b"Host: a b\r\n"), body)
    assert refused.startswith(b"HTTP/1.1 400 ")
    await port.stopListening()


@pytest_twisted.ensureDeferred
async def test_websocket(stage: Stage, tmp_path: Path) -> None:
    """Messages of all sizes come back; closing says why, at the end of a frame."""
    port = listen(stage, tmp_path, ours=True)
    stage.route.to = Forward(f"unix:{stage.sockets}/echo", tags=("t",))
    factory = WebSocketClientFactory(
        f"wss://127.0.0.1:{port.getHost().port}/", reactor=stage.reactor
    )
    factory.protocol = Speaker
    speaker = cast("Speaker", await endpoint(stage, port).connect(factory))
    await speaker.opened
    for size in (0, 1, 125, 126, 65_535, 65_536, 3_000_000):
        message = os.urandom(size)
        heard = next_message(speaker)
        speaker.sendMessage(message, isBinary=True)
        assert await heard == message
    assert stage.factory.close_tagged("t", 1008, "out") == 1
    assert await speaker.ended == (1008, "out")
    await until(stage, lambda: not stage.factory.connections)
    await port.stopListening()


def next_message(speaker: Speaker) -> Deferred[bytes]:
    """Return a Deferred for the next message."""
    heard: Deferred[bytes] = Deferred()
    speaker.heard.append(heard)
    return heard


@pytest_twisted.ensureDeferred
async def test_a_handshake_that_does_not_come(stage: Stage, tmp_path: Path) -> None:
    """Has the time of a request head, also when something of it has come."""
    limits = Limits(head_seconds=0.2, tick_seconds=0.05)
    factory = ProxyFactory(stage.route, stage.reactor, limits)
    pair = make_pair(tmp_path / "pem")
    settings = TlsSettings(str(pair.certificate), str(pair.key))
    port = stage.reactor.listenTCP(0, factory, interface="127.0.0.1")
    speak_tls(port, Certificates(settings, stage.reactor).context)
    where = TCP4ClientEndpoint(stage.reactor, "127.0.0.1", port.getHost().port)
    silent, halting = [
        cast("Raw", await where.connect(Factory.forProtocol(Raw))) for _ in range(2)
    ]
    cast("Any", halting.transport).write(b"\x16\x03\x01\x02\x00\x01\x00")
    began = stage.reactor.seconds()
    await silent.closed
    await halting.closed
    assert stage.reactor.seconds() - began < 5
    assert factory.connections == 0
    await port.stopListening()
