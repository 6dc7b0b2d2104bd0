"""What is changed on the way to a target and back."""

import pytest

from aen.proxy.head import Peer, RequestHead, ResponseHead
from aen.proxy.standalone.changes import Leading, new_headers, new_target
from aen.proxy.standalone.options import Options, read_options
from aen.proxy.standalone.routes import Route
from aen.proxy.standalone.targets import read_target

PEER = Peer("203.0.113.9", 1, secure=False)


def options(line: str) -> Options:
    """Return what a command line says."""
    return read_options(line.split(), {})


def route(prefix: str, target: str) -> Route:
    """Return a route."""
    return Route(prefix, read_target(target), {}, 0.0)


def head(target: bytes, *fields: tuple[bytes, bytes]) -> RequestHead:
    """Return a request."""
    return RequestHead(b"GET", target, "1.1", ((b"Host", b"h:8000"), *fields))


@pytest.mark.parametrize(
    ("line", "prefix", "base", "asked", "wanted"),
    [
        ("", "/a", "", b"/a/b?c", None),
        ("", "/a", "/base", b"/a/b?c", b"/base/a/b?c"),
        ("", "/a", "/base/", b"/a", b"/base/a"),
        ("", "/a", "/base", b"*", None),
        ("--no-prepend-path", "/a", "/base", b"/a/b", None),
        ("--no-include-prefix", "/a", "", b"/a/b?c", b"/b?c"),
        ("--no-include-prefix", "/a", "", b"/a?c", b"/?c"),
        ("--no-include-prefix", "/a", "/base", b"/a", b"/base"),
        ("--no-include-prefix", "/a", "/base", b"/a/", b"/base/"),
        ("--no-include-prefix", "/@u", "", b"/%40u/x%20y", b"/x%20y"),
        ("--no-include-prefix", "/a", "", b"/a%2Fb", b"/%2Fb"),
        ("--no-include-prefix", "/", "", b"/a", b"/a"),
        ("--no-include-prefix --no-prepend-path", "/a", "/base", b"/a/b", b"/b"),
        ("--host-routing --no-include-prefix", "/h", "/base", b"/b", b"/base/b"),
        ("--host-routing --no-include-prefix", "/h/a", "", b"/a/b", b"/b"),
    ],
)
def test_what_the_target_is_asked_for(
    line: str, prefix: str, base: str, asked: bytes, wanted: bytes | None
) -> None:
    """Prefix of the route and path of the target come and go by options."""
    found = new_target(options(line), route(prefix, "http://t" + base), head(asked))
    assert found == wanted


def test_headers() -> None:
    """Custom headers, Host and the port the client has used."""
    line = "--change-origin --custom-header a:b"
    to = route("/", "http://t:81")
    assert new_headers(options(line), to, head(b"/"), PEER) == (
        (b"Host", b"t:81"),
        (b"X-Forwarded-Port", b"8000"),
        (b"a", b"b"),
    )
    line = "--change-origin --custom-header host:x --custom-header X-Forwarded-Port:1"
    assert new_headers(options(line), to, head(b"/"), PEER) == (
        (b"host", b"x"),
        (b"X-Forwarded-Port", b"1"),
    )
    mapped = Peer("::ffff:1.2.3.4", 1, secure=False)
    assert (b"X-Forwarded-For", b"1.2.3.4") in new_headers(
        options(""), to, head(b"/"), mapped
    )


def test_no_x_forward_passes_what_our_proxies_say() -> None:
    """Without words of our own those of a believed proxy pass; nobody else's do."""
    said = head(b"/", (b"X-Forwarded-For", b"9.9.9.9"), (b"X-Request-Id", b"1"))
    to, quiet = route("/", "http://t"), options("--no-x-forward")
    assert new_headers(quiet, to, said, PEER) == ()
    ours = Peer("10.0.0.1", 1, secure=False)
    assert new_headers(quiet, to, said, ours) == ((b"X-Forwarded-For", b"9.9.9.9"),)


@pytest.mark.parametrize(
    ("status", "location", "led"),
    [
        (302, b"http://t:81/x?y#z", b"https://h:8000/x?y#z"),
        (201, b"http://t:81/", b"https://h:8000/"),
        (302, b"http://T:81/", b"https://h:8000/"),
        (302, b"http://t/x", b"http://t/x"),
        (302, b"http://u:81/x", b"http://u:81/x"),
        (302, b"http://a@t:81/x", b"http://a@t:81/x"),
        (302, b"/x", b"/x"),
        (302, b"http://t:nonsense/", b"http://t:nonsense/"),
        (302, b"\xff", b"\xff"),
        (302, b"ftp://t:81/", b"ftp://t:81/"),
        (200, b"http://t:81/x", b"http://t:81/x"),
    ],
)
def test_redirects(status: int, location: bytes, led: bytes) -> None:
    """Only those to the target itself are changed, and only redirects."""
    fields = ((b"Location", location), (b"X", b"y"))
    response = ResponseHead("1.1", status, b"", fields)
    edited = Leading(b"t:81", b"h:8000", "https").edit(response)
    assert edited.headers == ((b"Location", led), (b"X", b"y"))


def test_a_scheme_of_its_own() -> None:
    """``--protocol-rewrite`` alone leaves the host."""
    response = ResponseHead("1.1", 302, b"", ((b"Location", b"http://t:81/x"),))
    edited = Leading(b"t:81", None, "https").edit(response)
    assert edited.header(b"location") == b"https://t:81/x"
