"""Changes of environments: one at a time for each, ended with the project."""

from pathlib import Path
from typing import Any

import pytest
import pytest_twisted
from attrs import evolve
from twisted.internet.defer import Deferred, DeferredList

from aen.compute.environment_work import Ending
from aen.model.environments import Verb
from aen.model.errors import Conflict, Failed, Invalid, NotFound
from aen.runtime.tasks import start
from aen.wire.environments import (
    EnvironmentChange,
    EnvironmentQuestion,
    FoundPackage,
    PackageSearch,
)
from aen.wire.messages import (
    Line,
)
from tests.compute.workshop import LAB, Workshop, another

INSTALL = EnvironmentChange(LAB, "ada", "install", "default", ("six",))


@pytest_twisted.async_fixture
async def shop(tmp_path: Path) -> Workshop:
    """Return a node where ada/lab runs."""
    made = Workshop(tmp_path)
    await made.start()
    return made


@pytest_twisted.ensureDeferred
async def test_a_stopped_project_never_drifts(shop: Workshop) -> None:
    """Whatever is asked for: nothing is done, and the reason is told."""
    before = sorted(str(one) for one in shop.home.rglob("*"))
    shop.running.remove(LAB.id)
    for verb in Verb:
        with pytest.raises(Conflict, match="is not running; start it"):
            await shop.change(verb, "default", "six", source="default")
    asked = evolve(INSTALL, project=another(LAB))
    with pytest.raises(Conflict, match="is not running; start it"):
        await shop.work.change(asked, shop.lines.append)
    assert sorted(str(one) for one in shop.home.rglob("*")) == before
    assert shop.tool.steps == []


@pytest_twisted.ensureDeferred
async def test_the_same_twice_is_done_once(shop: Workshop) -> None:
    """Who asks again, a worker that begins anew say, waits for what is under way."""
    shop.packages.waiting = Deferred()
    first, second = list[Line](), list[Line]()
    waiting = [
        start(shop.work.change(INSTALL, heard.append)) for heard in (first, second)
    ]
    shop.packages.waiting.callback(None)
    await DeferredList(waiting, fireOnOneErrback=True)
    assert shop.packages.done == [("install", ("six",))]
    assert first[-1] == second[-1]
    assert shop.work._changes == {}


@pytest_twisted.ensureDeferred
async def test_one_change_at_a_time(shop: Workshop) -> None:
    """Another change of it, or a clone of it, has to wait; others go on beside it."""
    await shop.change(Verb.CREATE, "r2")
    gate = shop.packages.waiting = Deferred[None]()
    waiting = start(shop.work.change(INSTALL, shop.lines.append))
    with pytest.raises(Conflict, match="“default” is being changed"):
        await shop.change(Verb.REMOVE, "default", "six")
    with pytest.raises(Conflict, match="“default” is being changed"):
        await shop.change(Verb.CLONE, "copy", source="default")
    shop.packages.waiting = None
    await shop.change(Verb.INSTALL, "r2", "attrs")
    assert (shop.home / "envs/r2/has-attrs").exists()
    gate.callback(None)
    await waiting
    assert (shop.home / "envs/default/has-six").exists()
    assert shop.staged == []


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"verb": "destroy"}, "“destroy” cannot be done"),
        ({"name": "../x"}, "environment name must be"),
        ({"name": ""}, "environment name is missing"),
        ({"name": "_aen-x"}, "the platform's own"),
        ({"verb": "clone", "source": ".hidden"}, "environment name must be"),
        ({"user": "Ada; rm"}, "user name must be"),
        ({"project": evolve(LAB, owner="..")}, "no such project"),
        ({"packages": ("--index-url=x",)}, "is not a package"),
    ],
)
@pytest_twisted.ensureDeferred
async def test_what_cannot_be(
    changes: dict[str, Any], words: str, shop: Workshop
) -> None:
    """Names, verbs and packages are checked before anything is touched."""
    with pytest.raises(Invalid, match=words):
        await shop.work.change(evolve(INSTALL, **changes), shop.lines.append)
    assert shop.tool.steps == []


@pytest_twisted.ensureDeferred
async def test_stopping_gives_up_and_waits(shop: Workshop) -> None:
    """What is under way comes to nothing before the project counts as stopped."""
    shop.packages.waiting = Deferred()
    waiting = start(shop.work.change(INSTALL, shop.lines.append))
    assert len(shop.staged) == 1
    shop.running.remove(LAB.id)
    await shop.work.stop_project("p2")
    assert len(shop.staged) == 1
    await shop.work.stop_project(LAB.id)
    assert shop.staged == []
    assert not (shop.home / "envs/default/has-six").exists()
    with pytest.raises(Conflict, match="was stopped"):
        await waiting


@pytest_twisted.ensureDeferred
async def test_what_ends_too_late_is_not_put_in_place(shop: Workshop) -> None:
    """A tool that has done its work after the stop changes nothing."""
    gate = shop.packages.waiting = Deferred[None]()
    waiting = start(shop.work.change(INSTALL, shop.lines.append))
    shop.running.remove(LAB.id)
    gate.callback(None)
    with pytest.raises(Conflict, match="is not running"):
        await waiting
    assert not (shop.home / "envs/default/has-six").exists()
    assert shop.staged == []


@pytest_twisted.ensureDeferred
async def test_the_end_of_the_service(shop: Workshop) -> None:
    """Nothing is left half made."""
    shop.packages.waiting = Deferred()
    waiting = start(shop.work.change(INSTALL, shop.lines.append))
    await shop.work.stopService()
    assert shop.staged == []
    with pytest.raises(Conflict):
        await waiting


@pytest_twisted.ensureDeferred
async def test_ending_goes_in_order(shop: Workshop) -> None:
    """Changes first, then apps."""
    ended: list[str] = []

    class Apps:
        async def stop_project(self, project_id: str) -> None:
            ended.append(f"{project_id} with {len(shop.staged)} changes")

        async def end_others(
            self,
            project_id: str,
            allowed: frozenset[str],
            readers: frozenset[str] = frozenset(),
        ) -> None:
            ended.append(f"{project_id} but {sorted(allowed)}")

    ending = Ending(shop.work, Apps())
    shop.packages.waiting = Deferred()
    waiting = start(shop.work.change(INSTALL, shop.lines.append))
    await ending.end_others(LAB.id, frozenset({"ada"}))
    assert len(shop.staged) == 1
    await ending.end_others(LAB.id, frozenset({"bob"}))
    assert shop.staged == []
    with pytest.raises(Conflict, match="team changed"):
        await waiting
    await ending.stop_project(LAB.id)
    assert ended == ["p1 but ['ada']", "p1 but ['bob']", "p1 with 0 changes"]


@pytest_twisted.ensureDeferred
async def test_a_failure_is_told_and_forgotten(shop: Workshop) -> None:
    """With the tool's words; the next try really tries."""
    shop.packages.refusal = Failed("No such package.", log=("error: six",))
    for _ in range(2):
        with pytest.raises(Failed, match="No such package") as caught:
            await shop.work.change(INSTALL, shop.lines.append)
        assert caught.value.log == ("error: six",)
    shop.packages.refusal = None
    await shop.work.change(INSTALL, shop.lines.append)
    assert len(shop.packages.done) == 3


@pytest_twisted.ensureDeferred
async def test_export_and_search(shop: Workshop) -> None:
    """Of an environment that is there; the project need not run."""
    shop.running.remove(LAB.id)
    file = await shop.work.export(EnvironmentQuestion(LAB, "ada", "default"))
    assert (file.name, file.text) == ("requirements.txt", "six")
    found = await shop.work.search(PackageSearch(LAB, "ada", "default", "pan"))
    assert found.packages == (FoundPackage("pan-found", ("2.0", "1.0")),)
    with pytest.raises(NotFound, match="no environment “none”"):
        await shop.work.export(EnvironmentQuestion(LAB, "ada", "none"))
