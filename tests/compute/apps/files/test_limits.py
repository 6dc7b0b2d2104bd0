"""Bounds that rest on each other."""

from aen.compute.apps.files.limits import Limits


def test_what_is_held() -> None:
    """All bodies that wait together are small beside the memory of an app."""
    limits = Limits()
    assert limits.requests * limits.waiting <= 64 * 1024 * 1024
    assert limits.archives < limits.requests
