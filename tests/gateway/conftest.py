"""A running gateway for the tests that ask one."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_twisted

from aen.runtime.assets import Assets
from tests.gateway import world as worlds
from tests.gateway.world import World


@pytest_twisted.async_yield_fixture
async def world(tmp_path: Path, monkeypatch: object) -> AsyncIterator[World]:
    """Return a gateway between a little server and a little node."""
    made = await worlds.make_world(tmp_path)
    yield made
    await made.stop()


def little_assets(folder: Path) -> Assets:
    """Return built files without a build."""
    for name in ("gateway-1.css", "gateway-1.js"):
        (folder / name).write_text("/* */", encoding="ascii")
    (folder / "manifest.json").write_text(
        '{"gateway.css": "gateway-1.css", "gateway.js": "gateway-1.js"}',
        encoding="ascii",
    )
    return Assets.load(folder)
