"""Finding an upstream for a request: the router, the pool, a connection."""

import math
from collections.abc import Awaitable, Callable
from typing import Final

from twisted.internet.defer import Deferred
from twisted.internet.error import TimeoutError as ConnectTimeout
from twisted.python.failure import Failure

from aen.proxy import answers, websocket
from aen.proxy.deciding import DECISIONS, asked, later
from aen.proxy.head import RequestHead
from aen.proxy.routing import Answer, Decision, Forward
from aen.proxy.shared import Client, Shared
from aen.proxy.states import State
from aen.proxy.traits import RequestTraits
from aen.proxy.upstream import UpstreamConnection

_REPEATABLE: Final = frozenset({b"GET", b"HEAD", b"OPTIONS"})


class Asking:
    """The part of an exchange that ends with a connection, or an answer of our own.

    It tries again as the router says; what is done with a connection is `_connected`'s.
    """

    __slots__ = (
        "_attempts",
        "_client",
        "_committed",
        "_connecting",
        "_forward",
        "_head",
        "_reason",
        "_repeatable",
        "_shared",
        "_wants_switch",
        "state",
    )

    def __init__(
        self,
        client: Client,
        shared: Shared,
        head: RequestHead,
        traits: RequestTraits,
    ) -> None:
        self._client = client
        self._shared = shared
        self._head = head
        self._wants_switch = traits.switches
        # Asking twice is as good as once, and possible.
        self._repeatable = not traits.framing and head.method in _REPEATABLE
        self._committed = False
        self._forward = _NOWHERE
        self._attempts = 0
        self._reason = ""
        self._connecting: Deferred[UpstreamConnection] | None = None
        self.state = State.DECIDING

    def _connected(self, upstream: UpstreamConnection, *, reused: bool = False) -> None:
        """Go on: there is a connection."""
        raise NotImplementedError

    def _answer(self, answer: Answer) -> None:
        """End with an answer in place of the upstream's."""
        raise NotImplementedError

    def _failed(self, reason: str) -> None:
        """Ask the router what to do, unless it is too late for anything else."""
        raise NotImplementedError

    def _allow(self, seconds: float) -> None:
        self._client.deadline = self._shared.sweep.now + seconds

    def _ask(
        self, question: Callable[..., Decision | Awaitable[Decision]], *about: object
    ) -> None:
        """Ask the router, and follow what it says: before returning if it knows."""
        self.state = State.DECIDING
        shared = self._shared
        decision = asked(shared.log, self._head, question, *about)
        if decision.__class__ is Forward or isinstance(decision, DECISIONS):
            self._follow(decision)
        else:
            self._allow(shared.limits.route_seconds)
            later(shared.log, self._head, decision, self._follow)

    def _follow(self, decision: Decision) -> None:
        if self.state is not State.DECIDING:
            return  # Too late: the client has left, or was told to.
        if isinstance(decision, Answer):
            self._answer(decision)
        elif self._attempts >= self._shared.limits.attempts or self._committed:
            self._answer(answers.unreachable(self._head, self._reason))
        else:
            self._forward_to(decision)

    def _forward_to(self, forward: Forward) -> None:
        if self._wants_switch:
            peer = self._client.peer
            refusal = websocket.refusal(self._head, forward, peer)
            if refusal is not None:
                self._answer(refusal)
                return
            forward = websocket.prepared(self._head, forward)
        self._forward = forward
        self._attempts += 1
        shared = self._shared
        idle = math.inf if self._repeatable else shared.limits.unsafe_idle_seconds
        waiting = shared.pool.take(forward.upstream, idle)
        if waiting is None:
            self._connect()
        else:
            self._connected(waiting, reused=True)

    def _connect(self) -> None:
        self.state = State.CONNECTING
        # The endpoint keeps the time; this is for one that does not.
        self._allow(2 * self._shared.limits.connect_seconds)
        pool = self._shared.pool
        self._connecting = connecting = pool.connect(self._forward.upstream)
        connecting.addCallbacks(  # type: ignore[unused-awaitable]
            self._connected, self._not_connected
        )

    def _not_connected(self, failure: Failure) -> None:
        self._connecting = None
        if self.state is State.CONNECTING:
            late = failure.check(ConnectTimeout) is not None
            self._failed("connect-timeout" if late else "connect")


_NOWHERE: Final = Forward("-")
