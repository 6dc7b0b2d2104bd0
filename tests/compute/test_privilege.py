"""What differs by mode."""

from pathlib import Path
from typing import Any

from twisted.internet.task import Clock

from aen.compute.mode import Mode
from aen.compute.preparing import OwnHomes
from aen.compute.privilege import Privilege, privilege
from aen.compute.project_ground import AccountGround, OwnGround
from aen.compute.settings import ComputeSettings
from aen.compute.spawn import OwnSpawner
from aen.compute.spawn_accounts import Accounts, AccountSpawner
from aen.compute.steps import ChildSteps, HelperCall


def found(mode: Mode) -> Privilege:
    """Return what a node of that mode works with."""
    clock: Any = Clock()
    settings = ComputeSettings("n1", "k", prefix="/node", projectRoot="/projects")
    return privilege(settings, mode, clock, ChildSteps(clock, 7))


def test_all_of_it_is_of_one_mode() -> None:
    """Files, apps and homes are the node's own, or all of them people's."""
    own = found(Mode())
    assert isinstance(own.ground, OwnGround)
    assert isinstance(own.spawner, OwnSpawner)
    assert own.homes == OwnHomes(Path("/node/var/home"))
    helper = HelperCall(("helper",))
    theirs = found(Mode(helper, Path("/run/aen")))
    assert isinstance(theirs.ground, AccountGround)
    assert theirs.ground.steps.timeout == 7  # type: ignore[attr-defined]
    assert isinstance(theirs.spawner, AccountSpawner)
    assert isinstance(theirs.homes, Accounts)
    assert theirs.spawner.helper is theirs.homes.helper is helper
