"""Programs that work inside a project."""

import uuid
from pathlib import Path
from typing import Any

import pytest
import pytest_twisted
from twisted.internet import reactor  # noqa: TID251 -- real children need it
from twisted.internet.defer import CancelledError

from aen.compute.environments.tool import (
    Hands,
    OwnTool,
    inside_program,
    step_failure,
    works_as,
)
from aen.compute.environments.uvtool import everybody_runs
from aen.compute.programs.children import Ended
from aen.model.errors import Failed
from aen.model.names import UserName, parse_project_path
from aen.runtime.tasks import start
from tests.compute.digests import names_in
from tests.compute.local_tool import LocalTool
from tests.compute.small_programs import running
from tests.waiting import eventually

REACTOR: Any = reactor
LAB, BOB = parse_project_path("ada", "lab"), UserName("bob")


def own_tool(tmp_path: Path, **more: Any) -> OwnTool:
    """Return the tool of a node that has ada/lab."""
    (tmp_path / "root" / "ada" / "lab").mkdir(parents=True)
    return OwnTool(REACTOR, tmp_path / "root", tmp_path / "homes", **more)


def hands(tmp_path: Path, tool: Any) -> Hands:
    """Return bob's hands in ada/lab."""
    home = tmp_path / "root" / "ada" / "lab"
    return Hands(tool, BOB, LAB, home, lambda _: None, {"A": "1", "B": "2"})


@pytest.mark.system
@pytest_twisted.ensureDeferred
async def test_what_a_program_gets(tmp_path: Path) -> None:
    """The project's directory, the user's own home, nothing to read, nothing of ours.

    What it makes is the team's and nobody else's.
    """
    said: list[str] = []
    script = "umask; pwd; env; cat; touch made"
    tool = own_tool(tmp_path, mark={"MARK": "m"})
    ended = await tool.run(BOB, LAB, ("/bin/sh", "-c", script), {"A": "b"}, said.append)
    home = str(tmp_path / "homes" / "bob")
    assert ended.ok
    assert said[:2] == ["0007", str(tmp_path / "root/ada/lab")]
    names = {one.partition("=")[0] for one in said[2:]}
    assert names - {"PWD", "SHLVL", "_", "OLDPWD"} == {
        "A", "HOME", "USER", "LOGNAME", "PATH", "LANG", "MARK",
    }  # fmt: skip
    assert f"HOME={home}" in said
    assert Path(home).stat().st_mode & 0o777 == 0o700
    made = tmp_path / "root/ada/lab/made"
    assert made.stat().st_mode & 0o777 == 0o660


@pytest.mark.system
@pytest_twisted.ensureDeferred
async def test_cancelling_ends_all_of_it(tmp_path: Path) -> None:
    """What the program has started, too."""
    mark = uuid.uuid4().hex
    argv = ("/bin/sh", "-c", f"sleep 60 & echo {mark}; python3 -c '#{mark}'; wait")
    work = start(own_tool(tmp_path).run(BOB, LAB, argv, {}, lambda _: None))
    await eventually(lambda: running(mark), "it runs")
    work.cancel()
    with pytest.raises(CancelledError):
        await work
    await eventually(lambda: not running(mark), "it is gone")


@pytest.mark.system
@pytest_twisted.ensureDeferred
async def test_steps_for_real(tmp_path: Path) -> None:
    """A child does what is asked, or says what is in the way."""
    mine = hands(tmp_path, own_tool(tmp_path))
    (mine.home / "envs" / "default").mkdir(parents=True)
    with pytest.raises(Failed, match="no “none” here"):
        await mine.step("copy", source="none", name="none", staged=".aen-1234")
    await mine.step("withdraw", name="default", staged=".aen-1")
    assert names_in(mine.home / "envs") == []
    (tmp_path / "private").mkdir()
    await mine.offer_kernels(tmp_path / "private", {"r2": "{}"})
    assert (tmp_path / "private/kernels/r2/kernel.json").read_text() == "{}"


@pytest_twisted.ensureDeferred
async def test_people_hear_programs_not_steps(tmp_path: Path) -> None:
    """The lines of a step are its answer."""
    tool, heard = LocalTool(), list[str]()
    mine = hands(tmp_path, tool).hearing(heard.append)
    mine.home.mkdir(parents=True)
    (mine.home / "envs").mkdir()
    await mine.step("clear", keep=[])
    await mine.run(("/bin/tool",), {"B": "3"})
    assert heard == ["at work"]
    assert tool.environments == [{"A": "1", "B": "3"}]
    assert tool.users == ["bob", "bob"]


@pytest_twisted.ensureDeferred
async def test_the_team_tries_what_it_installed(tmp_path: Path) -> None:
    """The environment's Python is run by the user, not by the node."""
    tool = LocalTool()
    tool.statuses = [0, 1]
    assert await works_as(tool, BOB, LAB, tmp_path / "e")
    assert not await works_as(tool, BOB, LAB, tmp_path / "e")
    assert tool.programs[0][0] == str(tmp_path / "e/bin/python")
    assert tool.users == ["bob", "bob"]


@pytest.mark.parametrize(
    ("answer", "ended", "words"),
    [
        ({"error": "x", "kind": "full"}, Ended(1, ()), "disk of the node is full"),
        ({"error": "Is a link.", "kind": "refused"}, Ended(1, ()), "^Is a link.$"),
        ({"error": "I/O: f", "kind": "disk"}, Ended(1, ()), "cannot be changed: I/O"),
        ({}, Ended(None, (), timed_out=True), "took too long"),
        ({}, Ended(1, ("Traceback",)), "broke off"),
    ],
)
def test_failures_in_words(answer: dict[str, str], ended: Ended, words: str) -> None:
    """Each says what happened."""
    with pytest.raises(Failed, match=words):
        raise step_failure(answer, ended)


def test_the_program_is_its_text(monkeypatch: pytest.MonkeyPatch) -> None:
    """Any interpreter of the machine will do; the system's is everybody's."""
    python, *words = inside_program()[:4]
    assert everybody_runs(Path(python))
    assert words == ["-I", "-S", "-c"]
    inside_program.cache_clear()
    monkeypatch.setattr("aen.compute.environments.tool.everybody_runs", lambda _: False)
    assert inside_program()[0] == "/usr/bin/python3"
    inside_program.cache_clear()
