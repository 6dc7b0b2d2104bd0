"""Every address between roles is described."""

from pathlib import Path

import pytest

from aen.wire import routes
from aen.wire.routes import NODE_ROUTES, Route

WIRE = Path(__file__).resolve().parents[2] / "docs/wire.md"


ALL = [one for one in vars(routes).values() if isinstance(one, Route)]


@pytest.mark.parametrize("route", ALL)
def test_a_route_is_in_the_document(route: Route) -> None:
    """docs/wire.md names it."""
    assert f"`{route.path}`" in WIRE.read_text(encoding="utf-8")


def test_a_gateway_passes_on_what_nodes_are_asked() -> None:
    """Each of a node's addresses, and none of the server's own."""
    asked = {one for one in ALL if one.path.startswith("/launcher/")}
    assert set(NODE_ROUTES) == asked
