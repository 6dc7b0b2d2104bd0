"""Archives that are sent, over the socket."""

import os

import pytest
import pytest_twisted

from tests.compute.apps.files.conftest import App
from tests.compute.apps.files.test_multipart import FORM
from tests.compute.apps.files.test_unpacking import packed

KIND = "multipart/form-data; boundary=edge"


@pytest_twisted.ensureDeferred
async def test_there_and_back(app: App) -> None:
    """What was downloaded can be put in somewhere else."""
    archive = (await app.get("/?archive=tar.gz")).body
    assert (await app.put("/copy/")).status == 201
    found = await app.ask("POST", "/copy/?import=1&unwrap=1", archive)
    assert found.status == 200, found.text
    assert (app.project / "copy/data/one.csv").read_text() == "1,2,3"
    assert app.left == []


@pytest_twisted.ensureDeferred
async def test_a_form(app: App) -> None:
    """Without a script a page answers: that it is there, or what is wrong."""
    form = FORM % packed({"new/a": b"abc"}).getvalue()
    sent = {"Content_Type": KIND, "Accept": "text/html"}
    found = await app.ask("POST", "/?import=1", form, **sent)
    assert (found.status, "1 entry" in found.text) == (200, True)
    assert (app.project / "new/a").read_text() == "abc"
    again = await app.ask("POST", "/?import=1", form, **sent)
    assert (again.status, "new/a” is there already" in again.text) == (409, True)
    empty = await app.ask("POST", "/?import=1", FORM % b"", **sent)
    assert (empty.status, "Choose an archive" in empty.text) == (400, True)


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/?import=1", b"no archive", 422),
        ("/nothing/?import=1", b"", 404),
        ("/notes.txt?import=1", b"", 409),
        ("/?import=1", os.urandom(2 * 1024 * 1024 + 1), 413),
        ("/?import=1", packed({"../a": b""}).getvalue(), 422),
    ],
    ids=["no archive", "nowhere", "in a file", "too long", "leading out"],
)
@pytest_twisted.ensureDeferred
async def test_refused(app: App, path: str, body: bytes, status: int) -> None:
    """With a reason, and nothing is left."""
    try:
        found = await app.ask("POST", path, body)
    except BrokenPipeError:
        assert status == 413  # heard before all of it was sent
    else:
        assert found.status == status, found.text
    assert app.left == []
    assert not (app.project.parent / "a").exists()
