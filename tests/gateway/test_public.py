"""Public folders at the gateway: who is asked, and what is remembered."""

from typing import Any

import pytest
import pytest_twisted
from attrs import define, field
from twisted.internet.defer import Deferred
from twisted.internet.task import Clock

from aen.gateway.paths import parse_public
from aen.gateway.public import PublicFolders, PublicLimits
from aen.gateway.upstreams import Upstreams
from aen.model.errors import AenError, Elsewhere, NotFound, Unavailable
from aen.model.projects import State
from aen.proxy.head import RequestHead
from aen.proxy.routing import Answer, Forward
from aen.wire.client import Identity
from aen.wire.messages import Drop, ProjectNews, PublicPlace, PublicQuestion
from aen.wire.public import BUSY, NOT_NOW, NOTHING_THERE
from aen.wire.tickets import HEADER, unseal
from tests.gateway.fakes import KEY, NODE
from tests.gateway.world import World
from tests.outcomes import outcome

PLACE = PublicPlace("p1", NODE)
TARGET = b"/ada/lab/public/a/b?x"


@define
class Scene:
    """Public folders whose server answers when told to."""

    clock: Clock
    limits: PublicLimits = field(factory=PublicLimits)
    asked: list[PublicQuestion] = field(factory=list)
    waiting: list[Deferred[PublicPlace]] = field(factory=list)
    public: PublicFolders = field(init=False)

    def __attrs_post_init__(self) -> None:
        identity = Identity("gateway:east", KEY)
        upstreams = Upstreams(identity, self.clock, "here", frozenset())
        self.public = PublicFolders(self.ask, upstreams, self.clock, self.limits)

    def ask(self, question: PublicQuestion) -> Deferred[PublicPlace]:
        """Note the question."""
        self.asked.append(question)
        self.waiting.append(Deferred())
        return self.waiting[-1]

    def route(self, target: bytes = TARGET, method: bytes = b"GET") -> Any:
        """Return what is decided."""
        address = parse_public(target)
        assert address is not None
        return self.public.route(RequestHead(method, target, "1.1", ()), address)

    def told(self, answer: PublicPlace | AenError, target: bytes = TARGET) -> Any:
        """Return what is decided once the server has answered."""
        decided = self.route(target)
        if isinstance(answer, AenError):
            self.waiting.pop().errback(answer)
        else:
            self.waiting.pop().callback(answer)
        return outcome(decided)


@pytest.fixture
def scene(clock: Clock) -> Scene:
    """Give a gateway that knows nothing yet."""
    return Scene(clock)


def test_a_folder_of_another_data_center(scene: Scene) -> None:
    """Whoever asks is led to the gateway that has it; nothing of that is kept."""
    error = Elsewhere("west", fields={"path": "ada/lab", "gateway": "http://west"})
    for _ in range(2):
        answer = scene.told(error)
        assert answer.status == 307
        assert (b"location", b"http://west/ada/lab/public/") in answer.headers


def test_the_server_is_asked_once(scene: Scene) -> None:
    """However many want it; then the same decision serves every request."""
    first, second = scene.route(), scene.route(b"/ada/lab/public/")
    assert scene.asked == [PublicQuestion("ada", "lab")]
    scene.waiting.pop().callback(PLACE)
    forward = outcome(first)
    assert isinstance(forward, Forward)
    assert outcome(second) is forward
    assert scene.route() is forward
    assert forward.upstream == "tcp:n1:5002"
    assert forward.target_for(TARGET) == b"/launcher/public/ada/lab/a/b?x"
    assert forward.drop_headers == {b"cookie", b"authorization"}
    text = dict(forward.set_headers)[HEADER].decode()
    assert unseal(text, KEY.public, "node:n1", 1000.0).purpose == "public"


def test_an_answer_ages(scene: Scene) -> None:
    """And the ticket is made anew in time."""
    forward = scene.told(PLACE)
    scene.clock.advance(59)
    assert scene.route() is forward
    scene.clock.advance(2)
    assert isinstance(scene.route(), Deferred)


@pytest.mark.parametrize("answer", [NotFound("x"), PublicPlace("p1")])
def test_nothing_there(scene: Scene, answer: PublicPlace | AenError) -> None:
    """No project, or none that was ever started: one answer, remembered shortly."""
    found = scene.told(answer)
    assert (found.status, found.body) == (404, NOTHING_THERE)
    assert scene.route() == found
    scene.clock.advance(4)
    assert isinstance(scene.route(), Deferred)


@pytest.mark.parametrize("by_drop", [True, False])
def test_news_drop_what_was_remembered(scene: Scene, by_drop: bool) -> None:  # noqa: FBT001
    """Of that project alone; refusals name no project and go too."""
    scene.told(PLACE)
    other = scene.told(PublicPlace("p2", NODE), b"/ada/other/public/")
    scene.told(NotFound("x"), b"/ada/none/public/")
    if by_drop:
        scene.public.drop(Drop(project_id="p1"))
    else:
        scene.public.project_news(ProjectNews("p1", State.STOPPED))
    assert isinstance(scene.route(), Deferred)
    assert scene.route(b"/ada/other/public/x") is other
    assert isinstance(scene.route(b"/ada/none/public/"), Deferred)


def test_an_answer_that_news_have_overtaken_is_not_kept(scene: Scene) -> None:
    """It serves who asked before, and nobody after."""
    decided = scene.route()
    scene.public.drop(Drop(project_id="p1"))
    scene.waiting.pop().callback(PLACE)
    assert isinstance(outcome(decided), Forward)
    assert isinstance(scene.route(), Deferred)


def test_without_the_server_what_it_said_holds(scene: Scene) -> None:
    """For a grace; of what is not known there is no answer."""
    forward = scene.told(PLACE)
    scene.clock.advance(100)
    again = scene.told(Unavailable("gone"))
    assert isinstance(again, Forward)
    assert again.upstream == forward.upstream
    scene.clock.advance(3600)
    late = scene.told(Unavailable("gone"))
    assert (late.status, late.body) == (503, NOT_NOW)
    assert scene.told(Unavailable("gone"), b"/ada/x/public/").status == 503


def test_few_questions_at_a_time_and_few_answers(clock: Clock) -> None:
    """Names that nobody gave anything cost neither memory nor the server's time."""
    scene = Scene(clock, PublicLimits(asking=1, kept=1))
    scene.route()
    found = scene.route(b"/ada/other/public/")
    assert (found.status, found.body) == (503, BUSY)
    scene.waiting.pop().callback(PLACE)
    scene.told(PublicPlace("p2", NODE), b"/ada/other/public/")
    assert len(scene.public._known) == 1


def test_reading_alone(scene: Scene) -> None:
    """Whatever else is asked is refused without asking anybody."""
    found = scene.route(method=b"POST")
    assert (found.status, dict(found.headers)[b"allow"]) == (405, b"GET, HEAD")
    moved = scene.route(b"/ada/lab/public?x=1")
    assert moved.status == 308
    assert dict(moved.headers)[b"location"] == b"/ada/lab/public/?x=1"
    assert not scene.asked


def test_a_node_that_does_not_answer(scene: Scene) -> None:
    """The server is asked anew where the folder is."""
    scene.told(PLACE)
    address = parse_public(TARGET)
    assert address is not None
    found = scene.public.unreachable(address)
    assert isinstance(found, Answer)
    assert (found.status, found.body) == (503, NOT_NOW)
    assert isinstance(scene.route(), Deferred)


@pytest_twisted.ensureDeferred
async def test_over_sockets_without_signing_in(world: World) -> None:
    """The node is asked in the gateway's name, and hears of no cookie."""
    answer = await world.get("/ada/lab/public/sub/x?y=1", cookie="aen-pass=z; a=b")
    text = (await answer.content()).decode()
    assert answer.code == 200
    assert text == "/launcher/public/ada/lab/sub/x?y=1 - -"
    other = await world.get("/ada/none/public/x")
    assert (other.code, await other.content()) == (404, NOTHING_THERE)


def test_files_of_a_project_that_has_moved(scene: Scene) -> None:
    """They are read where they are now, by links that still say where they were."""
    forward = scene.told(PublicPlace("p1", NODE, "bob", "ice"))
    assert isinstance(forward, Forward)
    assert forward.base == b"/launcher/public/bob/ice"
    assert forward.cut == len(b"/ada/lab/public")
