"""The nodes of this data center: how they are, and what runs on them.

The gateway follows each node's stream of events; what changes is told to the
server through the channel and to whoever listens here.
"""

from collections.abc import Callable
from random import Random
from typing import Protocol

from attrs import AttrsInstance, define, field, frozen
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorTime
from twisted.logger import Logger

from aen.model.apps import AppSummary
from aen.model.errors import AenError, NotFound
from aen.model.names import PlaceName
from aen.model.places import Node
from aen.runtime.tasks import background, pause
from aen.wire import tickets
from aen.wire.client import OnLine, Place
from aen.wire.messages import Launch, Line, NodeStatus, Nothing, Up
from aen.wire.routes import NODE_EVENTS, Route


@frozen
class Patience:
    """Seconds between attempts to reach a node: first, and at most."""

    first: float = 0.25
    most: float = 5.0


class Streams(Protocol):
    """How a node's events are followed; `aen.wire.client.WireClient` is one."""

    async def follow(
        self, at: Place, route: Route, message: AttrsInstance, on_line: OnLine, /
    ) -> None:
        """Ask for a stream and hear its lines until it is done."""


def node_place(node: Node) -> Place:
    """Return where and for whom calls to *node* are."""
    audience = tickets.node(node.name)
    return Place(node.url.rstrip("/"), audience, f"The node {node.name}")


@define
class _Followed:
    node: Node
    following: Deferred[None]
    status: NodeStatus | None = None


@define
class Nodes:
    """What the gateway knows of its nodes."""

    _client: Streams
    _clock: IReactorTime
    _random: Random
    _patience: Patience = field(factory=Patience)
    tell: Callable[[Up], None] = field(default=lambda _: None)
    """Tells the server what changes; set once the channel's listener is there."""
    _followed: dict[PlaceName, _Followed] = field(factory=dict, init=False)
    _launch_news: list[Callable[[Launch], None]] = field(factory=list, init=False)
    _log: Logger = field(factory=Logger, init=False)

    def on_launch(self, listener: Callable[[Launch], None]) -> None:
        """Call *listener* whenever an app starts or ends."""
        self._launch_news.append(listener)

    def set(self, nodes: tuple[Node, ...]) -> None:
        """Follow exactly *nodes* from now on."""
        wanted = {node.name: node for node in nodes}
        for name, followed in list(self._followed.items()):
            if wanted.get(name) != followed.node:
                del self._followed[name]
                followed.following.cancel()
        for name, node in wanted.items():
            if name not in self._followed:
                followed = _Followed(node, Deferred())
                self._followed[name] = followed
                followed.following = background(
                    self._log, f"following {name}", self._follow(followed)
                )

    def at(self, name: str) -> Node:
        """Return the node called *name*, or raise `NotFound`."""
        followed = self._followed.get(PlaceName(name))
        if followed is None:
            raise NotFound(f"This data center has no node “{name}”.")
        return followed.node

    def silent(self) -> tuple[PlaceName, ...]:
        """Return the names of nodes that do not answer."""
        return tuple(
            sorted(name for name, one in self._followed.items() if one.status is None)
        )

    def app(self, node: PlaceName | None, app: str) -> AppSummary | None:
        """Return what *node* (None: any node) says of an app, if it is known there."""
        statuses = [
            one.status
            for name, one in self._followed.items()
            if one.status is not None and node in (None, name)
        ]
        found = (one for status in statuses for one in status.apps if one.name == app)
        return next(found, None)

    def offers(self, app: str) -> bool:
        """Whether some node has *app*, as far as is known."""
        statuses = [one.status for one in self._followed.values()]
        known = [status.apps for status in statuses if status is not None]
        if len(known) < max(1, len(statuses)):
            return True
        return any(one.name == app for apps in known for one in apps)

    def tell_everything(self) -> None:
        """Tell the server all there is to know; the channel has just opened."""
        for name, followed in self._followed.items():
            if followed.status is None:
                self.tell(Up(silent=name))
            else:
                self.tell(Up(status=followed.status))

    def stop(self) -> None:
        """Follow no node any more."""
        self.set(())

    async def _follow(self, followed: _Followed) -> None:
        """Keep the node's stream open, with growing pauses while it does not answer."""
        wait = self._patience.first
        while True:
            try:
                await self._client.follow(
                    node_place(followed.node),
                    NODE_EVENTS,
                    Nothing(),
                    lambda line: self._heard(followed, line),
                )
            except AenError as error:
                if followed.status is not None or wait == self._patience.first:
                    self._log.warn("{error}", error=error.message)
            if followed.status is not None:
                wait = self._patience.first
            self._lost(followed)
            # Spread out, so that many gateways do not all come back at once.
            await pause(self._clock, wait * (0.75 + self._random.random() / 2))
            wait = min(wait * 2, self._patience.most)

    def _heard(self, followed: _Followed, line: Line) -> None:
        if line.status is not None:
            if followed.status is None:
                name = followed.node.name
                self._log.info("the node {name} answers", name=name)
            followed.status = line.status
            self.tell(Up(status=line.status))
        if line.launch is not None:
            self._announce(line.launch)

    def _announce(self, launch: Launch) -> None:
        self.tell(Up(launch=launch))
        for listener in self._launch_news:
            listener(launch)

    def _lost(self, followed: _Followed) -> None:
        """Forget what the node said, and tell the server that it is silent."""
        followed.status = None
        self.tell(Up(silent=followed.node.name))
