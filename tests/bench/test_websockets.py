"""The load's frames are what the protocol says, and its loop counts whole echoes."""

import socket
import threading
from collections.abc import Iterator
from contextlib import suppress

import pytest
from autobahn.websocket.protocol import WebSocketProtocol

from bench.measured import Missing
from bench.websockets import Target, frame_bytes, handshake, load, masked_frame

SIZES = (0, 1, 125, 126, 256, 65535, 65536, 100_001)


@pytest.mark.parametrize("size", SIZES)
def test_frames(size: int) -> None:
    """A client's message is final, binary, masked and as long as it says."""
    frame = masked_frame(size)
    assert frame[0] == 0x80 | WebSocketProtocol.MESSAGE_TYPE_BINARY
    assert frame[1] & 0x80
    # The server's answer has no mask: four bytes less.
    assert len(frame) == frame_bytes(size) + 4


def test_masking() -> None:
    """Unmasked, the body is a pattern that any relay must keep."""
    frame = masked_frame(6)
    mask, body = frame[2:6], frame[6:]
    plain = bytes(byte ^ mask[at % 4] for at, byte in enumerate(body))
    assert plain == b"\x55\x66\x77\x88\x55\x66"


def test_handshake_has_what_was_asked_for() -> None:
    """The browser's cookie goes along, and an origin the gateway admits."""
    said = handshake(Target(8089, "/a/b/c/", {"Cookie": "pass=1"})).decode()
    assert said.startswith("GET /a/b/c/ HTTP/1.1\r\nHost: 127.0.0.1:8089\r\n")
    assert "\r\nCookie: pass=1\r\n" in said
    assert "\r\nOrigin: http://127.0.0.1:8089\r\n" in said
    assert said.endswith("\r\n\r\n")


def echo(listener: socket.socket, answer: bytes, size: int) -> None:
    """Answer one handshake, then every message of *size* bytes with its length."""
    # The other side leaves in the middle of a message.
    with listener.accept()[0] as peer, suppress(ConnectionError):
        said = b""
        while not said.endswith(b"\r\n\r\n"):
            said += peer.recv(4096)
        peer.sendall(answer)
        missing = wanted = frame_bytes(size) + 4
        while got := len(peer.recv(min(missing, 65536))):
            missing -= got
            if not missing:
                missing = wanted
                peer.sendall(bytes(frame_bytes(size)))


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """Give a listening socket of this machine."""
    with socket.create_server(("127.0.0.1", 0)) as made:
        yield made


SWITCHED = b"HTTP/1.1 101 Switching Protocols\r\n\r\n"


@pytest.mark.parametrize("size", [256, 300_000])
def test_rounds_are_counted(listener: socket.socket, size: int) -> None:
    """A round is a message sent whole and come back whole, however it is cut."""
    arguments = (listener, SWITCHED, size)
    server = threading.Thread(target=echo, args=arguments, daemon=True)
    server.start()
    found = load(Target(listener.getsockname()[1], "/"), 1, size, 0.05)
    server.join(5)
    assert found["rounds/s"] > 0
    assert found["MB/s"] == pytest.approx(found["rounds/s"] * size / 1e6)


def test_a_refusal_is_said(listener: socket.socket) -> None:
    """Where no WebSocket is opened nothing is measured."""
    refusal = b"HTTP/1.1 403 Forbidden\r\n\r\n"
    server = threading.Thread(target=echo, args=(listener, refusal, 1), daemon=True)
    server.start()
    with pytest.raises(Missing, match="403"):
        load(Target(listener.getsockname()[1], "/"), 1, 1, 0.05)
    server.join(5)
