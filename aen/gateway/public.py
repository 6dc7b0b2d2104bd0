"""Public folders: which node has them, asked once and remembered for a while.

Anybody may ask for any name, without signing in. So what is remembered is bounded, a
refusal too is remembered, and only so many questions are under way at a time.
"""

import math
from collections import OrderedDict
from collections.abc import Callable

from attrs import define, evolve, field, frozen
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorTime
from twisted.logger import Logger

from aen.gateway.paths import PublicAddress
from aen.gateway.upstreams import Upstreams
from aen.model.errors import AenError, Elsewhere, NotFound, Unavailable
from aen.model.names import ProjectPath
from aen.proxy.head import RequestHead
from aen.proxy.routing import Answer, Decision, Forward
from aen.runtime.tasks import spawn
from aen.wire.messages import Drop, ProjectNews, PublicPlace, PublicQuestion
from aen.wire.public import BUSY, HEADERS, NOT_NOW, NOTHING_THERE, READ_ONLY
from aen.wire.routes import PUBLIC_PREFIX

AskServer = Callable[[PublicQuestion], Deferred[PublicPlace]]
_DROPPED = frozenset({b"cookie", b"authorization"})


@frozen
class PublicLimits:
    """Seconds an answer, and a refusal, are good for; how much of each may be."""

    fresh: float = 60.0
    refused: float = 3.0
    grace: float = 3600.0
    """While the server does not answer, what it said last holds this long."""
    kept: int = 4096
    asking: int = 64


@define
class _Known:
    """What the server said, when, and what follows from it until *until*."""

    place: PublicPlace | None
    asked: float
    forward: Forward | None = None
    until: float = -math.inf


@define
class PublicFolders:
    """Decides about requests for public folders."""

    _ask: AskServer
    _upstreams: Upstreams
    _clock: IReactorTime
    _limits: PublicLimits = field(factory=PublicLimits)
    _known: OrderedDict[ProjectPath, _Known] = field(factory=OrderedDict, init=False)
    _asking: dict[ProjectPath, list[Deferred[Decision]]] = field(
        factory=dict, init=False
    )
    _changed: int = field(default=0, init=False)
    """Grows with the news: an answer that news have overtaken is not kept."""
    _log: Logger = field(factory=Logger, init=False)

    def route(
        self, head: RequestHead, address: PublicAddress
    ) -> Decision | Deferred[Decision]:
        """Return where a request goes, at once if that is known."""
        if head.method not in (b"GET", b"HEAD"):
            return Answer(405, (*HEADERS, (b"allow", b"GET, HEAD")), READ_ONLY)
        if not address.slash:
            query = head.target.partition(b"?")[2]
            more = b"?" + query if query else b""
            location = (b"location", address.prefix + b"/" + more)
            return Answer(308, (location, (b"cache-control", b"no-cache")))
        known = self._known.get(address.path)
        if known is not None and self._holds(known):
            return self._decide(address, known)
        return self._find(address)

    def _holds(self, known: _Known) -> bool:
        refused = known.place is None or known.place.node is None
        seconds = self._limits.refused if refused else self._limits.fresh
        return self._clock.seconds() - known.asked < seconds

    def _decide(self, address: PublicAddress, known: _Known) -> Decision:
        if known.place is None or known.place.node is None:
            return nothing_there()
        if known.forward is None or known.until <= self._clock.seconds():
            there = f"{known.place.owner}/{known.place.project}"
            where = there if known.place.owner else str(address.path)
            base = f"{PUBLIC_PREFIX}{where}".encode()
            upstream = self._upstreams.public(known.place.node, base)
            known.until = upstream.until
            known.forward = Forward(
                upstream.where,
                cut=len(address.prefix),
                base=upstream.base,
                set_headers=upstream.headers,
                drop_headers=_DROPPED,
                tell_client=False,
            )
        return known.forward

    def _find(self, address: PublicAddress) -> Decision | Deferred[Decision]:
        waiters = self._asking.get(address.path)
        if waiters is None and len(self._asking) >= self._limits.asking:
            return _later(BUSY)
        waiter: Deferred[Decision] = Deferred()
        if waiters is not None:
            waiters.append(waiter)
            return waiter
        self._asking[address.path] = [waiter]
        spawn(self._log, "asking for a public folder", self._fetch(address))
        return waiter

    async def _fetch(self, address: PublicAddress) -> None:
        decision: Decision = _later(NOT_NOW)
        try:
            decision = await self._answer(address)
        finally:
            for waiter in self._asking.pop(address.path):
                waiter.callback(decision)

    async def _answer(self, address: PublicAddress) -> Decision:
        path, changed = address.path, self._changed
        try:
            place = await self._ask(PublicQuestion(path.owner, path.name))
            known = _Known(place, self._clock.seconds())
        except Elsewhere as error:
            return _there(address, error.fields.get("gateway", ""))
        except NotFound:
            known = _Known(None, self._clock.seconds())
        except AenError as error:
            return self._without_server(address, error)
        if changed == self._changed:
            self._keep(path, known)
        return self._decide(address, known)

    def _without_server(self, address: PublicAddress, error: AenError) -> Decision:
        """Go by what the server said last, if it is only silent now."""
        known = self._known.get(address.path)
        if known is None or known.place is None or not isinstance(error, Unavailable):
            return _later(NOT_NOW)
        if self._clock.seconds() - known.asked > self._limits.grace:
            return _later(NOT_NOW)
        return self._decide(address, known)

    def _keep(self, path: ProjectPath, known: _Known) -> None:
        self._known[path] = known
        self._known.move_to_end(path)
        while len(self._known) > self._limits.kept:
            self._known.popitem(last=False)

    def drop(self, news: Drop) -> None:
        """Forget what *news* may be about."""
        if news.project_id:
            self._forget(news.project_id)

    def project_news(self, news: ProjectNews) -> None:
        """Forget a project that changed: it may be on another node, or gone."""
        self._forget(news.id)

    def _forget(self, project_id: str) -> None:
        self._changed += 1
        for path, known in tuple(self._known.items()):
            # A refusal names no project: it is cheap to ask again.
            if known.place is None or known.place.project_id == project_id:
                del self._known[path]

    def unreachable(self, address: PublicAddress) -> Answer:
        """Return the answer while a node does not answer; ask again after it."""
        known = self._known.get(address.path)
        if known is not None:
            self._known[address.path] = evolve(known, asked=-math.inf)
        return _later(NOT_NOW)


def _there(address: PublicAddress, gateway: str) -> Answer:
    """Lead on to the gateway that has the folder now."""
    if not gateway:
        return nothing_there()
    location = (b"location", gateway.encode() + address.prefix + b"/")
    return Answer(307, (*HEADERS, location), b"")


def nothing_there() -> Answer:
    """Return the one answer for whatever is not there, or not public."""
    return Answer(404, HEADERS, NOTHING_THERE)


def _later(why: bytes) -> Answer:
    """Return the answer that says *why* to try again."""
    return Answer(503, (*HEADERS, (b"retry-after", b"2")), why)
