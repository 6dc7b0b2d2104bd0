"""To HTTPS, and to stay there."""

from collections.abc import Awaitable

import pytest
import pytest_twisted
from twisted.internet.defer import Deferred, succeed

from aen.proxy.head import Peer, RequestHead
from aen.proxy.https import Insisting, ToHttps
from aen.proxy.routing import Answer, Decision, Forward

PEER = Peer("192.0.2.1", 1, secure=True)
FIELD = (b"Strict-Transport-Security", b"max-age=60")


def head(target: bytes) -> RequestHead:
    """Return a request."""
    return RequestHead(b"GET", target, "1.1", ((b"Host", b"evil.example"),))


@pytest.mark.parametrize(
    ("target", "location"),
    [
        (b"/a/b?c=d", b"https://gate:8089/a/b?c=d"),
        (b"/", b"https://gate:8089/"),
        (b"*", b"https://gate:8089/"),
        (b"//evil.example/", b"https://gate:8089/"),
    ],
)
def test_the_way_to_https(target: bytes, location: bytes) -> None:
    """To our own name and nobody else's, with the method kept."""
    router = ToHttps("https://gate:8089")
    answer = router.route(head(target), PEER)
    assert answer.status == 308
    assert dict(answer.headers)[b"Location"] == location
    assert router.unreachable(head(target), Forward("unix:/x"), "") == answer


class Says:
    """A router that says one thing."""

    def __init__(self, decision: "Decision | Deferred[Decision]") -> None:
        self.decision = decision

    def route(self, head: RequestHead, peer: Peer) -> Decision | Awaitable[Decision]:
        return self.decision

    def unreachable(
        self, head: RequestHead, forward: Forward, reason: str
    ) -> Decision | Awaitable[Decision]:
        return self.decision


@pytest_twisted.ensureDeferred
async def test_every_answer_insists() -> None:
    """Our own, an app's (which cannot say otherwise), and late ones."""
    own = Insisting(Says(Answer(200, ((b"A", b"b"),))), 60)
    assert own.route(head(b"/"), PEER) == Answer(200, ((b"A", b"b"), FIELD))
    app = Insisting(Says(Forward("unix:/x")), 60)
    wanted = Forward("unix:/x", add_response_headers=(FIELD,))
    assert app.route(head(b"/"), PEER) == wanted
    assert app.route(head(b"/"), PEER) is app.route(head(b"/a"), PEER)
    assert app.unreachable(head(b"/"), wanted, "connect") == wanted
    late = Insisting(Says(succeed(Forward("unix:/x"))), 60).route(head(b"/"), PEER)
    assert not isinstance(late, Answer | Forward)
    assert await late == wanted


def test_what_is_kept_is_bounded() -> None:
    """A router that makes every decision anew costs no more than some memory."""
    says = Says(Answer(200))
    router = Insisting(says, 60)
    for number in range(3000):
        says.decision = Forward(f"unix:/{number}")
        said = router.route(head(b"/"), PEER)
        assert isinstance(said, Forward)
        assert said.upstream == f"unix:/{number}"
        assert len(router._made) <= 1024
