"""Errors of our own, by the API."""

import pytest
from twisted.internet.defer import Deferred
from twisted.python.failure import Failure

from aen.server.exceptions import ExceptionWatch
from tests.outcomes import now
from tests.server.furnished import World
from tests.server.web.api.program import Program


@pytest.fixture
def broken(world: World) -> None:
    """Have two things gone wrong."""
    watch = ExceptionWatch(world.rooms.archive.exceptions, world.clock, "m/1", 5)
    for what in (KeyError, ValueError):
        try:
            raise what("colour")
        except (KeyError, ValueError):
            watch({"log_failure": Failure(), "what": "painting"})
    now(Deferred.fromCoroutine(watch.write()))


def test_read_one_by_one(adas: Program, broken: None) -> None:
    """Listing reads nothing; each is read by its own call."""
    first = adas.ask("GET", "/exceptions?limit=1")[1]
    (one,) = first["items"]
    assert (one["doing"], one["count"], one["read"]) == ("painting", 1, False)
    assert one["frames"][-1]["function"] == "broken"
    status, read = adas.ask("POST", f"/exceptions/{one['id']}/read")
    assert (status, read) == (200, {**one, "read": True})
    (other,) = adas.ask("GET", f"/exceptions?cursor={first['next']}")[1]["items"]
    assert (other["id"] != one["id"], other["read"]) == (True, False)
    assert adas.ask("POST", "/exceptions/none/read")[0] == 404


def test_read_all(adas: Program, broken: None) -> None:
    """It is told how many were not."""
    assert adas.ask("POST", "/exceptions/read") == (200, {"read": 2})
    assert adas.ask("POST", "/exceptions/read") == (200, {"read": 0})
    assert all(one["read"] for one in adas.ask("GET", "/exceptions")[1]["items"])


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/exceptions"),
        ("POST", "/exceptions/read"),
        ("POST", "/exceptions/x/read"),
    ],
)
def test_others_may_not(bobs: Program, nobody: Program, method: str, path: str) -> None:
    """A person gets 403, nobody 401."""
    assert bobs.ask(method, path)[0] == 403
    assert nobody.ask(method, path)[0] == 401
