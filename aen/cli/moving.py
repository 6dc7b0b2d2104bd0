"""One file from here to a project, or back: whole, and gone on with when it breaks."""

import hashlib
import http.client
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from attrs import define, field

from aen.cli.desk import Desk
from aen.cli.filesapp import FilesApp, Lost, Stat
from aen.cli.problems import Problem, Refused
from aen.cli.showing import size_text

_AT_ONCE = 256 * 1024
_NAMED_FROM = 4 * 1024 * 1024
"""Files of this size on are sent under a name, so that they can be gone on with."""
_TRIES = 5
_NOTHING = 404
_CONFLICT = 409


@define
class Gauge:
    """Says on a terminal how far something is; says nothing elsewhere."""

    _desk: Desk
    _name: str
    _total: int | None
    _done: int = 0
    _said: str = field(default="", init=False)

    def add(self, count: int) -> None:
        """Note that *count* bytes more have passed."""
        self._done += count
        total = f" of {size_text(self._total)}" if self._total is not None else ""
        text = f"{self._name}: {size_text(self._done)}{total}"
        if self._desk.err.isatty() and text != self._said:
            self._said = text
            self._desk.err.write(f"\r\033[K{text}")
            self._desk.err.flush()

    def end(self) -> None:
        """Leave the line clean."""
        if self._said:
            self._desk.err.write("\r\033[K")
            self._desk.err.flush()


def send_stream(app: FilesApp, source: BinaryIO, path: str, headers: dict[str, str],
                gauge: Gauge) -> None:  # fmt: skip
    """Send what comes, however long it is."""
    app.read(app.ask("PUT", path, blocks(source, gauge), headers))


def send_file(
    app: FilesApp, source: Path, path: str, headers: dict[str, str], gauge: Gauge
) -> None:
    """Send a file; what broke off is gone on with, now or the next time.

    :raises Lost: it breaks again and again.
    """
    about = source.stat()
    query: dict[str, object] = {}
    if about.st_mode & stat.S_IXUSR:
        query["executable"] = 1
    if about.st_size < _NAMED_FROM:
        app.read(app.ask("PUT", path, source.read_bytes(), headers, query))
        gauge.add(about.st_size)
        return
    query["upload"] = _upload_name(source, path, about)
    for tries in range(_TRIES):
        start = _come(app, path, query["upload"])
        try:
            _send_rest(app, source, path, headers, gauge, (start, about.st_size), query)
        except Problem as error:
            if tries == _TRIES - 1 or not _may_go_on(error, tries):
                raise
            app.pause(1.0 + tries)
        else:
            return


def _may_go_on(error: Problem, tries: int) -> bool:
    """Whether sending on may help.

    The app may still have been writing what came before the connection broke.
    """
    late = isinstance(error, Refused) and error.answered == _CONFLICT and tries > 0
    return isinstance(error, Lost) or late


def _send_rest(  # noqa: PLR0913, PLR0917 -- what one request is made of
    app: FilesApp,
    source: Path,
    path: str,
    headers: dict[str, str],
    gauge: Gauge,
    part: tuple[int, int],
    query: dict[str, object],
) -> None:
    start, total = part
    more = {
        "Content-Length": str(total - start),
        "Content-Range": f"bytes {start}-{total - 1}/{total}",
    }
    with source.open("rb") as file:
        file.seek(start)
        answer = app.ask("PUT", path, blocks(file, gauge), headers | more, query)
    app.read(answer)


def _upload_name(source: Path, path: str, about: os.stat_result) -> str:
    """Return a name that is the same for the same content at the same place."""
    what = f"{source.resolve()}\0{path}\0{about.st_size}\0{about.st_mtime_ns}"
    return hashlib.sha256(what.encode("utf-8", "surrogateescape")).hexdigest()[:32]


def _come(app: FilesApp, path: str, upload: object) -> int:
    """Return how much of an upload is there already."""
    try:
        return int(app.json("GET", path, {"upload": upload})["offset"])
    except Refused as error:
        if error.answered == _NOTHING:
            return 0
        raise


def blocks(source: BinaryIO, gauge: Gauge) -> Iterator[bytes]:
    """Give what is in a file, and tell the gauge."""
    while block := source.read(_AT_ONCE):
        yield block
        gauge.add(len(block))


def fetch_stream(app: FilesApp, path: str, target: BinaryIO, gauge: Gauge) -> None:
    """Write a file to a stream."""
    response = app.ask("GET", path)
    while block := read_block(app, response):
        target.write(block)
        gauge.add(len(block))
    target.flush()


def fetch_file(
    app: FilesApp, path: str, found: Stat, target: Path, gauge: Gauge
) -> None:
    """Write a file here, whole or not at all; a part of it is gone on with.

    :raises Lost: it breaks again and again; the part stays, hidden, for the next time.
    """
    part = target.with_name(f".{target.name}.{_tag(found.etag)}.aen-part")
    for tries in range(_TRIES):
        try:
            _fetch_rest(app, path, found, part, gauge)
        except Lost:
            if tries == _TRIES - 1:
                raise
            app.pause(1.0 + tries)
        else:
            break
    if found.executable:
        part.chmod(part.stat().st_mode | (part.stat().st_mode & 0o444) >> 2)
    part.replace(target)


def _fetch_rest(
    app: FilesApp, path: str, found: Stat, part: Path, gauge: Gauge
) -> None:
    start = part.stat().st_size if part.exists() else 0
    if start == found.size and part.exists():
        return
    headers = {"If-Match": found.etag}
    if start:
        headers |= {"Range": f"bytes={start}-", "If-Range": found.etag}
    response = app.ask("GET", path, None, headers)
    if response.headers.get("etag") != found.etag:
        app.close()
        part.unlink(missing_ok=True)
        raise Refused(f"{path} was changed while it was read; begin again.")
    with part.open("ab" if response.status == 206 else "wb") as file:  # noqa: PLR2004
        while block := read_block(app, response):
            file.write(block)
            gauge.add(len(block))
    if part.stat().st_size != found.size:
        app.close()
        raise Lost(f"{path} broke off.")


def read_block(app: FilesApp, response: http.client.HTTPResponse) -> bytes:
    """Return the next bytes of an answer; none at its end.

    :raises Lost: the connection broke before that.
    """
    try:
        block = response.read(_AT_ONCE)
    except (OSError, http.client.HTTPException) as error:
        app.close()
        raise Lost(f"The connection broke: {error}.") from None
    return block


def _tag(etag: str) -> str:
    return hashlib.sha256(etag.encode()).hexdigest()[:12]
