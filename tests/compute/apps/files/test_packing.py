"""Archives over the socket."""

import io
import tarfile
import zipfile

import pytest
import pytest_twisted

from tests.compute.apps.files.conftest import App


@pytest_twisted.ensureDeferred
async def test_archives(app: App) -> None:
    """A folder by its own name, the project by the project's."""
    found = await app.get("/?archive=tar.gz")
    assert found.status == 200
    assert "filename*=UTF-8''lab.tar.gz" in found.headers["content-disposition"]
    with tarfile.open(fileobj=io.BytesIO(found.body)) as packed:
        assert "lab/data/one.csv" in packed.getnames()
    found = await app.get("/data/?archive=zip")
    assert found.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(found.body)) as zipped:
        assert "data/one.csv" in zipped.namelist()
    head = await app.ask("HEAD", "/?archive=tar")
    assert (head.status, head.body) == (200, b"")


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/?archive=rar", 400),
        ("/nothing/?archive=zip", 404),
        ("/notes.txt?archive=tar", 409),
    ],
)
@pytest_twisted.ensureDeferred
async def test_refused(app: App, path: str, status: int) -> None:
    """Before anything is sent."""
    assert (await app.get(path)).status == status
