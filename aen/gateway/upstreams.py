"""How the gateway reaches an app: its socket here, or its node's one port."""

import math
from collections import OrderedDict
from urllib.parse import urlsplit

from attrs import define, field, frozen
from twisted.internet.interfaces import IReactorTime

from aen.gateway.opening import Opened
from aen.model.places import Node
from aen.proxy.head import Headers
from aen.wire import tickets
from aen.wire.client import Identity
from aen.wire.public import PURPOSE
from aen.wire.routes import APP_PREFIX

_TICKET_SECONDS = 600.0
_RENEW_BEFORE = 120.0
_REMEMBERED = 4096


@frozen
class Upstream:
    """Where requests go, what is put before their targets, and headers.

    *until*, in seconds, is when to ask again: a ticket among the headers ages.
    """

    where: str
    base: bytes = b""
    headers: Headers = ()
    until: float = math.inf


def node_upstream(node: Node) -> str:
    """Return where a node's door is, as `aen.proxy` wants it."""
    url = urlsplit(node.url)
    secure = url.scheme == "https"
    port = url.port or (443 if secure else 80)
    return f"{'tls' if secure else 'tcp'}:{url.hostname}:{port}"


@define
class Upstreams:
    """Addresses of opened apps; tickets for remote ones are made now and then.

    :param machine: which machine this is (`aen.runtime.machine`).
    :param origins: the origins whose pages may open WebSockets here.
    """

    _identity: Identity
    _clock: IReactorTime
    _machine: str
    origins: frozenset[str]
    _tickets: OrderedDict[tuple[str, str], tuple[float, Headers]] = field(
        factory=OrderedDict, init=False
    )

    def here(self, opened: Opened) -> bool:
        """Whether *opened* is on this machine, where its socket can be reached."""
        return opened.launch.machine == self._machine

    def of(self, opened: Opened) -> Upstream:
        """Return how to reach *opened*."""
        launch = opened.launch
        if self.here(opened):
            here = launch.socket
            where = f"unix:{here}" if here else f"tcp:127.0.0.1:{launch.port}"
            return Upstream(where)
        base = f"{APP_PREFIX}{launch.id}".encode()
        return self._by_door(opened.node, f"app:{launch.id}", base)

    def public(self, node: Node, base: bytes) -> Upstream:
        """Return how to reach public folders of *node*."""
        return self._by_door(node, PURPOSE, base)

    def _by_door(self, node: Node, purpose: str, base: bytes) -> Upstream:
        expires, headers = self._ticket(node, purpose)
        return Upstream(node_upstream(node), base, headers, expires - _RENEW_BEFORE)

    def _ticket(self, node: Node, purpose: str) -> tuple[float, Headers]:
        now, key = self._clock.seconds(), (node.name, purpose)
        known = self._tickets.get(key)
        if known is not None and known[0] - _RENEW_BEFORE > now:
            return known
        ticket = tickets.Ticket(
            issuer=self._identity.name,
            audience=tickets.node(node.name),
            purpose=purpose,
            expires=now + _TICKET_SECONDS,
        )
        text = tickets.seal(self._identity.key, ticket).encode()
        headers: Headers = ((tickets.HEADER, text),)
        made = self._tickets[key] = (ticket.expires, headers)
        self._tickets.move_to_end(key)
        while len(self._tickets) > _REMEMBERED:
            self._tickets.popitem(last=False)
        return made
