"""Folders of ours in which something is made before it is put in its place.

Whoever works in one holds a lock on it, which ends with the process however that ends.
So what a killed one has left can be told from what is being worked in.
"""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from aen.compute.apps.files.addresses import OURS
from aen.compute.apps.files.folders import make_folder
from aen.compute.disk.remove import remove_tree
from aen.compute.disk.walk import Refused, open_below, opened

IMPORT = f"{OURS}import-"
COPY = f"{OURS}copy-"
ARCHIVE = f"{OURS}archive-"
_KINDS = (IMPORT, COPY, ARCHIVE)
_LOOKED_AT = 10_000
_THING = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC


@contextmanager
def staged(folder: int, name: str) -> Iterator[int]:
    """Give a descriptor of a new folder in *folder*; it is gone when the block ends.

    :param folder: a descriptor that can be read.
    :raises OSError: as the system says.
    """
    make_folder(folder, name)
    try:
        with opened(open_below(folder, name)) as made:
            fcntl.flock(made, fcntl.LOCK_SH)
            yield made
    finally:
        remove_tree(folder, name)


def sweep_staged(folder: int, older: float) -> None:
    """Remove what killed processes of ours have left in *folder*.

    What is younger than *older* seconds stays: between the making of a folder and the
    lock on it is a moment.

    :param folder: a descriptor that can be read.
    :raises OSError: it cannot be read.
    """
    with os.scandir(folder) as found:
        looked_at = zip(range(_LOOKED_AT), found, strict=False)
        names = [one.name for _, one in looked_at if one.name.startswith(_KINDS)]
    before = time.time() - older  # noqa: TID251 -- files' own clock
    for name in names:
        with suppress(OSError, Refused):
            _sweep(folder, name, before)


def _sweep(folder: int, name: str, before: float) -> None:
    with opened(os.open(name, _THING, dir_fd=folder)) as thing:
        about = os.fstat(thing)
        # A copy gets the time of what it is a copy of; nobody sets when it was changed.
        when = about.st_ctime if name.startswith(COPY) else about.st_mtime
        if about.st_uid != os.geteuid() or when >= before:
            return
        fcntl.flock(thing, fcntl.LOCK_EX | fcntl.LOCK_NB)  # fails: it is worked in
        remove_tree(folder, name)
