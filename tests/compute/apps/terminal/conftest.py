"""The app without its page, in this process, with real shells."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest_twisted
from attrs import define, field
from autobahn.twisted.resource import WebSocketResource
from twisted.internet.defer import maybeDeferred

from aen.compute.apps.listening import listen_privately
from aen.compute.apps.sites import below
from aen.compute.apps.terminal.commands import Place, shell_command
from aen.compute.apps.terminal.limits import Limits
from aen.compute.apps.terminal.shells import Shells
from aen.compute.apps.terminal.terminals import AllTerminals
from aen.compute.apps.terminal.viewer import ViewerFactory
from aen.runtime.sites import QuietSite
from tests.compute.apps.terminal.client import Client, connect
from tests.waiting import eventually

LIMITS = Limits(grace=0.5, terminals=3, viewers=4, attach_within=0.3, patience=0.5)


@define
class App:
    """The app without its page, in this process."""

    reactor: Any
    socket: Path
    shells: Shells
    terminals: AllTerminals
    project: Path
    clients: list[Client] = field(factory=list)

    async def connect(self, **headers: str) -> Client:
        """Open a connection."""
        client = await connect(self.reactor, self.socket, "/socket", headers)
        self.clients.append(client)
        return client

    def is_left(self) -> bool:
        """Tell whether every connection that was opened is closed."""
        return all(one.closed.called for one in self.clients)

    async def attach(self, terminal: str | None = None, **more: object) -> Client:
        """Open a connection and attach."""
        client = await self.connect()
        client.attach(terminal, **more)
        await client.until(lambda: bool(client.told("attached") + client.told("gone")))
        return client


@pytest_twisted.async_yield_fixture
async def app(tmp_path: Path, reactor: Any) -> AsyncIterator[App]:
    """The app, listening; nothing of it is left afterwards."""
    project = tmp_path / "project"
    project.mkdir()
    place = Place(project, tmp_path / "env", tmp_path)
    command = shell_command("/bin/sh", place, {"PS1": "ready> ", "PATH": "/bin"})
    shells = Shells(reactor, lambda: command, LIMITS.grace)
    names = iter("abcdef")
    terminals = AllTerminals(LIMITS, reactor, shells.start, lambda: next(names))
    viewers = ViewerFactory(terminals, LIMITS, reactor)
    site = QuietSite(below("/socket", WebSocketResource(viewers)))
    socket = tmp_path / "s"
    port = listen_privately(reactor, socket, site)
    made = App(reactor, socket, shells, terminals, project)
    yield made
    await shells.stop()
    for viewer in tuple(viewers.viewers):
        viewer.dropConnection(abort=True)
    await maybeDeferred(port.stopListening)
    await eventually(made.is_left, "both sides know of the end")
