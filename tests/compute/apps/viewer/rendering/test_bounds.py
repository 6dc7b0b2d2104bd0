"""What bounds the making of a page."""

from attrs import asdict

from aen.compute.apps.viewer.limits import Limits
from aen.compute.apps.viewer.rendering.bounds import Bounds


def test_each_is_one() -> None:
    """There is none that lets everything through, and one picture fits into a page."""
    assert all(value > 0 for value in asdict(Bounds()).values())
    assert Bounds().image < Limits().rendered
    assert Bounds().highlighted <= Limits().text
