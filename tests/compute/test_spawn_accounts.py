"""Apps and tools of real accounts, by a helper that root itself calls."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import pytest_twisted
from attrs import evolve
from twisted.internet import reactor as _reactor  # noqa: TID251 -- real children
from twisted.internet.defer import Deferred

from aen.compute.command import AppCommand
from aen.compute.helper.processes import Root
from aen.compute.programs.attendant import Attendant
from aen.compute.programs.steps import HelperCall, by_root
from aen.compute.spawn import Order, Spawned
from aen.compute.spawn_accounts import (
    Accounts,
    AccountSpawner,
    AccountTool,
    exit_status,
)
from aen.model.errors import Failed
from aen.model.names import UserName, parse_project_path
from aen.runtime.connecting import open_socket
from aen.runtime.tasks import start
from tests.compute.accounts import processes_of
from tests.compute.helper.helped import L1, L2, P1, PYTHON, Helped
from tests.waiting import eventually

reactor: Any = _reactor


@pytest.mark.parametrize(
    ("content", "expected"),
    [("0", 0), ("137", 137), ("7\n", None), ("", None), ("-1", None), ("9" * 20, 99),
     ("٣", None), ("x", None)],
)  # fmt: skip
def test_what_a_supervisor_left(
    tmp_path: Path, content: str, expected: int | None
) -> None:
    """A number, or nothing: a person may have written anything there."""
    assert exit_status(tmp_path) is None
    (tmp_path / "exit").write_text(content)
    found = exit_status(tmp_path)
    assert found == (99999999 % 256 if expected == 99 else expected)


def test_no_pipe_and_no_link_is_read(tmp_path: Path) -> None:
    """It makes nobody wait, and shows nobody's file."""
    os.mkfifo(tmp_path / "exit")
    assert exit_status(tmp_path) is None
    (tmp_path / "exit").unlink()
    (tmp_path / "number").write_text("7")
    (tmp_path / "exit").symlink_to(tmp_path / "number")
    assert exit_status(tmp_path) is None


def spawner(helped: Helped) -> AccountSpawner:
    """Return what starts apps."""
    return AccountSpawner(reactor, helped.attendant(), helped.runtime)


def order(helped: Helped, *argv: str, launch: str = L1) -> Order:
    """Return the order to run an app as the first of the people."""
    one = helped.people[0]
    environment = {"AEN_LAUNCH": launch, "PATH": "/usr/bin:/bin"}
    return Order(
        launch,
        UserName(one.name),
        P1,
        parse_project_path(one.name, "lab"),
        AppCommand(argv, environment, "/"),
        helped.directory / "log" / f"{launch}.log",
        helped.runtime / launch,
    )


@pytest.mark.root
@pytest_twisted.ensureDeferred
async def test_a_launch_from_its_start_to_its_end(helped: Helped) -> None:
    """Watched by a later service too; its status is told; nothing of it is left."""
    (helped.directory / "log").mkdir()
    one, made = helped.people[0], spawner(helped)
    ended: Deferred[int | None] = Deferred()
    watched: Deferred[int | None] = Deferred()
    source = "import os, time; print(os.getuid(), flush=True); time.sleep(1); exit(3)"
    asked = order(helped, PYTHON, "-S", "-c", source.replace("exit(3)", "os._exit(3)"))
    root = await made.spawn(asked, ended.callback)
    running = Spawned(L1, P1, one.name, root)
    other = evolve(running, root=Root(root.pid, root.started + 1))
    assert spawner(helped).watch(running, watched.callback)
    assert not made.watch(other, watched.callback)
    await eventually(lambda: made.pids([running]) > {root.pid}, "its processes")
    assert made.pids([running]) == set(processes_of(one.uid))
    assert await ended == 3
    assert await watched == 3
    assert asked.log.read_text() == f"{one.uid}\n"
    assert await made.hunt(running).round() == 0
    await made.ask(evolve(running, root=None))
    await made.forget(running)
    assert not asked.private.exists()


@pytest.mark.root
@pytest_twisted.ensureDeferred
async def test_an_app_that_ends_at_once(helped: Helped) -> None:
    """Its end is told however soon it comes."""
    (helped.directory / "log").mkdir()
    for number in range(3):
        ended: Deferred[int | None] = Deferred()
        asked = order(helped, "/bin/false", launch=f"l{number}")
        await spawner(helped).spawn(asked, ended.callback)
        assert await ended == 1


@pytest.mark.root
@pytest_twisted.ensureDeferred
async def test_who_may_not_is_told_why(helped: Helped) -> None:
    """The helper's own sentence is what people read."""
    (helped.directory / "log").mkdir()
    asked = order(helped, "/bin/true")
    root = evolve(asked, user=UserName("root"))
    with pytest.raises(Failed, match="cannot own, join or start projects"):
        await spawner(helped).spawn(root, lambda _: None)
    accounts = Accounts(reactor, helped.attendant())
    with pytest.raises(Failed, match="runs the platform"):
        await accounts.home(UserName(helped.people.service.name))
    one = helped.people[0]
    assert await accounts.home(UserName(one.name)) == one.home
    false = HelperCall(("/bin/false",))
    broken = AccountSpawner(reactor, Attendant(reactor, false), helped.runtime)
    with pytest.raises(Failed, match="step “spawn” broke"):
        await broken.spawn(asked, lambda _: None)


@pytest.mark.root
@pytest_twisted.ensureDeferred
async def test_a_user_cannot_lead_us_to_anothers_app(helped: Helped) -> None:
    """A link in place of a socket is no socket, though the service may open both."""
    (helped.directory / "log").mkdir()
    bind = (
        "import socket, sys, time; s = socket.socket(socket.AF_UNIX);"
        " s.bind(sys.argv[1]); s.listen(); print('up', flush=True); time.sleep(100)"
    )
    theirs = helped.runtime / f"{L2}/app.sock"
    asked = order(helped, PYTHON, "-S", "-c", bind, str(theirs), launch=L2)
    other = UserName(helped.people[1].name)
    await spawner(helped).spawn(evolve(asked, user=other), lambda _: None)
    await eventually(lambda: asked.log.read_text() == "up\n", "it listens")
    mine = helped.runtime / f"{L1}/app.sock"
    link = order(helped, "/bin/ln", "-s", str(theirs), str(mine))
    ended: Deferred[int | None] = Deferred()
    await spawner(helped).spawn(link, ended.callback)
    assert await ended == 0
    assert mine.is_symlink()
    os.close(open_socket(str(theirs)))
    with pytest.raises(OSError, match="Socket operation on non-socket"):
        open_socket(str(mine))
    await spawner(helped).keep_only([])


@pytest.fixture
def listening() -> Iterator[int]:
    """A port on which this process listens."""
    with socket.socket() as made:
        made.bind(("127.0.0.1", 0))
        made.listen()
        yield made.getsockname()[1]


@pytest.mark.root
def test_a_port_is_its_listeners(helped: Helped, listening: int) -> None:
    """Whose uid is the app's user's; what others listen on is not their app."""
    made = spawner(helped)
    assert made.owns_port(Spawned(L1, P1, "root", None), listening)
    for name in (helped.people[0].name, "nosuchaccount"):
        assert not made.owns_port(Spawned(L1, P1, name, None), listening)


@pytest.mark.root
@pytest_twisted.ensureDeferred
async def test_a_tool_in_a_project(helped: Helped) -> None:
    """As its user, at home, in the project; cancelled, nothing of it is left."""
    one = helped.people[0]
    place = helped.project(one)
    helper = by_root(str(helped.settings))
    accounts = Accounts(reactor, helped.attendant())
    tool = AccountTool(reactor, helper, accounts, helped.projects)
    path, user = parse_project_path(one.name, "lab"), UserName(one.name)
    lines: list[str] = []
    text = "pwd; id -un; echo $HOME $USER $ODD; touch made; exit 3"
    done = await tool.run(
        user, path, ("/bin/sh", "-c", text), {"ODD": "1"}, lines.append
    )
    assert lines == [str(place), one.name, f"{one.home} {one.name} 1"]
    assert (done.status, done.lines) == (3, tuple(lines))
    about = (place / "made").stat()
    assert (about.st_uid, about.st_mode & 0o777) == (one.uid, 0o660)
    long = ("/bin/sh", "-c", "echo up; sleep 100")
    running = start(tool.run(user, path, long, {}, lines.append))
    await eventually(lambda: lines[-1] == "up", "it runs")
    running.addErrback(lambda _: None)
    running.cancel()
    await eventually(lambda: not processes_of(one.uid), "nothing is left")
