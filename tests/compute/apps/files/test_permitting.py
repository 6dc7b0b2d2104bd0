"""Rights over the socket, where all files are one account's."""

import pytest
import pytest_twisted

from tests.compute.apps.files.conftest import App


@pytest_twisted.ensureDeferred
async def test_shown(app: App) -> None:
    """Of files and folders, with or without a slash, and of the project."""
    for path in ("/notes.txt", "/data", "/data/", "/"):
        found = await app.get(f"{path}?rights=1")
        assert found.status == 200
        assert found.json["mine"] is True
        assert found.json["acl"] is False
    assert (await app.get("/nothing?rights=1")).status == 404


@pytest.mark.parametrize(
    ("path", "body", "status", "said"),
    [
        ("/notes.txt", {"people": []}, 409, "one account"),
        ("/notes.txt", {"people": 1}, 400, "people"),
        ("/notes.txt", {"others": {"write": True}}, 400, "others may read at most"),
        ("/nothing", {}, 404, "no nothing"),
        ("/notes.txt", {"people": [{"name": "x" * 20_000}]}, 413, "at once"),
    ],
)
@pytest_twisted.ensureDeferred
async def test_refused(
    app: App, path: str, body: object, status: int, said: str
) -> None:
    """It is said why, and the file is neither written nor opened to anybody."""
    before = (app.project / "notes.txt").stat().st_mode
    found = await app.ask("PUT", f"{path}?rights=1", body)
    assert found.status == status
    assert said in found.json["error"]["message"]
    assert (app.project / "notes.txt").read_text() == "some notes"
    assert (app.project / "notes.txt").stat().st_mode == before
