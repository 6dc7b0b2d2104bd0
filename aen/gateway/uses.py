"""Tells nodes when their apps were last used, where requests do not pass their door."""

from collections.abc import Callable
from typing import Any

from attrs import define, field
from twisted.application.service import Service
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorTime
from twisted.logger import Logger
from typing_extensions import override

from aen.gateway.nodes import node_place
from aen.gateway.opening import Opened
from aen.model.errors import AenError, NotFound
from aen.model.places import Node
from aen.proxy.uses import Use, Uses
from aen.runtime.tasks import Periodic
from aen.wire.client import Asks
from aen.wire.messages import Launch, Nothing
from aen.wire.messages import Uses as UsesMessage
from aen.wire.routes import USES

TELL_SECONDS = 20.0
"""A launch that goes on being used is told of at most this often."""
_MOST = 10_000
"""Launches remembered."""


@define
class UseReports:
    """What was used, and has to be told."""

    _client: Asks
    _node: Callable[[str], Node]
    """Returns a node by its name, or raises `NotFound`."""
    _clock: IReactorTime
    _uses: Uses = field(factory=Uses, init=False)
    _nodes: dict[str, str] = field(factory=dict, init=False)
    """The node of each launch."""
    _told: dict[str, float] = field(factory=dict, init=False)
    _waiting: dict[str, float] = field(factory=dict, init=False)
    """Used and not told yet: when."""
    _log: Logger = field(factory=Logger, init=False)

    def meter(self, opened: Opened) -> Use:
        """Return what notes the use of an app."""
        self._nodes[opened.launch.id] = opened.node.name
        while len(self._nodes) > _MOST:
            self._forget(next(iter(self._nodes)))
        return self._uses.meter(opened.launch.id)

    def launch_news(self, launch: Launch) -> None:
        """Forget an app that has ended."""
        if launch.state == "stopped":
            self._forget(launch.id)

    def _forget(self, launch: str) -> None:
        for known in (self._nodes, self._told, self._waiting):
            known.pop(launch, None)

    async def tell(self) -> None:
        """Tell each node of what was used since it was told last."""
        now = self._clock.seconds()
        self._waiting.update(dict.fromkeys(self._uses.take(), now))
        by_node: dict[str, dict[str, float]] = {}
        for launch, when in self._waiting.items():
            node = self._nodes.get(launch)
            if node is not None and now - self._told.get(launch, 0) >= TELL_SECONDS:
                by_node.setdefault(node, {})[launch] = when
        for node, last in by_node.items():
            await self._tell(node, last, now)

    async def _tell(self, node: str, last: dict[str, float], now: float) -> None:
        self._told.update(dict.fromkeys(last, now))  # also if it fails: not too often
        try:
            place = node_place(self._node(node))
            await self._client.ask(place, USES, UsesMessage(last), Nothing, 10.0)
        except NotFound:
            pass  # neither is the node there any more
        except AenError as error:
            self._log.debug("use is told later: {why}", why=error.message)
            return
        for launch, when in last.items():
            if self._waiting.get(launch) == when:
                del self._waiting[launch]


class TellingUse(Service):
    """Looks every second whether there is something to tell."""

    _SECONDS = 1.0

    def __init__(self, reports: UseReports, clock: Any) -> None:
        self._turns = Periodic(clock, self._SECONDS, "telling of use", reports.tell)

    @override
    def startService(self) -> None:
        super().startService()
        self._turns.start()

    @override
    def stopService(self) -> Deferred[None]:
        super().stopService()
        return Deferred.fromCoroutine(self._turns.stop())
