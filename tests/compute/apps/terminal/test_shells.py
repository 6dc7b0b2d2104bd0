"""Real shells on real ptys, seen through a real UNIX socket."""

import re
import stat
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_twisted
from attrs import define
from autobahn.twisted.resource import WebSocketResource
from twisted.internet.defer import maybeDeferred
from twisted.internet.protocol import ServerFactory

from aen.compute.apps.terminal.commands import Place, shell_command
from aen.compute.apps.terminal.limits import Limits
from aen.compute.apps.terminal.listening import listen_privately
from aen.compute.apps.terminal.page import QuietSite, below
from aen.compute.apps.terminal.sessions import members
from aen.compute.apps.terminal.shells import Shells
from aen.compute.apps.terminal.terminals import AllTerminals
from aen.compute.apps.terminal.viewer import REFUSED, ViewerFactory
from aen.model.errors import Invalid
from aen.runtime.tasks import pause
from tests.compute.apps.terminal.client import Client, connect

LIMITS = Limits(grace=0.5, terminals=3, viewers=4, attach_within=0.3, patience=0.5)


pytestmark = pytest.mark.system

_PID = re.compile(rb"pid=(\d+)\.")


@define
class App:
    """The app without its page, in this process."""

    reactor: Any
    socket: Path
    shells: Shells
    terminals: AllTerminals
    project: Path

    async def connect(self, **headers: str) -> Client:
        """Open a connection."""
        return await connect(self.reactor, self.socket, "/socket", headers)

    async def attach(self, terminal: str | None = None, **more: object) -> Client:
        """Open a connection and attach."""
        client = await self.connect()
        client.attach(terminal, **more)
        await client.until(lambda: bool(client.told("attached") + client.told("gone")))
        return client


@pytest_twisted.async_yield_fixture
async def app(tmp_path: Path) -> AsyncIterator[App]:
    """The app, listening; nothing of it is left afterwards."""
    from twisted.internet import reactor  # noqa: PLC0415, TID251 -- tests own it

    project = tmp_path / "project"
    project.mkdir()
    place = Place(project, tmp_path / "env", tmp_path)
    command = shell_command("/bin/sh", place, {"PS1": "ready> ", "PATH": "/bin"})
    shells = Shells(reactor, lambda: command, LIMITS.grace)
    names = iter("abcdef")
    terminals = AllTerminals(LIMITS, reactor, shells.start, lambda: next(names))
    viewers = ViewerFactory(terminals, LIMITS, reactor)
    site = QuietSite(below("/socket", WebSocketResource(viewers)))
    socket = tmp_path / "s"
    port = listen_privately(reactor, socket, site)
    yield App(reactor, socket, shells, terminals, project)
    await shells.stop()
    for viewer in tuple(viewers.viewers):
        viewer.dropConnection(abort=True)
    await maybeDeferred(port.stopListening)
    await pause(reactor, 0.02)


async def shell_pid(client: Client) -> int:
    """Return the number of the client's shell."""
    client.type("echo pid''=$$.\n")
    await client.until(lambda: _PID.search(client.output) is not None)
    found = _PID.search(client.output)
    assert found is not None
    return int(found[1])


def listed(client: Client) -> list[object]:
    """Return every list of terminals the client was told."""
    return [message["terminals"] for message in client.told("terminals")]


async def ended(app: App, pid: int) -> None:
    """Wait until nothing of a shell's session is left."""
    for _ in range(100):
        if not members(pid):
            return
        await pause(app.reactor, 0.02)
    pytest.fail("The shell is still there.")


@pytest_twisted.ensureDeferred
async def test_shell(app: App) -> None:
    """A shell runs in the project, on a terminal, with the environment first."""
    client = await app.attach(columns=101, rows=33)
    client.type("pwd; stty size; tty -s && echo t''ty; echo $TERM $PATH\n")
    await client.shows(f"{app.project}\r\n33 101\r\ntty\r\nxterm-256color ")
    await client.shows("/env/bin:")
    await client.leave()


@pytest_twisted.ensureDeferred
async def test_come_back(app: App) -> None:
    """The shell outlives its viewer, and what it wrote meanwhile is there."""
    first = await app.attach()
    first.type("sleep 0.2; echo mean''while\n")
    await first.shows("mean''while")
    received = first.received
    await first.leave()
    await pause(app.reactor, 0.4)
    second = await app.attach("a", received=received)
    await second.shows("meanwhile")
    assert b"mean''while" not in second.output
    third = await app.attach("a")
    await third.shows("mean''while")
    await second.leave()
    await third.leave()


@pytest_twisted.ensureDeferred
async def test_two_viewers(app: App) -> None:
    """Two viewers see the same shell, whoever types."""
    first = await app.attach()
    second = await app.attach("a")
    second.type("echo bo''th\n")
    await first.shows("both")
    await second.shows("both")
    await first.leave()
    await second.leave()


@pytest_twisted.ensureDeferred
async def test_resize(app: App) -> None:
    """The programs learn of a new size."""
    client = await app.attach()
    client.say(type="view", columns=70, rows=20, focused=True, visible=True)
    client.type("stty size\n")
    await client.shows("20 70")
    await client.leave()


@pytest_twisted.ensureDeferred
async def test_split_characters(app: App) -> None:
    """Bytes pass as they are: no character is lost where reads end."""
    client = await app.attach()
    client.type("i=0; while [ $i -lt 2000 ]; do printf '€'; i=$((i+1)); done; echo\n")
    await client.shows("€" * 2000)
    await client.leave()


@pytest_twisted.ensureDeferred
async def test_exit_code(app: App) -> None:
    """The end of a shell is told with its code, and another can be started."""
    client = await app.attach()
    client.type("exit 3\n")
    assert await client.hears("ended") == {"type": "ended", "code": 3, "signal": None}
    client.say(type="restart")
    await client.hears("started")
    client.type("echo ag''ain\n")
    await client.shows("again")
    await client.leave()


@pytest_twisted.ensureDeferred
async def test_exit_with_a_job_left(app: App) -> None:
    """A job in the background does not keep the end of its shell from being told."""
    client = await app.attach()
    client.type("(trap '' HUP; sleep 60) & exit 0\n")
    assert (await client.hears("ended"))["code"] == 0
    await client.leave()


@pytest_twisted.ensureDeferred
async def test_close(app: App) -> None:
    """Closing a terminal hangs up its shell and tells everybody."""
    first, second = await app.attach(), await app.attach()
    pid = await shell_pid(first)
    first.say(type="close")
    await first.hears("gone")
    left = {"terminal": "b", "title": "Terminal 2", "ended": False}
    await second.until(lambda: [left] in listed(second))
    await ended(app, pid)
    gone = await app.attach("a")
    assert "closed" in gone.told("gone")[0]["reason"]
    await second.leave()


@pytest_twisted.ensureDeferred
async def test_stubborn_shell(app: App) -> None:
    """A shell that ignores the hang-up is killed after a while."""
    client = await app.attach()
    client.type("trap '' HUP\n")
    pid = await shell_pid(client)
    client.say(type="close")
    await client.closed
    await ended(app, pid)


@pytest_twisted.ensureDeferred
async def test_stop_leaves_nothing(app: App) -> None:
    """The end of the app ends every process of every session."""
    client = await app.attach()
    client.type("nohup sleep 60 >/dev/null 2>&1 &\n")
    pid = await shell_pid(client)
    assert members(pid)
    await app.shells.stop()
    assert not members(pid)
    await client.leave()


@pytest_twisted.ensureDeferred
async def test_flood(app: App) -> None:
    """A flood is passed on at the viewers' pace, and Ctrl-C ends it at once."""
    client = await app.attach()
    client.type("yes 'the same line all the time'\n")
    await client.until(lambda: client.received > 1_000_000)
    before = app.reactor.seconds()
    client.type("\x03echo sto''pped\n")
    await client.shows("stopped", seconds=1)
    assert app.reactor.seconds() - before < 0.5
    await client.leave()


@pytest_twisted.ensureDeferred
async def test_silent_viewer(app: App) -> None:
    """A viewer that acknowledges nothing gets one window, and stops nobody."""
    silent = await app.attach()
    silent.polite = False
    polite = await app.attach("a")
    polite.type("yes 'the same line all the time' | head -c 2000000; echo do''ne\n")
    await polite.shows("done", seconds=20)
    assert silent.received <= LIMITS.window + 1000
    await silent.leave()
    await polite.leave()


@pytest_twisted.ensureDeferred
async def test_many_terminals(app: App) -> None:
    """There is a limit to terminals, told in words."""
    clients = [await app.attach() for _ in range(3)]
    one_more = await app.attach()
    assert "3 terminals" in one_more.told("gone")[0]["reason"]
    await one_more.closed
    for client in clients:
        await client.leave()


@pytest_twisted.ensureDeferred
async def test_rename(app: App) -> None:
    """A terminal's new name reaches everybody."""
    client = await app.attach()
    client.say(type="title", title="Training run")
    renamed = {"terminal": "a", "title": "Training run", "ended": False}
    await client.until(lambda: [renamed] in listed(client))
    await client.leave()


@pytest.mark.parametrize("text", ["nonsense", '{"type": "close"}', '{"type": "x"}'])
@pytest_twisted.ensureDeferred
async def test_refused_message(app: App, text: str) -> None:
    """A message that is none ends the connection with a reason."""
    client = await app.connect()
    client.sendMessage(text.encode())
    await client.closed
    assert client.close_code == REFUSED


@pytest_twisted.ensureDeferred
async def test_nothing_attached(app: App) -> None:
    """A connection that asks for nothing does not stay."""
    client = await app.connect()
    await client.closed
    assert client.close_code == REFUSED


@pytest_twisted.ensureDeferred
async def test_foreign_origin(app: App) -> None:
    """Another site's page is refused before anything runs."""
    with pytest.raises(ConnectionRefusedError, match="403"):
        await app.connect(Origin="https://evil.example")
    client = await app.connect(
        **{"Origin": "https://aen.example", "X-Forwarded-Host": "aen.example"}
    )
    await client.leave()


@pytest_twisted.ensureDeferred
async def test_too_many_viewers(app: App) -> None:
    """There is a limit to connections."""
    clients = [await app.attach()] + [await app.attach("a") for _ in range(3)]
    with pytest.raises(ConnectionRefusedError, match="503"):
        await app.connect()
    for client in clients:
        await client.leave()


@pytest_twisted.ensureDeferred
async def test_private_socket(app: App) -> None:
    """Nobody else may open the socket, and a second app does not take it."""
    assert stat.S_IMODE(app.socket.stat().st_mode) == 0o600
    with pytest.raises(Invalid, match="already listens"):
        listen_privately(app.reactor, app.socket, ServerFactory())
