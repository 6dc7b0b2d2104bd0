"""Which addresses go where."""

from typing import Any

import pytest
from pytest_twisted import ensureDeferred
from treq.testing import StubTreq
from twisted.web.resource import Resource
from twisted.web.server import Request

from aen.server.doorway import Doorway
from aen.server.wire_api import WireApi
from tests.server.furnished import furnished


class Pages(Resource):
    """Answers everything with the path it sees."""

    isLeaf = True

    def render(self, request: Request) -> bytes:
        """Say what was asked for."""
        return b"pages " + b"/".join(request.postpath or [])


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("/", 200, b"pages"),
        ("/login", 200, b"pages"),
        ("/oauth/authorize", 200, b"pages"),
        ("/oauth/token/x", 200, b"pages"),
        ("/oauth/token", 405, b""),
        ("/wire/grant", 405, b""),
        ("/wire/unknown", 404, b""),
        ("/wire/channel/x", 404, b""),
    ],
)
@ensureDeferred
async def test_addresses(path: str, status: int, said: bytes) -> None:
    """Gateways' to the wire, all others to the pages."""
    world = await furnished()
    wire = WireApi(world.rooms, world.channels())
    http: Any = StubTreq(Doorway(wire, Pages()))
    response = await http.get(f"http://aen.example{path}")
    assert response.code == status
    assert (await response.content()).startswith(said)
