"""Projects: who may do what, and what is refused."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
import pytest_twisted

from aen.model.errors import (
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
    Taken,
    Unavailable,
)
from aen.model.projects import Problem, State, TeamRole
from aen.model.tasks import Kind
from aen.model.users import Caller, Role
from aen.runtime.tasks import start
from aen.server.events import gateway_topic
from aen.server.records import NewProject, ProjectChanges
from aen.server.rooms import Rooms
from aen.wire.messages import NodeStatus
from tests.server.furnished import LAB, World, at, furnished

ATTEMPTS: dict[str, Callable[[Rooms, Caller], Awaitable[Any]]] = {
    "view": lambda rooms, who: rooms.projects.at(who, LAB),
    "edit": lambda rooms, who: rooms.projects.edit(
        who, LAB, ProjectChanges(summary="x")
    ),
    "start": lambda rooms, who: rooms.projects.start(who, LAB),
    "environments": lambda rooms, who: rooms.running.environments(who, LAB),
    "launches": lambda rooms, who: rooms.running.launches(who, LAB),
    "team": lambda rooms, who: rooms.projects.set_member(
        who, LAB, "eve", TeamRole.VIEWER
    ),
    "publish": lambda rooms, who: rooms.projects.edit(
        who, LAB, ProjectChanges(visibility="public")
    ),
    "delete": lambda rooms, who: rooms.projects.delete(who, LAB),
}
READ, WORK = {"view", "environments"}, {"edit", "start", "launches"}
ALLOWED = {
    "ada": set(ATTEMPTS),
    "maintainer": READ | WORK | {"team"},
    "member": READ | WORK,
    "viewer": READ,
    "eve": set(),
    "wakari": {"view", "edit", "team", "publish", "delete"},
}


async def team_of_all(visibility: str = "private") -> tuple[World, dict[str, Caller]]:
    """Return a world with a project and somebody of every standing."""
    world = await furnished()
    await world.center()
    people = {name: await world.person(name) for name in ALLOWED if name != "wakari"}
    people["wakari"] = await world.person("wakari", Role.SUPERUSER)
    await world.project(people["ada"], visibility=visibility)
    for role in TeamRole:
        await world.rooms.projects.set_member(people["ada"], LAB, role.value, role)
    return world, people


@pytest.mark.parametrize("name", sorted(ALLOWED))
@pytest.mark.parametrize("attempt", sorted(ATTEMPTS))
@pytest_twisted.ensureDeferred
async def test_the_permission_table_holds(name: str, attempt: str) -> None:
    """Each use case asks the table; to a stranger a private project is not there."""
    world, people = await team_of_all()
    work = ATTEMPTS[attempt](world.rooms, people[name])
    if attempt in ALLOWED[name]:
        await work
        return
    with pytest.raises(NotFound if name == "eve" else Forbidden):
        await work


@pytest_twisted.ensureDeferred
async def test_a_public_project_is_seen_by_all() -> None:
    """Visitors see it and no more, signed in or not."""
    world, people = await team_of_all("public")
    assert (await world.rooms.projects.at(None, LAB)).path == LAB
    with pytest.raises(Forbidden):
        await world.rooms.projects.start(people["eve"], LAB)


@pytest_twisted.ensureDeferred
async def test_a_token_for_one_project_reaches_no_other() -> None:
    """Not by address, not by a list, not even a public one of its own user."""
    world = await furnished()
    await world.center()
    ada = await world.person("ada")
    lab = await world.project(ada)
    await world.project(ada, "other", visibility="public")
    token = Caller(
        ada.user, token="t", scopes=frozenset({"project:read"}), project=lab.id
    )
    projects = world.rooms.projects
    assert (await projects.at(token, LAB)).id == lab.id
    with pytest.raises(NotFound):
        await projects.at(token, at("ada/other"))
    assert [one.id for one in await projects.mine(token)] == [lab.id]
    assert [one.id for one in (await projects.listing(token)).items] == [lab.id]
    for attempt in (
        projects.create(token, NewProject("more")),
        projects.start(token, LAB),
        projects.edit(token, LAB, ProjectChanges(summary="x")),
        projects.delete(token, LAB),
    ):
        with pytest.raises(Forbidden):
            await attempt
    nothing = Caller(ada.user, token="t", scopes=frozenset())
    with pytest.raises(Forbidden):
        await projects.listing(nothing)
    assert await projects.mine(nothing) == ()


@pytest.mark.parametrize(
    ("parts", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": ".."}, "name"),
        ({"name": "x" * 300}, "name"),
        ({"name": "l\u0430b"}, "name"),
        ({"name": "settings"}, "name"),
        ({"name": "lab", "visibility": "secret"}, "visibility"),
        ({"name": "lab", "summary": "x" * 201}, "summary"),
        ({"name": "lab", "description": "x" * 20_001}, "description"),
        ({"name": "lab", "tags": ("two words",)}, "tags"),
        ({"name": "lab", "tags": tuple(f"t{n}" for n in range(21))}, "tags"),
        ({"name": "lab", "data_center": "west"}, "data_center"),
    ],
)
@pytest_twisted.ensureDeferred
async def test_bad_projects_are_refused(parts: dict[str, Any], field: str) -> None:
    """The error names the field that is wrong."""
    world = await furnished()
    await world.center()
    ada = await world.person("ada")
    with pytest.raises(Invalid) as refusal:
        await world.rooms.projects.create(ada, NewProject(**parts))
    assert field in refusal.value.fields


@pytest_twisted.ensureDeferred
async def test_names_clash_whatever_their_case() -> None:
    """Of one owner only; another may use the name."""
    world = await furnished()
    await world.center()
    ada, bob = await world.person("ada"), await world.person("bob")
    await world.project(ada, "Lab")
    with pytest.raises(Taken):
        await world.project(ada, "lab")
    await world.project(bob, "lab")
    assert (await world.rooms.projects.at(ada, at("ada/LAB"))).path.name == "Lab"


@pytest_twisted.ensureDeferred
async def test_without_a_data_center_nothing_is_made() -> None:
    """The sentence says what an administrator does."""
    world = await furnished()
    ada = await world.person("ada")
    with pytest.raises(Unavailable, match="aen-gateway-configure"):
        await world.project(ada)


@pytest_twisted.ensureDeferred
async def test_administrators_make_projects_for_others() -> None:
    """Nobody else does."""
    world = await furnished()
    await world.center()
    root = await world.person("wakari", Role.SUPERUSER)
    ada = await world.person("ada")
    made = await world.project(root, owner="ada")
    assert made.path.owner == "ada"
    with pytest.raises(Forbidden):
        await world.project(ada, "x", owner="wakari")
    with pytest.raises(Invalid) as refusal:
        await world.project(root, "y", owner="nobody")
    assert "owner" in refusal.value.fields


@pytest_twisted.ensureDeferred
async def test_listing_finds_and_pages() -> None:
    """By words, tag, owner and visibility, only what one may see."""
    world = await furnished()
    await world.center()
    ada, bob = await world.person("ada"), await world.person("bob")
    for number in range(5):
        world.clock.advance(1)
        await world.project(ada, f"p{number}", visibility="public", tags=("Deep", "b"))
    await world.project(ada, "secret", summary="Of [stars].")
    projects = world.rooms.projects
    first = await projects.listing(bob, limit=3)
    assert [one.path.name for one in first.items] == ["p4", "p3", "p2"]
    rest = await projects.listing(bob, cursor=first.next, limit=3)
    assert [one.path.name for one in rest.items] == ["p1", "p0"]
    assert rest.next is None
    assert len((await projects.listing(None)).items) == 5
    assert len((await projects.listing(ada, q="[STARS]")).items) == 1
    assert len((await projects.listing(ada, tag="deep")).items) == 5
    assert len((await projects.listing(ada, visibility="private")).items) == 1
    assert (await projects.listing(ada, owner="bob")).items == ()
    wrongs: tuple[dict[str, Any], ...] = (
        {"visibility": "x"},
        {"cursor": "x"},
        {"cursor": "inf~"},
    )
    for wrong in wrongs:
        with pytest.raises(Invalid):
            await projects.listing(ada, **wrong)


@pytest_twisted.ensureDeferred
async def test_the_team_changes_and_gateways_hear_of_it() -> None:
    """In and out, roles, the owner never; anybody may leave."""
    world = await furnished()
    await world.center()
    ada, bob = await world.person("ada"), await world.person("bob")
    await world.project(ada)
    news = world.hear(gateway_topic("east"))
    projects = world.rooms.projects
    await projects.set_member(ada, LAB, "bob", TeamRole.VIEWER)
    changed = await projects.set_member(ada, LAB, "bob", TeamRole.MEMBER)
    assert [(one.user, one.role) for one in changed.team] == [("bob", TeamRole.MEMBER)]
    assert [one.path for one in await projects.mine(bob)] == [LAB]
    with pytest.raises(Conflict):
        await projects.set_member(ada, LAB, "ada", TeamRole.MEMBER)
    with pytest.raises(Invalid):
        await projects.set_member(ada, LAB, "nobody", TeamRole.MEMBER)
    with pytest.raises(NotFound):
        await projects.remove_member(ada, LAB, "nobody")
    assert (await projects.remove_member(bob, LAB, "bob")).team == ()
    assert [event.kind for event in news] == ["drop"] * 3


@pytest_twisted.ensureDeferred
async def test_what_is_said_changes() -> None:
    """The rest stays as it is; a project in which nothing changed was not touched."""
    world = await furnished()
    await world.center()
    ada = await world.person("ada")
    made = await world.project(ada, summary="Stars.")
    world.clock.advance(1)
    projects = world.rooms.projects
    assert await projects.edit(ada, LAB, ProjectChanges()) == made
    changed = await projects.edit(ada, LAB, ProjectChanges(tags=("sky",)))
    assert (changed.tags, changed.summary) == (("sky",), "Stars.")
    assert changed.updated == made.updated + 1


@pytest_twisted.ensureDeferred
async def test_a_team_is_bounded() -> None:
    """Who is in it may still be given another role."""
    world = await furnished(team_size=1)
    await world.center()
    ada = await world.person("ada")
    for name in ("bob", "eve"):
        await world.person(name)
    await world.project(ada)
    projects = world.rooms.projects
    await projects.set_member(ada, LAB, "bob", TeamRole.MEMBER)
    with pytest.raises(Conflict, match="at most 1"):
        await projects.set_member(ada, LAB, "eve", TeamRole.MEMBER)
    await projects.set_member(ada, LAB, "bob", TeamRole.VIEWER)


@pytest_twisted.ensureDeferred
async def test_starting_twice_is_one_task() -> None:
    """The same task comes back; the project shows that it starts."""
    world = await furnished()
    await world.center()
    ada = await world.person("ada")
    await world.project(ada)
    projects = world.rooms.projects
    first, second = await projects.start(ada, LAB), await projects.start(ada, LAB)
    assert first.id == second.id
    assert (await projects.at(ada, LAB)).state is State.STARTING


@pytest_twisted.ensureDeferred
async def test_joining_a_start_that_is_just_failing_shows_nothing_new() -> None:
    """Its worker has said why on the project, and will not say anything again."""
    world = await furnished()
    await world.center()
    ada = await world.person("ada")
    made = await world.project(ada)
    projects, archive = world.rooms.projects, world.rooms.archive
    first = await projects.start(ada, LAB)
    claimed = await archive.tasks.claim("worker", Kind, world.clock.seconds(), 30.0)
    assert claimed is not None
    assert await archive.projects.begin(made.id, "mark", State.STARTING, 2.0)
    problem = Problem("The node was killed.")
    assert await archive.projects.finish(made.id, "mark", State.FAILED, problem, 3.0)
    second = await projects.start(ada, LAB)
    assert second.id == first.id
    assert (await projects.at(ada, LAB)).state is State.FAILED


@pytest_twisted.ensureDeferred
async def test_a_stop_takes_the_place_of_a_start() -> None:
    """But nothing takes the place of what weighs more."""
    world = await furnished()
    await world.center()
    ada = await world.person("ada")
    await world.project(ada)
    projects = world.rooms.projects
    started = await projects.start(ada, LAB)
    stopped = await projects.stop(ada, LAB)
    assert (stopped.id, stopped.kind) == (started.id, Kind.STOP_PROJECT)
    with pytest.raises(Conflict, match="is stopping"):
        await projects.start(ada, LAB)
    await projects.delete(ada, LAB)
    with pytest.raises(Conflict, match="is being deleted"):
        await projects.stop(ada, LAB)


@pytest_twisted.ensureDeferred
async def test_accounts_that_run_the_platform_have_no_projects() -> None:
    """They neither own, join nor start one where everybody has an account."""
    world = await furnished()
    await world.center()
    ada, root = await world.person("ada"), await world.person("wakari", Role.SUPERUSER)
    projects = world.rooms.projects
    await world.project(ada)
    for attempt in (
        world.project(root),
        projects.create(root, NewProject("lab", owner="wakari")),
        projects.set_member(ada, LAB, "wakari", TeamRole.MEMBER),
    ):
        asked = start(attempt)
        world.clock.pump([0.1] * 60)  # no node has told yet
        with pytest.raises(Forbidden, match="cannot own, join or start"):
            await asked
    await world.app()  # its node tells that it is in single-user mode
    await projects.set_member(ada, LAB, "wakari", TeamRole.MEMBER)
    await world.project(root)
    real = NodeStatus("n1", "1", single_user=False, projects=0, refused=("wakari",))
    await world.rooms.centers.heard_status("east", real)
    for act in (projects.start, projects.reset):
        with pytest.raises(Forbidden, match="cannot own, join or start"):
            await act(root, LAB)
    await projects.stop(root, LAB)


@pytest_twisted.ensureDeferred
async def test_a_public_folder_is_found_by_anybody() -> None:
    """Whoever may see the project: the folder is for all."""
    world = await furnished()
    await world.center()
    lab = await world.project(await world.person("ada"))
    assert (await world.rooms.projects.public(LAB)).id == lab.id
    with pytest.raises(NotFound):
        await world.rooms.projects.public(at("ada/other"))
