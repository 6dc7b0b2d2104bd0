"""What launches use, as their control groups tell it."""

from functools import cache

from aen.compute.helper.cgroups import Cgroups, Use, read_mounts
from aen.wire.messages import Launch


@cache
def groups_of_machine() -> Cgroups:
    """Return the control groups of this machine; what is mounted does not change."""
    return Cgroups(read_mounts())


def usage(launch: Launch) -> Use | None:
    """Return what a launch has used; None where no control group tells.

    It counts processes that have ended, and memory that they share but once.
    """
    return groups_of_machine().usage(launch.project_id, launch.id)
