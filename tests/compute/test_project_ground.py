"""Whose files are whose: the node's own, or people's by way of the helper."""

import shutil
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import pytest_twisted
from attrs import define, field
from twisted.internet import reactor  # noqa: TID251 -- real children need it

from aen.compute.environments.settings import EnvironmentSettings
from aen.compute.programs import steps
from aen.compute.programs.attendant import HelperSteps
from aen.compute.project_ground import AccountGround, Measured, OwnGround
from aen.compute.projects import ProjectDirectories
from aen.model.errors import Failed
from aen.model.names import UserName, parse_project_path
from aen.model.projects import Member, TeamRole
from tests.compute.disk.estate import allowed
from tests.compute.fakes import LocalEnvironments, LocalSteps, unheard
from tests.compute.helper.helped import Helped

REACTOR: Any = reactor
LAB = parse_project_path("ada", "lab")
TEAM = (
    Member(UserName("bob")),
    Member(UserName("max"), TeamRole.MAINTAINER),
    Member(UserName("eve"), TeamRole.VIEWER),
)
TOLD = [
    {"user": "bob", "access": "rwx"},
    {"user": "max", "access": "rwx"},
    {"user": "eve", "access": "r-x"},
]


@define
class Noted:
    """Steps that note what they are asked, and answer as told."""

    answer: Any = None
    asked: list[tuple[str, dict[str, Any]]] = field(factory=list)

    async def run(
        self, verb: str, arguments: Mapping[str, Any], tell: steps.Tell = steps.unheard
    ) -> Any:
        """Note it."""
        self.asked.append((verb, dict(arguments)))
        return self.answer


@pytest_twisted.ensureDeferred
async def test_the_helpers_verbs() -> None:
    """Names, never paths: the helper knows the project root itself."""
    noted = Noted({"project": True, "bytes": 1, "files": 2, "whole": True})
    ground, place = AccountGround(noted), {"owner": "ada", "name": "lab"}
    await ground.finish(LAB, "p1.a", TEAM)
    await ground.place(LAB, "p1.a", "default", TEAM)
    await ground.settle(LAB, TEAM, None, reset=True)
    await ground.settle(LAB, (), TEAM, reset=False)
    assert await ground.narrow(LAB, TEAM)
    await ground.remove(LAB, "p1.a")
    await ground.check(LAB, "default", TEAM)
    await ground.environments(LAB)
    assert noted.asked == [
        ("adopt", {**place, "staging": "p1.a", "team": TOLD}),
        ("place", {**place, "staging": "p1.a", "environment": "default", "team": TOLD}),
        ("rights", {**place, "team": TOLD, "before": None, "reset": True}),
        ("rights", {**place, "team": [], "before": TOLD, "reset": False}),
        ("door", {**place, "team": TOLD}),
        ("remove", place),
        ("check", {**place, "environment": "default", "team": TOLD}),
        ("environments", place),
    ]
    noted.answer = {"bytes": 1, "files": 2, "whole": True}
    assert await ground.measure(LAB) == Measured(1, 2, whole=True)


@pytest_twisted.ensureDeferred
async def test_the_nodes_own(tmp_path: Path) -> None:
    """The team has no say; a project is there or not, and has a size."""
    ground = OwnGround(tmp_path, LocalSteps())
    assert not await ground.narrow(LAB, TEAM)
    (tmp_path / "ada" / "lab").mkdir(parents=True)
    (tmp_path / "ada" / "lab" / "file").write_text("x")
    assert await ground.narrow(LAB, TEAM)
    assert (await ground.measure(LAB)).files == 1
    await ground.settle(LAB, TEAM, None, reset=False)
    assert (tmp_path / "ada/lab/file").stat().st_mode & 0o777 != 0o660
    await ground.settle(LAB, TEAM, None, reset=True)
    assert (tmp_path / "ada/lab/file").stat().st_mode & 0o777 == 0o660


def _node(helped: Helped) -> ProjectDirectories:
    """Return a node's projects, those of real accounts."""
    root = helped.projects
    skeleton = helped.directory / "skeleton"
    skeleton.mkdir(exist_ok=True)
    (skeleton / "README.md").write_text("hello")
    own = LocalSteps()
    return ProjectDirectories(
        root,
        EnvironmentSettings(skeleton=str(skeleton)),
        LocalEnvironments(root, own),
        own,
        ground=AccountGround(HelperSteps(helped.attendant(), 60)),
    )


@pytest.mark.root
@pytest_twisted.ensureDeferred
async def test_a_life_by_the_helper(helped: Helped) -> None:
    """Started, its team changed, an environment added, started again, removed."""
    prepared = helped.call("prepare")
    assert "result" in prepared
    owner, bob, eve = (helped.people[number] for number in range(3))
    path, node = parse_project_path(owner.name, "lab"), _node(helped)
    team = (Member(UserName(bob.name)),)
    await node.start(path, "p1", team, unheard)
    home = node.home(path)
    assert home.stat().st_uid == owner.uid
    assert stat.S_IMODE(home.stat().st_mode) == 0o2771
    assert allowed(bob, lambda: (home / "by bob").write_text("x"))
    assert not allowed(eve, (home / "README.md").read_text)
    fresh = (Member(UserName(eve.name)),)
    assert await node.narrow(path, "p1", fresh)
    assert not allowed(bob, (home / "README.md").read_text)
    await node.apply_team(path, "p1", fresh, unheard)
    assert allowed(eve, lambda: (home / "README.md").write_text("x"))
    assert not allowed(bob, (home / "by bob").read_text)
    (one,) = await node.environments(path, "p1")
    assert one.name == "default"
    shutil.rmtree(home / "envs")
    await node.start(path, "p1", fresh, unheard)
    assert allowed(eve, (home / "envs/default/new").touch)
    assert (await node.measure(path)).whole
    await node.reset(path, "p1", fresh, unheard)
    await node.remove(path, "p1")
    assert not home.exists()
    assert not list((helped.projects / ".taken").iterdir())


@pytest.mark.root
@pytest_twisted.ensureDeferred
async def test_who_may_not_own_one(helped: Helped) -> None:
    """The helper's reason is passed on and nothing is left."""
    helped.call("prepare")
    path = parse_project_path(helped.people.service.name, "lab")
    with pytest.raises(Failed):
        await _node(helped).start(path, "p1", (), unheard)
    assert not (helped.projects / path.owner).exists()
