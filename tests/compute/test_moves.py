"""A project's way to another place: a crash between any two steps loses nothing."""

from pathlib import Path

import pytest
import pytest_twisted

from aen.compute.moves import demand_free, where
from aen.compute.project_state import ProjectState, ProjectStates
from aen.model.errors import Failed
from aen.model.names import ProjectPath, parse_project_path
from tests.compute.fakes import LocalSteps
from tests.compute.project_node import LAB, Node, new_node

ICE = parse_project_path("bob", "ice")
SEA = parse_project_path("ada", "sea")


@pytest.fixture
def node(tmp_path: Path) -> Node:
    """Give a node without projects."""
    return new_node(tmp_path)


async def move(node: Node, path: ProjectPath, before: ProjectPath = LAB) -> None:
    """Move the project p1."""
    await node.projects().move(path, before, "p1", (), node.told.append)


def settled(node: Node, path: ProjectPath) -> bool:
    """Whether the project p1 is at *path*, whole, and nowhere else."""
    home = node.root / str(path)
    tool = home / "envs" / "default" / "bin" / "tool"
    there = [str(one.relative_to(node.root)) for one in node.root.glob("[a-z]*/*")]
    return (
        tool.read_text() == f"#!{home}/envs/default/bin/python\n"
        and (home / "README.md").read_text() == "hello"
        and ProjectStates(node.root).read("p1") == ProjectState(str(path))
        and there == [str(path)]
    )


@pytest_twisted.ensureDeferred
async def test_a_project_moves_and_starts_again(node: Node) -> None:
    """Its files, its environments' paths, and what the node remembers."""
    await node.start()
    await move(node, ICE)
    assert settled(node, ICE)
    await node.projects().start(ICE, "p1", (), node.told.append)
    assert settled(node, ICE)
    await move(node, ICE)
    assert settled(node, ICE)


@pytest.mark.parametrize("survived", range(3))
@pytest_twisted.ensureDeferred
async def test_a_crash_on_the_way(survived: int, node: Node) -> None:
    """Asked again it comes to its place; it may even be sent on first."""
    await node.start()
    broken = Node(node.root, LocalSteps(survives=survived))
    if survived < 2:
        with pytest.raises(Failed, match="dead"):
            await move(broken, ICE)
    else:
        await move(broken, ICE)
    await move(node, SEA)
    assert settled(node, SEA)


@pytest.mark.parametrize("going", ["", "bob/ice"])
@pytest_twisted.ensureDeferred
async def test_a_crash_between_disk_and_note(going: str, node: Node) -> None:
    """The files are where they were, or where they were going: either is found."""
    await node.start()
    states = ProjectStates(node.root)
    states.write("p1", ProjectState("ada/lab", going=going, stale=("ada/lab",)))
    if going:
        (node.root / "bob").mkdir()
        (node.root / "ada" / "lab").rename(node.root / "bob" / "ice")
    await move(node, SEA)
    assert settled(node, SEA)


@pytest_twisted.ensureDeferred
async def test_nothing_to_move(node: Node) -> None:
    """A project that never started has only a record."""
    await move(node, ICE)
    assert not (node.root / "bob").exists()
    await node.projects().start(ICE, "p1", (), node.told.append)
    assert (node.root / "bob" / "ice").is_dir()


@pytest_twisted.ensureDeferred
async def test_places_of_others_are_refused(node: Node) -> None:
    """Neither a move nor a start takes another project's files for its own."""
    await node.start()
    with pytest.raises(Failed, match="another project"):
        await node.projects().start(LAB, "p2", (), node.told.append)
    await node.projects().start(ICE, "p2", (), node.told.append)
    with pytest.raises(Failed, match="another project"):
        await move(node, ICE)
    assert (node.root / "ada" / "lab").is_dir()
    states = ProjectStates(node.root)
    demand_free(states, SEA, "p1")


@pytest_twisted.ensureDeferred
async def test_what_has_not_moved_yet_is_removed_where_it_is(node: Node) -> None:
    """Whoever deletes it meanwhile need not know that."""
    await node.start()
    await node.projects().remove(ICE, "p1")
    assert not (node.root / "ada" / "lab").exists()


@pytest_twisted.ensureDeferred
async def test_a_copy_of_a_project(node: Node) -> None:
    """It has the other's files, environments and active environment, at its place."""
    await node.start()
    (node.home / "README.md").write_text("changed")
    extra = node.home / "envs" / "extra"
    (node.home / "envs" / "default").rename(extra)
    states = ProjectStates(node.root)
    states.write("p1", ProjectState("ada/lab", active="extra"))
    for _ in range(2):
        await node.projects().duplicate(ICE, "p2", (), LAB, "p1", node.told.append)
    home = node.root / "bob" / "ice"
    assert (home / "README.md").read_text() == "changed"
    assert (home / "README.md").stat().st_mode & 0o777 == 0o660
    assert [one.name for one in (home / "envs").iterdir()] == ["extra"]
    assert states.read("p2") == ProjectState("bob/ice", active="extra")
    told = (home / "envs" / "extra" / "bin" / "tool").read_text()
    assert "ada/lab/envs" not in told
    assert (node.home / "README.md").read_text() == "changed"


@pytest_twisted.ensureDeferred
async def test_a_copy_of_nothing(node: Node) -> None:
    """The files may have gone meanwhile."""
    with pytest.raises(Failed, match="no files of ada/lab"):
        await node.projects().duplicate(ICE, "p2", (), LAB, "p1", node.told.append)


def test_where_it_is(tmp_path: Path) -> None:
    """Where it was, unless only the place it went to is there."""
    state = ProjectState("ada/lab", going="bob/ice")
    assert where(tmp_path, state) == LAB
    (tmp_path / "bob" / "ice").mkdir(parents=True)
    assert where(tmp_path, state) == ICE
    (tmp_path / "ada" / "lab").mkdir(parents=True)
    assert where(tmp_path, state) == LAB
