"""What gateways are told."""

from typing import Any

import pytest
from attrs import define
from pytest_twisted import ensureDeferred

from aen.model.apps import Instance, Permission
from aen.model.errors import Conflict, Forbidden, NotFound, Unauthenticated
from aen.model.permissions import GRANTS, Standing
from aen.model.projects import State, TeamRole
from aen.model.users import Caller
from aen.server.access import digest
from aen.server.grants import Grants
from aen.server.work.worker import Worker
from aen.wire.messages import (
    Credential,
    GrantQuestion,
    OpenQuestion,
    PublicPlace,
    PublicQuestion,
)
from tests.server.furnished import LAB, World, furnished

NOBODY = Credential()


@define
class Gate:
    """A gateway's view of a world with one project."""

    world: World
    grants: Grants
    ada: Caller
    bob: Caller
    worker: Worker

    async def grant(self, credential: Credential, **parts: str) -> Any:
        """Ask what somebody may do."""
        center = parts.pop("center", "east")
        asked = {"owner": "ada", "project": "lab", **parts}
        return await self.grants.grant(center, GrantQuestion(credential, **asked))

    async def open(self, credential: Credential, app: str = "notebook") -> Any:
        """Ask for an app."""
        asked = OpenQuestion(credential, "ada", "lab", app)
        return await self.grants.open("east", asked)


def of(caller: Caller) -> Credential:
    """Return the credential of a browser."""
    return Credential(session=caller.session)


async def gate(
    visibility: str = "private", visitors: str | None = None, **app: Any
) -> Gate:
    """Return a gate before a stopped project; nobody works on tasks yet."""
    world = await furnished(app_tokens=2, ANON_USER=visitors)
    await world.center()
    await world.app(**app)
    rooms = world.rooms
    grants = Grants.of(rooms)
    ada, bob = await world.person("ada"), await world.person("bob")
    await world.project(ada, visibility=visibility)
    return Gate(world, grants, ada, bob, world.worker())


@ensureDeferred
async def test_an_owner_may_everything() -> None:
    """By session and by token alike."""
    one = await gate()
    _, token = await one.world.rooms.api_tokens.add_token(one.ada, "script")
    for credential in (of(one.ada), Credential(token_hash=digest(token))):
        found = await one.grant(credential)
        assert (found.user, found.state) == ("ada", State.STOPPED)
        assert set(found.actions) == {one.value for one in GRANTS[Standing.OWNER]}


@ensureDeferred
async def test_strangers_and_visitors() -> None:
    """A private project is not there; a public one may be read."""
    one = await gate()
    for credential in (of(one.bob), NOBODY):
        with pytest.raises(NotFound):
            await one.grant(credential)
    public = await gate("public")
    found = await public.grant(NOBODY)
    assert (found.user, set(found.actions)) == ("", {"view", "read files"})


@pytest.mark.parametrize(
    "credential",
    [
        Credential(session="unknown"),
        Credential(session=""),
        Credential(token_hash="0" * 64),
        Credential(session="unknown", token_hash=""),
    ],
)
@ensureDeferred
async def test_a_bad_credential_is_not_a_visitor(credential: Credential) -> None:
    """Also at a public project: the browser is sent to sign in again."""
    one = await gate("public")
    with pytest.raises(Unauthenticated):
        await one.grant(credential)


@pytest.mark.parametrize(
    "parts",
    [{"center": "west"}, {"owner": "../x"}, {"project": "x"}, {"project": ".."}],
)
@ensureDeferred
async def test_what_is_not_there(parts: dict[str, str]) -> None:
    """A gateway learns of its own data center's projects only."""
    one = await gate()
    with pytest.raises(NotFound):
        await one.grant(of(one.ada), **parts)


@ensureDeferred
async def test_opening_an_app_starts_the_project() -> None:
    """And tells, once it runs, the node and a token for the app."""
    one = await gate(scopes=("project:read",))
    opening = await one.open(of(one.ada))
    assert (opening.state, opening.app_token) == (State.STARTING, "")
    one.worker.start()
    opening = await one.open(of(one.ada))
    assert opening.state is State.RUNNING
    assert opening.node is not None
    assert opening.node.name == "n1"
    caller = await one.world.rooms.api_tokens.caller_of_token(opening.app_token)
    assert caller is not None
    project = await one.world.rooms.projects.at(one.ada, LAB)
    assert caller.user.name == "ada"
    assert caller.scopes == frozenset({"project:read"})
    assert caller.project == project.id
    await one.worker.stop()


@ensureDeferred
async def test_tokens_of_launches_are_few_and_end_with_the_project() -> None:
    """The newest are kept; a stop ends them; they are not in one's own list."""
    one = await gate()
    one.worker.start()
    await one.world.rooms.projects.start(one.ada, LAB)
    tokens = []
    for _ in range(4):
        one.world.clock.advance(1)
        tokens.append((await one.open(of(one.ada))).app_token)
    known = one.world.rooms.api_tokens
    alive = [await known.caller_of_token(token) is not None for token in tokens]
    assert alive == [False, False, True, True]
    assert await known.tokens(one.ada) == ()
    await one.world.rooms.projects.stop(one.ada, LAB)
    assert await known.caller_of_token(tokens[-1]) is None
    await one.worker.stop()


@ensureDeferred
async def test_a_shared_app_acts_for_the_owner() -> None:
    """Not for whoever of the team happened to open it."""
    one = await gate(instance=Instance.PROJECT)
    one.worker.start()
    projects = one.world.rooms.projects
    await projects.set_member(one.ada, LAB, "bob", TeamRole.MEMBER)
    await projects.start(one.ada, LAB)
    opening = await one.open(of(one.bob))
    caller = await one.world.rooms.api_tokens.caller_of_token(opening.app_token)
    assert caller is not None
    assert caller.user.name == "ada"
    await one.worker.stop()


@ensureDeferred
async def test_who_leaves_the_team_takes_no_token_along() -> None:
    """The tokens of their apps end with their membership."""
    one = await gate()
    one.worker.start()
    projects = one.world.rooms.projects
    await projects.set_member(one.ada, LAB, "bob", TeamRole.MEMBER)
    await projects.start(one.ada, LAB)
    token = (await one.open(of(one.bob))).app_token
    await projects.remove_member(one.ada, LAB, "bob")
    assert await one.world.rooms.api_tokens.caller_of_token(token) is None
    await one.worker.stop()


@ensureDeferred
async def test_apps_for_readers_open_once_the_project_runs() -> None:
    """Who only reads cannot start it, and never opens what writes."""
    one = await gate("public", permission=Permission.READ)
    with pytest.raises(Conflict, match="ask ada to"):
        await one.open(of(one.bob))
    await one.world.rooms.projects.start(one.ada, LAB)
    waiting = await one.open(of(one.bob))
    assert (waiting.state, waiting.app_token) == (State.STARTING, "")
    one.worker.start()
    opening = await one.open(of(one.bob))
    assert opening.state is State.RUNNING
    await one.worker.stop()
    writing = await gate("public")
    with pytest.raises(Forbidden):
        await writing.open(of(writing.bob))


@ensureDeferred
async def test_a_failed_project_is_left_alone() -> None:
    """Opening an app shows the problem; it does not try for ever."""
    one = await gate()
    records = one.world.rooms.archive.projects
    project = await one.world.rooms.projects.at(one.ada, LAB)
    await records.begin(project.id, "m", State.STARTING, 0.0)
    await records.finish(project.id, "m", State.FAILED, None, 0.0)
    assert (await one.open(of(one.ada))).state is State.FAILED
    assert one.world.nodes.asked == []


@ensureDeferred
async def test_an_unknown_app_starts_nothing() -> None:
    """Its name may be a typing mistake."""
    one = await gate()
    with pytest.raises(NotFound, match="no app"):
        await one.open(of(one.ada), "notebok")
    project = await one.world.rooms.projects.at(one.ada, LAB)
    assert project.state is State.STOPPED


@ensureDeferred
async def test_where_a_public_folder_is() -> None:
    """Of a private project too; not of another data center's, nor of none."""
    one = await gate()
    question = PublicQuestion("ada", "LAB")
    found = await one.grants.public("east", question)
    project = await one.world.rooms.projects.at(one.ada, LAB)
    assert found == PublicPlace(project.id, None, "ada", "lab")
    one.worker.start()
    await one.world.rooms.projects.start(one.ada, LAB)
    await one.worker.stop()
    node = (await one.grants.public("east", question)).node
    assert node is not None
    assert node.url == "http://n1:5002"
    for center, asked in (
        ("west", question),
        ("east", PublicQuestion("ada", "other")),
        ("east", PublicQuestion("ada", "..")),
    ):
        with pytest.raises(NotFound):
            await one.grants.public(center, asked)


@ensureDeferred
async def test_links_outlive_another_name() -> None:
    """Who asks by the old path hears the new one; public files, where they are."""
    one = await gate()
    projects = one.world.rooms.projects
    await projects.rename(one.ada, LAB, "ice")
    credential = Credential(session=one.ada.session)
    question = GrantQuestion(credential, "ada", "lab")
    grant = await one.grants.grant("east", question)
    assert (grant.owner, grant.project) == ("ada", "ice")
    asked = PublicQuestion("ada", "lab")
    assert (await one.grants.public("east", asked)).project == "lab"
    one.worker.start()
    await one.worker.stop()
    for path in ("lab", "ice"):
        found = await one.grants.public("east", PublicQuestion("ada", path))
        assert (found.owner, found.project) == ("ada", "ice")


@ensureDeferred
async def test_visitors_open_what_is_for_readers() -> None:
    """As their account, in a public project that runs; they start nothing."""
    one = await gate("public", "passer", permission=Permission.READ)
    assert (await one.grant(NOBODY)).user == "passer"
    with pytest.raises(Conflict, match="is stopped"):
        await one.open(NOBODY)
    await one.world.rooms.projects.start(one.ada, LAB)
    one.worker.start()
    await one.worker.stop()
    found = await one.open(NOBODY)
    assert (found.state, found.app_token) == (State.RUNNING, "")


@pytest.mark.parametrize(
    ("visibility", "visitors", "app", "error"),
    [
        ("private", "passer", {"permission": Permission.READ}, NotFound),
        ("public", "passer", {"permission": Permission.WRITE}, Forbidden),
        ("public", None, {"permission": Permission.READ}, Unauthenticated),
    ],
)
@ensureDeferred
async def test_visitors_open_nothing_else(
    visibility: str, visitors: str | None, app: dict[str, Any], error: type[Exception]
) -> None:
    """Not what is private, nor what writes, nor anything where none are let in."""
    one = await gate(visibility, visitors, **app)
    await one.world.rooms.projects.start(one.ada, LAB)
    one.worker.start()
    await one.worker.stop()
    with pytest.raises(error):
        await one.open(NOBODY)


@ensureDeferred
async def test_an_app_of_the_team_acts_for_its_owner() -> None:
    """Also when a visitor is the first to open it."""
    one = await gate(
        "public", "passer", permission=Permission.READ, instance=Instance.PROJECT
    )
    await one.world.rooms.projects.start(one.ada, LAB)
    one.worker.start()
    await one.worker.stop()
    token = (await one.open(NOBODY)).app_token
    caller = await one.world.rooms.api_tokens.caller_of_token(token)
    assert caller is not None
    assert caller.user.name == "ada"
