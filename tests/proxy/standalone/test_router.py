"""Requests on their way to targets, over sockets."""

from typing import Any, cast

import pytest
import pytest_twisted
from autobahn.twisted.websocket import WebSocketClientFactory, WebSocketServerFactory
from twisted.internet.endpoints import TCP4ClientEndpoint
from twisted.internet.protocol import Factory
from twisted.logger import capturedLogs, formatEvent

from aen.proxy.standalone.service import Standalone
from tests.proxy.stage import Echo, Speaker
from tests.proxy.standalone.desk import Desk

HANDSHAKE = (
    b"GET %s HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)
OLD = 1_000_000_000.0


def host(running: Standalone) -> str:
    """Return what clients call the proxy."""
    return f"127.0.0.1:{running.addresses[0].port}"


@pytest_twisted.ensureDeferred
async def test_to_the_longest_prefix(desk: Desk) -> None:
    """Requests arrive with everything they had; other paths are nobody's."""
    running = desk.start()
    await desk.add(running, "/a", desk.url)
    await desk.add(running, "/a/b", desk.url + "/base")
    assert (await desk.get(running, "/a/x?y=%20")).said["uri"] == "/a/x?y=%20"
    assert (await desk.get(running, "/a/b/c")).said["uri"] == "/base/a/b/c"
    assert (await desk.get(running, "/ab")).status == 404
    assert (await desk.get(running, "/a/%zz")).status == 400
    posted = await desk.ask(running.addresses[0], "/a", method="PUT", body=b"x")
    assert posted.said["method"] == "PUT"


@pytest_twisted.ensureDeferred
async def test_default_target(desk: Desk) -> None:
    """``--default-target`` gets what has no route."""
    running = desk.start("--default-target", desk.url)
    assert (await desk.get(running, "/x")).said["uri"] == "/x"


@pytest_twisted.ensureDeferred
async def test_no_include_prefix(desk: Desk) -> None:
    """The target does not see where it is mounted."""
    running = desk.start("--no-include-prefix")
    await desk.add(running, "/a", desk.url + "/base")
    assert (await desk.get(running, "/a/x?y")).said["uri"] == "/base/x?y"


@pytest_twisted.ensureDeferred
async def test_no_prepend_path(desk: Desk) -> None:
    """The path of the target's URL is left out."""
    running = desk.start("--no-prepend-path")
    await desk.add(running, "/a", desk.url + "/base")
    assert (await desk.get(running, "/a/x")).said["uri"] == "/a/x"


@pytest_twisted.ensureDeferred
async def test_forwarded(desk: Desk) -> None:
    """Targets hear of the client; a proxy in front is believed, others are not."""
    running = desk.start("--default-target", desk.url)
    seen = (await desk.get(running, "/")).seen
    name = host(running)
    assert seen["host"] == [name]
    assert seen["x-forwarded-for"] == ["127.0.0.1"]
    assert seen["x-forwarded-proto"] == ["http"]
    assert seen["x-forwarded-host"] == [name]
    assert seen["x-forwarded-port"] == [name.partition(":")[2]]
    said = {"X_Forwarded_For": "203.0.113.7", "X_Forwarded_Proto": "https"}
    seen = (await desk.get(running, "/", **said)).seen
    assert seen["x-forwarded-for"] == ["203.0.113.7"]
    assert seen["x-forwarded-proto"] == ["https"]
    strict = desk.start("--default-target", desk.url, "--trusted-proxies", "none")
    seen = (await desk.get(strict, "/", **said)).seen
    assert seen["x-forwarded-for"] == ["127.0.0.1"]
    assert seen["x-forwarded-proto"] == ["http"]


@pytest_twisted.ensureDeferred
async def test_no_x_forward(desk: Desk) -> None:
    """Nothing of ours; what a believed proxy has said passes."""
    running = desk.start("--default-target", desk.url, "--no-x-forward")
    seen = (await desk.get(running, "/")).seen
    assert not [name for name in seen if name.startswith("x-forwarded")]
    seen = (await desk.get(running, "/", X_Forwarded_For="203.0.113.7")).seen
    assert seen["x-forwarded-for"] == ["203.0.113.7"]


@pytest_twisted.ensureDeferred
async def test_change_origin_and_custom_headers(desk: Desk) -> None:
    """``Host`` becomes the target's own; custom headers win over the client's."""
    options = (
        "--change-origin",
        "--custom-header",
        "X-A: 1",
        "--custom-header=X-B:2:3",
    )
    running = desk.start("--default-target", desk.url, *options)
    seen = (await desk.get(running, "/", X_A="client")).seen
    assert seen["host"] == [f"127.0.0.1:{desk.port}"]
    assert (seen["x-a"], seen["x-b"]) == (["1"], ["2:3"])
    assert seen["x-forwarded-host"] == [host(running)]


@pytest_twisted.ensureDeferred
async def test_rewritten_redirects(desk: Desk) -> None:
    """``--auto-rewrite`` and ``--protocol-rewrite`` lead clients back to us."""
    path = f"/?status=302&location={desk.url}/there"
    plain = desk.start("--default-target", desk.url)
    assert (await desk.get(plain, path)).headers["location"] == [desk.url + "/there"]
    both = desk.start(
        "--default-target", desk.url, "--auto-rewrite", "--protocol-rewrite", "https"
    )
    reply = await desk.get(both, path)
    assert reply.headers["location"] == [f"https://{host(both)}/there"]
    auto = desk.start("--default-target", desk.url, "--auto-rewrite")
    reply = await desk.get(auto, path)
    assert reply.headers["location"] == [f"http://{host(auto)}/there"]


@pytest_twisted.ensureDeferred
async def test_host_routing(desk: Desk) -> None:
    """Routes begin with the host's name, in any letter case and with any port."""
    running = desk.start("--host-routing")
    await desk.add(running, "/a.org", desk.url + "/one")
    await desk.add(running, "/a.org/sub", desk.url + "/two")
    for name in ("a.org", "A.ORG", "a.org:8000"):
        assert (await desk.get(running, "/x", Host=name)).said["uri"] == "/one/x"
    assert (await desk.get(running, "/sub/x", Host="a.org")).said["uri"] == "/two/sub/x"
    assert (await desk.get(running, "/x", Host="b.org")).status == 404
    await desk.add(running, "/", desk.url + "/else")
    assert (await desk.get(running, "/x", Host="A.ORG")).said["uri"] == "/one/x"
    assert (await desk.get(running, "/x", Host="b.org")).said["uri"] == "/else/x"


@pytest_twisted.ensureDeferred
async def test_only_success_is_activity(desk: Desk) -> None:
    """Failed requests, redirects and targets that are not there do not count."""
    running = desk.start()
    await desk.add(running, "/a", desk.url)
    await desk.add(running, "/dead", "http://127.0.0.1:1")
    routes = [running.routes.get("/a"), running.routes.get("/dead")]
    for route in routes:
        assert route is not None
        route.last_activity = OLD
    for status in (302, 404, 500):
        await desk.get(running, f"/a?status={status}")
    assert (await desk.get(running, "/dead")).status == 503
    assert await desk.activity(running, "/a") == "2001-09-09T01:46:40.000Z"
    assert await desk.activity(running, "/dead") == "2001-09-09T01:46:40.000Z"
    for status in (200, 204):
        cast("Any", routes[0]).last_activity = OLD
        await desk.get(running, f"/a?status={status}")
        assert await desk.activity(running, "/a") > "2026"


@pytest_twisted.ensureDeferred
async def test_what_failed_is_in_the_log(desk: Desk) -> None:
    """With the target and why; without the query, which may hold secrets."""
    running = desk.start("--default-target", "http://127.0.0.1:1")
    with capturedLogs() as said:
        assert (await desk.get(running, "/x?token=secret")).status == 503
    lines = [formatEvent(event) for event in said]
    assert "503 GET /x tcp:127.0.0.1:1: connect" in lines
    assert not [line for line in lines if "secret" in line]


@pytest_twisted.ensureDeferred
async def test_a_target_on_a_unix_socket(desk: Desk) -> None:
    """``unix+http://%2Fpath`` is a target too."""
    running = desk.start("--change-origin")
    await desk.add(running, "/a", desk.on_socket() + "/b")
    reply = await desk.get(running, "/a/x")
    assert reply.said["uri"] == "/b/a/x"
    assert reply.seen["host"] == ["localhost"]


@pytest_twisted.ensureDeferred
async def test_websocket(desk: Desk) -> None:
    """Messages pass, from pages of any origin; every one of them is activity."""
    echo = WebSocketServerFactory()
    echo.protocol = Echo
    port = desk.reactor.listenTCP(0, echo, interface="127.0.0.1")
    running = desk.start()
    await desk.add(running, "/ws", f"http://127.0.0.1:{port.getHost().port}")
    factory: Any = WebSocketClientFactory(
        f"ws://{host(running)}/ws/x",
        origin="https://Elsewhere.example",
        reactor=desk.reactor,
    )
    factory.protocol = Speaker
    where = TCP4ClientEndpoint(desk.reactor, "127.0.0.1", running.addresses[0].port)
    speaker = cast("Speaker", await where.connect(cast("Factory", factory)))
    await speaker.opened
    assert running.metrics.counts["requests_ws"] == 1
    assert running.metrics.proxied[101] == 1
    route = running.routes.get("/ws")
    assert route is not None
    route.last_activity = OLD
    assert await speaker.say(b"hello") == b"hello"
    assert route.last_activity > OLD
    speaker.sendClose(1000)
    await speaker.ended
    await port.stopListening()


@pytest.mark.parametrize(("path", "status"), [(b"/none", b"404"), (b"/dead", b"503")])
@pytest_twisted.ensureDeferred
async def test_websocket_to_nowhere(desk: Desk, path: bytes, status: bytes) -> None:
    """It is refused with the bare status."""
    running = desk.start()
    await desk.add(running, "/dead", "http://127.0.0.1:1")
    client = await desk.raw(running.addresses[0])
    cast("Any", client.transport).write(HANDSHAKE % path)
    await client.closed
    assert client.data.startswith(b"HTTP/1.1 " + status)
    assert client.data.endswith(b"\r\n\r\n")


@pytest_twisted.ensureDeferred
async def test_a_silent_target(desk: Desk) -> None:
    """``--proxy-timeout`` ends the wait for it with 503."""
    running = desk.start("--default-target", desk.url, "--proxy-timeout", "100")
    assert (await desk.get(running, "/?silent=1")).status == 503


@pytest_twisted.ensureDeferred
async def test_timeout(desk: Desk) -> None:
    """``--timeout`` ends a request on which nothing happens."""
    running = desk.start("--default-target", desk.url, "--timeout", "100")
    assert (await desk.get(running, "/?silent=1")).status == 503
    client = await desk.raw(running.addresses[0])
    cast("Any", client.transport).write(
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nhalf"
    )
    await client.closed
    assert client.data.startswith(b"HTTP/1.1 408 ")


@pytest_twisted.ensureDeferred
async def test_keep_alive_timeout(desk: Desk) -> None:
    """``--keep-alive-timeout`` ends an idle connection."""
    running = desk.start("--default-target", desk.url, "--keep-alive-timeout", "100")
    client = await desk.raw(running.addresses[0])
    cast("Any", client.transport).write(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
    await client.closed
    assert client.data.startswith(b"HTTP/1.1 200 ")
