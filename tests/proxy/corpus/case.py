"""What a case of the corpus is, and the few words the tables are written in."""

from collections.abc import Iterable

from attrs import frozen

HOST = b"Host: a"


@frozen
class Case:
    """Bytes of one client, what it is answered, and what an upstream makes of it.

    *passed* says ``method target body`` for each request an upstream gets.
    """

    name: str
    sent: bytes
    answers: tuple[int, ...]
    passed: tuple[bytes, ...] = ()


def head(*lines: bytes, start: bytes = b"GET / HTTP/1.1", end: bytes = b"") -> bytes:
    """Return a request's head with Host; *end* is its body."""
    return b"\r\n".join((start, HOST, *lines, b"", b"")) + end


def bare(*lines: bytes) -> bytes:
    """Return a request's head of just these lines."""
    return b"\r\n".join((*lines, b"", b""))


def post(*lines: bytes, body: bytes = b"") -> bytes:
    """Return a POST with these header lines and this body."""
    return head(*lines, start=b"POST / HTTP/1.1", end=body)


def chunked(body: bytes) -> bytes:
    """Return a POST whose chunked body is spelled so."""
    return post(b"Transfer-Encoding: chunked", body=body)


def refused(status: int, kind: str, sent: Iterable[bytes]) -> tuple[Case, ...]:
    """Return cases that get *status* and reach nobody."""
    return tuple(
        Case(f"{kind} {one[:60]!r} {number}", one, (status,))
        for number, one in enumerate(sent)
    )


def passes(kind: str, sent: Iterable[tuple[bytes, bytes]]) -> tuple[Case, ...]:
    """Return cases of one request each that reaches an upstream as spelled."""
    return tuple(
        Case(f"{kind} {one[:60]!r} {number}", one, (200,), (what,))
        for number, (one, what) in enumerate(sent)
    )
