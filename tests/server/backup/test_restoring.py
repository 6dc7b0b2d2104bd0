"""Restoring, from the first byte of a backup to the last file."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from pytest_twisted import ensureDeferred

from aen.model.errors import Conflict, Failed
from aen.server.backup.collections import EVERY
from aen.server.backup.files import Places
from aen.server.backup.reading import BackupFile
from aen.server.backup.restoring import in_words, plan_files
from aen.server.store.collection import Database, Document
from aen.server.store.memory import MemoryDatabase
from tests.server.backup.worlds import Fresh, filled, lay_files, made, settings_of


async def backup(folder: Path) -> tuple[Database, bytes]:
    """Return a store and its backup."""
    world, home = await filled(), folder / "old/wakari-server"
    lay_files(home)
    content, _ = await made(world.database, settings_of(home))
    return world.database, content


async def records(database: Database) -> dict[str, list[Document]]:
    """Return everything in a store."""
    order = [("_id", 1)]
    return {
        name: await database.collection(name).find({}, order=order) for name in EVERY
    }


@ensureDeferred
async def test_everything_is_back(tmp_path: Path) -> None:
    """Records as they were, but for what ran; files in the new place."""
    before, content = await backup(tmp_path)
    fresh = Fresh(settings_of(tmp_path / "new/wakari-server"))
    done = await fresh.restore(content)
    old, new = await records(before), await records(fresh.database)
    changed = {"projects", "tasks", "counters", "events", "health", "codes"}
    for name in set(EVERY) - changed:
        assert new[name] == old[name], name
    assert done.records == sum(map(len, new.values()))
    assert [one["state"] for one in new["projects"]] == ["stopped"]
    states = {one["kind"]: one["state"] for one in new["tasks"]}
    assert states == {"start project": "cancelled", "apply team": "queued"}
    assert new["events"] == []
    home = tmp_path / "new/wakari-server"
    key = home / "etc/wakari/keys/server.key"
    assert key.read_text() == "the server's key"
    assert key.stat().st_mode & 0o777 == 0o600
    told = json.loads((home / "etc/wakari/wk-server-config.json").read_text())
    assert (told["prefix"], told["processes"]) == (str(home), 2)
    assert fresh.mark.begun() is None


@ensureDeferred
async def test_only_into_what_is_empty(tmp_path: Path) -> None:
    """It says what is there and what to do, and changes nothing."""
    database, content = await backup(tmp_path)
    before = await records(database)
    fresh = Fresh(settings_of(tmp_path / "new/wakari-server"), database)
    words = "accounts: 2, projects: 1, data centers: 1.*Choose another prefix"
    with pytest.raises(Conflict, match=words):
        await fresh.restore(content)
    assert await records(database) == before
    assert fresh.mark.begun() is None
    assert not (tmp_path / "new/wakari-server/etc").exists()


class Breaking(MemoryDatabase):
    """A store that goes away after some writes."""

    writes = 10**9

    def named(self, name: str) -> Any:
        """Return a collection; each look at one counts."""
        self.writes -= 1
        if self.writes < 0:
            raise OSError("gone")
        return super().named(name)


@ensureDeferred
async def test_it_can_be_broken_off_anywhere(tmp_path: Path) -> None:
    """And is done again with the same file, but not with another one."""
    _, content = await backup(tmp_path)
    whole = Fresh(settings_of(tmp_path / "a/wakari-server"))
    await whole.restore(content)
    wanted = await records(whole.database)
    store = Breaking()
    fresh = Fresh(settings_of(tmp_path / "b/wakari-server"), store)
    broken = 0
    for writes in range(72, 200, 4):
        store.writes = writes
        try:
            await fresh.restore(content)
        except OSError:
            broken += 1
        else:
            break
    assert broken > 5
    assert fresh.mark.begun() is None
    store.writes = 10**9
    assert await records(store) == wanted
    fresh.mark.begin("that of another backup")
    with pytest.raises(Conflict, match="restore of another backup"):
        await fresh.restore(content)
    assert await records(store) == wanted


def plan(content: bytes, home: Path, **more: Any) -> Any:
    """Return what would become of the files."""
    settings = settings_of(home, **more)
    contents = BackupFile(io.BytesIO(content), str).read()
    return plan_files(contents, Places.of(settings.home, settings.beside))


@ensureDeferred
async def test_a_role_that_is_set_up_here_already(tmp_path: Path) -> None:
    """Its keys are not lost; files that are as they should be are in nobody's way."""
    _, content = await backup(tmp_path)
    home = tmp_path / "new/wakari-server"
    writes = plan(content, home).writes
    assert len(writes) == 4
    gateway = tmp_path / "new/wakari-gateway/etc/wakari/wk-gateway-config.json"
    gateway.parent.mkdir(parents=True)
    gateway.write_bytes(writes[gateway])
    assert gateway not in plan(content, home).writes
    gateway.write_text('{"key": "another"}')
    with pytest.raises(Conflict, match=r"a role is set up here.*Put its folder aside"):
        plan(content, home)


@ensureDeferred
async def test_places_that_are_not_here(tmp_path: Path) -> None:
    """They are left out and named."""
    _, content = await backup(tmp_path)
    found = plan(content, tmp_path / "new/wakari-server", beside=())
    assert len(found.writes) == 2
    assert sum("left out" in one for one in found.notes) == 2


@ensureDeferred
async def test_what_cannot_be_written(tmp_path: Path) -> None:
    """It is known before anything is."""
    _, content = await backup(tmp_path)
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(Failed, match=r"cannot write.*Nothing was written"):
        plan(content, tmp_path / "file/wakari-server")


def test_times_in_words() -> None:
    """In UTC, and saying so."""
    assert in_words(0.0) == "1970-01-01 00:00 UTC"
