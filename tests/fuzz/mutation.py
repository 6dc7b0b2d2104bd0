"""Changing bytes so that parsers may disagree about them."""

import random
from collections.abc import Callable, Sequence

from tests.proxy.cutting import split

SPICES = (
    b"\r",
    b"\n",
    b"\r\n",
    b"\r\n\r\n",
    b"\0",
    b" ",
    b"\t",
    b"\x0b",
    b"\x0c",
    b"\x7f",
    b"\x80",
    b"\xa0",
    b"\xff",
    b":",
    b";",
    b",",
    b"0",
    b"5",
    b"-",
    b"+",
    b"/",
    b"?",
    b"#",
    b"%",
    b"@",
    b"\\",
    b"HTTP/1.1",
    b"HTTP/1.0",
    b"GET / HTTP/1.1\r\n",
    b"Host: a\r\n",
    b"chunked",
    b"Transfer-Encoding: chunked\r\n",
    b"Transfer-Encoding:",
    b"Content-Length: 5\r\n",
    b"Content-Length:",
    b"Connection: close\r\n",
    b"Connection: keep-alive\r\n",
    b"Connection: Upgrade\r\nUpgrade: websocket\r\n",
    b"Expect: 100-continue\r\n",
    b"0\r\n\r\n",
    b"5\r\nhello\r\n",
    b"5;a=b\r\nhello\r\n",
    b"HTTP/1.1 200 OK\r\n",
    b"HTTP/1.1 100 Continue\r\n\r\n",
    b"ffffffffffffffff",
)


def mutated(chance: random.Random, seeds: Sequence[bytes]) -> bytes:
    """Return one of the seeds, changed in one to four ways."""
    data = chance.choice(seeds)
    for _ in range(chance.randint(1, 4)):
        data = chance.choice(_WAYS)(chance, data, seeds)
    return data


def cut(chance: random.Random, data: bytes) -> list[bytes]:
    """Return *data* in a few pieces, or byte by byte."""
    if chance.random() < 0.1 and len(data) < 2000:
        return [data[at : at + 1] for at in range(len(data))]
    return split(
        data, [chance.randint(0, len(data)) for _ in range(chance.randint(1, 5))]
    )


def _insert(chance: random.Random, data: bytes, seeds: Sequence[bytes]) -> bytes:
    at = chance.randint(0, len(data))
    return data[:at] + chance.choice(SPICES) + data[at:]


def _replace(chance: random.Random, data: bytes, seeds: Sequence[bytes]) -> bytes:
    at = chance.randint(0, len(data))
    spice = chance.choice(SPICES)
    return data[:at] + spice + data[at + chance.randint(0, len(spice)) :]


def _flip(chance: random.Random, data: bytes, seeds: Sequence[bytes]) -> bytes:
    if not data:
        return data
    at = chance.randrange(len(data))
    return data[:at] + bytes((chance.randrange(256),)) + data[at + 1 :]


def _drop(chance: random.Random, data: bytes, seeds: Sequence[bytes]) -> bytes:
    at = chance.randint(0, len(data))
    return data[:at] + data[at + chance.randint(1, 8) :]


def _double(chance: random.Random, data: bytes, seeds: Sequence[bytes]) -> bytes:
    lines = data.split(b"\r\n")
    at = chance.randrange(len(lines))
    lines.insert(chance.randint(0, len(lines)), lines[at])
    return b"\r\n".join(lines)


def _swap(chance: random.Random, data: bytes, seeds: Sequence[bytes]) -> bytes:
    lines = data.split(b"\r\n")
    one, other = chance.randrange(len(lines)), chance.randrange(len(lines))
    lines[one], lines[other] = lines[other], lines[one]
    return b"\r\n".join(lines)


def _splice(chance: random.Random, data: bytes, seeds: Sequence[bytes]) -> bytes:
    other = chance.choice(seeds)
    return data[: chance.randint(0, len(data))] + other[chance.randint(0, len(other)) :]


def _append(chance: random.Random, data: bytes, seeds: Sequence[bytes]) -> bytes:
    return data + chance.choice(seeds)


_WAYS: tuple[Callable[[random.Random, bytes, Sequence[bytes]], bytes], ...] = (
    _insert,
    _insert,
    _replace,
    _flip,
    _drop,
    _double,
    _swap,
    _splice,
    _append,
)
