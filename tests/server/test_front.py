"""The native front: built files from memory, everything else to the pages."""

from pathlib import Path

import pytest
from twisted.internet.task import Clock

from aen.proxy.head import Peer, RequestHead
from aen.proxy.routing import Answer, Forward
from aen.runtime.assets import Assets
from aen.server.front import Front, Processes
from aen.server.settings import ServerSettings

PEER = Peer("10.0.0.1", 4000, secure=False)


@pytest.fixture
def front(tmp_path: Path) -> Front:
    """A front with one style sheet."""
    (tmp_path / "app-1.css").write_text("a{}")
    (tmp_path / "app-1.css.br").write_bytes(b"br")
    (tmp_path / "app-2.js").write_text("")
    names = '{"app.css": "app-1.css", "app.js": "app-2.js"}'
    (tmp_path / "manifest.json").write_text(names)
    settings = ServerSettings("http://aen.example", socket="/run/aen.sock")
    return Front.of(settings, Assets.load(tmp_path), Clock())


def ask(target: bytes, method: bytes = b"GET", **headers: bytes) -> RequestHead:
    """Return a request."""
    lines = tuple(
        (key.replace("_", "-").encode(), text) for key, text in headers.items()
    )
    return RequestHead(method, target, "1.1", ((b"host", b"aen.example"), *lines))


def test_built_file(front: Front) -> None:
    """A built file comes from memory, compressed, to be kept for ever."""
    answer = front.route(ask(b"/static/built/app-1.css", accept_encoding=b"br"), PEER)
    assert isinstance(answer, Answer)
    headers = dict(answer.headers)
    assert (answer.status, answer.body) == (200, b"br")
    assert headers[b"Content-Encoding"] == b"br"
    assert b"immutable" in headers[b"Cache-Control"]


def test_unchanged_file(front: Front) -> None:
    """A file the browser has is not sent again."""
    whole = front.route(ask(b"/static/built/app-1.css"), PEER)
    assert isinstance(whole, Answer)
    etag = dict(whole.headers)[b"ETag"]
    again = front.route(ask(b"/static/built/app-1.css", if_none_match=etag), PEER)
    assert isinstance(again, Answer)
    assert (again.status, again.body) == (304, b"")


@pytest.mark.parametrize(
    "target",
    [
        b"/",
        b"/static/built/app-0.css",
        b"/static/built/../../../etc/passwd",
        b"/static/built/manifest.json",
        b"/wire/channel",
        b"/ada/lab/events",
    ],
)
def test_the_rest(front: Front, target: bytes) -> None:
    """Everything else goes to the pages, as it came."""
    assert front.route(ask(target), PEER) == Forward("unix:/run/aen.sock")


def test_only_reading(front: Front) -> None:
    """Nobody changes a built file."""
    head = ask(b"/static/built/app-1.css", b"POST")
    assert isinstance(front.route(head, PEER), Forward)


def test_nobody_serves(front: Front) -> None:
    """While nobody serves the pages, people see a page that tries again by itself."""
    head = ask(b"/", accept=b"text/html")
    answer = front.unreachable(head, Forward("unix:/run/aen.sock"), "connect")
    assert isinstance(answer, Answer)
    headers = dict(answer.headers)
    assert answer.status == 503
    assert b'<noscript><meta http-equiv="refresh" content="3">' in answer.body
    assert b'data-again="3"' in answer.body
    assert b'src="/static/built/app-2.js"' in answer.body
    assert b"/static/built/app-1.css" in answer.body
    assert headers[b"Retry-After"] == b"3"
    assert b"default-src 'none'" in headers[b"Content-Security-Policy"]


def test_nobody_serves_programs(front: Front) -> None:
    """Programs get the same in JSON."""
    down = Forward("unix:/run/aen.sock")
    answer = front.unreachable(ask(b"/api/v1/me"), down, "closed")
    assert isinstance(answer, Answer)
    assert dict(answer.headers)[b"Content-Type"] == b"application/json"
    assert b'"unavailable"' in answer.body


ONE, TWO, THREE = (Forward(f"unix:/{name}") for name in ("one", "two", "three"))


def processes() -> tuple[Processes, Clock]:
    """Return three processes and their clock."""
    clock = Clock()
    return Processes.of(["unix:/one", "unix:/two", "unix:/three"], clock), clock


def test_processes_take_turns() -> None:
    """Each is the next as often as the others."""
    several, _ = processes()
    asked = [several.next() for _ in range(6)]
    assert sorted(one.upstream for one in asked[:3]) == [
        "unix:/one", "unix:/three", "unix:/two",
    ]  # fmt: skip
    assert asked[3:] == asked[:3]


def test_who_cannot_be_reached_is_left_out_for_a_while() -> None:
    """Nothing was sent to it: whatever it was, another may be asked."""
    several, clock = processes()
    assert several.instead_of(ONE, b"POST", "connect") in (TWO, THREE)
    assert ONE not in [several.next() for _ in range(6)]
    clock.advance(1)
    assert ONE in [several.next() for _ in range(3)]


def test_when_none_can_be_reached_nobody_is_asked_again() -> None:
    """The next request tries all the same."""
    several, _ = processes()
    found = [several.instead_of(one, b"GET", "connect") for one in (ONE, TWO, THREE)]
    assert found[-1] is None
    assert several.next() in (ONE, TWO, THREE)
    alone = Processes.of(["unix:/one"], Clock())
    assert alone.instead_of(ONE, b"GET", "connect") is None
    assert alone.next() == ONE


@pytest.mark.parametrize(
    ("method", "reason", "again"),
    [
        (b"GET", "closed", True),
        (b"HEAD", "closed", True),
        (b"POST", "closed", False),  # perhaps it was done
        (b"GET", "timeout", False),  # it works on it; twice is twice the work
        (b"GET", "protocol", False),
    ],
)
def test_what_was_sent_is_repeated_only_where_that_is_harmless(
    method: bytes, reason: str, *, again: bool
) -> None:
    """A process that was killed in the middle of a GET is not noticed."""
    several, _ = processes()
    other = several.instead_of(TWO, method, reason)
    assert (other in (ONE, THREE)) is again
