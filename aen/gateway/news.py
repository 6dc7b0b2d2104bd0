"""What the gateway does with the server's news: `aen.wire.channel.GatewayListener`."""

from typing import Protocol

from attrs import define, field
from twisted.internet.defer import Deferred
from twisted.logger import Logger

from aen.gateway.grants import Grants, grant_tag
from aen.gateway.health import Health
from aen.gateway.nodes import Nodes
from aen.gateway.notices import Notices
from aen.gateway.opening import Openings
from aen.gateway.public import PublicFolders
from aen.model.errors import AenError, Unavailable
from aen.model.names import ProjectPath, parse_project_path
from aen.model.permissions import Action
from aen.runtime.tasks import spawn
from aen.wire.channel import ChannelEnd
from aen.wire.messages import Down, GrantQuestion, Up

_OPEN_BY = frozenset({Action.RUN.value, Action.READ_FILES.value})


class Connections(Protocol):
    """The open connections of browsers, found by tag (`aen.proxy`)."""

    def close_tagged(self, tag: str, code: int = 1008, reason: str = "") -> int:
        """End the connections that carry *tag*; return how many there were."""

    def doubt_tagged(self, tag: str, *, doubted: bool = True) -> None:
        """Expect `close_tagged` for *tag*; or no longer, if not *doubted*."""


@define
class News:
    """Keeps grants, nodes and openings true to what the server says."""

    _grants: Grants
    _nodes: Nodes
    _openings: Openings
    _health: Health
    _public: PublicFolders
    _notices: Notices
    _end: ChannelEnd | None = field(default=None, init=False)
    _connections: Connections | None = field(default=None, init=False)
    _silent: bool = field(default=False, init=False)
    first_opened: Deferred[None] = field(factory=Deferred, init=False)
    """Fires when the server has answered for the first time."""
    _log: Logger = field(factory=Logger, init=False)

    def attach(self, connections: Connections) -> None:
        """Close connections of *connections* when their grant ends."""
        self._connections = connections

    def tell_server(self, message: Up) -> None:
        """Tell the server, if the channel is open; `opened` tells all of it later."""
        if self._end is not None and not self._silent:
            self._end.say(message)

    def fall_silent(self) -> None:
        """Tell the server nothing more: another worker does. What it says counts."""
        self._silent = True

    def opened(self, end: ChannelEnd) -> None:
        """Take note that the server is there again; it may have missed news."""
        self._log.info("the server answers")
        self._end = end
        self._health.server_answers = True
        if not self.first_opened.called:
            self.first_opened.callback(None)
        self._nodes.tell_everything()
        for question in self._grants.doubt_all():
            self._check(question, "")

    def closed(self, end: ChannelEnd, reason: str) -> None:
        """Take note that the server is gone; what is known holds for a grace."""
        if self._end is end:
            self._end = None
            self._health.server_answers = False
            self._log.warn("the server is gone: {reason}", reason=reason)

    def heard(self, message: Down) -> None:
        """Act on what the server says."""
        if message.nodes is not None:
            self._nodes.set(message.nodes)
        if message.notices is not None:
            self._notices.set(message.notices)
        if message.drop is not None:
            self._public.drop(message.drop)
            for question in self._grants.drop(message.drop):
                self._check(question, message.drop.reason)
        if message.project is not None:
            self._openings.project_news(message.project)
            self._public.project_news(message.project)

    def _check(self, question: GrantQuestion, reason: str) -> None:
        """Ask whether somebody still may; if not, close what they have open."""
        spawn(self._log, "checking a grant", self._still_granted(question, reason))

    async def _still_granted(self, question: GrantQuestion, reason: str) -> None:
        path = parse_project_path(question.owner, question.project)
        tag = grant_tag(question.credential, path)
        if self._connections is not None:
            self._connections.doubt_tagged(tag)
        why = await self._refusal(question, path, reason)
        if self._connections is None:
            return
        if why is None:
            self._connections.doubt_tagged(tag, doubted=False)
        elif closed := self._connections.close_tagged(tag, 1008, why[:120]):
            self._log.info("closed {count} connections: {why}", count=closed, why=why)

    async def _refusal(
        self, question: GrantQuestion, path: ProjectPath, reason: str
    ) -> str | None:
        """Return why somebody may open nothing any more; None if they may."""
        try:
            grant = await self._grants.find(question.credential, path)
        except Unavailable:
            return None  # the grace holds; the next news or `opened` asks again
        except AenError as error:
            return reason or error.message
        # Visitors are nobody's once they are let in no more.
        may = grant.user and _OPEN_BY.intersection(grant.actions)
        return None if may else reason
