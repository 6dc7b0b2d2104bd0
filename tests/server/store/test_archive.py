"""All kinds of records together."""

from pytest_twisted import ensureDeferred

from aen.model.periods import DAY
from aen.model.tasks import Kind
from tests.server.furnished import PASSWORD, furnished


@ensureDeferred
async def test_trimming_leaves_what_is_still_good() -> None:
    """Sessions, tokens, links, events and ended tasks go in their time."""
    world = await furnished(session_days=1.0)
    tokens = world.rooms.api_tokens
    passwords = world.rooms.password_changes
    access = world.rooms.access
    ada = await world.person("ada")
    await tokens.add_token(ada, "short", days=1)
    await tokens.add_token(ada, "long")
    await passwords.make_reset(None, "ada")
    await world.rooms.tasks.add(Kind.START_PROJECT, "project:1", {}, "ada")
    world.clock.advance(2 * DAY)
    _, later = await access.sign_in("ada", PASSWORD, "", "")
    await world.rooms.archive.trim(
        world.clock.seconds(), events=10, history=DAY, audit=DAY
    )
    counts = {
        name: await world.database.collection(name).count({})
        for name in ("sessions", "tokens", "resets", "events", "tasks", "users")
    }
    assert counts == {
        "sessions": 1,
        "tokens": 1,
        "resets": 0,
        "events": 0,
        "tasks": 1,
        "users": 1,
    }
    assert [one.id for one in await access.sessions(later)] == [later.session]
