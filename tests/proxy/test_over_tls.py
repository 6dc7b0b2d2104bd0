"""The proxy with TLS at its door."""

import datetime as dt
from typing import Any, cast

import pytest_twisted
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from twisted.internet.endpoints import SSL4ClientEndpoint
from twisted.internet.protocol import Factory
from twisted.internet.ssl import CertificateOptions, PrivateCertificate

from tests.proxy.stage import BIG, Raw, Stage


def self_signed() -> CertificateOptions:
    """Return what a server needs to speak TLS, valid for this hour."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = dt.datetime.fromtimestamp(1_700_000_000, dt.UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), 1)
        .not_valid_before(now)
        .not_valid_after(now + dt.timedelta(days=36500))
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    secret = key.private_bytes(
        pem,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    both = PrivateCertificate.loadPEM(secret + certificate.public_bytes(pem))
    return cast("CertificateOptions", both.options())


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
