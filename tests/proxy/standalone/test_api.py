"""The REST API, over sockets."""

import json
from typing import Any, cast

import pytest
import pytest_twisted

from aen.proxy.standalone import api
from aen.proxy.standalone.routes import Routes
from tests.proxy.standalone.desk import TOKEN, Desk

ROUTES = "/api/routes"


@pytest_twisted.ensureDeferred
async def test_the_token(desk: Desk) -> None:
    """Nobody without it; exactly as the peer wants it."""
    running = desk.start()
    where = running.addresses[1]
    assert (await desk.ask(where, ROUTES)).status == 403
    for wrong in ("token nonsense", TOKEN, f"Bearer {TOKEN}", f"token {TOKEN} "[:-2]):
        assert (await desk.ask(where, ROUTES, authorization=wrong)).status == 403
    assert (await desk.api(running, ROUTES)).status == 200
    refused = await desk.ask(where, ROUTES + "/x", method="DELETE")
    assert (refused.status, refused.body) == (403, b"")


@pytest_twisted.ensureDeferred
async def test_without_a_token(desk: Desk) -> None:
    """Then anybody may, as with the peer; the log warns."""
    running = desk.start(CONFIGPROXY_AUTH_TOKEN="")
    assert (await desk.ask(running.addresses[1], ROUTES)).status == 200


@pytest_twisted.ensureDeferred
async def test_add_read_remove(desk: Desk) -> None:
    """The life of a route."""
    running = desk.start("--default-target", desk.url)
    data = {"target": "http://127.0.0.1:1/", "user": "ada", "n": [1, None]}
    done = await desk.api(running, ROUTES + "/user/ada/", "POST", data)
    assert (done.status, done.body) == (201, b"")
    one = await desk.api(running, ROUTES + "/user/ada")
    assert one.headers["content-type"] == ["application/json"]
    stamp = one.said.pop("last_activity")
    assert stamp[-1] == "Z"
    assert len(stamp) == len("2026-01-01T00:00:00.000Z")
    assert {k: v for k, v in one.said.items() if k != "last_activity"} == data
    every = (await desk.api(running, ROUTES)).said
    assert list(every) == ["/", "/user/ada"]
    assert every["/user/ada"] == one.said | {"last_activity": stamp}
    assert (await desk.api(running, ROUTES + "/user")).status == 404
    gone = await desk.api(running, ROUTES + "/user/ada", "DELETE")
    assert (gone.status, gone.body) == (204, b"")
    assert (await desk.api(running, ROUTES + "/user/ada", "DELETE")).status == 404
    assert list((await desk.api(running, ROUTES + "/")).said) == ["/"]


@pytest_twisted.ensureDeferred
async def test_the_root_is_a_route(desk: Desk) -> None:
    """Posting to ``/api/routes`` sets the default target; it can be removed too."""
    running = desk.start()
    await desk.add(running, "", desk.url)
    assert (await desk.get(running, "/x")).said["uri"] == "/x"
    assert (await desk.api(running, ROUTES + "/", "DELETE")).status == 204
    assert (await desk.get(running, "/x")).status == 404


@pytest_twisted.ensureDeferred
async def test_escapes(desk: Desk) -> None:
    """Prefixes are kept decoded and match however a client writes them."""
    running = desk.start()
    await desk.add(running, "/user/g%40x.org/a%20b", desk.url)
    assert list((await desk.api(running, ROUTES)).said) == ["/user/g@x.org/a b"]
    for path in ("/user/g@x.org/a%20b/c", "/user/g%40x.org/a%20b/c"):
        assert (await desk.get(running, path)).said["uri"] == path
    assert (await desk.api(running, ROUTES + "/%ff")).status == 400


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"{", b"JSON"),
        (b"\xff", b"JSON"),
        (b"[" * 100_000, b"JSON"),
        (b"[]", b"target"),
        (b"null", b"target"),
        (b"{}", b"target"),
        (b'{"target": 5}', b"target"),
        (b'{"target": "nonsense"}', b"http:"),
    ],
)
@pytest_twisted.ensureDeferred
async def test_bad_bodies(desk: Desk, body: bytes, words: bytes) -> None:
    """They are refused with a reason no browser reads as HTML."""
    running = desk.start()
    reply = await desk.ask(
        running.addresses[1],
        ROUTES + "/x",
        method="POST",
        body=body,
        authorization=f"token {TOKEN}",
    )
    assert reply.status == 400
    assert words in reply.body
    assert reply.headers["content-type"] == ["text/plain; charset=utf-8"]


@pytest_twisted.ensureDeferred
async def test_bodies_are_bounded(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody fills the memory, also without the token."""
    monkeypatch.setattr(api, "MOST_BODY", 1000)
    running = desk.start()
    client = await desk.raw(running.addresses[1])
    cast("Any", client.transport).write(
        b"POST /api/routes HTTP/1.1\r\nHost: a\r\nContent-Length: 2000\r\n\r\n"
        + b"x" * 2000
    )
    await client.closed
    assert client.data == b""


@pytest_twisted.ensureDeferred
async def test_other_paths_and_methods(desk: Desk) -> None:
    """404 and 405."""
    running = desk.start()
    for path in ("/", "/api", "/api/", "/api/routesx"):
        assert (await desk.api(running, path)).status == 404
    for method in ("PUT", "PATCH", "OPTIONS", "HEAD"):
        assert (await desk.api(running, ROUTES + "/x", method)).status == 405


@pytest_twisted.ensureDeferred
async def test_inactive_since(desk: Desk) -> None:
    """Only routes where nothing happened since, under both names of the parameter."""
    running = desk.start()
    await desk.add(running, "/old", desk.url)
    await desk.add(running, "/new", desk.url)
    old, new = running.routes.get("/old"), running.routes.get("/new")
    assert old is not None
    assert new is not None
    old.last_activity, new.last_activity = 1_000_000_000.5, 2_000_000_000.0
    for name in ("inactive_since", "inactiveSince"):
        for stamp, wanted in (
            ("2001-09-09T01:46:41Z", ["/old"]),
            ("2001-09-09T01:46:40.400Z", []),
            ("2001-09-09T03:46:41%2B02:00", ["/old"]),
            ("2020-01-01", ["/old"]),
            ("2050-01-01T00:00:00.000Z", ["/old", "/new"]),
            ("", ["/old", "/new"]),
        ):
            reply = await desk.api(running, f"{ROUTES}?{name}={stamp}")
            assert list(reply.said) == wanted
        for bad in ("nope", "%ff", "99999-01-01"):
            assert (await desk.api(running, f"{ROUTES}?{name}={bad}")).status == 400


def test_described() -> None:
    """The time is ours, whatever was posted."""
    posted = cast("dict[str, Any]", {"target": "http://a", "last_activity": "1999"})
    route = Routes().add("/", posted, 0.0)
    assert json.loads(json.dumps(api.described(route))) == {
        "target": "http://a",
        "last_activity": "1970-01-01T00:00:00.000Z",
    }
