"""The whole program: started as a node starts it, used as a browser uses it."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import pytest_twisted
from attrs import frozen

from aen.compute.apps.terminal.page import BUILT
from aen.compute.apps.terminal.sessions import members
from aen.model.apps import Manifest, check_manifest, substitute
from aen.runtime.structure import structure
from aen.runtime.tasks import pause
from tests.compute.apps.terminal.client import connect

PREFIX = "/alice/climate/terminal"
MANIFEST = BUILT.parents[3] / "manifests" / "terminal.json"

needs_assets = pytest.mark.skipif(
    not (BUILT / "manifest.json").exists(),
    reason="the front end was not built (make assets)",
)


class LocalConnection(http.client.HTTPConnection):
    """HTTP over a UNIX socket."""

    def __init__(self, path: Path) -> None:
        super().__init__("localhost", timeout=10)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(10)
        self.sock.connect(str(self._path))


@frozen
class Answer:
    """An HTTP answer, read to its end."""

    status: int
    headers: dict[str, str]
    body: bytes


class Program:
    """The Terminal app as a process of its own."""

    def __init__(self, folder: Path) -> None:
        self.socket = folder / "app.sock"
        self.project = folder / "project"
        self.project.mkdir()
        values = {
            "python": sys.executable,
            "socket": str(self.socket),
            "urlPrefix": PREFIX,
            "projectHome": str(self.project),
            "environment": sys.prefix,
        }
        manifest = structure(json.loads(MANIFEST.read_text()), Manifest)
        argv = [substitute(part, values) for part in manifest.command_list]
        environment = {**os.environ, "SHELL": "/bin/sh", "HOME": str(folder)}
        self.process = subprocess.Popen(argv, env=environment)
        deadline = time.monotonic() + 30
        while not self.socket.exists():
            assert self.process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.05)

    def get(self, path: str, **headers: str) -> Answer:
        """Return the answer to a GET."""
        with closing(LocalConnection(self.socket)) as connection:
            connection.request("GET", path, headers=headers)
            answer = connection.getresponse()
            return Answer(answer.status, dict(answer.getheaders()), answer.read())

    def peak(self) -> int:
        """Return the most memory the program ever had, in KiB."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        line = next(one for one in status.splitlines() if one.startswith("VmHWM"))
        return int(line.split()[1])


@pytest.fixture
def program(tmp_path: Path) -> Iterator[Program]:
    """The program, ready; ended afterwards."""
    started = Program(tmp_path)
    yield started
    if started.process.poll() is None:
        started.process.terminate()
        started.process.wait(10)


@pytest.fixture
def reactor() -> Any:
    """The real reactor."""
    from twisted.internet import reactor as real  # noqa: PLC0415, TID251 -- tests own it

    return real


def test_manifest() -> None:
    """Our manifest is one like any other, and valid."""
    manifest = structure(json.loads(MANIFEST.read_text()), Manifest)
    check_manifest(manifest)
    assert (manifest.name, manifest.title) == ("terminal", "Terminal")


@pytest.mark.system
@needs_assets
def test_page(program: Program) -> None:
    """The page runs no inline script, and everything it names is there."""
    page = program.get(f"{PREFIX}/")
    text = page.body.decode()
    assert page.status == 200
    assert "script-src 'self';" in page.headers["Content-Security-Policy"]
    assert "alice/climate" in text
    names = [part.split('"')[0] for part in text.split('"static/')[1:]]
    assert len(names) == 2
    for name in names:
        answer = program.get(f"{PREFIX}/static/{name}", **{"Accept-Encoding": "br"})
        assert answer.status == 200
        assert answer.headers["Content-Encoding"] == "br"
        etag = answer.headers["ETag"]
        again = {"Accept-Encoding": "br", "If-None-Match": etag}
        assert program.get(f"{PREFIX}/static/{name}", **again).status == 304
    assert json.loads(program.get(f"{PREFIX}/terminals").body)["terminals"] == []


@pytest.mark.system
@needs_assets
@pytest.mark.parametrize(
    ("path", "status"),
    [
        (PREFIX, 302),
        ("/", 404),
        ("/alice/climate/", 404),
        (f"{PREFIX}/other", 404),
        (f"{PREFIX}/static/manifest.json", 404),
        (f"{PREFIX}/static/..%2f..%2fpage.py", 404),
    ],
)
def test_nothing_else(program: Program, path: str, status: int) -> None:
    """Outside of what the page needs there is nothing."""
    assert program.get(path).status == status


@pytest.mark.system
@needs_assets
@pytest_twisted.ensureDeferred
async def test_sigterm(program: Program, reactor: Any) -> None:
    """The end of the program leaves neither processes nor its socket behind."""
    client = await connect(reactor, program.socket, f"{PREFIX}/socket")
    client.attach()
    client.type("nohup sleep 60 >/dev/null 2>&1 &\n")
    client.type("echo se''ssion $$ . > session; echo rea''dy\n")
    await client.shows("ready")
    session = int((program.project / "session").read_text().split()[1])
    assert len(members(session)) == 2
    program.process.send_signal(signal.SIGTERM)
    while program.process.poll() is None:
        await pause(reactor, 0.05)
    assert program.process.returncode == 0
    assert not members(session)
    assert not program.socket.exists()
    await client.leave()


@pytest.mark.system
@needs_assets
@pytest_twisted.ensureDeferred
async def test_flood(program: Program, reactor: Any) -> None:
    """Much output takes no memory, with viewers that keep up and one that does not."""
    polite = await connect(reactor, program.socket, f"{PREFIX}/socket")
    polite.attach()
    attached = await polite.hears("attached")
    silent = await connect(reactor, program.socket, f"{PREFIX}/socket")
    silent.polite = False
    silent.attach(attached["terminal"])
    polite.type("echo st''art\n")
    await polite.shows("start")
    before = program.peak()
    polite.type("yes 'one line like the other' | head -c 30000000; echo do''ne\n")
    await polite.shows("done", seconds=60)
    assert program.peak() - before < 8 * 1024
    await polite.leave()
    await silent.leave()


@pytest.mark.system
@needs_assets
@pytest_twisted.ensureDeferred
async def test_echo(program: Program, reactor: Any) -> None:
    """A key's echo comes back in less than 3 ms."""
    client = await connect(reactor, program.socket, f"{PREFIX}/socket")
    client.attach()
    client.type("cat\n")
    await client.shows("cat")
    times = []
    for _ in range(100):
        received, before = client.received, reactor.seconds()
        client.type("x")
        await client.until(lambda seen=received: client.received > seen)  # type: ignore[misc]
        times.append(reactor.seconds() - before)
    assert sorted(times)[10] < 0.003  # the others tell how busy the machine is
    await client.leave()
