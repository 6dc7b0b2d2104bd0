"""Encryption of a backup with a passphrase: scrypt, and authenticated chunks.

::

    magic | log2 of N, r, p | salt (16) | HMAC-SHA256 of all that (32) | chunks

scrypt (RFC 7914) makes two keys of the passphrase and the salt: one for the HMAC, by
which a wrong passphrase is told from an altered file, one for the chunks. These are
64 KiB each, the last one shorter, under ChaCha20-Poly1305 (RFC 8439). The nonce
of a chunk is its number and whether it is the last: none can be altered, left out,
moved or added (the STREAM construction of Hoang, Reyhanitabar, Rogaway and Vizár,
2015). No two files share keys, as each has a salt of its own.
"""

import hashlib
import hmac
import secrets
from collections.abc import Callable
from typing import Protocol

from attrs import frozen
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from aen.model.errors import Invalid

MAGIC = b"AEN sealed backup 1\n"
CHUNK = 64 * 1024
_TAG = 16
_SALT = 16
_MAC = 32
_KEY = 32
_HEAD = len(MAGIC) + 3 + _SALT
_LARGEST_N, _LARGEST_R, _LARGEST_P = 20, 16, 4
"""More would let a file take gigabytes of memory before it is known to be one."""
SHORTEST = 12
"""Characters of a passphrase: who has the file may try as many as they like."""

WRONG = (
    "The passphrase is not the one this backup was encrypted with (or the first bytes"
    " of the file were altered)."
)
ALTERED = "The backup has been altered or cut off; nothing of it can be trusted."


class Source(Protocol):
    """Where bytes come from."""

    def read(self, size: int, /) -> bytes:
        """Return at most *size* bytes; none at the end."""


@frozen
class Cost:
    """How dear each try of a passphrase is: scrypt's parameters."""

    log_n: int = 17
    """128 MiB and about half a second, with the others as they are."""
    r: int = 8
    p: int = 1


def check_passphrase(text: str) -> str:
    """Return *text*, or raise `Invalid` where it is too short to protect anything."""
    if len(text) < SHORTEST:
        raise Invalid(f"A passphrase must have at least {SHORTEST} characters.")
    return text


class Sealer:
    """Encrypts what is written, and hands it on."""

    def __init__(
        self,
        write: Callable[[bytes], object],
        passphrase: str,
        cost: Cost | None = None,
        salt: bytes | None = None,
    ) -> None:
        used = cost or Cost()
        numbers = bytes((used.log_n, used.r, used.p))
        head = MAGIC + numbers + (salt or secrets.token_bytes(_SALT))
        keys = _Keys.of(passphrase, head)
        self._write = write
        self._cipher = ChaCha20Poly1305(keys.chunks)
        self._number = 0
        self._held = bytearray()
        write(head + keys.mac(head))

    def write(self, data: bytes) -> int:
        """Take *data*; what fills a chunk goes on."""
        self._held += data
        # One chunk at least stays: only `close` knows which is the last.
        while len(self._held) > CHUNK:
            self._put(bytes(self._held[:CHUNK]), last=False)
            del self._held[:CHUNK]
        return len(data)

    def close(self) -> None:
        """Write the last chunk."""
        self._put(bytes(self._held), last=True)

    def _put(self, data: bytes, *, last: bool) -> None:
        self._write(self._cipher.encrypt(_nonce(self._number, last=last), data, None))
        self._number += 1


class Unsealer:
    """Reads what was sealed; nothing comes out that was not put in."""

    def __init__(self, source: Source, passphrase: str) -> None:
        """Read the head.

        :raises Invalid: the passphrase is another, or this is no sealed backup.
        """
        self._source = source
        head, mac = _exactly(source, _HEAD), _exactly(source, _MAC)
        check_head(head)
        keys = _Keys.of(passphrase, head)
        if not hmac.compare_digest(mac, keys.mac(head)):
            raise Invalid(WRONG)
        self._cipher = ChaCha20Poly1305(keys.chunks)
        self._number = 0
        self._next = _filled(source, CHUNK + _TAG)
        self._open = b""
        self._over = False

    def read(self, size: int, /) -> bytes:
        """Return at most *size* bytes; none at the end.

        :raises Invalid: the file was altered or cut off.
        """
        if not self._open and not self._over:
            self._open = self._chunk()
        data, self._open = self._open[:size], self._open[size:]
        return data

    def _chunk(self) -> bytes:
        sealed, self._next = self._next, _filled(self._source, CHUNK + _TAG)
        self._over = not self._next
        nonce = _nonce(self._number, last=self._over)
        self._number += 1
        try:
            return self._cipher.decrypt(nonce, sealed, None)
        except InvalidTag:
            raise Invalid(ALTERED) from None


@frozen
class _Keys:
    chunks: bytes
    head: bytes

    @classmethod
    def of(cls, passphrase: str, head: bytes) -> "_Keys":
        log_n, r, p = head[len(MAGIC) : len(MAGIC) + 3]
        salt = head[len(MAGIC) + 3 :]
        derive = Scrypt(salt=salt, length=2 * _KEY, n=2**log_n, r=r, p=p).derive
        made = derive(passphrase.encode())
        return cls(made[:_KEY], made[_KEY:])

    def mac(self, head: bytes) -> bytes:
        return hmac.digest(self.head, head, hashlib.sha256)


def check_head(head: bytes) -> None:
    """Raise `Invalid` for what is not the beginning of a sealed backup of ours."""
    numbers = head[len(MAGIC) : len(MAGIC) + 3]
    most = (_LARGEST_N, _LARGEST_R, _LARGEST_P)
    bounded = all(0 < one <= top for one, top in zip(numbers, most, strict=False))
    if len(head) != _HEAD or not head.startswith(MAGIC) or not bounded:
        raise Invalid(ALTERED)


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes((last,))


def _exactly(source: Source, size: int) -> bytes:
    data = _filled(source, size)
    if len(data) != size:
        raise Invalid(ALTERED)
    return data


def _filled(source: Source, size: int) -> bytes:
    """Return *size* bytes, fewer only at the end."""
    data = bytearray()
    while len(data) < size and (more := source.read(size - len(data))):
        data += more
    return bytes(data)
