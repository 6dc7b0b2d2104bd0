"""Projects that another data center has now."""

import json

from aen.gateway.router import GatewayRouter
from aen.model.errors import Elsewhere
from tests.gateway.test_router import (
    COOKIE,
    PAGE,
    TARGET,
    World,
    ask,
    nodes,
    router,
    world,
)

__all__ = ["nodes", "router", "world"]  # fixtures


def test_a_project_of_another_data_center(router: GatewayRouter, world: World) -> None:
    """People are led to its page; programs are told where it is."""
    fields = {"path": "ada/lab", "gateway": "http://west:8089"}
    world.grant_answer = Elsewhere("It is in the data center “west”.", fields=fields)
    page = ask(router, TARGET, PAGE, COOKIE)
    assert page.status == 303
    assert dict(page.headers)[b"location"].endswith(b"/ada/lab")
    told = ask(router, TARGET, COOKIE)
    assert told.status == 404
    error = json.loads(told.body)["error"]
    assert (error["code"], error["fields"]) == ("elsewhere", fields)
