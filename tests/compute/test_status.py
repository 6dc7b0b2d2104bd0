"""What a node says of itself."""

from pathlib import Path

import pytest_twisted
from twisted.logger import LogEvent

from aen.compute.manifests import Manifests
from aen.compute.mode import Mode
from aen.compute.programs.steps import HelperCall
from aen.compute.running import RunningProjects
from aen.compute.status import SINGLE_USER, StatusBoard
from aen.wire.messages import NodeStatus, ProjectOnDisk


def board(tmp_path: Path, problems: list[str]) -> StatusBoard:
    """Return the board of a node with these problems."""

    async def check() -> tuple[str, ...]:
        return tuple(problems)

    running = RunningProjects(tmp_path / "running")
    running.load()
    manifests = Manifests(tmp_path, own=tmp_path / "none")
    return StatusBoard("n1", "here", manifests, running, check)


@pytest_twisted.ensureDeferred
async def test_single_user_mode_and_problems_are_said(tmp_path: Path) -> None:
    """An administrator reads what this node does not protect against, and why."""
    (tmp_path / "bad.json").write_text("{}")
    made = board(tmp_path, ["The disk is full."])
    await made.refresh()
    status = made.status()
    assert status.single_user
    assert status.messages[:2] == (SINGLE_USER, "The disk is full.")
    assert "bad.json" in status.messages[2]
    assert status.machine == "here"


def test_real_accounts_and_who_is_refused(tmp_path: Path) -> None:
    """No word of single-user mode; the server hears who may not own projects here."""
    made = board(tmp_path, [])
    helper = HelperCall(("helper",))
    made.mode = Mode(helper, tmp_path, ("root", "wakari"), ("Something is odd.",))
    status = made.status()
    assert not status.single_user
    assert status.refused == ("root", "wakari")
    assert status.messages == ("Something is odd.",)


@pytest_twisted.ensureDeferred
async def test_changes_are_told_once(tmp_path: Path) -> None:
    """Listeners hear the status at once, then only what is different."""
    problems: list[str] = []
    made = board(tmp_path, problems)
    heard: list[NodeStatus] = []
    made.look()
    end = made.listen(heard.append)
    await made.refresh()
    assert len(heard) == 1
    made.running.add(ProjectOnDisk("p1", "ada", "lab"))
    made.look()
    assert [one.projects for one in heard] == [0, 1]
    problems.append("Something.")
    await made.refresh()
    assert len(heard) == 3
    end()
    made.running.remove("p1")
    made.look()
    assert len(heard) == 3


@pytest_twisted.ensureDeferred
async def test_a_problem_is_logged_while_it_is_new(
    tmp_path: Path, logged: list[LogEvent]
) -> None:
    """A disk that stays full does not fill the log; one that fills again is news."""
    problems: list[str] = []
    made = board(tmp_path, problems)
    for now in (["Full."], ["Full."], [], ["Full."]):
        problems[:] = now
        await made.refresh()
    assert [event["sentence"] for event in logged] == ["Full.", "Full."]
