"""The role as one service, and as a real twistd process."""

import json
import os
import signal
import socket
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import pytest_twisted
from attrs import define, field
from treq.client import HTTPClient
from twisted.application.service import MultiService
from twisted.internet import reactor as _reactor  # noqa: TID251 -- tests own it
from twisted.internet.defer import maybeDeferred
from twisted.internet.task import Clock
from twisted.web.client import Agent
from twisted.web.http_headers import Headers

from aen.compute import reap
from aen.compute.app_process import LaunchLimits
from aen.compute.environments.settings import (
    CloneBy,
    EnvironmentSettings,
    Provider,
)
from aen.compute.helper.cgroups import Limit
from aen.compute.limits import Bound, Bounds
from aen.compute.service import (
    assemble,
    check,
    environment_settings,
    launch_limits,
)
from aen.compute.settings import ComputeSettings
from aen.model.errors import AenError, Invalid
from aen.runtime.tasks import pause
from aen.wire import routes, tickets
from aen.wire.client import Identity, Place, WireClient
from aen.wire.messages import Launch, LaunchRequest, NodeStatus, Nothing
from tests.compute.ground import PROJECT
from tests.compute.small_programs import NASTY, command, running, write_app
from tests.installed import free_ports

reactor: Any = _reactor
KEY = tickets.SigningKey(b"g" * 32)


def test_assemble_gives_one_service(tmp_path: Path) -> None:
    """Nothing happens before it starts."""
    settings = ComputeSettings("n1", KEY.public, prefix=str(tmp_path))
    node = assemble(settings, Clock(), {})
    assert isinstance(node, MultiService)
    assert len(list(node)) == 7
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"name": "a b"}, "The name must be"),
        ({"gateway_key": "short"}, "gateway_key"),
        ({"gateway_key": "?"}, "gateway_key"),
        ({"prefix": "relative"}, "“prefix” must be an absolute path"),
        ({"projectRoot": ""}, "“projectRoot” must be an absolute path"),
    ],
)
def test_settings_that_cannot_work(changes: dict[str, str], sentence: str) -> None:
    """What types alone cannot tell is told in a sentence."""
    given: dict[str, Any] = {"name": "n1", "gateway_key": KEY.public, **changes}
    with pytest.raises(Invalid, match=sentence):
        check(ComputeSettings(**given))


def test_settings_reach_their_places() -> None:
    """What an operator sets is what holds."""
    settings = ComputeSettings(
        "n1",
        KEY.public,
        environments=Provider.CONDA,
        conda="/conda",
        default_environment="/own",
        python="/py",
        skeleton="/s",
        default_packages=("six",),
        jupyter_packages=("lab",),
        clone_by=CloneBy.COPY,
        launches_per_project=3,
        stop_patience=1.5,
        log_bytes=7,
        log_tail=5,
        limits=Bounds(app=Bound(processes=9)),
    )
    assert environment_settings(settings) == EnvironmentSettings(
        provider=Provider.CONDA,
        conda="/conda",
        default_environment="/own",
        python="/py",
        skeleton="/s",
        default_packages=("six",),
        jupyter_packages=("lab",),
        clone_by=CloneBy.COPY,
    )
    assert launch_limits(settings) == LaunchLimits(
        per_project=3,
        use={"app": Limit(processes=9), "project": Limit(), "node": Limit()},
        patience=1.5,
        log_bytes=7,
        log_tail=5,
    )


@pytest_twisted.ensureDeferred
async def test_a_port_in_use_ends_the_start_with_a_sentence(tmp_path: Path) -> None:
    """No traceback for what an operator can mend."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        settings = ComputeSettings(
            "n1",
            KEY.public,
            prefix=str(tmp_path),
            projectRoot=str(tmp_path / "projects"),
            listen=(f"tcp:{other.getsockname()[1]}:interface=127.0.0.1",),
        )
        node = assemble(settings, reactor, {})
        with pytest.raises(SystemExit, match="Address already in use"):
            node.privilegedStartService()
    await maybeDeferred(node.stopService)


@define(eq=False)
class RealNode:
    """A twistd process on a temporary directory."""

    directory: Path
    port: int
    processes: list["subprocess.Popen[bytes]"] = field(factory=list)
    client: WireClient = field(init=False)

    def __attrs_post_init__(self) -> None:
        identity = Identity("gateway:east", KEY)
        self.client = WireClient(Agent(reactor), reactor, identity)

    @property
    def at(self) -> Place:
        """Where it is asked."""
        return Place(f"http://127.0.0.1:{self.port}", "node:n1", "The node")

    def begin(self) -> None:
        """Start the role."""
        twistd = Path(sys.executable).with_name("twistd")
        argv = [str(twistd), "--nodaemon", "--pidfile=", "aen-compute"]
        with (self.directory / "node.log").open("ab") as log:
            self.processes.append(
                subprocess.Popen(
                    [*argv, "-c", str(self.directory / "settings.json")],
                    cwd=self.directory,
                    env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )
            )

    def end(self, number: signal.Signals) -> None:
        """End the role, which leaves its apps alone."""
        self.processes[-1].send_signal(number)
        self.processes[-1].wait(20)

    async def status(self) -> NodeStatus:
        """Return its status, waiting until it answers."""
        for _ in range(300):
            try:
                return await self.client.ask(
                    self.at, routes.STATUS, Nothing(), NodeStatus
                )
            except AenError:
                await pause(reactor, 0.1)
        raise AssertionError((self.directory / "node.log").read_text()[-3000:])

    async def launch(self, app: str) -> Launch:
        """Run an app."""
        asked = LaunchRequest(PROJECT, app, "ada")
        return await self.client.ask(self.at, routes.LAUNCH, asked, Launch, 300.0)

    async def follow(self, route: routes.Route) -> None:
        """Do something to the project."""
        await self.client.follow(self.at, route, PROJECT, lambda _: None)


@pytest.fixture
def node(tmp_path: Path) -> Iterator[RealNode]:
    """A node that has been set up and does not run yet."""
    (port,) = free_ports(1)
    made = RealNode(tmp_path, port)
    settings = {
        "name": "n1",
        "gateway_key": KEY.public,
        "prefix": str(tmp_path / "node"),
        "projectRoot": str(tmp_path / "projects"),
        "listen": [f"tcp:{made.port}:interface=127.0.0.1"],
        "default_packages": ["pip"],
    }
    (tmp_path / "settings.json").write_text(json.dumps(settings))
    yield made
    for one in made.processes:
        one.kill()
        one.wait()
    reap.reap(tmp_path / "node/var/run/launches", 0.0)


def install(node: RealNode, mark: str) -> None:
    """Give the node an app that spreads its processes."""
    program = write_app(node.directory, NASTY)
    apps = node.directory / "node/etc/wakari/apps"
    apps.mkdir(parents=True)
    content = {
        "name": "nasty",
        "title": "Nasty",
        "command_list": command(program, "%(socket)s", "0", mark),
    }
    (apps / "nasty.json").write_text(json.dumps(content))


@pytest.mark.system
@pytest_twisted.ensureDeferred
async def test_apps_outlive_the_role_and_end_with_the_project(node: RealNode) -> None:
    """SIGTERM and SIGKILL of the role leave an app alone; a stop leaves nothing."""
    mark = uuid.uuid4().hex
    install(node, mark)
    node.begin()
    await node.status()
    await node.follow(routes.START_PROJECT)
    first = await node.launch("nasty")
    for number in (signal.SIGTERM, signal.SIGKILL):
        node.end(number)
        assert len(running(mark)) == 5
        node.begin()
        assert (await node.status()).projects == 1
        assert await node.launch("nasty") == first
    await node.follow(routes.STOP_PROJECT)
    assert running(mark) == []


@pytest.mark.system
@pytest_twisted.ensureDeferred
async def test_real_jupyterlab(node: RealNode) -> None:
    """JupyterLab runs from its template, through the node's door, with a ticket."""
    node.begin()
    await node.status()
    try:
        await node.follow(routes.START_PROJECT)
        launch = await node.launch("jupyterlab")
    except AenError as error:
        if "could not be built" in error.message:
            pytest.skip(f"no template: {error.message}")
        raise
    ticket = tickets.Ticket(
        "gateway:east", "node:n1", f"app:{launch.id}", reactor.seconds() + 60
    )
    address = f"{node.at.base}/launcher/apps/{launch.id}/ada/lab/jupyterlab/api"
    headers = Headers({"AEN-Ticket": [tickets.seal(KEY, ticket)]})
    response = await HTTPClient(Agent(reactor)).get(address, headers=headers)
    assert "version" in await response.json()
    await node.follow(routes.STOP_PROJECT)
    assert running(launch.id) == []
