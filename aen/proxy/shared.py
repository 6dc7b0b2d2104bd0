"""What all connections of one proxy have in common."""

import itertools
from typing import Protocol

from attrs import define, field
from twisted.logger import Logger

from aen.proxy.access_log import AccessLog, Entry
from aen.proxy.flow import Flow
from aen.proxy.head import Peer, RequestHead
from aen.proxy.limits import Limits
from aen.proxy.readers import Readers
from aen.proxy.routing import Router
from aen.proxy.timing import Sweep
from aen.proxy.trust import Trust
from aen.proxy.upstream import Pool, User


@define
class Shared:
    """The router, the pool, the timer and the rest of one `ProxyFactory`."""

    router: Router
    pool: Pool
    readers: Readers
    sweep: Sweep
    limits: Limits
    access_log: AccessLog | None
    id_prefix: bytes
    """Begins every request id made here."""
    trust: Trust = Trust()
    log: Logger = field(factory=Logger)
    draining: bool = False
    _numbers: "itertools.count[int]" = field(factory=itertools.count)

    def new_entry(self, peer: Peer, head: RequestHead, named_id: bytes | None) -> Entry:
        """Return the log entry of a request, with the client's id if it has named one.

        The path stands there with its query, which `Entry` leaves out.
        """
        return Entry(
            self.sweep.seconds(),
            peer.host,
            head.method,
            head.target,
            named_id or b"%s-%x" % (self.id_prefix, next(self._numbers)),
        )

    def note(self, entry: Entry) -> None:
        """Write a finished request down, if there is an access log."""
        if self.access_log is not None:
            entry.seconds = self.sweep.seconds() - entry.began
            self.access_log.add(entry)

    def note_refusal(self, peer: Peer, status: int) -> None:
        """Write down that bytes were refused before they became a request."""
        if self.access_log is not None:
            self.access_log.add(
                Entry(self.sweep.seconds(), peer.host, b"-", b"-", b"-", status=status)
            )


class Serving(Protocol):
    """An exchange or a tunnel: what a client's connection is used for."""

    @property
    def tags(self) -> tuple[str, ...]:
        """By which it can be ended from outside: those of its `Forward`."""

    def close(self, code: int, reason: str) -> None:
        """End it; a WebSocket with this close code and reason."""


class Tunnelled(Serving, User, Protocol):
    """What a client's connection becomes when it is a WebSocket."""

    def doubt(self) -> None:
        """Whether it may go on is being asked."""

    def trust(self) -> None:
        """It may go on."""

    def client_data(self, data: bytes) -> None:
        """Bytes have come from the client."""

    def client_finished(self) -> None:
        """The client has said that it sends no more."""

    def client_lost(self) -> None:
        """The client is gone."""

    def expired(self) -> None:
        """The client's deadline has passed."""


class Client(Protocol):
    """What an exchange or a tunnel needs of the client's connection."""

    flow: Flow
    peer: Peer
    deadline: float

    def answered(self, rest: bytes, *, keep: bool, unread: bool) -> None:
        """The response is written.

        *rest* came behind the request; *unread* says that the request has not
        been read to its end.
        """

    def push_back(self, rest: bytes) -> None:
        """Keep *rest*, which came behind the request, until it is answered."""

    def broken_off(self) -> None:
        """End the connection, so that the client sees the response is not whole."""

    def switched(self, tunnel: Tunnelled) -> None:
        """From now on the connection belongs to *tunnel*."""
