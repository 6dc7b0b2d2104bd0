"""Launches with a spawner that takes its time."""

from pathlib import Path

import pytest
import pytest_twisted
from twisted.internet import reactor  # noqa: TID251 -- tests own it
from twisted.internet.defer import Deferred

from aen.model.errors import Failed
from aen.runtime.tasks import start
from tests.compute.fake_spawner import FakeSpawner
from tests.compute.ground import PROJECT, Node, asking
from tests.waiting import eventually


def with_fake(tmp_path: Path) -> tuple[Node, FakeSpawner]:
    """Return a node whose apps are no processes."""
    spawner = FakeSpawner(reactor)
    node = Node(tmp_path, reactor, spawner=spawner)
    node.start(PROJECT)
    node.manifest("serve", ["app", "%(socket)s"], limits={"memory": 5})
    return node, spawner


@pytest_twisted.ensureDeferred
async def test_stopped_while_its_process_is_being_started(tmp_path: Path) -> None:
    """Who stops the project waits until nothing is left; who waits is told why."""
    node, spawner = with_fake(tmp_path)
    spawner.slow = Deferred()
    launches = node.launches()
    opening = start(launches.launch(asking("serve")))
    await eventually(lambda: spawner.orders, "it is being started")
    stopping = start(launches.stop_project("p1"))
    assert not stopping.called
    spawner.slow.callback(None)
    await stopping
    assert launches.list() == ()
    assert spawner.ports == {}
    assert len(spawner.forgotten) == 1
    spawner.slow = None
    again = await opening  # the project still counts as running here
    await launches.stop(again.id)


@pytest_twisted.ensureDeferred
async def test_a_start_that_fails_late(tmp_path: Path) -> None:
    """All who wait hear the reason, and nothing is kept of it."""
    node, spawner = with_fake(tmp_path)
    spawner.slow = Deferred()
    launches = node.launches()
    opening = start(launches.launch(asking("serve")))
    await eventually(lambda: spawner.orders, "it is being started")
    stopping = start(launches.stop_project("p1"))
    spawner.slow.errback(Failed("There is no account “ada” on this node."))
    with pytest.raises(Failed, match="no account"):
        await opening
    await stopping
    assert launches.list() == ()
    assert node.records.read() == []


@pytest_twisted.ensureDeferred
async def test_what_a_spawner_is_told(tmp_path: Path) -> None:
    """Whose the app is, what it may use, and at the beginning who is known."""
    node, spawner = with_fake(tmp_path)
    launches = node.launches()
    launch = await launches.launch(asking("serve", "bob"))
    (order,) = spawner.orders
    assert (order.user, order.project_id, str(order.path)) == ("bob", "p1", "ada/lab")
    assert order.limits["app"].memory == 5 * 1024 * 1024
    after = node.launches()
    assert after.adopt() == 1
    assert spawner.kept == [launch.id]
    await after.stop_project("p1")
    assert spawner.forgotten == [launch.id]
