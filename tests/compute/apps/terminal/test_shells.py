"""Real shells on real ptys, seen through a real UNIX socket."""

import re

import pytest
import pytest_twisted

from aen.compute.apps.terminal.sessions import members
from tests.compute.apps.terminal.client import Client
from tests.compute.apps.terminal.conftest import LIMITS, App
from tests.waiting import eventually

pytestmark = pytest.mark.system

_PID = re.compile(rb"pid=(\d+)\.")


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


async def ended(pid: int) -> None:
    """Wait until nothing of a shell's session is left."""
    await eventually(lambda: not members(pid), "the shell is gone")


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
    first.type("until test -e go; do sleep 0.01; done; echo mean''while; : > done\n")
    await first.shows("mean''while")
    received = first.received
    await first.leave()
    (app.project / "go").touch()
    await eventually((app.project / "done").exists, "it was written")
    second = await app.attach("a", received=received)
    assert (await second.hears("attached"))["live"] > received
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
    await ended(pid)
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
    await ended(pid)


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
