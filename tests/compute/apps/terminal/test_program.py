"""The whole program: started as a node starts it, used as a browser uses it."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import pytest_twisted

from aen.compute.apps.terminal.page import BUILT
from aen.compute.apps.terminal.sessions import members
from aen.model.apps import Manifest, check_manifest, substitute
from aen.runtime.structure import structure
from tests.asking import Client
from tests.compute.apps.terminal.client import Client as TerminalClient
from tests.compute.apps.terminal.client import connect
from tests.waiting import eventually, until

PREFIX = "/alice/climate/terminal"
MANIFEST = BUILT.parents[3] / "manifests" / "terminal.json"

needs_assets = pytest.mark.skipif(
    not (BUILT / "manifest.json").exists(),
    reason="the front end was not built (make assets)",
)


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
        self.get = Client("http://localhost", socket=self.socket).get
        until(self._listens, "the program listens")

    def _listens(self) -> bool:
        assert self.process.poll() is None
        return self.socket.exists()

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
    assert page.status == 200
    assert "script-src 'self';" in page.headers["Content-Security-Policy"]
    assert "alice/climate" in page.text
    names = re.findall(r'"static/([^"]+)"', page.text)
    assert len(names) == 2
    for name in names:
        answer = program.get(f"{PREFIX}/static/{name}", Accept_Encoding="br")
        assert answer.status == 200
        assert answer.headers["Content-Encoding"] == "br"
        again = {"Accept_Encoding": "br", "If_None_Match": answer.headers["ETag"]}
        assert program.get(f"{PREFIX}/static/{name}", **again).status == 304
    assert program.get(f"{PREFIX}/terminals").json["terminals"] == []


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
    await eventually(lambda: program.process.poll() is not None, "the program ends")
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


async def echo_time(client: TerminalClient) -> float:
    """Return how many seconds the echo of a key takes."""
    received, before = client.received, time.monotonic()
    client.type("x")
    await client.until(lambda: client.received > received)
    return time.monotonic() - before


@pytest.mark.system
@needs_assets
@pytest_twisted.ensureDeferred
async def test_echo(program: Program, reactor: Any) -> None:
    """A key's echo comes back in less than 3 ms."""
    client = await connect(reactor, program.socket, f"{PREFIX}/socket")
    client.attach()
    client.type("cat\n")
    await client.shows("cat")
    times = sorted([await echo_time(client) for _ in range(100)])
    assert times[10] < 0.003  # the others tell how busy the machine is
    await client.leave()
