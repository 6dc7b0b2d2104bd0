"""Who runs apps and tools follows from the mode."""

from pathlib import Path
from typing import Any

from twisted.internet import reactor  # noqa: TID251 -- nothing is started with it

from aen.compute.environments.tool import OwnTool
from aen.compute.mode import Mode
from aen.compute.preparing import OwnHomes
from aen.compute.privilege import privilege
from aen.compute.settings import ComputeSettings
from aen.compute.spawn import OwnSpawner
from aen.compute.spawn_accounts import Accounts, AccountSpawner, AccountTool
from aen.compute.steps import HelperCall

REACTOR: Any = reactor
SETTINGS = ComputeSettings(name="node1", gateway_key="k", prefix="/opt/node")


def test_all_as_ours() -> None:
    """In single-user mode nothing is asked of the helper, and files can be linked."""
    found = privilege(SETTINGS, Mode(), REACTOR, {})
    assert isinstance(found.spawner, OwnSpawner)
    assert found.homes == OwnHomes(Path("/opt/node/var/home"))
    assert isinstance(found.tool, OwnTool)
    assert found.links


def test_all_through_the_helper() -> None:
    """With real accounts apps and tools are the helper's, and homes the accounts'."""
    mode = Mode(HelperCall(("/helper",)), Path("/run/aen"))
    found = privilege(SETTINGS, mode, REACTOR, {})
    assert isinstance(found.spawner, AccountSpawner)
    assert isinstance(found.homes, Accounts)
    assert isinstance(found.tool, AccountTool)
    assert not found.links
