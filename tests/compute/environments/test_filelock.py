"""A lock between processes."""

from pathlib import Path

import pytest
import pytest_twisted
from twisted.internet.defer import Deferred
from twisted.internet.task import Clock

from aen.compute.environments.filelock import locked
from aen.model.errors import Failed


async def hold(clock: Clock, path: Path, until: Deferred[None], patience: float) -> str:
    """Hold the lock until *until* fires."""
    async with locked(clock, path, patience):
        await until
    return "held"


@pytest_twisted.ensureDeferred
async def test_one_after_the_other(tmp_path: Path) -> None:
    """The second gets it soon after the first lets go."""
    clock, path, first = Clock(), tmp_path / "lock", Deferred[None]()
    one = Deferred.fromCoroutine(hold(clock, path, first, 10))
    free: Deferred[None] = Deferred()
    free.callback(None)
    other = Deferred.fromCoroutine(hold(clock, path, free, 10))
    clock.advance(1)
    assert not other.called
    first.callback(None)
    clock.advance(1)
    assert (await one, await other) == ("held", "held")


@pytest_twisted.ensureDeferred
async def test_patience_ends(tmp_path: Path) -> None:
    """Who waits too long is told."""
    clock, path, first = Clock(), tmp_path / "lock", Deferred[None]()
    one = Deferred.fromCoroutine(hold(clock, path, first, 10))
    other = Deferred.fromCoroutine(hold(clock, path, Deferred(), 2))
    clock.pump([0.5] * 6)
    with pytest.raises(Failed, match="for too long"):
        await other
    first.callback(None)
    await one


@pytest_twisted.ensureDeferred
async def test_a_link_is_not_opened(tmp_path: Path) -> None:
    """A lock file is ours, never what a link names."""
    (tmp_path / "lock").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(Failed, match="Too many levels"):
        await hold(Clock(), tmp_path / "lock", Deferred(), 1)
