"""What new files get from the folder they are in, and one writer at a time."""

import errno
import fcntl
import os
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager

from aen.compute.apps.files.listing import read_folder
from aen.compute.apps.files.refusals import Refusal
from aen.compute.disk.acl import ACCESS, DEFAULT
from aen.compute.disk.walk import opened

_NONE = frozenset({errno.ENODATA, errno.EOPNOTSUPP})
_PATIENCE = 5.0
_PAUSE = 0.02
_RIGHTS = 0o777
_FOR_WORK = 0o666


def has_default(folder: int) -> bool:
    """Whether the kernel gives what is made in *folder* its rights: acl(5)."""
    return get_list(folder, DEFAULT) is not None


def get_list(descriptor: int, kind: str) -> bytes | None:
    """Return an access control list; None: there is none."""
    try:
        return os.getxattr(descriptor, kind)
    except OSError as error:
        if error.errno in _NONE:
            return None
        raise


def mode_in(folder: int) -> int:
    """Return the mode of a new file where *folder* has no default list.

    Whoever may change the folder may change the file, and whoever may read it may
    read it: what a default list would say.
    """
    return stat.S_IMODE(os.fstat(folder).st_mode) & _FOR_WORK


def folder_mode_in(folder: int) -> int:
    """Return the mode of a new folder where *folder* has no default list."""
    mode = stat.S_IMODE(os.fstat(folder).st_mode) & _RIGHTS
    return mode if mode & stat.S_IROTH else mode & ~0o007


def take_over(old: int, new: int) -> None:
    """Give *new* the rights that the file *old* has, but never another's identity."""
    mode = stat.S_IMODE(os.fstat(old).st_mode) & _RIGHTS
    rights = get_list_by_path(old)
    if rights is not None:
        os.setxattr(new, ACCESS, rights)
    else:
        os.fchmod(new, mode)


def get_list_by_path(descriptor: int) -> bytes | None:
    """Return the list of what a descriptor names that can only name it."""
    try:
        return os.getxattr(f"/proc/self/fd/{descriptor}", ACCESS)
    except OSError as error:
        if error.errno in _NONE:
            return None
        raise


def make_executable(descriptor: int) -> None:
    """Let a file be run by all who may read it."""
    mode = stat.S_IMODE(os.fstat(descriptor).st_mode)
    os.fchmod(descriptor, mode | (mode & 0o444) >> 2)


@contextmanager
def alone_in(folder: int) -> Iterator[int]:
    """Give a descriptor of *folder* while no other files app changes names in it.

    Others of the project's team have an app each; the lock is on the folder itself.

    :raises Refusal: somebody else holds it too long.
    """
    with opened(read_folder(folder)) as held:
        end = time.monotonic() + _PATIENCE
        while not _locked(held):
            if time.monotonic() > end:
                raise Refusal(503, "Somebody else changes this folder; try again.")
            time.sleep(_PAUSE)
        yield held


def _locked(folder: int) -> bool:
    try:
        fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def make_folder(parent: int, name: str) -> None:
    """Make a folder that is everybody's who works in *parent*.

    :param parent: a descriptor that can be read.
    :raises OSError: as the system says.
    """
    os.mkdir(name, _RIGHTS, dir_fd=parent)
    if has_default(parent):
        return
    flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
    with opened(os.open(name, flags, dir_fd=parent)) as made:
        setgid = os.fstat(made).st_mode & stat.S_ISGID
        os.fchmod(made, folder_mode_in(parent) | setgid)
