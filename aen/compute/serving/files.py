"""Answers with an open file, or with the parts of it that were asked for."""

import os

from attrs import frozen
from twisted.web.server import Request

from aen.compute.serving.ranges import PLAIN_TYPE, Parts, Version, Wish
from aen.compute.serving.sending import Piece, Sending


@frozen
class OpenFile:
    """A regular file, open for reading; whoever has it closes `descriptor`."""

    name: bytes
    descriptor: int
    version: Version


def version_of(about: os.stat_result) -> Version:
    """Return what is known of a file's content without reading it."""
    numbers = (about.st_dev, about.st_ino, about.st_mtime_ns, about.st_size)
    etag = '"' + "-".join(f"{number:x}" for number in numbers) + '"'
    return Version(etag.encode(), int(about.st_mtime), about.st_size)


def wish_of(request: Request) -> Wish:
    """Return the conditions and the range of a request."""
    return Wish(
        match=request.getHeader(b"if-none-match"),
        since=request.getHeader(b"if-modified-since"),
        range=request.getHeader(b"range") if request.method == b"GET" else None,
        if_range=request.getHeader(b"if-range"),
    )


def send(request: Request, found: OpenFile, chosen: Parts) -> None:
    """Send the *chosen* parts of a file, as fast as they are taken."""
    size = found.version.size
    request.setResponseCode(chosen.status)
    if chosen.status in (304, 416):
        os.close(found.descriptor)
        if chosen.status == 416:  # noqa: PLR2004 -- RFC 9110 section 15.5.17
            request.setHeader(b"content-range", b"bytes */%d" % size)
            request.setHeader(b"content-length", b"0")
        request.finish()
        return
    if len(chosen.parts) > 1:
        pieces = _several(request, chosen.parts, size)
    else:
        pieces = [_one(request, chosen, size)]
    length = sum(len(text) + length for text, _, length in pieces)
    request.setHeader(b"content-length", b"%d" % length)
    if request.method == b"HEAD" or length == 0:
        os.close(found.descriptor)
        request.write(b"")
        request.finish()
    else:
        file = os.fdopen(found.descriptor, "rb", buffering=0)
        Sending(request, file, pieces).start()


def _one(request: Request, chosen: Parts, size: int) -> Piece:
    """Return the only part; sets the header that says which one it is."""
    start, length = chosen.parts[0] if chosen.parts else (0, size)
    if chosen.parts:
        said = b"bytes %d-%d/%d" % (start, start + length - 1, size)
        request.setHeader(b"content-range", said)
    return b"", start, length


def _several(
    request: Request, parts: tuple[tuple[int, int], ...], size: int
) -> list[Piece]:
    boundary = os.urandom(16).hex().encode()
    kind = request.responseHeaders.getRawHeaders(b"content-type", [PLAIN_TYPE])[0]
    pieces: list[Piece] = []
    for start, length in parts:
        head = b"\r\n--%s\r\nContent-Type: %s\r\nContent-Range: bytes %d-%d/%d\r\n\r\n"
        said = head % (boundary, kind, start, start + length - 1, size)
        pieces.append((said, start, length))
    pieces.append((b"\r\n--%s--\r\n" % boundary, 0, 0))
    request.setHeader(b"content-type", b"multipart/byteranges; boundary=" + boundary)
    return pieces
