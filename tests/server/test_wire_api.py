"""The wire's addresses, through real HTTP without a socket."""

import base64
import json
from typing import Any
from urllib.parse import urlencode

import pytest
from attrs import AttrsInstance, define
from pytest_twisted import ensureDeferred
from treq.testing import StubTreq
from twisted.internet.defer import Deferred
from twisted.web.resource import Resource

from aen.model.users import Role
from aen.runtime.structure import unstructure
from aen.server.doorway import Doorway
from aen.server.wire_api import WireApi
from aen.wire import routes, tickets
from aen.wire.messages import (
    Credential,
    GrantQuestion,
    Nothing,
    OpenQuestion,
    PublicQuestion,
    Registration,
)
from aen.wire.routes import Route
from tests.server.furnished import (
    GATEWAY_KEY,
    PASSWORD,
    SERVER_KEY,
    World,
    furnished,
)

OTHER_KEY = tickets.SigningKey(b"o" * 32)
GATEWAYS_ASK = [routes.GRANT, routes.OPEN, routes.PUBLIC]


@define
class Caller:
    """Calls the server as a gateway does."""

    world: World
    http: Any

    async def post(
        self, path: str, body: bytes, headers: dict[str, str]
    ) -> tuple[int, Any]:
        """Return status and JSON of an answer."""
        sending: Deferred[Any] = self.http.post(
            f"http://aen.example{path}", data=body, headers=headers
        )
        self.http.flush()
        response = await sending
        return response.code, json.loads(await response.content())

    async def ask(
        self, route: Route, message: AttrsInstance, **ticket: Any
    ) -> tuple[int, Any]:
        """Ask with a ticket, as the gateway east unless *ticket* says otherwise."""
        body = json.dumps(unstructure(message)).encode()
        key = ticket.pop("key", GATEWAY_KEY)
        values = {
            "issuer": "gateway:east",
            "audience": tickets.SERVER,
            "purpose": "call",
            "expires": self.world.clock.seconds() + 30,
            "digest": tickets.call_digest("POST", route.path, body),
            **ticket,
        }
        sealed = tickets.seal(key, tickets.Ticket(**values))
        headers = {"aen-ticket": sealed, "content-type": "application/json"}
        return await self.post(route.path, body, headers)

    async def register(self, who: str, password: str, **parts: str) -> tuple[int, Any]:
        """Register a data center with a name and a password."""
        asked = Registration("west", "http://west:8089", OTHER_KEY.public)
        values = {**unstructure(asked), **parts}
        basic = base64.b64encode(f"{who}:{password}".encode()).decode()
        headers = {"authorization": f"Basic {basic}"}
        body = json.dumps(values).encode()
        return await self.post(routes.REGISTER.path, body, headers)


async def caller() -> Caller:
    """Return a caller to a server with one data center."""
    world = await furnished()
    await world.center()
    root = Doorway(WireApi(world.rooms, world.channels()), Resource())
    return Caller(world, StubTreq(root))


@ensureDeferred
async def test_a_gateway_asks() -> None:
    """What somebody may do, for a project to start, where a public folder is."""
    one = await caller()
    ada = await one.world.person("ada")
    await one.world.project(ada)
    who = Credential(session=ada.session)
    status, grant = await one.ask(routes.GRANT, GrantQuestion(who, "ada", "lab"))
    assert (status, grant["user"], grant["state"]) == (200, "ada", "stopped")
    asked = OpenQuestion(who, "ada", "lab", "notebook")
    status, opening = await one.ask(routes.OPEN, asked)
    assert (status, opening["state"]) == (200, "starting")
    status, place = await one.ask(routes.PUBLIC, PublicQuestion("ada", "lab"))
    assert (status, place["node"]) == (200, None)


@pytest.mark.parametrize("route", GATEWAYS_ASK)
@pytest.mark.parametrize(
    "ticket",
    [
        {"key": OTHER_KEY},
        {"issuer": "gateway:west"},
        {"issuer": "server"},
        {"audience": "gateway:east"},
        {"purpose": "token"},
        {"expires": 1.0},
        {"digest": "x"},
    ],
)
@ensureDeferred
async def test_no_call_without_a_good_ticket(
    route: Route, ticket: dict[str, Any]
) -> None:
    """Each call proves who makes it, to whom, now, and that it is this one."""
    one = await caller()
    status, answer = await one.ask(route, Nothing(), **ticket)
    assert (status, answer["error"]["code"]) == (401, "unauthenticated")


@ensureDeferred
async def test_an_administrator_registers_a_data_center() -> None:
    """And gets the server's key; doing it again renews the gateway's."""
    one = await caller()
    await one.world.person("wakari", Role.SUPERUSER)
    expected = {"server_key": SERVER_KEY.public, "server_url": "http://aen.example"}
    assert await one.register("wakari", PASSWORD) == (200, expected)
    assert (await one.world.rooms.centers.center("west")).key == OTHER_KEY.public
    await one.register("wakari", PASSWORD, key=GATEWAY_KEY.public)
    assert (await one.world.rooms.centers.center("west")).key == GATEWAY_KEY.public


@ensureDeferred
async def test_others_do_not_register() -> None:
    """Nor does a wrong password, and both are slowed down."""
    one = await caller()
    await one.world.person("ada")
    assert (await one.register("ada", PASSWORD))[0] == 403
    codes = [(await one.register("wakari", "wrong"))[0] for _ in range(8)]
    assert codes == [401] * 6 + [429] * 2
    assert (await one.post(routes.REGISTER.path, b"{}", {}))[0] == 400


@pytest.mark.parametrize(
    "said",
    ["", "Basic", "Basic !", "Basic d2FrYXJp", "Basic /w==", "Bearer aen_x"],
)
@ensureDeferred
async def test_who_does_not_say_who_they_are(said: str) -> None:
    """Nothing, no base64, no colon, no UTF-8, no name and password (RFC 7617)."""
    one = await caller()
    asked = Registration("west", "http://west:8089", OTHER_KEY.public)
    body = json.dumps(unstructure(asked)).encode()
    path = routes.REGISTER.path
    status, answer = await one.post(path, body, {"authorization": said})
    assert (status, answer["error"]["code"]) == (401, "unauthenticated")


@pytest.mark.parametrize(
    "parts",
    [
        {"key": ""},
        {"key": "short"},
        {"key": "\u00e9" * 43},
        {"name": "../west"},
        {"url": "west:8089"},
        {"url": "http://west/path"},
        {"summary": "x" * 300},
        {"extra": "x"},
    ],
)
@ensureDeferred
async def test_bad_registrations(parts: dict[str, str]) -> None:
    """Each is refused with a sentence."""
    one = await caller()
    await one.world.person("wakari", Role.SUPERUSER)
    status, answer = await one.register("wakari", PASSWORD, **parts)
    assert status == 400
    assert answer["error"]["message"]


@ensureDeferred
async def test_the_token_address_speaks_rfc_6749() -> None:
    """A form goes in; errors have their own shape."""
    one = await caller()
    form = {"grant_type": "authorization_code", "code": "x", "code_verifier": "v"}
    kind = {"content-type": "application/x-www-form-urlencoded"}
    path = "/oauth/token"
    status, answer = await one.post(path, urlencode(form).encode(), kind)
    assert (status, answer["error"]) == (401, "invalid_client")
    ticket = tickets.seal(
        GATEWAY_KEY,
        tickets.Ticket(
            "gateway:east", "server", "token", one.world.clock.seconds() + 9
        ),
    )
    proven = {**kind, "aen-ticket": ticket}
    status, answer = await one.post(path, urlencode(form).encode(), proven)
    assert (status, answer["error"]) == (400, "invalid_grant")
    status, answer = await one.post(path, b"code=1&code=2", proven)
    assert (status, answer["error"]) == (400, "invalid_request")
    status, answer = await one.post(path, b"{}", {"content-type": "application/json"})
    assert (status, answer["error"]) == (400, "invalid_request")
