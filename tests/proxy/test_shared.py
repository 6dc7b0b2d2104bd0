"""What is noted of each request: its id, and how long it took."""

from io import BytesIO

from twisted.internet.task import Clock

from aen.proxy.access_log import AccessLog
from aen.proxy.head import Peer, RequestHead
from aen.proxy.traits import RequestTraits
from tests.proxy.harness import TO_ONE, Harness

PEER = Peer("192.0.2.1", 1, secure=False)


def test_request_ids() -> None:
    """A client's own is kept if it is one word of sane length; others are unique."""
    shared = Harness(TO_ONE).factory._shared

    def identify(given: bytes) -> bytes:
        head = RequestHead(b"GET", b"/", "1.1", ((b"X-Request-Id", given),))
        named = RequestTraits(head, b"", 0).named_id
        return shared.new_entry(PEER, head, named).request_id

    assert identify(b"a.B_1-c") == b"a.B_1-c"
    bad = [b"", b"a b", b"a" * 65, b"a\xff", b"a:b"]
    made = {identify(given) for given in bad}
    assert len(made) == len(bad)
    assert not made & set(bad)


def test_how_long_a_request_took() -> None:
    """From its head to the last byte of its response, in the access log."""
    stream = BytesIO()
    log = AccessLog(stream, Clock())
    harness = Harness(TO_ONE, access_log=log)
    client = harness.client()
    client.send(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
    upstream = harness.upstream()
    harness.reactor.advance(2.5)
    upstream.send(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
    log.flush()
    assert b" 200 38 2.500 " in stream.getvalue()
