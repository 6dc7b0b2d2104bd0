"""Whether an app works although nobody sends it anything."""

import os
import pty
import signal
import socket
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_twisted
from attrs import define, evolve, field
from twisted.internet import reactor as _reactor  # noqa: TID251 -- tests own it
from twisted.web.resource import Resource
from twisted.web.server import Request, Site

from aen.compute.activity import (
    Activity,
    Asking,
    read_busy,
    read_kernels,
    terminal_jobs,
)
from aen.compute.idle import Busy
from aen.model.errors import Invalid
from tests.compute.ground import LAUNCH

reactor: Any = _reactor


def kernel(state: str, at: str = "1970-01-01T00:01:40.000000Z") -> dict[str, str]:
    """Return a kernel as Jupyter tells of it."""
    return {"id": "k", "execution_state": state, "last_activity": at}


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ([], Activity(Busy.NO)),
        ([kernel("idle")], Activity(Busy.NO, 100.0)),
        ([kernel("idle"), kernel("busy")], Activity(Busy.YES, 100.0)),
        ([kernel("starting", "rubbish")], Activity(Busy.YES)),
        ([{}], Activity(Busy.NO)),
    ],
)
def test_kernels(content: object, expected: Activity) -> None:
    """Busy, or active lately."""
    assert read_kernels(content) == expected


@pytest.mark.parametrize("content", [None, {}, "x", [1], {"message": "forbidden"}])
def test_answers_that_are_none(content: object) -> None:
    """Are not taken for idleness."""
    with pytest.raises(Invalid):
        read_kernels(content)
    with pytest.raises(Invalid):
        read_busy(content)


def test_the_short_answer() -> None:
    """A manifest may name a path that gives it."""
    assert read_busy({"busy": True, "why": "x"}).busy is Busy.YES
    assert read_busy({"busy": False}).busy is Busy.NO
    with pytest.raises(Invalid):
        read_busy({"busy": 0})


@pytest.mark.parametrize(
    ("stat", "expected"),
    [
        ("7 (bash) S 1 7 7 34816 7 0", False),
        ("7 (bash) S 1 7 7 34816 99 0", True),
        ("7 (a) b) S 1 7 7 34816 99 0", True),
        ("7 (python) S 1 7 7 0 -1 0", False),
        ("7 (sleep) S 1 99 6 34816 99 0", False),
        ("rubbish", False),
    ],
)
def test_jobs_of_terminals(tmp_path: Path, stat: str, expected: bool) -> None:  # noqa: FBT001
    """A shell that does not have its terminal's keyboard waits for one."""
    (tmp_path / "7").mkdir()
    (tmp_path / "7/stat").write_text(stat)
    assert terminal_jobs([7, 8], tmp_path) is expected


def test_a_real_job() -> None:
    """Seen while it runs, and not when the shell waits for a command."""
    pid, master = pty.fork()
    if pid == 0:
        os.execv("/bin/sh", ["/bin/sh", "-i"])  # noqa: S606 -- it is a shell
    try:
        assert _becomes(pid, busy=False)
        os.write(master, b"sleep 60\n")
        assert _becomes(pid, busy=True)
    finally:
        os.kill(pid, signal.SIGKILL)
        os.close(master)
        os.waitpid(pid, 0)


def _becomes(pid: int, *, busy: bool) -> bool:
    end = time.monotonic() + 10
    while terminal_jobs([pid]) is not busy:
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


@define
class App(Resource):
    """Answers what the test says."""

    isLeaf = True
    status: int = 200
    body: bytes = b"[]"
    asked: list[bytes] = field(factory=list)

    def __attrs_post_init__(self) -> None:
        super().__init__()

    def render_GET(self, request: Request) -> bytes:
        """Answer."""
        self.asked.append(request.uri)
        request.setResponseCode(self.status)
        return self.body


@define
class Scene:
    """An app on a socket, and who asks it."""

    app: App
    path: str
    pids: set[int] = field(factory=set)

    async def ask(self, activity: str, path: str = "") -> Busy:
        """Return what is found."""
        launch = evolve(LAUNCH, socket=path or self.path, state="running")
        asking = Asking(reactor, lambda _: self.pids)
        return (await asking.ask(launch, activity)).busy


@pytest_twisted.async_yield_fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    """Give an app that answers."""
    app, path = App(), str(tmp_path / "s")
    port = reactor.listenUNIX(path, Site(app, timeout=None))
    yield Scene(app, path)
    await port.stopListening()


@pytest_twisted.ensureDeferred
async def test_an_app_is_asked(scene: Scene) -> None:
    """Over its own socket, as its manifest says."""
    assert await scene.ask("jupyter") is Busy.NO
    scene.app.body = b'[{"execution_state": "busy"}]'
    assert await scene.ask("jupyter") is Busy.YES
    scene.app.body = b'{"busy": true}'
    assert await scene.ask("%(urlPrefix)s/busy?x") is Busy.YES
    assert scene.app.asked[1:] == [b"/ada/lab/app/api/kernels", b"/ada/lab/app/busy?x"]


@pytest_twisted.ensureDeferred
async def test_an_app_that_is_not_asked(scene: Scene) -> None:
    """Requests are all that it does."""
    assert await scene.ask("") is Busy.NO
    assert not scene.app.asked


@pytest_twisted.ensureDeferred
async def test_an_app_that_does_not_answer(scene: Scene, tmp_path: Path) -> None:
    """Nothing is concluded from an error, nonsense, too much, or nobody there."""
    for status, body in ((500, b"[]"), (200, b"<html>"), (200, b" " * 2_000_000)):
        scene.app.status, scene.app.body = status, body
        assert await scene.ask("jupyter") is Busy.SILENT
    assert await scene.ask("jupyter", str(tmp_path / "none")) is Busy.SILENT
    dead = socket.socket(socket.AF_UNIX)
    dead.bind(str(tmp_path / "dead"))
    assert await scene.ask("jupyter", str(tmp_path / "dead")) is Busy.SILENT
    dead.close()


@pytest_twisted.ensureDeferred
async def test_a_terminal_job_counts_for_every_app(scene: Scene) -> None:
    """Also for one that is not asked."""
    pid, master = pty.fork()
    if pid == 0:
        os.execv("/bin/sh", ["/bin/sh", "-i"])  # noqa: S606 -- it is a shell
    try:
        os.write(master, b"sleep 60\n")
        assert _becomes(pid, busy=True)
        scene.pids = {pid}
        assert await scene.ask("") is Busy.YES
    finally:
        os.kill(pid, signal.SIGKILL)
        os.close(master)
        os.waitpid(pid, 0)  # noqa: ASYNC222 -- it was killed
