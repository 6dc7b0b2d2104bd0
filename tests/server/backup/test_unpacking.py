"""Taking a backup apart."""

import io
import json
import stat
from pathlib import Path

import pytest
from pytest_twisted import ensureDeferred

from aen.model.errors import Failed, Taken
from aen.server.backup.reading import BackupFile
from aen.server.backup.unpacking import unpack
from tests.server.backup.worlds import filled, lay_files, made, settings_of

PHRASE = "a heron on the roof"


@ensureDeferred
async def test_every_part_is_a_file(tmp_path: Path) -> None:
    """Private, in a new folder, also of an encrypted backup."""
    world, home = await filled(), tmp_path / "wakari-server"
    lay_files(home)
    content, manifest = await made(world.database, settings_of(home), PHRASE)
    backup = BackupFile(io.BytesIO(content), lambda: PHRASE)
    folder = tmp_path / "apart"
    assert unpack(backup, folder) == len(manifest.parts)
    found = [one for one in folder.rglob("*") if one.is_file()]
    assert len(found) == len(manifest.parts)
    assert {stat.S_IMODE(one.stat().st_mode) for one in found} == {0o600}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    key = folder / "files/server/etc/wakari/keys/server.key"
    assert key.read_text() == "the server's key"
    users = (folder / "store/users.jsonl").read_text().splitlines()
    assert {json.loads(one)["name"] for one in users} == {"ada", "bob"}
    with pytest.raises(Taken, match="a folder that is new"):
        unpack(backup, folder)
    with pytest.raises(Failed, match="cannot be written: No such file"):
        unpack(backup, tmp_path / "no/such")
