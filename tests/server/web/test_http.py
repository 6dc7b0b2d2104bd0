"""Bodies are bounded before anything is kept of them."""

from twisted.internet.testing import StringTransport
from twisted.web.resource import Resource
from twisted.web.server import Request

from aen.server.web.http import bounded_site


class Counting(Resource):
    """Says how much of a body there is."""

    isLeaf = True

    def render_POST(self, request: Request) -> bytes:
        """Return the length kept, and whether there was more."""
        assert request.content is not None
        kept = len(request.content.read())
        return f"{kept} {request.overflown}".encode()  # type: ignore[attr-defined]


def _post(body: bytes, head: bytes) -> StringTransport:
    site = bounded_site(Counting(), 100)
    site.timeOut = None
    channel = site.buildProtocol(None)
    transport = StringTransport()
    channel.makeConnection(transport)
    channel.dataReceived(b"POST / HTTP/1.1\r\nHost: x\r\n" + head + b"\r\n\r\n" + body)
    return transport


def _chunked(body: bytes) -> bytes:
    return b"".join(
        b"%x\r\n%s\r\n" % (len(part), part)
        for part in (body[start : start + 50] for start in range(0, len(body), 50))
    )


def test_small() -> None:
    """A body within the limit is there as a whole."""
    assert b"80 False" in _post(b"x" * 80, b"Content-Length: 80").value()


def test_large() -> None:
    """Of a body beyond it only a part is kept, whether or not its length was told."""
    assert b" True" in _post(b"x" * 800, b"Content-Length: 800").value()
    chunked = _chunked(b"x" * 800) + b"0\r\n\r\n"
    assert b"100 True" in _post(chunked, b"Transfer-Encoding: chunked").value()
