"""The proxy between real clients and real servers, over real sockets."""

from hashlib import sha256
from io import BytesIO
from typing import Any, cast

import pytest_twisted
import treq
from autobahn.websocket.compress import PerMessageDeflate
from twisted.internet.protocol import Factory, Protocol
from twisted.web.client import FileBodyProducer
from twisted.web.iweb import UNKNOWN_LENGTH

from aen.proxy.routing import Forward
from aen.runtime.tasks import pause
from tests.proxy.stage import BIG, Stage, get, raw, speak
from tests.waiting import eventually


@pytest_twisted.ensureDeferred
async def test_get_and_post(stage: Stage) -> None:
    """twisted.web's own client and server understand each other through us."""
    assert await get(stage, "/x") == (200, b"hello /x")
    assert await get(stage, "/big") == (200, BIG)
    for length in (len(BIG), UNKNOWN_LENGTH):
        body = FileBodyProducer(BytesIO(BIG))
        body.length = length
        response = await stage.agent.request(b"POST", stage.url("/up"), None, body)
        assert await treq.content(response) == sha256(BIG).hexdigest().encode()
    seen = stage.app.seen[0]
    assert seen.getHeader(b"x-forwarded-for") == b"127.0.0.1"
    assert seen.getHeader(b"x-forwarded-host") == f"127.0.0.1:{stage.port}".encode()


@pytest_twisted.ensureDeferred
async def test_a_slow_reader_holds_the_application_up(stage: Stage) -> None:
    """The proxy keeps no more of a body than its buffers; all of it arrives."""
    request = b"GET /big HTTP/1.0\r\nHost: a\r\n\r\n"
    count = 4
    slow = [await raw(stage) for _ in range(count)]
    for each in slow:
        cast("Any", each.transport).pauseProducing()
        cast("Any", each.transport).write(request)
    await eventually(lambda: stage.app.sent > 0, "the app begins")
    before = -1
    while before != stage.app.sent:
        before = stage.app.sent
        await pause(stage.reactor, 0.1)
    queued = sum(
        len(frontend.transport.dataBuffer) + frontend.transport._tempDataLen
        for frontend in cast("Any", stage.factory)._connections
    )
    assert queued <= count * (2 * 65536 + 100)
    for each in slow:
        cast("Any", each.transport).resumeProducing()
        await each.closed
        assert bytes(each.data).endswith(b"\r\n\r\n" + BIG)


@pytest_twisted.ensureDeferred
async def test_an_application_that_is_not_there(stage: Stage) -> None:
    """The router is asked for a page, with the reason."""
    stage.route.to = Forward(f"unix:{stage.sockets}/nothing")
    assert (await get(stage, "/"))[0] == 503
    stage.route.to = Forward("tcp:127.0.0.1:1")
    assert (await get(stage, "/"))[0] == 503
    assert stage.route.failed == ["connect", "connect"]


class Vanishing(Protocol):
    """Answers half of what it promises and goes."""

    def dataReceived(self, data: bytes) -> None:
        transport = cast("Any", self.transport)
        transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
        transport.loseConnection()


@pytest_twisted.ensureDeferred
async def test_an_application_that_vanishes_midway(stage: Stage) -> None:
    """The client gets what there was, and the end of its connection."""
    port = stage.reactor.listenUNIX(
        str(stage.sockets / "half"), Factory.forProtocol(Vanishing)
    )
    stage.route.to = Forward(f"unix:{stage.sockets}/half")
    client = await raw(stage)
    cast("Any", client.transport).write(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
    await client.closed
    assert bytes(client.data) == b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"
    await port.stopListening()


@pytest_twisted.ensureDeferred
async def test_the_answer_to_a_refused_request_is_seen(stage: Stage) -> None:
    """Also by a client that goes on sending: no reset overtakes it."""
    client = await raw(stage)
    transport = cast("Any", client.transport)
    transport.write(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +9\r\n\r\n")
    transport.write(b"x" * 300_000)
    await eventually(lambda: b"\r\n\r\n" in client.data, "it is answered")
    assert client.data.startswith(b"HTTP/1.1 400 ")
    await client.closed


@pytest_twisted.ensureDeferred
async def test_websocket(stage: Stage) -> None:
    """Messages of all sizes come back, with and without compression."""
    for deflate in (False, True):
        speaker = await speak(stage, deflate=deflate)
        agreed = speaker._perMessageCompress
        assert isinstance(agreed, PerMessageDeflate) == deflate
        assert speaker.websocket_protocol_in_use == "v2"
        for message in (b"", b"x" * 125, b"x" * 126, BIG[:65536], BIG[:1_000_000]):
            assert await speaker.say(message) == message
        speaker.sendClose(4321, "enough")
        assert await speaker.ended == (4321, "enough")


@pytest_twisted.ensureDeferred
async def test_closing_tagged_websockets(stage: Stage) -> None:
    """Their clients see a clean close with the code and the reason."""
    speakers = [await speak(stage, deflate=True) for _ in range(2)]
    await speakers[0].say(b"hello")
    assert stage.factory.close_tagged("t", 1008, "access ended") == 2
    for speaker in speakers:
        assert await speaker.ended == (1008, "access ended")
    assert stage.factory.close_tagged("t") == 0


@pytest_twisted.ensureDeferred
async def test_draining(stage: Stage) -> None:
    """Idle connections close at once, WebSockets with 1001 when the time is up."""
    await get(stage, "/x")
    speaker = await speak(stage, deflate=False)
    await stage.factory.drain(0.1)
    assert (await speaker.ended)[0] == 1001
    assert stage.factory.connections == 0
