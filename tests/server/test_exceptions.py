"""Errors of our own: kept as they are logged."""

import pytest
from pytest_twisted import ensureDeferred
from twisted.logger import LogEvent, Logger
from twisted.python.failure import Failure

from aen.model.errors import Forbidden, NotFound, Unavailable
from aen.model.users import Role
from aen.server.exceptions import ExceptionWatch, seen_of
from tests.server.furnished import World, furnished

LOG = Logger()


def watch(world: World) -> ExceptionWatch:
    """Return what hears errors."""
    return ExceptionWatch(world.rooms.archive.exceptions, world.clock, "m/1", 5)


def fail(text: str = "no key ?token=planted-secret") -> None:
    """Break, with a secret in a local variable."""
    password = "planted-local"
    assert password
    raise KeyError(text)


@ensureDeferred
async def test_kept(logged_failures: list[LogEvent]) -> None:
    """What is logged as failed, counted; neither locals nor queries are in it."""
    world = await furnished()
    ada = await world.person("ada", Role.STAFF)
    one = watch(world)
    one.startService()
    for _ in range(3):
        try:
            fail()
        except KeyError:
            LOG.failure("{what} failed", what="the work")
    LOG.info("not an error")
    world.clock.advance(2.0)
    (fault,) = (await world.rooms.admin.exceptions.listing(ada)).items
    assert (fault.kind, fault.count, fault.doing, fault.read) == (
        "KeyError", 3, "the work", False,
    )  # fmt: skip
    assert fault.frames[-1].function == "fail"
    assert fault.frames[-1].file == "tests/server/test_exceptions.py"
    found = await world.database.collection("exceptions").find({})
    assert "planted" not in repr(found)
    assert await world.rooms.admin.exceptions.unread(ada) == 1
    await world.rooms.admin.exceptions.one(ada, fault.id)
    assert await world.rooms.admin.exceptions.unread(ada) == 0
    await one.stopService()
    logged_failures.clear()


@ensureDeferred
async def test_an_outage_loses_nothing(logged_failures: list[LogEvent]) -> None:
    """What could not be written is written later."""
    world = await furnished()
    ada = await world.person("ada", Role.STAFF)
    one = watch(world)
    failure = Failure(ValueError("x"))
    one({"log_failure": failure})
    world.database.away = True
    with pytest.raises(Unavailable):
        await one.write()
    one({"log_failure": failure})
    world.database.away = False
    await one.write()
    (fault,) = (await world.rooms.admin.exceptions.listing(ada)).items
    assert fault.kind == "ValueError"


@ensureDeferred
async def test_read_all_is_noted() -> None:
    """Once, and only where there was something to read."""
    world = await furnished()
    sam, bob = await world.person("sam", Role.STAFF), await world.person("bob")
    exceptions = world.rooms.admin.exceptions
    one = watch(world)
    one({"log_failure": Failure(ValueError("x"))})
    await one.write()
    await exceptions.read_all(sam)
    await exceptions.read_all(sam)
    acts = await world.database.collection("audit").find({"act": "exceptions read"})
    assert len(acts) == 1
    with pytest.raises(NotFound):
        await exceptions.one(sam, "none")
    with pytest.raises(Forbidden):
        await exceptions.listing(bob)


def test_odd_errors() -> None:
    """Also an error that cannot be told is kept."""

    class Odd(Exception):
        def __str__(self) -> str:
            raise ValueError("no")

    seen = seen_of(Failure(Odd()), {"log_namespace": "aen.x"}, "p", 1.0)
    assert (seen.kind, seen.message, seen.doing) == ("Odd", "", "aen.x")
