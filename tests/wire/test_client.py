"""The asking side: an answer, or a sentence why there is none."""

from collections.abc import AsyncIterator, Callable

import pytest
import pytest_twisted
from attrs import define
from twisted.internet.defer import CancelledError, Deferred, DeferredQueue
from twisted.internet.task import Clock
from twisted.protocols.policies import WrappingFactory
from twisted.web.client import Agent
from twisted.web.resource import Resource
from twisted.web.server import NOT_DONE_YET, Request, Site

from aen.model.errors import NotFound, Unavailable
from aen.runtime.tasks import pause
from aen.wire.client import CallLimits, Identity, Place, WireClient
from aen.wire.messages import Line, ProjectQuestion, Usage
from aen.wire.routes import LAUNCH, START_PROJECT, USAGE, Route
from tests.wire.conftest import KEY, Pair, reactor

ASKED = ProjectQuestion("p")
LIMITS = CallLimits(answer_seconds=0.2, silence_seconds=0.2, answer_bytes=1000)
PROGRESS = b'{"progress": {"step": "Cloning", "done": 1, "total": 2}}\n'


@pytest_twisted.ensureDeferred
async def test_an_answer_arrives(pair: Pair) -> None:
    """What the view returns is what the asker gets."""
    answer = await pair.client.ask(pair.at, USAGE, ProjectQuestion("p"), Usage)
    assert answer == Usage(cpu=1.5, memory=2, disk=3, processes=4)


@pytest_twisted.ensureDeferred
async def test_silence_becomes_a_sentence(pair: Pair) -> None:
    """Where nobody listens, the asker is told who does not answer."""
    nowhere = Place("http://127.0.0.1:1", "node:n1", "The node n1")
    with pytest.raises(Unavailable, match="The node n1 does not answer"):
        await pair.client.ask(nowhere, USAGE, ProjectQuestion("p"), Usage)


@pytest_twisted.ensureDeferred
async def test_an_unknown_address_is_an_error(pair: Pair) -> None:
    """An answer that is not ours is Unavailable, not a crash."""
    with pytest.raises(Unavailable):
        await pair.client.ask(pair.at, LAUNCH, ProjectQuestion("p"), Usage)
    odd = Route("GET", USAGE.path)
    with pytest.raises(Unavailable):
        await pair.client.ask(pair.at, odd, ProjectQuestion("p"), Usage)


@define
class Odd(Resource):
    """A role that was taken over: answers as each test says."""

    act: Callable[[Request], None] = Request.finish
    isLeaf = True

    def __attrs_post_init__(self) -> None:
        super().__init__()

    def render(self, request: Request) -> int:
        self.act(request)
        return NOT_DONE_YET


@define
class Asker:
    """Asks an `Odd` one."""

    odd: Odd
    client: WireClient
    at: Place

    def answers(self, *pieces: bytes, status: int = 200, ends: bool = True) -> None:
        """Let it answer so."""

        def act(request: Request) -> None:
            request.setResponseCode(status)
            for piece in pieces:
                request.write(piece)
            if ends:
                request.finish()

        self.odd.act = act

    async def ask(self) -> Usage:
        """Ask for one answer."""
        return await self.client.ask(self.at, USAGE, ASKED, Usage)

    async def follow(self) -> list[Line]:
        """Ask for lines."""
        lines: list[Line] = []
        await self.client.follow(self.at, START_PROJECT, ASKED, lines.append)
        return lines


@pytest_twisted.async_yield_fixture
async def asker() -> AsyncIterator[Asker]:
    """An odd one that listens, and who asks it."""
    odd = Odd()
    site = WrappingFactory(Site(odd))
    port = reactor.listenTCP(0, site, interface="127.0.0.1")
    client = WireClient(Agent(reactor), reactor, Identity("gateway:east", KEY), LIMITS)
    base = f"http://127.0.0.1:{port.getHost().port}"
    yield Asker(odd, client, Place(base, "node:n1", "The node n1"))
    await port.stopListening()
    for connection in tuple(site.protocols):
        connection.transport.abortConnection()
    while site.protocols:
        await pause(reactor, 0.01)


@pytest.mark.parametrize(
    ("answer", "status", "words"),
    [
        (b"<html>", 200, "answered with something else"),
        (b"[" * 900, 200, "answered with something else"),
        (b"{}", 200, "answered oddly: .*not set"),
        (b"x" * 2000, 200, "too long"),
        (b"<html>", 502, "answered with something else"),
        (b"{}", 500, "answered 500"),
    ],
)
@pytest_twisted.ensureDeferred
async def test_what_is_no_answer_of_ours(
    asker: Asker, answer: bytes, status: int, words: str
) -> None:
    """It is a sentence, whatever it is, and no more of it than bounded is kept."""
    asker.answers(answer, status=status)
    with pytest.raises(Unavailable, match=words):
        await asker.ask()


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (b"nonsense\n", "cannot be understood"),
        (b"[" * 900 + b"\n", "cannot be understood"),
        (b'{"odd": 1}\n', "cannot be understood"),
        (b"x" * 1_100_000, "too long"),
        (b"", "broke off"),
    ],
)
@pytest_twisted.ensureDeferred
async def test_what_is_no_stream_of_ours(asker: Asker, line: bytes, words: str) -> None:
    """It fails where it stops being one; what came before has been handed on."""
    asker.answers(PROGRESS, b"\n{}\n", line)
    heard: list[Line] = []
    with pytest.raises(Unavailable, match=words):
        await asker.client.follow(asker.at, START_PROJECT, ASKED, heard.append)
    assert [one.progress is not None for one in heard] == [True]


@pytest_twisted.ensureDeferred
async def test_nobody_sends_us_elsewhere(asker: Asker) -> None:
    """A redirect is no answer: our ticket would go along."""
    asked: list[bytes] = []

    def act(request: Request) -> None:
        asked.append(request.uri)
        request.redirect(b"/elsewhere")
        request.finish()

    asker.odd.act = act
    with pytest.raises(Unavailable, match="something else"):
        await asker.ask()
    assert asked == [USAGE.path.encode()]


@pytest_twisted.ensureDeferred
async def test_nothing_counts_behind_the_last_line(asker: Asker) -> None:
    """A stream that is done is done."""
    asker.answers(PROGRESS, b'{"done": true}\n', PROGRESS, b"nonsense\n")
    assert len(await asker.follow()) == 1


@pytest_twisted.ensureDeferred
async def test_a_stream_that_is_refused(asker: Asker) -> None:
    """The refusal arrives as itself."""
    asker.answers(b'{"error": {"code": "not_found", "message": "No."}}', status=404)
    with pytest.raises(NotFound, match="No"):
        await asker.follow()


@pytest_twisted.ensureDeferred
async def test_nobody_waits_for_ever(asker: Asker) -> None:
    """Not for the beginning of an answer, not for its end, not for the next line."""
    asker.answers(ends=False)
    with pytest.raises(Unavailable, match="does not answer"):
        await asker.ask()
    asker.answers(b"{", ends=False)
    with pytest.raises(Unavailable, match="does not answer"):
        await asker.ask()
    asker.answers(PROGRESS, ends=False)
    with pytest.raises(Unavailable, match="silent"):
        await asker.follow()


@pytest_twisted.ensureDeferred
async def test_every_line_is_a_sign_of_life(asker: Asker) -> None:
    """A long stream is no silence."""
    clock = Clock()
    client = WireClient(Agent(reactor), clock, Identity("gateway:east", KEY), LIMITS)
    requests: DeferredQueue[Request] = DeferredQueue()
    heard: DeferredQueue[Line] = DeferredQueue()
    asker.odd.act = requests.put
    asking = Deferred.fromCoroutine(
        client.follow(asker.at, START_PROJECT, ASKED, heard.put)
    )
    request = await requests.get()
    for _ in range(3):
        request.write(PROGRESS)
        await heard.get()
        clock.advance(0.75 * LIMITS.silence_seconds)
        assert not asking.called
    clock.advance(0.5 * LIMITS.silence_seconds)
    with pytest.raises(Unavailable, match="silent"):
        await asking


@pytest_twisted.ensureDeferred
async def test_who_leaves_lets_the_other_side_go(asker: Asker) -> None:
    """A call that is cancelled keeps no connection."""
    for work in (asker.ask, asker.follow):
        begun: Deferred[None] = Deferred()
        gone: Deferred[None] = Deferred()

        def act(
            request: Request,
            begun: Deferred[None] = begun,
            gone: Deferred[None] = gone,
        ) -> None:
            request.write(PROGRESS)
            request.notifyFinish().addErrback(lambda _: gone.callback(None))
            reactor.callLater(0.02, begun.callback, None)

        asker.odd.act = act
        asking = Deferred.fromCoroutine(work())
        await begun
        asking.cancel()
        with pytest.raises(CancelledError):
            await asking
        await gone.addTimeout(10, reactor)
