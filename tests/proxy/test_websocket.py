"""The opening handshake, piece by piece."""

import pytest
from attrs import evolve

from aen.proxy import websocket
from aen.proxy.errors import UpstreamBroke
from aen.proxy.head import Headers, Peer, RequestHead, ResponseHead
from aen.proxy.routing import Forward

KEY = b"dGhlIHNhbXBsZSBub25jZQ=="
ASKED: Headers = (
    (b"Host", b"a.example:443"),
    (b"Upgrade", b"websocket"),
    (b"Connection", b"Upgrade"),
    (b"Sec-WebSocket-Version", b"13"),
    (b"Sec-WebSocket-Key", KEY),
)
EXTENSIONS = b"Sec-WebSocket-Extensions"
PROTOCOL = b"Sec-WebSocket-Protocol"


def asking(*more: tuple[bytes, bytes]) -> RequestHead:
    """Return a handshake with these headers more."""
    return RequestHead(b"GET", b"/", "1.1", (*ASKED, *more))


def accepting(*more: tuple[bytes, bytes]) -> ResponseHead:
    """Return an acceptance with these headers more."""
    headers = (
        (b"Upgrade", b"WebSocket"),
        (b"Connection", b"upgrade"),
        (b"Sec-WebSocket-Accept", b"s3pPLMBiTxaQ9kYGzzhZRbK+xOo="),
        *more,
    )
    return ResponseHead("1.1", 101, b"", headers)


def test_the_example_of_the_rfc() -> None:
    """RFC 6455 section 1.3."""
    assert websocket.accept_key(KEY) == b"s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
    assert asking().upgrade
    assert asking().asks_websocket
    websocket.check_accepted(asking(), accepting())


@pytest.mark.parametrize("number", range(3))
def test_every_part_of_an_acceptance_counts(number: int) -> None:
    """A switch that leaves one out accepts nothing (RFC 6455, 4.1)."""
    whole = accepting()
    fields = (*whole.headers[:number], *whole.headers[number + 1 :])
    with pytest.raises(UpstreamBroke):
        websocket.check_accepted(asking(), evolve(whole, headers=fields))


@pytest.mark.parametrize(
    ("offer", "passed"),
    [
        (b"permessage-deflate", b"permessage-deflate"),
        (b"x-webkit-deflate-frame", None),
        (b"permessage-bzip2", None),
        (b"permessage-deflate; nonsense", None),
        (b"permessage-deflate; server_max_window_bits=99", None),
        (
            b'a; b=c, permessage-deflate; server_max_window_bits="10"',
            b'permessage-deflate; server_max_window_bits="10"',
        ),
        (
            b"permessage-deflate; client_max_window_bits, permessage-deflate",
            b"permessage-deflate; client_max_window_bits, permessage-deflate",
        ),
    ],
)
def test_offers(offer: bytes, passed: bytes | None) -> None:
    """Only compression whose parameters are sound reaches the upstream."""
    fields = dict(websocket.handshake_fields(asking((EXTENSIONS, offer))))
    assert fields.get(EXTENSIONS) == passed


def test_offers_are_bounded() -> None:
    """Nobody has more than a few; judging a thousand would cost us."""
    offers = [b"permessage-deflate"] * 8
    more = asking((EXTENSIONS, b", ".join([*offers, b"permessage-deflate"])))
    fields = dict(websocket.handshake_fields(more))
    assert fields[EXTENSIONS] == b", ".join(offers)


@pytest.mark.parametrize(
    "answer",
    [
        (EXTENSIONS, b"permessage-deflate, permessage-deflate"),
        (EXTENSIONS, b"permessage-deflate; nonsense"),
        (EXTENSIONS, b"x-other"),
        (PROTOCOL, b"v3"),
        (PROTOCOL, b"v1, v2"),
        (b"sec-websocket-accept", b"s3pPLMBiTxaQ9kYGzzhZRbK+xOo="),
        (b"Transfer-Encoding", b"chunked"),
    ],
)
def test_bad_acceptances(answer: tuple[bytes, bytes]) -> None:
    """An upstream cannot agree to what was not offered."""
    head = asking((PROTOCOL, b"v1, v2"), (EXTENSIONS, b"permessage-deflate"))
    good = ((PROTOCOL, b"v2"), (EXTENSIONS, b"permessage-deflate"))
    websocket.check_accepted(head, accepting(*good))
    with pytest.raises(UpstreamBroke):
        websocket.check_accepted(head, accepting(answer))


@pytest.mark.parametrize(
    ("origin", "secure", "allowed"),
    [
        (b"https://a.example", True, True),
        (b"https://A.example:443", True, True),
        (b"http://a.example:443", True, False),
        (b"http://a.example:443", False, True),
        (b"http://a.example", False, False),
    ],
)
def test_the_default_port(origin: bytes, *, secure: bool, allowed: bool) -> None:
    """Browsers leave it out of Origin; Host may have it."""
    peer = Peer("", 0, secure)
    head = asking((b"Origin", origin))
    assert websocket.origin_allowed(head, Forward("unix:/x"), peer) == allowed
