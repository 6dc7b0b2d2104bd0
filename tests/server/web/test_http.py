"""Bodies are bounded before anything is kept of them; who asks is told by the front."""

import pytest
from twisted.internet.address import IPv4Address, UNIXAddress
from twisted.internet.testing import StringTransport
from twisted.web.resource import Resource
from twisted.web.server import Request
from twisted.web.test.requesthelper import DummyChannel

from aen.server.web.http import BoundedRequest, bounded_site, client_address
from tests.server.web.bare import bare_request


class Counting(Resource):
    """Says how much of a body there is."""

    isLeaf = True

    def render_POST(self, request: Request) -> bytes:
        """Return the length kept, and whether there was more."""
        assert isinstance(request, BoundedRequest)
        assert request.content is not None
        return f"{len(request.content.read())} {request.overflown}".encode()


def post(body: bytes, head: bytes) -> StringTransport:
    """Return what is answered to a body that such a head announces."""
    site = bounded_site(Counting(), 100)
    site.timeOut = None
    channel = site.buildProtocol(None)
    transport = StringTransport()
    channel.makeConnection(transport)
    channel.dataReceived(b"POST / HTTP/1.1\r\nHost: x\r\n" + head + b"\r\n\r\n" + body)
    return transport


def chunked(body: bytes) -> bytes:
    """Return *body* in chunks of fifty bytes, without the last chunk."""
    return b"".join(
        b"%x\r\n%s\r\n" % (len(part), part)
        for part in (body[start : start + 50] for start in range(0, len(body), 50))
    )


def test_small() -> None:
    """A body within the limit is there as a whole."""
    assert b"80 False" in post(b"x" * 80, b"Content-Length: 80").value()


def test_large() -> None:
    """Of a body beyond it only a part is kept, whether or not its length was told."""
    assert b" True" in post(b"x" * 800, b"Content-Length: 800").value()
    body = chunked(b"x" * 800) + b"0\r\n\r\n"
    assert b"100 True" in post(body, b"Transfer-Encoding: chunked").value()


@pytest.mark.parametrize(
    ("forwarded", "address"),
    [
        ("", "192.0.2.7"),
        ("198.51.100.2", "198.51.100.2"),
        ("203.0.113.9, 198.51.100.2", "198.51.100.2"),
        ("x" * 100, "x" * 64),
    ],
)
def test_client_address(forwarded: str, address: str) -> None:
    """Only what our own front wrote is believed, and no more of it than needed."""
    request = bare_request(x_forwarded_for=forwarded)
    request.client = IPv4Address("TCP", "192.0.2.7", 1)
    assert client_address(request) == address


def test_unknown_address() -> None:
    """Through a UNIX socket, without a front, it is nobody's."""
    request = bare_request()
    request.client = UNIXAddress("/run/aen.sock")
    assert client_address(request) == ""


def test_headers_that_are_no_text() -> None:
    """Bytes that are no UTF-8 are a wrong value, not a mistake of ours."""
    request = BoundedRequest(DummyChannel(), queued=False)
    request.requestHeaders.addRawHeader(b"authorization", b"Bearer \xd7")
    assert request.getHeader("authorization") == "Bearer \ufffd"
    assert request.getHeader(b"authorization") == b"Bearer \xd7"
    assert request.getHeader("cookie") is None
