"""From bytes to heads: llhttp reads them after our own grammar has passed them."""

from typing import Final

import httptools
from attrs import Factory, define

from aen.proxy import grammar
from aen.proxy.errors import (
    ExpectationFailed,
    HeadTooLarge,
    MethodRefused,
    ProtocolError,
    UnknownVersion,
    UpstreamBroke,
)
from aen.proxy.head import Headers, RequestHead, ResponseHead

_VERSION: Final = b"HTTP/1."
_REFUSED_METHODS: Final = frozenset({b"CONNECT", b"TRACE", b"PRI"})


@define
class HeadBuffer:
    """Collects one head from reads of any size; refuses bad bytes as they come.

    *of_request* says which first line to expect; *limit* is in bytes.
    """

    limit: int
    of_request: bool = True
    _data: bytearray = Factory(bytearray)
    _lines: int = 0
    """Where the unfinished line begins; all before it is well formed."""
    _seen: int = 0
    _skipped: bool = False

    @property
    def empty(self) -> bool:
        """Whether no byte of a head has come yet."""
        return not self._data

    def take(self, data: bytes) -> tuple[bytes, bytes] | None:
        """Return the whole head and what follows it, or None for "need more".

        :raises ProtocolError: these bytes cannot become a head.
        """
        if not self._data and not data.startswith(b"\r"):
            end = data.find(b"\r\n\r\n") + 4
            if 4 <= end <= self.limit:  # noqa: PLR2004 -- -1 + 4 is "not found"
                self._skipped = False
                return data[:end], data[end:]
        self._data += data
        self._skip_blank_line()
        return self._take_slowly()

    def _skip_blank_line(self) -> None:
        # RFC 9112 section 2.2: one empty line before a request is to be ignored.
        if self.of_request and not self._skipped and self._data.startswith(b"\r\n"):
            del self._data[:2]
            self._seen = 0
            self._skipped = True

    def _take_slowly(self) -> tuple[bytes, bytes] | None:
        held = self._data
        end = held.find(b"\r\n\r\n", max(0, self._seen - 3)) + 4
        if (end if end >= 4 else len(held)) > self.limit:  # noqa: PLR2004
            raise self._error(HeadTooLarge, "the head is too long")
        if end >= 4:  # noqa: PLR2004
            whole = bytes(held)
            held.clear()
            self._lines = self._seen = 0
            self._skipped = False
            return whole[:end], whole[end:]
        self._check_lines()
        return None

    def _check_lines(self) -> None:
        held = self._data
        while (end := held.find(b"\n", max(self._lines, self._seen)) + 1) > 0:
            self._check_line(bytes(held[self._lines : end]))
            self._lines = self._seen = end
        begun = self._lines > 0 or self.of_request
        if not begun and not _VERSION.startswith(bytes(held[: len(_VERSION)])):
            raise UpstreamBroke("the beginning of something that is not HTTP")
        # A CR may be waiting for its LF: look at it again with the next byte.
        begin = max(self._lines, self._seen - 1)
        if grammar.UNFINISHED.fullmatch(held, begin) is None:
            raise self._error(ProtocolError, "a control character in the head")
        self._seen = len(held)

    def _error(self, kind: type[ProtocolError], words: str) -> ProtocolError:
        return (kind if self.of_request else UpstreamBroke)(words)

    def _check_line(self, line: bytes) -> None:
        if self._lines > 0:
            if grammar.FIELD_LINE.fullmatch(line) is None:
                raise self._error(ProtocolError, "a malformed header line")
        elif self.of_request:
            _check_request_line(line)
        elif grammar.STATUS_LINE.fullmatch(line) is None:
            raise UpstreamBroke("a malformed status line")


def _check_request_line(head: bytes) -> None:
    match = grammar.REQUEST_LINE.match(head)
    if match is None:
        raise ProtocolError("a malformed request line")
    if match[1] not in (b"1.0", b"1.1"):
        raise UnknownVersion("an unknown version of HTTP")


class _Collector:
    """Receives llhttp's callbacks for one head."""

    __slots__ = ("headers", "reason", "target")

    def __init__(self) -> None:
        self.target = b""
        self.reason = b""
        self.headers: list[tuple[bytes, bytes]] = []

    def on_url(self, target: bytes) -> None:
        self.target += target

    def on_status(self, reason: bytes) -> None:
        self.reason += reason

    def on_header(self, name: bytes, value: bytes) -> None:
        self.headers.append((name, value))

    def fields(self, raw: bytes) -> Headers:
        """Return the headers of *raw* without the blanks llhttp leaves behind them."""
        if b" \r\n" in raw or b"\t\r\n" in raw:
            return tuple([(name, value.rstrip(b" \t")) for name, value in self.headers])
        return tuple(self.headers)


def read_request_head(raw: bytes, max_headers: int) -> RequestHead:
    """Return the request head that *raw*, ending in an empty line, spells.

    :raises ProtocolError: it is malformed or ambiguous; says how, without quoting.
    """
    if grammar.REQUEST_HEAD.fullmatch(raw) is None:
        _check_request_line(raw)
        raise ProtocolError("a malformed header line")
    collected = _Collector()
    parser = httptools.HttpRequestParser(collected)
    try:
        parser.feed_data(raw)
    except httptools.HttpParserUpgrade:
        pass
    except httptools.HttpParserInvalidMethodError:
        raise MethodRefused("an unknown method") from None
    except httptools.HttpParserError:
        raise ProtocolError("a malformed request") from None
    if len(collected.headers) > max_headers:
        raise HeadTooLarge("too many headers")
    method = parser.get_method()
    target, authority = _origin_form(method, collected.target)
    if authority is not None and parser.get_http_version() == "1.0":
        _add_host(collected.headers, authority)
    head = RequestHead(method, target, parser.get_http_version(), collected.fields(raw))
    _check_host(head, authority)
    return head


def _add_host(headers: list[tuple[bytes, bytes]], authority: bytes) -> None:
    """Keep the host that only an absolute target named."""
    if not any(name.lower() == b"host" for name, _ in headers):
        headers.append((b"Host", authority))


def _origin_form(method: bytes, target: bytes) -> tuple[bytes, bytes | None]:
    """Return the target without scheme and host, and the host it named."""
    if method in _REFUSED_METHODS:
        raise MethodRefused("a method this proxy does not serve")
    if grammar.ORIGIN_FORM.fullmatch(target) is not None:
        return target, None
    if method == b"OPTIONS" and target == b"*":
        return target, None
    match = grammar.ABSOLUTE_FORM.fullmatch(target)
    if match is None:
        raise ProtocolError("a malformed target")
    return (match[2] or b"/") + match[3], match[1]


def _check_host(head: RequestHead, authority: bytes | None) -> None:
    """RFC 9112 section 3.2: one Host, and an absolute target agrees with it."""
    hosts = head.values(b"host")
    if len(hosts) > 1 or (not hosts and head.version == "1.1"):
        raise ProtocolError("not exactly one Host header")
    if hosts and grammar.HOST_VALUE.fullmatch(hosts[0]) is None:
        raise ProtocolError("a malformed Host header")
    if authority is not None and hosts and authority.lower() != hosts[0].lower():
        raise ProtocolError("the target's host is not the Host header's")


def check_expectation(head: RequestHead) -> bool:
    """Return whether the client waits for ``100 Continue``.

    :raises ExpectationFailed: it expects something else.
    """
    expected = head.header(b"expect")
    if expected is None:
        return False
    if expected.lower() != b"100-continue" or len(head.values(b"expect")) > 1:
        raise ExpectationFailed("an unknown expectation")
    return head.version == "1.1"


def read_response_head(raw: bytes, max_headers: int) -> ResponseHead:
    """Return the response head that *raw*, ending in an empty line, spells.

    :raises UpstreamBroke: it is malformed.
    """
    if grammar.RESPONSE_HEAD.fullmatch(raw) is None:
        raise UpstreamBroke("a malformed response head")
    collected = _Collector()
    parser = httptools.HttpResponseParser(collected)
    try:
        parser.feed_data(raw)
    except httptools.HttpParserUpgrade:
        pass
    except httptools.HttpParserError:
        raise UpstreamBroke("a malformed response") from None
    if len(collected.headers) > max_headers:
        raise UpstreamBroke("too many headers in a response")
    return ResponseHead(
        parser.get_http_version(),
        parser.get_status_code(),
        collected.reason,
        collected.fields(raw),
    )
