"""Who signs in at the same moment as many others."""

import pytest
from pytest_twisted import ensureDeferred
from twisted.internet.defer import Deferred

from aen.model.errors import TooMany
from aen.runtime.tasks import start
from aen.server.queue import WAITING, Queue


async def enter(queue: Queue, until: "Deferred[None]", seen: list[int]) -> None:
    """Come in, and stay until told to go."""
    async with queue:
        seen.append(len(seen))
        await until


@ensureDeferred
async def test_a_few_at_a_time() -> None:
    """The next comes in when one goes, also one that goes with an error."""
    queue, seen = Queue(2), list[int]()
    ends = [Deferred[None]() for _ in range(4)]
    going = [start(enter(queue, end, seen)) for end in ends]
    assert len(seen) == 2
    ends[0].callback(None)
    assert len(seen) == 3
    ends[1].errback(ValueError("away"))
    assert len(seen) == 4
    with pytest.raises(ValueError, match="away"):
        await going[1]
    for end in ends[2:]:
        end.callback(None)


@ensureDeferred
async def test_not_any_number_waits() -> None:
    """Who would wait too long is told to come again; room is made by who goes."""
    queue, seen, end = Queue(1), list[int](), Deferred[None]()
    going = [start(enter(queue, end, seen)) for _ in range(1 + WAITING)]
    with pytest.raises(TooMany) as refused:
        await enter(queue, end, seen)
    assert refused.value.retry_after > 0
    end.callback(None)
    for one in going:
        await one
    await enter(queue, end, seen)
    assert len(seen) == WAITING + 2
