"""What the doctor finds."""

import socket
from email.utils import formatdate
from pathlib import Path
from typing import Any

import pytest
from attrs import define
from pytest_twisted import ensureDeferred
from treq.testing import StubTreq
from twisted.web.resource import Resource
from twisted.web.server import Request

from aen.model.errors import Unavailable
from aen.model.users import Role
from aen.server.doctor import examine
from aen.wire.messages import NodeStatus
from tests.server.furnished import World, furnished


class Gateway(Resource):
    """A gateway whose clock is so many seconds ahead."""

    isLeaf = True

    def __init__(self, now: float) -> None:
        super().__init__()
        self._now = now

    def render(self, request: Request) -> bytes:
        """Say the time."""
        request.setHeader(b"date", formatdate(self._now).encode())
        return b"{}"


@define
class Agent:
    """Reaches one resource, whatever is asked for."""

    resource: Resource

    def request(self, method: bytes, uri: bytes, *rest: Any) -> Any:
        """Ask it through real HTTP in memory."""
        return StubTreq(self.resource)._agent.request(method, uri, *rest)


async def problems(world: World, agent: Any) -> list[str]:
    """Return what is not good."""
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
        agent = Agent(Gateway(world.clock.seconds()))
        assert await problems(world, agent) == []


@ensureDeferred
async def test_an_empty_one(tmp_path: Path) -> None:
    """Each finding says what to do."""
    world = await furnished(socket=str(tmp_path / "none"))
    found = await problems(world, None)
    assert [text.split()[1] for text in found] == ["server", "is", "is"]


@ensureDeferred
async def test_clocks_and_nodes(tmp_path: Path) -> None:
    """A clock that is wrong breaks tickets; a silent node is a finding."""
    world = await furnished(socket=str(tmp_path / "none"))
    await world.center()
    status = NodeStatus(
        "n1", "1", single_user=True, projects=0, messages=("The disk is full.",)
    )
    await world.rooms.centers.heard_status("east", status)
    found = await problems(world, Agent(Gateway(world.clock.seconds() + 3600)))
    assert any("differs by 3600 seconds" in text for text in found)
    assert any("The disk is full." in text for text in found)
    await world.rooms.centers.heard_silence("east", "n1")
    found = await problems(world, Agent(Gateway(world.clock.seconds())))
    assert "The node “n1” does not answer." in found


@ensureDeferred
async def test_a_store_that_is_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rest is looked at all the same."""
    world = await furnished(socket=str(tmp_path / "none"))

    async def away(*_: Any, **__: Any) -> None:
        raise Unavailable("It is away.")

    monkeypatch.setattr(world.database, "ping", away)
    found = await problems(world, None)
    assert found[0] == "The store does not answer: It is away."
