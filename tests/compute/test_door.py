"""Where requests on the node's port go."""

import json
from pathlib import Path

import pytest
from attrs import define, evolve, field
from twisted.internet.task import Clock

from aen.compute import door
from aen.compute.door import NodeRouter, app_target, split_app_target
from aen.model.errors import NotFound
from aen.proxy.head import Peer, RequestHead
from aen.proxy.routing import Answer, Decision, Forward
from aen.wire import tickets
from aen.wire.messages import Launch
from tests.compute.ground import LAUNCH

KEY = tickets.SigningKey(b"g" * 32)
OTHER = tickets.SigningKey(b"x" * 32)
PEER = Peer("10.0.0.1", 1, secure=False)
APP = evolve(LAUNCH, socket="/run/l1/app.sock", state="running")


@define
class FakeApps:
    """One app."""

    app: Launch = APP

    def find(self, launch_id: str) -> Launch:
        """Return it by its id."""
        if launch_id != self.app.id:
            raise NotFound("There is no such launch.")
        return self.app


@define
class Scene:
    """A router and the way to ask it."""

    apps: FakeApps = field(factory=FakeApps)
    clock: Clock = field(factory=Clock)
    router: NodeRouter = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.router = NodeRouter(
            "n1", KEY.public, Path("/run/api.sock"), self.apps, self.clock
        )

    def ask(self, target: bytes, *given: str) -> Decision:
        """Return what is decided about a request with these tickets."""
        headers = tuple((b"AEN-Ticket", one.encode()) for one in given)
        return self.router.route(RequestHead(b"GET", target, "1.1", headers), PEER)


def ticket(
    purpose: str = "app:l1",
    issuer: str = "gateway:east",
    audience: str = "node:n1",
    key: tickets.SigningKey = KEY,
    expires: float = 60.0,
) -> str:
    """Return a sealed ticket."""
    return tickets.seal(key, tickets.Ticket(issuer, audience, purpose, expires))


def status(decision: Decision) -> int:
    """Return the status of an answer, 0 for what is forwarded."""
    return decision.status if isinstance(decision, Answer) else 0


def test_traffic_of_an_app() -> None:
    """It goes to the app's own socket as it came, without the ticket."""
    scene, target = Scene(), b"/launcher/apps/l1/ada/lab/app/x?y=1"
    found = scene.ask(target, ticket())
    assert isinstance(found, Forward)
    assert found.upstream == "unix:/run/l1/app.sock"
    assert found.target_for(target) == b"/ada/lab/app/x?y=1"
    assert tickets.HEADER in found.drop_headers
    assert found.tags == ("l1",)


def test_the_same_traffic_is_the_same_decision() -> None:
    """So that the proxy knows it again; an app that has moved is another one."""
    scene = Scene()
    first = scene.ask(b"/launcher/apps/l1/a", ticket())
    assert scene.ask(b"/launcher/apps/l1/b", ticket()) is first
    scene.apps.app = evolve(APP, socket="/run/l1/other.sock")
    moved = scene.ask(b"/launcher/apps/l1/b", ticket())
    assert isinstance(moved, Forward)
    assert moved.upstream == "unix:/run/l1/other.sock"


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (b"/ada/lab/app/x?y", b"/x?y"),
        (b"/ada/lab/app/", b"/"),
        (b"/ada/lab/app", b"/"),
        (b"/ada/lab/app?y", b"/?y"),
        (b"/ada/lab/apple", b"/ada/lab/apple"),
    ],
)
def test_an_app_that_does_not_know_its_prefix(asked: bytes, expected: bytes) -> None:
    """It is asked without it, whatever follows."""
    scene = Scene(FakeApps(evolve(APP, strip_prefix=True)))
    target = b"/launcher/apps/l1" + asked
    found = scene.ask(target, ticket())
    assert isinstance(found, Forward)
    assert found.target_for(target) == expected


def test_an_app_on_a_port() -> None:
    """Only loopback, only the port our own record names."""
    scene = Scene(FakeApps(evolve(APP, socket="", port=4711)))
    found = scene.ask(b"/launcher/apps/l1/", ticket())
    assert isinstance(found, Forward)
    assert found.upstream == "tcp:127.0.0.1:4711"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ((), 401),
        ((ticket(), ticket()), 401),
        (("rubbish",), 401),
        ((ticket(purpose="app:l2"),), 401),
        ((ticket(purpose="call"),), 401),
        ((ticket(audience="node:n2"),), 401),
        ((ticket(issuer="server"),), 401),
        ((ticket(key=OTHER),), 401),
        ((ticket(expires=-100.0),), 401),
        ((ticket(),), 0),
    ],
)
def test_nothing_passes_without_its_ticket(
    given: tuple[str, ...], expected: int
) -> None:
    """A ticket opens one app of one node for one gateway, for its time."""
    assert status(Scene().ask(b"/launcher/apps/l1/x", *given)) == expected


def test_a_remembered_ticket_expires() -> None:
    """It is good for its own app until then, not longer."""
    scene = Scene()
    text = ticket(expires=60.0)
    assert status(scene.ask(b"/launcher/apps/l1/x", text)) == 0
    scene.clock.advance(59.0)
    assert status(scene.ask(b"/launcher/apps/l1/x", text)) == 0
    assert status(scene.ask(b"/launcher/apps/l2/x", text)) == 401
    scene.clock.advance(100.0)
    assert status(scene.ask(b"/launcher/apps/l1/x", text)) == 401


def test_few_tickets_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many there are, memory is bounded and each of them opens its app."""
    monkeypatch.setattr(door, "_REMEMBERED", 2)
    scene = Scene()
    for expires in (10.0, 20.0, 30.0, 10.0):
        given = ticket(expires=expires)
        assert status(scene.ask(b"/launcher/apps/l1/x", given)) == 0
    assert len(scene.router._verified) == 2


def test_an_app_that_is_not_there() -> None:
    """Unknown launches, and those that are not up, do not exist."""
    scene = Scene()
    gone = ticket(purpose="app:l9")
    answer = scene.ask(b"/launcher/apps/l9/x", gone)
    assert status(answer) == 404
    assert isinstance(answer, Answer)
    assert json.loads(answer.body)["error"]["code"] == "not_found"
    scene.apps.app = evolve(APP, state="starting")
    assert status(scene.ask(b"/launcher/apps/l1/x", ticket())) == 404


def test_calls_go_to_the_api() -> None:
    """They prove themselves there."""
    assert Scene().ask(b"/launcher/status") == Forward("unix:/run/api.sock")


@pytest.mark.parametrize(
    "target", [b"/", b"/launcher", b"/launcherx/", b"*", b"/launcher/apps/l1"]
)
def test_every_other_address_is_nothing(target: bytes) -> None:
    """Whatever ticket comes with it."""
    assert status(Scene().ask(target, ticket())) == 404


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        (b"/ada/lab/app/x?y", b"/x?y"),
        (b"/ada/lab/app/", b"/"),
        (b"/ada/lab/app", b"/"),
        (b"/ada/lab/app?y", b"/?y"),
        (b"/ada/lab/application", b"/ada/lab/application"),
        (b"/other", b"/other"),
    ],
)
def test_a_prefix_is_stripped_for_those_who_want_it(
    target: bytes, expected: bytes
) -> None:
    """Only whole segments, and only when the manifest says so."""
    assert app_target(evolve(APP, strip_prefix=True), target) == expected
    assert app_target(APP, target) == target
    assert split_app_target(b"/launcher/apps/l1" + target) == ("l1", target)


def test_unreachable() -> None:
    """The gateway is told which of both it was."""
    scene = Scene()
    head = RequestHead(b"GET", b"/launcher/status", "1.1", ())
    forward = Forward("unix:/x")
    assert status(scene.router.unreachable(head, forward, "connect")) == 503
    assert status(scene.router.unreachable(head, forward, "timeout")) == 504


def test_use_is_noted() -> None:
    """By whatever passes on a way, in either direction."""
    scene = Scene()
    found = scene.ask(b"/launcher/apps/l1/a", ticket())
    assert isinstance(found, Forward)
    assert found.meter is not None
    assert scene.router.uses.take() == []
    found.meter.touch()
    assert scene.router.uses.take() == ["l1"]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ((), 401),
        ((ticket(),), 401),
        ((ticket(purpose="public", key=OTHER),), 401),
        ((ticket(purpose="public", audience="node:n2"),), 401),
        ((ticket(purpose="public"),), 0),
    ],
)
def test_public_folders_ask_for_a_ticket_too(
    given: tuple[str, ...], expected: int
) -> None:
    """Only the gateway's door is open to anybody."""
    assert status(Scene().ask(b"/launcher/public/ada/lab/x", *given)) == expected


def test_public_folders_hear_nothing_of_who_asks() -> None:
    """Neither cookie nor token, and they set none; a public ticket opens no app."""
    scene, given = Scene(), ticket(purpose="public")
    found = scene.ask(b"/launcher/public/ada/lab/x", given)
    assert isinstance(found, Forward)
    assert found.drop_headers >= {b"cookie", b"authorization", tickets.HEADER}
    assert b"set-cookie" in found.drop_response_headers
    assert scene.ask(b"/launcher/public/ada/lab/y", given) is found
    assert status(scene.ask(b"/launcher/apps/l1/x", given)) == 401


def test_what_an_open_page_asks_by_itself_is_told_apart() -> None:
    """Below the same addresses as at the gateway, as they are called here."""
    app = evolve(APP, polling=("/ada/lab/jupyterlab/api/",))
    scene = Scene(FakeApps(app))
    forward = scene.ask(b"/launcher/apps/l1/ada/lab/jupyterlab/api/x", ticket())
    assert isinstance(forward, Forward)
    polling, use = (
        RequestHead(b"GET", b"/launcher/apps/l1/ada/lab/jupyterlab/" + one, "1.1", ())
        for one in (b"api/x", b"lab")
    )
    assert forward.meter_of(polling) is None
    assert forward.meter_of(use) is forward.meter is not None
