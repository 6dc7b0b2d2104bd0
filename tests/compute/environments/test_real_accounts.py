"""Environments of real accounts: the helper, uv, an owner and a member."""

import os
from pathlib import Path
from typing import Any

import pytest
import pytest_twisted
from attrs import define, field
from twisted.internet import reactor as _reactor  # noqa: TID251 -- real children

from aen.compute.environment_ground import EnvironmentGround, Notebooks
from aen.compute.environment_work import EnvironmentWork
from aen.compute.environments.settings import EnvironmentSettings, Provider
from aen.compute.environments.sources import Sources
from aen.compute.environments.tool import works_as
from aen.compute.programs.attendant import HelperSteps
from aen.compute.programs.steps import ChildSteps, by_root
from aen.compute.project_ground import AccountGround
from aen.compute.project_state import ProjectStates
from aen.compute.projects import ProjectDirectories
from aen.compute.running import RunningProjects, path_of
from aen.compute.spawn_accounts import Accounts, AccountTool
from aen.model.environments import Verb
from aen.model.errors import Failed
from aen.model.names import UserName
from aen.model.projects import Member
from aen.wire.environments import (
    EnvironmentChange,
)
from aen.wire.messages import (
    Line,
    ProjectOnDisk,
)
from tests.compute.accounts import Person
from tests.compute.digests import digest, names_in
from tests.compute.fakes import unheard
from tests.compute.helper.helped import Helped
from tests.compute.package_index import filled

pytestmark = [pytest.mark.root, pytest.mark.system]
reactor: Any = _reactor


@define(eq=False)
class Node:
    """A node of real accounts with one project: an owner and a member."""

    helped: Helped
    lines: list[Line] = field(factory=list)
    notebooks: list[Notebooks] = field(factory=list)

    @property
    def owner(self) -> Person:
        """Whose project it is."""
        return self.helped.people[0]

    @property
    def member(self) -> Person:
        """Who works in it too."""
        return self.helped.people[1]

    @property
    def project(self) -> ProjectOnDisk:
        """The project."""
        team = (Member(UserName(self.member.name)),)
        return ProjectOnDisk("p1", self.owner.name, "lab", team)

    @property
    def home(self) -> Path:
        """Its directory."""
        return self.helped.projects / self.owner.name / "lab"

    @property
    def tool(self) -> AccountTool:
        """What runs programs as people."""
        helper = by_root(str(self.helped.settings))
        accounts = Accounts(reactor, self.helped.attendant())
        return AccountTool(reactor, helper, accounts, self.helped.projects)

    async def begin(self) -> EnvironmentWork:
        """Start the project; return what changes its environments."""
        index, root = filled(self.helped.directory / "index"), self.helped.projects
        environ = {"PATH": os.environ["PATH"], **index.environ}
        skeleton = self.helped.directory / "skeleton"
        skeleton.mkdir()
        settings = EnvironmentSettings(
            default_packages=("tiny==1.0", "ipykernel", "pip"), skeleton=str(skeleton)
        )
        steps = ChildSteps(reactor, 60)
        helper = HelperSteps(self.helped.attendant(), 60)
        await helper.run("prepare", {})
        sources = Sources(reactor, settings, root, steps, environ)
        directories = ProjectDirectories(
            root, settings, sources.templates, steps, ground=AccountGround(helper)
        )
        project = self.project
        await directories.start(path_of(project), "p1", project.team, unheard)
        running = RunningProjects(self.helped.directory / "running")
        running.load()
        running.add(project)
        ground = EnvironmentGround(
            directories,
            ProjectStates(root),
            running,
            self.tool,
            sources.packages,
            Provider.BUILTIN,
            lambda _: self.notebooks,
            index.environ,
            links=False,
        )
        return EnvironmentWork(ground)

    async def change(
        self, work: EnvironmentWork, who: Person, verb: Verb, *words: str, **more: str
    ) -> None:
        """Ask for a change as somebody."""
        name, *packages = words
        asked = EnvironmentChange(
            self.project, who.name, verb.value, name, tuple(packages), **more
        )
        await work.change(asked, self.lines.append)

    async def runs(self, who: Person, name: str, code: str) -> bool:
        """Whether *code* runs in an environment as somebody."""
        argv = (str(self.home / "envs" / name / "bin" / "python"), "-I", "-c", code)
        path, user = path_of(self.project), UserName(who.name)
        return (await self.tool.run(user, path, argv, {}, lambda _: None)).ok


@pytest_twisted.ensureDeferred
async def test_owner_and_member_share_environments(helped: Helped) -> None:
    """Whoever changes one, both can go on; the template stays as it was."""
    node = Node(helped)
    work = await node.begin()
    (template,) = (helped.projects / ".envs").glob("default-*")
    before = digest(template)
    await node.change(work, node.member, Verb.INSTALL, "default", "tinier")
    for who in (node.owner, node.member):
        assert await node.runs(who, "default", "import tinier, tiny")
    kept = next((node.home / "envs" / "default").rglob("ipykernel/__init__.py"))
    assert kept.stat().st_nlink > 1, "shared with the template still"
    await node.change(work, node.owner, Verb.UPDATE, "default", "tiny")
    await node.change(work, node.member, Verb.CREATE, "r2")
    await node.change(work, node.owner, Verb.REMOVE, "r2", "tiny")
    await node.change(work, node.owner, Verb.CLONE, "copy", source="default")
    await node.change(work, node.member, Verb.CREATE, "file", file="needy\n")
    two = "import tiny; assert tiny.version == '2.0'"
    for who in (node.owner, node.member):
        for name in ("default", "copy", "file"):
            assert await node.runs(who, name, two), (who, name)
        assert not await node.runs(who, "r2", "import tiny")
    await node.change(work, node.member, Verb.DELETE, "copy")
    assert names_in(node.home / "envs") == ["default", "file", "r2"]
    assert not [one for one in names_in(node.home) if one.startswith(".aen")]
    assert digest(template) == before
    path = path_of(node.project)
    prefix = node.home / "envs" / "default"
    assert await works_as(node.tool, UserName(node.owner.name), path, prefix)


@pytest_twisted.ensureDeferred
async def test_an_outsider_does_not(helped: Helped) -> None:
    """The node asks as whoever asked; the system says no."""
    node = Node(helped)
    work = await node.begin()
    before = digest(node.home)
    with pytest.raises(Failed):
        await node.change(work, helped.people[2], Verb.INSTALL, "default", "tinier")
    assert digest(node.home) == before
