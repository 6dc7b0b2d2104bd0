"""Exchanges that follow one another are each what they would have been alone.

What connections remember of earlier heads, and how TCP cuts the bytes, makes a
difference to the time they take and to nothing else.
"""

import re

from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from aen.proxy.head import ResponseHead
from aen.proxy.response import Beginning
from aen.proxy.routing import Forward
from aen.proxy.traits import RequestTraits
from tests.proxy.cutting import split
from tests.proxy.harness import Harness, Wire

TO = Forward("tcp:127.0.0.1:1001", cut=2, base=b"/app", drop_cookies=(b"ours",))
FIELDS = b"Host: a\r\nCookie: ours=1; b=2\r\nAccept: */*\r\n"
REQUESTS = {
    b"GET": b"GET /x/1 HTTP/1.1\r\n" + FIELDS + b"\r\n",
    b"GET again": b"GET /x/2?q HTTP/1.1\r\n" + FIELDS + b"\r\n",
    b"GET other": b"GET /x/2 HTTP/1.1\r\nX-Request-Id: mine\r\n" + FIELDS + b"\r\n",
    b"GET 1.0": b"GET /x/2 HTTP/1.0\r\nConnection: keep-alive\r\n" + FIELDS + b"\r\n",
    b"GET last": b"GET /x/1 HTTP/1.1\r\nConnection: close\r\n" + FIELDS + b"\r\n",
    b"HEAD": b"HEAD /x/1 HTTP/1.1\r\n" + FIELDS + b"\r\n",
    b"POST": b"POST /x/1 HTTP/1.1\r\n" + FIELDS + b"Content-Length: 3\r\n\r\nabc",
    b"chunks": b"POST /x/1 HTTP/1.1\r\n"
    + FIELDS
    + b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
}
HEAD = (
    b"HTTP/1.1 200 OK\r\nServer: s\r\nSet-Cookie: ours=2\r\nContent-Length: 5\r\n\r\n"
)
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
RESPONSES = [
    HEAD + b"hello",
    HEAD + b"there",
    b"HTTP/1.1 103 Early\r\nLink: x\r\n\r\n" + HEAD + b"hello",
    b"HTTP/1.1 204 No Content\r\nServer: s\r\n\r\n",
    CHUNKED + b"2\r\nab\r\n0\r\nT: u\r\n\r\n",
    b"HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n",
]
CUTS = st.lists(st.integers(1, 200), max_size=4)
EXCHANGES = st.lists(
    st.tuples(st.sampled_from(list(REQUESTS)), st.sampled_from(RESPONSES), CUTS, CUTS),
    min_size=1,
    max_size=5,
)


class Conversation:
    """One client, and the upstream connection that serves it."""

    def __init__(self, forward: Forward = TO) -> None:
        self.harness = Harness(forward)
        self.client = self.harness.client()
        self.upstream: Wire | None = None

    def exchange(
        self, request: bytes, response: bytes, cuts: tuple[list[int], list[int]]
    ) -> tuple[bytes, bytes]:
        """Return what the upstream and what the client were sent."""
        for piece in split(request, cuts[0]):
            self.client.send(piece)
        if self.upstream is None:
            self.upstream = self.harness.upstream()
        asked = re.sub(rb"Id: [0-9a-f]{12}-\w+", b"Id: any", self.upstream.take())
        for piece in split(response, cuts[1]):
            self.upstream.send(piece)
        return asked, self.client.take()

    def remembered(self) -> tuple[Beginning | None, RequestTraits | None]:
        """Return what is kept of the latest response and of the latest request."""
        factory = self.harness.factory
        (idle,) = factory._shared.pool._idle[TO.upstream]
        (frontend,) = factory._connections
        return idle.latest, frontend._traits


def answer_to(name: bytes, response: bytes) -> bytes:
    """Return *response* as it answers that request: to a HEAD, only the heads."""
    if name != b"HEAD":
        return response
    heads = response.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
    return heads + HEAD if b"103" in heads else heads


@given(EXCHANGES)
@settings(max_examples=40)
def test_each_is_as_if_it_were_alone(
    exchanges: list[tuple[bytes, bytes, list[int], list[int]]],
) -> None:
    """Whatever came before on the connections, and however the bytes are cut."""
    together = Conversation()
    for name, response, *cuts in exchanges:
        request, answer = REQUESTS[name], answer_to(name, response)
        alone = Conversation().exchange(request, answer, ([], []))
        asked, told = together.exchange(request, answer, (cuts[0], cuts[1]))
        assert asked == alone[0]
        assert told == alone[1]
        if b"Connection: close" in told:
            together = Conversation()
    assert together.harness.connects <= 1


def test_what_repeats_is_not_read_again() -> None:
    """The very same fields, above and below, are recognised."""
    talk = Conversation()
    whole: tuple[list[int], list[int]] = ([], [])
    talk.exchange(REQUESTS[b"GET"], RESPONSES[0], whole)
    kept, traits = talk.remembered()
    assert kept is not None
    assert traits is not None
    asked, told = talk.exchange(REQUESTS[b"GET again"], RESPONSES[1], whole)
    assert asked.startswith(b"GET /app/2?q HTTP/1.1\r\n")
    assert told.endswith(b"there")
    assert talk.remembered() == (kept, traits)


def test_the_last_request_is_told_so() -> None:
    """A response like the one before says all the same that the connection ends."""
    talk = Conversation()
    answered = [
        talk.exchange(REQUESTS[name], RESPONSES[0], ([], []))[1]
        for name in (b"GET", b"GET last")
    ]
    assert [b"Connection: close\r\n" in one for one in answered] == [False, True]


def test_what_a_router_edits_it_edits_each_time() -> None:
    """`Forward.edit_response` may count, or answer otherwise the next time."""
    seen: list[ResponseHead] = []

    def edit(head: ResponseHead) -> ResponseHead:
        seen.append(head)
        return head

    talk = Conversation(evolve(TO, edit_response=edit))
    for _ in range(2):
        talk.exchange(REQUESTS[b"GET"], RESPONSES[0], ([], []))
    assert len(seen) == 2


def test_long_heads_are_not_kept() -> None:
    """Idle connections hold no more than `Limits.remembered_bytes` of them."""
    talk = Conversation()
    long = HEAD.replace(b"Server: s", b"Server: " + b"s" * 5000) + b"hello"
    asked = b"GET /x HTTP/1.1\r\nX: " + b"x" * 5000 + b"\r\n" + FIELDS + b"\r\n"
    talk.exchange(asked, long, ([], []))
    assert talk.remembered() == (None, None)
