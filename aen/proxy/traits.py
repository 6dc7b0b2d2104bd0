"""What a request's header fields tell, worked out once for requests that share them.

Consecutive requests of a connection differ in their targets, seldom in a header
field. What follows from the fields alone is kept with their bytes: when the next
request has the very same bytes there, nothing of it is worked out again. Whatever is
not the very same takes the long way, so there is one set of rules, not two.
"""

from aen.proxy import grammar, rewrite
from aen.proxy.framing import request_framing
from aen.proxy.head import Fields, Peer, RequestHead, tokens
from aen.proxy.parsing import check_expectation
from aen.proxy.routing import Forward


class RequestTraits:
    """What follows from the fields of *head*, which was read from *raw*.

    Fields of more than *remembered* bytes are not kept: the next are read anew.

    :raises ProtocolError: its body or expectation is not what this proxy accepts.
    """

    __slots__ = (
        "_around",
        "_block",
        "_forward",
        "_peer",
        "_rewritten_fields",
        "fields",
        "framing",
        "keeps",
        "named_id",
        "remembered",
        "switches",
    )

    def __init__(self, head: RequestHead, raw: bytes, remembered: int) -> None:
        self.framing = request_framing(head)
        """How the body ends."""
        check_expectation(head)
        self.fields = head.fields
        self.keeps = _keeps(head)
        """Whether the client would go on with this connection."""
        self.switches = head.asks_websocket
        """Whether a WebSocket is asked for, validly or not."""
        self.named_id = _named_id(head)
        """The client's own id for the request, if it is one."""
        line = grammar.COMMON_REQUEST_LINE.match(raw)
        block = raw[line.end() :] if line is not None else b""
        self._block = block if len(block) <= remembered else b""
        self.remembered = bool(self._block)
        """Whether this is worth keeping for the next request."""
        self._forward: Forward | None = None
        self._peer: Peer | None = None
        self._rewritten_fields: Fields | None = None
        self._around = (b"", b"", b"")

    def recall(self, data: bytes, limit: int) -> tuple[RequestHead, bytes] | None:
        """Return the request *data* begins with, and the rest, if it has these traits.

        None says nothing: *data* is to be read in the ordinary way.
        """
        line = grammar.COMMON_REQUEST_LINE.match(data)
        if line is None or not self._block:
            return None
        begin = line.end()
        if not data.startswith(self._block, begin):
            return None
        end = begin + len(self._block)
        if end > limit:
            return None
        return RequestHead(line[1], line[2], "1.1", self.fields), data[end:]

    def rewritten(
        self, head: RequestHead, forward: Forward, peer: Peer, request_id: bytes
    ) -> bytes:
        """Return *head* as the upstream is sent it."""
        fields = head.fields
        if not (
            forward is self._forward
            and peer is self._peer
            and fields is self._rewritten_fields
        ):
            self._around = rewrite.request_lines(head, forward, peer, self.framing)
            self._forward, self._peer, self._rewritten_fields = forward, peer, fields
        return rewrite.assembled(head, forward, self._around, request_id)


def _keeps(head: RequestHead) -> bool:
    if head.version == "1.1":
        return not head.says_close()
    return b"keep-alive" in tokens(head.values(b"connection"))


def _named_id(head: RequestHead) -> bytes | None:
    named = head.header(b"x-request-id")
    if named is None or grammar.REQUEST_ID.fullmatch(named) is None:
        return None
    return named
