"""Where sign-in leads: always to a path of this server."""

import pytest

from aen.server.web.next_url import safe_next

# What people have tried on others to leave the site after signing in.
HOSTILE = (
    "//evil.example",
    "//evil.example/%2f..",
    "///evil.example",
    "/\\evil.example",
    "/\\/evil.example",
    "\\\\evil.example",
    "http://evil.example",
    "https:evil.example",
    "HTTPS://evil.example/",
    "javascript:alert(1)",
    "data:text/html,x",
    "evil.example",
    "@evil.example",
    "/%2f/evil.example",
    "/%2fevil.example",
    "/%2Fevil.example",
    "/%5cevil.example",
    "/%5Cevil.example",
    "/%252fevil.example",
    "/%255cevil.example",
    "/\tevil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "/\r\nSet-Cookie: a=b",
    "/%0d%0aSet-Cookie:a=b",
    "/%09/evil.example",
    "/%00",
    "\t//evil.example",
    " //evil.example",
    "/ada/../../evil",
    "/%2e%2e/evil",
    "/%ff",
    "/\x7f",
    "",
    "/" + "a" * 3000,
    "/a?" + "&".join(f"x{n}=1" for n in range(80)),
)


@pytest.mark.parametrize("asked", HOSTILE)
def test_hostile(asked: str) -> None:
    """An address that a browser could read as another's becomes the start page."""
    assert safe_next(asked) == "/"


def test_nothing_asked() -> None:
    """Without an address it is the start page."""
    assert safe_next(None) == "/"


@pytest.mark.parametrize(
    "asked",
    [
        "/",
        "/ada/lab",
        "/ada/lab/settings/team",
        "/search?q=a+b&tag=x",
        "/oauth/authorize?client_id=main&state=x%2Fy",
    ],
)
def test_ours(asked: str) -> None:
    """A path of ours stays as it was, query included."""
    assert safe_next(asked) == asked


def test_built_anew() -> None:
    """What is kept is written down anew, never copied."""
    assert safe_next('/a"b?x=<y>#frag') == "/a%22b?x=%3Cy%3E"
