"""What bounds the Viewer."""

from attrs import asdict

from aen.compute.apps.viewer.limits import Limits


def test_each_is_one() -> None:
    """There is none that lets everything through; what is kept is more than a page."""
    limits = Limits()
    assert all(value > 0 for value in asdict(limits).values())
    assert limits.notebook < limits.rendered < limits.memory
