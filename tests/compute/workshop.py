"""A node's disk with one running project, and what is done to its environments."""

from pathlib import Path

from attrs import define, evolve, field

from aen.compute.environment_ground import EnvironmentGround, Notebooks
from aen.compute.environment_work import EnvironmentWork
from aen.compute.environments.settings import EnvironmentSettings, Provider
from aen.compute.project_state import ProjectStates
from aen.compute.projects import ProjectDirectories
from aen.compute.running import RunningProjects, path_of
from aen.model.environments import Verb
from aen.wire.environments import (
    EnvironmentChange,
)
from aen.wire.messages import (
    Line,
    ProjectOnDisk,
)
from tests.compute.fakes import LocalEnvironments, LocalSteps, unheard
from tests.compute.local_tool import FilePackages, LocalTool

LAB = ProjectOnDisk("p1", "ada", "lab")


@define(eq=False)
class Workshop:
    """What a test needs; everything below *directory*."""

    directory: Path
    tool: LocalTool = field(factory=LocalTool)
    packages: FilePackages = field(factory=FilePackages)
    notebooks: list[Notebooks] = field(factory=list)
    lines: list[Line] = field(factory=list)
    work: EnvironmentWork = field(init=False)
    running: RunningProjects = field(init=False)
    directories: ProjectDirectories = field(init=False)
    templates: LocalEnvironments = field(init=False)

    def __attrs_post_init__(self) -> None:
        (self.directory / "skeleton").mkdir()
        root = self.directory / "root"
        root.mkdir()
        steps = LocalSteps()
        self.templates = LocalEnvironments(root, steps)
        self.directories = ProjectDirectories(
            root,
            EnvironmentSettings(skeleton=str(self.directory / "skeleton")),
            self.templates,
            steps,
        )
        self.running = RunningProjects(self.directory / "running")
        self.running.load()
        self.work = EnvironmentWork(self.ground())

    def ground(self, *, links: bool = True) -> EnvironmentGround:
        """Return what changes stand on."""
        return EnvironmentGround(
            self.directories,
            ProjectStates(self.directory / "root"),
            self.running,
            self.tool,
            {"builtin": self.packages},
            Provider.BUILTIN,
            lambda _: self.notebooks,
            links=links,
        )

    async def start(self) -> None:
        """Start ada/lab."""
        await self.directories.start(path_of(LAB), LAB.id, (), unheard)
        self.running.add(LAB)

    @property
    def home(self) -> Path:
        """The project's directory."""
        return self.directory / "root" / "ada" / "lab"

    @property
    def names(self) -> list[str]:
        """The names of the environments on disk."""
        return sorted(one.name for one in (self.home / "envs").iterdir())

    @property
    def staged(self) -> list[str]:
        """What changes have left in the project."""
        return [one.name for one in self.home.iterdir() if one.name.startswith(".aen")]

    async def change(
        self,
        verb: Verb,
        name: str,
        *packages: str,
        user: str = "ada",
        source: str = "",
        file: str = "",
    ) -> None:
        """Ask for a change and wait for it."""
        asked = EnvironmentChange(
            LAB, user, verb.value, name, packages, source=source, file=file
        )
        await self.work.change(asked, self.lines.append)

    @property
    def said(self) -> list[str]:
        """What tools printed."""
        return [one.output for one in self.lines if one.output]

    @property
    def told(self) -> list[str]:
        """The steps that were told."""
        steps = [one.progress.step for one in self.lines if one.progress]
        return list(dict.fromkeys(steps))


def another(project: ProjectOnDisk) -> ProjectOnDisk:
    """Return a project that does not run."""
    return evolve(project, id="p2", name="other")
