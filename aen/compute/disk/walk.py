"""Ways into directories that other people can change: by descriptor, past no link."""

import errno
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

_DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_NOT_A_DIRECTORY = frozenset({errno.ELOOP, errno.ENOTDIR})
DEEPEST = 200
"""Directories below one another that are gone into; each level holds a descriptor."""


class Refused(Exception):
    """A step was not done because of what is on the disk; the text says what."""


@contextmanager
def opened(descriptor: int) -> Iterator[int]:
    """Close *descriptor* when the block ends."""
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def open_below(parent: int, name: str) -> int:
    """Return a descriptor of directory *name* in *parent*, never through a link.

    :raises Refused: it is a link or no directory.
    :raises FileNotFoundError: there is none.
    """
    try:
        return os.open(name, _DIRECTORY, dir_fd=parent)
    except OSError as error:
        if error.errno in _NOT_A_DIRECTORY:
            raise Refused(
                f"“{name}” is a link or a file where a directory belongs;"
                " move it away, then try again."
            ) from None
        raise


def make_below(parent: int, name: str, mode: int) -> int:
    """Return a descriptor of *name* in *parent*, made with *mode* if absent."""
    try:
        os.mkdir(name, 0o700, dir_fd=parent)
    except FileExistsError:
        return open_below(parent, name)
    descriptor = open_below(parent, name)
    os.fchmod(descriptor, mode)
    return descriptor


def open_root(root: str) -> int:
    """Return a descriptor of the project root, whose path is the operator's.

    :raises Refused: there is no such directory.
    """
    try:
        return os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except (FileNotFoundError, NotADirectoryError):
        raise Refused(f"The project root {root} is not a directory.") from None


def descend(root: str, names: Iterable[str]) -> int:
    """Return a descriptor of the directory *names* below *root*, link by no link."""
    current = open_root(root)
    for name in names:
        with opened(current):
            current = open_below(current, name)
    return current


def put(source: int, what: str, target: int, name: str, shown: str) -> None:
    """Move *what* to *target*, where nothing may be; *shown* names it to people.

    :raises Refused: there are files.
    :raises FileNotFoundError: there is no *what*.
    """
    try:
        os.rename(what, name, src_dir_fd=source, dst_dir_fd=target)
    except FileNotFoundError:
        raise
    except OSError as error:
        # ENOTEMPTY, EEXIST, ENOTDIR: rename replaces an empty directory only
        if os.access(name, os.F_OK, dir_fd=target, follow_symlinks=False):
            raise Refused(f"There are files at {shown} already; try again.") from error
        raise


def set_mode(parent: int, name: str, mode: int) -> None:
    """Give *name* in *parent* the *mode* without following a link.

    Linux has no fchmodat that does not follow; a descriptor that cannot read or
    write, and its name in /proc, do the same.
    """
    flags = os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC
    with opened(os.open(name, flags, dir_fd=parent)) as descriptor:
        os.chmod(f"/proc/self/fd/{descriptor}", mode)
