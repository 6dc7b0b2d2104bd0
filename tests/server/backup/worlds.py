"""A server with something of everything in it, to be backed up and restored."""

import io
from pathlib import Path

from attrs import define, field

from aen.model.tasks import Kind, Task, TaskState
from aen.server.backup.files import Places
from aen.server.backup.making import BackupMaker
from aen.server.backup.manifest import Manifest
from aen.server.backup.mark import RestoreMark
from aen.server.backup.reading import BackupFile
from aen.server.backup.restoring import Restored, Restorer, plan_files
from aen.server.backup.sealing import Cost
from aen.server.settings import ServerSettings
from aen.server.store.collection import Database
from aen.server.store.memory import MemoryDatabase
from aen.server.store.schema import INDEXES
from tests.server.furnished import LAB, World, furnished

CHEAP = Cost(log_n=2)
NOW = 1_700_000_000.0


def settings_of(home: Path, **more: object) -> ServerSettings:
    """Return settings of a server in *home*, a gateway and a node beside it."""
    beside = (f"{home.parent}/wakari-gateway", f"{home.parent}/wakari-compute")
    told = {"public_url": "http://aen.example", "prefix": str(home), "beside": beside}
    return ServerSettings(**{**told, **more})  # type: ignore[arg-type]


def lay_files(home: Path) -> None:
    """Put settings and keys where the roles have them."""
    for name, text in {
        "wakari-server/etc/wakari/wk-server-config.json":
            f'{{"public_url": "http://x", "prefix": "{home}", "processes": 2}}',
        "wakari-server/etc/wakari/keys/server.key": "the server's key",
        "wakari-gateway/etc/wakari/wk-gateway-config.json":
            f'{{"key": "the gateway\'s", "prefix": "{home.parent}/wakari-gateway"}}',
        "wakari-compute/etc/wakari/apps/mine.json": '{"name": "mine"}',
    }.items():  # fmt: skip
        path = home.parent / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(0o600)


async def filled() -> World:
    """Return a server with people, a project that runs, and tasks under way."""
    world = await furnished()
    await world.center()
    ada = await world.person("ada")
    await world.person("bob")
    await world.project(ada, LAB.name)
    await world.database.collection("projects").update(
        {}, {"$set": {"state": "running"}}
    )
    project = await world.rooms.archive.projects.at(LAB)
    assert project is not None
    await world.rooms.finding.star(ada, LAB)
    about = {"project": project.id}
    for number, kind in enumerate((Kind.START_PROJECT, Kind.APPLY_TEAM)):
        task = Task(f"t{number}", kind, f"k{number}", about, state=TaskState.RUNNING)
        await world.rooms.archive.tasks.add(task)
    return world


async def made(
    database: Database, settings: ServerSettings, passphrase: str | None = None
) -> tuple[bytes, Manifest]:
    """Return a backup, and what is in it."""
    file = io.BytesIO()
    maker = BackupMaker(
        database, settings, lambda: NOW, passphrase=passphrase, cost=CHEAP
    )
    manifest = await maker.write(file.write)
    return file.getvalue(), manifest


@define
class Fresh:
    """An empty installation."""

    settings: ServerSettings
    database: Database = field(factory=MemoryDatabase)

    @property
    def mark(self) -> RestoreMark:
        """What tells that a restore is under way."""
        return RestoreMark(self.settings.home)

    async def restore(self, content: bytes, passphrase: str = "") -> Restored:
        """Restore a backup as the command does."""
        await self.database.prepare(INDEXES)
        backup = BackupFile(io.BytesIO(content), lambda: passphrase)
        contents = backup.read()
        plan = plan_files(contents, Places.of(self.settings.home, self.settings.beside))
        restorer = Restorer(backup, contents, self.database, self.mark, lambda: NOW)
        return await restorer.run(plan, lambda *_: None)
