"""A grant opens an app or it does not."""

import pytest
from attrs import evolve

from aen.gateway.access import demand_app
from aen.model.apps import Permission
from aen.model.errors import Forbidden
from tests.gateway.fakes import GRANT


@pytest.mark.parametrize(
    ("actions", "permission", "opens"),
    [
        (("view", "read files", "run"), Permission.WRITE, True),
        (("view", "read files", "run"), Permission.READ, True),
        (("view", "read files"), Permission.READ, True),
        (("view", "read files"), Permission.WRITE, False),
        (("view",), Permission.READ, False),
        ((), Permission.READ, False),
    ],
)
def test_the_table(
    actions: tuple[str, ...], permission: Permission, *, opens: bool
) -> None:
    """Apps that write need the right to run, apps that read the right to read."""
    grant = evolve(GRANT, actions=actions)
    if opens:
        demand_app(grant, permission, "Viewer")
    else:
        with pytest.raises(Forbidden, match="Viewer of ada/lab"):
            demand_app(grant, permission, "Viewer")
