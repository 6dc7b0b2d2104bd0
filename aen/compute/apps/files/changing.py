"""Removing, moving, and making folders."""

import os
import stat

from aen.compute.apps.files.conditions import Conditions
from aen.compute.apps.files.folders import alone_in, make_folder
from aen.compute.apps.files.inside import Found, Inside
from aen.compute.apps.files.refusals import Refusal
from aen.compute.disk.remove import remove_tree
from aen.compute.serving.files import version_of


def remove(found: Found, conditions: Conditions, *, recursive: bool) -> None:
    """Remove a file or a link, an empty folder, or with *recursive* one that is not.

    :raises Refusal: it is not there, or not as it was.
    :raises OSError: as the system says.
    """
    _, about = found.there()
    if not found.name:
        raise Refusal(409, "The folder of the project itself cannot be removed here.")
    conditions.demand(version_of(about).etag, found.way)
    with alone_in(found.folder) as folder:
        if not stat.S_ISDIR(about.st_mode):
            os.unlink(found.name, dir_fd=folder)
        elif recursive:
            remove_tree(folder, found.name)
        else:
            os.rmdir(found.name, dir_fd=folder)


def move(old: Found, new: Found, *, replace: bool) -> None:
    """Give something another name or another folder.

    :raises Refusal: there is nothing, or something has the name already.
    :raises OSError: as the system says.
    """
    old.there()
    if not old.name or not new.name:
        raise Refusal(409, "The folder of the project itself cannot be moved here.")
    with alone_in(new.folder) as folder:
        if not replace and exists(folder, new.name):
            raise Refusal(412, f"{new.way} is there already.")
        os.rename(old.name, new.name, src_dir_fd=old.folder, dst_dir_fd=folder)


def take(
    folder: int, found: Found, conditions: Conditions, target: int, name: str
) -> None:
    """Move what was found out of *folder*, which is held, to *name* in *target*.

    :raises Refusal: it is not there any more, or not as it was.
    :raises OSError: as the system says.
    """
    about = os.stat(found.name, dir_fd=folder, follow_symlinks=False)
    conditions.demand(version_of(about).etag, found.way)
    os.rename(found.name, name, src_dir_fd=folder, dst_dir_fd=target)


def exists(folder: int, name: str) -> bool:
    """Whether something in *folder* is called so, a link that leads nowhere, too."""
    try:
        os.stat(name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        return False
    return True


def make(inside: Inside, names: tuple[str, ...], *, parents: bool, new: bool) -> bool:
    """Make a folder; say whether it was not there.

    :param parents: whether those above it are made, too.
    :param new: whether it must not be there.
    :raises Refusal: something else is there, or what is above is not.
    :raises OSError: as the system says.
    """
    if parents:
        for length in range(1, len(names)):
            make(inside, names[:length], parents=False, new=False)
    with inside.find(names) as found:
        if found.descriptor is None:
            with alone_in(found.folder) as folder:
                try:
                    make_folder(folder, found.name)
                except FileExistsError:
                    pass  # another request was faster
                else:
                    return True
        elif not found.is_folder:
            raise Refusal(409, f"{found.way} is a file.")
        if new:
            raise Refusal(412, f"{found.way} is there already.")
        return False
