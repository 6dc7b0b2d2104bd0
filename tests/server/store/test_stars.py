"""Stars in the store."""

from pytest_twisted import ensureDeferred

from aen.server.store.memory import MemoryDatabase
from aen.server.store.stars import Stars


@ensureDeferred
async def test_nobody_counts_twice() -> None:
    """A star is there or not; the newest are first."""
    stars = Stars(MemoryDatabase())
    assert [await stars.add("u1", "p1", 1.0) for _ in range(2)] == [True, False]
    await stars.add("u1", "p2", 2.0)
    assert await stars.of_user("u1", 10) == ["p2", "p1"]
    assert await stars.has("u1", "p1")
    assert [await stars.remove("u1", "p1") for _ in range(2)] == [True, False]
    assert not await stars.has("u1", "p1")


@ensureDeferred
async def test_they_go_with_accounts_and_projects() -> None:
    """Who goes says whose count is to be mended."""
    stars = Stars(MemoryDatabase())
    for user, project in (("u1", "p1"), ("u1", "p2"), ("u2", "p1")):
        await stars.add(user, project, 1.0)
    assert sorted(await stars.forget_user("u1")) == ["p1", "p2"]
    await stars.forget_project("p1")
    assert await stars.of_user("u2", 10) == []
