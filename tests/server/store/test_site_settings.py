"""The document of what is set."""

from pytest_twisted import ensureDeferred

from aen.server.store.memory import MemoryDatabase
from aen.server.store.site_settings import SiteRecords


@ensureDeferred
async def test_parts() -> None:
    """Are set and dropped one by one."""
    records = SiteRecords(MemoryDatabase())
    assert await records.read() == {}
    await records.write({})
    await records.write({"a": 1, "b": {"c": None}})
    await records.write({"b": 2}, ("a",))
    found = dict(await records.read())
    del found["_id"]
    assert found == {"b": 2}
