"""What must hold of the proxy whatever bytes it is sent."""

import random
from typing import cast

import h11
import httptools

from aen.proxy.frames import close_frame
from aen.proxy.routing import Forward
from tests.fuzz.mutation import cut, mutated
from tests.proxy.conversation import Act, Side, What, same
from tests.proxy.corpus.every import CASES
from tests.proxy.corpus.responses import REPLIES
from tests.proxy.harness import TO_ONE, Harness, Wire, frame
from tests.proxy.observing import (
    as_llhttp,
    check_agreement,
    check_reading,
    play,
    summary,
)

REQUESTS = tuple(case.sent for case in CASES if len(case.sent) < 3000)
RESPONSES = tuple(one.sent for one in REPLIES if len(one.sent) < 3000)
METHODS = (b"GET", b"HEAD", b"OPTIONS")


class Finding(Exception):
    """A rule does not hold; says for which bytes."""


def requests(chance: random.Random) -> None:
    """What we forward is one and the same request to h11, llhttp and us, always."""
    sent = mutated(chance, REQUESTS)
    pieces = cut(chance, sent)
    try:
        whole = play([sent])
        seen = play(pieces)
        check(summary(whole) == summary(seen), "cuts make a difference")
        passed = [status for status in seen.statuses if status == 200]
        check(len(passed) == len(seen.messages), "an answer too many or too few")
        for origin in seen.origins:
            if len(as_llhttp(bytes(origin.received))) == len(origin.messages):
                continue
            wire = cast("Wire", origin.wire)
            check(not wire.connected, "half a request on an open connection")
        if seen.connected and seen.messages:
            check_agreement(seen)
            if b"pgrade:" not in sent:  # llhttp stops there
                check_reading(sent, seen)
    except Exception as error:
        raise Finding(f"{sent!r} as {pieces!r}: {error!r}") from error


def responses(chance: random.Random) -> None:
    """What a client is shown is one response, to h11 and to llhttp."""
    method, sent = chance.choice(METHODS), mutated(chance, RESPONSES)
    pieces = cut(chance, sent)
    try:
        said, connected = _answered(method, pieces)
        one = _as_h11(said, method, connected=connected)
        other = _as_llhttp(said, method)
        check(one == other or not connected or one is None, f"{one} is not {other}")
    except Exception as error:
        raise Finding(f"{method!r}: {sent!r} as {pieces!r}: {error!r}") from error


def frames(chance: random.Random) -> None:
    """A tunnel passes bytes on as they are; told to close it does so between frames."""
    if chance.random() < 0.1:
        acts = [_act(chance) for _ in range(chance.randint(1, 8))]
        size = chance.choice((3, 50, 1 << 20))
        try:
            same(acts, deflate=chance.random() < 0.5, size=size)
        except AssertionError as error:
            raise Finding(f"{acts!r} in pieces of {size}: {error!r}") from error
        return
    wire, ends = _frames(chance)
    pieces = cut(chance, wire)
    stop = chance.randint(0, len(pieces))
    harness = Harness(Forward(TO_ONE.upstream, tags=("t",)))
    client, upstream = harness.tunnel()
    for number, piece in enumerate(pieces):
        if number == stop:
            harness.factory.close_tagged("t", 1008, "no")
        if upstream.connected:
            upstream.send(piece)
    at = len(b"".join(pieces[:stop]))
    end = min((each for each in ends if each >= at), default=len(wire))
    expected = wire if stop == len(pieces) else wire[:end] + close_frame(1008, "no")
    said = client.take()
    client.hang_up()
    if said != expected and not (stop < len(pieces) and said == wire[:end]):
        raise Finding(f"{pieces!r} stopped at {stop}: {said!r}")


def check(holds: object, rule: str) -> None:
    """Hold that *rule* holds."""
    if not holds:
        raise AssertionError(rule)


def _answered(method: bytes, pieces: list[bytes]) -> tuple[bytes, bool]:
    client, upstream = Harness(TO_ONE).answered(method, pieces)
    if upstream.connected:
        upstream.hang_up()
    said, connected = client.take(), client.connected
    client.hang_up()
    return said, connected


def _as_h11(data: bytes, method: bytes, *, connected: bool) -> tuple[int, bytes] | None:
    """Return status and body; None when the response is cut short by its end."""
    parser = h11.Connection(h11.CLIENT, max_incomplete_event_size=1 << 20)
    parser.send(h11.Request(method=method, target="/", headers=[("Host", "a")]))
    parser.send(h11.EndOfMessage())
    parser.receive_data(data)
    status, body = 0, b""
    while True:
        event = parser.next_event()
        if isinstance(event, h11.Response):
            status = event.status_code
        elif isinstance(event, h11.Data):
            body += bytes(event.data)
        elif isinstance(event, h11.EndOfMessage):
            check(parser.trailing_data[0] == b"", "something behind the response")
            return status, body
        elif event is h11.NEED_DATA:
            check(not connected, "half a response on an open connection")
            return None


class _Reading:
    def __init__(self) -> None:
        self.body = b""

    def on_body(self, data: bytes) -> None:
        self.body += data


def _as_llhttp(data: bytes, method: bytes) -> tuple[int, bytes]:
    """Return status and body of the last response; llhttp does not know of HEAD."""
    reading = _Reading()
    parser = httptools.HttpResponseParser(reading)
    parser.feed_data(data)
    return parser.get_status_code(), b"" if method == b"HEAD" else reading.body


def _frames(chance: random.Random) -> tuple[bytes, list[int]]:
    wire, ends = b"", [0]
    for _ in range(chance.randint(1, 6)):
        size = chance.choice((0, 1, 5, 125, 126, 127, 1000, 65535, 65536))
        wire += frame(chance.choice((0, 1, 2, 9, 10)), bytes(size), masked=False)
        ends.append(len(wire))
    return wire, ends


def _act(chance: random.Random) -> Act:
    data = chance.randbytes(chance.choice((0, 1, 2, 10, 125, 126, 300)))
    what: What = chance.choice(
        ("message", "frame", "frame", "frame", "raw", "ping", "close")
    )
    side: Side = chance.choice(("client", "server"))
    opcode = chance.choice((0, 1, 2, 8, 9, 10, chance.randrange(16)))
    bits = chance.choice((0, 8, 8, 8, chance.randrange(16)))
    number = chance.choice((0, 1, 7, 1000, chance.randrange(2000)))
    return Act(side, what, data, opcode, bits, number)


RULES = {"proxy": (requests, requests, responses), "frames": (frames,)}
"""What each name on the command line stands for."""
