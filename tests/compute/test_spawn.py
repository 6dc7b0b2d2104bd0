"""Processes of our own account."""

import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest
import pytest_twisted
from twisted.internet import reactor as _reactor  # noqa: TID251 -- tests own it
from twisted.internet.defer import Deferred

from aen.compute.command import AppCommand
from aen.compute.helper.processes import Root, read_process
from aen.compute.spawn import Order, OwnSpawner
from aen.model.errors import Failed
from tests.waiting import eventually

pytestmark = pytest.mark.system
reactor: Any = _reactor

SHOW = (
    "import json, os;"
    " print(json.dumps([sorted(os.environ), os.read(0, 1).decode(),"
    " sorted(os.listdir('/proc/self/fd'), key=int)]))"
)


def order(tmp_path: Path, source: str) -> Order:
    """Return the order to run Python source."""
    argv = (sys.executable, "-S", "-c", source)
    environment = {"PATH": "/usr/bin", "AEN_LAUNCH": "l1"}
    command = AppCommand(argv, environment, str(tmp_path))
    return Order("l1", "ada", command, tmp_path / "log/app.log")


@pytest_twisted.ensureDeferred
async def test_a_clean_environment_and_no_descriptors(tmp_path: Path) -> None:
    """Nothing of the service reaches an app: no variables, no input, no files."""
    ended: Deferred[int | None] = Deferred()
    root = OwnSpawner(reactor).spawn(order(tmp_path, SHOW), ended.callback)
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
    root = spawner.spawn(waiting, ended.callback)
    assert spawner.watch(root, watched.callback)
    assert not spawner.watch(Root(root.pid, root.started + 1), watched.callback)
    await eventually(lambda: spawner.pids({"l1": root}), "the app is found")
    spawner.ask(Root(root.pid, root.started + 1))  # another process by that number
    os.kill(root.pid, 0)
    hunt = spawner.hunt("l1", root)
    await eventually(lambda: not hunt.round(), "nothing is left")
    assert await watched is None
    assert await ended in {None, 137}
    assert read_process(root.pid) is None
    assert not spawner.watch(root, watched.callback)
    spawner.ask(root)


def test_no_log_no_app(tmp_path: Path) -> None:
    """An app whose output cannot be kept is not started."""
    (tmp_path / "log").write_text("a file, not a directory")
    with pytest.raises(Failed, match="cannot be written"):
        OwnSpawner(reactor).spawn(order(tmp_path, SHOW), lambda _: None)
