"""Addresses for machines."""

import pytest

from aen.runtime.assets import Assets
from tests.server.furnished import World
from tests.server.web.browser import Browser


@pytest.mark.parametrize(
    ("path", "status"), [("/healthz", 200), ("/robots.txt", 200), ("/favicon.ico", 303)]
)
def test_without_session(visitor: Browser, path: str, status: int) -> None:
    """Machines need no session and get no cookie."""
    assert visitor.get(path).status == status
    assert not visitor.set_cookies


def test_machines_ask_by_any_name(visitor: Browser) -> None:
    """Health is told to whoever asks, by whatever name."""
    answered = visitor.get("/healthz", host="127.0.0.1:8080")
    assert (answered.status, answered.text) == (200, '{"status": "ok"}')


def test_health_is_the_stores_too(visitor: Browser, world: World) -> None:
    """Whoever balances load sends nobody here while the store is away."""
    world.database.away = True
    answered = visitor.get("/healthz")
    assert (answered.status, answered.text) == (503, '{"status": "unavailable"}')


def test_crawlers(visitor: Browser) -> None:
    """They are asked to stay away."""
    assert "Disallow: /" in visitor.get("/robots.txt").text


def test_built(visitor: Browser, assets: Assets) -> None:
    """Built files are served here too, for installations with another front."""
    answered = visitor.get("/static/built/app-1.css")
    assert answered.status == 200
    assert "immutable" in answered.header("cache-control")
    assert visitor.get("/static/built/../../settings.py").status == 404
    assert (
        visitor.get("/favicon.ico").location
        == f"/static/built/{assets.url('mark.svg')}"
    )


def test_unchanged(visitor: Browser) -> None:
    """A built file that the browser has is not sent again."""
    first = visitor.get("/static/built/app-1.css")
    again = visitor.get("/static/built/app-1.css", if_none_match=first.header("etag"))
    assert (again.status, again.text) == (304, "")
