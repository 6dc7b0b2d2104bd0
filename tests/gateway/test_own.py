"""The gateway's own addresses."""

import json
from typing import Any

import pytest
import pytest_twisted
import treq
from twisted.logger import LogEvent, formatEvent
from twisted.web.client import Agent, HTTPConnectionPool

from aen.model.errors import Failed
from aen.model.projects import Progress, State
from aen.model.site import Level, Notice
from aen.runtime.tasks import pause
from aen.wire import tickets
from aen.wire.client import Identity, Place, WireClient
from aen.wire.messages import Down, Line, ProjectOnDisk, ProjectQuestion, Usage
from aen.wire.routes import RELAY, START_PROJECT, USAGE
from tests.gateway.world import SERVER_KEY, World
from tests.reactor import reactor
from tests.waiting import eventually

TOKEN = {"authorization": "Bearer aen_x"}
WAIT = "/_aen/wait/ada/lab/jupyterlab"


def events(text: str) -> list[tuple[str, Any]]:
    """Return the server-sent events in *text*."""
    found = []
    for block in text.split("\n\n"):
        lines = dict(
            line.split(": ", 1)
            for line in block.splitlines()
            if not line.startswith(":")
        )
        if lines:
            found.append((lines["event"], json.loads(lines["data"])))
    return found


@pytest_twisted.ensureDeferred
async def test_progress_is_followed_to_the_end(world: World) -> None:
    """The steps, and then that the app is there."""
    world.server.state = State.STARTING
    world.node.launch = world.launched()
    response = await world.get(WAIT, **TOKEN)
    assert response.headers.getRawHeaders("content-type")[0].startswith(
        "text/event-stream"
    )
    seen: list[bytes] = []
    ended = treq.collect(response, seen.append)
    await eventually(lambda: b"Cloning" in b"".join(seen), "progress is told")
    world.server.tell(State.RUNNING)
    await ended
    told = events(b"".join(seen).decode())
    assert told[0] == ("progress", {"step": "Cloning", "done": 1, "total": 2})
    assert told[-1] == ("ready", {})


@pytest_twisted.ensureDeferred
async def test_a_failure_is_told(world: World) -> None:
    """With the sentence and the last lines of output."""
    world.node.launch = Failed("It ended at start.", log=("Traceback",))
    response = await world.get(WAIT, **TOKEN)
    told = events(await response.text())
    assert told[-1] == (
        "problem",
        {"message": "It ended at start.", "log": ["Traceback"]},
    )


@pytest_twisted.ensureDeferred
async def test_strangers_follow_nothing(world: World) -> None:
    """No pass, no app by that name: no stream."""
    assert (await world.get(WAIT)).code == 401
    assert (await world.get("/_aen/wait/ada/lab/BAD", **TOKEN)).code == 404


def place(world: World, node: str) -> Place:
    """Return where a node is asked through the gateway."""
    audience = tickets.gateway("east")
    return Place(world.base, audience, "The gateway", f"{RELAY}{node}")


def asker(key: tickets.SigningKey) -> WireClient:
    """Return somebody who asks as the server."""
    agent = Agent(reactor, pool=HTTPConnectionPool(reactor, persistent=False))
    return WireClient(agent, reactor, Identity(tickets.SERVER, key))


@pytest_twisted.ensureDeferred
async def test_the_server_asks_nodes_through_the_gateway(world: World) -> None:
    """Answers, lines and problems come through as they are."""
    client = asker(SERVER_KEY)
    usage = await client.ask(place(world, "n1"), USAGE, ProjectQuestion("p1"), Usage)
    assert usage == Usage(1.0, 2, 3, 4)
    lines: list[Line] = []
    asked = ProjectOnDisk("p1", "ada", "lab")
    with pytest.raises(Failed, match="No disk") as failed:
        await client.follow(place(world, "n1"), START_PROJECT, asked, lines.append)
    assert failed.value.log == ("line",)
    assert [line.progress for line in lines] == [Progress("Cloning", 1, 2)]


@pytest_twisted.ensureDeferred
async def test_nobody_else_does(world: World) -> None:
    """A forged ticket, a node that is not there, a call that is none: refused."""
    stranger = tickets.SigningKey(b"x" * 32)
    for key, node, code in [(stranger, "n1", 401), (SERVER_KEY, "n9", 404)]:
        response = await asker(key).send(place(world, node), USAGE, b"{}")
        assert response.code == code
    assert (await world.http.post(f"{world.base}{RELAY}n1/nothing")).code == 401


@pytest_twisted.ensureDeferred
async def test_codes_are_not_logged(world: World, logged: list[LogEvent]) -> None:
    """What a query holds stays out of every log."""
    response = await world.get("/_aen/oauth/callback?code=secret-code&state=secret")
    await treq.content(response)
    assert not [event for event in logged if "secret-code" in str(formatEvent(event))]


@pytest_twisted.ensureDeferred
async def test_apps_may_ask_what_everybody_is_to_read(world: World) -> None:
    """Without any credential, as the server's own pages show it to all."""
    assert world.server.end is not None
    world.server.end.say(Down(notices=(Notice("Down at six", Level.WARNING),)))

    async def told() -> Any:
        response = await world.get("/_aen/notices")
        assert response.headers.getRawHeaders("cache-control") == ["no-store"]
        return (await response.json())["items"]

    while not (items := await told()):
        await pause(reactor, 0.05)
    assert items == [{"text": "Down at six", "level": "warning"}]
