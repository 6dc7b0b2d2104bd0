"""More than one request: pipelines, hidden requests, refused upgrades."""

from tests.proxy.corpus.bodies import HELLO, HIDDEN, TE
from tests.proxy.corpus.case import Case, head, post, refused

KEY = b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="
VERSION = b"Sec-WebSocket-Version: 13"
WEBSOCKET = (b"Connection: Upgrade", b"Upgrade: websocket", KEY, VERSION)
GET = head()
BAD = b"GET / HTTP/1.1\r\nHost: a\r\nn : v\r\n\r\n"
FRAME = b"\x81\x85\1\2\3\4hello"

PIPELINES = (
    Case("two", GET * 2, (200, 200), (b"GET / ",) * 2),
    Case("fifty", GET * 50, (200,) * 50, (b"GET / ",) * 50),
    Case(
        "bodies between",
        post(b"Content-Length: 5", body=b"hello")
        + GET
        + post(TE, body=HELLO)
        + head(start=b"HEAD /h HTTP/1.1")
        + GET,
        (200,) * 5,
        (b"POST / hello", b"GET / ", b"POST / hello", b"HEAD /h ", b"GET / "),
    ),
    Case("an empty line between", GET + b"\r\n" + GET, (200, 200), (b"GET / ",) * 2),
    Case("two empty lines between", GET + b"\r\n\r\n" + GET, (200, 400), (b"GET / ",)),
    Case("a bad one second", GET + BAD + GET, (200, 400), (b"GET / ",)),
    Case("a bad one first", BAD + GET, (400,)),
    Case(
        "behind Connection: close",
        head(b"Connection: close") + GET,
        (200,),
        (b"GET / ",),
    ),
    Case(
        "behind HTTP/1.0",
        head(start=b"GET / HTTP/1.0") + GET,
        (200,),
        (b"GET / ",),
    ),
    Case(
        "behind HTTP/1.0 that stays",
        head(b"Connection: keep-alive", start=b"GET / HTTP/1.0") + GET,
        (200, 200),
        (b"GET / ", b"GET / "),
    ),
    Case(
        "hidden behind a GET without length",
        GET + b"hello" + HIDDEN,
        (200, 501),
        (b"GET / ",),
    ),
    Case(
        "more than the length",
        post(b"Content-Length: 5", body=b"helloX") + GET,
        (200, 501),
        (b"POST / hello",),
    ),
    Case(
        "a request behind a length of nothing",
        post(b"Content-Length: 0") + HIDDEN,
        (200, 200),
        (b"POST / ", b"GET /hidden "),
    ),
    Case(
        "a request behind the last chunk",
        post(TE, body=HELLO) + HIDDEN,
        (200, 200),
        (b"POST / hello", b"GET /hidden "),
    ),
    Case(
        "a request as a chunk",
        post(TE, body=b"%x\r\n%s\r\n0\r\n\r\n" % (len(HIDDEN), HIDDEN)),
        (200,),
        (b"POST / " + HIDDEN,),
    ),
    Case(
        "HEAD and its answer's length",
        head(start=b"HEAD / HTTP/1.1") + GET,
        (200, 200),
        (b"HEAD / ", b"GET / "),
    ),
    Case(
        "a TE hidden in a GET",
        head(TE, end=b"0\r\n\r\n") + GET,
        (200, 200),
        (b"GET / ", b"GET / "),
    ),
    Case(
        "a body refused",
        post(TE, body=b"x\r\n") + HIDDEN,
        (400,),
    ),
    Case(
        "a second chunk refused",
        post(TE, body=b"5\r\nhello\r\n5\nhello\r\n0\r\n\r\n") + HIDDEN,
        (400,),
    ),
)

# CL.TE, TE.CL and TE.TE as they are taught; none may get further than this proxy.
CLASSICS = refused(
    400,
    "classic",
    (
        post(b"Content-Length: 13", TE, body=b"0\r\n\r\nSMUGGLED"),
        post(TE, b"Content-Length: 4", body=b"5c\r\nGPOST / HTTP/1.1\r\n\r\n0\r\n\r\n"),
        *(
            post(b"Content-Length: 4", line, body=b"0\r\n\r\n" + HIDDEN)
            for line in (
                b"Transfer-Encoding: xchunked",
                b"Transfer-Encoding : chunked",
                b"Transfer-Encoding: x",
                b"Transfer-Encoding:[tab]chunked",
                b" Transfer-Encoding: chunked",
                b"X: X\nTransfer-Encoding: chunked",
                b"Transfer-Encoding\r\n : chunked",
                b"Transfer-Encoding: chunked\r\nTransfer-Encoding: x",
                b"Transfer-encoding: identity\r\nTransfer-encoding: cow",
                b"transfer-Encoding:\x0bchunked",
                b"Transfer-Encoding: chunked, cow",
                b"Transfer-Encoding: cow, chunked",
                b"Transfer\rEncoding: chunked",
                b"Trans\0fer-Encoding: chunked",
                b"Foo: bar\r\n\rTransfer-Encoding: chunked",
                b"Transfer-Encoding: \x00chunked",
                b"Transfer-Encoding: chunk\0ed",
                b"Transfer-Encoding:\xa0chunked",
                b"Transfer-Encoding: chunked\x0c",
            )
        ),
        *(
            post(line, body=b"hello" + HIDDEN)
            for line in (
                b"Content-Length: 5\rContent-Length: 0",
                b"Content-Length: 5\n\r\nx: y",
                b"Content-Length : 5",
                b"Content-Length\t: 5",
                b"Content-Length: \x0b5",
                b"Content-Length: 5\0",
                b"Content-Length:\r\n 5",
                b"Content-Length\x00: 5",
                b"Content\x7fLength: 5",
            )
        ),
    ),
)


def _upgrade(name: str, *lines: bytes, start: bytes = b"GET / HTTP/1.1") -> Case:
    sent = head(*lines, start=start, end=FRAME + HIDDEN)
    return Case(f"upgrade {name}", sent, (400,))


UPGRADES = (
    _upgrade("no key", *WEBSOCKET[:2], VERSION),
    _upgrade("no version", *WEBSOCKET[:3]),
    _upgrade("old version", *WEBSOCKET[:3], b"Sec-WebSocket-Version: 8"),
    _upgrade("two versions", *WEBSOCKET, VERSION),
    _upgrade("version list", *WEBSOCKET[:3], b"Sec-WebSocket-Version: 13, 8"),
    _upgrade("two keys", *WEBSOCKET, KEY),
    _upgrade("short key", *WEBSOCKET[:2], b"Sec-WebSocket-Key: YQ==", VERSION),
    _upgrade("odd key", *WEBSOCKET[:2], KEY[:-3] + b"!==", VERSION),
    _upgrade("no connection", *WEBSOCKET[1:]),
    _upgrade("other connection", b"Connection: close", *WEBSOCKET[1:]),
    _upgrade("POST", *WEBSOCKET, start=b"POST / HTTP/1.1"),
    _upgrade("HEAD", *WEBSOCKET, start=b"HEAD / HTTP/1.1"),
    _upgrade("HTTP/1.0", *WEBSOCKET, start=b"GET / HTTP/1.0"),
    _upgrade("length", *WEBSOCKET, b"Content-Length: 5"),
    _upgrade("no length", *WEBSOCKET, b"Content-Length: 0"),
    _upgrade("chunked", *WEBSOCKET, TE),
    _upgrade("list", b"Connection: Upgrade", b"Upgrade: websocket, h2c", KEY, VERSION),
    _upgrade("twice", *WEBSOCKET, b"Upgrade: websocket"),
    _upgrade("other protocol too", *WEBSOCKET, b"Upgrade: h2c"),
    Case(
        "upgrade from elsewhere",
        head(*WEBSOCKET, b"Origin: http://b", end=HIDDEN),
        (403,),
    ),
    Case(
        "upgrade from two places",
        head(*WEBSOCKET, b"Origin: http://a", b"Origin: http://b", end=HIDDEN),
        (403,),
    ),
    Case("upgrade from nowhere", head(*WEBSOCKET, b"Origin: null"), (403,)),
    Case(
        "upgrade the upstream refuses",
        head(*WEBSOCKET, end=FRAME + HIDDEN),
        (200,),
        (b"GET / ",),
    ),
    Case(
        "h2c is a plain request",
        head(
            b"Connection: Upgrade, HTTP2-Settings",
            b"Upgrade: h2c",
            b"HTTP2-Settings: AAMAAABkAAQAAP__",
            end=HIDDEN,
        ),
        (200, 200),
        (b"GET / ", b"GET /hidden "),
    ),
)

CASES = (*PIPELINES, *CLASSICS, *UPGRADES)
