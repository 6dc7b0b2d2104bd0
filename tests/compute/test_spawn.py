"""Processes of our own account."""

import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest
import pytest_twisted
from attrs import evolve
from twisted.internet import reactor as _reactor  # noqa: TID251 -- tests own it
from twisted.internet.defer import Deferred

from aen.compute.command import AppCommand
from aen.compute.helper.cgroups import Limit
from aen.compute.helper.processes import Root, read_process
from aen.compute.spawn import Order, OwnSpawner, Spawned
from aen.model.errors import Failed
from aen.model.names import UserName, parse_project_path
from aen.runtime.tasks import pause
from tests.compute.helper.helped import L1, P1
from tests.waiting import eventually

pytestmark = pytest.mark.system
reactor: Any = _reactor

SHOW = (
    "import json, os;"
    " print(json.dumps([sorted(os.environ), os.read(0, 1).decode(),"
    " sorted(os.listdir('/proc/self/fd'), key=int)]))"
)


def order(tmp_path: Path, source: str, **more: Any) -> Order:
    """Return the order to run Python source."""
    argv = (sys.executable, "-S", "-c", source)
    environment = {"PATH": "/usr/bin", "AEN_LAUNCH": L1}
    command = AppCommand(argv, environment, str(tmp_path))
    path, private = parse_project_path("ada", "lab"), tmp_path / "private"
    log = tmp_path / "log/app.log"
    return Order(L1, UserName("ada"), P1, path, command, log, private, **more)


@pytest_twisted.ensureDeferred
async def test_a_clean_environment_and_no_descriptors(tmp_path: Path) -> None:
    """Nothing of the service reaches an app: no variables, no input, no files."""
    ended: Deferred[int | None] = Deferred()
    root = await OwnSpawner(reactor).spawn(order(tmp_path, SHOW), ended.callback)
    assert root.started > 0
    assert await ended == 0
    names, read, descriptors = json.loads((tmp_path / "log/app.log").read_text())
    assert set(names) <= {"AEN_LAUNCH", "PATH", "LC_CTYPE"}
    assert read == ""
    assert descriptors == ["0", "1", "2", "3"]  # the last one lists the directory


@pytest_twisted.ensureDeferred
async def test_the_end_is_told_to_who_watches(tmp_path: Path) -> None:
    """Our own child tells its status; a watcher only that it has ended."""
    spawner = OwnSpawner(reactor)
    ended: Deferred[int | None] = Deferred()
    watched: Deferred[int | None] = Deferred()
    waiting = order(tmp_path, "import time; time.sleep(100)")
    root = await spawner.spawn(waiting, ended.callback)
    one = Spawned(L1, P1, "ada", root)
    other = Spawned(L1, P1, "ada", Root(root.pid, root.started + 1))
    assert spawner.watch(one, watched.callback)
    assert not spawner.watch(other, watched.callback)
    await eventually(lambda: spawner.pids([one]), "the app is found")
    await spawner.ask(other)  # another process by that number
    os.kill(root.pid, 0)
    hunt = spawner.hunt(one)
    while await hunt.round():
        await pause(reactor, 0.02)
    await spawner.forget(one)
    assert await watched is None
    assert await ended in {None, 137}
    assert read_process(root.pid) is None
    assert not spawner.watch(one, watched.callback)
    await spawner.ask(one)
    await spawner.ask(Spawned(L1, P1, "ada", None))


@pytest_twisted.ensureDeferred
async def test_files_and_limits_of_a_launch(tmp_path: Path) -> None:
    """What is to be in its private directory is there first; limits hold."""
    text = (
        "import resource; print(open('../private/a/b').read(),"
        " resource.getrlimit(resource.RLIMIT_NOFILE)[0])"
    )
    (tmp_path / "work").mkdir()
    made = order(
        tmp_path / "work", text, files={"a/b": "hello"}, limits={"app": Limit(files=77)}
    )
    made = evolve(made, private=tmp_path / "private")
    ended: Deferred[int | None] = Deferred()
    await OwnSpawner(reactor).spawn(made, ended.callback)
    assert await ended == 0
    assert made.log.read_text() == "hello 77\n"
    assert (tmp_path / "private/a/b").stat().st_mode & 0o077 == 0


@pytest_twisted.ensureDeferred
async def test_no_log_no_app(tmp_path: Path) -> None:
    """An app whose output cannot be kept is not started."""
    (tmp_path / "log").write_text("a file, not a directory")
    with pytest.raises(Failed, match="cannot be written"):
        await OwnSpawner(reactor).spawn(order(tmp_path, SHOW), lambda _: None)
