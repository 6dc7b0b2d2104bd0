"""An installation as its pages show it: people, a data center, projects."""

from typing import Any

from twisted.internet.task import Clock

from aen.model.apps import AppSummary, Instance, Permission
from aen.model.names import AppName, UserName, parse_project_path
from aen.model.projects import (
    Member,
    Problem,
    Progress,
    Project,
    State,
    TeamRole,
    Visibility,
)
from aen.model.users import Caller, Role
from aen.server.rooms import Rooms
from aen.wire.environments import EnvironmentFile, FoundPackage, FoundPackages
from aen.wire.messages import (
    AppUse,
    Environment,
    EnvironmentList,
    LaunchList,
    Limit,
    Log,
    NodeStatus,
    Resources,
    Usage,
)
from tests.server.furnished import (
    GATEWAY,
    GATEWAY_KEY,
    PASSWORD,
    World,
    furnished,
    launch,
)

ATLAS = "ada-climate-atlas"
"""The id of ada/climate-atlas, which runs."""
HOUR = 3600.0
ADA = Member(UserName("ada"), TeamRole.MAINTAINER)
BOB = Member(UserName("bob"))
EVE = Member(UserName("eve"), TeamRole.VIEWER)
PACKAGES = ("matplotlib==3.9.2", "numpy==2.1.0", "pandas==2.2.2", "pip==24.2")


async def example(clock: Clock, **settings: Any) -> World:
    """Return a server with people, a data center, and projects in every state."""
    world = await furnished(clock, **settings)
    mine = launch(ATLAS, id="jupyterlab-ada", app="jupyterlab", title="JupyterLab")
    bobs = launch(
        ATLAS, id="terminal-bob", app="terminal", user="bob", title="Terminal"
    )
    usage = Usage(cpu=12.5, memory=734_003_200, disk=2_147_483_648, processes=9)
    environments = (
        Environment("default", "3.11.2", active=True, packages=PACKAGES),
        Environment("gpu", "3.11.2", active=False, packages=("torch==2.4.0",)),
    )
    uses = (
        AppUse(mine, 4.0, 524_288_000, 6, clock.seconds() - 60, clock.seconds() + HOUR),
        AppUse(bobs, 0.0, 12_582_912, 2, clock.seconds() - HOUR),
    )
    world.nodes.answers |= {
        LaunchList: LaunchList((mine, bobs)),
        Usage: usage,
        EnvironmentList: EnvironmentList(environments),
        Resources: Resources(
            usage,
            uses,
            environments,
            node="node1",
            limits_by="cgroup v2",
            app_limit=Limit(memory=2_147_483_648, cpu=2.0),
            project_limit=Limit(memory=4_294_967_296, cpu=4.0, processes=512),
            quota=10_737_418_240,
            messages=("Single-user mode: everything runs as one account.",),
        ),
    }
    await people(world.rooms)
    await center(world.rooms)
    await projects(world.rooms)
    return world


def everything_answered(world: World) -> None:
    """Have the nodes answer also what is asked seldom."""
    found = (FoundPackage("numpy", ("2.1.0",), "Arrays"),)
    world.nodes.answers |= {
        EnvironmentFile: EnvironmentFile("environment.yml", "name: default\n"),
        FoundPackages: FoundPackages(found),
        Log: Log(("one line",)),
    }


async def people(rooms: Rooms) -> None:
    """Add Ada, who administers, and Bob and Eve, who do not."""
    for name, shown, role in (
        ("ada", "Ada Lovelace", Role.SUPERUSER),
        ("bob", "Bob Martin", Role.USER),
        ("eve", "", Role.USER),
    ):
        await rooms.accounts.add_user(
            None, name, PASSWORD, f"{name}@example.org", shown, role
        )


async def center(rooms: Rooms) -> None:
    """Add a data center with one node and the usual apps."""
    key = GATEWAY_KEY.public
    await rooms.centers.add(None, "main", GATEWAY, key, "Ground floor")
    await rooms.centers.add_node(None, "main", "node1", "http://127.0.0.1:5002")
    status = NodeStatus(
        "node1",
        "0.1.0",
        single_user=True,
        projects=2,
        messages=("Single-user mode: all of it.",),
        apps=tuple(_apps()),
    )
    await rooms.centers.heard_of("main", connected=True)
    await rooms.centers.heard_status("main", status)


def _apps() -> list[AppSummary]:
    write, each = Permission.WRITE, Instance.USER
    titles = {"jupyterlab": "JupyterLab", "notebook": "Notebook"}
    names = ("jupyterlab", "notebook", "terminal", "workbench", "viewer")
    files = AppSummary(
        AppName("files"), "Files", "files", Permission.METHOD, each, hidden=True
    )
    return [
        files,
        *(
            AppSummary(
                AppName(name),
                titles.get(name, name.capitalize()),
                name,
                Permission.READ if name == "viewer" else write,
                each,
            )
            for name in names
        ),
    ]


async def project(rooms: Rooms, path: str, **parts: Any) -> Project:
    """Add a project in whatever state."""
    owner, _, name = path.partition("/")
    now = rooms.clock.seconds()
    made = Project(
        **{
            "id": path.replace("/", "-"),
            "path": parse_project_path(owner, name),
            "data_center": "main",
            "created": now - 90 * HOUR,
            "updated": now - 2 * HOUR,
            **parts,
        }
    )
    records = rooms.archive.projects
    await records.add(made)
    if made.progress is not None:
        await records.begin(made.id, "worker", made.state, now)
        await records.step(made.id, "worker", made.progress)
    if made.problem is not None:
        await records.begin(made.id, "worker", None, now)
        await records.finish(made.id, "worker", made.state, made.problem, now)
    return made


async def projects(rooms: Rooms) -> None:
    """Add projects in every state."""
    await project(
        rooms,
        "ada/climate-atlas",
        state=State.RUNNING,
        node="node1",
        summary="Monthly temperature anomalies since 1880, gridded and mapped.",
        description=DESCRIPTION,
        tags=("climate", "maps", "xarray"),
        team=(BOB, EVE),
        visibility=Visibility.PUBLIC,
    )
    await project(
        rooms,
        "ada/engine-notes",
        state=State.STARTING,
        summary="Notes on the analytical engine.",
        progress=Progress("Cloning the environment “default”", 42, 100),
    )
    await project(
        rooms,
        "ada/survival",
        state=State.FAILED,
        summary="Kaplan-Meier curves for the spring cohort.",
        problem=Problem(
            "The environment could not be made: the package index did not answer."
            " Check the network of the node, then press Reset.",
            ("uv venv envs/default", "error: Failed to fetch numpy", "exit code 2"),
        ),
    )
    await project(rooms, "ada/scratch", summary="")
    await project(
        rooms,
        "bob/forecast",
        summary="Demand forecast, weekly.",
        team=(ADA,),
    )
    await project(rooms, "bob/secret", summary="Not for others.")


DESCRIPTION = """# What this is

Anomalies against the **1951-1980** mean, from three sources.

* `data/raw`: as downloaded
* `notebooks/01-grid.ipynb`: [regridding](https://example.org/grid)

| source | from | cells |
|---|---|---|
| land | 1880 | 8004 |
| sea | 1854 | 16020 |

```python
ds = xr.open_dataset("data/grid.nc")
```
"""


async def signed_in(rooms: Rooms, name: str) -> tuple[str, Caller]:
    """Return a session's token and its caller."""
    return await rooms.access.sign_in(name, PASSWORD, "10.0.0.1", "A browser")
