"""Asking for a project to be moved to another data center; where it is afterwards."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_twisted

from aen.model.errors import AenError, Conflict, Elsewhere, Forbidden
from aen.model.projects import TeamRole
from aen.server.grants import Grants
from aen.wire.messages import Credential, GrantQuestion
from tests.server.furnished import LAB
from tests.server.work.shipped import Move


@pytest_twisted.async_yield_fixture
async def move(tmp_path: Path) -> AsyncIterator[Move]:
    """Return a project that can move."""
    made = await Move.made(tmp_path)
    yield made
    await made.end()


@pytest_twisted.ensureDeferred
async def test_only_who_may_administer(move: Move) -> None:
    """Not the team's others."""
    projects = move.world.rooms.projects
    bob = await move.world.person("bob")
    await projects.set_member(move.ada, LAB, "bob", TeamRole.MEMBER)
    with pytest.raises(Forbidden):
        await projects.ship(bob, LAB, "west")


@pytest_twisted.ensureDeferred
async def test_who_may_not_meanwhile(move: Move) -> None:
    """Renaming waits; another data center is refused; the same is the same task."""
    projects = move.world.rooms.projects
    task = await move.ask()
    assert (await move.ask()).id == task.id
    with pytest.raises(Conflict, match="being moved to another data center"):
        await projects.rename(move.ada, LAB, "ice")
    with pytest.raises(Conflict, match="being moved to another data center"):
        await projects.start(move.ada, LAB)


@pytest.mark.parametrize(
    ("center", "words"), [("east", "already"), ("north", "Choose one of")]
)
@pytest_twisted.ensureDeferred
async def test_where_it_cannot_go(move: Move, center: str, words: str) -> None:
    """Where it is, and where nothing is."""
    with pytest.raises(AenError, match=words) as caught:
        await move.world.rooms.projects.ship(move.ada, LAB, center)
    assert "data_center" in caught.value.fields


@pytest_twisted.ensureDeferred
async def test_not_back_while_files_are_left(move: Move) -> None:
    """They would be in the way, or be taken for the project's."""
    await move.ask()
    await move.work()
    with pytest.raises(Conflict, match="still being removed in “east”"):
        await move.world.rooms.projects.ship(move.ada, LAB, "east")
    await move.work()
    await move.world.rooms.projects.ship(move.ada, LAB, "east")
    await move.work()
    await move.work()
    assert move.whole() == ("n1",)


@pytest_twisted.ensureDeferred
async def test_the_old_gateway_is_told_where(move: Move) -> None:
    """To whoever may see the project, and to nobody else."""
    rooms = move.world.rooms
    grants = Grants.of(rooms)
    await move.ask()
    await move.work()
    question = GrantQuestion(Credential(), LAB.owner, LAB.name)
    with pytest.raises(AenError) as hidden:
        await grants.grant("east", question)
    assert not isinstance(hidden.value, Elsewhere)
    session = move.ada.session
    assert session is not None
    shown = GrantQuestion(Credential(session=session), LAB.owner, LAB.name)
    with pytest.raises(Elsewhere, match="is in the data center “west”") as found:
        await grants.grant("east", shown)
    assert found.value.fields["path"] == "ada/lab"
