"""A client's connection: heads in, one exchange at a time, or a WebSocket."""

from typing import Any, cast

from twisted.internet.interfaces import IHalfCloseableProtocol, ISSLTransport
from twisted.internet.protocol import Protocol, connectionDone
from twisted.python.failure import Failure
from zope.interface import implementer

from aen.proxy import answers
from aen.proxy.errors import Misdirected, ProtocolError
from aen.proxy.exchange import Exchange
from aen.proxy.flow import BUSY, Flow
from aen.proxy.head import Peer, RequestHead
from aen.proxy.parsing import HeadBuffer, read_request_head
from aen.proxy.shared import Shared, Tunnelled
from aen.proxy.traits import RequestTraits
from aen.proxy.upstream import keep_alive


@implementer(IHalfCloseableProtocol)
class Frontend(Protocol):
    """Reads requests one after the other; nothing is read ahead of an answer.

    What comes behind a request is kept (at most one read) and reading is held up.
    """

    flow: Flow
    peer: Peer

    def __init__(self, shared: Shared, connections: "set[Frontend]") -> None:
        self._shared = shared
        self._connections = connections
        self._heads = HeadBuffer(shared.limits.head_bytes)
        self._traits: RequestTraits | None = None
        self._exchange: Exchange | None = None
        self._tunnel: Tunnelled | None = None
        self._stash = b""
        self._reading = False
        self._ending = False
        self._half_closed = False
        self._requests = 0
        self.deadline = shared.sweep.now + shared.limits.head_seconds

    def connectionMade(self) -> None:
        """Wait for a request."""
        transport = cast("Any", self.transport)
        keep_alive(transport, self._shared.limits.dead_seconds, reads=True)
        address = transport.getPeer()
        self.peer = Peer(
            getattr(address, "host", ""),
            getattr(address, "port", 0),
            bool(ISSLTransport.providedBy(transport)),
        )
        shared = self._shared
        self._direct = self.peer
        self._behind = shared.trust.believes(self.peer)
        self._here = getattr(transport.getHost(), "host", "")
        limits = shared.limits
        self.flow = Flow(
            transport,
            limits.buffer_bytes,
            shared.readers,
            self.dataReceived,
            limits.read_bytes,
        )
        self._connections.add(self)
        self._shared.sweep.watch(self)
        self.deadline = self._shared.sweep.now + self._shared.limits.head_seconds

    def dataReceived(self, data: bytes) -> None:
        """Hand bytes to whoever they are for."""
        if self._tunnel is not None:
            self._tunnel.client_data(data)
        elif self._exchange is not None:
            rest = self._exchange.client_data(data)
            if rest:
                self.push_back(rest)
        elif not self._ending:
            self._stash += data
            self._read()

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        """Tell whoever serves this client."""
        self.flow.ended()
        self._connections.discard(self)
        self._shared.sweep.forget(self)
        self._ending = True
        self._stash = b""
        exchange, self._exchange = self._exchange, None
        tunnel, self._tunnel = self._tunnel, None
        if exchange is not None:
            exchange.client_lost()
        if tunnel is not None:
            tunnel.client_lost()

    def readConnectionLost(self) -> None:
        """Answer what has been asked: the client only says that it sends no more.

        Nobody can tell that from a client that is gone, until a write finds out.
        """
        if self._half_closed:
            return  # Reading again after a pause tells it again.
        self._half_closed = True
        limits, now = self._shared.limits, self._shared.sweep.now
        self.deadline = min(self.deadline, now + limits.half_closed_seconds)
        if self._tunnel is not None:
            self._tunnel.client_finished()
        elif self._exchange is None:
            self._close()
        elif self._exchange.incomplete:
            self.flow.abort()

    def writeConnectionLost(self) -> None:
        """Nothing to do: this side has ended it."""

    def expired(self) -> None:
        """Act upon the deadline of whatever stage this is."""
        if self._tunnel is not None:
            self._tunnel.expired()
        elif self._half_closed:
            self.flow.abort()
        elif self._exchange is not None:
            self._exchange.expired()
        elif self._ending:
            self.flow.abort()
        elif self._heads.empty:
            self._close()
        else:
            self._refuse(408)

    @property
    def idle(self) -> bool:
        """Whether no request is being read or answered."""
        return self._exchange is None and self._tunnel is None

    def drain(self) -> None:
        """Close now if idle; otherwise after the answer under way.

        Who has not asked for anything yet has only just connected, and may be about to.
        """
        if not self.idle or self._ending:
            return
        if self._requests or self._half_closed:
            self._close()
        else:
            patience = self._shared.limits.greeting_seconds
            self.deadline = min(self.deadline, self._shared.sweep.now + patience)

    def hang_up(self) -> None:
        """Close a WebSocket with 1001, at the end of a frame."""
        if self._tunnel is not None:
            self._tunnel.close(1001, "")

    def cut(self) -> None:
        """End what is under way: a WebSocket with 1001, anything else at once."""
        if self._tunnel is not None:
            self.hang_up()
        else:
            self.flow.abort()

    def end_tagged(self, tag: str, code: int, reason: str) -> bool:
        """End what is under way if its `Forward` has *tag*; return whether it has."""
        serving = self._exchange or self._tunnel
        if serving is None or tag not in serving.tags:
            return False
        serving.close(code, reason)
        return True

    def doubt_tagged(self, tag: str, *, doubted: bool) -> None:
        """Expect that a WebSocket whose `Forward` has *tag* may be closed, or not."""
        if self._tunnel is None or tag not in self._tunnel.tags:
            return
        if doubted:
            self._tunnel.doubt()
        else:
            self._tunnel.trust()

    # What an exchange or tunnel asks for.

    def push_back(self, rest: bytes) -> None:
        """Keep *rest*, which came behind the request, until it is answered."""
        self._stash += rest
        self.flow.hold(BUSY)

    def answered(self, rest: bytes, *, keep: bool, unread: bool) -> None:
        """Go on with the next request, or close."""
        self._exchange = None
        if self._traits is not None and not self._traits.remembered:
            self._traits = None
        if not keep or self._shared.draining:
            self._end(linger=unread)
            return
        if rest:
            self._stash = rest + self._stash
        self.deadline = self._shared.sweep.now + self._shared.limits.keepalive_seconds
        self.flow.release(BUSY)
        if self._stash and not self._reading:
            self._read()
        if self._half_closed and self.idle and not self._stash:
            self._close()

    def broken_off(self) -> None:
        """Close after what was sent: the client sees that it is not whole."""
        self._exchange = None
        self._tunnel = None
        self._close()

    def switched(self, tunnel: Tunnelled) -> None:
        """Give the connection to *tunnel*."""
        self._exchange = None
        self._traits = None
        self._tunnel = tunnel
        self.flow.receive = tunnel.client_data

    def _read(self) -> None:
        """Read requests from the stash while none is being answered."""
        self._reading = True
        # `idle`, spelled out: this is on the way of every request.
        while (
            self._stash
            and self._exchange is None
            and self._tunnel is None
            and not self._ending
        ):
            data, self._stash = self._stash, b""
            try:
                self._read_head(data)
            except ProtocolError as error:
                self._refuse(error.status)
        self._reading = False
        if self._stash and not self._ending:
            self.flow.hold(BUSY)

    def _read_head(self, data: bytes) -> None:
        read = None
        if self._traits is not None and self._heads.empty:
            read = self._traits.recall(data, self._shared.limits.head_bytes)
        if read is None:
            read = self._read_slowly(data)
        if read is None or self._traits is None:
            return
        head, rest = read
        traits, shared = self._traits, self._shared
        self._requests += 1
        keep = (
            traits.keeps
            and not shared.draining
            and self._requests < shared.limits.requests_per_connection
        )
        self._exchange = exchange = Exchange(self, shared, head, traits, keep=keep)
        self._stash = exchange.begin(rest) + self._stash

    def _read_slowly(self, data: bytes) -> tuple[RequestHead, bytes] | None:
        begun = not self._heads.empty
        taken = self._heads.take(data)
        limits = self._shared.limits
        if taken is None:
            if not begun:
                self.deadline = self._shared.sweep.now + limits.head_seconds
            return None
        raw, rest = taken
        # What follows from the fields is kept with them: it is judged once.
        head = self._judged(read_request_head(raw, limits.headers))
        self._traits = RequestTraits(head, raw, limits.remembered_bytes)
        return head, rest

    def _judged(self, head: RequestHead) -> RequestHead:
        """Return the request as it was made to the first of our proxies.

        :raises Misdirected: it is for a host that is none of ours.
        """
        trust = self._shared.trust
        if self._behind:
            head, self.peer = trust.behind(head, self._direct)
        if trust.hosts is not None and not trust.serves(head, self._here):
            raise Misdirected("a host that is none of ours")
        return head

    def _refuse(self, status: int) -> None:
        """Answer bytes that are no request, and close: framing is doubtful."""
        self.flow.write(answers.render(answers.error(status), None, keep=False))
        self._shared.note_refusal(self.peer, status)
        self._end(linger=True)

    def _end(self, *, linger: bool) -> None:
        """Close; with *linger* read on a little, lest a reset overtakes the answer."""
        if not linger:
            self._close()
            return
        self._ending = True
        self._stash = b""
        self.flow.feed_from(None)
        self.flow.release(BUSY)
        self.deadline = self._shared.sweep.now + self._shared.limits.linger_seconds
        if not self.flow.close_writing():
            self.flow.close()

    def _close(self) -> None:
        self._ending = True
        self._stash = b""
        self.deadline = self._shared.sweep.now + self._shared.limits.flush_seconds
        self.flow.release(BUSY)
        self.flow.close()
