"""What a hostile upstream answers, and what its client is shown of it."""

from attrs import frozen

OK = b"HTTP/1.1 200 OK\r\n"
SECOND = b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged"


@frozen
class Reply:
    """Bytes of an upstream, the status its client gets, and the body.

    No *body*: the client sees that the response is not whole, or a page of ours.
    *closed* says that the client's connection ends behind it.
    """

    name: str
    sent: bytes
    status: int
    body: bytes | None = None
    closed: bool = False
    method: bytes = b"GET"


def _good(*replies: tuple[bytes, bytes]) -> tuple[Reply, ...]:
    return tuple(
        Reply(f"good {number} {sent[:50]!r}", sent, 200, body)
        for number, (sent, body) in enumerate(replies)
    )


def _bad(*replies: bytes) -> tuple[Reply, ...]:
    return tuple(
        Reply(f"bad {number} {sent[:50]!r}", sent, 502)
        for number, sent in enumerate(replies)
    )


GOOD = _good(
    (OK + b"Content-Length: 5\r\n\r\nhello", b"hello"),
    (OK + b"Content-Length: 0\r\n\r\n", b""),
    (OK + b"content-length:005 \r\n\r\nhello", b"hello"),
    (OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", b"hello"),
    (OK + b"Transfer-Encoding: Chunked\r\n\r\n5;x\r\nhello\r\n0;y\r\n\r\n", b"hello"),
    (OK + b"Transfer-Encoding: chunked\r\n\r\n0\r\nn: v\r\n\r\n", b""),
    (
        OK + b"Transfer-Encoding: chunked\r\n\r\n0\r\nContent-Length: 9\r\n"
        b"Set-Cookie: a=b\r\nTransfer-Encoding: x\r\n\r\n",
        b"",
    ),
    (b"HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n", b""),
    (b"HTTP/1.1 200 \r\nContent-Length: 0\r\n\r\n", b""),
    (b"HTTP/1.1 200 Tr\xe8s bien\r\nContent-Length: 0\r\n\r\n", b""),
    (b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nhi", b"hi"),
    (b"HTTP/1.1 100 Continue\r\n\r\n" + OK + b"Content-Length: 0\r\n\r\n", b""),
    (
        b"HTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload\r\n\r\n"
        b"HTTP/1.1 102 Processing\r\n\r\n" + OK + b"Content-Length: 0\r\n\r\n",
        b"",
    ),
    (OK + b"Set-Cookie: a=b\r\nSet-Cookie: c=d\r\nContent-Length: 0\r\n\r\n", b""),
    (OK + b"Connection: x, content-length\r\nx: y\r\nContent-Length: 1\r\n\r\na", b"a"),
    (OK + b"Upgrade: h2c\r\nContent-Length: 1\r\n\r\na", b"a"),
    (OK + b"Trailer: Content-Length\r\nContent-Length: 1\r\n\r\na", b"a"),
)

BAD = _bad(
    b"\r\n",
    b"\n",
    b" ",
    b"\0",
    b"hello",
    b"HTTP/1.1\r\n",
    b"HTTP/1.1 \r\n",
    b"HTTP/1.1 OK\r\n",
    b"HTTP/1.1 20\r\n",
    b"HTTP/1.1 2000 OK\r\n",
    b"HTTP/1.1 099 OK\r\n\r\n",
    b"HTTP/1.1 000 OK\r\n\r\n",
    b"HTTP/1.1 -20 OK\r\n",
    b"HTTP/1.1 2 0 OK\r\n",
    b"HTTP/1.1  200 OK\r\n",
    b"HTTP/1.1\t200 OK\r\n",
    b" HTTP/1.1 200 OK\r\n",
    b"http/1.1 200 OK\r\n",
    b"HTTP/2 200 OK\r\n",
    b"HTTP/2.0 200 OK\r\n",
    b"HTTP/0.9 200 OK\r\n",
    b"HTTP/1.2 200 OK\r\n",
    b"HTTP/1.1 200 OK\n",
    b"HTTP/1.1 200 O\rK\r\n",
    b"HTTP/1.1 200 O\0K\r\n",
    b"HTTP/1.1 200 OK\x7f\r\n",
    b"HTTP/1.1 600 OK\r\n\r\n",
    b"HTTP/1.1 999 OK\r\n\r\n",
    b"ICY 200 OK\r\n",
    b"GET / HTTP/1.1\r\n",
    b"<html>hello</html>",
    b"\x16\x03\x01\x02\x00",
    *(
        OK + line + b"\r\n\r\nhello"
        for line in (
            b": v",
            b"n",
            b"n : v",
            b" n: v",
            b"n: v\r\n v",
            b"n: a\0b",
            b"n: a\x0bb",
            b"n: a\rb",
            b"n: a\nb",
            b"n(: v",
            b"\xc3\xa9: v",
            b"Content-Length: 5\nX: y",
            b"Content-Length: +5",
            b"Content-Length: -5",
            b"Content-Length: 5, 5",
            b"Content-Length: 0x5",
            b"Content-Length:",
            b"Content-Length: five",
            b"Content-Length: 99999999999999999999",
            b"Content-Length: 5\r\nContent-Length: 5",
            b"Content-Length: 5\r\nContent-Length: 6",
            b"Content-Length: 5\r\nTransfer-Encoding: chunked",
            b"Transfer-Encoding: chunked\r\nContent-Length: 5",
            b"Transfer-Encoding: gzip",
            b"Transfer-Encoding: gzip, chunked",
            b"Transfer-Encoding: chunked, chunked",
            b"Transfer-Encoding: ,chunked",
            b"Transfer-Encoding:",
            b"Transfer-Encoding: identity",
            b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
            b"Transfer-Encoding : chunked",
            b"Content-Length : 5",
            b"n: v\r\n" * 101 + b"n: v",
            b"n: " + b"v" * 70000,
        )
    ),
    b"HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    b"HTTP/1.1 101 Switching Protocols\r\n\r\n",
    b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
    b"Connection: Upgrade\r\n\r\n" + SECOND,
)

# The head is good and has been shown: what is wrong afterwards breaks it off.
BROKEN = tuple(
    Reply(
        f"broken {number} {body[:40]!r}",
        OK + b"Transfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n" + body,
        200,
        closed=True,
    )
    for number, body in enumerate(
        (
            b"\r\n",
            b"x\r\n",
            b"5 \r\nhello",
            b"5\nhello",
            b"5\r\nhelloX\r\n",
            b"5\r\nhello\n",
            b"0\r\nn : v\r\n\r\n",
            b"0\r\nn\r\n\r\n",
            b"0\r\n" + SECOND,
            b"0\n\n",
            b"0x0\r\n\r\n",
            b"-1\r\n",
            b"fffffffffffffffff\r\n",
            b"5;" + b"a" * 300 + b"\r\n",
            SECOND,
        )
    )
)

SPLITTING = (
    Reply(
        "more than announced",
        OK + b"Content-Length: 5\r\n\r\nhello" + SECOND,
        200,
        b"hello",
        closed=True,
    ),
    Reply(
        "a second response",
        OK + b"Content-Length: 0\r\n\r\n" + SECOND,
        200,
        b"",
        closed=True,
    ),
    Reply(
        "something behind the last chunk",
        OK + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + SECOND,
        200,
        b"",
        closed=True,
    ),
    Reply("a body of 204", b"HTTP/1.1 204 No\r\n\r\n" + SECOND, 204, b"", closed=True),
    Reply(
        "an announced body of 204",
        b"HTTP/1.1 204 No\r\nContent-Length: 5\r\n\r\nhello",
        204,
        b"",
        closed=True,
    ),
    Reply("a body of 304", b"HTTP/1.1 304 No\r\n\r\n" + SECOND, 304, b"", closed=True),
    Reply(
        "a length of 304",
        b"HTTP/1.1 304 No\r\nContent-Length: 5\r\n\r\n",
        304,
        b"",
    ),
    Reply(
        "a body for HEAD",
        OK + b"Content-Length: 5\r\n\r\nhello",
        200,
        b"",
        closed=True,
        method=b"HEAD",
    ),
    Reply(
        "chunks for HEAD",
        OK + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        200,
        b"",
        closed=True,
        method=b"HEAD",
    ),
    Reply(
        "an honest HEAD",
        OK + b"Content-Length: 5\r\n\r\n",
        200,
        b"",
        method=b"HEAD",
    ),
    Reply(
        "endless interim responses",
        b"HTTP/1.1 103 Early Hints\r\n\r\n" * 20,
        502,
    ),
    Reply(
        "100 with a length",
        b"HTTP/1.1 100 Continue\r\nContent-Length: 5\r\n\r\n"
        + OK
        + b"Content-Length: 1\r\n\r\na",
        200,
        b"a",
    ),
)

REPLIES = (*GOOD, *BAD, *BROKEN, *SPLITTING)
