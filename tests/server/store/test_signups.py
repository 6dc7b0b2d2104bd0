"""Sign-ups in the store."""

from pytest_twisted import ensureDeferred

from aen.server.store.memory import MemoryDatabase
from aen.server.store.schema import INDEXES
from aen.server.store.signups import Signup, Signups

EVE = Signup("s1", "eve", "eve@example.org", "hash", 10.0)


@ensureDeferred
async def test_a_signup_waits_for_its_link() -> None:
    """The newest link alone leads to it, once, until it is too late."""
    database = MemoryDatabase()
    await database.prepare(INDEXES)
    store = Signups(database)
    await store.add(EVE)
    await store.add(Signup("s2", "eve", "x@example.org", "hash", 20.0))
    assert await store.link("s1", "one", 1.0) == EVE
    assert await store.link("s1", "two", 1.0) == EVE
    assert await store.behind("one", 1.0) is None
    assert await store.behind("two", 1.0) == EVE
    assert await store.behind("two", 10.0) is None
    assert await store.link("s1", "three", 10.0) is None
    assert await store.take("s1")
    assert not await store.take("s1")
    await store.trim(20.0)
    assert await store.link("s2", "four", 1.0) is None
