"""The proxy with TLS at its door."""

import datetime as dt
import ipaddress
from typing import Any, cast

import pytest_twisted
from attrs import evolve
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from twisted.internet.endpoints import SSL4ClientEndpoint
from twisted.internet.protocol import Factory
from twisted.internet.ssl import (
    CertificateOptions,
    PrivateCertificate,
    trustRootFromCertificates,
)
from twisted.web.server import Site

from aen.proxy.factory import ProxyFactory
from aen.proxy.routing import Forward
from tests.proxy.stage import BIG, Raw, Route, Stage, get


def self_signed() -> CertificateOptions:
    """Return what a server needs to speak TLS."""
    return cast("CertificateOptions", certified("127.0.0.1").options())


def certified(address: str) -> PrivateCertificate:
    """Return a key and its own certificate for *address*, valid for long."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, address)])
    now = dt.datetime.fromtimestamp(1_700_000_000, dt.UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), 1)
        .not_valid_before(now)
        .not_valid_after(now + dt.timedelta(days=36500))
        .add_extension(
            x509.SubjectAlternativeName(
                [x509.IPAddress(ipaddress.ip_address(address))]
            ),
            critical=False,
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    secret = key.private_bytes(
        pem,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    loaded = PrivateCertificate.loadPEM(secret + certificate.public_bytes(pem))
    return cast("PrivateCertificate", loaded)


@pytest_twisted.ensureDeferred
async def test_over_tls(stage: Stage) -> None:
    """With TLS at the door everything is the same, refusals included."""
    port = stage.reactor.listenSSL(
        0, stage.factory, self_signed(), interface="127.0.0.1"
    )
    endpoint = SSL4ClientEndpoint(
        stage.reactor, "127.0.0.1", port.getHost().port, CertificateOptions()
    )
    for request, begin, end in (
        (b"GET /big HTTP/1.0\r\nHost: a\r\n\r\n", b"HTTP/1.1 200 ", BIG),
        (b"GET /big HTTP/1.1\r\n\r\n", b"HTTP/1.1 400 ", b"\n"),
    ):
        client = cast("Raw", await endpoint.connect(Factory.forProtocol(Raw)))
        cast("Any", client.transport).write(request)
        await client.closed
        assert client.data.startswith(begin)
        assert client.data.endswith(end)
    assert stage.app.seen[0].getHeader(b"x-forwarded-proto") == b"https"
    await port.stopListening()


@pytest_twisted.ensureDeferred
async def test_an_upstream_with_tls(stage: Stage) -> None:
    """It is spoken to when one of our authorities vouches for its very name."""
    both = certified("127.0.0.1")
    port = stage.reactor.listenSSL(
        0, Site(stage.app), both.options(), interface="127.0.0.1"
    )
    where = f"tls:{{}}:{port.getHost().port}"
    outcomes = []
    for authorities, host in (
        (trustRootFromCertificates([both]), "127.0.0.1"),
        (trustRootFromCertificates([both]), "localhost"),
        (trustRootFromCertificates([certified("127.0.0.1")]), "127.0.0.1"),
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
