"""Who may do what in a project when every account is the one that runs the node."""

import os
import stat

from aen.compute.disk.walk import (
    DEEPEST,
    Refused,
    open_below,
    opened,
    set_mode,
)

PARENTS = 0o755
"""Of the directory in which an owner's projects are."""
PROJECT = 0o771
INSIDE = 0o770
PUBLIC = 0o775
CLOSED = 0o700


def wanted(mode: int, *, public: bool) -> int:
    """Return the mode for something inside a project that now has *mode*."""
    if stat.S_ISDIR(mode):
        return PUBLIC if public else INSIDE
    if mode & stat.S_IXUSR:
        return 0o775 if public else 0o770
    return 0o664 if public else 0o660


def settle(project: int) -> None:
    """Set the modes of all in *project* but environments; its own stays as it is.

    The files of an environment are shared with other projects by hard link: their
    modes are theirs too.
    """
    for name in _names(project):
        if name == "envs":
            with opened(open_below(project, name)) as directory:
                os.fchmod(directory, INSIDE)
        else:
            _settle_one(project, name, public=name == "public", depth=0)


def _settle_one(parent: int, name: str, *, public: bool, depth: int) -> None:
    try:
        about = os.stat(name, dir_fd=parent, follow_symlinks=False)
        _apply(parent, name, about, public=public)
        if not stat.S_ISDIR(about.st_mode) or depth == DEEPEST:
            return
        directory = open_below(parent, name)
    except (FileNotFoundError, PermissionError, Refused):
        return  # gone or changed meanwhile, or somebody else's
    with opened(directory):
        for one in _names(directory):
            _settle_one(directory, one, public=public, depth=depth + 1)


def _apply(parent: int, name: str, about: os.stat_result, *, public: bool) -> None:
    """Set the mode of what is ours; a file with two names may be elsewhere too."""
    kind = about.st_mode
    alone = stat.S_ISDIR(kind) or (stat.S_ISREG(kind) and about.st_nlink == 1)
    mode = wanted(kind, public=public)
    if alone and about.st_uid == os.geteuid() and stat.S_IMODE(kind) != mode:
        set_mode(parent, name, mode)


def _names(directory: int) -> list[str]:
    with os.scandir(directory) as found:
        return [one.name for one in found]


def open_door(project: int) -> None:
    """Let people into *project*, and anyone read its public folder."""
    if stat.S_IMODE(os.fstat(project).st_mode) != PROJECT:
        os.fchmod(project, PROJECT)
    try:
        public = os.stat("public", dir_fd=project, follow_symlinks=False)
    except FileNotFoundError:
        return
    if stat.S_ISDIR(public.st_mode) and stat.S_IMODE(public.st_mode) != PUBLIC:
        set_mode(project, "public", PUBLIC)
