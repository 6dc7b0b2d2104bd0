"""TLS at the proxy's door, Twisted's and our own, and towards upstreams."""

import os
from hashlib import sha256
from pathlib import Path
from typing import Any, cast

import pytest
import pytest_twisted
from attrs import evolve
from autobahn.twisted.websocket import WebSocketClientFactory
from twisted.internet.endpoints import SSL4ClientEndpoint, TCP4ClientEndpoint
from twisted.internet.protocol import Factory
from twisted.internet.ssl import (
    CertificateOptions,
    PrivateCertificate,
    trustRootFromCertificates,
)
from twisted.web.server import Site

from aen.proxy.factory import ProxyFactory
from aen.proxy.limits import Limits
from aen.proxy.routing import Forward
from aen.runtime.certificates import Certificates, TlsSettings
from aen.runtime.tls import speak_tls
from tests.pem import make_pair
from tests.proxy.stage import BIG, Raw, Route, Speaker, Stage, get
from tests.waiting import eventually


def listen(stage: Stage, folder: Path, *, ours: bool) -> Any:
    """Return a port with TLS before the proxy."""
    if ours:
        pair = make_pair(folder / "pem")
        settings = TlsSettings(str(pair.certificate), str(pair.key))
        port = stage.reactor.listenTCP(0, stage.factory, interface="127.0.0.1")
        speak_tls(port, Certificates(settings, stage.reactor).context)
        return port
    options = identity(folder / "pem").options()
    return stage.reactor.listenSSL(0, stage.factory, options, interface="127.0.0.1")


def identity(folder: Path, host: str = "localhost") -> PrivateCertificate:
    """Return a new certificate for *host*, and its key, as Twisted holds them."""
    pair = make_pair(folder, host)
    pem = pair.key.read_bytes() + pair.certificate.read_bytes()
    return cast("PrivateCertificate", PrivateCertificate.loadPEM(pem))


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
async def test_over_tls(stage: Stage, tmp_path: Path, *, ours: bool) -> None:
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
        assert await speaker.say(message) == message
    assert stage.factory.close_tagged("t", 1008, "out") == 1
    assert await speaker.ended == (1008, "out")
    await eventually(lambda: not stage.factory.connections, "all have left")
    await port.stopListening()


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


@pytest_twisted.ensureDeferred
async def test_an_upstream_with_tls(stage: Stage, tmp_path: Path) -> None:
    """It is spoken to when one of our authorities vouches for its very name."""
    both, other = (identity(tmp_path / name, "127.0.0.1") for name in ("a", "b"))
    port = stage.reactor.listenSSL(
        0, Site(stage.app), both.options(), interface="127.0.0.1"
    )
    where = f"tls:{{}}:{port.getHost().port}"
    outcomes = []
    for authorities, host in (
        (trustRootFromCertificates([both]), "127.0.0.1"),
        (trustRootFromCertificates([both]), "localhost"),
        (trustRootFromCertificates([other]), "127.0.0.1"),
        (None, "127.0.0.1"),
    ):
        route = Route(Forward(where.format(host)))
        factory = ProxyFactory(route, stage.reactor, authorities=authorities)
        door = stage.reactor.listenTCP(0, factory, interface="127.0.0.1")
        inner = evolve(stage, factory=factory, port=door.getHost().port)
        outcomes.append(await get(inner, "/a"))
        await door.stopListening()
        await factory.drain(0)
    assert outcomes[0] == (200, b"hello /a")
    assert {code for code, _ in outcomes[1:]} == {502}
    assert len(stage.app.seen) == 1
    await port.stopListening()
