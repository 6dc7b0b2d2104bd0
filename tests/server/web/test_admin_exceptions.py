"""Administration: errors of our own."""

import pytest
from twisted.internet.defer import Deferred
from twisted.python.failure import Failure

from aen.server.exceptions import ExceptionWatch
from tests.outcomes import now
from tests.server.furnished import World
from tests.server.web.browser import Browser


@pytest.fixture
def broken(world: World) -> None:
    """Have something gone wrong."""
    watch = ExceptionWatch(world.rooms.archive.exceptions, world.clock, "m/1", 5)
    try:
        dict[str, str]()["colour"]
    except KeyError:
        watch({"log_failure": Failure(), "what": "painting"})
    now(Deferred.fromCoroutine(watch.write()))


def test_exceptions(ada: Browser, bob: Browser, broken: None) -> None:
    """An unread mark in the menu until somebody has looked."""
    page = ada.get("/admin/exceptions")
    assert "(1 unread)" in page.words
    assert "KeyError" in page.words
    assert "painting" in page.words
    link = page.text.partition('href="/admin/exceptions/')[2].partition('"')[0]
    one = ada.get(f"/admin/exceptions/{link}")
    assert "test_admin_exceptions.py" in one.words
    assert "unread" not in ada.get("/admin/exceptions").words
    assert ada.get("/admin/exceptions/none").status == 404
    assert bob.get("/admin/exceptions").status == 403


def test_mark_all_as_read(ada: Browser, broken: None) -> None:
    """By a button that is there only when it does something."""
    assert "Mark all as read" in ada.get("/admin/exceptions").words
    assert ada.post("/admin/exceptions/read").location == "/admin/exceptions"
    assert "Mark all as read" not in ada.get("/admin/exceptions").words
