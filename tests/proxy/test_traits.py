"""What a request's fields tell is worked out once, and never taken for another's."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aen.proxy import rewrite
from aen.proxy.errors import ProtocolError
from aen.proxy.head import Peer, RequestHead
from aen.proxy.parsing import HeadBuffer, read_request_head
from aen.proxy.routing import Forward
from aen.proxy.traits import RequestTraits

PEER = Peer("192.0.2.1", 1, secure=False)
TO = Forward("unix:/x", drop_cookies=(b"ours",))
FIELDS = b"Host: a\r\nCookie: ours=1; b=2\r\nX-A: b\r\n\r\n"

LINES = st.sampled_from(
    [
        b"GET / HTTP/1.1\r\n",
        b"GET /a?b=%20 HTTP/1.1\r\n",
        b"POST /a HTTP/1.1\r\n",
        b"GET /a HTTP/1.0\r\n",
        b"GET http://a/b HTTP/1.1\r\n",
        b"OPTIONS * HTTP/1.1\r\n",
        b"CONNECT a:1 HTTP/1.1\r\n",
        b"GET /a\\b HTTP/1.1\r\n",
        b"GET  /a HTTP/1.1\r\n",
        b"\r\nGET /a HTTP/1.1\r\n",
        b"get /a HTTP/1.1\r\n",
        b"GET /a HTTP/1.1\n",
        b"GET /a HTTP/1.1\r\n\r\n",
    ]
)
BLOCKS = st.sampled_from(
    [
        FIELDS,
        b"Host: a\r\n\r\n",
        b"Host: b\r\n\r\n",
        b"host: a\r\nConnection: close\r\n\r\n",
        b"Host: a\r\nContent-Length: 3\r\n\r\n",
        b"Host: a\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"Host: a\r\nUpgrade: websocket\r\nX-Request-Id: i\r\n\r\n",
        b"Host: a\r\nX_Request_Id: 1\r\nExpect: 100-continue\r\n\r\n",
    ]
)


def read(raw: bytes) -> tuple[RequestHead, RequestTraits, bytes] | None:
    """Return what *raw* begins with, read in the ordinary way; None if nothing good."""
    try:
        taken = HeadBuffer(1000).take(raw)
        if taken is None:
            return None
        head = read_request_head(taken[0], 100)
        return head, RequestTraits(head, taken[0], 4096), taken[1]
    except ProtocolError:
        return None


def told(traits: RequestTraits) -> tuple[object, ...]:
    """Return all that follows from the fields."""
    return traits.framing, traits.keeps, traits.switches, traits.named_id


@given(LINES, BLOCKS, LINES, BLOCKS, st.sampled_from([b"", b"abc", b"GET / HTTP/1.1"]))
def test_recalling_is_reading(
    line: bytes, block: bytes, next_line: bytes, next_block: bytes, rest: bytes
) -> None:
    """A request that is recalled is just what reading it would have given."""
    before, data = read(line + block), next_line + next_block + rest
    if before is None:
        return
    recalled = before[1].recall(data, 1000)
    if recalled is None:
        return
    after = read(data)
    assert after is not None
    assert recalled == (after[0], after[2])
    assert told(before[1]) == told(after[1])
    sent = before[1].rewritten(recalled[0], TO, PEER, b"id")
    assert sent == rewrite.request_head(after[0], TO, PEER, b"id", after[1].framing)


def ready() -> tuple[RequestHead, RequestTraits]:
    """Return a request that was read."""
    found = read(b"GET /a HTTP/1.1\r\n" + FIELDS)
    assert found is not None
    return found[0], found[1]


def test_the_same_fields_are_recalled() -> None:
    """That is what all this is for: other targets and methods, the same fields."""
    head, traits = ready()
    recalled = traits.recall(b"PUT /b?c HTTP/1.1\r\n" + FIELDS + b"rest", 1000)
    assert recalled is not None
    again, rest = recalled
    assert (again.method, again.target, rest) == (b"PUT", b"/b?c", b"rest")
    assert again.fields is head.fields


@pytest.mark.parametrize("limit", [10, len(FIELDS) + 16])
def test_limits_hold(limit: int) -> None:
    """A head that would be too long is left to who refuses it."""
    _, traits = ready()
    assert traits.recall(b"GET /a HTTP/1.1\r\n" + FIELDS, limit) is None


def test_long_fields_are_not_kept() -> None:
    """An idle connection does not hold them."""
    raw = b"GET /a HTTP/1.1\r\n" + FIELDS
    traits = RequestTraits(ready()[0], raw, len(FIELDS) - 1)
    assert traits.recall(raw, 1000) is None


def test_what_the_upstream_is_sent_is_kept_for_one_forward() -> None:
    """Another decision, client or head has lines of its own."""
    head, traits = ready()
    first = traits.rewritten(head, TO, PEER, b"1")
    assert b"Cookie: b=2\r\n" in first
    assert traits.rewritten(head, TO, PEER, b"2") == first.replace(
        b"X-Request-Id: 1", b"X-Request-Id: 2"
    )
    other = Forward("unix:/x", drop_headers=frozenset({b"cookie"}))
    assert b"Cookie" not in traits.rewritten(head, other, PEER, b"1")
    assert traits.rewritten(head, TO, PEER, b"1") == first
    elsewhere = Peer("198.51.100.2", 1, secure=True)
    assert b"198.51.100.2" in traits.rewritten(head, TO, elsewhere, b"1")
    assert traits.rewritten(head, TO, PEER, b"1") == first
    fewer = RequestHead(b"GET", b"/a", "1.1", ((b"Host", b"a"),))
    assert b"X-A" not in traits.rewritten(fewer, TO, PEER, b"1")
