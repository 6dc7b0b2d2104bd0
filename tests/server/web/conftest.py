"""A browser without a window, and a server in memory for it."""

from pathlib import Path

import pytest
from twisted.internet.defer import Deferred
from twisted.internet.task import Clock
from twisted.web.resource import IResource

from aen.runtime.assets import Assets
from aen.server.rooms import Rooms
from aen.server.web.site import site
from tests.server.web import support
from tests.server.web.browser import Browser


@pytest.fixture
def assets(tmp_path: Path) -> Assets:
    """Built files, without a build."""
    names = {"app.css": "app-1.css", "app.js": "app-2.js", "mark.svg": "mark-3.svg"}
    for name in names.values():
        (tmp_path / name).write_text(f"/* {name} */")
    listed = ", ".join(f'"{key}": "{value}"' for key, value in names.items())
    (tmp_path / "manifest.json").write_text(f"{{{listed}}}")
    return Assets.load(tmp_path)


@pytest.fixture
def clock() -> Clock:
    """The server's time, which moves when a test says so."""
    clock = Clock()
    clock.advance(1_700_000_000)
    return clock


@pytest.fixture
def nodes() -> support.FakeNodes:
    """What runs in ada/climate-atlas."""
    return support.FakeNodes(
        launches=(support.launch(), support.launch("terminal", "bob"))
    )


@pytest.fixture
def rooms(clock: Clock, nodes: support.FakeNodes) -> Rooms:
    """Rooms with people, projects and a data center."""

    async def fill() -> Rooms:
        made = await support.furnished(clock, nodes)
        await support.people(made)
        await support.center(made)
        await support.projects(made)
        return made

    return now(Deferred.fromCoroutine(fill()))


@pytest.fixture
def pages(rooms: Rooms, assets: Assets) -> IResource:
    """The whole site."""
    return site(rooms, assets=assets)


@pytest.fixture
def visitor(pages: IResource) -> Browser:
    """A browser nobody has signed in with."""
    return Browser(pages)


@pytest.fixture
def ada(pages: IResource) -> Browser:
    """A browser in which Ada, who administers, is signed in."""
    return Browser(pages).sign_in("ada")


@pytest.fixture
def bob(pages: IResource) -> Browser:
    """A browser in which Bob is signed in."""
    return Browser(pages).sign_in("bob")


def now(deferred: "Deferred[Rooms]") -> Rooms:
    """Return the result of *deferred*, which waits for nothing."""
    results: list[Rooms] = []
    deferred.addCallback(results.append)  # type: ignore[unused-awaitable]
    assert results, "it waits"
    return results[0]
