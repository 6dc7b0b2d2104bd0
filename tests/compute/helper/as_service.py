"""A node's launches as the service account runs them; a program of its own.

``as_service.py DIRECTORY HELPER PROJECT_ROOT USER OTHER``: prints what it has seen.
"""

import json
import os
import sys
from pathlib import Path
from typing import Any

from attrs import evolve
from twisted.internet.defer import Deferred
from twisted.internet.task import react

from aen.compute.command import NodeValues
from aen.compute.launches import Launches
from aen.compute.mode import find_mode
from aen.compute.preparing import Preparation
from aen.compute.programs.attendant import Attendant
from aen.compute.records import Records
from aen.compute.settings import ComputeSettings
from aen.compute.spawn_accounts import Accounts, AccountSpawner
from aen.model.errors import Failed
from aen.wire.messages import LaunchRequest, ProjectOnDisk
from tests.compute.fake_directories import FakeProjects
from tests.compute.ground import Node
from tests.compute.small_programs import SERVER

PYTHON = "/usr/bin/python3"


def launches(reactor: Any, directory: Path, helper: str, root: str) -> Launches:
    """Return the launches of a node that works with real accounts."""
    settings = ComputeSettings(
        "n1", "k", prefix=str(directory), projectRoot=root, helper=helper,
        multiuser=True,
    )  # fmt: skip
    mode = find_mode(settings, {}, os.geteuid())
    assert mode.helper is not None
    assert mode.runtime is not None
    helper_of = Attendant(reactor, mode.helper)
    node = Node(directory, reactor)
    program = directory / "server.py"
    program.write_text(SERVER)
    program.chmod(0o644)
    node.manifest("serve", [PYTHON, "-S", str(program), "%(socket)s", "0"])
    records = Records(directory / "launches", directory, mode.runtime)
    records.prepare()

    async def jupyter() -> Path:
        raise Failed("There is none.")

    ground = evolve(
        node.ground(),
        records=records,
        spawner=AccountSpawner(reactor, helper_of, mode.runtime),
        preparation=Preparation(
            FakeProjects(Path(root)),
            jupyter,
            Accounts(reactor, helper_of),
            NodeValues(""),
        ),
    )
    return Launches(ground)


async def story(reactor: Any, *given: str) -> None:
    """Open an app as two people, take one off, stop the other."""
    directory, helper, root, user, other = given
    made = launches(reactor, Path(directory), helper, root)
    project = ProjectOnDisk("p1", user, "lab")
    made._ground.running.add(project)
    seen: dict[str, Any] = {"uid": os.geteuid(), "adopted": made.adopt()}
    for name in (user, other):
        launch = await made.launch(LaunchRequest(project, "serve", name))
        seen[name] = [launch.state, Path(launch.socket).lstat().st_uid]
    await made.end_others("p1", frozenset({user}))
    seen["left"] = [one.user for one in made.list("p1")]
    try:
        await made.launch(LaunchRequest(project, "serve", "root"))
    except Exception as error:  # noqa: BLE001 -- told
        seen["root"] = str(error)
    await made.stop_project("p1")
    print(json.dumps(seen))  # noqa: T201 -- a program


if __name__ == "__main__":
    react(lambda reactor: Deferred.fromCoroutine(story(reactor, *sys.argv[1:])))
