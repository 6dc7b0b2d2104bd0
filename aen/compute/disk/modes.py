"""Who may do what in a project when every account is the one that runs the node."""

import os
import stat

from aen.compute.disk.walk import open_below, opened, set_mode

PROJECT = 0o771
INSIDE = 0o770
PUBLIC = 0o775
CLOSED = 0o700
_DEEPEST = 200  # directories; each level holds a descriptor


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
    about = os.stat(name, dir_fd=parent, follow_symlinks=False)
    ours = about.st_uid == os.geteuid()
    if stat.S_ISDIR(about.st_mode) and depth < _DEEPEST:
        with opened(open_below(parent, name)) as directory:
            _apply(directory, os.fstat(directory), public=public)
            for one in _names(directory):
                _settle_one(directory, one, public=public, depth=depth + 1)
    elif stat.S_ISREG(about.st_mode) and ours and about.st_nlink == 1:
        mode = wanted(about.st_mode, public=public)
        if stat.S_IMODE(about.st_mode) != mode:
            set_mode(parent, name, mode)


def _apply(directory: int, about: os.stat_result, *, public: bool) -> None:
    mode = wanted(about.st_mode, public=public)
    if about.st_uid == os.geteuid() and stat.S_IMODE(about.st_mode) != mode:
        os.fchmod(directory, mode)


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
