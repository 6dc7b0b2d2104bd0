"""WebSocket load: many connections, each with one echo under way.

Frames are masked once and sent over and over, answers are counted and not looked
at: so that one process measures relays that are written in C.
"""

import base64
import os
import select
import socket
import struct
import time
from collections.abc import Mapping
from contextlib import ExitStack

from attrs import field, frozen

from bench.measured import Missing, Sample

_PATIENCE = 20.0
_READ = 1024 * 1024
_SHORT, _MIDDLE = 126, 65536


@frozen
class Target:
    """Where an echo answers."""

    port: int
    path: str
    headers: Mapping[str, str] = field(factory=dict)


def masked_frame(size: int) -> bytes:
    """Return a binary message of *size* bytes as a client sends it (RFC 6455, 5.2)."""
    mask = b"\x11\x22\x33\x44"
    body = (b"\x55\x66\x77\x88" * (size // 4 + 1))[:size]
    masked = bytes(byte ^ mask[at % 4] for at, byte in enumerate(body))
    return b"\x82" + _length(size, 0x80) + mask + masked


def frame_bytes(size: int) -> int:
    """Return how many bytes a server's message of *size* bytes takes."""
    return 1 + len(_length(size, 0)) + size


def _length(size: int, flag: int) -> bytes:
    if size < _SHORT:
        return bytes((flag | size,))
    if size < _MIDDLE:
        return struct.pack("!BH", flag | 126, size)
    return struct.pack("!BQ", flag | 127, size)


def connect(target: Target) -> socket.socket:
    """Return a connection whose handshake is done; nothing is read behind it.

    :raises Missing: it was refused.
    """
    made = socket.create_connection(("127.0.0.1", target.port), _PATIENCE)
    try:
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        made.sendall(handshake(target))
        _switched(made)
    except BaseException:
        made.close()
        raise
    return made


def _switched(made: socket.socket) -> None:
    """Read the answer to a handshake, and not a byte more."""
    said = b""
    while not said.endswith(b"\r\n\r\n"):
        byte = made.recv(1)
        if not byte or len(said) > _READ:
            raise Missing(f"The connection was closed after {said[:200]!r}.")
        said += byte
    if not said.startswith(b"HTTP/1.1 101"):
        raise Missing(f"A WebSocket was refused: {said.splitlines()[0]!r}.")


def handshake(target: Target) -> bytes:
    """Return the request that opens a WebSocket (RFC 6455, 4.1)."""
    key = base64.b64encode(os.urandom(16)).decode()
    host = f"127.0.0.1:{target.port}"
    headers = {
        "Host": host,
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": key,
        "Origin": f"http://{host}",
        **target.headers,
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"GET {target.path} HTTP/1.1\r\n{lines}\r\n".encode()


def load(target: Target, connections: int, size: int, seconds: float) -> Sample:
    """Return whole echo rounds a second, the bytes echoed, and our own share of a core.

    A share near 100 % says that this generator was the limit.

    :raises Missing: a connection was refused or ended.
    """
    with ExitStack() as opened:
        made = [opened.enter_context(connect(target)) for _ in range(connections)]
        poll = opened.enter_context(select.epoll())
        before = time.thread_time()
        rounds, took = _Echoes(made, poll, size).run(seconds)
        busy = time.thread_time() - before
    return {
        "rounds/s": rounds / took,
        "MB/s": rounds * size / took / 1e6,
        "load %": 100 * busy / took,
    }


class _Echoes:
    """The loop: what came back whole is sent again."""

    def __init__(
        self, made: list[socket.socket], poll: select.epoll, size: int
    ) -> None:
        self._frame = memoryview(masked_frame(size))
        self._expected = frame_bytes(size)
        self._poll = poll
        self._by_number = {one.fileno(): one for one in made}
        self._missing = dict.fromkeys(self._by_number, self._expected)
        self._unsent: dict[int, memoryview] = {}
        self._space = bytearray(_READ)
        for number, one in self._by_number.items():
            one.setblocking(False)
            self._poll.register(number, select.EPOLLIN)

    def run(self, seconds: float) -> tuple[int, float]:
        """Return rounds and seconds."""
        for number in self._by_number:
            self._send(number, self._frame)
        begin = now = time.perf_counter()
        rounds, end = 0, begin + seconds
        while now < end:
            ready = self._poll.poll(_PATIENCE)
            if not ready:
                raise Missing("No echo came back.")
            for number, events in ready:
                if events & select.EPOLLOUT:
                    self._send_on(number)
                if events & ~select.EPOLLOUT:
                    rounds += self._read(number)
            now = time.perf_counter()
        return rounds, now - begin

    def _read(self, number: int) -> int:
        got = self._by_number[number].recv_into(self._space)
        if not got:
            raise Missing("A WebSocket was closed under way.")
        left = self._missing[number] - got
        if left < 0:
            raise Missing("More came back than was sent.")
        if left:
            self._missing[number] = left
            return 0
        self._missing[number] = self._expected
        self._send(number, self._frame)
        return 1

    def _send(self, number: int, what: memoryview) -> None:
        """Send; what the system does not take waits until it does."""
        try:
            sent = self._by_number[number].send(what)
        except BlockingIOError:
            sent = 0
        if sent < len(what):
            self._unsent[number] = what[sent:]
            self._poll.modify(number, select.EPOLLIN | select.EPOLLOUT)

    def _send_on(self, number: int) -> None:
        self._poll.modify(number, select.EPOLLIN)
        self._send(number, self._unsent.pop(number))
