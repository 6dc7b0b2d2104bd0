"""Heads as they are sent on: RFC 9110 section 7.6, and nothing of ours from outside."""

from typing import Final

from aen.proxy import cookies
from aen.proxy.framing import CHUNKED, UNTIL_CLOSE, Framing
from aen.proxy.head import Peer, RequestHead, ResponseHead, tokens
from aen.proxy.routing import Forward

_HOP_BY_HOP: Final = frozenset(
    {
        b"connection",
        b"http2-settings",
        b"keep-alive",
        b"proxy-authenticate",
        b"proxy-authentication-info",
        b"proxy-authorization",
        b"proxy-connection",
        b"te",
        b"transfer-encoding",
        b"upgrade",
    }
)

FORWARDED: Final = frozenset(
    {
        b"forwarded",
        b"x-forwarded-for",
        b"x-forwarded-host",
        b"x-forwarded-port",
        b"x-forwarded-prefix",
        b"x-forwarded-proto",
        b"x-forwarded-protocol",
        b"x-forwarded-scheme",
        b"x-forwarded-server",
        b"x-forwarded-ssl",
        b"x-original-host",
        b"x-original-url",
        b"x-real-ip",
        b"x-request-id",
        b"x-rewrite-url",
        b"x-scheme",
    }
)
"""What an upstream may believe of the client because only a proxy says it."""

_NOT_PASSED_ON: Final = _HOP_BY_HOP | FORWARDED
# What naming in Connection must not take away (RFC 9110 section 7.6.1).
_KEPT: Final = frozenset({b"host", b"content-length", b"cookie", b"authorization"})
_NEVER_TRAILERS: Final = frozenset(
    {
        b"content-encoding",
        b"content-length",
        b"content-type",
        b"authorization",
        b"cookie",
        b"expect",
        b"host",
        b"location",
        b"set-cookie",
    }
)

_NONE: Final[frozenset[bytes]] = frozenset()
_NO_CONTENT: Final = 204
_REQUEST_ID: Final = b"x-request-id"

Around = tuple[bytes, bytes, bytes]
"""What is before the request's id, the one a router has set, and what is behind it."""
_OF_CLIENT: Final = frozenset(
    {b"x-forwarded-for", b"x-forwarded-host", b"x-forwarded-proto"}
)


def request_head(
    head: RequestHead,
    forward: Forward,
    peer: Peer,
    request_id: bytes,
    framing: Framing,
) -> bytes:
    """Return the request's head as the upstream shall read it (always HTTP/1.1).

    The empty line is included.
    """
    around = request_lines(head, forward, peer, framing)
    return assembled(head, forward, around, request_id)


def assembled(
    head: RequestHead, forward: Forward, around: Around, request_id: bytes
) -> bytes:
    """Return the head: a first line, and the request's id with what is *around* it."""
    before, own_id, behind = around
    changed = forward.cut or forward.base or forward.target is not None
    return b"%b %b HTTP/1.1\r\n%b%b\r\n%b" % (
        head.method,
        forward.target_for(head.target) if changed else head.target,
        before,
        own_id or request_id,
        behind,
    )


def request_lines(
    head: RequestHead, forward: Forward, peer: Peer, framing: Framing
) -> Around:
    """Return what is the same for requests that differ in target and id only."""
    dropped = _dropped_from_request(head, forward)
    prefixes = forward.drop_cookies
    parts: list[bytes] = []
    for key, (name, value) in zip(head.keys, head.headers, strict=True):
        if key in dropped or (b"_" in key and _passes_for(key, dropped)):
            continue
        if prefixes and key == b"cookie":
            value = cookies.without(value, prefixes)  # noqa: PLW2901
            if not value:
                continue
        parts += (name, b": ", value, b"\r\n")
    parts += _ours(head, forward, peer)
    behind = [
        b"%s: %s\r\n" % field
        for field in forward.set_headers
        if field[0].lower() != _REQUEST_ID
    ]
    if framing == CHUNKED:
        behind.append(b"Transfer-Encoding: chunked\r\n")
    own = [value for name, value in forward.set_headers if name.lower() == _REQUEST_ID]
    parts.append(b"X-Request-Id: ")
    return b"".join(parts), b"".join(own[-1:]), b"".join((*behind, b"\r\n"))


def _passes_for(key: bytes, dropped: frozenset[bytes]) -> bool:
    """Return whether CGI's naming makes this the same header as one of ours."""
    plain = key.replace(b"_", b"-")
    return plain in dropped or plain in _KEPT


def _dropped_from_request(head: RequestHead, forward: Forward) -> frozenset[bytes]:
    dropped = _NOT_PASSED_ON
    if forward.drop_headers:
        dropped |= forward.drop_headers
    if forward.set_headers:
        dropped |= {name.lower() for name, _ in forward.set_headers}
    named = _named(head)
    return dropped | named if named else dropped


def _named(head: RequestHead | ResponseHead) -> frozenset[bytes]:
    """Return the headers that ``Connection`` takes away (RFC 9110, 7.6.1)."""
    named = head.header(b"connection")
    if named is None or named in (b"keep-alive", b"close"):
        return _NONE
    return frozenset(tokens(head.values(b"connection"))) - _KEPT


def _ours(head: RequestHead, forward: Forward, peer: Peer) -> list[bytes]:
    """Return the lines the proxy adds; those the router sets win over them."""
    host = head.header(b"host")
    ours = [
        (b"X-Forwarded-For", peer.host.encode("ascii", "replace")),
        (b"X-Forwarded-Proto", b"https" if peer.secure else b"http"),
        (b"X-Forwarded-Host", host or b""),
    ]
    replaced = {name.lower() for name, _ in forward.set_headers}
    if not forward.tell_client:
        replaced |= _OF_CLIENT
    lines = [
        b"%s: %s\r\n" % (name, value)
        for name, value in ours
        if value and name.lower() not in replaced
    ]
    if host is None and b"host" not in replaced:
        lines.insert(0, b"Host:\r\n")  # HTTP/1.0; RFC 9112 section 3.2
    return lines


def request_trailers(
    trailers: list[tuple[bytes, bytes]], forward: Forward
) -> list[tuple[bytes, bytes]]:
    """Return the trailers of a request that may be passed on."""
    dropped = _NOT_PASSED_ON | _NEVER_TRAILERS | forward.drop_headers
    dropped |= {name.lower() for name, _ in forward.set_headers}
    return [
        field
        for field in trailers
        if field[0].lower().replace(b"_", b"-") not in dropped
    ]


def response_head(
    head: ResponseHead,
    forward: Forward,
    framing: Framing,
    connection: bytes,
) -> bytes:
    """Return the response's head as the client shall read it.

    *framing* is the client's, not the upstream's; *connection* is the value of
    ``Connection``, empty for none.
    """
    lines = [b"HTTP/1.1 %d %s\r\n" % (head.status, head.reason)]
    lines += _response_fields(head, forward, framing)
    lines.extend(b"%s: %s\r\n" % field for field in forward.add_response_headers)
    if framing == CHUNKED:
        lines.append(b"Transfer-Encoding: chunked\r\n")
    if connection:
        lines.append(b"Connection: %s\r\n" % connection)
    lines.append(b"\r\n")
    return b"".join(lines)


def _response_fields(
    head: ResponseHead, forward: Forward, framing: Framing
) -> list[bytes]:
    dropped = _dropped_from_response(head, forward)
    if framing in (CHUNKED, UNTIL_CLOSE) or head.status == _NO_CONTENT:
        dropped |= {b"content-length"}
    ours = forward.drop_cookies
    parts: list[bytes] = []
    for key, (name, value) in zip(head.keys, head.headers, strict=True):
        if key in dropped:
            continue
        if ours and key == b"set-cookie" and cookies.sets(value, ours):
            continue
        parts += (name, b": ", value, b"\r\n")
    return parts


def _dropped_from_response(head: ResponseHead, forward: Forward) -> frozenset[bytes]:
    dropped = _HOP_BY_HOP
    if forward.drop_response_headers:
        dropped |= forward.drop_response_headers
    if forward.add_response_headers:
        dropped |= {name.lower() for name, _ in forward.add_response_headers}
    named = _named(head)
    return dropped | named if named else dropped


def response_trailers(
    trailers: list[tuple[bytes, bytes]], forward: Forward
) -> list[tuple[bytes, bytes]]:
    """Return the trailers of a response that may be passed on."""
    dropped = _HOP_BY_HOP | _NEVER_TRAILERS | forward.drop_response_headers
    dropped |= {name.lower() for name, _ in forward.add_response_headers}
    return [field for field in trailers if field[0].lower() not in dropped]


def switching_head(head: ResponseHead, forward: Forward) -> bytes:
    """Return the head of a ``101`` that accepts a WebSocket."""
    lines = [b"HTTP/1.1 101 Switching Protocols\r\n"]
    lines += _response_fields(head, forward, UNTIL_CLOSE)
    lines.extend(b"%s: %s\r\n" % field for field in forward.add_response_headers)
    lines.append(b"Upgrade: websocket\r\nConnection: Upgrade\r\n\r\n")
    return b"".join(lines)


def interim_head(head: ResponseHead, forward: Forward) -> bytes:
    """Return the head of a 1xx response."""
    lines = [b"HTTP/1.1 %d %s\r\n" % (head.status, head.reason)]
    lines += _response_fields(head, forward, UNTIL_CLOSE)
    return b"".join([*lines, b"\r\n"])
