"""How much mail strangers cause."""

import pytest
from pytest_twisted import ensureDeferred
from twisted.internet.task import Clock

from aen.model.errors import TooMany
from aen.server.mail.quota import MailQuota
from aen.server.settings import ServerSettings
from aen.server.store.attempts import AttemptCounts
from aen.server.store.memory import MemoryDatabase


@ensureDeferred
async def test_a_little_in_each_hour() -> None:
    """By where it is asked from and by whom it goes to; nothing typed is kept."""
    clock, database = Clock(), MemoryDatabase()
    clock.advance(3600 * 1000 + 1800)
    settings = ServerSettings("http://x", mail_per_address=2, mail_per_person=1)
    quota = MailQuota(AttemptCounts(database), settings, clock)
    await quota.demand("192.0.2.1")
    await quota.demand("192.0.2.1")
    with pytest.raises(TooMany) as refusal:
        await quota.demand("192.0.2.1")
    assert refusal.value.retry_after == 1801
    await quota.demand("192.0.2.2")
    for _ in range(5):
        await quota.demand("")
    assert await quota.allows("Ada@example.org")
    assert not await quota.allows("ada@example.org")
    assert "ada@" not in str(await database.collection("attempts").find({}))
    clock.advance(1801)
    await quota.demand("192.0.2.1")
    assert await quota.allows("ada@example.org")
