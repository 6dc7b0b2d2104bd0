"""Making oneself an account."""

from typing import Any

import pytest
from pytest_twisted import ensureDeferred

from aen.model.audit import Act
from aen.model.errors import Forbidden, Invalid, NotFound, Taken, TooMany
from aen.model.users import Role
from tests.server.furnished import PASSWORD, World, furnished
from tests.server.mailing import switch_on


async def open_world(**settings: Any) -> World:
    """Return a server that is open to strangers and sends mail."""
    world = await furnished(open_registration=True, **settings)
    root = await world.person("wakari", Role.SUPERUSER)
    await switch_on(world.rooms.site, root)
    return world


async def confirmed(world: World, path: str) -> str:
    """Follow the link of a letter; return who has an account then."""
    secret = path.rpartition("/")[2]
    user = await world.rooms.registration.confirm(secret, "192.0.2.2")
    return user.name


@ensureDeferred
async def test_without_mail_it_is_made_at_once() -> None:
    """Or not at all, where only administrators make accounts."""
    world = await furnished(open_registration=True)
    ask = world.rooms.registration.ask
    made = await ask("eve", PASSWORD, "", "192.0.2.1")
    assert made is not None
    assert made.name == "eve"
    closed = (await furnished()).rooms.registration
    with pytest.raises(Forbidden):
        await closed.ask("eve", PASSWORD, "", "192.0.2.1")


@ensureDeferred
async def test_with_mail_the_address_is_confirmed_first() -> None:
    """There is no account before; the link works once."""
    world = await open_world()
    access, registration = world.rooms.access, world.rooms.registration
    worker = world.worker()
    worker.start()
    assert await registration.ask("eve", PASSWORD, "e@example.org", "192.0.2.1") is None
    with pytest.raises(NotFound):
        await access.user("eve")
    assert PASSWORD not in str(await world.database.collection("signups").find({}))
    (path,) = world.mailer.links
    assert await confirmed(world, path) == "eve"
    assert (await access.user("eve")).email == "e@example.org"
    _, eve = await access.sign_in("eve", PASSWORD, "192.0.2.1", "")
    acts = [one.act for one in (await world.rooms.audit.own(eve)).items]
    assert Act.ACCOUNT_MADE in acts
    with pytest.raises(NotFound):
        await confirmed(world, path)
    await worker.stop()


@ensureDeferred
async def test_two_who_want_one_name() -> None:
    """Who confirms first has it."""
    world = await open_world()
    worker = world.worker()
    worker.start()
    for address in ("one@example.org", "two@example.org"):
        await world.rooms.registration.ask("eve", PASSWORD, address, "192.0.2.1")
    first, second = world.mailer.links
    assert await confirmed(world, second) == "eve"
    with pytest.raises(Taken):
        await confirmed(world, first)
    await worker.stop()


@ensureDeferred
async def test_what_is_refused() -> None:
    """No address, a bad one, a bad name, a taken one, too many letters, too late."""
    world = await open_world(mail_per_person=1, reset_hours=1.0)
    ask = world.rooms.registration.ask
    for name, email, kind in (
        ("eve", "", Invalid),
        ("eve", "nonsense", Invalid),
        ("Eve!", "e@example.org", Invalid),
        ("wakari", "e@example.org", Taken),
    ):
        with pytest.raises(kind):
            await ask(name, PASSWORD, email, "192.0.2.1")
    await ask("eve", PASSWORD, "e@example.org", "192.0.2.1")
    with pytest.raises(TooMany):
        await ask("eva", PASSWORD, "E@example.org", "192.0.2.1")
    worker = world.worker()
    worker.start()
    (path,) = world.mailer.links
    await worker.stop()
    world.clock.advance(3601)
    with pytest.raises(NotFound):
        await confirmed(world, path)
