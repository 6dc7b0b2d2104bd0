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
