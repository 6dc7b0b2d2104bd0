"""The end of launches, by what the helper itself remembers of them."""

import signal
import time
from collections.abc import Iterable

from aen.compute.disk.walk import Refused
from aen.compute.helper.cgroups import Cgroups
from aen.compute.helper.private import Record, Runtime
from aen.compute.helper.processes import Hunt, signal_root

_SECONDS = 5.0  # longer than a hunt is gentle
_PAUSE = 0.02


def ask(runtime: Runtime, launch: str) -> bool:
    """Ask an app to end (SIGTERM to its supervisor); False when it runs no more.

    :raises Refused: there is no such launch.
    """
    root = runtime.read(launch).root
    return root is not None and signal_root(root, signal.SIGTERM)


def end(runtime: Runtime, groups: Cgroups, launch: str) -> int:
    """Kill every process of a launch; return how many are left after a while."""
    try:
        record = runtime.read(launch)
    except Refused:
        record = Record("", 0, 0, "", "")  # its mark may still be about
    hunt = Hunt(launch, record.root)
    limit = time.monotonic() + _SECONDS
    while True:
        if record.project:
            groups.kill(record.project, launch)
        left = hunt.round()
        if not left or time.monotonic() > limit:
            return left
        time.sleep(_PAUSE)


def forget(runtime: Runtime, groups: Cgroups, launch: str) -> None:
    """Remove a launch's directory, its groups and what is remembered of it."""
    try:
        project = runtime.read(launch).project
    except Refused:
        project = ""
    if project:
        groups.remove(project, launch)
    runtime.forget(launch)


def sweep(runtime: Runtime, groups: Cgroups, keep: Iterable[str]) -> int:
    """End and forget all launches but those to *keep*; return how many there were."""
    others = [one for one in runtime.launches() if one not in set(keep)]
    for launch in others:
        end(runtime, groups, launch)
        forget(runtime, groups, launch)
    return len(others)
