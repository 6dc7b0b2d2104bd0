"""What launches use, on this machine."""

from attrs import evolve

from aen.compute.cgroups import groups_of_machine, usage
from tests.compute.ground import LAUNCH


def test_a_launch_without_groups_tells_nothing() -> None:
    """Then its processes are asked; the machine's groups are looked for once."""
    assert usage(evolve(LAUNCH, id="nosuchlaunch")) is None
    assert groups_of_machine() is groups_of_machine()
