"""The bell between processes, with real sockets."""

import socket
from collections.abc import Callable
from pathlib import Path

import pytest_twisted
from twisted.internet.defer import maybeDeferred

from aen.server.bell import Bell
from tests.reactor import reactor
from tests.waiting import eventually


def nothing() -> None:
    """Hear nothing."""


def bell(folder: Path, name: str, heard: Callable[[], None] = nothing) -> Bell:
    """Return the bell of one process, which listens."""
    made = Bell(folder, heard, reactor, name)
    made.startService()
    return made


@pytest_twisted.ensureDeferred
async def test_others_hear_it_and_not_who_rings(tmp_path: Path) -> None:
    """And when all have stopped nothing is left of them."""
    rings: list[str] = []
    one = bell(tmp_path, "1", lambda: rings.append("one"))
    two = bell(tmp_path, "2", lambda: rings.append("two"))
    three = bell(tmp_path, "3", lambda: rings.append("three"))
    one.ring()
    await eventually(lambda: sorted(rings) == ["three", "two"], "both have heard it")
    for each in (one, two, three):
        await maybeDeferred(each.stopService)
    one.ring()
    assert list(tmp_path.iterdir()) == []


@pytest_twisted.ensureDeferred
async def test_who_was_killed_is_forgotten(tmp_path: Path) -> None:
    """Its socket goes with the next ring; those of another machine stay."""
    one = bell(tmp_path, "1")
    mine = next(tmp_path.iterdir())
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as dead:
        dead.bind(str(mine.with_name(f"{mine.name[:-1]}2")))
    elsewhere = tmp_path / "other-3"
    elsewhere.touch()
    assert len(list(tmp_path.iterdir())) == 3
    one.ring()
    assert sorted(tmp_path.iterdir()) == sorted([mine, elsewhere])
    again = bell(tmp_path, "1")  # a process of the same number after a kill
    for each in (one, again):
        await maybeDeferred(each.stopService)


@pytest_twisted.ensureDeferred
async def test_full_and_impossible(tmp_path: Path) -> None:
    """Who hears nothing for long blocks nobody; a folder that cannot be is no end."""
    one, two = bell(tmp_path, "1"), bell(tmp_path, "2")
    both = set(tmp_path.iterdir())
    for _ in range(5000):
        one.ring()
    assert set(tmp_path.iterdir()) == both  # who is full is not taken for dead
    blocked = tmp_path / "file"
    blocked.touch()
    none = bell(blocked, "1")
    none.ring()
    assert none.running
    assert blocked.read_bytes() == b""
    for each in (one, two, none):
        await maybeDeferred(each.stopService)
