"""Closing accounts."""

import pytest
from attrs import evolve
from pytest_twisted import ensureDeferred

from aen.model.audit import Act
from aen.model.errors import Conflict, Forbidden, Invalid, NotFound, Unauthenticated
from aen.model.projects import TeamRole
from aen.model.users import Caller, Role
from aen.server.leaving import DELETE, Outcome, Then, Wishes
from aen.server.records import AccountChanges
from tests.server.furnished import PASSWORD, World, at, furnished
from tests.server.mailing import switch_on


async def leaving() -> tuple[World, Caller, Caller]:
    """Return ada with three projects, bob in the team of ada/lab, and an owner."""
    world = await furnished()
    await world.center()
    root = await world.person("wakari", Role.SUPERUSER)
    ada = await world.person("ada")
    await world.person("bob")
    await world.person("eve")
    for name in ("lab", "notes", "scratch"):
        await world.project(ada, name)
    await world.rooms.projects.set_member(ada, at("ada/lab"), "bob", TeamRole.MEMBER)
    return world, root, ada


ALL = {"ada/lab": "bob", "ada/notes": DELETE, "ada/scratch": DELETE}


@ensureDeferred
async def test_one_s_own_account() -> None:
    """What is given goes on; the account goes when what is deleted has gone."""
    world, root, ada = await leaving()
    rooms = world.rooms
    _, token = await rooms.api_tokens.add_token(ada, "script")
    done = await rooms.leaving.close_own(ada, PASSWORD, Wishes(ALL))
    assert done == Outcome(given=1, deleted=2, removed=False)
    assert (await rooms.projects.at(root, at("bob/lab"))).path.owner == "bob"
    assert await rooms.api_tokens.caller_of_token(token) is None
    with pytest.raises(Unauthenticated):
        await rooms.access.sign_in("ada", PASSWORD, "", "")
    assert (await rooms.access.user("ada")).disabled
    worker = world.worker()
    worker.start()
    world.clock.pump([1.0] * 20)
    with pytest.raises(NotFound):
        await rooms.access.user("ada")
    assert await rooms.archive.projects.owned("ada") == 0
    acts = [one.act for one in (await rooms.audit.own(ada)).items]
    assert {Act.ACCOUNT_CLOSED, Act.ACCOUNT_REMOVED} <= set(acts)
    await worker.stop()


@ensureDeferred
async def test_an_account_without_projects_goes_at_once() -> None:
    """Nothing has to be waited for."""
    world, _, _ = await leaving()
    _, eve = await world.rooms.access.sign_in("eve", PASSWORD, "", "")
    done = await world.rooms.leaving.close_own(eve, PASSWORD, Wishes({}))
    assert done == Outcome(0, 0, removed=True)
    with pytest.raises(NotFound):
        await world.rooms.access.user("eve")


@ensureDeferred
async def test_it_is_told_by_mail() -> None:
    """To the address the account had, though the account is gone."""
    world, root, _ = await leaving()
    rooms, worker = world.rooms, world.worker()
    await switch_on(rooms.site, root)
    await rooms.accounts.change_user(
        root, "eve", AccountChanges(email="eve@example.org")
    )
    await rooms.leaving.close(root, "eve", Wishes({}))
    worker.start()
    ((to, letter),) = world.mailer.sent
    assert to == "eve@example.org"
    assert "was closed" in str(letter["Subject"])
    assert "Account: eve" in world.mailer.texts[0]
    assert "By: an administrator" in world.mailer.texts[0]
    await worker.stop()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"ada/notes": None}, "Say what is to become of ada/notes"),
        ({"ada/lab": "eve"}, "not in the team"),
        ({"ada/lab": "nobody"}, "no such account"),
        ({"ada/lab": "ada"}, "no such account"),
        ({"bob/lab": DELETE}, "no project of this account"),
    ],
)
@ensureDeferred
async def test_what_is_not_said_well(change: dict[str, str | None], words: str) -> None:
    """Then nothing at all is done."""
    world, _, ada = await leaving()
    said = {path: to for path, to in {**ALL, **change}.items() if to is not None}
    with pytest.raises(Invalid, match=words):
        await world.rooms.leaving.close_own(ada, PASSWORD, Wishes(said))
    await _untouched(world)


async def _untouched(world: World) -> None:
    assert await world.rooms.archive.projects.owned("ada") == 3
    assert not (await world.rooms.access.user("ada")).disabled
    assert await world.database.collection("tasks").count({}) == 0


@ensureDeferred
async def test_who_may_not() -> None:
    """A wrong password, a limited token, the last administrator, somebody else."""
    world, root, ada = await leaving()
    close_own, close = world.rooms.leaving.close_own, world.rooms.leaving.close
    limited = evolve(ada, session=None, token="t", scopes=frozenset())
    eve = evolve(ada, user=await world.rooms.access.user("eve"))
    for attempt, kind in (
        (close_own(ada, "wrong", Wishes(ALL)), Invalid),
        (close_own(limited, PASSWORD, Wishes(ALL)), Forbidden),
        (close_own(root, PASSWORD, Wishes({})), Conflict),
        (close(root, "wakari", Wishes({})), Conflict),
        (close(eve, "ada", Wishes(ALL)), Forbidden),
        (world.rooms.leaving.owned(eve, "ada"), Forbidden),
    ):
        with pytest.raises(kind):
            await attempt
    await _untouched(world)


@ensureDeferred
async def test_an_administrator_lets_somebody_go() -> None:
    """All projects to one person but what is said otherwise; the account stays shut."""
    world, root, _ = await leaving()
    rooms = world.rooms
    wishes = Wishes({"ada/scratch": DELETE}, rest="eve", then=Then.DISABLE)
    done = await rooms.leaving.close(root, "ada", wishes)
    assert done == Outcome(given=2, deleted=1, removed=False)
    for path in ("eve/lab", "eve/notes"):
        assert (await rooms.projects.at(root, at(path))).path.owner == "eve"
    worker = world.worker()
    worker.start()
    world.clock.pump([1.0] * 20)
    assert (await rooms.access.user("ada")).disabled
    assert await rooms.archive.projects.owned("ada") == 0
    await worker.stop()


@ensureDeferred
async def test_a_disabled_account_may_keep_its_projects() -> None:
    """They go on for their teams; a removed one may not."""
    world, root, _ = await leaving()
    close = world.rooms.leaving.close
    with pytest.raises(Invalid):
        await close(root, "ada", Wishes({}, then=Then.REMOVE))
    done = await close(root, "ada", Wishes({}, then=Then.DISABLE))
    assert done == Outcome(0, 0, removed=False)
    assert await world.rooms.archive.projects.owned("ada") == 3
