"""The log of events."""

from pytest_twisted import ensureDeferred

from aen.server.store.event_log import EventLog
from aen.server.store.memory import MemoryDatabase


@ensureDeferred
async def test_events_are_numbered_and_trimmed() -> None:
    """The newest are kept, for a while; numbers are never used again."""
    log = EventLog(MemoryDatabase())
    assert await log.last() == 0
    for number in range(10):
        await log.append("topic", "kind", {"n": number}, at=float(number))
    assert [one.seq for one in await log.after(7, limit=2)] == [8, 9]
    await log.trim(keep=4, before=0.0)
    assert [one.data["n"] for one in await log.after(0, limit=99)] == [6, 7, 8, 9]
    await log.trim(keep=99, before=8.0)
    assert [one.data["n"] for one in await log.after(0, limit=99)] == [8, 9]
    await log.trim(keep=0, before=0.0)
    assert (await log.append("topic", "kind", {}, at=1.0)).seq == 11


@ensureDeferred
async def test_what_somebody_missed() -> None:
    """Of some topics, since an event that is known and not too long ago."""
    log = EventLog(MemoryDatabase())
    for number in range(1, 7):
        await log.append("a" if number % 2 else "b", "kind", {}, at=float(number))
    found = await log.missed(["a"], 2, 0.0, 10)
    assert found is not None
    assert [one.seq for one in found] == [3, 5]
    assert await log.missed(["a"], 6, 0.0, 10) == []
    assert await log.missed(["a", "b"], 2, 0.0, 3) is None
    assert await log.missed(["a"], 2, 2.5, 10) is None
    assert await log.missed(["a"], 7, 0.0, 10) is None
