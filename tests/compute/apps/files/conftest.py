"""The files app in this process, on a socket, with a real project."""

import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import pytest_twisted
from attrs import frozen
from twisted.internet.defer import maybeDeferred
from twisted.internet.threads import deferToThread

from aen.compute.apps.files.inside import Inside
from aen.compute.apps.files.limits import Limits
from aen.compute.apps.files.page import Pages
from aen.compute.apps.files.site import Files, FilesSite
from aen.compute.apps.files.trash import NAME as TRASH
from aen.compute.apps.listening import listen_privately
from tests.asking import Answer, Client
from tests.waiting import eventually

PREFIX = "/ada/lab/files"
LIMITS = Limits(
    page=100,
    requests=8,
    waiting=64 * 1024,
    linger=0.3,
    import_entries=50,
    import_bytes=4 * 1024 * 1024,
    import_upload=2 * 1024 * 1024,
)


@frozen
class App:
    """The app, and its project."""

    project: Path
    socket: Path

    def now(
        self, method: str, path: str, body: object = None, **headers: str
    ) -> Answer:
        """Ask once; call it in a thread."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        client = Client("http://localhost", socket=self.socket)
        return client.ask(method, f"{PREFIX}{path}", body, named)

    async def ask(
        self, method: str, path: str, body: object = None, **headers: str
    ) -> Answer:
        """Ask once."""
        found: Answer = await deferToThread(self.now, method, path, body, **headers)
        return found

    async def get(self, path: str, **headers: str) -> Answer:
        """Ask with GET."""
        return await self.ask("GET", path, None, **headers)

    async def put(self, path: str, body: bytes = b"", **headers: str) -> Answer:
        """Ask with PUT."""
        return await self.ask("PUT", path, body, **headers)

    @property
    def left(self) -> list[str]:
        """What the app has left of its own in the project."""
        found = os.walk(self.project)
        names = [one for _, *both in found for inner in both for one in inner]
        return [one for one in names if one.startswith(".aen-") and one != TRASH]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return a project's folder with a few files, and something outside of it."""
    made = tmp_path / "project"
    (made / "data/deep").mkdir(parents=True)
    made.chmod(0o771)
    for folder in (made / "data", made / "data/deep"):
        folder.chmod(0o770)
    (made / "notes.txt").write_text("some notes")
    (made / "data/one.csv").write_text("1,2,3")
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/secret").write_text("a secret")
    return made


@pytest.fixture
def inside(project: Path) -> Iterator[Inside]:
    """Give the ways inside of the project."""
    made = Inside(project)
    yield made
    made.close()


@asynccontextmanager
async def listening(site: FilesSite, socket: Path, reactor: Any) -> AsyncIterator[None]:
    """Listen while the block runs, and until every client has left."""
    port = listen_privately(reactor, socket, site)
    before = set(map(id, reactor.getDelayedCalls()))
    yield
    await maybeDeferred(port.stopListening)
    await eventually(
        lambda: before.issuperset(map(id, reactor.getDelayedCalls())),
        "the app knows that every client has left",
    )


@pytest_twisted.async_yield_fixture
async def app(
    tmp_path: Path, project: Path, inside: Inside, reactor: Any
) -> AsyncIterator[App]:
    """The app, listening."""
    files = Files(PREFIX, inside, LIMITS, reactor, Pages(PREFIX, None))
    socket = tmp_path / "s"
    async with listening(FilesSite(files), socket, reactor):
        yield App(project, socket)
