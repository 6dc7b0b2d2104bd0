"""A server in memory, with people, projects and a data center, for tests of pages."""

from typing import Any, TypeVar

from argon2 import PasswordHasher
from attrs import AttrsInstance, define
from twisted.internet.interfaces import IReactorTime

from aen.model.apps import AppSummary, Instance, Permission
from aen.model.errors import Unavailable
from aen.model.names import AppName, parse_project_path
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
from aen.server.passwords import Passwords
from aen.server.rooms import Parts, Rooms, furnish
from aen.server.settings import ServerSettings
from aen.server.store.memory import MemoryDatabase
from aen.server.store.schema import INDEXES
from aen.wire.client import OnLine, Place
from aen.wire.messages import Launch, LaunchList, NodeStatus, Usage
from aen.wire.routes import Route
from aen.wire.tickets import SigningKey

T = TypeVar("T", bound=AttrsInstance)
PASSWORD = "correct horse"
URL = "http://aen.example"
GATEWAY = "http://gateway.example:8089"
HOUR = 3600.0


@define
class FakeNodes:
    """Answers for every node; `silent` makes all of them fall silent."""

    launches: tuple[Launch, ...] = ()
    silent: bool = False

    async def ask(
        self,
        at: Place,
        route: Route,
        message: AttrsInstance,
        answer: type[T],
        seconds: float | None = None,
    ) -> T:
        """Return what there is to say."""
        if self.silent:
            raise Unavailable("The data center does not answer.")
        known: dict[type, Any] = {
            LaunchList: LaunchList(self.launches),
            Usage: Usage(cpu=12.5, memory=734_003_200, disk=2_147_483_648, processes=9),
        }
        found = known.get(answer)
        return answer() if found is None else found

    async def follow(
        self, at: Place, route: Route, message: AttrsInstance, on_line: OnLine
    ) -> None:
        """Nothing happens."""


async def _at_once(work: Any) -> str:
    return str(work())


async def furnished(
    clock: IReactorTime, nodes: FakeNodes | None = None, **settings: Any
) -> Rooms:
    """Return rooms over an empty database in memory."""
    database = MemoryDatabase()
    await database.prepare(INDEXES)
    hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    return furnish(
        Parts(
            settings=ServerSettings(**{"public_url": URL, **settings}),
            clock=clock,
            database=database,
            passwords=Passwords(_at_once, hasher),
            key=SigningKey.make(),
            nodes=nodes or FakeNodes(),
        )
    )


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


async def center(rooms: Rooms, name: str = "main", url: str = GATEWAY) -> None:
    """Add a data center with one node and the usual apps."""
    key = SigningKey.make().public
    await rooms.centers.add(None, name, url, key, "Ground floor")
    await rooms.centers.add_node(None, name, "node1", "http://127.0.0.1:5002")
    status = NodeStatus(
        "node1",
        "0.1.0",
        single_user=True,
        projects=2,
        messages=("Single-user mode: all of it.",),
        apps=tuple(_apps()),
    )
    await rooms.centers.heard_of(name, connected=True)
    await rooms.centers.heard_status(name, status)


def _apps() -> list[AppSummary]:
    write, each = Permission.WRITE, Instance.USER
    titles = {"jupyterlab": "JupyterLab", "notebook": "Notebook"}
    names = ("jupyterlab", "notebook", "terminal", "workbench", "viewer")
    return [
        AppSummary(
            AppName(name),
            titles.get(name, name.capitalize()),
            name,
            Permission.READ if name == "viewer" else write,
            each,
        )
        for name in names
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
        team=(Member("bob", TeamRole.MEMBER), Member("eve", TeamRole.VIEWER)),  # type: ignore[arg-type]
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
        team=(Member("ada", TeamRole.MAINTAINER),),  # type: ignore[arg-type]
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


def launch(app: str = "jupyterlab", user: str = "ada", **parts: Any) -> Launch:
    """Return an app that runs in ada/climate-atlas."""
    return Launch(
        **{
            "id": f"{app}-{user}",
            "project_id": "ada-climate-atlas",
            "owner": "ada",
            "project": "climate-atlas",
            "app": app,
            "user": user,
            "title": "JupyterLab" if app == "jupyterlab" else app.capitalize(),
            "instance": "user",
            "permission": "write",
            "strip_prefix": False,
            "started": 0.0,
            **parts,
        }
    )


async def signed_in(rooms: Rooms, name: str) -> tuple[str, Caller]:
    """Return a session's token and its caller."""
    return await rooms.accounts.sign_in(name, PASSWORD, "10.0.0.1", "A browser")
