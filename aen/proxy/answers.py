"""Responses the proxy gives itself, and how any `Answer` is written down."""

import json
from http import HTTPStatus
from typing import Final

from aen.proxy.head import RequestHead
from aen.proxy.routing import Answer

_WORDS: Final = {
    400: "The request is malformed.",
    403: "This address may not be opened from there.",
    408: "The request took too long to arrive.",
    413: "The request is too large.",
    417: "The request expects something this server does not do.",
    421: "This server does not answer for that name.",
    431: "The headers of the request are too large.",
    500: "Something went wrong on this side. It has been logged.",
    501: "This server does not serve that method.",
    502: "The application behind this address did not answer properly.",
    503: "The application behind this address is not there.",
    504: "The application behind this address took too long to answer.",
    505: "This server speaks HTTP/1.1 and HTTP/1.0.",
}
_PAGE: Final = (
    '<!DOCTYPE html><html lang="en"><meta charset="utf-8">'
    "<title>{title}</title><h1>{title}</h1><p>{words}</p></html>\n"
)
_ALWAYS: Final = (
    (b"Cache-Control", b"no-store"),
    (b"Content-Security-Policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"X-Content-Type-Options", b"nosniff"),
)
_OURS: Final = frozenset({b"connection", b"content-length", b"transfer-encoding"})
_UNREACHABLE: Final = {
    "connect": 503,
    "connect-timeout": 504,
    "timeout": 504,
    "closed": 502,
    "protocol": 502,
}
_BODILESS: Final = frozenset({204, 304})


def error(status: int, head: RequestHead | None = None) -> Answer:
    """Return the page for *status*: HTML where a person navigates, else JSON.

    Nothing of the request is repeated in it.
    """
    phrase = HTTPStatus(status).phrase
    words = _WORDS.get(status, phrase)
    if head is not None and head.wants_page:
        kind, text = (
            b"text/html; charset=utf-8",
            _PAGE.format(title=f"{status} {phrase}", words=words),
        )
    else:
        kind = b"application/json"
        code = phrase.lower().replace(" ", "_")
        about = {"code": code, "message": words, "fields": {}}
        text = json.dumps({"error": about}, ensure_ascii=False) + "\n"
    return Answer(status, ((b"Content-Type", kind), *_ALWAYS), text.encode())


def unreachable(head: RequestHead, reason: str) -> Answer:
    """Return the page for an upstream that failed for a `Router.unreachable` reason."""
    return error(_UNREACHABLE.get(reason, 502), head)


def bad_handshake(head: RequestHead) -> Answer:
    """Return the answer for a WebSocket handshake that is none (RFC 6455, 4.2.2)."""
    plain = error(400, head)
    return Answer(400, ((b"Sec-WebSocket-Version", b"13"), *plain.headers), plain.body)


def render(answer: Answer, head: RequestHead | None, *, keep: bool) -> bytes:
    """Return the bytes of *answer* to the request with this *head*.

    *keep* says whether the connection stays open afterwards.
    """
    try:
        phrase = HTTPStatus(answer.status).phrase
    except ValueError:
        phrase = ""
    lines = [b"HTTP/1.1 %d %s\r\n" % (answer.status, phrase.encode())]
    lines.extend(
        b"%s: %s\r\n" % field
        for field in answer.headers
        if field[0].lower() not in _OURS
    )
    if answer.status not in _BODILESS:
        lines.append(b"Content-Length: %d\r\n" % len(answer.body))
    lines.append(connection_line(head, keep=keep))
    lines.append(b"\r\n")
    if answer.status not in _BODILESS and (head is None or head.method != b"HEAD"):
        lines.append(answer.body)
    return b"".join(lines)


def connection(head: RequestHead | None, *, keep: bool) -> bytes:
    """Return the value of ``Connection`` that tells the client what we do."""
    if not keep:
        return b"close"
    return b"keep-alive" if head is not None and head.version == "1.0" else b""


def connection_line(head: RequestHead | None, *, keep: bool) -> bytes:
    """Return the ``Connection`` header line, empty where the default says it."""
    value = connection(head, keep=keep)
    return b"Connection: %s\r\n" % value if value else b""
