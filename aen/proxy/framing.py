"""Where a body ends: RFC 9112 section 6, with every ambiguity refused."""

from typing import Final, Protocol

from aen.proxy import grammar
from aen.proxy.chunked import ChunkedBody
from aen.proxy.errors import ProtocolError, UpstreamBroke
from aen.proxy.head import RequestHead, ResponseHead

CHUNKED: Final = -1
UNTIL_CLOSE: Final = -2

Framing = int
"""A length in bytes, `CHUNKED` or `UNTIL_CLOSE`."""

_NO_CONTENT: Final = 204
_NOT_MODIFIED: Final = 304


class Body(Protocol):
    """Takes a body's bytes in reads of any size and finds its end."""

    done: bool
    rest: bytes
    """What came behind the end, once done."""

    def take(self, data: bytes) -> bytes:
        """Return what of *data* (and of what was held back) is to be passed on."""


class LengthBody:
    """A body of as many bytes as its head announced."""

    __slots__ = ("done", "left", "rest")

    def __init__(self, length: int) -> None:
        self.left = length
        self.done = length == 0
        self.rest = b""

    def take(self, data: bytes) -> bytes:
        """Return the part of *data* that belongs to the body."""
        left = self.left - len(data)
        if left > 0:
            self.left = left
            return data
        self.done = True
        if left == 0:
            return data
        self.rest = data[self.left :]
        return data[: self.left]


class UntilCloseBody:
    """A body that ends with its connection."""

    __slots__ = ("done", "rest")

    def __init__(self) -> None:
        self.done = False
        self.rest = b""

    def take(self, data: bytes) -> bytes:
        """Return *data*."""
        return data


def open_body(framing: Framing, trailer_bytes: int, *, decode: bool = False) -> Body:
    """Return a reader for a body; *decode* takes a chunked one's framing off."""
    if framing == CHUNKED:
        return ChunkedBody(trailer_bytes, decode=decode)
    if framing == UNTIL_CLOSE:
        return UntilCloseBody()
    return LengthBody(framing)


def request_framing(head: RequestHead) -> Framing:
    """Return how the body of a request ends.

    :raises ProtocolError: two parsers could disagree.
    """
    coding = head.header(b"transfer-encoding")
    length = head.header(b"content-length")
    if coding is not None:
        if length is not None:
            raise ProtocolError("both Content-Length and Transfer-Encoding")
        if head.version != "1.1":
            raise ProtocolError("Transfer-Encoding in HTTP/1.0")
        _check_coding(head.values(b"transfer-encoding"))
        return CHUNKED
    if length is None:
        return 0
    return _read_length(head.values(b"content-length"))


def response_framing(head: ResponseHead, method: bytes) -> Framing:
    """Return how the body of the response to a *method* request ends.

    :raises UpstreamBroke: two parsers could disagree.
    """
    try:
        return _response_framing(head, method)
    except UpstreamBroke:
        raise
    except ProtocolError as error:
        raise UpstreamBroke(*error.args) from None


def _response_framing(head: ResponseHead, method: bytes) -> Framing:
    coding = head.header(b"transfer-encoding")
    length = head.header(b"content-length")
    if coding is not None:
        if length is not None:
            raise UpstreamBroke("both Content-Length and Transfer-Encoding")
        if head.version != "1.1":
            raise UpstreamBroke("Transfer-Encoding in HTTP/1.0")
        _check_coding(head.values(b"transfer-encoding"))
    announced = 0 if length is None else _read_length(head.values(b"content-length"))
    if method == b"HEAD" or head.status in (_NO_CONTENT, _NOT_MODIFIED):
        return 0
    if coding is not None:
        return CHUNKED
    return UNTIL_CLOSE if length is None else announced


def _check_coding(values: tuple[bytes, ...]) -> None:
    if len(values) != 1 or values[0].lower() != b"chunked":
        raise ProtocolError("a transfer coding other than chunked")


def _read_length(values: tuple[bytes, ...]) -> int:
    if len(values) != 1 or grammar.CONTENT_LENGTH.fullmatch(values[0]) is None:
        raise ProtocolError("not exactly one Content-Length of digits")
    return int(values[0])
