"""The Viewer in this process, on a socket, with a real project."""

import gzip
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_twisted
from attrs import frozen
from twisted.internet.defer import maybeDeferred
from twisted.internet.threads import deferToThread

from aen.compute.apps.files.inside import Inside
from aen.compute.apps.files.site import FilesSite
from aen.compute.apps.listening import listen_privately
from aen.compute.apps.viewer.limits import Limits
from aen.compute.apps.viewer.pages import Pages
from aen.compute.apps.viewer.site import Viewer
from aen.runtime.assets import Assets
from tests.asking import Answer, Client
from tests.waiting import eventually

PREFIX = "/ada/lab/viewer"
ASSETS = {"viewer.css": "viewer-1.css", "viewer.js": "viewer-2.js"}
STYLE = "p { margin: 0 }\n" * 500
LIMITS = Limits(
    page=3,
    requests=8,
    linger=0.3,
    notebook=100_000,
    text=2_000,
    rendering=20.0,
    idle=60.0,
)
NOTEBOOK: dict[str, Any] = {
    "nbformat": 4,
    "metadata": {},
    "cells": [
        {"cell_type": "markdown", "source": "# Tides\n\n[data](data/one.csv)"},
        {
            "cell_type": "code",
            "source": "print(1)",
            "execution_count": 1,
            "outputs": [{"output_type": "stream", "name": "stdout", "text": "1"}],
        },
    ],
}


@frozen
class App:
    """The app, and its project."""

    project: Path
    socket: Path
    viewer: Viewer

    def now(self, method: str, path: str, **headers: str) -> Answer:
        """Ask once; call it in a thread."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        client = Client("http://localhost", socket=self.socket)
        return client.ask(method, f"{PREFIX}{path}", None, named)

    async def ask(self, method: str, path: str, **headers: str) -> Answer:
        """Ask once."""
        found: Answer = await deferToThread(self.now, method, path, **headers)
        return found

    async def get(self, path: str, **headers: str) -> Answer:
        """Ask as a program does."""
        return await self.ask("GET", path, **headers)

    async def page(self, path: str, **headers: str) -> Answer:
        """Ask as a browser does."""
        return await self.ask("GET", path, Accept="text/html", **headers)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return a project's folder with a file of each kind, and one outside of it."""
    made = tmp_path / "project"
    (made / "data/deep").mkdir(parents=True)
    (made / "Tides.ipynb").write_text(json.dumps(NOTEBOOK))
    (made / "README.md").write_text("# Read me\n\n![plot](plot.png)")
    (made / "data/one.csv").write_text("a,b\n1,2\n")
    (made / "tool.py").write_text("import os\n\n\nprint(os.name)\n")
    (made / "plot.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    (made / "drawing.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    (made / "page.html").write_text("<script>alert(1)</script>")
    (made / "model.bin").write_bytes(b"\0\1\2")
    (made / ".hidden").write_text("x")
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/secret.txt").write_text("a secret")
    (made / "out").symlink_to(tmp_path / "outside")
    return made


@pytest.fixture
def pages(tmp_path: Path) -> Pages:
    """Return pages whose style sheet was not built."""
    folder = tmp_path / "built"
    folder.mkdir()
    for name in ASSETS.values():
        (folder / name).write_text(STYLE)
        (folder / f"{name}.gz").write_bytes(gzip.compress(STYLE.encode()))
    (folder / "manifest.json").write_text(json.dumps(ASSETS))
    return Pages(PREFIX, Assets.load(folder), "aenvisit")


@pytest_twisted.async_yield_fixture
async def app(
    tmp_path: Path, project: Path, pages: Pages, reactor: Any
) -> AsyncIterator[App]:
    """The app, listening."""
    inside = Inside(project)
    viewer = Viewer(PREFIX, inside, LIMITS, reactor, pages)
    port = listen_privately(reactor, tmp_path / "s", FilesSite(viewer))
    before = set(map(id, reactor.getDelayedCalls()))
    yield App(project, tmp_path / "s", viewer)
    await maybeDeferred(port.stopListening)
    await viewer.stop()
    inside.close()
    await eventually(
        lambda: before.issuperset(map(id, reactor.getDelayedCalls())),
        "the app knows that every client has left",
    )
