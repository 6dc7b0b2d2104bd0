"""Leading browsers to HTTPS and keeping them there."""

from collections.abc import Awaitable, Generator
from typing import Any, Final

import attrs
from attrs import define, field, frozen

from aen.proxy.head import Peer, RequestHead
from aen.proxy.routing import Answer, Decision, Forward, Router

_KEPT: Final = 1024


@frozen
class ToHttps:
    """A router that answers every request with its address at *base*.

    :param base: ``https://host`` or ``https://host:port``; the client's Host is not
        believed.
    """

    base: str

    def route(self, head: RequestHead, peer: Peer) -> Answer:
        """Return the redirect; 308 keeps the method (RFC 9110, 15.4.9)."""
        path = head.target if head.target.startswith(b"/") else b"/"
        if path.startswith(b"//"):
            path = b"/"
        where = self.base.encode() + path
        return Answer(308, ((b"Location", where), (b"Cache-Control", b"no-store")))

    def unreachable(self, head: RequestHead, forward: Forward, reason: str) -> Answer:
        """Answer likewise; nothing is ever forwarded."""
        return self.route(head, Peer("", 0, secure=False))


@define
class Insisting:
    """A router's decisions, each with ``Strict-Transport-Security`` (RFC 6797).

    The same `Forward` is answered by the same: what is worked out for it is kept.
    """

    _router: Router
    _seconds: int
    _field: tuple[bytes, bytes] = field(init=False)
    _made: dict[int, tuple[Forward, Forward]] = field(factory=dict, init=False)

    def __attrs_post_init__(self) -> None:
        """Make the header once."""
        value = b"max-age=%d" % self._seconds
        self._field = (b"Strict-Transport-Security", value)

    def route(self, head: RequestHead, peer: Peer) -> Decision | Awaitable[Decision]:
        """Return what the router says, with the header."""
        return self._with(self._router.route(head, peer))

    def unreachable(
        self, head: RequestHead, forward: Forward, reason: str
    ) -> Decision | Awaitable[Decision]:
        """Return what the router says, with the header."""
        return self._with(self._router.unreachable(head, forward, reason))

    def _with(
        self, said: Decision | Awaitable[Decision]
    ) -> Decision | Awaitable[Decision]:
        if isinstance(said, Forward):
            return self._forward(said)
        if isinstance(said, Answer):
            return attrs.evolve(said, headers=(*said.headers, self._field))
        return _Later(self, said)

    def _forward(self, said: Forward) -> Forward:
        known = self._made.get(id(said))
        if known is not None:
            return known[1]  # it keeps what it was made of: no other has that id
        fields = (*said.add_response_headers, self._field)
        made = attrs.evolve(said, add_response_headers=fields)
        if len(self._made) >= _KEPT:
            self._made.clear()
        self._made[id(said)] = (said, made)
        return made


@frozen
class _Later:
    """A decision that is waited for, and then gets the header."""

    insisting: Insisting
    said: Awaitable[Decision]

    def __await__(self) -> Generator[Any, Any, Decision]:
        decision = yield from self.said.__await__()
        done = self.insisting._with(decision)  # noqa: SLF001 -- its own part
        assert isinstance(done, Answer | Forward)
        return done
