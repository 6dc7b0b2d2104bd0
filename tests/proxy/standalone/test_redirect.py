"""Leading plain HTTP to HTTPS."""

import pytest
import pytest_twisted

from aen.proxy.head import Peer, RequestHead
from aen.proxy.routing import Forward
from aen.proxy.standalone.redirect import ToHttps
from tests.proxy.standalone.authority import Authority
from tests.proxy.standalone.desk import Desk

PEER = Peer("1.1.1.1", 1, secure=False)


@pytest.mark.parametrize(
    ("port", "host", "target", "location"),
    [
        (443, b"a.org", b"/x?y", b"https://a.org/x?y"),
        (443, b"a.org:80", b"/", b"https://a.org/"),
        (8443, b"a.org:80", b"//evil.org/", b"https://a.org:8443//evil.org/"),
        (8443, b"[::1]:80", b"/", b"https://[::1]:8443/"),
        (443, b"a.org", b"*", b"https://a.org/"),
    ],
)
def test_where(port: int, host: bytes, target: bytes, location: bytes) -> None:
    """The same host and path, the other port."""
    head = RequestHead(b"GET", target, "1.1", ((b"Host", host),))
    answer = ToHttps(port).route(head, PEER)
    assert (answer.status, answer.headers) == (301, ((b"Location", location),))


def test_nowhere() -> None:
    """Without a host nobody knows where to; nothing is ever forwarded."""
    head = RequestHead(b"GET", b"/", "1.0", ())
    assert ToHttps(443).route(head, PEER).status == 400
    assert ToHttps(443).unreachable(head, Forward("-"), "connect").status == 502


@pytest_twisted.ensureDeferred
async def test_redirect_port(desk: Desk) -> None:
    """``--redirect-port`` answers for ``--redirect-to``, or the door."""
    pair = Authority(desk.room, "ours").pair("door")
    files = ("--ssl-key", pair.key, "--ssl-cert", pair.cert, "--redirect-port", "0")
    running = desk.start(*files, "--redirect-to", "443")
    reply = await desk.ask(running.addresses[2], "/x?y=1", Host="a.org:80")
    assert reply.status == 301
    assert reply.headers["location"] == ["https://a.org/x?y=1"]
