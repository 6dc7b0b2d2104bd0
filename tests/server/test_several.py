"""The parent of several processes, and its part in each of them."""

import json
from pathlib import Path
from typing import Any

from pytest_twisted import ensureDeferred
from twisted.internet.testing import MemoryReactorClock
from twisted.web.resource import Resource
from twisted.web.server import Site

from aen.proxy.factory import ProxyFactory
from aen.runtime.assets import Assets
from aen.runtime.listening import ListeningService, unix_endpoint
from aen.server.front import Front
from aen.server.settings import ServerSettings
from aen.server.several import Pages, parent
from tests.reactor import reactor


def test_a_parent_starts_processes_and_listens(tmp_path: Path) -> None:
    """It has no store and no pages."""
    names = ("app.css", "app.js")
    (tmp_path / "manifest.json").write_text(json.dumps({one: one for one in names}))
    for name in names:
        (tmp_path / name).write_text("/* built */")
    settings = ServerSettings("http://aen", listen=("tcp:0",), processes=2)
    memory: Any = MemoryReactorClock()
    router = Front.of(settings, Assets.load(tmp_path), memory)
    whole: Any = parent(settings, ProxyFactory(router, memory), _command, memory)
    kinds = [type(one).__name__ for one in whole]
    assert kinds == ["Crew", "ListeningService", "Settled"]


def _command(number: int) -> tuple[str, ...]:
    return ("twistd", str(number))


@ensureDeferred
async def test_a_process_lets_its_socket_go(tmp_path: Path) -> None:
    """When it is stopped, or retires."""
    path = tmp_path / "one.sock"
    for end in ("stop", "retire"):
        listening = ListeningService(unix_endpoint(path), Site(Resource()), reactor)
        pages = Pages(listening)
        pages.startService()
        assert path.is_socket()
        if end == "stop":
            await pages.stopService()
        else:
            await pages.retire()
        assert not path.exists()
