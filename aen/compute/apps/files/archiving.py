"""A folder as an archive, made as it is read: no temporary file, a chunk at a time."""

import os
import stat
import tarfile
import time
import zipfile
import zlib
from collections.abc import Iterator
from typing import Final

from attrs import frozen

from aen.compute.apps.files.addresses import shown
from aen.compute.apps.files.exporting import export
from aen.compute.apps.files.inside import Inside
from aen.compute.apps.files.walking import Item, Walk

KINDS: Final = {
    "tar.gz": b"application/gzip",
    "tar": b"application/x-tar",
    "zip": b"application/zip",
}
LEFT_OUT: Final = "NOT-IN-THIS-ARCHIVE.txt"
EXPORTED: Final = "exported-environments"
_BLOCK = 128 * 1024
_CHUNK = 128 * 1024
_LEVEL = 6
_GZIP = 31  # zlib's way to say: with gzip's head and end
_RECORD = tarfile.BLOCKSIZE
_FIRST_YEAR = 1980  # zip knows no earlier ones
_LAST_YEAR = 2107


@frozen
class Source:
    """What goes into an archive, and below which name."""

    inside: Inside
    folder: int
    """A descriptor; whoever made this closes it."""
    name: str
    """The folder at the top of the archive."""
    top: bool
    """Whether it is the whole project."""
    environments: bool = False


def archive(source: Source, kind: str) -> Iterator[bytes]:
    """Give an archive of *source*, chunk by chunk; *kind* is one of `KINDS`."""
    if kind == "zip":
        return _gathered(_zip(source))
    plain = _tar(source)
    return _gathered(_gzip(plain) if kind == "tar.gz" else plain)


def _gathered(parts: Iterator[bytes]) -> Iterator[bytes]:
    """Give the same bytes in chunks that are worth a turn of their own."""
    waiting: list[bytes] = []
    size = 0
    for part in parts:
        waiting.append(part)
        size += len(part)
        if size >= _CHUNK:
            yield b"".join(waiting)
            waiting, size = [], 0
    if waiting:
        yield b"".join(waiting)


def _gzip(parts: Iterator[bytes]) -> Iterator[bytes]:
    packing = zlib.compressobj(_LEVEL, zlib.DEFLATED, _GZIP)
    for part in parts:
        if packed := packing.compress(part):
            yield packed
    yield packing.flush()


def _tar(source: Source) -> Iterator[bytes]:
    walk = Walk(source.environments)
    yield _head(_folder_info(source.name))
    for item in walk.items(source.folder, top=source.top):
        yield from _tar_item(source.name, item, walk)
    for way, text in _added(source, walk):
        yield from _tar_text(f"{source.name}/{way}", text)
    yield b"\0" * (2 * _RECORD)


def _folder_info(name: str) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.mode = tarfile.DIRTYPE, 0o755
    info.mtime = int(time.time())  # noqa: TID251 -- an archive is of some time
    return info


def _head(info: tarfile.TarInfo) -> bytes:
    return info.tobuf(tarfile.PAX_FORMAT, "utf-8", "surrogateescape")


def _tar_item(top: str, item: Item, walk: Walk) -> Iterator[bytes]:
    info = tarfile.TarInfo(f"{top}/{item.way}")
    info.mtime = int(item.about.st_mtime)
    info.mode = stat.S_IMODE(item.about.st_mode) & 0o777
    if item.target:
        info.type, info.linkname = tarfile.SYMTYPE, item.target
    elif stat.S_ISDIR(item.about.st_mode):
        info.type = tarfile.DIRTYPE
    else:
        info.size = item.about.st_size
        yield _head(info)
        yield from _exactly(item, walk)
        yield b"\0" * (-info.size % _RECORD)
        return
    yield _head(info)


def _exactly(item: Item, walk: Walk) -> Iterator[bytes]:
    """Give as many bytes as were announced, whatever becomes of the file meanwhile."""
    left = item.about.st_size
    while left:
        data = os.read(item.descriptor, min(_BLOCK, left))
        if not data:
            walk.note(item.way, "it became shorter while it was read")
            data = b"\0" * min(_BLOCK, left)
        left -= len(data)
        yield data


def _tar_text(way: str, text: str) -> Iterator[bytes]:
    content = text.encode("utf-8", "replace")
    info = tarfile.TarInfo(way)
    info.size, info.mode = len(content), 0o644
    info.mtime = int(time.time())  # noqa: TID251 -- as above
    yield _head(info)
    yield content
    yield b"\0" * (-len(content) % _RECORD)


def _added(source: Source, walk: Walk) -> Iterator[tuple[str, str]]:
    """Give the texts that stand for what is left out."""
    for name in walk.found_environments:
        if exported := export(source.inside, name):
            end, text = exported
            yield f"{EXPORTED}/{name}{end}", text
    if walk.left:
        more = [f"and {walk.more_left} more"] if walk.more_left else []
        lines = "\n".join([*walk.left, *more])
        yield LEFT_OUT, f"This is not in the archive, and why:\n\n{lines}\n"


class _Sink:
    """What a zip is written to: it goes one way."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def write(self, data: bytes) -> int:
        """Take the next bytes."""
        self._parts.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """There is nothing to wait for."""

    def take(self) -> bytes:
        """Return what was written since the last time."""
        data = b"".join(self._parts)
        self._parts.clear()
        return data


def _zip(source: Source) -> Iterator[bytes]:
    walk, sink = Walk(source.environments), _Sink()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as packed:  # type: ignore[call-overload]
        for item in walk.items(source.folder, top=source.top):
            yield from _zip_item(packed, sink, f"{source.name}/{item.way}", item)
        for way, text in _added(source, walk):
            packed.writestr(f"{source.name}/{way}", text.encode("utf-8", "replace"))
            yield sink.take()
    yield sink.take()


def _zip_item(
    packed: zipfile.ZipFile, sink: _Sink, way: str, item: Item
) -> Iterator[bytes]:
    folder = stat.S_ISDIR(item.about.st_mode)
    when = time.gmtime(item.about.st_mtime)[:6]
    if not _FIRST_YEAR <= when[0] <= _LAST_YEAR:
        when = (_FIRST_YEAR, 1, 1, 0, 0, 0)
    # A zip's names are UTF-8: what is none is marked, as everywhere it is shown.
    info = zipfile.ZipInfo(shown(way) + ("/" if folder else ""), when)
    info.compress_type = zipfile.ZIP_DEFLATED
    kind = stat.S_IFMT(item.about.st_mode)
    info.external_attr = (kind | stat.S_IMODE(item.about.st_mode) & 0o777) << 16
    if item.target:
        packed.writestr(info, os.fsencode(item.target))
    elif folder:
        packed.writestr(info, b"")
    else:
        with packed.open(info, "w", force_zip64=True) as file:
            while data := os.read(item.descriptor, _BLOCK):
                file.write(data)
                yield sink.take()
    yield sink.take()
