"""Rendered pages in memory."""

from collections.abc import Awaitable, Callable

import pytest
import pytest_twisted
from twisted.internet.defer import Deferred

from aen.compute.apps.viewer.cache import Cache
from aen.compute.apps.viewer.rendering.jobs import Rendered


def once(done: Rendered, made: list[Rendered]) -> Callable[[], Awaitable[Rendered]]:
    """Return what makes *done*, and notes that it did."""

    async def make() -> Rendered:
        made.append(done)
        return done

    return make


@pytest_twisted.ensureDeferred
async def test_kept() -> None:
    """What was made is not made again."""
    cache, made = Cache(10_000), list[Rendered]()
    make = once(Rendered("x"), made)
    assert await cache.get("a", make) is await cache.get("a", make)
    assert len(made) == 1
    await cache.get("b", make)
    assert len(made) == 2


@pytest_twisted.ensureDeferred
async def test_room() -> None:
    """What was asked for long ago makes room; what is too large is not kept."""
    one = Rendered("x" * 1000)
    cache, made = Cache(2 * one.size), list[Rendered]()
    for key in "abacda":
        await cache.get(key, once(one, made))
    assert len(made) == 5  # “a” was asked for again before “c” came; not before “d”
    assert cache.taken <= cache.room
    await cache.get("large", once(Rendered("x" * 10_000), made))
    await cache.get("large", once(Rendered("x" * 10_000), made))
    assert len(made) == 7


@pytest_twisted.ensureDeferred
async def test_problems_are_not_kept() -> None:
    """What was too much a moment ago may not be so now."""
    cache, made = Cache(10_000), list[Rendered]()
    make = once(Rendered("", problem="Too slow."), made)
    await cache.get("a", make)
    await cache.get("a", make)
    assert len(made) == 2


@pytest.mark.parametrize("fails", [False, True])
@pytest_twisted.ensureDeferred
async def test_at_a_time(*, fails: bool) -> None:
    """What several ask for at a time is made once, for all of them."""
    cache, waiting = Cache(10_000), Deferred[Rendered]()
    made = 0

    async def make() -> Rendered:
        nonlocal made
        made += 1
        return await waiting

    asked = [Deferred.fromCoroutine(cache.get("a", make)) for _ in range(3)]
    if fails:
        waiting.errback(ValueError("no"))
        for one in asked:
            with pytest.raises(ValueError, match="no"):
                await one
    else:
        waiting.callback(Rendered("x"))
        assert {(await one).html for one in asked} == {"x"}
    assert made == 1
