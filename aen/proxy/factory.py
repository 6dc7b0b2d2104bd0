"""The proxy as a Twisted factory: give it a router, listen with it."""

import secrets
from typing import Any

from twisted.internet.interfaces import IAddress
from twisted.internet.protocol import Factory

from aen.proxy.access_log import AccessLog
from aen.proxy.frontend import Frontend
from aen.proxy.limits import Limits
from aen.proxy.readers import Readers
from aen.proxy.routing import Router
from aen.proxy.shared import Shared
from aen.proxy.timing import Sweep
from aen.proxy.trust import Trust
from aen.proxy.upstream import ClientTLS, Pool
from aen.runtime.tasks import pause

_DEFAULT_LIMITS = Limits()
_ANYBODY = Trust()
_POLICY_VIOLATION = 1008
_LOOK_SECONDS = 0.05


class ProxyFactory(Factory):
    """Serves HTTP/1.1, HTTP/1.0 and WebSocket clients as *router* decides.

    *trust* says which names are served and which proxies in front are believed;
    *authorities* (an `IOpenSSLTrustRoot`) who may vouch for ``tls:`` upstreams,
    None for those the platform trusts; *client_tls*, if given, how to speak to each
    of them instead.
    """

    noisy = False

    def __init__(  # noqa: PLR0913 -- each a choice of its own
        self,
        router: Router,
        reactor: Any,
        limits: Limits = _DEFAULT_LIMITS,
        access_log: AccessLog | None = None,
        *,
        trust: Trust = _ANYBODY,
        authorities: Any = None,
        client_tls: ClientTLS | None = None,
    ) -> None:
        sweep = Sweep(reactor, limits.tick_seconds)
        readers = Readers(reactor)
        self._reactor = reactor
        self._connections: set[Frontend] = set()
        self._shared = Shared(
            router=router,
            pool=Pool(reactor, limits, sweep, readers, authorities, client_tls),
            readers=readers,
            sweep=sweep,
            limits=limits,
            access_log=access_log,
            id_prefix=secrets.token_hex(6).encode(),
            trust=trust,
        )

    @property
    def connections(self) -> int:
        """How many clients are connected."""
        return len(self._connections)

    def buildProtocol(self, addr: IAddress | None) -> Frontend:
        """Return the protocol for a client that has connected."""
        frontend = Frontend(self._shared, self._connections)
        frontend.factory = self
        return frontend

    def close_tagged(
        self, tag: str, code: int = _POLICY_VIOLATION, reason: str = ""
    ) -> int:
        """End every response and WebSocket whose `Forward` has *tag*; return how many.

        A WebSocket gets a close frame with *code* and *reason* between two frames.
        """
        ended = [one.end_tagged(tag, code, reason) for one in tuple(self._connections)]
        return sum(ended)

    def doubt_tagged(self, tag: str, *, doubted: bool = True) -> None:
        """Prepare for `close_tagged` with *tag*, or take that back if not *doubted*.

        A WebSocket in doubt whose upstream goes away stays open for the close time:
        what ends a right often ends the upstream too, before the reason is known.
        """
        for one in tuple(self._connections):
            one.doubt_tagged(tag, doubted=doubted)

    def startFactory(self) -> None:
        """Serve, also after having been stopped."""
        self._shared.draining = False
        self._shared.pool.open()

    def stopFactory(self) -> None:
        """Serve open connections to the end of the response under way, no further."""
        self._begin_to_drain()
        if self._shared.access_log is not None:
            self._shared.access_log.flush()

    async def drain(self, seconds: float, *, tunnels: bool = True) -> None:
        """Wait until all clients are served, at most *seconds*, then end the rest.

        Without *tunnels* WebSockets, which never end by themselves, are closed first.
        """
        self._begin_to_drain()
        limits = self._shared.limits
        deadline = self._reactor.seconds() + seconds
        for frontend in () if tunnels else tuple(self._connections):
            frontend.hang_up()
        while self._connections and self._reactor.seconds() < deadline:
            await pause(self._reactor, min(limits.tick_seconds, _LOOK_SECONDS))
        for frontend in tuple(self._connections):
            frontend.cut()
        deadline = self._reactor.seconds() + limits.close_seconds
        while self._connections and self._reactor.seconds() < deadline:
            await pause(self._reactor, min(limits.tick_seconds, _LOOK_SECONDS))
        for frontend in tuple(self._connections):
            frontend.flow.abort()
        if self._shared.access_log is not None:
            self._shared.access_log.flush()

    def _begin_to_drain(self) -> None:
        self._shared.draining = True
        self._shared.pool.close()
        for frontend in tuple(self._connections):
            frontend.drain()
