"""Files given to a project's owner: what a node staged, what those who left made."""

import os
import stat

from aen.compute.disk.acl import Person
from aen.compute.disk.walk import DEEPEST, Refused, open_below, opened

_PATH = os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC


def give(directory: int, uids: frozenset[int], owner: Person, depth: int = 0) -> None:
    """Give what belongs to *uids* in a tree to *owner*; root calls it.

    Directories, links and files of one name: what has more names is shared with a
    template or is elsewhere too. Nothing is followed, and the file system not left.
    """
    device = os.fstat(directory).st_dev
    with os.scandir(directory) as found:
        entries = list(found)
    for one in entries:
        try:
            # most of an environment is shared: that is seen before it is opened
            if _is_given(one.stat(follow_symlinks=False), uids, device):
                _give_one(directory, one.name, uids, owner, device)
            if one.is_dir(follow_symlinks=False) and depth < DEEPEST:
                with opened(open_below(directory, one.name)) as below:
                    if os.fstat(below).st_dev == device:
                        give(below, uids, owner, depth + 1)
        except (FileNotFoundError, Refused):
            continue  # gone or changed meanwhile


def _give_one(
    parent: int, name: str, uids: frozenset[int], owner: Person, device: int
) -> None:
    """Give one entry, if its descriptor says that it is to be given."""
    with opened(os.open(name, _PATH, dir_fd=parent)) as one:
        if _is_given(os.fstat(one), uids, device):
            # the descriptor's own inode, a link's too: nothing is looked up by name
            os.chown(f"/proc/self/fd/{one}", owner.uid, owner.gid)


def _is_given(about: os.stat_result, uids: frozenset[int], device: int) -> bool:
    kind = about.st_mode
    single = stat.S_ISREG(kind) and about.st_nlink == 1
    return (
        about.st_uid in uids
        and about.st_dev == device
        and (single or stat.S_ISDIR(kind) or stat.S_ISLNK(kind))
    )
