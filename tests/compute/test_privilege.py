"""What differs by mode."""

from pathlib import Path
from typing import Any

from twisted.internet.task import Clock

from aen.compute.environments.tool import OwnTool
from aen.compute.mode import Mode
from aen.compute.preparing import OwnHomes
from aen.compute.privilege import Privilege, privilege
from aen.compute.programs.steps import ChildSteps, HelperCall
from aen.compute.project_ground import AccountGround, OwnGround
from aen.compute.settings import ComputeSettings
from aen.compute.spawn import OwnSpawner
from aen.compute.spawn_accounts import Accounts, AccountSpawner, AccountTool


def found(mode: Mode) -> Privilege:
    """Return what a node of that mode works with."""
    clock: Any = Clock()
    settings = ComputeSettings("n1", "k", prefix="/node", projectRoot="/projects")
    return privilege(settings, mode, clock, ChildSteps(clock, 7))


def test_all_as_ours() -> None:
    """In single-user mode files, apps, tools and homes are the node's own."""
    own = found(Mode())
    assert isinstance(own.ground, OwnGround)
    assert isinstance(own.spawner, OwnSpawner)
    assert own.homes == OwnHomes(Path("/node/var/home"))
    assert isinstance(own.tool, OwnTool)
    assert own.links
    assert own.works is None


def test_all_as_people() -> None:
    """With real accounts all of it goes through the one helper."""
    helper = HelperCall(("helper",))
    theirs = found(Mode(helper, Path("/run/aen")))
    assert isinstance(theirs.ground, AccountGround)
    assert theirs.ground.steps.timeout == 7  # type: ignore[attr-defined]
    assert isinstance(theirs.spawner, AccountSpawner)
    assert isinstance(theirs.homes, Accounts)
    assert isinstance(theirs.tool, AccountTool)
    assert theirs.tool.helper is helper
    asked: list[object] = [*theirs.services, theirs.homes.helper]
    assert all(one is theirs.spawner.helper for one in asked)
    assert not theirs.links
    assert theirs.works is not None
