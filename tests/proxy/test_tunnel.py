"""WebSocket conversations through the proxy."""

import pytest
from attrs import evolve

from aen.proxy.limits import Limits
from aen.proxy.routing import Forward
from tests.proxy.harness import HANDSHAKE, SWITCH, TO_ONE, Harness, frame

BYE = b"\x88\x04\x03\xf0no"


def unmasked(data: bytes) -> bytes:
    """Return a masked close frame as a server would have written it."""
    payload = bytes(byte ^ data[2 + i % 4] for i, byte in enumerate(data[6:]))
    return bytes((data[0], data[1] & 0x7F)) + payload


def test_the_handshake_is_agreed_between_the_ends() -> None:
    """The client's key, subprotocols and usable extensions reach the upstream."""
    harness = Harness(TO_ONE)
    client = harness.client()
    client.send(
        HANDSHAKE % b"Sec-WebSocket-Protocol: v1, v2\r\n"
        b"Sec-WebSocket-Extensions: x-other, permessage-deflate; x\r\n"
        b"Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n"
        + frame(1, b"early", masked=True)
    )
    upstream = harness.upstream()
    head = upstream.take()
    assert head.startswith(b"GET /ws HTTP/1.1\r\n")
    assert head.endswith(b"\r\n\r\n")
    lines = head.split(b"\r\n")
    assert lines.count(b"Connection: Upgrade") == 1
    assert lines.count(b"Upgrade: websocket") == 1
    assert b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==" in lines
    assert b"Sec-WebSocket-Protocol: v1, v2" in lines
    offered = [line for line in lines if line.startswith(b"Sec-WebSocket-Ext")]
    assert offered == [
        b"Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits"
    ]
    agreed = (
        b"Sec-WebSocket-Protocol: v2\r\n"
        b"Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits=12\r\n"
    )
    upstream.send(SWITCH % agreed + frame(1, b"hello", masked=False))
    assert upstream.take() == frame(1, b"early", masked=True)
    answer = client.take()
    assert answer.startswith(b"HTTP/1.1 101 Switching Protocols\r\n")
    assert agreed in answer
    assert answer.endswith(
        b"Upgrade: websocket\r\nConnection: Upgrade\r\n\r\n"
        + frame(1, b"hello", masked=False)
    )


def test_frames_that_come_before_the_answer() -> None:
    """They wait for it, and reading goes on behind them."""
    harness = Harness(TO_ONE)
    client = harness.client()
    client.send(HANDSHAKE % b"")
    upstream = harness.upstream()
    upstream.take()
    client.send(frame(1, b"early", masked=True))
    assert (client.producerState, upstream.take()) == ("paused", b"")
    upstream.send(SWITCH % b"")
    assert upstream.take() == frame(1, b"early", masked=True)
    assert client.producerState == "producing"


def test_frames_pass_as_they_are() -> None:
    """Also when they break the protocol: the other end is the judge."""
    client, upstream = Harness(TO_ONE).tunnel()
    odd = b"\xff\xff\x00\x00\x00\x00\x00\x00\x00\x01zz"
    for data in (frame(1, b"x", masked=False), odd, b"\x81", b"\x85abcdhello"):
        client.send(data)
        assert upstream.take() == data
        upstream.send(data)
        assert client.take() == data


def test_either_end_ends_both() -> None:
    """What was sent is delivered, nothing is added."""
    client, upstream = Harness(TO_ONE).tunnel()
    upstream.send(b"\x88\x00")
    upstream.hang_up()
    assert client.take() == b"\x88\x00"
    assert not client.connected
    client, upstream = Harness(TO_ONE).tunnel()
    client.hang_up()
    assert upstream.take() == b""
    assert not upstream.connected


@pytest.mark.parametrize(
    ("origin", "origins", "allowed"),
    [
        (b"", None, True),
        (b"Origin: http://a\r\n", None, True),
        (b"Origin: https://a\r\n", None, False),
        (b"Origin: http://a:81\r\n", None, False),
        (b"Origin: http://b\r\n", None, False),
        (b"Origin: null\r\n", None, False),
        (b"Origin: http://a\r\nOrigin: http://b\r\n", None, False),
        (b"Origin: http://b\r\n", frozenset({"http://b"}), True),
        (b"Origin: http://a\r\n", frozenset({"http://b"}), False),
    ],
)
def test_origins(
    origin: bytes, origins: frozenset[str] | None, *, allowed: bool
) -> None:
    """A page of another origin cannot open a WebSocket."""
    harness = Harness(evolve(TO_ONE, origins=origins))
    client = harness.client()
    client.send(HANDSHAKE % origin)
    assert harness.connects == allowed
    if not allowed:
        assert client.take().startswith(b"HTTP/1.1 403 ")
        assert not client.connected


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"Version: 13", b"Version: 8"),
        (b"Version: 13", b"Version: 13\r\nSec-WebSocket-Version: 13"),
        (b"Key: dGhl", b"Key: dGh"),
        (b"Key: dGhl", b"Key: dGh!"),
        (b"GET ", b"POST "),
        (b"keep-alive, Upgrade", b"keep-alive"),
        (b"HTTP/1.1", b"HTTP/1.0"),
        (b"Upgrade: WebSocket", b"Upgrade: websocket, h2c"),
        (b"\r\n\r\n", b"\r\nContent-Length: 1\r\n\r\n"),
    ],
)
def test_a_malformed_handshake_is_refused(old: bytes, new: bytes) -> None:
    """And what comes behind it is not a request."""
    harness = Harness(TO_ONE)
    client = harness.client()
    client.send((HANDSHAKE % b"").replace(old, new) + b"GET / HTTP/1.1\r\nHost: a\r\n")
    answer = client.take()
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b"Sec-WebSocket-Version: 13\r\n" in answer
    assert len(harness.router.asked) == 1
    assert harness.connects == 0
    assert not client.connected


def test_other_upgrades_are_not_passed_on() -> None:
    """The request is served as if it had not asked (RFC 9110, section 7.8)."""
    harness = Harness(TO_ONE)
    client = harness.client()
    client.send(
        b"GET / HTTP/1.1\r\nHost: a\r\nUpgrade: h2c\r\nHTTP2-Settings: x\r\n"
        b"Connection: Upgrade, HTTP2-Settings\r\n\r\n"
    )
    head = harness.upstream().take().lower()
    assert b"upgrade" not in head
    assert b"http2-settings" not in head


def test_a_refused_upgrade_is_an_ordinary_response() -> None:
    """Bytes that came behind the handshake are dropped and the connection ends."""
    harness = Harness(TO_ONE)
    client = harness.client()
    client.send(HANDSHAKE % b"" + b"GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n")
    upstream = harness.upstream()
    upstream.send(b"HTTP/1.1 404 No\r\nContent-Length: 2\r\n\r\nno")
    assert b"smuggled" not in upstream.take()
    assert client.take().startswith(b"HTTP/1.1 404 No\r\n")
    assert not client.connected
    assert len(harness.router.asked) == 1


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"Accept: s3", b"Accept: x3"),
        (b"Upgrade: websocket", b"Upgrade: h2c"),
        (b"Connection: Upgrade", b"Connection: close"),
        (b"\r\n\r\n", b"\r\nSec-WebSocket-Protocol: v9\r\n\r\n"),
        (b"\r\n\r\n", b"\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n"),
        (b"\r\n\r\n", b"\r\nContent-Length: 1\r\n\r\n"),
        (b"HTTP/1.1", b"HTTP/1.0"),
    ],
)
def test_an_upstream_that_accepts_wrongly(old: bytes, new: bytes) -> None:
    """It gets no tunnel; the client gets a page."""
    harness = Harness(TO_ONE)
    client = harness.client()
    client.send(HANDSHAKE % b"")
    answer = SWITCH % b""
    assert old in answer
    harness.upstream().send(answer.replace(old, new))
    assert harness.router.failed == ["protocol"]
    assert client.take().startswith(b"HTTP/1.1 502 ")


def test_closing_between_frames() -> None:
    """Both ends get a close frame with the code; then the client may say goodbye."""
    harness = Harness(evolve(TO_ONE, tags=("t",)))
    client, upstream = harness.tunnel()
    client.send(frame(1, b"x", masked=True))
    upstream.take()
    assert harness.factory.close_tagged("t", 1008, "no") == 1
    assert client.take() == BYE
    assert unmasked(upstream.take()) == BYE
    assert not upstream.connected
    assert client.connected
    harness.factory.close_tagged("t", 1000, "again")
    assert client.take() == b""
    client.send(frame(1, b"late", masked=True) + frame(8, b"\3\xf0", masked=True))
    assert not client.connected


def test_closing_inside_frames() -> None:
    """Each direction gets the rest of its frame first, and nothing behind it."""
    harness = Harness(evolve(TO_ONE, tags=("t",)))
    client, upstream = harness.tunnel()
    down = frame(2, b"d" * 200, masked=False)
    up = frame(2, b"u" * 200, masked=True)
    upstream.send(down[:3])
    client.send(up[:100])
    assert (client.take(), upstream.take()) == (down[:3], up[:100])
    harness.factory.close_tagged("t", 1008, "no")
    assert (client.take(), upstream.take()) == (b"", b"")
    upstream.send(down[3:] + frame(1, b"secret", masked=False))
    assert client.take() == down[3:] + BYE
    upstream.send(frame(1, b"secret", masked=False))
    assert client.take() == b""
    client.send(up[100:] + frame(1, b"order", masked=True))
    rest = upstream.take()
    assert rest[:-10] == up[100:]
    assert unmasked(rest[-10:]) == BYE
    assert not upstream.connected


def test_an_upstream_that_leaves_inside_a_frame_while_closing() -> None:
    """The rest of its frame will never come: its client need not wait for it."""
    harness = Harness(evolve(TO_ONE, tags=("t",)))
    client, upstream = harness.tunnel()
    upstream.send(b"\x82\x05he")
    harness.factory.close_tagged("t", 1008, "no")
    assert client.take() == b"\x82\x05he"
    upstream.hang_up()
    assert client.aborted
    assert client.take() == b""


def test_a_client_that_does_not_say_goodbye() -> None:
    """It is cut off after a while; so is one whose upstream never ends its frame."""
    harness = Harness(evolve(TO_ONE, tags=("t",)), Limits(close_seconds=5))
    client, _ = harness.tunnel()
    stuck, upstream = harness.tunnel()
    upstream.send(b"\x82\x7e\xff")
    harness.factory.close_tagged("t")
    harness.pass_time(6)
    assert client.aborted
    assert stuck.aborted
    assert harness.factory.connections == 0
    assert harness.reactor.getDelayedCalls() == []


def test_a_closed_direction_gets_no_second_close() -> None:
    """Nothing may follow a close frame."""
    harness = Harness(evolve(TO_ONE, tags=("t",)))
    client, upstream = harness.tunnel()
    upstream.send(b"\x88\x00")
    client.send(frame(8, b"", masked=True))
    client.take()
    upstream.take()
    harness.factory.close_tagged("t")
    assert (client.take(), upstream.take()) == (b"", b"")


def test_silent_clients() -> None:
    """They are pinged, their pong goes no further; a dead one is given up."""
    touched: list[int] = []

    class Meter:
        def touch(self) -> None:
            touched.append(1)

    forward = Forward("tcp:127.0.0.1:1001", meter=Meter())
    harness = Harness(forward, Limits(ping_seconds=10))
    client, upstream = harness.tunnel()
    touched.clear()
    harness.pass_time(11)
    assert client.take() == b"\x89\x00"
    client.send(b"\x8a\x80abcd")
    assert upstream.take() == b""
    assert touched == []
    client.send(b"\x8a\x80abcd")
    assert upstream.take() == b"\x8a\x80abcd"
    upstream.send(b"\x89\x02hi")
    assert client.take() == b"\x89\x02hi"
    assert touched == []
    upstream.send(b"\x81\x02hi")
    assert client.take() == b"\x81\x02hi"
    assert touched == [1]
    harness.pass_time(60)
    assert client.take() == b"\x89\x00"
    assert client.aborted
    assert not upstream.connected


def test_our_pong_in_any_company() -> None:
    """Whatever it comes together with, and in whatever pieces."""
    harness = Harness(TO_ONE, Limits(ping_seconds=10))
    client, upstream = harness.tunnel()
    text = frame(1, b"text", masked=True)
    for pieces in (
        (text + b"\x8a\x80abcd" + text,),
        (text[:5], text[5:] + b"\x8a", b"\x80abc", b"d" + text),
        (text + b"\x8a\x80abcd", text),
    ):
        harness.pass_time(11)
        assert client.take() == b"\x89\x00"
        for piece in pieces:
            client.send(piece)
        assert upstream.take() == text + text
    client.send(b"\x8a\x80abcd")
    assert upstream.take() == b"\x8a\x80abcd"


def test_no_ping_inside_a_frame() -> None:
    """It would end up in somebody's payload."""
    harness = Harness(TO_ONE, Limits(ping_seconds=10))
    client, upstream = harness.tunnel()
    upstream.send(b"\x82\x05he")
    client.take()
    harness.pass_time(15)
    assert client.take() == b""


def test_back_pressure_while_closing() -> None:
    """The rest of a long frame is not read faster than it is taken."""
    harness = Harness(evolve(TO_ONE, tags=("t",)))
    client, upstream = harness.tunnel()
    upstream.send(b"\x82\x7e\xff\xffabc")
    client.producer.pauseProducing()
    harness.factory.close_tagged("t")
    assert upstream.producerState == "paused"


def test_back_pressure() -> None:
    """A full buffer on one side stops reading on the other."""
    client, upstream = Harness(TO_ONE).tunnel()
    upstream.producer.pauseProducing()
    assert client.producerState == "paused"
    upstream.producer.resumeProducing()
    assert client.producerState == "producing"
    client.producer.pauseProducing()
    assert upstream.producerState == "paused"
    client.producer.resumeProducing()
    assert upstream.producerState == "producing"
