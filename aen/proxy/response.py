"""One response on its way from an upstream to a client, as bytes in and bytes out."""

from collections.abc import Callable
from typing import Final

from attrs import frozen

from aen.proxy import answers, rewrite
from aen.proxy.chunked import ChunkedBody, chunk, ending
from aen.proxy.errors import ProtocolError, UpstreamBroke
from aen.proxy.framing import (
    CHUNKED,
    UNTIL_CLOSE,
    Body,
    Framing,
    UntilCloseBody,
    open_body,
    response_framing,
)
from aen.proxy.head import RequestHead, ResponseHead
from aen.proxy.limits import Limits
from aen.proxy.parsing import HeadBuffer, read_response_head
from aen.proxy.routing import Forward

_SWITCHING: Final = 101
_FIRST_FINAL: Final = 200
_LAST_FINAL: Final = 599

CheckSwitch = Callable[[ResponseHead], None]
"""Raises `UpstreamBroke` unless the head accepts the WebSocket asked for."""


@frozen
class Beginning:
    """How a response begins: its head, what that tells, and what is told the client.

    Responses of one upstream are often alike in every byte of their heads: what was
    worked out for one is then true for the next, if the requests were alike too.
    """

    raw: bytes
    method: bytes
    version: str
    """Of the request, like *method*."""
    forward: Forward
    asked_to_keep: bool
    framing: Framing
    outward: Framing
    """How the body's end is told to the client."""
    status: int
    keep: bool
    reusable: bool
    sent: bytes
    """The head as the client is sent it."""

    def is_whole(
        self, data: bytes, request: RequestHead, forward: Forward, *, keep: bool
    ) -> bool:
        """Return whether *data* begins so and is a response to its last byte.

        *keep* says whether the client's connection may stay open afterwards.
        """
        return len(data) - len(self.raw) == self.framing and self.fits(
            data, request, forward, keep=keep
        )

    def fits(
        self, data: bytes, request: RequestHead, forward: Forward, *, keep: bool
    ) -> bool:
        """Return whether *data* begins so, and answers a request like this one's."""
        return (
            forward is self.forward
            and data.startswith(self.raw)
            and request.method == self.method
            and request.version == self.version
            and keep == self.asked_to_keep
        )


class ResponseStream:
    """Turns what an upstream sends into what its client is sent.

    *keep* says whether the client's connection may stay open afterwards;
    *check_switch* is given when the request asked for a WebSocket; *latest* is how the
    upstream's previous response began.
    """

    __slots__ = (
        "_body",
        "_check_switch",
        "_forward",
        "_heads",
        "_interim",
        "_limits",
        "_rechunk",
        "_request",
        "beginning",
        "done",
        "keep",
        "rest",
        "reusable",
        "status",
        "switched",
    )

    def __init__(
        self,
        request: RequestHead,
        forward: Forward,
        limits: Limits,
        *,
        keep: bool,
        check_switch: CheckSwitch | None = None,
        latest: Beginning | None = None,
    ) -> None:
        self._request = request
        self._forward = forward
        self._limits = limits
        self._check_switch = check_switch
        self._heads: HeadBuffer | None = None
        self._interim = 0
        self._body: Body | None = None
        self._rechunk = False
        self.beginning = latest
        """How the final response begins, once `status` is known."""
        self.keep = keep
        self.status = 0
        """The final status, 0 before it is known."""
        self.done = False
        self.switched = False
        """Whether the upstream accepted the WebSocket: `rest` are its frames."""
        self.reusable = False
        """Once done: whether the upstream's connection can serve again."""
        self.rest = b""

    @property
    def worth_keeping(self) -> Beginning | None:
        """How the response began, if it is small enough to be kept for the next."""
        beginning = self.beginning
        if (
            beginning is None
            or len(beginning.raw) > self._limits.remembered_bytes
            or self._forward.edit_response is not None
        ):
            return None
        return beginning

    @property
    def ends_with_connection(self) -> bool:
        """Whether the client takes the end of its connection for the body's."""
        ends = isinstance(self._body, UntilCloseBody | ChunkedBody)
        return ends and self._request.version == "1.0"

    def take(self, data: bytes) -> bytes:
        """Return the bytes to send on.

        :raises UpstreamBroke: these are not the bytes of a response.
        """
        if self._body is not None:
            return self._take_body(self._body, data)
        latest = self.beginning
        if (
            latest is not None
            and self._heads is None
            and latest.fits(data, self._request, self._forward, keep=self.keep)
        ):
            return self._begin(latest, data[len(latest.raw) :])
        return self._take_heads(data)

    def _take_heads(self, data: bytes) -> bytes:
        if self._heads is None:
            self._heads = HeadBuffer(self._limits.head_bytes, of_request=False)
        sent = b""
        while data and not self.status:
            taken = self._heads.take(data)
            if taken is None:
                break
            raw, data = taken
            sent += self._take_head(raw, data)
        return sent

    def _take_head(self, raw: bytes, rest: bytes) -> bytes:
        head = read_response_head(raw, self._limits.headers)
        if head.status == _SWITCHING:
            return self._switch(head, rest)
        if head.status < _FIRST_FINAL:
            return self._take_interim(head)
        if head.status > _LAST_FINAL:
            raise UpstreamBroke("a status beyond 599")
        return self._begin(self._work_out(raw, head), rest)

    def _switch(self, head: ResponseHead, rest: bytes) -> bytes:
        if self._check_switch is None:
            raise UpstreamBroke("a switch of protocols nobody asked for")
        self._check_switch(head)
        self.status = _SWITCHING
        self.switched = True
        self.rest = rest
        return rewrite.switching_head(self._edited(head), self._forward)

    def _take_interim(self, head: ResponseHead) -> bytes:
        self._interim += 1
        if self._interim > self._limits.interim_responses:
            raise UpstreamBroke("too many interim responses")
        if self._request.version == "1.0":
            return b""
        return rewrite.interim_head(head, self._forward)

    def _work_out(self, raw: bytes, head: ResponseHead) -> Beginning:
        framing = response_framing(head, self._request.method)
        outward = self._outward(framing)
        asked_to_keep, keep = self.keep, self.keep and outward != UNTIL_CLOSE
        connection = answers.connection(self._request, keep=keep)
        reusable = (
            head.version == "1.1" and framing != UNTIL_CLOSE and not head.says_close()
        )
        head = self._edited(head)
        sent = rewrite.response_head(head, self._forward, outward, connection)
        return Beginning(
            raw,
            self._request.method,
            self._request.version,
            self._forward,
            asked_to_keep,
            framing,
            outward,
            head.status,
            keep,
            reusable,
            sent,
        )

    def _begin(self, beginning: Beginning, rest: bytes) -> bytes:
        self.beginning = beginning
        self.status = beginning.status
        self.keep = beginning.keep
        self.reusable = beginning.reusable
        framing, outward = beginning.framing, beginning.outward
        if framing == len(rest):
            self.done = True  # Small responses come in one piece.
            return beginning.sent + rest
        decode = framing == CHUNKED and outward != CHUNKED
        self._rechunk = framing == UNTIL_CLOSE and outward == CHUNKED
        self._body = open_body(framing, self._limits.trailer_bytes, decode=decode)
        return beginning.sent + self._take_body(self._body, rest)

    def _edited(self, head: ResponseHead) -> ResponseHead:
        edit = self._forward.edit_response
        return head if edit is None else edit(head)

    def _outward(self, framing: Framing) -> Framing:
        """Return how the body's end is told to the client."""
        if framing not in (CHUNKED, UNTIL_CLOSE):
            return framing
        return CHUNKED if self._request.version == "1.1" else UNTIL_CLOSE

    def _take_body(self, body: Body, data: bytes) -> bytes:
        try:
            passed = body.take(data)
        except ProtocolError as error:
            raise UpstreamBroke(*error.args) from None
        if self._rechunk and passed:
            passed = chunk(passed)
        if body.done and not self.done:
            passed += self._finish(body)
        return passed

    def _finish(self, body: Body) -> bytes:
        self.done = True
        if body.rest:
            # More than was announced: nobody can tell whose the rest is.
            self.reusable = False
            self.keep = False
        if isinstance(body, ChunkedBody) and self._request.version == "1.1":
            return ending(rewrite.response_trailers(body.trailers, self._forward))
        return b""

    def upstream_closed(self, *, clean: bool) -> bytes:
        """Return what to send when the upstream has hung up; see `done` then.

        *clean* says that it closed and was not torn down.
        """
        if not (isinstance(self._body, UntilCloseBody) and clean):
            return b""
        self.done = True
        return ending([]) if self._rechunk else b""
