"""Apps that tell readers from others by the method of each request."""

from attrs import evolve

from aen.gateway.nodes import Nodes
from aen.gateway.router import GatewayRouter
from aen.model.apps import Permission
from aen.proxy.routing import Forward
from aen.wire.messages import Drop
from tests.gateway.fakes import GRANT, LAB, LAUNCH, NODE
from tests.gateway.test_router import (
    COOKIE,
    TARGET,
    VIEWER,
    World,
    ask,
    nodes,
    router,
    world,
)

__all__ = ["nodes", "router", "world"]  # fixtures


def test_a_reader_changes_nothing_by_any_request(
    router: GatewayRouter, nodes: Nodes, world: World
) -> None:
    """Each request is judged by its method, however many were let through before."""
    world.apps = (evolve(LAB, permission=Permission.METHOD),)
    world.launch = evolve(LAUNCH, permission="method")
    world.grant_answer = VIEWER
    nodes.set((NODE,))
    assert ask(router, TARGET, COOKIE, method=b"PUT").status == 403
    for _ in range(2):
        found = ask(router, TARGET, COOKIE)
        assert isinstance(found, Forward)
        assert found.set_headers == ((b"aen-may", b"read"),)
        assert ask(router, TARGET, COOKIE, method=b"PUT").status == 403
        assert ask(router, TARGET, COOKIE, ((b"Upgrade", b"x"),)).status == 403
    world.grant_answer = GRANT
    router.grants.drop(Drop("p1"))
    found = ask(router, TARGET, COOKIE, method=b"PUT")
    assert isinstance(found, Forward)
    assert found.set_headers == ((b"aen-may", b"write"),)
    nodes.stop()
