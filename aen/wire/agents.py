"""HTTP agents between roles: verified TLS, a private CA where a setting names one."""

from pathlib import Path
from typing import Any

from OpenSSL import crypto
from twisted.internet import ssl
from twisted.internet.endpoints import HostnameEndpoint, wrapClientTLS
from twisted.internet.interfaces import IStreamClientEndpoint
from twisted.web.client import Agent, BrowserLikePolicyForHTTPS, HTTPConnectionPool
from twisted.web.iweb import IAgent

from aen.model.errors import Invalid

CONNECT_SECONDS = 10.0
_BEGIN = b"-----BEGIN CERTIFICATE-----"


def trust_root(ca: str | None) -> Any:
    """Return whom to trust: the platform's authorities, or those in a PEM file.

    :raises Invalid: the file cannot be read as certificates.
    """
    if ca is None:
        return ssl.platformTrust()
    try:
        text = Path(ca).read_bytes()
        blocks = text.split(_BEGIN)[1:]
        found = [ssl.Certificate.loadPEM(_BEGIN + block) for block in blocks]
    except (OSError, ValueError, crypto.Error) as error:
        raise Invalid(f"{ca}: cannot be read as certificates: {error}") from None
    if not found:
        raise Invalid(f"{ca}: holds no certificate")
    return ssl.trustRootFromCertificates(found)


def make_agent(reactor: Any, ca: str | None) -> IAgent:
    """Return an agent for calls to other roles.

    A connection each: calls change things, and one sent on a connection that the
    other side has just closed could not be sent again without doubt.
    """
    pool = HTTPConnectionPool(reactor, persistent=False)
    policy = BrowserLikePolicyForHTTPS(trustRoot=trust_root(ca))
    return Agent(reactor, policy, CONNECT_SECONDS, pool=pool)


def endpoint_of(reactor: Any, base: str, ca: str | None) -> IStreamClientEndpoint:
    """Return how to connect to the role at *base* (``http://host:port``)."""
    secure = base.startswith("https://")
    host, _, port = base.partition("://")[2].partition(":")
    number = int(port) if port else (443 if secure else 80)
    endpoint = HostnameEndpoint(reactor, host, number, timeout=CONNECT_SECONDS)
    if not secure:
        return endpoint
    options = ssl.optionsForClientTLS(host, trustRoot=trust_root(ca))
    wrapped: IStreamClientEndpoint = wrapClientTLS(options, endpoint)
    return wrapped
