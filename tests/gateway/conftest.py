"""A clock, built files, and a running gateway, for the tests that ask for one."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_twisted
from twisted.internet.task import Clock

from aen.runtime.assets import Assets
from tests.gateway.world import World, make_world


@pytest.fixture
def clock() -> Clock:
    """Give a clock at 1000."""
    clock = Clock()
    clock.advance(1000)
    return clock


@pytest.fixture
def assets(tmp_path: Path) -> Assets:
    """Give built files without a build."""
    for name in ("gateway-1.css", "gateway-1.js"):
        (tmp_path / name).write_text("/* */", encoding="ascii")
    (tmp_path / "manifest.json").write_text(
        '{"gateway.css": "gateway-1.css", "gateway.js": "gateway-1.js"}',
        encoding="ascii",
    )
    return Assets.load(tmp_path)


@pytest_twisted.async_yield_fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """Give a gateway between a little server and a little node."""
    made = await make_world(tmp_path)
    yield made
    await made.stop()
