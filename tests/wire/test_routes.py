"""Every address between roles is described."""

from pathlib import Path

import pytest

from aen.wire import routes
from aen.wire.routes import NODE_ROUTES, SERVER_ROUTES, Route

WIRE = Path(__file__).resolve().parents[2] / "docs/wire.md"


@pytest.mark.parametrize("route", [*NODE_ROUTES, *SERVER_ROUTES])
def test_a_route_is_in_the_document(route: Route) -> None:
    """docs/wire.md names it."""
    assert f"`{route.path}`" in WIRE.read_text(encoding="utf-8")


def test_no_route_is_forgotten() -> None:
    """Each is served by the server or by a node."""
    named = {one for one in vars(routes).values() if isinstance(one, Route)}
    assert named == set(NODE_ROUTES) | set(SERVER_ROUTES)
