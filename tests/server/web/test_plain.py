"""Addresses for machines."""

import pytest

from tests.server.web.browser import Browser


@pytest.mark.parametrize("path", ["/healthz", "/robots.txt", "/favicon.ico"])
def test_without_session(visitor: Browser, path: str) -> None:
    """Machines need no session and get no cookie."""
    assert visitor.get(path).status in (200, 303)
    assert not visitor.set_cookies


def test_unchanged(visitor: Browser) -> None:
    """A built file that the browser has is not sent again."""
    first = visitor.get("/static/built/app-1.css")
    again = visitor.get("/static/built/app-1.css", if_none_match=first.header("etag"))
    assert (again.status, again.text) == (304, "")


def test_anywhere_else(visitor: Browser) -> None:
    """What is nowhere is told so, whatever is done to it."""
    assert visitor.get("/a/b/c/d").status == 404
    assert visitor.post("/a/b/c/d").status == 404
    assert visitor.post("/healthz").status == 404
