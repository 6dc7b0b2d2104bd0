"""Where an app is in its site."""

import pytest
from twisted.web.resource import Resource

from aen.compute.apps.sites import below


@pytest.mark.parametrize("prefix", ["/terminal", "/alice/climate/terminal", "/a/b/"])
def test_below(prefix: str) -> None:
    """The app is at its prefix, and nowhere else."""
    app = Resource()
    at: Resource = below(prefix, app)
    for name in prefix.strip("/").encode().split(b"/"):
        assert list(at.children) == [name]
        at = at.children[name]
    assert at is app
