"""Whether a node's disk can do what projects ask of it, in sentences for operators."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from aen.compute.environments.settings import CloneBy, EnvironmentSettings

_MIB = 1024 * 1024
_FEWEST_FILES = 100_000  # an environment takes some thousands for its directories


def disk_problems(
    root: Path,
    settings: EnvironmentSettings,
    found: Mapping[str, Any],
    *,
    lists: bool = False,
) -> tuple[str, ...]:
    """Return what is wrong with the project root, a sentence each.

    :param found: what `aen.compute.disk.survey` says of it.
    :param lists: whether teams need access control lists, as with real accounts.
    """
    if not found["writable"]:
        return (f"The project root {root} is not a directory that can be written.",)
    problems = []
    if found["bytes"] < settings.least_free * _MIB:
        left = found["bytes"] // _MIB
        problems.append(f"The disk of the project root {root} has {left} MiB left.")
    if 0 < found["files"] < _FEWEST_FILES:
        left = found["files"]
        problems.append(f"The disk of the project root {root} has {left} files left.")
    if settings.clone_by is CloneBy.LINK and not found["links"]:
        problems.append(
            f"Files below {root} cannot be hard-linked: each environment takes the"
            " space of a full copy, and first starts take longer."
        )
    if lists and not found["lists"]:
        problems.append(
            f"The file system of {root} has no access control lists: team members get"
            " at a project's files only if they are in its owner's group."
        )
    return tuple(problems)


def skeleton_problems(skeleton: Path) -> tuple[str, ...]:
    """Return what is wrong with the first files of new projects, a sentence each."""
    if skeleton.is_dir():
        return ()
    return (f"There is no skeleton for new projects at {skeleton}; set “skeleton”.",)
