"""Short-lived child programs."""

import errno
import os
import sys
import uuid
from pathlib import Path
from typing import Any

import pytest
import pytest_twisted
from twisted.internet import reactor  # noqa: TID251 -- real children need it
from twisted.internet.defer import CancelledError

from aen.compute.programs.children import Command, Ended, run
from aen.model.errors import Failed
from tests.compute.small_programs import running
from tests.waiting import eventually

pytestmark = pytest.mark.system
REACTOR: Any = reactor


def python(code: str, **more: Any) -> Command:
    """Return the command that runs *code*."""
    return Command((sys.executable, "-I", "-c", code), **more)


@pytest_twisted.ensureDeferred
async def test_lines_come_as_they_are_said() -> None:
    """Both outputs, the last line without its end too; the status is told."""
    code = "import sys; print('one'); sys.stdout.flush(); print('two', file=sys.stderr)"
    lines: list[str] = []
    ended = await run(REACTOR, python(f"{code}; sys.exit(3)"), lines.append)
    assert sorted(lines) == ["one", "two"]
    assert ended.status == 3
    assert not ended.ok


@pytest_twisted.ensureDeferred
async def test_only_the_last_lines_are_kept() -> None:
    """However much is said."""
    code = "for n in range(5000): print(n)"
    ended = await run(REACTOR, python(code), lambda _: None, keep=2)
    assert ended == Ended(0, ("4998", "4999"))


@pytest_twisted.ensureDeferred
async def test_too_slow_is_killed() -> None:
    """After its time a child is gone, and the result says why."""
    ended = await run(
        REACTOR, python("import time; time.sleep(60)", timeout=0.3), lambda _: None
    )
    assert ended.timed_out
    assert ended.status is None


@pytest_twisted.ensureDeferred
async def test_it_reads_what_it_is_given() -> None:
    """To its end; a long one, and nothing where nothing is given."""
    code = "import sys; print(len(sys.stdin.read()))"
    for content in (b"", b"x" * 300_000):
        ended = await run(REACTOR, python(code, input=content), lambda _: None)
        assert ended.lines == (str(len(content)),)


@pytest_twisted.ensureDeferred
async def test_an_attended_one_reads_until_it_is_to_end() -> None:
    """What we may not kill ends by the end of its input."""
    code = "import sys; print(sys.stdin.readline(), flush=True); sys.stdin.read()"
    lines: list[str] = []
    done = run(REACTOR, python(code, input=b"one\n", attended=True), lines.append)
    await eventually(lambda: lines == ["one"], "it has read a line")
    assert not done.called
    done.cancel()
    with pytest.raises(CancelledError):
        await done


@pytest_twisted.ensureDeferred
async def test_errors_where_they_are_wanted(tmp_path: Path) -> None:
    """In a file of ours, not among the lines."""
    code = "import sys; print('one'); sys.stderr.write('two')"
    with (tmp_path / "errors").open("wb") as file:
        command = python(code, errors=file.fileno())
        ended = await run(REACTOR, command, lambda _: None)
    assert ended.lines == ("one",)
    assert (tmp_path / "errors").read_text() == "two"


@pytest_twisted.ensureDeferred
async def test_nothing_of_ours_reaches_it(tmp_path: Path) -> None:
    """Environment and directory are those of the command."""
    command = Command(
        ("/bin/sh", "-c", "env; pwd"), {"A": "b"}, directory=tmp_path, timeout=10
    )
    ended = await run(REACTOR, command, lambda _: None)
    said = set(ended.lines)
    assert {"A=b", str(tmp_path)} <= said
    assert said <= {
        "A=b",
        str(tmp_path),
        f"PWD={tmp_path}",
        "SHLVL=0",
        "_=/usr/bin/env",
    }


@pytest_twisted.ensureDeferred
async def test_a_line_without_end_is_cut() -> None:
    """A child that never ends its line fills no memory."""
    lines: list[str] = []
    ended = await run(REACTOR, python("print('x' * 5_000_000)"), lines.append)
    assert [len(one) for one in lines] == [4 * 1024 * 1024]
    assert [len(one) for one in ended.lines] == [4096]


@pytest_twisted.ensureDeferred
async def test_cancelling_kills_it() -> None:
    """Nobody waits any more: no child goes on."""
    mark = uuid.uuid4().hex
    command = python(f"import time; time.sleep(60)  # {mark}")
    work = run(REACTOR, command, lambda _: None)
    await eventually(lambda: running(mark), "the child runs")
    work.cancel()
    with pytest.raises(CancelledError):
        await work
    await eventually(lambda: not running(mark), "the child is gone")


@pytest_twisted.ensureDeferred
async def test_it_has_nothing_to_read() -> None:
    """Who asks a question gets the end of file, and goes on or fails."""
    ended = await run(REACTOR, python("input('sure?')", timeout=20), lambda _: None)
    assert ended.status == 1
    assert any("EOFError" in line for line in ended.lines)


@pytest_twisted.ensureDeferred
async def test_a_session_is_killed_whole() -> None:
    """What the child has started goes with it, in its time as when it is cancelled."""
    mark = uuid.uuid4().hex
    other = f"import time; time.sleep(60)#{mark}"
    code = (
        "import subprocess, sys, time;"
        f"subprocess.Popen([sys.executable, '-c', {other!r}]);time.sleep(60)"
    )
    ended = await run(REACTOR, python(code, timeout=1.0, session=True), lambda _: None)
    assert ended.timed_out
    await eventually(lambda: not running(mark), "the grandchild is gone")


class Exhausted:
    """A reactor whose machine has no process left."""

    def spawnProcess(self, *_: object, **__: object) -> None:  # noqa: N802 -- Twisted's
        """Fail as fork does."""
        raise OSError(errno.EAGAIN, os.strerror(errno.EAGAIN))


def test_a_machine_without_room() -> None:
    """A sentence instead of a traceback, and no timer left."""
    reactor: Any = Exhausted()
    with pytest.raises(Failed, match=r"cannot start tool: Resource"):
        run(reactor, Command(("/bin/tool",)), lambda _: None)
