"""What the doctor finds."""

import socket
from email.utils import formatdate
from pathlib import Path

from pytest_twisted import ensureDeferred
from treq.testing import RequestTraversalAgent
from twisted.web.resource import Resource
from twisted.web.server import NOT_DONE_YET, Request

from aen.model.users import Role
from aen.server.doctor import examine
from aen.wire.messages import NodeStatus
from tests.server.furnished import GATEWAY, GATEWAY_KEY, World, furnished


class Gateway(Resource):
    """A gateway whose clock shows that; None: it has none."""

    isLeaf = True

    def __init__(self, now: float | None) -> None:
        super().__init__()
        self._now = now

    def render(self, request: Request) -> bytes:
        """Say the time."""
        date = "soon" if self._now is None else formatdate(self._now)
        request.setHeader(b"date", date.encode())
        return b"{}"


class Silent(Resource):
    """A gateway that hangs up."""

    isLeaf = True

    def render(self, request: Request) -> int:
        """Break the connection off."""
        request.loseConnection()
        return NOT_DONE_YET


async def problems(world: World, gateway: Resource | None = None) -> list[str]:
    """Return what is not good."""
    agent = RequestTraversalAgent(gateway or Resource())
    return [one.text for one in await examine(world.rooms, agent) if not one.good]


@ensureDeferred
async def test_a_healthy_installation(tmp_path: Path) -> None:
    """Nothing is found, also not that a single-user node says what it is."""
    path = tmp_path / "s.sock"
    world = await furnished(socket=str(path))
    await world.center()
    await world.person("wakari", Role.SUPERUSER)
    said = ("Single-user mode: for people who trust each other.",)
    status = NodeStatus("n1", "1", single_user=True, projects=0, messages=said)
    await world.rooms.centers.heard_status("east", status)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(path))
        listening.listen()
        assert await problems(world, Gateway(world.clock.seconds())) == []


@ensureDeferred
async def test_an_empty_one(tmp_path: Path) -> None:
    """Each finding says what to do."""
    path = tmp_path / "none"
    assert await problems(await furnished(socket=str(path))) == [
        f"The server does not run ({path}: No such file or directory).",
        "There is no administrator; add one with “superuser”.",
        "There is no data center; configure a gateway.",
    ]


@ensureDeferred
async def test_clocks_and_nodes(tmp_path: Path) -> None:
    """A clock that is wrong breaks tickets; a silent node is a finding."""
    world = await furnished(socket=str(tmp_path / "none"))
    await world.center()
    status = NodeStatus(
        "n1", "1", single_user=True, projects=0, messages=("The disk is full.",)
    )
    await world.rooms.centers.heard_status("east", status)
    found = await problems(world, Gateway(world.clock.seconds() + 3600))
    assert any("differs by 3600 seconds" in text for text in found)
    assert any("The disk is full." in text for text in found)
    await world.rooms.centers.heard_silence("east", "n1")
    found = await problems(world, Gateway(world.clock.seconds()))
    assert "The node “n1” does not answer." in found


@ensureDeferred
async def test_a_gateway_without_nodes(tmp_path: Path) -> None:
    """One that tells no time is believed; one that does not answer is a finding."""
    world = await furnished(socket=str(tmp_path / "none"))
    await world.rooms.centers.register(None, "east", GATEWAY, GATEWAY_KEY.public)
    no_node = "The data center “east” has no compute node."
    assert (await problems(world, Gateway(None)))[2:] == [no_node]
    silent, *rest = (await problems(world, Silent()))[2:]
    assert silent.startswith("The gateway “east” does not answer: ")
    assert rest == [no_node]


@ensureDeferred
async def test_a_store_that_is_away(tmp_path: Path) -> None:
    """The rest is looked at, as far as that goes."""
    world = await furnished(socket=str(tmp_path / "none"))
    world.database.away = True
    store, server, accounts = await problems(world)
    assert store == "The store does not answer: The database does not answer."
    assert server.startswith("The server does not run")
    assert accounts.startswith("The accounts cannot be read")
