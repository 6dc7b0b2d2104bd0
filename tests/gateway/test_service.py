"""The gateway as a whole: a real one, on real ports."""

import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import pytest_twisted
from attrs import evolve
from twisted.web.http_headers import Headers

from aen.gateway.service import Options, check
from aen.model.errors import Invalid, NotFound
from aen.wire.channel import ServerEnd
from aen.wire.messages import Down, Drop
from tests.gateway.fakes import SETTINGS
from tests.gateway.world import World
from tests.installed import free_ports
from tests.waiting import eventually

TOKEN = {"authorization": "Bearer aen_x"}


@pytest_twisted.ensureDeferred
async def test_a_program_reaches_an_app(world: World) -> None:
    """With a token: the app is launched, and never sees the token."""
    world.node.launch = world.launched()
    response = await world.get("/ada/lab/jupyterlab/lab?x=1", **TOKEN, cookie="a=1")
    assert response.code == 200
    assert await response.text() == "/ada/lab/jupyterlab/lab?x=1 a=1 -"
    assert world.node.asked[0].token == "t"
    assert (await world.get("/ada/lab/jupyterlab/", **TOKEN)).code == 200
    assert len(world.node.asked) == 1


@pytest_twisted.ensureDeferred
async def test_only_its_own_names_are_served(world: World) -> None:
    """Whoever asks for another host is not told anything but that."""
    url = f"{world.base}/_aen/status"
    assert (await world.get("/_aen/status")).code == 200
    for host, code in (("localhost:1", 200), ("evil.example.com", 421)):
        response = await world.http.get(url, headers=Headers({"host": [host]}))
        assert response.code == code
        assert "evil" not in await response.text()


@pytest_twisted.ensureDeferred
async def test_a_browser_signs_in_and_comes_back(world: World) -> None:
    """The whole round trip of RFC 6749, with real cookies."""
    world.node.launch = world.launched()
    first = await world.get("/ada/lab/jupyterlab/?a=b", accept="text/html")
    assert first.code == 303
    going = urlsplit(first.headers.getRawHeaders("location")[0])
    question = parse_qs(going.query)
    assert going.path == "/oauth/authorize"
    cookie = first.headers.getRawHeaders("set-cookie")[0].partition(";")[0]
    back = urlsplit(question["redirect_uri"][0]).path
    state = question["state"][0]
    answer = await world.get(f"{back}?code=good&state={state}", cookie=cookie)
    assert answer.code == 303
    assert answer.headers.getRawHeaders("location") == ["/ada/lab/jupyterlab/?a=b"]
    passed = answer.headers.getRawHeaders("set-cookie")[0].partition(";")[0]
    app = await world.get("/ada/lab/jupyterlab/?a=b", cookie=f"{passed}; mine=1")
    assert await app.text() == "/ada/lab/jupyterlab/?a=b mine=1 -"
    form = world.server.forms[0]
    assert form[b"redirect_uri"][0].decode() == question["redirect_uri"][0]


@pytest_twisted.ensureDeferred
async def test_a_bad_sign_in_is_a_page(world: World) -> None:
    """A worthless code, a foreign state: a sentence, and no pass."""
    first = await world.get("/ada/lab/jupyterlab/", accept="text/html")
    cookie = first.headers.getRawHeaders("set-cookie")[0].partition(";")[0]
    location = first.headers.getRawHeaders("location")[0]
    state = parse_qs(urlsplit(location).query)["state"][0]
    for query, code in [
        (f"code=bad&state={state}", 403),
        ("code=good&state=other", 401),
        (f"error=access_denied&state={state}", 403),
    ]:
        path = f"/_aen/oauth/callback?{query}"
        answer = await world.get(path, cookie=cookie, accept="text/html")
        assert answer.code == code
        assert not answer.headers.hasHeader("set-cookie")
        assert "<h1>" in await answer.text()


@pytest_twisted.ensureDeferred
async def test_who_is_out_is_out(world: World) -> None:
    """News from the server end what was granted, at once."""
    world.node.launch = world.launched()
    assert (await world.get("/ada/lab/jupyterlab/", **TOKEN)).code == 200
    world.server.grant = NotFound("There is no such project.")
    assert world.server.end is not None
    world.server.end.say(Down(drop=Drop(project_id="p1")))
    await eventually(lambda: len(world.server.asked) == 2, "the server is asked again")
    assert (await world.get("/ada/lab/jupyterlab/", **TOKEN)).code == 404


@pytest_twisted.ensureDeferred
async def test_an_app_that_ends_is_launched_again(world: World) -> None:
    """Where nobody listens any more the node is asked once more."""
    (nobody,) = free_ports(1)
    there = evolve(world.launched(), id="l2")
    world.node.launches = [evolve(world.launched(), port=nobody), there]
    assert (await world.get("/ada/lab/jupyterlab/", **TOKEN)).code == 200
    assert len(world.node.asked) == 2


@pytest_twisted.ensureDeferred
async def test_the_server_comes_back(world: World) -> None:
    """A gateway whose server goes says so, and finds it again by itself."""
    status = await world.get("/_aen/status")
    assert json.loads(await status.text()) == {"status": "ok", "messages": []}
    world.server.heard_from.clear()
    end = world.server.end
    assert isinstance(end, ServerEnd)
    end.sendClose(1000)
    await eventually(lambda: world.server.end is not end, "the channel opens again")
    await eventually(world.server.heard_of_nodes, "the server is told of the node")
    assert (await world.get("/_aen/status")).code == 200


@pytest.mark.parametrize(
    "changes",
    [
        {"key": "short"},
        {"name": "a b"},
        {"server": "aen"},
        {"hosts": ("a b",)},
        {"trusted": ("nginx",)},
    ],
)
def test_settings_that_cannot_work_are_refused(changes: dict[str, Any]) -> None:
    """Before anything listens."""
    with pytest.raises(Invalid):
        check(evolve(SETTINGS, **changes))


def test_settings_that_work() -> None:
    """They are in the file the original product had."""
    check(SETTINGS)
    assert Options.own[0].name == "wk-gateway-config.json"
