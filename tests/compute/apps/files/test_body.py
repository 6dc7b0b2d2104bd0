"""Bodies that are taken as fast as somebody takes them."""

import pytest
import pytest_twisted
from attrs import define, field

from aen.compute.apps.files.body import Body, Gone
from aen.runtime.tasks import start


@define
class Sender:
    """Notes whether it may send."""

    said: list[str] = field(factory=list)

    def pauseProducing(self) -> None:
        self.said.append("wait")

    def resumeProducing(self) -> None:
        self.said.append("go on")


@pytest_twisted.ensureDeferred
async def test_the_sender_waits() -> None:
    """More than what may wait makes its sender wait until it is taken."""
    sender = Sender()
    body = Body(sender, 4)
    body.take(b"abc")
    assert sender.said == []
    body.take(b"de")
    assert sender.said == ["wait"]
    assert await body.next() == b"abcde"
    assert sender.said == ["wait", "go on"]
    body.end()
    assert await body.next() == b""


@pytest_twisted.ensureDeferred
async def test_a_reader_waits() -> None:
    """Who asks before anything has come waits for it."""
    body = Body(Sender(), 4)
    waiting = start(body.next())
    assert not waiting.called
    body.take(b"a")
    assert await waiting == b"a"
    waiting = start(body.next())
    body.end()
    assert await waiting == b""


@pytest_twisted.ensureDeferred
async def test_lost() -> None:
    """What has come is given first; the rest is told to be lost."""
    body = Body(Sender(), 4)
    body.take(b"a")
    body.lose()
    assert await body.next() == b"a"
    with pytest.raises(Gone):
        await body.next()


@pytest_twisted.ensureDeferred
async def test_a_whole_body_is_not_lost() -> None:
    """Who leaves after the last byte has sent everything."""
    body = Body(Sender(), 4)
    body.take(b"a")
    body.end()
    body.lose()
    assert await body.all(10) == b"a"


@pytest.mark.parametrize(("most", "found"), [(3, b"abc"), (2, None)])
@pytest_twisted.ensureDeferred
async def test_all(most: int, found: bytes | None) -> None:
    """A body is read whole only as far as it may be long."""
    body = Body(Sender(), 100)
    body.take(b"abc")
    body.end()
    assert await body.all(most) == found


def test_dropped() -> None:
    """What nobody wants is not kept, and its sender not held up."""
    sender = Sender()
    body = Body(sender, 4)
    body.take(b"abcdef")
    body.drop()
    body.take(b"abcdef")
    assert sender.said == ["wait", "go on"]
