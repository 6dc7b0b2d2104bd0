"""SSH public keys in the store."""

from attrs import evolve
from pytest_twisted import ensureDeferred

from aen.model.ssh_keys import parse_ssh_key
from aen.server.store.memory import MemoryDatabase
from aen.server.store.schema import INDEXES
from aen.server.store.ssh_keys import KeptKey, SshKeyRecords
from tests.ssh_keys import ed25519_line

ONE = KeptKey("k1", "u1", "Laptop", 1.0, parse_ssh_key(ed25519_line(1)))
TWO = KeptKey("k2", "u1", "Desk", 2.0, parse_ssh_key(ed25519_line(2)))


@ensureDeferred
async def test_keys_belong_to_somebody() -> None:
    """They come back as they were; one is there once for an account, not for all."""
    database = MemoryDatabase()
    await database.prepare(INDEXES)
    store = SshKeyRecords(database)
    assert await store.add(TWO)
    assert await store.add(ONE)
    assert not await store.add(evolve(ONE, id="k3"))
    assert await store.add(evolve(ONE, id="k4", user="u2"))
    assert await store.of_user("u1") == [ONE, TWO]
    assert await store.count("u1") == 2
    assert await store.remove("u2", "k1") is None
    assert await store.remove("u1", "k1") == ONE
    await store.remove_all("u1")
    assert await store.of_user("u1") == []
    assert await store.count("u2") == 1
