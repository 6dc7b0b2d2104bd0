"""What differs between single-user mode and people's real accounts, in one place."""

from typing import Any

from attrs import frozen

from aen.compute.mode import Mode
from aen.compute.preparing import Homes, OwnHomes
from aen.compute.project_ground import AccountGround, Ground, OwnGround
from aen.compute.settings import ComputeSettings
from aen.compute.spawn import OwnSpawner, Spawner
from aen.compute.spawn_accounts import Accounts, AccountSpawner
from aen.compute.steps import ChildSteps, HelperSteps


@frozen
class Privilege:
    """Whose files, apps and homes are; each does the same for either."""

    ground: Ground
    spawner: Spawner
    homes: Homes


def privilege(
    settings: ComputeSettings, mode: Mode, reactor: Any, steps: ChildSteps
) -> Privilege:
    """Return what does things as the node itself, or as people through the helper."""
    if mode.helper is None or mode.runtime is None:
        return Privilege(
            OwnGround(settings.project_root.absolute(), steps),
            OwnSpawner(reactor),
            OwnHomes(settings.home / "var/home"),
        )
    return Privilege(
        AccountGround(HelperSteps(reactor, mode.helper, steps.timeout)),
        AccountSpawner(reactor, mode.helper, mode.runtime),
        Accounts(reactor, mode.helper),
    )
