"""One response on its way from an upstream to a client, as bytes in and bytes out."""

from collections.abc import Callable
from typing import Final

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


class ResponseStream:
    """Turns what an upstream sends into what its client is sent.

    *keep* says whether the client's connection may stay open afterwards;
    *check_switch* is given when the request asked for a WebSocket.
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
        "_until_close",
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
    ) -> None:
        self._request = request
        self._forward = forward
        self._limits = limits
        self._check_switch = check_switch
        self._heads = HeadBuffer(limits.head_bytes, of_request=False)
        self._interim = 0
        self._body: Body | None = None
        self._rechunk = False
        self._until_close = False
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
    def ends_with_connection(self) -> bool:
        """Whether the client takes the end of its connection for the body's."""
        ends = isinstance(self._body, UntilCloseBody | ChunkedBody)
        return ends and self._request.version == "1.0"

    @property
    def untouched(self) -> bool:
        """Whether not a single byte has come from the upstream."""
        return self._body is None and self._heads.empty and self._interim == 0

    def take(self, data: bytes) -> bytes:
        """Return the bytes to send on.

        :raises UpstreamBroke: these are not the bytes of a response.
        """
        if self._body is not None:
            return self._take_body(self._body, data)
        sent = b""
        while data and not (self.status or self.switched):
            taken = self._heads.take(data)
            if taken is None:
                break
            head = read_response_head(taken[0], self._limits.headers)
            data = taken[1]
            sent += self._take_head(head, data)
        return sent

    def _take_head(self, head: ResponseHead, rest: bytes) -> bytes:
        if head.status == _SWITCHING:
            return self._switch(head, rest)
        if head.status < _FIRST_FINAL:
            return self._take_interim(head)
        if head.status > _LAST_FINAL:
            raise UpstreamBroke("a status beyond 599")
        return self._take_final(head, rest)

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

    def _take_final(self, head: ResponseHead, rest: bytes) -> bytes:
        framing = response_framing(head, self._request.method)
        outward = self._outward(framing)
        self.status = head.status
        decode = framing == CHUNKED and outward != CHUNKED
        self._rechunk = framing == UNTIL_CLOSE and outward == CHUNKED
        self._until_close = framing == UNTIL_CLOSE
        self._body = open_body(framing, self._limits.trailer_bytes, decode=decode)
        self.reusable = (
            head.version == "1.1" and framing != UNTIL_CLOSE and not head.says_close()
        )
        connection = answers.connection(self._request, keep=self.keep)
        head = self._edited(head)
        sent = rewrite.response_head(head, self._forward, outward, connection)
        return sent + self._take_body(self._body, rest)

    def _edited(self, head: ResponseHead) -> ResponseHead:
        edit = self._forward.edit_response
        return head if edit is None else edit(head)

    def _outward(self, framing: Framing) -> Framing:
        """Return how the body's end is told to the client."""
        if framing not in (CHUNKED, UNTIL_CLOSE):
            return framing
        if self._request.version == "1.1":
            return CHUNKED
        self.keep = False
        return UNTIL_CLOSE

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
        if not (self._until_close and clean):
            return b""
        self.done = True
        return ending([]) if self._rechunk else b""
