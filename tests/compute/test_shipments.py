"""Projects that move between two nodes: whole in one place, whatever breaks."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_twisted

from aen.compute.project_state import ProjectState
from aen.compute.shipments import ARRIVED, ARRIVING, LEAVING
from aen.model.errors import Conflict, Failed
from aen.wire.messages import ProjectOnDisk
from aen.wire.shipments import (
    Cargo,
    Expected,
    PieceQuestion,
    ShipmentQuestion,
    read_piece,
)
from tests.compute.shipped import FIRST, LAB, Depot, carry

SECOND = ShipmentQuestion(LAB, "s2")


@pytest_twisted.async_yield_fixture
async def nodes(tmp_path: Path) -> AsyncIterator[tuple[Depot, Depot]]:
    """Return a node with a project, and one without."""
    source, target = Depot(tmp_path / "a"), Depot(tmp_path / "b")
    source.fill()
    yield source, target
    for one in (source, target):
        await one.shipments.stopService()


@pytest_twisted.ensureDeferred
async def test_a_project_moves(nodes: tuple[Depot, Depot]) -> None:
    """Its files and environments are there; at last they are not here any more."""
    source, target = nodes
    data = (source.home / "data").read_bytes()
    assert await carry(source, target) >= 3
    assert not target.home.exists()
    await target.shipments.settle(FIRST, target.told.append)
    assert (target.home / "data").read_bytes() == data
    script = (target.home / "envs/default/bin/tool").read_text()
    assert script == f"#!{target.home}/envs/default/bin/python\n"
    assert target.home.stat().st_mode & 0o777 == 0o771
    assert target.state == ProjectState(
        "ada/lab", active="mine", shipment="s1", way=ARRIVED
    )
    assert source.home.exists()
    await source.shipments.clear(FIRST, source.told.append)
    assert source.clean
    assert (source.apps.stopped, target.told[-1].step) == (
        ["p1", "p1"],
        "Telling the environments their new place",
    )


@pytest_twisted.ensureDeferred
async def test_each_call_may_be_made_twice(nodes: tuple[Depot, Depot]) -> None:
    """An answer that was lost is asked for again."""
    source, target = nodes
    cargo = await source.shipments.prepare(FIRST)
    assert (cargo.root, cargo.active, cargo.whole) == (str(source.root), "mine", True)
    assert await source.shipments.prepare(FIRST) == cargo
    expected = Expected(LAB, "s1", cargo)
    assert not (await target.shipments.expect(expected)).here
    assert not (await target.shipments.expect(expected)).here
    for number in range(1000):
        question = PieceQuestion("p1", "s1", number)
        body = await source.shipments.load(question)
        assert await source.shipments.load(question) == body
        piece = read_piece(body)
        await target.shipments.unload(piece)
        await target.shipments.unload(piece)
        if not piece.content:
            break
    await target.shipments.settle(FIRST, target.told.append)
    await target.shipments.settle(FIRST, target.told.append)
    assert (await target.shipments.expect(expected)).here
    assert (target.home / "notes").read_text() == "hello"
    for _ in range(2):
        await source.shipments.clear(FIRST, source.told.append)
    assert source.clean


@pytest_twisted.ensureDeferred
async def test_what_broke_off_begins_anew(nodes: tuple[Depot, Depot]) -> None:
    """Either node may have been killed: the other says so, and nothing is left."""
    source, target = nodes
    await carry(source, target, pieces=1)
    await target.shipments.stopService()
    target.begin()
    piece = read_piece(await source.shipments.load(PieceQuestion("p1", "s1", 1)))
    with pytest.raises(Conflict, match="begins anew"):
        await target.shipments.unload(piece)
    await source.shipments.stopService()
    source.begin()
    with pytest.raises(Conflict, match="begins anew"):
        await source.shipments.load(PieceQuestion("p1", "s1", 2))
    assert target.state is not None
    assert target.state.way == ARRIVING
    await carry(source, target)
    await target.shipments.settle(FIRST, target.told.append)
    assert (target.home / "notes").read_text() == "hello"


@pytest_twisted.ensureDeferred
async def test_half_a_project_is_never_in_its_place(
    nodes: tuple[Depot, Depot],
) -> None:
    """Settled too early, it is refused and nothing of it is left."""
    source, target = nodes
    await carry(source, target, pieces=2)
    with pytest.raises(Failed, match="broke off"):
        await target.shipments.settle(FIRST, target.told.append)
    assert not target.home.exists()
    await target.shipments.drop(FIRST, target.told.append)
    assert target.clean
    assert source.home.exists()


@pytest_twisted.ensureDeferred
async def test_what_arrived_in_vain_is_dropped(nodes: tuple[Depot, Depot]) -> None:
    """By its own shipment's end, or by the next one; and never one that is at home."""
    source, target = nodes
    await carry(source, target)
    await target.shipments.settle(FIRST, target.told.append)
    await target.shipments.drop(SECOND, target.told.append)
    assert target.home.exists()
    (source.home / "notes").write_text("later")
    await carry(source, target, SECOND)
    await target.shipments.settle(SECOND, target.told.append)
    assert (target.home / "notes").read_text() == "later"
    await target.shipments.drop(SECOND, target.told.append)
    assert target.clean
    await source.shipments.drop(SECOND, source.told.append)
    assert source.home.exists()


@pytest_twisted.ensureDeferred
async def test_a_disk_that_both_see(tmp_path: Path) -> None:
    """Nothing is carried, and nothing removed."""
    one, other = Depot(tmp_path / "a"), Depot(tmp_path / "a")
    one.fill()
    try:
        assert await carry(one, other) == 0
        await other.shipments.settle(FIRST, other.told.append)
        await one.shipments.clear(FIRST, one.told.append)
        assert other.home.exists()
        assert other.state == ProjectState("ada/lab", active="mine")
    finally:
        await one.shipments.stopService()


@pytest_twisted.ensureDeferred
async def test_files_of_others_are_in_the_way(nodes: tuple[Depot, Depot]) -> None:
    """They stay, and it is said."""
    source, target = nodes
    target.home.mkdir(parents=True)
    (target.home / "theirs").write_text("x")
    with pytest.raises(Failed, match="nobody's"):
        await carry(source, target)
    assert (target.home / "theirs").read_text() == "x"
    await target.shipments.drop(FIRST, target.told.append)
    assert (target.home / "theirs").exists()
    assert source.state is not None
    assert source.state.way == LEAVING


@pytest_twisted.ensureDeferred
async def test_there_has_to_be_room(nodes: tuple[Depot, Depot]) -> None:
    """Before anything is sent."""
    _, target = nodes
    cargo = Cargo("/elsewhere", bytes=1 << 60)
    with pytest.raises(Failed, match="GiB of room"):
        await target.shipments.expect(Expected(LAB, "s1", cargo))
    assert target.clean


@pytest_twisted.ensureDeferred
async def test_a_project_that_is_not_here(nodes: tuple[Depot, Depot]) -> None:
    """It cannot leave, and clearing it away removes nothing."""
    source, target = nodes
    with pytest.raises(Failed, match="There are no files of ada/lab"):
        await target.shipments.prepare(FIRST)
    renamed = ShipmentQuestion(ProjectOnDisk("p1", "ada", "hall"), "s1")
    with pytest.raises(Failed, match="There are no files of ada/hall"):
        await source.shipments.prepare(renamed)
    await source.shipments.clear(FIRST, source.told.append)
    assert source.home.exists()


@pytest_twisted.ensureDeferred
async def test_one_that_is_started_stays(nodes: tuple[Depot, Depot]) -> None:
    """Whoever starts it while it leaves ends the shipment."""
    source, target = nodes
    await carry(source, target, pieces=1)
    source.running.add(LAB)
    with pytest.raises(Conflict, match="has been started"):
        await source.shipments.load(PieceQuestion("p1", "s1", 1))


@pytest.mark.parametrize("number", [-1, 1, 5])
@pytest_twisted.ensureDeferred
async def test_pieces_come_in_turn(nodes: tuple[Depot, Depot], number: int) -> None:
    """Another one than the next, or of another shipment, is refused."""
    source, _ = nodes
    await source.shipments.prepare(FIRST)
    with pytest.raises(Conflict):
        await source.shipments.load(PieceQuestion("p1", "s1", number))
    with pytest.raises(Conflict):
        await source.shipments.load(PieceQuestion("p1", "s2", 0))


@pytest_twisted.ensureDeferred
async def test_what_cannot_be_packed_is_named(nodes: tuple[Depot, Depot]) -> None:
    """The sentence of the program reaches whoever asked."""
    source, target = nodes
    here = source.home
    for _ in range(210):
        here /= "d"
    here.mkdir(parents=True)
    with pytest.raises(Failed, match="deeper than 200 directories"):
        await carry(source, target)
