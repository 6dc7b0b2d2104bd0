"""How much apps, projects and a node may use: settings and manifests become limits."""

from collections.abc import Mapping

from attrs import frozen

from aen.compute.helper.cgroups import NO_LIMIT, Limit
from aen.model.apps import AppLimits, Manifest
from aen.model.errors import Invalid

_MIB = 1024 * 1024


@frozen
class Bound:
    """The most that may be used; 0: no limit."""

    memory: int = 0
    """MiB."""
    cpu: float = 0.0
    """Cores."""
    processes: int = 0
    """Processes and threads at a time."""
    files: int = 0
    """Open at a time in each process."""


@frozen
class Bounds:
    """What each app, each project and all of them together may use."""

    app: Bound = Bound(files=65536)
    project: Bound = Bound()
    node: Bound = Bound()


def check_bounds(bounds: Bounds) -> None:
    """Raise `Invalid` naming a limit that cannot be one."""
    for level in ("app", "project", "node"):
        one: Bound = getattr(bounds, level)
        for key in ("memory", "cpu", "processes", "files"):
            if getattr(one, key) < 0:
                raise Invalid(f"“limits”: “{level}.{key}” must be 0 (none) or more.")


def as_limits(bounds: Bounds) -> dict[str, Limit]:
    """Return what the kernel is to hold, by ``app``, ``project`` and ``node``."""
    levels = {"app": bounds.app, "project": bounds.project, "node": bounds.node}
    return {
        level: Limit(one.memory * _MIB, one.cpu, one.processes, one.files)
        for level, one in levels.items()
    }


def app_limit(manifest: Manifest, use: Mapping[str, Limit]) -> Limit:
    """Return the limit of one app: its manifest's own words win over the node's.

    The limits of project and node hold besides.
    """
    found, own = use.get("app", NO_LIMIT), manifest.limits
    return _with(found, own) if own is not None else found


def _with(limit: Limit, own: AppLimits) -> Limit:
    memory = limit.memory if own.memory is None else own.memory * _MIB
    cpu = limit.cpu if own.cpu is None else own.cpu
    processes = limit.processes if own.processes is None else own.processes
    files = limit.files if own.files is None else own.files
    return Limit(memory, cpu, processes, files)
