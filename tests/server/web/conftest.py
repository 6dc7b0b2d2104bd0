"""A browser without a window, and a server in memory for it."""

from pathlib import Path

import pytest
from twisted.internet.defer import Deferred
from twisted.internet.task import Clock
from twisted.web.resource import IResource

from aen.runtime.assets import Assets
from aen.server.rooms import Rooms
from aen.server.web.site import site
from tests.outcomes import now
from tests.server.furnished import World
from tests.server.web.browser import Browser
from tests.server.web.example import example


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
def world(clock: Clock) -> World:
    """An installation with people, projects and a data center."""
    return now(Deferred.fromCoroutine(example(clock)))


@pytest.fixture
def rooms(world: World) -> Rooms:
    """Its use cases."""
    return world.rooms


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
