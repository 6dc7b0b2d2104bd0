"""What differs between single-user mode and people's real accounts, in one place."""

from pathlib import Path
from typing import Any

from attrs import frozen
from twisted.application.service import IService

from aen.compute.environments.tool import OwnTool, Tool, works_as
from aen.compute.limits import as_limits
from aen.compute.mode import Mode
from aen.compute.preparing import Homes, OwnHomes
from aen.compute.programs.attendant import Attendant, HelperSteps
from aen.compute.programs.steps import ChildSteps
from aen.compute.project_ground import AccountGround, Ground, OwnGround
from aen.compute.projects import Works
from aen.compute.settings import ComputeSettings
from aen.compute.spawn import OwnSpawner, Spawner
from aen.compute.spawn_accounts import Accounts, AccountSpawner, AccountTool
from aen.model.names import ProjectPath


@frozen
class Privilege:
    """Whose files, apps, tools and homes are; each does the same for either."""

    ground: Ground
    spawner: Spawner
    homes: Homes
    tool: Tool
    links: bool
    """Whether a tool can link the files of templates: it is their owner's."""
    works: Works | None = None
    """How an environment is tried by its own people; None: by the node itself."""
    services: tuple[IService, ...] = ()
    """What ends with the node."""


def privilege(
    settings: ComputeSettings, mode: Mode, reactor: Any, steps: ChildSteps
) -> Privilege:
    """Return what does things as the node itself, or as people through the helper."""
    root = settings.project_root.absolute()
    if mode.helper is None or mode.runtime is None:
        homes, marked = settings.home / "var/home", steps.environment
        return Privilege(
            OwnGround(root, steps),
            OwnSpawner(reactor),
            OwnHomes(homes),
            OwnTool(reactor, root, homes, mark=marked),
            links=True,
        )
    helper = Attendant(reactor, mode.helper)
    accounts = Accounts(reactor, helper)
    limits = as_limits(settings.limits)
    tool = AccountTool(reactor, mode.helper, accounts, root, limits)
    return Privilege(
        AccountGround(HelperSteps(helper, steps.timeout)),
        AccountSpawner(reactor, helper, mode.runtime),
        accounts,
        tool,
        links=False,
        works=_as_owner(tool),
        services=(helper,),
    )


def _as_owner(tool: Tool) -> Works:
    async def works(path: ProjectPath, prefix: Path) -> bool:
        return await works_as(tool, path.owner, path, prefix)

    return works
