"""Browser sessions in the store."""

from attrs import evolve
from pytest_twisted import ensureDeferred

from aen.server.store.memory import MemoryDatabase
from aen.server.store.sessions import Session, Sessions

ONE = Session("s1", "u1", 1.0, 1.0, 100.0, "Firefox", "10.0.0.1", cookie_set=1.0)


@ensureDeferred
async def test_a_session_lives_until_it_expires_or_ends() -> None:
    """By hash for the server, by public id for gateways."""
    store = Sessions(MemoryDatabase())
    await store.add(ONE, "hash")
    assert await store.hashed("hash", 99.0) == await store.with_id("s1", 99.0) == ONE
    assert await store.hashed("hash", 100.0) is None
    assert not await store.end("u2", "s1")
    assert await store.end("u1", "s1")
    assert await store.with_id("s1", 1.0) is None


@ensureDeferred
async def test_use_is_noted_now_and_then() -> None:
    """A page with fifty parts is one write."""
    store = Sessions(MemoryDatabase())
    await store.add(ONE, "hash")
    await store.touch("s1", 50.0, 150.0, often=60.0)
    assert await store.hashed("hash", 50.0) == ONE
    await store.touch("s1", 62.0, 162.0, often=60.0)
    assert await store.hashed("hash", 120.0) == evolve(
        ONE, last_seen=62.0, expires=162.0
    )


@ensureDeferred
async def test_when_the_cookie_was_set_is_noted() -> None:
    """Of sessions that were begun before that was noted, it is their beginning."""
    database = MemoryDatabase()
    store = Sessions(database)
    await store.add(ONE, "hash")
    await store.note_cookie("s1", 50.0)
    assert await store.hashed("hash", 50.0) == evolve(ONE, cookie_set=50.0)
    sessions = database.collection("sessions")
    await sessions.update({"_id": "s1"}, {"$unset": {"cookie_set": ""}})
    assert await store.hashed("hash", 50.0) == ONE


@ensureDeferred
async def test_sessions_end_with_their_person_or_their_time() -> None:
    """Those of others go on."""
    store = Sessions(MemoryDatabase())
    for number, user in enumerate(("u1", "u1", "u2")):
        await store.add(evolve(ONE, id=f"s{number}", user=user), f"hash{number}")
    await store.end_all("u1")
    assert await store.of_user("u1", 1.0) == []
    assert [one.id for one in await store.of_user("u2", 1.0)] == ["s2"]
    await store.trim(99.0)
    assert await store.with_id("s2", 1.0) is not None
    await store.trim(100.0)
    assert await store.with_id("s2", 1.0) is None
