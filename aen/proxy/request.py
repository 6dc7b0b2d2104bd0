"""One request's body on its way from a client to an upstream."""

from aen.proxy import rewrite
from aen.proxy.chunked import ChunkedBody, ending
from aen.proxy.errors import ProtocolError
from aen.proxy.framing import Framing, open_body
from aen.proxy.limits import Limits
from aen.proxy.routing import Forward


class RequestBody:
    """Turns what a client sends into what the upstream is sent."""

    __slots__ = ("_body", "done", "rest")

    def __init__(self, framing: Framing, limits: Limits) -> None:
        self._body = open_body(framing, limits.trailer_bytes)
        self.done = self._body.done
        self.rest = b""
        """What came behind the body, once done."""

    def take(self, data: bytes, forward: Forward | None) -> bytes:
        """Return the bytes to send on; None for *forward* sends no trailers.

        :raises ProtocolError: these are not the bytes of this body.
        """
        passed = self._body.take(data)
        if self._body.done and not self.done:
            self.done = True
            self.rest = self._body.rest
            if isinstance(self._body, ChunkedBody):
                passed += self._ending(self._body, forward)
        return passed

    def skip(self, data: bytes) -> bytes:
        """Read *data* for nobody; return what of it is behind the body.

        A body that is malformed, or not whole yet, is never done.
        """
        try:
            self.take(data, None)
        except ProtocolError:
            self.done = False
        rest, self.rest = self.rest, b""
        return rest

    @staticmethod
    def _ending(body: ChunkedBody, forward: Forward | None) -> bytes:
        if forward is None or not body.trailers:
            return ending([])
        return ending(rewrite.request_trailers(body.trailers, forward))
