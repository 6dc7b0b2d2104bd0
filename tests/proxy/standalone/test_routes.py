"""The routing table."""

import pytest

from aen.proxy.standalone.routes import Routes, behind, decoded, normal

TARGET = {"target": "http://127.0.0.1:1"}


def table(*prefixes: str) -> Routes:
    """Return routes with these prefixes."""
    routes = Routes()
    for prefix in prefixes:
        routes.add(prefix, TARGET, 1.0)
    return routes


@pytest.mark.parametrize(
    ("path", "prefix"),
    [
        ("/", None),
        ("/a", "/a"),
        ("/a/", "/a"),
        ("/a/x/y", "/a"),
        ("/ab", None),
        ("/A", None),
        ("/a//b", "/a"),
        ("//a", None),
        ("/a/b", "/a/b"),
        ("/a/b/c", "/a/b"),
        ("/a/b/c/d", "/a/b/c/d"),
        ("/user/g@x.org/lab", "/user/g@x.org"),
        ("*", None),
    ],
)
def test_find(path: str, prefix: str | None) -> None:
    """The longest prefix that ends where a segment ends."""
    routes = table("/a", "a/b/", "/a/b/c/d", "/user/g@x.org")
    found = routes.find(path)
    assert (found.prefix if found else None) == prefix


def test_the_default() -> None:
    """The route ``/`` takes what no other takes."""
    routes = table("/", "/a")
    assert [getattr(routes.find(p), "prefix", None) for p in ("/a/b", "/b", "*")] == [
        "/a",
        "/",
        "/",
    ]


def test_add_and_remove() -> None:
    """A route replaces its predecessor; removing leaves the others, and no rest."""
    routes = table("/a", "/a/b/c")
    routes.add("/a/", {"target": "http://x", "user": "u"}, 2.0)
    found = routes.get("/a")
    assert found is not None
    assert (found.data, found.last_activity) == (
        {"target": "http://x", "user": "u"},
        2.0,
    )
    assert [route.prefix for route in routes] == ["/a", "/a/b/c"]
    assert [routes.remove(p) for p in ("/a/b", "/x", "/a", "/a")] == [
        False,
        False,
        True,
        False,
    ]
    assert routes.find("/a/x") is None
    assert routes.get("/a/b") is None
    assert routes.remove("/a/b/c/")
    assert list(routes) == []
    assert routes._root.children == {}
    assert not routes.remove("/")


@pytest.mark.parametrize("data", [{}, {"target": 5}, {"target": "nonsense"}])
def test_bad_targets(data: dict[str, object]) -> None:
    """A route leads somewhere."""
    with pytest.raises(ValueError, match=r"target|http:|is no"):
        Routes().add("/a", data, 0.0)


def test_normal() -> None:
    """One spelling for each prefix."""
    assert [normal(p) for p in ("", "/", "a", "/a/", "/a/b")] == [
        "/",
        "/",
        "/a",
        "/a",
        "/a/b",
    ]


def test_decoded() -> None:
    """Escapes are resolved before comparing, also those of slashes."""
    assert decoded(b"/plain") == "/plain"
    assert decoded(b"/%40x/y%20z%2Fw") == "/@x/y z/w"
    assert decoded(b"/%C3%A9") == "/é"
    for bad in (b"/%zz", b"/%4", b"/%ff", b"/%"):
        with pytest.raises(ValueError, match=r"escape|decode"):
            decoded(bad)


@pytest.mark.parametrize(
    ("path", "prefix", "rest"),
    [
        (b"/a/b", "/a", b"/b"),
        (b"/a", "/a", b""),
        (b"/a/", "/a", b"/"),
        (b"/%40u/x%20y", "/@u", b"/x%20y"),
        (b"/@u/x", "/@u", b"/x"),
        (b"/%C3%A9/x", "/é", b"/x"),
        (b"/a%2Fb/c", "/a/b", b"/c"),
        (b"/x/y", "/", b"/x/y"),
    ],
)
def test_behind(path: bytes, prefix: str, rest: bytes) -> None:
    """What follows a prefix stays as the client wrote it."""
    assert behind(path, prefix) == rest
