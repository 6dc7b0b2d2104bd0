"""Whether a node's disk can do what projects ask of it, in sentences for operators."""

import os
from pathlib import Path

from aen.compute.environments.settings import (
    CloneBy,
    EnvironmentSettings,
    skeleton_directory,
)
from aen.compute.steps import Steps

_MIB = 1024 * 1024
_FEWEST_FILES = 100_000  # of which an environment takes about a fifth in directories


async def disk_problems(
    root: Path, settings: EnvironmentSettings, steps: Steps
) -> tuple[str, ...]:
    """Return what is wrong with the project root, a sentence each; may be none."""
    skeleton = skeleton_directory(settings)
    found = []
    if not skeleton.is_dir():
        found.append(
            f"There is no skeleton for new projects at {skeleton}; set “skeleton”."
        )
    if not (root.is_dir() and os.access(root, os.W_OK | os.X_OK)):
        found.append(
            f"The project root {root} is not a directory that the node can write."
        )
        return tuple(found)
    found += await _space(root, settings, steps)
    if settings.clone_by is CloneBy.LINK:
        found += await _links(root, steps)
    return tuple(found)


async def _space(root: Path, settings: EnvironmentSettings, steps: Steps) -> list[str]:
    free = await steps.run("space", {"path": str(root)})
    if free["bytes"] < settings.least_free * _MIB:
        left = free["bytes"] // _MIB
        return [f"The disk of the project root {root} has only {left} MiB left."]
    # file systems without a table of files say that they have none
    if 0 < free["files"] < _FEWEST_FILES:
        return [f"The disk of {root} has room for only {free['files']} more files."]
    return []


async def _links(root: Path, steps: Steps) -> list[str]:
    places = {"source": str(root / ".envs"), "target": str(root / ".staging")}
    existing = [one for one in places.values() if Path(one).is_dir()]
    if len(existing) < len(places):
        places = {"source": str(root), "target": str(root)}
    if await steps.run("try_link", places):
        return []
    return [
        f"Files below {root} cannot be shared by hard links: each environment takes"
        " the space of a full copy, and first starts take longer."
    ]
