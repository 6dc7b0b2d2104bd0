"""Chunked bodies (RFC 9112 section 7.1), checked while they pass."""

from enum import Enum, auto

from aen.proxy import grammar
from aen.proxy.errors import ProtocolError

_LINE_BYTES = 274  # 16 digits, 256 bytes of extensions, CRLF


class _State(Enum):
    SIZE = auto()
    DATA = auto()
    DATA_END = auto()
    TRAILERS = auto()


class ChunkedBody:
    """Follows a chunked body; passes its chunks on without extensions.

    The last chunk and the trailers are held back: when `done`, the caller writes
    `ending` of those `trailers` it lets pass. With *decode* only the data passes.
    """

    __slots__ = (
        "_decode",
        "_held",
        "_left",
        "_state",
        "_trailer_bytes",
        "done",
        "rest",
        "trailers",
    )

    def __init__(self, trailer_bytes: int, *, decode: bool = False) -> None:
        self.done = False
        self.rest = b""
        self.trailers: list[tuple[bytes, bytes]] = []
        self._decode = decode
        self._trailer_bytes = trailer_bytes
        self._state = _State.SIZE
        self._held = b""
        self._left = 0

    def take(self, data: bytes) -> bytes:
        """Return what of the body may be passed on.

        :raises ProtocolError: this is not a chunked body.
        """
        if self._state is _State.DATA and len(data) < self._left:
            self._left -= len(data)
            return data
        if self._held:
            data = self._held + data
            self._held = b""
        passed: list[bytes] = []
        at = 0
        while at < len(data) and not self.done:
            begin = at
            if self._state is _State.DATA:
                at = min(len(data), at + self._left)
                self._take_data(data[begin:at], passed)
            else:
                at = data.find(b"\n", at) + 1
                if at == 0:
                    self._hold(data[begin:])
                    break
                self._take_line(data[begin:at], passed)
        if self.done:
            self.rest = data[at:]
        return b"".join(passed)

    def _take_data(self, data: bytes, passed: list[bytes]) -> None:
        passed.append(data)
        self._left -= len(data)
        if self._left == 0:
            self._state = _State.DATA_END

    def _take_line(self, line: bytes, passed: list[bytes]) -> None:
        if self._state is _State.SIZE:
            self._take_size(line, passed)
        elif self._state is _State.TRAILERS:
            self._take_trailer(line)
        elif line == b"\r\n":
            self._state = _State.SIZE
            if not self._decode:
                passed.append(line)
        else:
            raise ProtocolError("a chunk longer than announced")

    def _take_size(self, line: bytes, passed: list[bytes]) -> None:
        match = grammar.CHUNK_LINE.fullmatch(line)
        if match is None or len(line) > _LINE_BYTES:
            raise ProtocolError("a malformed chunk size")
        self._left = int(match[1], 16)
        if self._left == 0:
            self._state = _State.TRAILERS
            return
        self._state = _State.DATA
        if not self._decode:
            passed.append(line if not match[2] else match[1] + b"\r\n")

    def _take_trailer(self, line: bytes) -> None:
        self._trailer_bytes -= len(line)
        if self._trailer_bytes < 0 or grammar.FIELD_LINE.fullmatch(line) is None:
            raise ProtocolError("malformed or too many trailers")
        if line == b"\r\n":
            self.done = True
        else:
            name, _, value = line.partition(b":")
            self.trailers.append((name, value.strip(b" \t\r\n")))

    def _hold(self, line: bytes) -> None:
        """Keep an unfinished line, which must still be able to become a good one."""
        if self._state is _State.SIZE:
            fine = (
                len(line) <= _LINE_BYTES
                and grammar.UNFINISHED_CHUNK_LINE.fullmatch(line) is not None
            )
        elif self._state is _State.DATA_END:
            fine = line == b"\r"
        else:
            fine = (
                len(line) <= self._trailer_bytes
                and grammar.UNFINISHED.fullmatch(line) is not None
            )
        if not fine:
            raise ProtocolError("a malformed line in a chunked body")
        self._held = line


def ending(trailers: list[tuple[bytes, bytes]]) -> bytes:
    """Return the last chunk with these trailers."""
    fields = b"".join(b"%s: %s\r\n" % field for field in trailers)
    return b"0\r\n" + fields + b"\r\n"


def chunk(data: bytes) -> bytes:
    """Return *data*, which is not empty, as one chunk."""
    return b"%x\r\n%s\r\n" % (len(data), data)
