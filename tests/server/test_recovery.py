"""Passwords that were forgotten."""

from typing import cast

import pytest
from attrs import evolve
from pytest_twisted import ensureDeferred
from twisted.internet.defer import Deferred

from aen.model.audit import Act
from aen.model.errors import Conflict, TooMany
from aen.model.users import Role, User
from aen.server.records import AccountChanges
from aen.server.store.users import Users
from tests.outcomes import now
from tests.server.furnished import furnished
from tests.server.mailing import switch_on


@ensureDeferred
async def test_a_link_by_mail() -> None:
    """By name or address; strangers, the disabled and the addressless get none."""
    world = await furnished()
    rooms = world.rooms
    root = await world.person("wakari", Role.SUPERUSER)
    with pytest.raises(Conflict):
        await rooms.recovery.ask("ada", "192.0.2.1")
    await switch_on(rooms.site, root)
    ada = await world.person("ada")
    for name, email in (("ada", "ada@example.org"), ("bob", "bob@example.org")):
        if name != "ada":
            await world.person(name)
        await rooms.accounts.change_user(root, name, AccountChanges(email=email))
    await rooms.accounts.change_user(root, "bob", AccountChanges(disabled=True))
    worker = world.worker()
    worker.start()
    for who in ("nobody", "", "bob", "wakari", "x@example.org", "bob@example.org"):
        await rooms.recovery.ask(who, "192.0.2.1")
    assert world.mailer.sent == []
    for who in (" Ada ", "ada@example.org"):
        await rooms.recovery.ask(who, "192.0.2.1")
    assert [to for to, _ in world.mailer.sent] == ["ada@example.org"] * 2
    assert "Asked from: 192.0.2.1" in world.mailer.texts[0]
    acts = [one.act for one in (await rooms.audit.own(ada)).items]
    assert acts.count(Act.RESET_ASKED) == 2
    await worker.stop()


@ensureDeferred
async def test_nobody_s_mail_is_filled() -> None:
    """An account gets a few an hour, in silence; an address asks for a few."""
    world = await furnished(mail_per_person=1, mail_per_address=3)
    root = await world.person("wakari", Role.SUPERUSER)
    await switch_on(world.rooms.site, root)
    await world.rooms.accounts.change_user(
        root, "wakari", AccountChanges(email="w@example.org")
    )
    worker = world.worker()
    worker.start()
    for _ in range(3):
        await world.rooms.recovery.ask("wakari", "192.0.2.1")
    assert len(world.mailer.sent) == 1
    with pytest.raises(TooMany):
        await world.rooms.recovery.ask("nobody", "192.0.2.1")
    await worker.stop()


class Slow:
    """Accounts that take for ever to be looked up."""

    asked: tuple[str, ...] = ()

    async def named(self, name: str) -> User | None:
        """Never answer."""
        self.asked += (name,)
        await Deferred()
        return None


@ensureDeferred
async def test_the_answer_does_not_wait_for_the_account() -> None:
    """So it cannot take longer where there is one."""
    world = await furnished()
    root = await world.person("wakari", Role.SUPERUSER)
    await switch_on(world.rooms.site, root)
    slow = Slow()
    recovery = evolve(world.rooms.recovery, users=cast("Users", slow))
    for name in ("wakari", "nobody"):
        now(Deferred.fromCoroutine(recovery.ask(name, "192.0.2.1")))
    assert slow.asked == ("wakari", "nobody")
