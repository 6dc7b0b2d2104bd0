"""The Workbench in this process, on a socket, with a real project."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_twisted
from attrs import frozen
from twisted.internet.defer import maybeDeferred
from twisted.internet.threads import deferToThread

from aen.compute.apps.listening import listen_privately
from aen.compute.apps.workbench.__main__ import Options, make_site, mount_files
from aen.runtime.assets import Assets
from tests.asking import Answer, Client
from tests.waiting import eventually

PREFIX = "/ada/lab/workbench"
BUILT = {
    "workbench.css": "workbench-1.css",
    "workbench.js": "workbench-2.js",
    "part-3.js": "part-3.js",
    "signs.svg": "signs-4.svg",
}


@pytest.fixture
def assets(tmp_path: Path) -> Assets:
    """Built files, without a build."""
    folder = tmp_path / "built"
    folder.mkdir()
    for name in BUILT.values():
        (folder / name).write_text(f"content of {name}")
    (folder / "manifest.json").write_text(json.dumps(BUILT))
    return Assets.load(folder)


@frozen
class App:
    """The app, and its project."""

    project: Path
    socket: Path

    async def ask(
        self, method: str, path: str, body: object = None, **headers: str
    ) -> Answer:
        """Ask once, below the prefix."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        client = Client("http://localhost", socket=self.socket)
        found: Answer = await deferToThread(
            client.ask, method, f"{PREFIX}{path}", body, named
        )
        return found

    async def get(self, path: str, **headers: str) -> Answer:
        """Ask with GET."""
        return await self.ask("GET", path, None, **headers)


@pytest_twisted.async_yield_fixture
async def app(tmp_path: Path, assets: Assets, reactor: Any) -> AsyncIterator[App]:
    """The app, listening."""
    project = tmp_path / "project"
    project.mkdir()
    (project / "notes.txt").write_text("some notes")
    socket = tmp_path / "s"
    files = mount_files(Options(socket, PREFIX, project), reactor)
    port = listen_privately(reactor, socket, make_site(PREFIX, files, assets))
    before = set(map(id, reactor.getDelayedCalls()))
    yield App(project, socket)
    await maybeDeferred(port.stopListening)
    await eventually(
        lambda: before.issuperset(map(id, reactor.getDelayedCalls())),
        "the app knows that every client has left",
    )
