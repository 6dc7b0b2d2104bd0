"""Packages of the built-in environments: the real uv, an index made by hand."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
import pytest_twisted
from attrs import define, field
from twisted.internet import reactor  # noqa: TID251 -- real children need it

from aen.compute.environment_ground import EnvironmentGround, Notebooks
from aen.compute.environment_work import EnvironmentWork
from aen.compute.environments.builtin import BuiltinEnvironments
from aen.compute.environments.interpreter import Interpreter
from aen.compute.environments.provider import Listed
from aen.compute.environments.requirements import FileContent
from aen.compute.environments.settings import EnvironmentSettings, Provider
from aen.compute.environments.sources import Sources
from aen.compute.environments.tool import OwnTool
from aen.compute.environments.uvpackages import UvPackages, demand_python, not_done
from aen.compute.programs.children import Command, Ended, run
from aen.compute.programs.steps import ChildSteps
from aen.compute.project_state import ProjectStates
from aen.compute.projects import ProjectDirectories
from aen.compute.running import RunningProjects, path_of
from aen.model.environments import Verb
from aen.model.errors import AenError, Failed, Invalid
from aen.model.names import UserName
from aen.wire.environments import (
    EnvironmentChange,
    EnvironmentQuestion,
    PackageSearch,
)
from aen.wire.messages import (
    Line,
    ProjectOnDisk,
)
from tests.compute.digests import digest, names_in
from tests.compute.fakes import unheard
from tests.compute.package_index import PackageIndex, filled

REACTOR: Any = reactor
LAB, OTHER = ProjectOnDisk("p1", "ada", "lab"), ProjectOnDisk("p2", "ada", "other")


@define(eq=False)
class Node:
    """A real node's disk, without roles and apps; two projects run on it."""

    directory: Path
    index: PackageIndex
    lines: list[Line] = field(factory=list)
    notebooks: list[Notebooks] = field(factory=list)
    packages: tuple[str, ...] = ("tiny==1.0", "ipykernel", "pip")

    @property
    def root(self) -> Path:
        """The project root."""
        return self.directory / "root"

    @property
    def environ(self) -> dict[str, str]:
        """The node's own environment."""
        return {"PATH": os.environ["PATH"], "HOME": str(self.directory)} | (
            self.index.environ
        )

    def builtin(self) -> BuiltinEnvironments:
        """Return the provider of templates."""
        settings = EnvironmentSettings(
            default_packages=self.packages,
            skeleton=str(self.directory / "skeleton"),
        )
        steps = ChildSteps(REACTOR, 60)
        return BuiltinEnvironments(REACTOR, settings, self.root, steps, self.environ)

    def directories(self) -> ProjectDirectories:
        """Return the projects on disk."""
        settings = EnvironmentSettings(skeleton=str(self.directory / "skeleton"))
        steps = ChildSteps(REACTOR, 60)
        return ProjectDirectories(self.root, settings, self.builtin(), steps)

    def work(self) -> EnvironmentWork:
        """Return what changes environments."""
        running = RunningProjects(self.directory / "running")
        running.load()
        settings, steps = EnvironmentSettings(), ChildSteps(REACTOR, 60)
        sources = Sources(REACTOR, settings, self.root, steps, self.environ)
        return EnvironmentWork(
            EnvironmentGround(
                self.directories(),
                ProjectStates(self.root),
                running,
                OwnTool(REACTOR, self.root, self.directory / "homes"),
                sources.packages,
                Provider.BUILTIN,
                lambda _: self.notebooks,
                self.index.environ,
            )
        )

    async def start(self) -> None:
        """Start both projects."""
        (self.directory / "skeleton").mkdir()
        self.root.mkdir()
        running = RunningProjects(self.directory / "running")
        running.load()
        for project in (LAB, OTHER):
            path = path_of(project)
            await self.directories().start(path, project.id, (), unheard)
            running.add(project)

    async def change(self, verb: Verb, name: str, *packages: str, **more: str) -> None:
        """Ask for a change of ada/lab and wait for it."""
        asked = EnvironmentChange(LAB, "ada", verb.value, name, packages, **more)
        await self.work().change(asked, self.lines.append)

    def prefix(self, name: str = "default", project: str = "lab") -> Path:
        """Return where an environment is."""
        return self.root / "ada" / project / "envs" / name

    @property
    def template(self) -> Path:
        """The template of the default environment."""
        (found,) = (self.root / ".envs").glob("default-*")
        return found

    @property
    def said(self) -> str:
        """What tools printed."""
        return "\n".join(one.output for one in self.lines)


@pytest_twisted.async_fixture
async def node(tmp_path: Path) -> Node:
    """A node where ada/lab and ada/other run."""
    made = Node(tmp_path, filled(tmp_path / "index"))
    await made.start()
    return made


async def python(prefix: Path, code: str) -> Ended:
    """Run the Python of an environment."""
    argv = (str(prefix / "bin" / "python"), "-I", "-c", code)
    return await run(REACTOR, Command(argv), lambda _: None)


async def version(prefix: Path, name: str = "tiny") -> str:
    """Return the version of a package that can be imported, or ""."""
    ended = await python(prefix, f"import {name}; print({name}.version)")
    return ended.lines[-1] if ended.ok else ""


@pytest.mark.system
@pytest_twisted.ensureDeferred
async def test_what_one_project_does_reaches_no_other(node: Node) -> None:
    """Install, upgrade, remove: template and siblings are the same, byte for byte."""
    before = digest(node.template), digest(node.prefix(project="other"))
    shared = node.prefix().joinpath("lib").rglob("old.py")
    assert next(shared).stat().st_nlink > 2
    await node.change(Verb.INSTALL, "default", "tinier")
    assert await version(node.prefix(), "tinier") == "0.1"
    assert "+ tinier==0.1" in node.said
    await node.change(Verb.UPDATE, "default", "tiny")
    assert await version(node.prefix()) == "2.0"
    assert not list(node.prefix().rglob("old.py"))
    await node.change(Verb.REMOVE, "default", "tiny")
    assert await version(node.prefix()) == ""
    await node.change(Verb.INSTALL, "default", "needy")
    assert await version(node.prefix()) == "2.0"
    assert (digest(node.template), digest(node.prefix(project="other"))) == before
    kept = next(node.prefix().joinpath("lib").rglob("ipykernel/__init__.py"))
    assert kept.stat().st_nlink > 2
    assert names_in(node.root / "ada" / "lab") == ["envs", "public"]


@pytest.mark.system
@pytest_twisted.ensureDeferred
async def test_what_is_installed_knows_its_place(node: Node) -> None:
    """Modules are compiled, programs run, nothing names the copy it was made in."""
    await node.change(Verb.INSTALL, "default", "tiny>=2", "tinier")
    prefix = node.prefix()
    assert list(prefix.rglob("tiny/__pycache__/*.pyc"))
    script = (prefix / "bin" / "tiny").read_text()
    assert "main" in script
    for path in prefix.rglob("*"):
        if path.is_file() and not path.is_symlink():
            assert b"/.aen-" not in path.read_bytes(), path
            assert not path.stat().st_mode & 0o006 or path.stat().st_nlink > 1, path


@pytest.mark.system
@pytest.mark.parametrize(
    ("packages", "words"),
    [
        (("nosuch",), "not in the package index"),
        (("tiny==9",), "not in the package index"),
        (("needy", "tiny<2"), "contradicts itself"),
    ],
)
@pytest_twisted.ensureDeferred
async def test_what_fails_changes_nothing(
    packages: tuple[str, ...], words: str, node: Node
) -> None:
    """The reason in a sentence, uv's own words below."""
    before = digest(node.prefix())
    with pytest.raises(Failed, match=words) as caught:
        await node.change(Verb.INSTALL, "default", *packages)
    assert caught.value.message.startswith("The packages could not be installed")
    assert caught.value.log
    assert digest(node.prefix()) == before
    assert names_in(node.root / "ada" / "lab") == ["envs", "public"]


@pytest.mark.system
@pytest_twisted.ensureDeferred
async def test_an_export_makes_the_same_again(node: Node) -> None:
    """Names and versions, sorted; from a file with fewer comes what notebooks need."""
    await node.change(Verb.INSTALL, "default", "needy")
    work = node.work()
    file = await work.export(EnvironmentQuestion(LAB, "ada", "default"))
    assert file.text == "ipykernel==7.0\nneedy==1.0\npip==24.0\ntiny==2.0\n"
    await node.change(Verb.CREATE, "again", file=file.text)
    again = await work.export(EnvironmentQuestion(LAB, "ada", "again"))
    assert again == file
    assert await version(node.prefix("again")) == "2.0"
    yaml = "dependencies:\n- python\n- tiny=1.0\n- pip:\n  - tinier\n"
    await node.change(Verb.CREATE, "yaml", file=yaml)
    found = await work.export(EnvironmentQuestion(LAB, "ada", "yaml"))
    assert found.text == "ipykernel==7.0\npip==24.0\ntinier==0.1\ntiny==1.0\n"
    with pytest.raises(Invalid, match="Line 1"):
        await node.change(Verb.CREATE, "bad", file="-e .\n")
    with pytest.raises(Invalid, match=r"asks for Python 2\.7"):
        await node.change(Verb.CREATE, "bad", file="dependencies:\n- python=2.7\n")
    assert not node.prefix("bad").exists()


@pytest.mark.system
@pytest_twisted.ensureDeferred
async def test_clones_share_and_stand_alone(node: Node) -> None:
    """What nobody can change is one file; what one has installed the other has not."""
    await node.change(Verb.CLONE, "copy", source="default")
    one = next(node.prefix("copy").joinpath("lib").rglob("old.py"))
    assert one.samefile(next(node.prefix().joinpath("lib").rglob("old.py")))
    before = digest(node.prefix())
    await node.change(Verb.UPDATE, "copy")
    assert await version(node.prefix("copy")) == "2.0"
    assert digest(node.prefix()) == before
    assert await version(node.prefix()) == "1.0"


@pytest.mark.system
@pytest_twisted.ensureDeferred
async def test_new_content_is_a_new_template(node: Node) -> None:
    """What projects have stays as it is, running or not, started again or not."""
    before = digest(node.template), digest(node.prefix())
    old = node.template
    node.packages = ("tiny==2.0", "ipykernel", "pip")
    new = await node.builtin().ready("default", unheard)
    assert new != old
    await node.directories().start(path_of(LAB), LAB.id, (), unheard)
    assert (digest(old), digest(node.prefix())) == before
    await node.change(Verb.CREATE, "r2")
    assert await version(node.prefix("r2")) == "2.0"
    assert (digest(old), digest(node.prefix())) == before


@pytest.mark.system
@pytest_twisted.ensureDeferred
async def test_search_and_kernels(node: Node) -> None:
    """From the same index; a running Jupyter sees a new environment's kernel."""
    private = node.directory / "private"
    private.mkdir()
    node.notebooks.append(Notebooks(UserName("ada"), private))
    await node.change(Verb.CREATE, "r2")
    specs = sorted(private.rglob("kernel.json"))
    assert [one.parent.name for one in specs] == ["default", "r2"]
    assert json.loads(specs[1].read_text())["argv"][0].endswith("envs/r2/bin/python")
    await node.change(Verb.REMOVE, "r2", "ipykernel")
    specs = sorted(private.rglob("kernel.json"))
    assert [one.parent.name for one in specs] == ["default"]
    found = await node.work().search(PackageSearch(LAB, "ada", "default", "tin"))
    assert [one.name for one in found.packages] == ["tinier", "tiny"]


@pytest.mark.parametrize(
    ("python", "fits"),
    [
        ("", True),
        ("=3.11", True),
        ("=3.11.*", True),
        ("==3.11.2", True),
        ("=3", True),
        ("=3.11.4=h1_0", True),
        (">=3.9", True),
        ("=3.12", False),
        ("==2.7", False),
    ],
)
def test_the_python_of_a_file(python: str, fits: bool) -> None:  # noqa: FBT001
    """Major and minor have to be the node's."""
    content, ours = FileContent(python=python), Interpreter("/py", "3.11.2")
    if fits:
        demand_python(content, ours)
        return
    with pytest.raises(Invalid, match=r"have Python 3\.11\.2"):
        demand_python(content, ours)


def test_failures_keep_no_password() -> None:
    """Neither in the sentence nor below it."""
    line = "error: https://ada:s3cret@index/simple"
    failed = not_done("The packages could not be installed", Ended(1, (line,)))
    assert "s3cret" not in repr((failed.message, failed.log))
    late: AenError = not_done("It could not be", Ended(None, (), timed_out=True))
    assert (
        late.message == "It could not be: it took too long. Nothing has been changed."
    )


def test_exports_are_sorted() -> None:
    """So that two of them can be compared."""
    listed = Listed("x", "3.11", (("b", "2"), ("a", "1")))
    name, text = UvPackages.export(None, listed)  # type: ignore[arg-type]
    assert (name, text) == ("requirements.txt", "a==1\nb==2\n")
