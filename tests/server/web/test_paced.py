"""Long answers."""

import pytest
from twisted.internet.defer import Deferred
from twisted.web.test.requesthelper import DummyRequest

from aen.runtime.tasks import start
from aen.server.web.paced import Gone, Paced


def paced() -> tuple[Paced, DummyRequest]:
    """Return something that writes, and what it writes to."""
    request = DummyRequest([b""])
    setattr(request, "registerProducer", lambda *_: None)  # noqa: B010
    setattr(request, "unregisterProducer", lambda: None)  # noqa: B010
    one = Paced(request)  # type: ignore[arg-type]
    one.begin()
    return one, request


def test_waits_for_who_reads() -> None:
    """Nothing is written while the other side is slow."""
    one, request = paced()
    one.pauseProducing()
    one.pauseProducing()
    waiting: Deferred[None] = start(one.write(b"a"))
    assert request.written == []
    one.resumeProducing()
    one.resumeProducing()
    assert request.written == [b"a"]
    assert waiting.called
    one.end()


def test_nobody_reads() -> None:
    """It is told when the connection is gone, also while it waits."""
    one, request = paced()
    one.pauseProducing()
    waiting = start(one.write(b"a"))
    request.processingFailed(RuntimeError())
    found: list[object] = []
    waiting.addErrback(lambda failure: found.append(failure.check(Gone)))
    assert found == [Gone]
    with pytest.raises(StopIteration):
        next(iter(request.written))
    one.end()
