"""A node's launches on a temporary directory, with fakes for what is not theirs."""

import json
import sys
from pathlib import Path
from typing import Any

from attrs import define, field

from aen.compute.app_process import LaunchLimits
from aen.compute.command import NodeValues
from aen.compute.launches import Launches, LaunchGround
from aen.compute.manifests import Manifests
from aen.compute.preparing import OwnHomes, Preparation
from aen.compute.records import Records
from aen.compute.running import RunningProjects
from aen.compute.spawn import OwnSpawner, Spawner
from aen.wire.messages import Launch, LaunchRequest, ProjectOnDisk
from tests.compute.fake_directories import FakeProjects

PROJECT = ProjectOnDisk("p1", "ada", "lab")
OTHER = ProjectOnDisk("p2", "ada", "other")
LAUNCH = Launch(
    "l1", "p1", "ada", "lab", "app", "ada", "App", "user", "write",
    strip_prefix=False, started=0.0, state="starting",
)  # fmt: skip


def records(directory: Path) -> Records:
    """Return the records of an installation, ready to be written to."""
    (directory / "s").mkdir(exist_ok=True)
    made = Records(directory / "launches", directory / "s")
    made.prepare()
    return made


@define(eq=False)
class Node:
    """What a test needs of a node; `launches` anew is what a restart is."""

    directory: Path
    reactor: Any
    limits: LaunchLimits = field(factory=lambda: LaunchLimits(patience=1.0))
    spawner: Spawner | None = None

    def __attrs_post_init__(self) -> None:
        for project in (PROJECT, OTHER):
            place = self.directory / "projects" / project.owner / project.name
            place.mkdir(parents=True, exist_ok=True)
        self.apps.mkdir(exist_ok=True)

    @property
    def apps(self) -> Path:
        """Where the operator's manifests are."""
        return self.directory / "apps"

    @property
    def records(self) -> Records:
        """The records on disk."""
        return records(self.directory)

    def manifest(self, name: str, command_list: list[str], **more: Any) -> None:
        """Install an app."""
        content = {"name": name, "title": name.title(), "command_list": command_list}
        path = self.apps / f"{name}.json"
        path.write_text(json.dumps({**content, **more}))

    def launches(self) -> Launches:
        """Return the launches of a service that has just begun."""
        return Launches(self.ground())

    def ground(self) -> LaunchGround:
        """Return what the launches of a service that has just begun stand on."""
        return LaunchGround(
            manifests=Manifests(self.apps),
            running=self._running(),
            records=self.records,
            spawner=self.spawner or OwnSpawner(self.reactor),
            preparation=Preparation(
                FakeProjects(self.directory / "projects"),
                self._jupyter,
                OwnHomes(self.directory / "homes"),
                NodeValues(sys.executable),
            ),
            reactor=self.reactor,
            machine="here",
            logs=self.directory / "log",
            limits=self.limits,
        )

    async def _jupyter(self) -> Path:
        return self.directory / "jupyter"

    def start(self, *projects: ProjectOnDisk) -> None:
        """Note projects as running, before `launches` is asked for."""
        running = self._running()
        for project in projects:
            running.add(project)

    def _running(self) -> RunningProjects:
        found = RunningProjects(self.directory / "running")
        found.load()
        return found


def asking(
    app: str, user: str = "ada", project: ProjectOnDisk = PROJECT
) -> LaunchRequest:
    """Return a request to launch *app*."""
    return LaunchRequest(project, app, user, token="t0ken")
