"""Slowing down those who try passwords."""

import pytest
from pytest_twisted import ensureDeferred
from twisted.internet.task import Clock

from aen.model.errors import TooMany
from aen.server.settings import ServerSettings
from aen.server.slow_down import SlowDown, pause_after
from aen.server.store.attempts import AttemptCounts
from aen.server.store.memory import MemoryDatabase


def slow(clock: Clock) -> SlowDown:
    """Return a slow-down of two free attempts a name and four an address."""
    settings = ServerSettings(
        public_url="http://aen",
        sign_in_free=2,
        sign_in_free_address=4,
        sign_in_pause=8.0,
        sign_in_window=100.0,
    )
    return SlowDown(AttemptCounts(MemoryDatabase()), settings, clock)


@pytest.mark.parametrize(
    ("count", "seconds"), [(1, 0), (5, 0), (6, 1), (7, 2), (8, 4), (9, 8), (99, 8)]
)
def test_the_pause_doubles_up_to_its_limit(count: int, seconds: float) -> None:
    """Some attempts are free."""
    assert pause_after(count, 5, 8.0) == seconds


@ensureDeferred
async def test_an_address_is_slowed_down_whatever_names_it_tries() -> None:
    """Other addresses are not."""
    clock = Clock()
    one = slow(clock)
    for number in range(5):
        await one.enter(f"name{number}", "10.0.0.1")
    with pytest.raises(TooMany):
        await one.enter("another", "10.0.0.1")
    await one.enter("another", "10.0.0.2")


@ensureDeferred
async def test_unknown_addresses_are_not_one() -> None:
    """People whose address is not known do not slow each other down."""
    one = slow(Clock())
    for number in range(20):
        await one.enter(f"name{number}", "")
    await one.succeeded("name1", "")
    for _ in range(3):
        await one.enter("name1", "")
    with pytest.raises(TooMany):  # by its name it is slowed down all the same
        await one.enter("name1", "")


@ensureDeferred
async def test_many_at_once_get_one_turn() -> None:
    """However many ask in the same moment, one more than the free ones passes."""
    clock = Clock()
    one = slow(clock)
    for number in range(3):
        await one.enter("ada", f"10.0.0.{number}")
    for number in range(3, 10):
        with pytest.raises(TooMany) as refusal:
            await one.enter("ada", f"10.0.0.{number}")
        assert refusal.value.retry_after == 1
    clock.advance(1)
    await one.enter("ada", "10.0.1.1")
    with pytest.raises(TooMany):
        await one.enter("ada", "10.0.1.2")


@ensureDeferred
async def test_success_and_time_forget() -> None:
    """After the right password, or a while, one begins anew."""
    clock = Clock()
    one = slow(clock)
    for _ in range(3):
        await one.enter("ada", "")
    await one.succeeded("ada", "")
    for _ in range(3):
        await one.enter("ada", "")
    with pytest.raises(TooMany):
        await one.enter("ada", "")
    clock.advance(101)
    for _ in range(3):
        await one.enter("ada", "")
