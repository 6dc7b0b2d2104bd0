"""What is changed in heads on their way."""

import pytest

from aen.proxy import rewrite
from aen.proxy.framing import CHUNKED
from aen.proxy.head import Headers, Peer, RequestHead, ResponseHead
from aen.proxy.routing import Forward

PEER = Peer("192.0.2.1", 4711, secure=True)


def upstream_sees(headers: Headers, forward: Forward) -> list[bytes]:
    """Return the lines an upstream sees beyond those the proxy always sets."""
    head = RequestHead(b"GET", b"/", "1.1", ((b"Host", b"a"), *headers))
    raw = rewrite.request_head(head, forward, PEER, b"id", 0)
    assert raw.startswith(b"GET / HTTP/1.1\r\nHost: a\r\n")
    assert raw.endswith(b"\r\n\r\n")
    always = {
        b"X-Forwarded-For: 192.0.2.1",
        b"X-Forwarded-Proto: https",
        b"X-Forwarded-Host: a",
        b"X-Request-Id: id",
    }
    lines = raw.split(b"\r\n")[2:-2]
    assert always <= set(lines)
    return [line for line in lines if line not in always]


TO = Forward("unix:/x")


@pytest.mark.parametrize(
    "name",
    [
        b"Connection",
        b"Keep-Alive",
        b"Proxy-Connection",
        b"Proxy-Authorization",
        b"TE",
        b"Upgrade",
        b"Forwarded",
        b"X-Forwarded-For",
        b"x-forwarded-proto",
        b"X-FORWARDED-HOST",
        b"X_Forwarded_For",
        b"X-Forwarded_For",
        b"Content_Length",
        b"X-Real-IP",
        b"X-Request-Id",
        b"HTTP2-Settings",
        b"Transfer-Encoding",
        b"X-Forwarded-Port",
        b"X-Forwarded-Prefix",
        b"X-Forwarded-Protocol",
        b"X-Forwarded-Scheme",
        b"X-Forwarded-Server",
        b"X-Forwarded-SSL",
        b"X-Original-Host",
        b"X-Original-URL",
        b"X-Rewrite-URL",
        b"X-Scheme",
    ],
)
def test_never_passed_on(name: bytes) -> None:
    """Hop-by-hop headers, and those an upstream believes a proxy for."""
    assert upstream_sees(((name, b"x"), (b"A", b"b")), TO) == [b"A: b"]


def test_connection_takes_headers_away_but_not_ours() -> None:
    """A client names its own hop-by-hop headers; what we set stays."""
    forward = Forward("unix:/x", set_headers=((b"X-User", b"ada"),))
    headers = (
        (b"Connection", b"x-gone, X-User, x-forwarded-for, host, content-length"),
        (b"Connection", b"Authorization, cookie"),
        (b"X-Gone", b"1"),
        (b"X-User", b"eve"),
        (b"X_USER", b"eve"),
        (b"Content-Length", b"0"),
        (b"Authorization", b"Bearer x"),
        (b"Cookie", b"a=b"),
    )
    assert upstream_sees(headers, forward) == [
        b"Content-Length: 0",
        b"Authorization: Bearer x",
        b"Cookie: a=b",
        b"X-User: ada",
    ]


def test_a_router_may_set_what_we_would() -> None:
    """For a proxy that another proxy of ours speaks to."""
    forward = Forward("unix:/x", set_headers=((b"X-Forwarded-For", b"9.9.9.9"),))
    head = RequestHead(b"GET", b"/", "1.1", ((b"Host", b"a"),))
    raw = rewrite.request_head(head, forward, PEER, b"id", CHUNKED)
    assert raw.count(b"X-Forwarded-For") == 1
    assert b"X-Forwarded-For: 9.9.9.9\r\n" in raw
    assert raw.endswith(b"Transfer-Encoding: chunked\r\n\r\n")


def test_a_router_may_name_the_request() -> None:
    """Its id stands in the place of ours, once."""
    forward = Forward("unix:/x", set_headers=((b"x-request-id", b"theirs"),))
    head = RequestHead(b"GET", b"/", "1.1", ((b"Host", b"a"),))
    raw = rewrite.request_head(head, forward, PEER, b"id", 0).lower()
    assert raw.count(b"x-request-id") == 1
    assert b"x-request-id: theirs\r\n" in raw


def test_dropped_headers_and_cookies() -> None:
    """Authorization and our cookies never reach an upstream."""
    forward = Forward(
        "unix:/x",
        drop_headers=frozenset({b"authorization"}),
        drop_cookies=(b"__Host-aen", b"aen"),
    )
    headers = (
        (b"Authorization", b"Bearer x"),
        (b"Cookie", b"aen=1; a=b;__host-AEN-x=2; c=aen"),
        (b"Cookie", b"aen-y=3"),
    )
    assert upstream_sees(headers, forward) == [b"Cookie: a=b; c=aen"]


def test_response_heads() -> None:
    """Hop-by-hop and dropped headers go, ours replace, the rest stays in order."""
    forward = Forward(
        "unix:/x",
        drop_cookies=(b"aen",),
        add_response_headers=((b"X-Frame-Options", b"DENY"),),
        drop_response_headers=frozenset({b"server"}),
    )
    head = ResponseHead(
        "1.1",
        200,
        b"OK",
        (
            (b"Server", b"x"),
            (b"Connection", b"x-hop"),
            (b"X-Hop", b"1"),
            (b"Set-Cookie", b"a=b"),
            (b"Set-Cookie", b"aen=1"),
            (b"x-frame-options", b"ALLOW"),
            (b"Set-Cookie", b"c=d"),
            (b"Transfer-Encoding", b"chunked"),
        ),
    )
    assert rewrite.response_head(head, forward, CHUNKED, b"close") == (
        b"HTTP/1.1 200 OK\r\nSet-Cookie: a=b\r\nSet-Cookie: c=d\r\n"
        b"X-Frame-Options: DENY\r\nTransfer-Encoding: chunked\r\n"
        b"Connection: close\r\n\r\n"
    )


def test_no_length_where_none_may_be() -> None:
    """A 204 has no Content-Length (RFC 9110, section 8.6)."""
    head = ResponseHead("1.1", 204, b"", ((b"Content-Length", b"0"),))
    assert rewrite.response_head(head, TO, 0, b"") == b"HTTP/1.1 204 \r\n\r\n"


@pytest.mark.parametrize(
    "name",
    [
        b"Connection",
        b"HTTP2-Settings",
        b"Keep-Alive",
        b"Proxy-Authenticate",
        b"Proxy-Authentication-Info",
        b"Transfer-Encoding",
        b"Upgrade",
    ],
)
def test_never_passed_back(name: bytes) -> None:
    """Hop-by-hop headers of a response are between the upstream and us."""
    head = ResponseHead("1.1", 200, b"OK", ((name, b"x"), (b"A", b"b")))
    sent = rewrite.response_head(head, TO, 0, b"")
    assert sent == b"HTTP/1.1 200 OK\r\nA: b\r\n\r\n"


def test_interim_heads() -> None:
    """They have no body to announce (RFC 9110, section 8.6), and nothing of a hop."""
    fields = ((b"Content-Length", b"5"), (b"Connection", b"x"), (b"Link", b"l"))
    head = ResponseHead("1.1", 103, b"Early", fields)
    assert rewrite.interim_head(head, TO) == b"HTTP/1.1 103 Early\r\nLink: l\r\n\r\n"


def test_switching_heads() -> None:
    """What a router adds to responses it adds to an accepted WebSocket too."""
    forward = Forward("unix:/x", add_response_headers=((b"X-A", b"b"),))
    head = ResponseHead("1.1", 101, b"", ((b"x-a", b"theirs"), (b"Upgrade", b"w")))
    assert rewrite.switching_head(head, forward) == (
        b"HTTP/1.1 101 Switching Protocols\r\nX-A: b\r\n"
        b"Upgrade: websocket\r\nConnection: Upgrade\r\n\r\n"
    )


@pytest.mark.parametrize(
    "name",
    [
        *(b"Authorization", b"Content-Encoding", b"Content-Length", b"Content-Type"),
        *(b"Cookie", b"Expect", b"Host", b"Location", b"Set-Cookie", b"Connection"),
    ],
)
def test_trailers_that_are_none(name: bytes) -> None:
    """What frames, routes or authenticates a message is not read behind its body."""
    trailers = [(name, b"x"), (b"X-Sum", b"1")]
    assert rewrite.request_trailers(trailers, TO) == trailers[1:]
    assert rewrite.response_trailers(trailers, TO) == trailers[1:]


def test_trailers() -> None:
    """Trailers cannot do what headers must not."""
    forward = Forward(
        "unix:/x",
        set_headers=((b"X-User", b"ada"),),
        drop_headers=frozenset({b"x-token"}),
        add_response_headers=((b"X-Frame-Options", b"DENY"),),
        drop_response_headers=frozenset({b"server"}),
    )
    good = (b"X-Sum", b"1")
    bad = [(b"X-User", b"eve"), (b"X-Token", b"t"), (b"x_forwarded_for", b"1"), good]
    assert rewrite.request_trailers(bad, forward) == [good]
    bad = [(b"Server", b"x"), (b"x-frame-options", b"ALLOW"), good]
    assert rewrite.response_trailers(bad, forward) == [good]


def test_a_client_nobody_is_told_of() -> None:
    """With `Forward.tell_client` off only what the router sets speaks of the client."""
    head = RequestHead(b"GET", b"/", "1.1", ((b"Host", b"a"), (b"X-Real-IP", b"9")))
    said = ((b"X-Forwarded-For", b"203.0.113.7"),)
    forward = Forward("unix:/x", tell_client=False, set_headers=said)
    assert rewrite.request_head(head, forward, PEER, b"id", 0) == (
        b"GET / HTTP/1.1\r\nHost: a\r\nX-Request-Id: id\r\n"
        b"X-Forwarded-For: 203.0.113.7\r\n\r\n"
    )
