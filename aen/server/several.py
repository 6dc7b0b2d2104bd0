"""Several processes that serve the pages: the one that starts them and stands in front.

It knows nothing of accounts and projects, and opens no store: it listens, and gives
each request to one of the others (`aen.server.front`). Whichever answers makes no
difference: what a request needs is in the store, and news reach every process.
"""

import os
from collections.abc import Awaitable, Callable
from typing import Any

from twisted.application.service import IService
from twisted.internet.defer import Deferred, maybeDeferred

from aen.proxy.factory import ProxyFactory
from aen.runtime.listening import ListeningService
from aen.runtime.services import InOrder, Settled
from aen.runtime.worker import Membership
from aen.runtime.workers import Crew, Plan
from aen.server.settings import ServerSettings

_STOP_SECONDS = 5.0


def parent(
    settings: ServerSettings,
    proxy: ProxyFactory,
    command: Callable[[int], tuple[str, ...]],
    reactor: Any,
) -> IService:
    """Return what starts the processes, and lets browsers in where `listen` says.

    :param command: returns the command of the process with that number.
    """

    def plan() -> Plan:
        return Plan(
            workers=settings.processes,
            listen=(),
            command=command,
            environment=dict(os.environ),
            drain_seconds=_STOP_SECONDS,
            stop_seconds=_STOP_SECONDS,
        )

    whole = InOrder()
    doors = (ListeningService(one, proxy, reactor) for one in settings.listen)
    for part in (Crew(plan, reactor), *doors, Settled()):
        part.setServiceParent(whole)
    return whole


class Pages:
    """The UNIX socket of one process, as what its membership opens and closes."""

    def __init__(self, listening: ListeningService) -> None:
        self._listening = listening

    def startService(self) -> None:
        """Accept connections."""
        self._listening.privilegedStartService()
        self._listening.startService()

    def stopService(self) -> Awaitable[Any]:
        """Accept none."""
        return maybeDeferred(self._listening.stopService)

    async def retire(self) -> None:
        """Accept none; nobody retires these, they are stopped."""
        await self.stopService()


def member(listening: ListeningService, reactor: Any) -> Membership:
    """Return the part of a process that tells its parent that it serves."""
    ready: Deferred[None] = Deferred()
    ready.callback(None)
    return Membership(Pages(listening), ready, lambda: None, reactor)
