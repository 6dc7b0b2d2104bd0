"""Who runs apps and tools: people's own accounts, or all as ours."""

from collections.abc import Mapping
from typing import Any

from attrs import frozen

from aen.compute.environments.tool import OwnTool, Tool
from aen.compute.limits import as_limits
from aen.compute.mode import Mode
from aen.compute.preparing import Homes, OwnHomes
from aen.compute.settings import ComputeSettings
from aen.compute.spawn import OwnSpawner, Spawner
from aen.compute.spawn_accounts import Accounts, AccountSpawner, AccountTool


@frozen
class Privilege:
    """What differs by mode: who runs apps and tools, and where people are at home."""

    spawner: Spawner
    homes: Homes
    tool: Tool
    links: bool
    """Whether a tool can link the files of templates: it is their owner's."""


def privilege(
    settings: ComputeSettings, mode: Mode, reactor: Any, marked: Mapping[str, str]
) -> Privilege:
    """Return what runs things on a node that works in *mode*.

    :param marked: what every process of ours has in its environment.
    """
    root = settings.project_root
    if mode.helper is None or mode.runtime is None:
        homes = settings.home / "var/home"
        tool = OwnTool(reactor, root, homes, mark=marked)
        return Privilege(OwnSpawner(reactor), OwnHomes(homes), tool, links=True)
    accounts = Accounts(reactor, mode.helper)
    return Privilege(
        AccountSpawner(reactor, mode.helper, mode.runtime),
        accounts,
        AccountTool(reactor, mode.helper, accounts, root, as_limits(settings.limits)),
        links=False,
    )
