"""Requests that repeat are let through by a few look-ups, and never one too long."""

from typing import Any

import pytest
from attrs import evolve
from twisted.internet.defer import succeed
from twisted.internet.task import Clock

from aen.gateway.grants import Grants, Limits
from aen.gateway.opening import Opened, Openings
from aen.gateway.paths import parse_address
from aen.gateway.shortcuts import Shortcuts, Way
from aen.model.names import AppName
from aen.model.projects import State
from aen.proxy.head import Headers, RequestHead
from aen.proxy.routing import Forward
from aen.wire.messages import Drop, Launch, Opening
from tests.gateway.fakes import ADA, GRANT, LAUNCH, NODE, PATH, Server
from tests.outcomes import now

TARGET = b"/ada/lab/jupyterlab/api?x=1"
COOKIE: Headers = ((b"Cookie", b"a=1; pass=x"),)
TO = Forward("unix:/run/l1/app.sock")
LAB = AppName("jupyterlab")
RUNNING = Opening(State.RUNNING, NODE)


class Node:
    """Launches what it is told to."""

    launch: Launch = LAUNCH

    async def ask(self, *_: Any) -> Any:
        """Answer at once."""
        return self.launch


class Ready:
    """A shortcut that has just been remembered, and what it rests on."""

    def __init__(self) -> None:
        self.clock, self.server, self.node = Clock(), Server(), Node()
        self.grants = Grants(self.server.grant, self.clock, Limits(60, 3600, 2))
        self.openings = Openings(lambda _: succeed(RUNNING), self.node, self.clock)
        self.grant_anew()
        known = self.grants.entry(ADA, PATH)
        assert known is not None
        self.way = Way(TO, known, GRANT, LAB, self.open(), until=50.0)
        self.shortcuts = Shortcuts(self.grants, self.openings)
        self.remember(self.way, COOKIE)

    def grant_anew(self) -> None:
        """Have the server asked for the grant, and answer."""
        waiting = self.grants.find(ADA, PATH)
        self.server.answer(evolve(GRANT))
        assert waiting.called

    def open(self) -> Opened:
        """Have the app opened."""
        return now(self.openings.open(GRANT, ADA, LAB))

    def remember(self, way: Way, headers: Headers, expires: float = 40.0) -> None:
        """Remember *way* for requests with these headers."""
        address = parse_address(TARGET)
        assert address is not None
        head = RequestHead(b"GET", TARGET, "1.1", headers)
        self.shortcuts.remember(head, expires, address, way)

    def find(self, target: bytes = TARGET, headers: Headers = COOKIE) -> Forward | None:
        """Return what is found for a request."""
        head = RequestHead(b"GET", target, "1.1", headers)
        return self.shortcuts.find(head, self.clock.seconds())


@pytest.fixture
def ready() -> Ready:
    """Return a fresh one."""
    return Ready()


def test_the_same_again(ready: Ready) -> None:
    """With the same cookies, whatever is asked of the same app goes the same way."""
    assert ready.find() is TO
    assert ready.find(b"/ada/lab/jupyterlab/") is TO


@pytest.mark.parametrize(
    "target",
    [
        b"*",
        b"/ada/lab/jupyterlab",
        b"/ada/lab/jupyterlab?/",
        b"/ada/lab?/jupyterlab/",
        b"/ada//lab/jupyterlab/",
        b"/ada/lab/other/",
        b"/bob/lab/jupyterlab/",
    ],
)
def test_another_target(ready: Ready, target: bytes) -> None:
    """What is not plainly the same app is decided in full."""
    assert ready.find(target) is None


def test_other_credentials(ready: Ready) -> None:
    """Other cookies, none, or a token: somebody else, perhaps."""
    assert ready.find(headers=()) is None
    assert ready.find(headers=((b"Cookie", b"a=1; pass=y"),)) is None
    token = (b"Authorization", b"Bearer t")
    assert ready.find(headers=(*COOKIE, token)) is None


@pytest.mark.parametrize("news", [Drop(session="s1"), Drop(project_id="p1")])
def test_news_end_it(ready: Ready, news: Drop) -> None:
    """A grant that was dropped opens nothing from that moment on."""
    ready.grants.drop(news)
    assert ready.find() is None


def test_doubt_ends_it(ready: Ready) -> None:
    """While news may have been missed, the server is asked."""
    ready.grants.doubt_all()
    assert ready.find() is None


def test_a_newer_grant_ends_it(ready: Ready) -> None:
    """What the server said last counts."""
    ready.grant_anew()
    assert ready.find() is None


def test_a_grant_pushed_out_ends_it(ready: Ready) -> None:
    """News would not find it any more."""
    for session in ("s2", "s3"):
        ready.grants.find(evolve(ADA, session=session), PATH)
        ready.server.answer(GRANT)
    assert ready.find() is None


def test_an_app_that_ended_ends_it(ready: Ready) -> None:
    """Also one that was opened again meanwhile, elsewhere."""
    ready.openings.launch_news(evolve(LAUNCH, state="stopped"))
    assert ready.find() is None
    ready.node.launch = evolve(LAUNCH, id="l2")
    ready.open()
    assert ready.find() is None


@pytest.mark.parametrize(
    ("pass_expires", "ticket_until", "seconds"),
    [(40.0, 50.0, 40.0), (70.0, 50.0, 50.0), (70.0, 70.0, 60.0)],
)
def test_time_ends_it(
    ready: Ready, pass_expires: float, ticket_until: float, seconds: float
) -> None:
    """A pass expires, a ticket is to be renewed, a grant is to be asked for again."""
    way = evolve(ready.way, until=ticket_until)
    ready.remember(way, COOKIE, pass_expires)
    ready.clock.advance(seconds - 0.5)
    assert ready.find() is TO
    ready.clock.advance(0.5)
    assert ready.find() is None


def test_only_plain_cookies_are_remembered(ready: Ready) -> None:
    """Neither several headers, nor long ones, nor more than so many of all."""
    two: Headers = ((b"Cookie", b"b=1"), (b"Cookie", b"c=1"))
    ready.remember(ready.way, two)
    assert ready.find(headers=two) is None
    long: Headers = ((b"Cookie", b"b" * 2049),)
    ready.remember(ready.way, long)
    assert ready.find(headers=long) is None
    for number in range(4096):
        ready.remember(ready.way, ((b"Cookie", b"%d" % number),))
    assert ready.find() is None
