"""A disk that is really full: a small one of its own."""

import io
import os
import subprocess
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import pytest_twisted

from tests.compute.apps.files.conftest import App
from tests.compute.apps.files.test_members import info

pytestmark = [
    pytest.mark.root,
    pytest.mark.skipif(os.geteuid() != 0, reason="mounts a disk: needs root"),
]
TOO_MUCH = bytes(1_500_000)


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Path]:
    """Give a project on a disk of one megabyte."""
    place = tmp_path / "project"
    place.mkdir()
    mount = ("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(place))
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("nothing can be mounted here")
    (place / "old").write_text("old")
    yield place
    subprocess.run(("umount", "--lazy", str(place)), check=True)


def archive() -> bytes:
    """Return a small archive that needs more room than there is."""
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w:gz") as packed:
        packed.addfile(info("first"), io.BytesIO())
        packed.addfile(info("big", size=len(TOO_MUCH)), io.BytesIO(TOO_MUCH))
    return made.getvalue()


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PUT", "/old", TOO_MUCH),
        ("PUT", "/new", TOO_MUCH),
        ("POST", "/?import=1", archive()),
    ],
)
@pytest_twisted.ensureDeferred
async def test_full(app: App, method: str, path: str, body: bytes) -> None:
    """It is said so; what was there is as it was, and nothing half made is left."""
    try:
        found = await app.ask(method, path, body)
    except BrokenPipeError:
        assert len(body) > 1_000_000  # heard before all of it was sent
    else:
        assert found.status == 507
        assert "The disk is full" in found.json["error"]["message"]
    assert [one.name for one in app.project.iterdir()] == ["old"]
    assert (app.project / "old").read_text() == "old"


@pytest_twisted.ensureDeferred
async def test_no_room_for_a_copy(app: App) -> None:
    """Of a folder nothing is there then; what it replaces is as it was."""
    (app.project / "many").mkdir()
    for name in "ab":
        (app.project / "many" / name).write_bytes(bytes(300_000))
    for path in ("/many?copy=again", "/many/a?copy=old&replace=1"):
        (app.project / "more").write_bytes(bytes(200_000))
        found = await app.ask("POST", path)
        assert found.status == 507
        assert "The disk is full" in found.json["error"]["message"]
    assert sorted(one.name for one in app.project.iterdir()) == ["many", "more", "old"]
    assert (app.project / "old").read_text() == "old"
