"""Letters in the store."""

from pytest_twisted import ensureDeferred

from aen.server.mail.letters import Letter, LetterKind
from aen.server.store.letters import Letters
from aen.server.store.memory import MemoryDatabase

LETTER = Letter("l1", LetterKind.RESET, 1.0, "u1", "a@b.org", {"Asked from": "1.2.3.4"})


@ensureDeferred
async def test_a_letter_waits_until_it_is_sent() -> None:
    """It comes back as it was; old ones are forgotten."""
    store = Letters(MemoryDatabase())
    await store.add(LETTER)
    assert await store.with_id("l1") == LETTER
    await store.trim(1.0)
    assert await store.with_id("l1") is not None
    await store.trim(1.1)
    assert await store.with_id("l1") is None
    await store.add(LETTER)
    await store.remove("l1")
    assert await store.with_id("l1") is None
