"""gzip, with the SHA-256 of the whole file at its end.

A backup that is not encrypted is an ordinary ``.tar.gz``. The CRC of gzip (RFC 1952)
leaves bits out that nobody reads; so a second, empty member follows the first, whose
comment holds the SHA-256 of every byte before it. ``gzip -t`` and ``tar -xzf`` read
past it. Against somebody who can write to the file only encryption helps.
"""

import hashlib
import struct
import zlib
from collections.abc import Callable

from aen.model.errors import Invalid
from aen.server.backup.sealing import ALTERED, Source

HEAD = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
"""Of the first member: no name, no time, no system."""
_TAIL_HEAD = b"\x1f\x8b\x08\x10\x00\x00\x00\x00\x00\xff"
_EMPTY = b"\x03\x00" + bytes(8)
"""Nothing, deflated, with its CRC and its length."""
_LEVEL = 6
_PIECE = 64 * 1024
_TAIL = 8 + len(_TAIL_HEAD) + len("SHA-256 ") + 64 + 1 + len(_EMPTY)


class Packer:
    """Compresses what is written, and hands it on."""

    def __init__(self, write: Callable[[bytes], object]) -> None:
        self._write = write
        self._deflate = zlib.compressobj(_LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
        self._check = _Check()
        self._digest = hashlib.sha256()
        self._put(HEAD)

    def write(self, data: bytes) -> int:
        """Take *data*."""
        self._check.take(data)
        self._put(self._deflate.compress(data))
        return len(data)

    def close(self) -> None:
        """Write what is left, and the digest of all of it."""
        self._put(self._deflate.flush())
        self._write(self._check.tail(self._digest))

    def _put(self, data: bytes) -> None:
        self._digest.update(data)
        self._write(data)


class Unpacker:
    """Reads what was packed, and at the end sees that it is all of it, unchanged."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._inflate = zlib.decompressobj(-zlib.MAX_WBITS)
        self._check = _Check()
        self._digest = hashlib.sha256()
        self._waiting = b""
        self._over = False
        if self._more(len(HEAD)) != HEAD:
            raise Invalid(ALTERED)
        self._digest.update(HEAD)

    def read(self, size: int, /) -> bytes:
        """Return at most *size* bytes; none at the end.

        :raises Invalid: the file was altered or cut off.
        """
        data = b""
        while not data and not self._over and size > 0:
            data = self._some(size)
        return data

    def _some(self, size: int) -> bytes:
        given = self._waiting or self._source.read(_PIECE)
        try:
            data = self._inflate.decompress(given, size)
        except zlib.error:
            raise Invalid(ALTERED) from None
        unread = self._inflate.unused_data or self._inflate.unconsumed_tail
        self._digest.update(given[: len(given) - len(unread)])
        self._check.take(data)
        self._waiting = unread
        if self._inflate.eof:
            self._over = True
            self._see_the_end()
        elif not given:
            raise Invalid(ALTERED)
        return data

    def _see_the_end(self) -> None:
        """Compare what follows with what we would have written."""
        if self._more(_TAIL + 1) != self._check.tail(self._digest):
            raise Invalid(ALTERED)

    def _more(self, size: int) -> bytes:
        while len(self._waiting) < size and (more := self._source.read(size)):
            self._waiting += more
        data, self._waiting = self._waiting[:size], self._waiting[size:]
        return data


class _Check:
    """What gzip keeps of the bytes before compression: their CRC and their length."""

    def __init__(self) -> None:
        self._crc = 0
        self._size = 0

    def take(self, data: bytes) -> None:
        self._crc = zlib.crc32(data, self._crc)
        self._size = (self._size + len(data)) % 2**32

    def tail(self, digest: "hashlib._Hash") -> bytes:
        """Return what ends the file, after the bytes *digest* was made of."""
        numbers = struct.pack("<II", self._crc, self._size)
        whole = digest.copy()
        whole.update(numbers)
        comment = f"SHA-256 {whole.hexdigest()}".encode() + b"\0"
        return numbers + _TAIL_HEAD + comment + _EMPTY
