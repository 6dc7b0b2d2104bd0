"""Whether the back end works."""

import pytest
import pytest_twisted
from twisted.internet.defer import CancelledError, Deferred, fail, succeed
from twisted.internet.task import Clock

from aen.model.errors import TooMany, Unavailable
from aen.runtime.tasks import start
from aen.server.directories.directory import Person, Reason, Refusal
from aen.server.directories.watch import AWAY, Health, Watch


class Fickle:
    """A back end that a test sends away."""

    problem = ""

    async def check(self, name: str, password: str) -> Person | Refusal:
        """Know nobody."""
        return Refusal(Reason.UNKNOWN)

    async def ping(self) -> None:
        """Answer, when it is there."""
        if self.problem == "broken":
            raise ValueError("hush")
        if self.problem:
            raise Unavailable(self.problem)


def watch(directory: Fickle | None) -> Watch:
    """Return one with a clock that stands still."""
    return Watch(directory, "ldap", 20.0, Clock())


def lines(logged: list[str]) -> list[str]:
    """Return what is about accounts."""
    return [line for line in logged if line.startswith("accounts of")]


@pytest_twisted.ensureDeferred
async def test_it_is_told_once(logged: list[str]) -> None:
    """When it goes away, and when it is back; people get a plain sentence."""
    one = watch(Fickle())
    for _ in range(3):
        with pytest.raises(Unavailable) as told:
            await one.ask(fail(Unavailable("ldap://a refuses connections")))
        assert told.value.message == AWAY
    assert await one.ask(succeed(1)) == 1
    assert lines(logged) == [
        "accounts of ldap cannot be checked: ldap://a refuses connections",
        "accounts of ldap can be checked",
    ]


@pytest_twisted.ensureDeferred
async def test_its_own_mistakes(logged: list[str]) -> None:
    """What a back end's code raises is told by kind and place, not by its text."""

    async def broken() -> None:
        raise ValueError("the password was hush")

    with pytest.raises(Unavailable):
        await watch(Fickle()).ask(start(broken()))
    (line,) = lines(logged)
    assert "ValueError in its own code, at " in line
    assert "test_watch.py" in line
    assert "hush" not in line


@pytest_twisted.ensureDeferred
async def test_what_is_no_outage(logged: list[str]) -> None:
    """Too many at once, and a browser that goes away."""
    one = watch(Fickle())
    with pytest.raises(TooMany):
        await one.ask(fail(TooMany("Wait.", retry_after=1)))
    with pytest.raises(CancelledError):
        await one.ask(fail(CancelledError()))
    assert not lines(logged)


@pytest_twisted.ensureDeferred
async def test_too_late() -> None:
    """Whoever is silent is not waited for."""
    clock = Clock()
    one = Watch(Fickle(), "ldap", 20.0, clock)
    silent: Deferred[int] = Deferred()
    asked = start(one.ask(silent))
    clock.advance(20.0)
    with pytest.raises(Unavailable):
        await asked


@pytest_twisted.ensureDeferred
async def test_health() -> None:
    """It is asked itself where it can be; else the last sign-in tells."""
    assert await watch(None).health() == Health(True, "Accounts are kept in the store.")
    fickle = Fickle()
    one = watch(fickle)
    assert (await one.health()).good
    fickle.problem = "it refuses connections"
    found = await one.health()
    assert not found.good
    assert "it refuses connections" in found.text
    fickle.problem = "broken"
    found = await one.health()
    assert not found.good
    assert "ValueError in its own code" in found.text
    assert "hush" not in found.text
