"""Ways into public folders: by descriptor, past no link, to what anybody may read.

Others change these folders while we look. Each component is first only named by a
descriptor, then judged, and the very same file is opened: nothing can be put in its
place between, and no device or pipe is opened at all. All of it may wait for a disk
and belongs in a thread.
"""

import errno
import os
import stat
from collections.abc import Iterable
from contextlib import suppress
from urllib.parse import unquote_to_bytes

from attrs import frozen

from aen.compute.disk.walk import opened
from aen.compute.serving.files import OpenFile, version_of

MOST_ENTRIES = 5000
"""Names of one directory that are looked at for a listing."""
_PATH = os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC
_LONGEST = 255
_DEEPEST = 64


class NotPublic(Exception):
    """There is nothing that anybody may read."""


@frozen
class Entry:
    """A name in a directory."""

    name: bytes
    directory: bool
    size: int = 0


@frozen
class PublicDirectory:
    """What a directory shows, sorted; *more*: there is more than that."""

    entries: tuple[Entry, ...]
    more: bool = False


def parse_path(path: bytes) -> tuple[tuple[bytes, ...], bool]:
    """Return the names in an address below the public folder; True: a directory's.

    :param path: begins with a slash, escapes and all.
    :raises NotPublic: a name is none that could be public.
    """
    if not path.startswith(b"/"):
        raise NotPublic
    *names, last = [unquote_to_bytes(one) for one in path[1:].split(b"/")]
    directory = last == b""
    if not directory:
        names.append(last)
    if len(names) > _DEEPEST or not all(is_shown(name) for name in names):
        raise NotPublic
    return tuple(names), directory


def is_shown(name: bytes) -> bool:
    """Whether what is called *name* may be public: hidden files never are."""
    odd = b"/" in name or b"\0" in name or len(name) > _LONGEST
    return name != b"" and not name.startswith(b".") and not odd


def look(
    root: str, way: tuple[bytes, ...], names: Iterable[bytes]
) -> OpenFile | PublicDirectory:
    """Return what is called *names* below the public folder, if anybody may read it.

    A directory with an ``index.html`` that is public is that file.

    :param way: from the project root to the public folder, that one included.
    :raises NotPublic: there is nothing of that kind.
    """
    try:
        return _look(root, way, tuple(names))
    except OSError as error:
        if error.errno in (errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EIO):
            raise
        raise NotPublic from None


def _look(
    root: str, way: tuple[bytes, ...], names: tuple[bytes, ...]
) -> OpenFile | PublicDirectory:
    current = os.open(root, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    for step in way:
        with opened(current):
            current = os.open(step, _PATH | os.O_DIRECTORY, dir_fd=current)
    for name in names:
        with opened(current):
            _demand(current, stat.S_IFDIR, stat.S_IXOTH)
            current = os.open(name, _PATH, dir_fd=current)
    with opened(current):
        if not stat.S_ISDIR(os.fstat(current).st_mode):
            return _file(current, names[-1])
        _demand(current, stat.S_IFDIR, stat.S_IXOTH)
        with (
            suppress(OSError, NotPublic),
            opened(os.open(b"index.html", _PATH, dir_fd=current)) as index,
        ):
            return _file(index, b"index.html")
        return _directory(current)


def _demand(descriptor: int, kind: int, right: int) -> os.stat_result:
    """Return about a file of this *kind* on which others have *right*."""
    about = os.fstat(descriptor)
    if stat.S_IFMT(about.st_mode) != kind or not about.st_mode & right:
        raise NotPublic
    return about


def _file(descriptor: int, name: bytes) -> OpenFile:
    _demand(descriptor, stat.S_IFREG, stat.S_IROTH)
    flags = os.O_RDONLY | os.O_CLOEXEC | os.O_NOCTTY | os.O_NONBLOCK
    found = os.open(f"/proc/self/fd/{descriptor}", flags)
    try:
        return OpenFile(name, found, version_of(os.fstat(found)))
    except BaseException:
        os.close(found)
        raise


def _directory(descriptor: int) -> PublicDirectory:
    _demand(descriptor, stat.S_IFDIR, stat.S_IROTH)
    entries: list[Entry] = []
    seen = 0
    place = os.open(f"/proc/self/fd/{descriptor}", os.O_RDONLY | os.O_CLOEXEC)
    with opened(place), os.scandir(place) as found:
        for one in found:
            seen += 1
            if seen > MOST_ENTRIES:
                break
            entry = _entry(os.fsencode(one.name), one)
            if entry is not None:
                entries.append(entry)
    entries.sort(key=lambda one: (not one.directory, one.name.lower(), one.name))
    return PublicDirectory(tuple(entries), more=seen > MOST_ENTRIES)


def _entry(name: bytes, found: "os.DirEntry[str]") -> Entry | None:
    if not is_shown(name):
        return None
    try:
        about = found.stat(follow_symlinks=False)
    except OSError:
        return None  # it went away
    if stat.S_ISDIR(about.st_mode) and about.st_mode & stat.S_IXOTH:
        return Entry(name, directory=True)
    if stat.S_ISREG(about.st_mode) and about.st_mode & stat.S_IROTH:
        return Entry(name, directory=False, size=about.st_size)
    return None
