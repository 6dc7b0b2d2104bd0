"""The steps of a project's life on disk, from staging to removal.

A new project is made whole in the staging directory and appears by one rename, so
that a step which ends half-way leaves nothing where people look.
"""

import os
import shutil
import stat
from contextlib import suppress

from aen.compute.disk import modes
from aen.compute.disk.remove import remove_tree
from aen.compute.disk.remove import sweep as sweep_entries
from aen.compute.disk.walk import (
    descend,
    make_below,
    open_below,
    open_root,
    opened,
    put,
    set_mode,
)

STAGING = ".staging"


def _staging(root: str) -> int:
    with opened(open_root(root)) as top:
        return make_below(top, STAGING, modes.CLOSED)


def make(root: str, staging: str, skeleton: str) -> None:
    """Make a new project's directory in staging, with the skeleton's files.

    What earlier, broken work on this project left there goes away.
    """
    with opened(_staging(root)) as stage:
        sweep_entries(stage, _own(staging), 0)
        with opened(make_below(stage, staging, modes.CLOSED)) as place:
            shutil.copytree(
                skeleton, f"{root}/{STAGING}/{staging}/project", symlinks=True
            )
            with opened(open_below(place, "project")) as project:
                os.fchmod(project, modes.CLOSED)
                os.close(make_below(project, "public", modes.PUBLIC))
                os.close(make_below(project, "envs", modes.INSIDE))


def finish(root: str, staging: str, owner: str, name: str) -> None:
    """Set the modes of a staged project, put it in its place and open its door.

    :raises Refused: something is there already.
    """
    with opened(descend(root, [STAGING, staging])) as place:
        with opened(open_below(place, "project")) as project:
            modes.settle(project)
        with (
            opened(open_root(root)) as top,
            opened(make_below(top, owner, modes.PARENTS)) as home,
        ):
            put(place, "project", home, name, f"{owner}/{name}")
            with opened(open_below(home, name)) as project:
                modes.open_door(project)
    discard(root, staging)


def check(root: str, owner: str, name: str, environment: str) -> dict[str, bool]:
    """Keep the door as it must be; say whether project and environment are there.

    :raises Refused: a link stands where a directory belongs.
    """
    try:
        project = _unlocked(root, owner, name)
    except FileNotFoundError:
        return {"project": False, "environment": False}
    with opened(project):
        modes.open_door(project)
        return {"project": True, "environment": has_environment(project, environment)}


def _unlocked(root: str, owner: str, name: str) -> int:
    """Return a descriptor of a project that may have been locked by its own mode."""
    with opened(descend(root, [owner])) as home:
        try:
            return open_below(home, name)
        except PermissionError:
            set_mode(home, name, modes.PROJECT)
            return open_below(home, name)


def has_environment(project: int, environment: str) -> bool:
    """Whether *environment* looks whole: a configuration and a Python that is there."""
    try:
        with (
            opened(open_below(project, "envs")) as all_of_them,
            opened(open_below(all_of_them, environment)) as prefix,
        ):
            config = _config(prefix)
            python = os.stat("bin/python", dir_fd=prefix)
    except OSError:
        return False
    return stat.S_ISREG(config.st_mode) and stat.S_ISREG(python.st_mode)


def _config(prefix: int) -> os.stat_result:
    """Return what makes a directory an environment: its configuration, or conda's."""
    try:
        return os.stat("pyvenv.cfg", dir_fd=prefix, follow_symlinks=False)
    except FileNotFoundError:
        history = os.path.join("conda-meta", "history")
        return os.stat(history, dir_fd=prefix, follow_symlinks=False)


def settle(root: str, owner: str, name: str) -> None:
    """Set the modes of everything in a project to what they are at first."""
    with opened(descend(root, [owner, name])) as project:
        modes.settle(project)
        modes.open_door(project)


def stage(root: str, staging: str) -> None:
    """Make an empty staging directory, for an environment of an existing project.

    What earlier, broken work on this project left there goes away.
    """
    with opened(_staging(root)) as top:
        sweep_entries(top, _own(staging), 0)
        os.close(make_below(top, staging, modes.CLOSED))


def place(root: str, staging: str, owner: str, name: str, environment: str) -> None:
    """Put the staged environment in its place; what was there goes away."""
    with (
        opened(descend(root, [STAGING, staging])) as source,
        opened(descend(root, [owner, name])) as project,
        opened(make_below(project, "envs", modes.INSIDE)) as target,
    ):
        with suppress(FileNotFoundError):
            os.rename(environment, "replaced", src_dir_fd=target, dst_dir_fd=source)
        os.rename("environment", environment, src_dir_fd=source, dst_dir_fd=target)
    discard(root, staging)


def remove(root: str, staging: str, owner: str, name: str) -> None:
    """Take a project away: out of sight at once, then off the disk.

    :raises Refused: a link stands where the owner's directory belongs.
    """
    stage(root, staging)
    with (
        suppress(FileNotFoundError),
        opened(descend(root, [owner])) as home,
        opened(descend(root, [STAGING, staging])) as target,
    ):
        os.rename(name, "project", src_dir_fd=home, dst_dir_fd=target)
    discard(root, staging)


def discard(root: str, staging: str) -> None:
    """Remove one staging directory."""
    with opened(_staging(root)) as top:
        remove_tree(top, staging)


def sweep(root: str, prefix: str, older: float) -> None:
    """Remove what broken starts left in staging.

    :param prefix: only of this project; empty for all.
    :param older: only what has not been touched for so many seconds.
    """
    with opened(_staging(root)) as top:
        sweep_entries(top, prefix, older)


def _own(staging: str) -> str:
    """Return how all that is staged for the same project begins: no id has a dot."""
    return f"{staging.partition('.')[0]}."
