"""API tokens in the store."""

from attrs import evolve
from pytest_twisted import ensureDeferred

from aen.server.store.memory import MemoryDatabase
from aen.server.store.tokens import APP, Token, Tokens

ONE = Token("t1", "u1", "script", ("project:read",), 1.0, None)
LAUNCH = evolve(ONE, kind=APP, project="p1", app="notebook", expires=100.0)


@ensureDeferred
async def test_a_token_comes_back_until_it_expires() -> None:
    """None never does."""
    store = Tokens(MemoryDatabase())
    await store.add(ONE, "one")
    await store.add(evolve(ONE, id="t2", expires=5.0), "two")
    assert await store.hashed("one", 10.0**9) == ONE
    assert await store.hashed("two", 4.9) is not None
    assert await store.hashed("two", 5.0) is None
    await store.trim(5.0)
    assert await store.count("u1") == 1


@ensureDeferred
async def test_tokens_of_launches_are_apart() -> None:
    """Not listed, not removed by hand; they end with launch, project or person."""
    store = Tokens(MemoryDatabase())
    for number in range(4):
        await store.add(
            evolve(LAUNCH, id=f"t{number}", created=float(number)), f"hash{number}"
        )
    assert await store.of_user("u1") == []
    assert not await store.remove("u1", "t1")
    await store.keep_newest("u1", "p1", "notebook", 2)
    left = [await store.hashed(f"hash{n}", 1.0) is not None for n in range(4)]
    assert left == [False, False, True, True]
    await store.end_apps("u2", "p1")
    assert await store.hashed("hash3", 1.0) is not None
    await store.end_project("p1")
    assert await store.hashed("hash3", 1.0) is None
    await store.add(evolve(ONE, project="p1"), "mine")
    await store.end_project("p1")
    assert await store.with_id("u1", "t1") is not None, "those of people go on"
    assert await store.with_id("u2", "t1") is None
    await store.end_user("u1")
    assert await store.hashed("mine", 1.0) is None
