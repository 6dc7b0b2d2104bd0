"""Chunks made in a thread, at the pace of whoever reads them."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest_twisted
from attrs import define, field

from aen.compute.apps.files.streaming import Streaming
from aen.runtime.tasks import start


@define
class Reader:
    """A request that keeps what is written, and can hold up its producer."""

    written: list[bytes] = field(factory=list)
    producer: Any = None
    hold_after: int = 100

    def registerProducer(self, producer: Any, streaming: bool) -> None:  # noqa: FBT001, N802
        assert streaming
        self.producer = producer

    def unregisterProducer(self) -> None:  # noqa: N802
        self.producer = None

    def write(self, data: bytes) -> None:
        self.written.append(data)
        if len(self.written) == self.hold_after:
            self.producer.pauseProducing()


async def here(work: Callable[..., Any], *arguments: Any) -> Any:
    """Work in no thread at all."""
    return work(*arguments)


@define
class Source:
    """Three chunks; notes how many were made, and that it was closed."""

    made: int = 0
    closed: bool = False

    def chunks(self) -> Iterator[bytes]:
        """Make them."""
        try:
            for one in (b"a", b"b", b"c"):
                self.made += 1
                yield one
        finally:
            self.closed = True


@pytest_twisted.ensureDeferred
async def test_all_is_sent() -> None:
    """In order, to the end."""
    reader, source = Reader(), Source()
    request: Any = reader
    assert await Streaming(request, source.chunks(), here).send()
    assert reader.written == [b"a", b"b", b"c"]
    assert reader.producer is None
    assert source.closed


@pytest_twisted.ensureDeferred
async def test_a_slow_reader() -> None:
    """One chunk is made ahead of it, and no more."""
    reader, source = Reader(hold_after=1), Source()
    request: Any = reader
    sending = start(Streaming(request, source.chunks(), here).send())
    assert (reader.written, source.made) == ([b"a"], 2)
    reader.producer.resumeProducing()
    assert await sending
    assert reader.written == [b"a", b"b", b"c"]


@pytest_twisted.ensureDeferred
async def test_a_reader_that_leaves() -> None:
    """Nothing more is made for it, and what makes it is closed."""
    reader, source = Reader(hold_after=1), Source()
    request: Any = reader
    sending = start(Streaming(request, source.chunks(), here).send())
    reader.producer.stopProducing()
    assert not await sending
    assert (reader.written, source.closed) == ([b"a"], True)
