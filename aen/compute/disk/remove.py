"""Removal of trees whose owners may have locked directories or planted links."""

import os
import stat
import time
from contextlib import suppress
from itertools import count

from aen.compute.disk.walk import DEEPEST, open_below, opened, set_mode

TRASH = ".aen-trash"
"""Where in a project is what people have thrown away and may still want back."""


def remove_tree(parent: int, name: str) -> None:
    """Remove *name* in *parent* with all that is in it; what links name stays.

    :raises OSError: something cannot be removed.
    """
    removal = _Removal(parent, name)
    while removal.waiting:
        removal.remove(parent, removal.waiting.pop(), 0)


def sweep(parent: int, prefix: str, older: float) -> None:
    """Remove what is called *prefix*… in *parent*, untouched for *older* seconds.

    :param prefix: empty for all that is there.
    :raises OSError: something cannot be removed.
    """
    with os.scandir(parent) as found:
        names = [one.name for one in found if one.name.startswith(prefix)]
    for name in names:
        with suppress(FileNotFoundError):  # other work has just removed its own
            about = os.stat(name, dir_fd=parent, follow_symlinks=False)
            age = time.time() - about.st_mtime  # noqa: TID251 -- files' own clock
            if age >= older:
                remove_tree(parent, name)


def _exists(parent: int, name: str) -> bool:
    return os.access(name, os.F_OK, dir_fd=parent, follow_symlinks=False)


class _Removal:
    """Trees still to go: the one asked for, and what was too deep inside it."""

    def __init__(self, top: int, name: str) -> None:
        self.waiting = [name]
        self._top = top
        self._names = (f"{name}.{number}" for number in count())

    def remove(self, parent: int, name: str, depth: int) -> None:
        """Remove *name*; what is too deep to hold open is moved to the top first."""
        try:
            about = os.stat(name, dir_fd=parent, follow_symlinks=False)
        except FileNotFoundError:
            return
        if not stat.S_ISDIR(about.st_mode):
            os.unlink(name, dir_fd=parent)
            return
        locked = about.st_mode & stat.S_IRWXU != stat.S_IRWXU
        # Nothing is locked for root, whose chmod could be led to another file.
        if locked and os.geteuid() != 0:
            set_mode(parent, name, 0o700)
        if depth == DEEPEST:
            self._lift(parent, name)
            return
        with opened(open_below(parent, name)) as directory:
            with os.scandir(directory) as found:
                names = [one.name for one in found]
            for one in names:
                self.remove(directory, one, depth + 1)
        os.rmdir(name, dir_fd=parent)

    def _lift(self, parent: int, name: str) -> None:
        # A removal that was killed may have left such a name behind.
        lifted = next(one for one in self._names if not _exists(self._top, one))
        os.rename(name, lifted, src_dir_fd=parent, dst_dir_fd=self._top)
        self.waiting.append(lifted)
