"""What administrators set, live in every process."""

from typing import Any

import pytest
from pytest_twisted import ensureDeferred

from aen.model.audit import Act
from aen.model.errors import Conflict, Forbidden, Invalid, Unavailable
from aen.model.mail import Smtp
from aen.model.projects import Visibility
from aen.model.site import Announcement, Maintenance
from aen.model.users import Role
from aen.server.rooms import Parts, furnish
from aen.server.site_settings import FRESH_SECONDS
from aen.server.site_values import NewAnnouncement, NewSmtp, SiteChanges
from aen.server.store.audit import Seeking
from aen.wire.tickets import SigningKey
from tests.server.furnished import World, furnished, quick_passwords

SMTP = NewSmtp("m.example", 587, "a@b.c", username="aen", password="planted-secret")


async def two_processes(**settings: Any) -> tuple[World, World]:
    """Return two processes of one server."""
    here = await furnished(**settings)
    there = await furnished(here.clock, here.database, **settings)
    await there.rooms.events.catch_up()
    return here, there


@ensureDeferred
async def test_files_give_the_defaults() -> None:
    """What is set wins, and can be given up again."""
    world = await furnished(site_name="File", default_visibility="public")
    ada = await world.person("ada", Role.SUPERUSER)
    site = world.rooms.site
    values = await site.values()
    assert (values.site_name, values.default_visibility) == ("File", Visibility.PUBLIC)
    await site.change(ada, SiteChanges(site_name="Store"))
    assert (await site.values()).site_name == site.known.site_name == "Store"
    values = await site.change(ada, SiteChanges(reset=("site_name",)))
    assert values == site.defaults
    with pytest.raises(Invalid):
        await site.change(ada, SiteChanges(reset=("hash",)))


@ensureDeferred
async def test_a_change_is_live_in_every_process() -> None:
    """Here at once, elsewhere with the next look; without it after a while."""
    here, there = await two_processes()
    ada = await here.person("ada", Role.SUPERUSER)
    assert not (await there.rooms.site.values()).open_registration
    await here.rooms.site.change(ada, SiteChanges(open_registration=True))
    assert (await here.rooms.site.values()).open_registration
    assert not (await there.rooms.site.values()).open_registration
    await there.rooms.events.catch_up()
    assert (await there.rooms.site.values()).open_registration
    await here.rooms.archive.site.write({"open_registration": False})
    here.clock.advance(FRESH_SECONDS)
    assert not (await there.rooms.site.values()).open_registration


@ensureDeferred
async def test_everything_comes_back() -> None:
    """As it was set, also read by another process."""
    here, there = await two_processes()
    ada = await here.person("ada", Role.SUPERUSER)
    changes = SiteChanges(
        time_zone="Europe/Berlin",
        announcement=NewAnnouncement("Tea at four"),
        maintenance=Maintenance(on=True, text="Disks."),
        smtp=SMTP,
    )
    told = await here.rooms.site.change(ada, changes)
    assert await there.rooms.site.values() == told
    assert told.announcement == Announcement("Tea at four", since=here.clock.seconds())
    assert await there.rooms.site.smtp() == Smtp(
        "m.example", 587, "a@b.c", username="aen", password="planted-secret"
    )
    await here.rooms.site.change(
        ada, SiteChanges(announcement=NewAnnouncement(), smtp=NewSmtp(""))
    )
    values = await here.rooms.site.values()
    assert (values.announcement, values.smtp) == (None, None)


@ensureDeferred
async def test_the_password_is_in_no_document() -> None:
    """Nor in the log of acts; with another key it is as if none was set."""
    world = await furnished()
    ada = await world.person("ada", Role.SUPERUSER)
    await world.rooms.site.change(ada, SiteChanges(smtp=SMTP))
    for name in ("site", "audit", "events"):
        found = await world.database.collection(name).find({})
        assert found
        assert "planted-secret" not in repr(found)
    other = furnish(
        Parts(
            world.rooms.settings, world.clock, world.database, quick_passwords(),
            SigningKey(b"o" * 32), world.nodes, world.mailer,
        )
    )  # fmt: skip
    smtp = await other.site.smtp()
    assert smtp is not None
    assert (smtp.username, smtp.password) == ("aen", "")


@ensureDeferred
async def test_who_changed_what_is_noted() -> None:
    """Each part with a line of its own."""
    world = await furnished()
    ada = await world.person("ada", Role.SUPERUSER)
    changes = SiteChanges(open_registration=True, default_visibility=Visibility.PUBLIC)
    await world.rooms.site.change(ada, changes)
    await world.rooms.site.change(ada, SiteChanges(maintenance=Maintenance(on=True)))
    await world.rooms.site.change(ada, SiteChanges(reset=("maintenance",)))
    acts = Seeking(acts=(Act.SETTINGS_CHANGED,))
    found = await world.rooms.audit.everything(ada, acts)
    assert sorted(tuple(one.details.values()) for one in found.items) == [
        ("default visibility", "public"),
        ("maintenance", "default"),
        ("maintenance", "on: " + Maintenance(on=True).reason),
        ("open registration", "on"),
    ]
    assert {one.by for one in found.items} == {"ada"}


@ensureDeferred
async def test_undo() -> None:
    """The last change is taken back, whole, and made again."""
    world = await furnished(site_name="File")
    ada, bob = await world.person("ada", Role.SUPERUSER), await world.person("bob")
    site = world.rooms.site
    assert not await site.may_undo()
    with pytest.raises(Conflict):
        await site.undo(ada)
    await site.change(ada, SiteChanges(smtp=SMTP))
    changes = SiteChanges(site_name="Store", smtp=NewSmtp(""))
    await site.change(ada, changes)
    assert await site.may_undo()
    back = await site.undo(ada)
    assert back.site_name == "File"
    assert back.smtp is not None
    assert back.smtp.password == "planted-secret"
    again = await site.undo(ada)
    assert (again.site_name, again.smtp) == ("Store", None)
    with pytest.raises(Forbidden):
        await site.undo(bob)


@ensureDeferred
async def test_only_administrators() -> None:
    """Nobody else changes anything; what is refused changes nothing."""
    world = await furnished()
    ada, bob = await world.person("ada", Role.SUPERUSER), await world.person("bob")
    site = world.rooms.site
    with pytest.raises(Forbidden):
        await site.change(bob, SiteChanges(open_registration=True))
    with pytest.raises(Invalid):
        await site.change(ada, SiteChanges(open_registration=True, site_name=" "))
    assert await site.values() == site.defaults


@ensureDeferred
async def test_without_the_store() -> None:
    """What is known is used until it must be asked again."""
    world = await furnished(site_name="Ours")
    site = world.rooms.site
    await site.values()
    world.database.away = True
    assert (await site.values()).site_name == "Ours"
    world.clock.advance(FRESH_SECONDS)
    with pytest.raises(Unavailable):
        await site.values()
    assert site.known.site_name == "Ours"
